"""Functions with bounds."""

from functools import partial

import numpy as np

from executors.numpy.table import kernel


@kernel("clip", inplace=("data",), prepared=True, elementwise=True)
def clip(op, data, output):
    if op.a_min > op.a_max:  # as MXNet asks: above the upper bound? else, below the lower one?
        return partial(crossed, op.a_min, op.a_max, data, output)
    if data.dtype.kind not in "iu":
        return partial(np.clip, data, data.dtype.type(op.a_min), data.dtype.type(op.a_max), out=output)
    limits = np.iinfo(data.dtype)
    low, high = (int(min(max(bound, limits.min), limits.max)) for bound in (op.a_min, op.a_max))
    return partial(np.clip, data, low, high, out=output)


def crossed(low, high, data, output):
    np.copyto(output, np.where(data > high, high, np.where(data < low, low, data)), casting="unsafe")


@kernel("smooth_l1", elementwise=True)
def smooth_l1(op, data, output):
    """Write ``c (x - c / (2 s**2))`` with ``c = clip(s**2 x, -1, 1)``, which is both branches at once."""
    x = data.astype(np.result_type(data, np.float32), copy=False) if data.dtype.kind == "f" else data.astype(np.float64)
    square = op.scalar**2
    slope = np.clip(x * square, -1, 1)
    output[...] = slope * (x - slope * (0.5 / square)) if square else x * 0
