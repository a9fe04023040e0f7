"""How operators are declared; and what users know as ``mx.operator``: `CustomOp`, `CustomOpProp`, `register`."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["CustomOp", "CustomOpProp", "get_all_registered_operators", "register"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("symbolic.operator.custom"), name)
