"""Reductions over axes, and the way back."""

from functools import partial

import numpy as np

from executors.numpy.kernels.movement.reshape import same_size
from executors.numpy.kernels.nn.steps import dealt, run_all
from executors.numpy.table import kernel, view
from executors.parallel import shares

SHARED = 1 << 20  # elements from which on threads share a reduction: about 0.2 ms
PIECES = 8  # that it is cut into, whatever the number of threads

view("_restore_axes")
view("sum", "prod", "max", "min", "mean", "_sum_like", when=same_size)


def reduced_axes(op, rank):
    """List the axes that a reduction takes away."""
    named = {axis % rank for axis in op.axis or ()}
    if not named:
        return tuple(range(rank))
    exclude = getattr(op, "exclude", False)  # norm has no such parameter
    return tuple(axis for axis in range(rank) if (axis in named) is not exclude)


def computing_dtype(dtype):
    """Choose the type to add up in: float16 would lose digits."""
    return np.dtype(np.float32) if dtype == np.float16 else dtype


def without(axes, shape):
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def reduction(ufunc, data, axes, output):
    """Prepare ``ufunc.reduce`` over ``axes`` into an output of any shape with the right number of elements."""
    target, dtype = output.reshape(without(axes, data.shape)), computing_dtype(output.dtype)
    if data.size < SHARED:
        return partial(ufunc.reduce, data, axis=axes, dtype=dtype, out=target)
    kept = [axis for axis in range(data.ndim) if axis not in axes and data.shape[axis] >= PIECES]
    axis = max(kept or axes, key=data.shape.__getitem__)
    pieces = [(slice(None),) * axis + (slice(part.start, part.stop),) for part in shares(data.shape[axis], PIECES)]
    if kept:
        before = sum(other < axis for other in axes)
        results = [target[piece[before:]] for piece in pieces]
    else:
        sums = np.empty((len(pieces), *target.shape), dtype)
        results = [sums[number, ...] for number in range(len(pieces))]
    calls = [partial(ufunc.reduce, data[piece], axis=axes, dtype=dtype, out=out) for piece, out in zip(pieces, results, strict=True)]
    steps = dealt(calls, data.size, lambda mine: mine, SHARED, has_products=False)
    return run_all(steps if kept else [*steps, partial(ufunc.reduce, sums, axis=0, dtype=dtype, out=target)])


@kernel("sum", prepared=True)
def add_up(op, data, output):
    return reduction(np.add, data, reduced_axes(op, data.ndim), output)


@kernel("prod", prepared=True)
def multiply(op, data, output):
    return reduction(np.multiply, data, reduced_axes(op, data.ndim), output)


@kernel("max", prepared=True)
def largest(op, data, output):
    return reduction(np.maximum, data, reduced_axes(op, data.ndim), output)


@kernel("min", prepared=True)
def smallest(op, data, output):
    return reduction(np.minimum, data, reduced_axes(op, data.ndim), output)


@kernel("mean", prepared=True)
def average(op, data, output, scratch):
    total = output if output.dtype != np.float16 else scratch(output.shape, np.float32)
    add = reduction(np.add, data, reduced_axes(op, data.ndim), total)
    count = data.size // max(output.size, 1)

    def add_and_divide():
        add()
        divide(total, count, output)

    return add_and_divide


@kernel("_per_element")
def share(data, like, output):
    divide(data, like.size // max(data.size, 1), output)


def divide(array, count, output):
    """Divide by a number of elements; integers are cut off towards zero."""
    if output.dtype.kind == "f":
        np.true_divide(array, count, out=output, dtype=computing_dtype(output.dtype))
    else:
        whole, left = np.divmod(array.astype(np.int64), max(count, 1))
        np.add(whole, (left > 0) & (whole < 0), out=output, casting="unsafe")


@kernel("norm", prepared=True)
def norm(op, data, output, scratch):
    """Add up absolute values or squares, in float64: the squares leave the range of float32 long before the norm does."""
    axes = reduced_axes(op, data.ndim)
    total = scratch(without(axes, data.shape), np.float64)
    target = output.reshape(total.shape)
    if op.ord == 1:
        sizes = scratch(data.shape, data.dtype)

        def absolute():
            np.absolute(data, out=sizes)
            np.add.reduce(sizes, axis=axes, dtype=np.float64, out=total)
            np.copyto(target, total, casting="unsafe")

        return absolute

    every = list(range(data.ndim))
    kept = [axis for axis in every if axis not in axes]

    def euclidean():
        np.einsum(data, every, data, every, kept, dtype=np.float64, out=total)
        np.sqrt(total, out=total)
        np.copyto(target, total, casting="unsafe")

    return euclidean


@kernel("argmax", prepared=True)
def place_of_largest(op, data, output, scratch):
    return placing(np.argmax, op, data, output, scratch)


@kernel("argmin", prepared=True)
def place_of_smallest(op, data, output, scratch):
    return placing(np.argmin, op, data, output, scratch)


def placing(find, op, data, output, scratch):
    """Prepare ``np.argmax`` or ``np.argmin``, whose places become numbers of the output's type."""
    if op.axis is None:
        data, axis = data.reshape(-1), 0
    else:
        axis = op.axis % data.ndim
    places = scratch(without((axis,), data.shape), np.intp)
    target = output.reshape(places.shape)

    def place():
        find(data, axis=axis, out=places)
        np.copyto(target, places, casting="unsafe")

    return place


@kernel("_sum_like", prepared=True)
def sum_stretched(data, output):
    """Add up over leading axes that the output has not, and over those where its size is one."""
    extra = data.ndim - output.ndim
    axes = tuple(axis for axis, size in enumerate(data.shape) if axis < extra or (output.shape[axis - extra] == 1 and size != 1))
    return reduction(np.add, data, axes, output)
