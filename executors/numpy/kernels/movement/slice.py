"""Parts of an array, and arrays with a part replaced."""

from functools import partial

import numpy as np

from executors.numpy.kernels.movement.reshape import same_size
from executors.numpy.table import kernel, view


def slices(op):
    """Read ``begin``, ``end`` and ``step``, which end where the user stopped; ``None`` stands for a whole side."""
    steps = op.step or (None,) * len(op.begin)
    return tuple(map(slice, op.begin, op.end, steps))


def along_axis(op, rank):
    """Slice one axis and take the others whole."""
    before = (slice(None),) * (op.axis % rank)
    return (*before, slice(op.begin, op.end))


def corner(shape):
    """Take the part of ``shape`` that holds the first element."""
    return tuple(map(slice, shape))


def placed(op, whole, part):
    """Find the part of shape ``part`` in an array of shape ``whole``: axis by axis where it begins, and its step."""
    index = list(corner(part))
    for axis, begin, step in zip(op.axes, op.begin, op.step or (1,) * len(op.axes), strict=True):
        start = slice(begin, None, step).indices(whole[axis])[0]
        stop = start + step * part[axis]
        index[axis] = slice(start, stop if stop >= 0 else None, step)
    return tuple(index)


def forwards(op, source, target):
    return same_size(op, source, target) and all(step is None or step > 0 for step in op.step)


view("slice", when=forwards)
view("slice_axis", "slice_like", when=same_size)


@kernel("slice", prepared=True)
def take_slice(op, data, output):
    return partial(np.copyto, output, data[slices(op)])


@kernel("slice_axis", prepared=True)
def take_slice_of_axis(op, data, output):
    return partial(np.copyto, output, data[along_axis(op, data.ndim)])


@kernel("slice_like", prepared=True)
def take_corner(data, output):
    return partial(np.copyto, output, data[corner(output.shape)])


@kernel("_cut", prepared=True)
def cut(op, data, output):
    return partial(np.copyto, output, data[placed(op, data.shape, output.shape)])


@kernel("_paste", prepared=True, inplace=("lhs",))
def paste(op, lhs, rhs, output):
    return replacing(lhs, rhs, output, placed(op, lhs.shape, rhs.shape))


@kernel("_slice_assign", prepared=True, inplace=("lhs",))
def assign_slice(op, lhs, rhs, output):
    return replacing(lhs, rhs, output, slices(op))


@kernel("_slice_assign_scalar", prepared=True, inplace=("data",))
def assign_number(op, data, output):
    return replacing(data, np.array(op.scalar).astype(output.dtype), output, slices(op))


def replacing(whole, part, output, index):
    """Prepare the copy of ``whole`` in which ``part`` has taken a place; in place if they are the same memory."""
    target = output[index]
    if np.may_share_memory(whole, output):
        return partial(np.copyto, target, part)

    def replace():
        np.copyto(output, whole)
        np.copyto(target, part)

    return replace
