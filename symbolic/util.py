"""``mx.util``: how shapes are read, settings of the environment, and what scripts import beside them."""

from __future__ import annotations

import contextlib
import functools
import os
import types
from collections.abc import Callable, Iterator
from typing import Any

from symbolic.errors import ArgumentError, InputError, NotSupported, describe
from symbolic.values.context import Context, current_context, num_gpus
from symbolic.values.shape import is_np_shape, np_shape, set_np_shape

__all__ = [
    "get_cuda_compute_capability",
    "get_gpu_count",
    "get_gpu_memory",
    "getenv",
    "is_np_array",
    "is_np_shape",
    "np_array",
    "np_shape",
    "reset_np",
    "set_module",
    "set_np",
    "set_np_shape",
    "setenv",
    "use_np",
    "use_np_array",
    "use_np_shape",
    "wrap_ctx_to_device_func",
]

NO_NUMPY = "the NumPy interface of MXNet, mx.np and mx.npx, is not part of this library"
INSTEAD = "use NumPy itself; mx.util.np_shape() gives shapes their meaning in NumPy"


# -- shapes -----------------------------------------------------------------------------------------------------------


def use_np_shape(function: Any) -> Any:
    """Decorate a function, or a class, so that within it 0 means a size of zero and ``()`` a scalar.

    Of a class, its own functions, class and static methods and properties are decorated.
    """
    if isinstance(function, type):
        return _members(function, _within)
    if not callable(function):
        facts = {"argument": "function", "got": type(function).__name__, "expected": "a function or a class"}
        raise ArgumentError(describe("only functions and classes can be decorated", operator="use_np_shape", facts=facts))
    return _within(function)


def _members(decorated: type, decorator: Callable[..., Any]) -> type:
    for name, member in list(vars(decorated).items()):
        if isinstance(member, types.FunctionType):
            setattr(decorated, name, decorator(member))
        elif isinstance(member, (staticmethod, classmethod)):
            setattr(decorated, name, type(member)(decorator(member.__func__)))
        elif isinstance(member, property):
            fget, fset, fdel = (part and decorator(part) for part in (member.fget, member.fset, member.fdel))
            setattr(decorated, name, property(fget, fset, fdel, member.__doc__))
    return decorated


def _within(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with np_shape(True):
            return function(*args, **kwargs)

    return wrapped


# -- the NumPy interface, which there is not --------------------------------------------------------------------------


def is_np_array() -> bool:
    """Whether the NumPy interface of MXNet is in use: never, it is not part of this library."""
    return False


@contextlib.contextmanager
def np_array(active: bool = True) -> Iterator[None]:
    """Refuse to make arrays of the NumPy interface; ``active=False`` has no effect."""
    if active:
        raise NotSupported(describe(NO_NUMPY, operator="np_array", hint=INSTEAD))
    yield


def use_np_array(function: Any) -> Any:
    """Decorate what needs the NumPy interface: it says, when it is called, that there is none."""

    def refuse(member: Any) -> Any:
        @functools.wraps(member)
        def wrapped(*_: Any, **__: Any) -> Any:
            raise NotSupported(describe(NO_NUMPY, operator=getattr(member, "__name__", "use_np"), hint=INSTEAD))

        return wrapped

    return _members(function, refuse) if isinstance(function, type) else refuse(function)


use_np = use_np_array


def set_np(shape: bool = True, array: bool = True) -> None:
    """Set how shapes are read; refuse to make arrays of the NumPy interface."""
    if array and not shape:
        raise InputError(describe("arrays of NumPy's kind need its shapes", operator="set_np", facts={"got": "shape=False, array=True"}))
    if array:
        raise NotSupported(describe(NO_NUMPY, operator="set_np", hint="set_np(array=False) sets how shapes are read"))
    set_np_shape(shape)


def reset_np() -> None:
    """Read shapes as MXNet 1.x does: 0 is unknown."""
    set_np_shape(False)


# -- surroundings -----------------------------------------------------------------------------------------------------


def getenv(name: str) -> str | None:
    """Read an environment variable; None if it is not set."""
    return os.environ.get(name)


def setenv(name: str, value: str | None) -> None:
    """Set an environment variable of this process; None removes it."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def get_gpu_count() -> int:
    """Count the graphics cards in use: none."""
    return num_gpus()


def get_gpu_memory(gpu_dev_id: int) -> tuple[int, int]:
    """Refuse: there is no memory of a graphics card."""
    facts = {"argument": "gpu_dev_id", "got": gpu_dev_id, "expected": "there is none"}
    raise NotSupported(describe("no graphics card is used", operator="get_gpu_memory", facts=facts))


class NoCard(NotSupported, OSError):
    """There is no library of the makers of graphics cards; MXNet raised OSError."""


def get_cuda_compute_capability(ctx: Context) -> int:
    """Refuse: no graphics card is used."""
    if ctx.device_type != "gpu":
        facts = {"argument": "ctx", "got": ctx, "expected": "mx.gpu()"}
        raise ArgumentError(describe("only graphics cards have a compute capability", operator="get_cuda_compute_capability", facts=facts))
    raise NoCard(describe("no graphics card is used", operator="get_cuda_compute_capability"))


def set_module(module: str | None) -> Callable[[Any], Any]:
    """Decorate a function or a class to say that it is of another module."""

    def decorator(function: Any) -> Any:
        if module is not None:
            function.__module__ = module
        return function

    return decorator


def wrap_ctx_to_device_func(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a function that takes ``ctx``, so that it takes ``device`` as well; by default the current context."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        device = kwargs.pop("device", None)
        if kwargs.get("ctx") is None:
            kwargs["ctx"] = current_context() if device is None else device
        return function(*args, **kwargs)

    return wrapped
