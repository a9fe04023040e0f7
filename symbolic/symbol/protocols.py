"""NumPy's functions on Symbols: ``np.sin(x)``, ``np.ones(3) + x``, ``np.concatenate([x, y])`` compose operators."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, NotImplementedForSymbol, describe
from symbolic.registry import find
from symbolic.symbol import arithmetic
from symbolic.symbol.constant import constant, is_array

__all__ = ["Protocols"]


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    """Call an operator by name; arrays among its inputs become constants."""
    return find(name)(*[constant(arg) if is_array(arg) else arg for arg in args], **kwargs)


UFUNCS: dict[np.ufunc, str] = {
    ufunc: name
    for name in (
        *("arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "ceil", "cos", "cosh", "degrees", "exp", "expm1"),
        *("floor", "log", "log10", "log1p", "log2", "logical_not", "radians", "reciprocal", "sign", "sin", "sinh", "sqrt"),
        *("square", "tan", "tanh", "trunc", "negative"),
    )
    if (ufunc := getattr(np, name))
} | {np.absolute: "abs", np.fabs: "abs", np.rad2deg: "degrees", np.deg2rad: "radians"}

BINARY: dict[np.ufunc, Callable[[Any, Any], Any]] = {
    np.add: arithmetic.add,
    np.subtract: arithmetic.subtract,
    np.multiply: arithmetic.multiply,
    np.true_divide: arithmetic.divide,
    np.floor_divide: arithmetic.floor_divide,
    np.remainder: arithmetic.modulo,
    np.power: arithmetic.raise_to,
    np.maximum: arithmetic.maximum,
    np.minimum: arithmetic.minimum,
    np.hypot: arithmetic.hypot,
    np.equal: arithmetic.equal,
    np.not_equal: arithmetic.not_equal,
    np.greater: arithmetic.greater,
    np.greater_equal: arithmetic.greater_equal,
    np.less: arithmetic.lesser,
    np.less_equal: arithmetic.lesser_equal,
    np.logical_and: arithmetic.logical_and,
    np.logical_or: arithmetic.logical_or,
    np.logical_xor: arithmetic.logical_xor,
}


def reduction(name: str) -> Callable[..., Any]:
    """Make the form of a reducing operator that takes NumPy's arguments."""

    def reduced(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        return call(name, a, axis=axis, keepdims=keepdims)

    return reduced


def concatenate(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Join along an axis."""
    return call("Concat", *arrays, dim=axis)


def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Join along a new axis."""
    return call("stack", *arrays, axis=axis)


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Split into equal sections, or before each of some indices."""
    return ary.split_v2(indices_or_sections, axis)


def take(a: Any, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Any:
    """Pick along an axis."""
    return call("take", a if axis is not None else call("reshape", a, shape=(-1,)), indices, axis=axis or 0, mode=mode)


def repeat(a: Any, repeats: int, axis: int | None = None) -> Any:
    """Repeat each element."""
    return call("repeat", a, repeats=repeats, axis=axis)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.concatenate: concatenate,
    np.stack: stack,
    np.split: split,
    np.take: take,
    np.repeat: repeat,
    np.sum: reduction("sum"),
    np.mean: reduction("mean"),
    np.prod: reduction("prod"),
    np.max: reduction("max"),
    np.min: reduction("min"),
    np.nansum: reduction("nansum"),
    np.nanprod: reduction("nanprod"),
    np.argmax: reduction("argmax"),
    np.argmin: reduction("argmin"),
    np.where: lambda condition, x, y: call("where", condition, x, y),
    np.dot: lambda a, b: call("dot", a, b),
    np.reshape: lambda a, shape: a.reshape(shape),
    np.ravel: lambda a: call("reshape", a, shape=(-1,)),
    np.transpose: lambda a, axes=None: a.transpose(axes),
    np.swapaxes: lambda a, axis1, axis2: call("swapaxes", a, dim1=axis1, dim2=axis2),
    np.expand_dims: lambda a, axis: call("expand_dims", a, axis=axis),
    np.squeeze: lambda a, axis=None: call("squeeze", a, axis=axis),
    np.clip: lambda a, a_min, a_max: call("clip", a, a_min=a_min, a_max=a_max),
    np.tile: lambda A, reps: call("tile", A, reps=reps),
    np.flip: lambda m, axis: call("reverse", m, axis=axis),
    np.sort: lambda a, axis=-1: call("sort", a, axis=axis),
    np.argsort: lambda a, axis=-1: call("argsort", a, axis=axis),
    np.cumsum: lambda a, axis=None: call("cumsum", a, axis=axis),
    np.broadcast_to: lambda array, shape: call("broadcast_to", array, shape=shape),
    np.zeros_like: lambda a: call("zeros_like", a),
    np.ones_like: lambda a: call("ones_like", a),
}


class Protocols:
    """What NumPy asks of an operand of its functions."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            what = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
            raise _refused(what, "the plain call, without out, where or dtype", kwargs)
        if ufunc in BINARY:
            return BINARY[ufunc](*inputs)
        if ufunc in UFUNCS:
            return call(UFUNCS[ufunc], *inputs)
        if ufunc is np.positive:
            return self
        if ufunc is np.matmul:
            return call("dot", *inputs)
        raise _refused(f"np.{ufunc.__name__}", "a function that the operators of mx.sym can express", kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = f"np.{function.__name__}"
        composed = FUNCTIONS.get(function)
        if composed is None:
            raise _refused(name, "a function that the operators of mx.sym can express", kwargs)
        try:
            inspect.signature(composed).bind(*args, **kwargs)
        except TypeError as error:
            raise _refused(name, f"arguments that mx.sym has too ({error})", kwargs) from None
        return composed(*args, **kwargs)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedForSymbol(describe("a Symbol holds no values", hint="bind it, or use s.eval(...), and ask the arrays"))


def _refused(what: str, expected: str, kwargs: Any) -> ArgumentError:
    given = ", ".join(kwargs)
    return ArgumentError(
        describe(
            f"{what} cannot be composed",
            operator=what,
            facts={"got": f"{what}(Symbol{', ' if given else ''}{given})", "expected": expected},
        )
    )
