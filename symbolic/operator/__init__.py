"""How operators are declared; and what users know as ``mx.operator``: `CustomOp`, `CustomOpProp`, `register`, ..."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symbolic.operator.custom import (
        CustomOp,
        CustomOpProp,
        OperatorArguments,
        get_all_registered_operators,
        get_operator_arguments,
        register,
    )
    from symbolic.operator.older import NDArrayOp, NumpyOp, PythonOp

__all__ = [
    "CustomOp",
    "CustomOpProp",
    "NDArrayOp",
    "NumpyOp",
    "OperatorArguments",
    "PythonOp",
    "get_all_registered_operators",
    "get_operator_arguments",
    "register",
]
OLDER = ("NDArrayOp", "NumpyOp", "PythonOp")


def __getattr__(name: str) -> Any:
    """Find it when it is asked for: declaring operators needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"symbolic.operator.{'older' if name in OLDER else 'custom'}"), name)
