"""Arrays put together, and taken apart."""

from functools import partial
from itertools import accumulate, pairwise

import numpy as np

from executors.numpy.table import kernel


@kernel("Concat", "_rnn_param_concat")
def concatenate(op, data, output):
    np.concatenate(data, op.dim, output)


@kernel("stack", prepared=True)
def stack(op, data, output):
    return partial(np.concatenate, [np.expand_dims(array, op.axis) for array in data], op.axis, output)


@kernel("SliceChannel", prepared=True)
def split_evenly(op, data, output):
    size = data.shape[op.axis] // op.num_outputs
    return splitting(data, op.axis, [size] * op.num_outputs, output, op.squeeze_axis)


@kernel("_split_v2", prepared=True)
def split(op, data, output):
    size = data.shape[op.axis]
    if op.sections:
        least, larger = divmod(size, op.sections)
        sizes = [least + (part < larger) for part in range(op.sections)]
    else:
        sizes = [end - start for start, end in pairwise((*op.indices, size))]
    return splitting(data, op.axis, sizes, output, op.squeeze_axis)


@kernel("_split_like", prepared=True)
def split_like(op, data, like, output):
    return splitting(data, op.dim, [array.shape[op.dim] for array in like], output)


def splitting(data, axis, sizes, outputs, squeeze=False):
    """Prepare the copies of successive parts of ``data``; parts that nobody reads are skipped."""
    parts = np.moveaxis(data, axis, 0)
    copies = []
    for output, (start, end) in zip(outputs, pairwise(accumulate(sizes, initial=0)), strict=True):
        if output is not None:
            copies.append((output if squeeze else np.moveaxis(output, axis, 0), parts[start] if squeeze else parts[start:end]))

    def copy():
        for target, source in copies:
            np.copyto(target, source)

    return copy
