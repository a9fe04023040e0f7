"""Where a condition holds, the numbers of places, and how many elements lie where."""

from functools import partial

import numpy as np

from executors.numpy.table import kernel


@kernel("where", prepared=True, inplace=("y",), elementwise=True)
def where(condition, x, y, output, scratch):
    of_rows = condition.shape != x.shape
    mask = scratch(condition.shape, np.bool_)
    spread = mask.reshape(-1, *[1] * (x.ndim - 1)) if of_rows else mask

    def choose():
        np.not_equal(condition, 0, out=mask)
        np.copyto(output, y)
        if of_rows:
            np.copyto(output, x, where=spread)
        else:
            np.putmask(output, mask, x)  # a third faster, but broadcasts nothing

    return choose


def kept_shape(op, data, index):
    """Count the slices that are kept."""
    axis = op.axis % data.ndim
    return (*data.shape[:axis], np.count_nonzero(index), *data.shape[axis + 1 :])


@kernel("_contrib_boolean_mask", measure=kept_shape)
def keep_rows(op, data, index, output):
    np.compress(index.astype(bool), data, op.axis, output)


@kernel("_unmask")
def put_back_rows(op, data, index, output):
    output.fill(0)
    np.moveaxis(output, op.axis, 0)[index.astype(bool)] = np.moveaxis(data, op.axis, 0)


@kernel("_ravel_multi_index")
def ravel_index(op, data, output):
    places = np.zeros(data.shape[1:], np.int64)
    for numbers_on_axis, size in zip(data, op.shape, strict=True):
        places *= size
        places += numbers_on_axis.astype(np.int64)
    np.copyto(output, places, casting="unsafe")


@kernel("_unravel_index")
def unravel_index(op, data, output):
    """Divide by one size after the other, as C does: towards zero. The first size is not needed."""
    left = data.astype(np.int64)
    for target, size in zip(output[:0:-1], op.shape[:0:-1], strict=True):
        remainder = np.fmod(left, size)
        np.copyto(target, remainder, casting="unsafe")
        left = (left - remainder) // size
    np.copyto(output[0], left, casting="unsafe")


@kernel("_contrib_arange_like", prepared=True)
def count_like(op, output):
    start, step = np.array([op.start, op.step]).astype(output.dtype if output.dtype.kind in "iu" else np.float64)
    values = start + step * (np.arange(output.size) // op.repeat)
    return partial(np.copyto, output, values.astype(output.dtype).reshape(output.shape))


@kernel("_histogram")
def histogram(op, data, bins, output0, output1):
    edges = bins if bins is not None else op.bin_cnt
    counts, edges = np.histogram(data, edges, op.range)
    np.copyto(output0, counts)
    if output1 is not None:
        np.copyto(output1, edges, casting="unsafe")
