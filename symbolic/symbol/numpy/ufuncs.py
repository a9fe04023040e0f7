"""NumPy's element-wise functions on symbols: operators of the same meaning, and formulas over them.

Truth values are 0 and 1 in the type of what is compared, as everywhere in graphs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from symbolic.symbol import arithmetic
from symbolic.symbol.known import is_integer
from symbolic.symbol.numpy.call import call, floating, is_symbol, select, stretched, together

__all__ = ["BINARY", "UFUNCS", "UNARY"]

EXACT = ("ceil", "floor", "logical_not", "negative", "sign", "square", "trunc")  # of integers, integers

UFUNCS: dict[np.ufunc, str] = {
    ufunc: name
    for name in (
        *("arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "cos", "cosh", "degrees", "exp", "expm1"),
        *("log", "log10", "log1p", "log2", "radians", "reciprocal", "sin", "sinh", "sqrt", "tan", "tanh", *EXACT),
    )
    if (ufunc := getattr(np, name))
} | {np.absolute: "abs", np.fabs: "abs", np.rad2deg: "degrees", np.deg2rad: "radians"}


def of_one(ufunc: np.ufunc, name: str) -> Callable[[Any], Any]:
    """Make the function that is one operator."""
    exact = name in EXACT or ufunc in (np.absolute, np.reciprocal)
    return lambda x: call(name, x if exact else floating(x))


def rint(x: Any) -> Any:
    """Round to the nearest whole number, halves to the even one; the operator of that name rounds halves down."""
    if is_integer(x):
        return floating(x)
    below = call("floor", x)
    odd = below - call("floor", below * 0.5) * 2.0
    return call("where", (x - below) == 0.5, below + odd, call("rint", x))


def is_finite(x: Any) -> Any:
    """1 where ``x - x`` is a number: of infinity and nan it is nan."""
    nothing = x - x
    return nothing == nothing


def parts(x: Any) -> tuple[Any, Any]:
    """Fraction and whole part, both with the sign of ``x``; infinities have no fraction."""
    x = floating(x)
    whole = call("trunc", x)
    return call("where", is_finite(x) == (x == x), x - whole, call("zeros_like", x)), whole


def sign_bit(x: Any) -> Any:
    """1 where ``x`` is below zero or is the negative zero, which its reciprocal tells."""
    return x < 0 if is_integer(x) else call("where", x == 0.0, call("reciprocal", x), x) < 0.0


UNARY: dict[Any, Callable[[Any], Any]] = {ufunc: of_one(ufunc, name) for ufunc, name in UFUNCS.items()} | {
    np.positive: lambda x: x,
    np.conjugate: lambda x: x,
    np.rint: rint,
    np.exp2: lambda x: 2.0 ** floating(x),
    np.isnan: lambda x: x != x,
    np.isfinite: is_finite,
    np.isinf: lambda x: call("elemwise_mul", x == x, call("logical_not", is_finite(x))),
    np.signbit: sign_bit,
    np.invert: lambda x: ~x,
}


def floored(left: Any, right: Any) -> tuple[Any, Any]:
    """Put on both sides what NumPy divides: integers as float64."""
    return tuple(floating(side) if is_symbol(side) else side for side in (left, right))  # type: ignore[return-value]


def of_two(formula: Callable[[Any, Any], Any], floats: bool = False) -> Callable[[Any, Any], Any]:
    """Make a function of two that are symbols, stretched as they need.

    Parameters
    ----------
    floats : bool
        Whether integers are computed as float64.
    """

    def function(left: Any, right: Any) -> Any:
        left, right = together((left, right), "the function")
        return formula(*floored(left, right)) if floats else formula(left, right)

    return function


def divided(left: Any, right: Any) -> Any:
    """Divide as NumPy does: integers become float64 first."""
    return arithmetic.divide(*floored(left, right))


def fmod(left: Any, right: Any) -> Any:
    """The rest of a division that rounds towards zero: it has the sign of the left side."""
    rest = call("broadcast_mod", call("abs", left), call("abs", right))
    return call("broadcast_mul", rest, call("sign", left))


def arctan2(y: Any, x: Any) -> Any:
    """The angle of the point ``(x, y)``: a quarter or half turn is added where ``x`` is not positive."""
    slope = call("arctan", call("broadcast_div", y, x))
    half = select(sign_bit(y), -math.pi, math.pi)
    turned = call("broadcast_add", slope, call("broadcast_mul", sign_bit(x), half))
    flat = call("broadcast_mul", y == 0.0, x == 0.0)  # 0 / 0
    return select(flat, call("broadcast_mul", sign_bit(x), half), turned)


def log_add(left: Any, right: Any, base: float) -> Any:
    """``log(base ** left + base ** right)`` without overflow; what is equal, infinite too, is doubled."""
    scale = math.log(base)
    larger = call("broadcast_maximum", left, right)
    apart = call("abs", call("broadcast_sub", left, right)) * -scale
    doubled = larger + math.log(2) / scale
    return select(call("broadcast_equal", left, right), doubled, larger + call("log1p", call("exp", apart)) / scale)


def without_nan(larger: str) -> Callable[[Any, Any], Any]:
    """Make ``fmax`` or ``fmin``: nan counts for nothing unless both are."""

    def function(left: Any, right: Any) -> Any:
        return select(left != left, right, select(right != right, left, call(larger, left, right)))

    return function


BINARY: dict[np.ufunc, Callable[[Any, Any], Any]] = {
    np.add: arithmetic.add,
    np.subtract: arithmetic.subtract,
    np.multiply: arithmetic.multiply,
    np.true_divide: divided,
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
    np.bitwise_and: lambda a, b: arithmetic.bits(a, b, "&"),
    np.bitwise_or: lambda a, b: arithmetic.bits(a, b, "|"),
    np.bitwise_xor: lambda a, b: arithmetic.bits(a, b, "^"),
    np.float_power: of_two(lambda a, b: call("broadcast_power", a, b), floats=True),
    np.fmod: of_two(fmod),
    np.fmax: of_two(without_nan("broadcast_maximum")),
    np.fmin: of_two(without_nan("broadcast_minimum")),
    np.arctan2: of_two(arctan2, floats=True),
    np.logaddexp: of_two(lambda a, b: log_add(a, b, math.e), floats=True),
    np.logaddexp2: of_two(lambda a, b: log_add(a, b, 2.0), floats=True),
    np.copysign: of_two(lambda a, b: call("broadcast_mul", call("abs", a), 1.0 - sign_bit(b) * 2.0), floats=True),
    np.heaviside: of_two(lambda a, b: select(a == 0.0, b, select(a != a, a, a > 0.0)), floats=True),
    np.left_shift: of_two(lambda a, b: call("broadcast_mul", a, 2**b)),
    np.right_shift: of_two(lambda a, b: arithmetic.floor_divide(*stretched((a, 2**b)))),
    np.ldexp: of_two(lambda a, b: call("broadcast_mul", a, 2.0**b), floats=True),
}
