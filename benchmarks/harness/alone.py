"""Measure in a process of its own what the first run leaves different: memory, caches, imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.harness.workload import NotAvailable, TooLong

__all__ = ["alone", "environment", "sampled"]

CODE = "import importlib, json, sys; print('\\n' + json.dumps(getattr(importlib.import_module({!r}), {!r})(*json.loads(sys.argv[1]))))"


def environment(**changes: str) -> dict[str, str]:
    """Return the environment for a child: bytecode is cached, as for any user."""
    return {**{key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}, **changes}


def alone(function: Callable, *arguments: Any, seconds: float = 300, **variables: str) -> Any:
    """Call a function of a module in a new process of this Python.

    Parameters
    ----------
    seconds : float
        Give up after this long.
    **variables : str
        Environment variables for it.
    """
    command = [sys.executable, "-c", CODE.format(function.__module__, function.__name__), json.dumps(arguments)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=environment(**variables))
    except subprocess.TimeoutExpired:
        raise TooLong(seconds) from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        kind = NotAvailable if last.startswith(("ModuleNotFoundError", "benchmarks.harness.workload.NotAvailable")) else RuntimeError
        raise kind(last)
    return json.loads(done.stdout.splitlines()[-1])


def sampled(function: Callable, *arguments: Any, **settings: Any) -> tuple[Callable[[], dict[str, float]], Callable[[], float]]:
    """Make ``step`` and ``check`` of a function that, alone in a process, returns a sample and a check."""
    checks = []

    def step() -> dict[str, float]:
        sample, check = alone(function, *arguments, **settings)
        checks[:] = [check]
        return sample

    return step, lambda: checks[0]
