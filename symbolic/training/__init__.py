"""Training symbols: modules, optimizers, metrics, initializers, iterators; and a whole training step as one graph."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symbolic.training.step_graph import step
    from symbolic.training.step_runner import Step

__all__ = ["Step", "step"]

_LATER = {"Step": "step_runner", "step": "step_graph"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'symbolic.training' has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f"symbolic.training.{_LATER[name]}"), name)
    return found
