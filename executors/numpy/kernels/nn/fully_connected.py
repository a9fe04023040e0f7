"""The affine map of features."""

from functools import partial

import numpy as np

from executors.numpy.blas import product
from executors.numpy.table import kernel

REPEATED = 1 << 12  # elements up to which adding a row to a matrix is faster if the row is repeated before


def affine(x, weight, bias, y, scratch):
    """Make the calls that compute ``y = x @ weight.T + bias``."""
    multiply = product(x, weight.T, y)
    return (multiply,) if bias is None else (multiply, *adding(bias, y, scratch))


@kernel("FullyConnected", prepared=True)
def fully_connected(op, data, weight, bias, output, scratch, affine=affine):
    """Compute ``data @ weight.T + bias`` on rows of features."""
    features = weight.shape[1]
    rows = len(data) if op.flatten else data.size // max(features, 1)
    x, y = data.reshape(rows, features), output.reshape(-1, len(weight))
    if output.dtype == np.float16:
        return in_float32(x, weight, bias, y, scratch, affine)
    return affine(x, weight, bias, y, scratch)


def adding(bias, y, scratch):
    """Make the calls that add ``bias`` to each row of ``y``.

    NumPy runs through arrays of one shape at once, but for one that stretches it sets up an iterator, which takes as long as
    adding 2,000 numbers. Putting values into an array needs none.
    """
    if len(y) == 1:
        return (partial(np.add, y[0], bias, y[0]),)
    if y.size > REPEATED:
        return (partial(np.add, y, bias, y),)
    rows = scratch(y.shape, y.dtype)
    return partial(np.ndarray.__setitem__, rows, ..., bias), partial(np.add, y, rows, y)


def in_float32(x, weight, bias, y, scratch, affine):
    """Multiply float16 as float32: there is no fast product of it, and sums would lose digits."""
    wide_x, wide_weight, wide = (scratch(array.shape, np.float32) for array in (x, weight, y))
    widen = partial(np.copyto, wide_x, x), partial(np.copyto, wide_weight, weight)
    return *widen, *affine(wide_x, wide_weight, bias, wide, scratch), partial(np.copyto, y, wide, casting="same_kind")
