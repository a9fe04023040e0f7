"""Convolution as loops of its own: over rows where each channel has its own filters, over tiles where they share channels."""

import importlib
from functools import partial

import numpy as np

from executors.numba.direct import direct, filters_of, is_direct, turned
from executors.numba.table import kernel
from executors.numpy.kernels.nn import convolution as other
from executors.numpy.kernels.nn.steps import run_all
from executors.numpy.kernels.nn.windows import completed, is_channels_last
from executors.parallel import parallel, shares
from symbolic.limits import num_threads

WORTH_THREADS = 1 << 18  # multiplications; about 0.1 ms


def is_depthwise(op, *arrays):
    """Whether these loops compute a convolution of arrays: of rows or planes, channels first, one channel in a group."""
    data = arrays[0]
    return (
        op.num_group > 1
        and data.ndim in (3, 4)
        and data.shape[1] == op.num_group
        and not is_channels_last(op)
        and data.dtype in (np.float32, np.float64)
        and all(array.size and array.dtype == data.dtype and array.flags.c_contiguous for array in arrays)
    )


def loops():
    """Load numba at first need: it takes longer than most graphs."""
    return importlib.import_module("executors.numba.loops.depthwise")


def planes(array):
    """View images or filters as planes ``(n, rows, columns)``."""
    return array.reshape(array.shape[0] * array.shape[1], -1, array.shape[-1])


def window_of(op):
    """List stride, dilation and padding of rows and columns."""
    window = completed(op)
    return [tuple([int(n) for n in (filling, *part)[-2:]]) for filling, part in ((1, window.stride), (1, window.dilate), (0, window.pad))]


def on_threads(loop, op, arrays, each, count, work):
    """Deal ``count`` planes out to threads."""
    parts = shares(count, num_threads() if work >= WORTH_THREADS else 1)
    return parallel([partial(loop, *arrays, each, *window_of(op), part.start, part.stop) for part in parts])


def tiled(op, window, source, weight, bias, target, scratch, backwards=False):
    """Prepare a convolution by tiles; ``None`` if patches are the better way, or the only one."""
    if window is None or is_channels_last(op) or not weight.size or not weight.flags.c_contiguous:
        return None
    weights = filters_of(weight, op.num_group, backwards)
    return direct(window, weights, source, bias, target, scratch, backwards) if is_direct(window, weights, source, target) else None


@kernel("Convolution", prepared=True)
def convolution(op, data, weight, bias, output, scratch):
    if not is_depthwise(op, data, weight, output):
        made = tiled(op, completed(op), data, weight, bias, output, scratch)
        return other.convolution(op, data, weight, bias, output, scratch) if made is None else made
    bias = np.zeros(op.num_filter, data.dtype) if bias is None else bias
    work = output.size * weight[0].size
    arrays = planes(data), planes(weight), bias, planes(output)
    return on_threads(loops().forward, op, arrays, op.num_filter // op.num_group, len(arrays[3]), work)


@kernel("_backward_Convolution", prepared=True)
def convolution_gradient(op, data, weight, d_output, d_data, d_weight, d_bias, scratch):
    written = [array for array in (d_data, d_weight) if array is not None]
    if not is_depthwise(op, data, weight, d_output, *written):
        made = None if d_data is None else tiled(op, turned(completed(op)), d_output, weight, None, d_data, scratch, backwards=True)
        rest = d_data if made is None else None
        return run_all(
            [*([] if made is None else [made]), other.convolution_gradient(op, data, weight, d_output, rest, d_weight, d_bias, scratch)]
        )
    each, work, steps = op.num_filter // op.num_group, d_output.size * weight[0].size, []
    dy = planes(d_output)
    if d_data is not None:
        dx = planes(d_data)
        steps.append(on_threads(loops().to_data, op, (dy, planes(weight), dx), each, len(dx), work))
    if d_weight is not None:
        steps.append(on_threads(loops().to_weight, op, (dy, planes(data), planes(d_weight)), each, op.num_filter, work))
    if d_bias is not None:
        steps.append(other.bias_gradient(d_output, False, d_bias))
    return run_all(steps)
