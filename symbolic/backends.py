"""Executors by name, loaded on first use; others are found through the entry points ``symbolic.executors``."""

from __future__ import annotations

import importlib
import os
from typing import Any

from symbolic.errors import UnknownName, closest, describe

__all__ = ["default_executor", "executor_at_once", "executor_class", "run_operator", "set_default_executor"]

BUILT_IN = {
    "numpy": "executors.numpy.executor:NumpyExecutor",
    "numba": "executors.numba.executor:NumbaExecutor",
    "reference": "executors.reference.executor:ReferenceExecutor",
}
_loaded: dict[str, Any] = {}
_default = os.environ.get("SYMBOLIC_EXECUTOR", "numpy")


def set_default_executor(name: str) -> None:
    """Choose the executor that ``bind`` uses when it is given none; operators on arrays run on it too, if it computes at once."""
    global _default
    executor_class(name)
    _default = name


def default_executor() -> str:
    """Name the executor that ``bind`` uses when it is given none."""
    return _default


def executor_class(name: str | None = None) -> Any:
    """Load an executor's class.

    Raises
    ------
    UnknownName
        If no executor has this name.
    """
    name = name or _default
    found = _loaded.get(name)
    if found is None:
        if name in BUILT_IN:
            module, attribute = BUILT_IN[name].split(":")
            found = getattr(importlib.import_module(module), attribute)
        else:
            metadata = importlib.import_module("importlib.metadata")  # slow to load, and hardly ever needed
            points = {point.name: point for point in metadata.entry_points(group="symbolic.executors")}
            if name not in points:
                known = [*BUILT_IN, *points]
                facts = {"argument": "executor", "got": repr(name), "expected": ", ".join(known)}
                raise UnknownName(describe(f"no executor is called {name!r}{closest(str(name), known)}", facts=facts))
            found = points[name].load()
        _loaded[name] = found
    return found


def executor_at_once() -> Any:
    """Find who computes operators on arrays at once: the default executor's class if it does such, else NumPy's."""
    cls = executor_class()
    return cls if hasattr(cls, "compute_composite") else executor_class("numpy")


def run_operator(op: Any, params: Any, inputs: list[Any], is_train: bool) -> list[Any]:
    """Compute one primitive on NumPy arrays at once."""
    return executor_class("numpy").run_operator(op, params, inputs, is_train)
