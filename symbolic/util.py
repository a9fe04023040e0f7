"""How shapes are read: ``mx.util.np_shape``, ``mx.util.is_np_shape`` and their kin."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from symbolic.values.shape import is_np_shape, np_shape, set_np_shape

__all__ = ["is_np_shape", "np_shape", "set_np_shape", "use_np_shape"]

F = TypeVar("F", bound=Callable[..., Any])


def use_np_shape(function: F) -> F:
    """Decorate a function, or a class, so that within it 0 means a size of zero and ``()`` a scalar."""
    if isinstance(function, type):
        for name, member in list(vars(function).items()):
            if callable(member) and not name.startswith("__"):
                setattr(function, name, use_np_shape(member))
        return function

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with np_shape(True):
            return function(*args, **kwargs)

    return wrapped  # type: ignore[return-value]
