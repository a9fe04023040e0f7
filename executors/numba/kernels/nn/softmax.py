"""Softmax of rows in three passes: the maximum, the exponentials and their sum, the quotients."""

import numpy as np

from executors.numba.functions import exp, log
from executors.numba.rows import Pass, greatest, rows_call, total
from executors.numba.table import kernel
from executors.numpy.kernels.nn import softmax as other

SOFTMAX = (
    Pass((0,), lambda x: x, reduction=greatest),
    Pass((0,), lambda x, top: exp(x - top), writes=1, reduction=total),
    Pass((1,), lambda x, top, whole: x / whole, writes=1),
)
LOG_SOFTMAX = (
    Pass((0,), lambda x: x, reduction=greatest),
    Pass((0,), lambda x, top: exp(x - top), reduction=total),
    Pass((0,), lambda x, top, whole: (x - top) - log(whole), writes=1),
)


def rows_of(op, data, output):
    """View the arrays as rows, along which numbers are mapped; ``None`` if they are not."""
    together = data, output
    if op.axis % data.ndim != data.ndim - 1 or op.temperature is not None or data.size == 0:
        return None
    if any(array.dtype not in (np.float32, np.float64) or not array.flags.c_contiguous for array in together) or data.dtype != output.dtype:
        return None
    return [array.reshape(-1, data.shape[-1]) for array in together]


@kernel("softmax", inplace=("data",), prepared=True)
def softmax(op, data, length, output, scratch):
    rows = rows_of(op, data, output) if length is None else None
    if rows is None:
        return other.softmax(op, data, length, output, scratch)
    return rows_call("softmax", SOFTMAX, rows)


@kernel("log_softmax", inplace=("data",), prepared=True)
def log_softmax(op, data, output, scratch):
    rows = rows_of(op, data, output)
    return other.log_softmax(op, data, output, scratch) if rows is None else rows_call("log_softmax", LOG_SOFTMAX, rows)
