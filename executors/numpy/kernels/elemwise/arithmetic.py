"""Arithmetic of two arrays, of an array and a number, and sums of many."""

from functools import partial

import numpy as np

from executors.kernel import fitted
from executors.numpy.table import kernel


def modulo(x, y, out=None):
    """Find the rest of ``x / y``, with the sign of ``y``; 0 where ``y`` is 0, though NumPy says nan there."""
    is_zero = np.equal(y, 0)
    out = np.remainder(x, y, out=out)
    if is_zero.any():
        np.copyto(out, 0, where=is_zero)
    return out


def quotient(x, y, out=None):
    """Divide integers and cut off the fraction, where Python rounds down: ``-7 / 2`` is -3. By 0 it is 0."""
    return np.floor_divide(x - np.fmod(x, y), y, out=out)


def integer_power(x, y, out=None):
    """Raise integers; to a negative power, the fraction is cut off, which leaves 0 of all but 1 and -1."""
    out = np.power(x, np.abs(y), out=out)
    np.copyto(out, 0, where=(y < 0) & (np.abs(out) != 1))
    return out


FLOATS = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "mod": modulo, "power": np.power,
    "maximum": np.maximum, "minimum": np.minimum, "hypot": np.hypot,
    "equal": np.equal, "not_equal": np.not_equal, "greater": np.greater, "greater_equal": np.greater_equal,
    "lesser": np.less, "lesser_equal": np.less_equal,
    "logical_and": np.logical_and, "logical_or": np.logical_or, "logical_xor": np.logical_xor,
}  # fmt: skip
INTEGERS = {"div": quotient, "mod": modulo, "power": integer_power}
ALIKE = {"add": "elemwise_add", "sub": "elemwise_sub", "mul": "elemwise_mul", "div": "elemwise_div"}
SCALAR = {"add": "_plus", "sub": "_minus"}
REVERSED = {"sub": "_rminus_scalar", "div": "_rdiv_scalar", "mod": "_rmod_scalar", "power": "_rpower_scalar"}


def bind(name, left, right, output):
    """Bind a function to two arrays, integers to a function of their own."""
    if name in INTEGERS and output.dtype.kind in "iu":
        return partial(INTEGERS[name], left, right, out=output)
    return fitted(FLOATS[name], [left, right], [output])


def number(scalar, dtype):
    """Turn a number into one of the array's type: an integer loses the fraction and wraps around."""
    if dtype.kind == "f" and -1e4 < scalar < 1e4:  # nothing to be quiet about
        return np.asarray(scalar, dtype)
    with np.errstate(all="ignore"):
        value = np.asarray(scalar, np.float64)
        return (value.astype(np.int64) if dtype.kind in "iu" else value).astype(dtype)


def register(name):
    """Enter the kernels of all forms of one function."""
    stretched, alike, scalar = f"broadcast_{name}", ALIKE.get(name, f"_{name}"), f"{SCALAR.get(name, f'_{name}')}_scalar"

    @kernel(stretched, alike, inplace=("lhs", "rhs"), prepared=True, elementwise=True)
    def of_arrays(lhs, rhs, output):
        return bind(name, lhs, rhs, output)

    @kernel(scalar, inplace=("data",), prepared=True, elementwise=True)
    def with_number(op, data, output):
        return bind(name, data, number(op.scalar, output.dtype), output)

    if name in REVERSED:

        @kernel(REVERSED[name], inplace=("data",), prepared=True, elementwise=True)
        def with_number_left(op, data, output):
            return bind(name, number(op.scalar, output.dtype), data, output)


for _name in FLOATS:
    register(_name)


@kernel("_number_like", prepared=True, elementwise=True)
def number_like(op, output):
    return partial(np.copyto, output, number(op.scalar, output.dtype))


@kernel("_grad_add", inplace=("lhs", "rhs"), prepared=True, elementwise=True)
def add(lhs, rhs, output):
    return bind("add", lhs, rhs, output)


@kernel("_scatter_elemwise_div", inplace=("lhs", "rhs"), prepared=True, elementwise=True)
def divide(lhs, rhs, output):
    return bind("div", lhs, rhs, output)


@kernel("_scatter_plus_scalar", inplace=("data",), prepared=True, elementwise=True)
def plus(op, data, output):
    return bind("add", data, number(op.scalar, output.dtype), output)


@kernel("_scatter_minus_scalar", inplace=("data",), prepared=True, elementwise=True)
def minus(op, data, output):
    return bind("sub", data, number(op.scalar, output.dtype), output)


@kernel("add_n", inplace=("args",), prepared=True, elementwise=True)
def add_n(args, output):
    # The output may lie in any one of the inputs: that one comes first, before it is overwritten.
    first, *others = sorted(args, key=lambda x: x.ctypes.data != output.ctypes.data)
    if not others:
        return partial(np.copyto, output, first)
    if output.dtype == np.float16:
        return partial(add_wide, args, output)

    def run():
        np.add(first, others[0], out=output)
        for x in others[1:]:
            np.add(output, x, out=output)

    return run


def add_wide(args, output):
    total = args[0].astype(np.float32)
    for x in args[1:]:
        total += x
    output[...] = total
