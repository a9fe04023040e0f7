"""What executors tell those who listen; while nobody does, it costs them a look at an empty list."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

__all__ = ["after_run", "on_behalf", "rebinds", "rebound", "timers"]

after_run: list[Callable[[Any, bool], Any]] = []
"""Called with an executor after each run, and whether it was a backward one."""

timers: list[Callable[[Any, float, float], Any]] = []
"""Called with a node, its begin and its duration in seconds for each step of a run; steps are timed only while there is one."""

rebinds: list[Callable[[str], Any]] = []
"""Called with the reason for each new plan."""

logger = logging.getLogger("symbolic.rebind")
MOST = 8  # shapes in one line


class _Caller(threading.local):
    """Who, of what users call, is at work in this thread."""

    name: str | None = None


_caller = _Caller()


@contextmanager
def on_behalf(of: str) -> Iterator[None]:
    """Name, within a block, who is at work: ``"Module.forward"``. Who is named further out stays."""
    before, _caller.name = _caller.name, _caller.name or of
    try:
        yield
    finally:
        _caller.name = before


def rebound(name: str | None, caller: str, changes: Sequence[tuple[str, Any, Any]], others: Sequence[tuple[str, Any, Any]] = ()) -> None:
    """Say why a new plan is made: to the log ``symbolic.rebind``, at INFO, and to who collects reasons.

    Parameters
    ----------
    name : str or None
        Of the symbol.
    caller : str
        What makes it, unless `on_behalf` knows better.
    changes, others : sequence of (str, shape, shape)
        Inputs with the shape before and the new one: those asked for, and those that follow.
    """
    if not rebinds and not logger.isEnabledFor(logging.INFO):
        return

    def told(listed: Sequence[tuple[str, Any, Any]]) -> str:
        shown = [f"{one} {before} -> {after}" for one, before, after in listed[:MOST]]
        return ", ".join([*shown, *([f"{len(listed) - MOST} more"] if len(listed) > MOST else [])])

    reason = f"{name or 'group'}: {_caller.name or caller} makes a new plan: {told(changes) or 'no input has another shape'}"
    if others:
        reason += f"; so {told(others)}"
    logger.info("%s", reason)
    for listener in tuple(rebinds):
        listener(reason)
