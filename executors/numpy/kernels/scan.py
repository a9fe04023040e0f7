"""Running sums."""

from functools import partial

import numpy as np

from executors.numpy.table import kernel


@kernel("_np_cumsum", prepared=True)
def cumulative_sum(op, a, output):
    source = a.reshape(-1) if op.axis is None else a
    axis = 0 if op.axis is None else op.axis
    if output.dtype == np.float16:
        return partial(add_up_wide, source, axis, output)
    return partial(np.add.accumulate, source, axis, output.dtype, output)


def add_up_wide(source, axis, output):
    """Add up in float32: float16 would lose digits."""
    output[...] = np.add.accumulate(source.astype(np.float32), axis)
