"""NumPy's functions on Symbols: ``np.sin(x)``, ``np.ones(3) + x``, ``np.concatenate([x, y])`` compose operators.

NumPy hands its functions over by two protocols; the formulas stand in ``symbolic/symbol/numpy``, loaded with the first call.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, NotImplementedForSymbol, closest, describe

__all__ = ["Protocols", "functions"]

_EXPRESSIBLE = "a function that the operators of mx.sym can express"
_PLAIN: dict[str, tuple[Any, ...]] = {  # arguments at the values that change nothing
    "out": (None,), "where": (True, np._NoValue), "order": ("K", "C", "A"), "casting": ("same_kind",), "subok": (True, False),
    "initial": (np._NoValue,), "keepdims": (np._NoValue,), "kind": (None, "quicksort", "stable", "mergesort"), "stable": (None, True, False),
    "correction": (np._NoValue,), "mean": (np._NoValue,), "prepend": (np._NoValue,), "append": (np._NoValue,), "device": (None,),
    "shape": (None,), "copy": (True, False, None), "returned": (False,), "signature": (None,), "sorter": (None,),
}  # fmt: skip


def functions() -> Mapping[Any, Callable[..., Any]]:
    """Return the table of NumPy's functions, other than ufuncs, that compose."""
    tables = [
        getattr(importlib.import_module(f"symbolic.symbol.numpy.{file}"), table)
        for file, table in (("reduce", "REDUCTIONS"), ("movement", "MOVEMENT"), ("product", "PRODUCTS"), ("pick", "PICKING"))
    ]
    return {function: composed for found in tables for function, composed in found.items()}


_tables: list[Mapping[Any, Callable[..., Any]]] = []


class Protocols:
    """What NumPy asks of an operand of its functions."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        kwargs = _without_plain(kwargs, ufunc)
        file = importlib.import_module("symbolic.symbol.numpy.ufuncs")
        dtype = kwargs.pop("dtype", None) if method == "__call__" else None
        if method != "__call__" or kwargs:
            return _by_method(ufunc, method, inputs, kwargs)
        if ufunc is np.modf:
            return file.parts(*inputs)
        if ufunc is np.divmod:
            return file.BINARY[np.floor_divide](*inputs), file.BINARY[np.remainder](*inputs)
        if ufunc is np.matmul:
            composed = importlib.import_module("symbolic.symbol.numpy.product").matmul
        else:
            composed = file.BINARY.get(ufunc) or file.UNARY.get(ufunc)
        if composed is None:
            raise _refused(f"np.{ufunc.__name__}", _EXPRESSIBLE, kwargs, (f.__name__ for f in (*file.BINARY, *file.UNARY)))
        if dtype is not None:
            cast = importlib.import_module("symbolic.symbol.numpy.call").cast
            inputs = tuple(cast(value, dtype) if isinstance(value, Protocols) else np.asarray(value, dtype) for value in inputs)
            return cast(composed(*inputs), dtype)
        return composed(*inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if not _tables:
            _tables.append(functions())
        name = _name(function)
        composed = _tables[0].get(function)
        if composed is None:
            raise _refused(name, _EXPRESSIBLE, kwargs, (known.__name__ for known in _tables[0]))
        args, kwargs = _by_name(function, args, kwargs)
        kwargs = _without_plain(kwargs, composed)
        try:
            inspect.signature(composed).bind(*args, **kwargs)
        except TypeError as error:
            raise _refused(name, f"arguments that mx.sym has too ({error})", kwargs) from None
        return composed(*args, **kwargs)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedForSymbol(describe("a Symbol holds no values", hint="bind it, or use s.eval(...), and ask the arrays"))


def _by_method(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compose ``np.add.reduce`` and its kin, which are functions of their own."""
    reduced = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min, np.logical_or: np.any, np.logical_and: np.all}
    if method == "reduce" and ufunc in reduced and len(inputs) == 1:
        return reduced[ufunc](inputs[0], **{"axis": 0, **kwargs})  # type: ignore[operator]
    if method == "accumulate" and ufunc is np.add and len(inputs) == 1:
        return np.cumsum(inputs[0], **{"axis": 0, **kwargs})
    if method == "outer" and ufunc is np.multiply and not kwargs:
        return np.multiply(*(np.reshape(side, shape) for side, shape in zip(inputs, ((-1, 1), (1, -1)), strict=True)))
    what = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    raise _refused(what, "the plain call, without out or where", kwargs)


def _by_name(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Name what NumPy lets stand by position behind its ``out``: ``np.sum(x, 0, None, None, True)``."""
    try:
        names = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # written in C
        return args, kwargs
    named = dict(kwargs)
    for place in range(len(args)):
        if place < len(names) and names[place].name == "out":
            rest = {parameter.name: given for parameter, given in zip(names[place:], args[place:], strict=False)}
            return args[:place], {**named, **rest}
        if place < len(names) and names[place].kind is inspect.Parameter.VAR_POSITIONAL:
            break
    return args, named


def _without_plain(kwargs: Mapping[str, Any], composed: Any) -> dict[str, Any]:
    """Leave out arguments at values that change nothing, unless the composing function has them itself."""
    own = () if isinstance(composed, np.ufunc) else inspect.signature(composed).parameters
    return {
        name: value
        for name, value in kwargs.items()
        if not (name in _PLAIN and (name not in own or value is np._NoValue) and any(value is plain for plain in _PLAIN[name]))
    }


def _name(function: Any) -> str:
    module = getattr(function, "__module__", "numpy") or "numpy"
    return f"np.{'linalg.' if module == 'numpy.linalg' else ''}{function.__name__}"


def _refused(what: str, expected: str, kwargs: Mapping[str, Any], known: Iterable[str] = ()) -> ArgumentError:
    given = ", ".join(kwargs)
    return ArgumentError(
        describe(
            f"{what} cannot be composed{closest(what.removeprefix('np.'), sorted(known))}",
            operator=what,
            facts={"got": f"{what}(Symbol{', ' if given else ''}{given})", "expected": expected},
        )
    )
