"""Operator -> the vector that it computes, from its parameters and the vectors it reads."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from executors.numba.functions import SPECIAL, absolute_hypotenuse, power, remainder
from executors.numba.vector import Vector
from executors.numpy.kernels.elemwise.arithmetic import number

__all__ = ["constants_of", "expression_of", "simpler"]

Expression = Callable[..., Vector]


def larger(x: Vector, y: Vector) -> Vector:
    """Choose the larger; nan if one is."""
    chosen = (x > y).choose(x, y)
    return x.differs(x).choose(x, chosen) if x.kind[0] == "f" else chosen


def smaller(x: Vector, y: Vector) -> Vector:
    chosen = (x < y).choose(x, y)
    return x.differs(x).choose(x, chosen) if x.kind[0] == "f" else chosen


def sign(x: Vector) -> Vector:
    above = (x > 0).choose(x.number(1), 0)
    if x.kind[0] == "u":
        return above
    result = (x < 0).choose(x.number(-1), above)
    return x.differs(x).choose(x, result) if x.kind[0] == "f" else result


def round_away(x: Vector) -> Vector:
    """Round halves away from zero; ``trunc(x + 0.5)`` would round 0.49999997 to 1."""
    whole = x.rounded("trunc")
    return whole + ((x - whole).size() >= 0.5).choose(x.number(1.0), 0.0).with_sign(x)


def round_down(x: Vector) -> Vector:
    """Round halves down."""
    below, above = x.rounded("floor"), x.rounded("ceil")
    return ((x - below) <= (above - x)).choose(below, above)


def clip(x: Vector, low: Vector, high: Vector) -> Vector:
    """Keep within bounds; above the upper one is asked first, in case they are crossed."""
    return (x > high).choose(high, (x < low).choose(low, x))


def smooth_l1(x: Vector, square: Vector, half: Vector) -> Vector:
    slope = clip(x * square, x.number(-1), x.number(1))
    return slope * (x - slope * half)


def ratio(x: Vector, above: float, below: float) -> float:
    """Divide in the type of ``x``, as NumPy does."""
    return float(np.float32(above) / np.float32(below)) if x.kind == "f4" else above / below


def total(*args: Vector) -> Vector:
    result = args[0]
    for x in args[1:]:
        result = result + x
    return result


def true(x: Vector) -> Vector:
    return x.differs(0)


TWO: dict[str, Expression] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "mod": remainder,
    "power": power,
    "maximum": larger,
    "minimum": smaller,
    "hypot": absolute_hypotenuse,
    "equal": lambda x, y: x.equals(y),
    "not_equal": lambda x, y: x.differs(y),
    "greater": lambda x, y: x > y,
    "greater_equal": lambda x, y: x >= y,
    "lesser": lambda x, y: x < y,
    "lesser_equal": lambda x, y: x <= y,
    "logical_and": lambda x, y: true(x) & true(y),
    "logical_or": lambda x, y: true(x) | true(y),
    "logical_xor": lambda x, y: true(x) ^ true(y),
}
ALIKE = {"add": "elemwise_add", "sub": "elemwise_sub", "mul": "elemwise_mul", "div": "elemwise_div"}
SCALAR = {"add": "_plus", "sub": "_minus"}
REVERSED = {"sub": "_rminus_scalar", "div": "_rdiv_scalar", "mod": "_rmod_scalar", "power": "_rpower_scalar"}

ARRAYS: dict[str, Expression] = {
    **{f"broadcast_{name}": made for name, made in TWO.items()},
    **{ALIKE.get(name, f"_{name}"): made for name, made in TWO.items()},
    "_grad_add": TWO["add"],
    "_scatter_elemwise_div": TWO["div"],
    "add_n": total,
    "abs": lambda x: x.size(),
    "negative": lambda x: -x,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x,
    "sqrt": lambda x: x.root(),
    "rsqrt": lambda x: 1.0 / x.root(),
    "cbrt": SPECIAL["cbrt"],
    "rcbrt": lambda x: 1.0 / SPECIAL["cbrt"](x),
    "exp": SPECIAL["exp"],
    "expm1": SPECIAL["expm1"],
    "log": SPECIAL["log"],
    "log10": SPECIAL["log10"],
    "log2": SPECIAL["log2"],
    "log1p": SPECIAL["log1p"],
    "sin": SPECIAL["sin"],
    "cos": SPECIAL["cos"],
    "tan": SPECIAL["tan"],
    "arcsin": SPECIAL["arcsin"],
    "arccos": SPECIAL["arccos"],
    "arctan": SPECIAL["arctan"],
    "degrees": lambda x: x * ratio(x, 180, math.pi),
    "radians": lambda x: x * ratio(x, math.pi, 180),
    "sinh": SPECIAL["sinh"],
    "cosh": SPECIAL["cosh"],
    "tanh": SPECIAL["tanh"],
    "arcsinh": SPECIAL["arcsinh"],
    "arccosh": SPECIAL["arccosh"],
    "arctanh": SPECIAL["arctanh"],
    "erf": SPECIAL["erf"],
    "relu": lambda x: (x <= 0).choose(0, x),
    "sigmoid": SPECIAL["sigmoid"],
    "softsign": lambda x: x / (x.size() + 1),
    "sign": sign,
    "round": round_away,
    "rint": round_down,
    "ceil": lambda x: x.rounded("ceil"),
    "floor": lambda x: x.rounded("floor"),
    "trunc": lambda x: x.rounded("trunc"),
    "fix": lambda x: x.rounded("trunc"),
    "logical_not": lambda x: ~true(x),
    "Cast": lambda x: x,
    "amp_cast": lambda x: x,
    "_cast_like": lambda x: x,
    "_floating": lambda x: x,
    "where": lambda condition, x, y: true(condition).choose(x, y),
}
NUMBERED: dict[str, Expression] = {  # (what is read, the numbers of `constants_of`)
    **{f"{SCALAR.get(name, f'_{name}')}_scalar": made for name, made in TWO.items()},
    **{reverse: (lambda made: lambda x, y: made(y, x))(TWO[name]) for name, reverse in REVERSED.items()},
    "_scatter_plus_scalar": TWO["add"],
    "_scatter_minus_scalar": TWO["sub"],
    "clip": clip,
    "smooth_l1": smooth_l1,
}
CONVERSIONS = {"Cast", "amp_cast", "_cast_like", "_floating"}
ALSO_OF_INTEGERS = {  # their result is an integer by itself; others are rounded by rules that NumPy's kernels know
    *[f"{form}{name}" for form in ("broadcast_", "_") for name in TWO if name not in ("div", "mod", "power", "hypot")],
    *[f"_{name}_scalar" for name in TWO if name not in ("div", "mod", "power", "hypot")],
    "elemwise_add", "elemwise_sub", "elemwise_mul", "_plus_scalar", "_minus_scalar", "_rminus_scalar",
    "_grad_add", "_scatter_plus_scalar", "_scatter_minus_scalar", "add_n",
    "abs", "negative", "square", "relu", "sign", "logical_not", "clip", "where",
}  # fmt: skip
FLOATING = {"f2", "f4", "f8"}
SINGLE_ONLY = {  # in float64 NumPy's own functions are as fast
    "log2", "log10", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "arcsinh", "arccosh", "arctanh", "cbrt", "rcbrt",
    "erf", *[name for name in (*ARRAYS, *NUMBERED) if "power" in name or "hypot" in name],
}  # fmt: skip
TRUTHS = ("equal", "greater", "lesser", "logical")


def simpler(name: str, op: Any) -> str:
    """Name the operator that computes the same with less."""
    if name == "_power_scalar":
        return {2.0: "square", -1.0: "reciprocal"}.get(float(op.scalar), name)
    return name


def expression_of(name: str, kinds: Sequence[str], made: str) -> Expression | None:
    """Find how an operator computes elements of type ``made`` from such of ``kinds``; ``None`` if it is left to NumPy."""
    found = ARRAYS.get(name) or NUMBERED.get(name)
    if found is None:
        return None
    if name in CONVERSIONS:
        (kind,) = kinds
        return None if (kind, made) == ("f8", "f2") or (kind[0] == "f" and made[0] == "u") else found
    if name == "where":
        kinds = kinds[1:]
        return found if set(kinds) == {made} else None
    if len(set(kinds)) != 1 or "b1" in kinds:
        return None
    kind = kinds[0]
    if (name in SINGLE_ONLY and kind == "f8") or (kind not in FLOATING and name not in ALSO_OF_INTEGERS):
        return None
    return found if kind == made or any(truth in name for truth in TRUTHS) else None


def constants_of(name: str, op: Any, dtype: np.dtype) -> list[np.ndarray] | None:
    """List the numbers that an operator takes from its parameters, in the array's type; ``None`` if that is NumPy's business."""
    if name not in NUMBERED:
        return []
    if name == "clip":
        if math.isnan(op.a_min) or math.isnan(op.a_max):
            return None
        if dtype.kind in "iu":
            limits = np.iinfo(dtype)
            bounds = [int(min(max(bound, limits.min), limits.max)) for bound in (op.a_min, op.a_max)]
            return [np.array(bound, dtype) for bound in bounds]
        return [number(op.a_min, dtype), number(op.a_max, dtype)]
    if name == "smooth_l1":
        square, wide = float(op.scalar) ** 2, np.dtype(np.float32) if dtype == np.float16 else dtype
        return [number(square, wide), number(0.5 / square, wide)] if square else None
    return [number(op.scalar, dtype)]
