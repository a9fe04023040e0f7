"""How shapes are read: ``mx.util.np_shape``, ``mx.util.is_np_shape`` and their kin."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from symbolic.values.shape import is_np_shape, np_shape, set_np_shape

__all__ = ["is_np_array", "is_np_shape", "np_shape", "set_np_shape", "use_np_shape"]


def is_np_array() -> bool:
    """Whether the NumPy interface of MXNet is in use: never, it is not part of this library."""
    return False


def use_np_shape(function: Any) -> Any:
    """Decorate a function, or a class, so that within it 0 means a size of zero and ``()`` a scalar.

    Of a class, its own functions, class and static methods and properties are decorated.
    """
    if not isinstance(function, type):
        return _within(function)
    for name, member in list(vars(function).items()):
        if isinstance(member, types.FunctionType):
            setattr(function, name, _within(member))
        elif isinstance(member, (staticmethod, classmethod)):
            setattr(function, name, type(member)(_within(member.__func__)))
        elif isinstance(member, property):
            fget, fset, fdel = (part and _within(part) for part in (member.fget, member.fset, member.fdel))
            setattr(function, name, property(fget, fset, fdel, member.__doc__))
    return function


def _within(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with np_shape(True):
            return function(*args, **kwargs)

    return wrapped
