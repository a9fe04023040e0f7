"""Functions of one array. What NumPy lacks of them altogether is in ``special.py``."""

from functools import cache, partial

import numpy as np

from executors.kernel import fitted
from executors.numpy.kernels.elemwise import special  # noqa: F401, for its kernels
from executors.numpy.table import kernel, ufuncs, view

VECTORS, ZEROS = 1 << 14, 1 << 15  # elements from which on a maximum with zeros is worth an array of them, and its length


def rsqrt(x, out=None):
    out = np.sqrt(x, out=out)
    return np.reciprocal(out, out=out)


def rcbrt(x, out=None):
    out = np.cbrt(x, out=out)
    return np.reciprocal(out, out=out)


def sigmoid(x, out=None):
    """Evaluate ``1 / (1 + exp(-x))``: small results keep their relative precision."""
    out = np.negative(x, out=out)
    np.exp(out, out=out)
    out += 1
    return np.reciprocal(out, out=out)


def softsign(x, out=None):
    size = np.abs(x)
    size += 1
    return np.divide(x, size, out=out)


def round_away(x, out=None):
    """Round halves away from zero; ``trunc(x + 0.5)`` would round 0.49999997 to 1."""
    whole = np.trunc(x)
    is_half = np.abs(x - whole) >= 0.5
    return np.add(whole, np.copysign(is_half, x).astype(whole.dtype), out=out)


def round_down(x, out=None):
    """Round halves down; of 0.49999997 only the distance to the nearer whole number is exact."""
    below, above = np.floor(x), np.ceil(x)
    np.copyto(above, below, where=x - below <= above - x)
    return above if out is None else np.positive(above, out=out)


ufuncs({
    "abs": np.abs, "negative": np.negative, "square": np.square, "reciprocal": np.reciprocal,
    "sqrt": np.sqrt, "rsqrt": rsqrt, "cbrt": np.cbrt, "rcbrt": rcbrt,
    "exp": np.exp, "expm1": np.expm1, "log": np.log, "log10": np.log10, "log2": np.log2, "log1p": np.log1p,
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "arcsin": np.arcsin, "arccos": np.arccos, "arctan": np.arctan,
    "degrees": np.degrees, "radians": np.radians,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "arcsinh": np.arcsinh, "arccosh": np.arccosh, "arctanh": np.arctanh,
    "sigmoid": sigmoid, "softsign": softsign,
    "sign": np.sign, "round": round_away, "rint": round_down,
    "ceil": np.ceil, "floor": np.floor, "trunc": np.trunc, "fix": np.trunc, "logical_not": np.logical_not,
})  # fmt: skip


@kernel("relu", inplace=("data",), prepared=True, elementwise=True)
def relu(data, output):
    """Take the larger of each element and zero; for two arrays NumPy does so by vectors, but not for an array and a number."""
    if data.dtype in (np.float32, np.float64) and data.size >= VECTORS and data.flags.c_contiguous and output.flags.c_contiguous:
        return partial(rectified, data, output)
    return fitted(np.maximum, [data, np.zeros((), data.dtype)], [output])


def rectified(x, out):
    flat, target, zero = x.reshape(-1), out.reshape(-1), zeros(x.dtype)
    for start in range(0, len(flat), ZEROS):
        part = flat[start : start + ZEROS]
        np.maximum(part, zero[: len(part)], out=target[start : start + ZEROS])


@cache
def zeros(dtype):
    """Keep zeros for all who read some."""
    made = np.zeros(ZEROS, dtype)
    made.flags.writeable = False
    return made


view("_copy", "cast_storage", "_identity_with_attr_like_rhs")


@kernel("Cast", "amp_cast", "_cast_like", "_floating", inplace=("data",), elementwise=True)
def cast(data, output):
    np.copyto(output, data, casting="unsafe")


@kernel("amp_multicast")
def copy_each(data, output):
    for source, target in zip(data, output, strict=True):
        if target is not None:
            np.copyto(target, source, casting="unsafe")
