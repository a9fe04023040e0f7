"""Pad: a constant, the edge or a mirror image around an array.

Axes are padded one after the other, each over what the ones before it have added: so corners get their values. The gradient
folds them back in the opposite order.
"""

from functools import partial

import numpy as np

from executors.numpy.kernels.nn.steps import Room, computing_dtype, narrowed, run_all
from executors.numpy.kernels.nn.windows import along
from executors.numpy.table import kernel


@kernel("Pad", prepared=True)
def pad(op, data, output):
    sides = sides_of(op)
    with np.errstate(over="ignore"):
        constant = np.array(op.constant_value).astype(output.dtype)
    steps = [partial(np.copyto, output[interior(sides, data.shape)], data)]
    for axis in range(data.ndim):
        band = band_of(output, sides, data.shape, axis)
        for margin, source in margins(op.mode, band, axis, sides[axis], data.shape[axis]):
            steps.append(partial(np.copyto, margin, constant if op.mode == "constant" else source))
    return run_all(steps)


@kernel("_backward_Pad", prepared=True)
def pad_gradient(op, d_output, d_data, scratch):
    sides = sides_of(op)
    if op.mode == "constant":
        return partial(np.copyto, d_data, d_output[interior(sides, d_data.shape)])
    total, sums = scratch(d_output.shape, computing_dtype(d_output.dtype)), Room(scratch, computing_dtype(d_output.dtype))
    steps = [partial(np.copyto, total, d_output)]
    for axis in reversed(range(d_data.ndim)):
        band = band_of(total, sides, d_data.shape, axis)
        for margin, source in margins(op.mode, band, axis, sides[axis], d_data.shape[axis]):
            if op.mode == "edge":
                edge_sum = sums.of(source.shape)
                steps.append(partial(np.sum, margin, axis, out=edge_sum, keepdims=True))
                margin = edge_sum
            steps.append(partial(np.add, source, margin, out=source))
    return run_all([*steps, *narrowed(total[interior(sides, d_data.shape)], d_data)])


def sides_of(op):
    """Pair the numbers of elements in front of each axis and behind it."""
    return list(zip(op.pad_width[::2], op.pad_width[1::2], strict=True))


def interior(sides, shape):
    """Index where the data lie in the output."""
    return tuple(slice(before, before + length) for (before, _), length in zip(sides, shape, strict=True))


def band_of(array, sides, shape, axis):
    """View what is known when ``axis`` is about to be padded: all of the axes before it, the interior of those behind it."""
    return array[(slice(None),) * (axis + 1) + interior(sides, shape)[axis + 1 :]]


def margins(mode, band, axis, sides, length):
    """List the margins along one axis, each with what it repeats: an edge of one element, or a mirror image."""
    before, after = sides
    end = before + length
    flipped = along(axis, slice(None, None, -1))
    found = []
    for margin, edge, mirrored in (
        (slice(0, before), before, slice(before + 1, 2 * before + 1)),
        (slice(end, end + after), end - 1, slice(end - 1 - after, end - 1)),
    ):
        if margin.start < margin.stop:
            source = band[along(axis, mirrored)][flipped] if mode == "reflect" else band[along(axis, slice(edge, edge + 1))]
            found.append((band[along(axis, margin)], source))
    return found
