"""The affine map of features."""

from functools import partial

import numpy as np

from executors.numpy.blas import LONG_VECTOR, product
from executors.numpy.table import kernel

SMALL = 1 << 16  # multiplications below which np.dot, which asks fewer questions than np.matmul, is faster


@kernel("FullyConnected", prepared=True)
def fully_connected(op, data, weight, bias, output, scratch):
    """Compute ``data @ weight.T + bias`` on rows of features."""
    features = weight.shape[1]
    rows = len(data) if op.flatten else data.size // max(features, 1)
    x, y = data.reshape(rows, features), output.reshape(-1, len(weight))
    if output.dtype == np.float16:
        return in_float32(x, weight, bias, y, scratch)
    work, is_vector = y.size * features, min(y.shape) == 1
    multiply = partial(np.dot, x, weight.T, y) if work < (LONG_VECTOR if is_vector else SMALL) else product(x, weight.T, y)
    return multiply if bias is None else (multiply, partial(np.add, y, bias, y))


def in_float32(x, weight, bias, y, scratch):
    """Multiply float16 as float32: there is no fast product of it, and sums would lose digits."""
    wide_x, wide_weight, wide = (scratch(array.shape, np.float32) for array in (x, weight, y))
    widen = partial(np.copyto, wide_x, x), partial(np.copyto, wide_weight, weight)
    add = () if bias is None else (partial(np.add, wide, bias, wide),)
    return *widen, product(wide_x, wide_weight.T, wide), *add, partial(np.copyto, y, wide, casting="same_kind")
