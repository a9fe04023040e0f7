"""Windows of an image laid out as columns of a matrix, and added back."""

from functools import partial

import numpy as np

from executors.numpy.kernels.nn.steps import computing_dtype, run_all
from executors.numpy.kernels.nn.windows import completed, patches
from executors.numpy.table import kernel


def positions(window, sizes):
    """Count the positions of the window along each axis."""
    reach = [(size + 2 * pad - dilate * (taps - 1) - 1, stride) for size, taps, stride, dilate, pad in
             zip(sizes, window.kernel, window.stride, window.dilate, window.pad, strict=True)]  # fmt: skip
    return tuple(length // stride + 1 for length, stride in reach)


@kernel("im2col", prepared=True)
def lay_out(op, data, output, scratch):
    window, steps, (n, channels, *sizes) = completed(op), [], data.shape
    if any(window.pad):
        padded = scratch((n, channels, *[size + 2 * pad for size, pad in zip(sizes, window.pad, strict=True)]), data.dtype)
        middle = padded[(..., *[slice(pad, pad + size) for size, pad in zip(sizes, window.pad, strict=True)])]
        steps += [partial(padded.fill, 0), partial(np.copyto, middle, data)]
    else:
        padded = data
    view = patches(padded, window, positions(window, sizes))
    return run_all([*steps, partial(np.copyto, output.reshape(view.shape), view)])


@kernel("col2im")
def add_back(op, data, output):
    window, (n, channels, *sizes) = completed(op), output.shape
    counts = positions(window, sizes)
    columns = data.reshape(n, channels, *window.kernel, *counts)
    sums = np.zeros(output.shape, computing_dtype(output.dtype))
    for tap, read, elements in window.taps(sizes, counts):
        sums[(..., *elements)] += columns[(slice(None), slice(None), *tap, *read)]
    np.copyto(output, sums, casting="same_kind")


@kernel("_backward_im2col")
def lay_out_gradient(op, d_output, d_data):
    add_back(op, d_output, d_data)
