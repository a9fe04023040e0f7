"""Scenarios: a few lines of a user's script that answer alike in MXNet and here.

``tests/<folder>/scenarios/<page>.py`` holds functions of ``mx``, the library. What each returns (or raises) in MXNet 1.9.1 is
recorded by

    ref/bin/python -m tests.scenario training/optimizer nd/autograd ...

in ``tests/recorded/<folder>/<page>.npz``; ``tests/test_scenarios.py`` runs them here and compares. This file and the pages run
in both: they import NumPy and nothing of the project's.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
import warnings
from pathlib import Path

import numpy as np

__all__ = ["Scenario", "answer", "pages", "read", "scenario", "scenarios_of"]

TESTS = Path(__file__).parent


class Scenario:
    """A function of the library, and how near its numbers must come.

    Attributes
    ----------
    rtol, atol : float
        Tolerances of floating-point arrays; by default 1e-5 of the value and 1e-6.
    why : str
        Reason of tolerances other than the default ones.
    differs : str
        Why this library answers something else than MXNet: then ``expect`` is what it must answer.
    """

    def __init__(self, function, name, args, rtol, atol, why, differs, expect):
        if (rtol, atol) != (1e-5, 1e-6) and not why:
            raise TypeError(f"{name}: a tolerance of its own needs a reason")
        self.function, self.name, self.args = function, name, args
        self.rtol, self.atol, self.why, self.differs, self.expect = rtol, atol, why, differs, expect

    def run(self, mx):
        """Run it from a known state of both random generators."""
        np.random.seed(7)
        mx.random.seed(7)
        return self.function(mx, *self.args)


def scenario(*cases, rtol=1e-5, atol=1e-6, why="", differs="", expect=None):
    """Register a function of ``mx``; once for each of ``cases``, tuples of further arguments, if there are any."""

    def register(function):
        found = sys.modules[function.__module__].__dict__.setdefault("SCENARIOS", {})
        for case in cases or [()]:
            args = case if isinstance(case, tuple) else (case,)
            name = function.__name__ + (f"[{', '.join(map(str, args))}]" if args else "")
            if name in found:
                raise TypeError(f"there are two scenarios {name}")
            found[name] = Scenario(function, name, args, rtol, atol, why, differs, expect)
        return function

    return register


def pages():
    """List the pages, ``folder/page``."""
    found = sorted(path.relative_to(TESTS) for path in TESTS.glob("**/scenarios/*.py") if path.stem != "__init__")
    return [f"{path.parent.parent.as_posix()}/{path.stem}" for path in found]


def scenarios_of(page):
    """Load the scenarios of a page, by name."""
    folder, _, stem = page.rpartition("/")
    return importlib.import_module(f"tests.{folder.replace('/', '.')}.scenarios.{stem}").SCENARIOS


def answer(scenario, mx):
    """Run a scenario; return its leaves by path: arrays as they are, the rest as text of JSON."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            leaves = {}
            _flatten(scenario.run(mx), "", leaves)
        except Exception as error:
            if "-v" in sys.argv:
                traceback.print_exc()
            return {"raised": _text(_kind(error, mx))}
    return leaves


def _kind(error, mx):
    """Name the class of an error as users catch it: MXNet's own errors are one."""
    return "MXNetError" if isinstance(error, mx.base.MXNetError) else type(error).__name__


def _flatten(value, path, leaves):
    if hasattr(value, "asnumpy"):
        value = value.asnumpy()
    if isinstance(value, dict):
        leaves[path + "{}"] = _text([str(key) for key in value])
        for key, member in value.items():
            _flatten(member, f"{path}{{{key}}}", leaves)
    elif isinstance(value, (list, tuple)):
        leaves[path + "[]"] = _text(["list" if isinstance(value, list) else "tuple", len(value)])
        for index, member in enumerate(value):
            _flatten(member, f"{path}[{index}]", leaves)
    elif isinstance(value, (np.ndarray, np.generic)):
        leaves[path or "."] = np.asarray(value)
    elif isinstance(value, float):
        leaves[path or "."] = np.float64(value)
    elif value is None or isinstance(value, (bool, int, str)):
        leaves[path or "."] = _text(value)
    elif isinstance(value, type):
        leaves[path or "."] = _text(value.__name__)
    else:
        leaves[path or "."] = _text(str(value))


def _text(value):
    return np.array(json.dumps(value))


def _file_of(page):
    return TESTS / "recorded" / f"{page}.npz"


def read(page):
    """Read what was recorded of a page: leaves by path, by scenario."""
    found = {}
    with np.load(_file_of(page), allow_pickle=False) as arrays:
        for key in arrays.files:
            name, _, path = key.partition("|")
            found.setdefault(name, {})[path] = arrays[key]
    return found


def main():
    """Record the pages that the command names."""
    import mxnet  # type: ignore[import-not-found]

    for page in [name for name in sys.argv[1:] if not name.startswith("-")]:
        leaves = {
            f"{name}|{path}": value for name, scenario in scenarios_of(page).items() for path, value in answer(scenario, mxnet).items()
        }
        file = _file_of(page)
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(file, **leaves)
        raised = sorted({key.partition("|")[0] for key in leaves if key.endswith("|raised")})
        print(f"{page}: {len(scenarios_of(page))} scenarios, {file.stat().st_size // 1000} kB; raised: {raised}")


if __name__ == "__main__":
    main()
