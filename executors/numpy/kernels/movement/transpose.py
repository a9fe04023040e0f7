"""The same elements in another order."""

from functools import partial

import numpy as np

from executors.numpy.table import kernel, view


def keeps_order(axes, shape):
    """Tell whether an order of the axes leaves the elements where they are: only axes of size one change places."""
    moved = [axis for axis in axes if shape[axis] != 1]
    return moved == sorted(moved)


def swapped(rank, one, other):
    """Exchange two axes of ``range(rank)``."""
    axes = list(range(rank))
    axes[one], axes[other] = axes[other], axes[one]
    return axes


view("transpose", when=lambda op, shape, _: keeps_order(op.axes or range(len(shape))[::-1], shape))
view("SwapAxis", when=lambda op, shape, _: keeps_order(swapped(len(shape), op.dim1, op.dim2), shape))


@kernel("transpose", prepared=True)
def transpose(op, data, output):
    return partial(np.copyto, output, data.transpose(op.axes or None))


@kernel("SwapAxis", prepared=True)
def swap_axes(op, data, output):
    return partial(np.copyto, output, data.swapaxes(op.dim1, op.dim2))


@kernel("reverse", prepared=True)
def reverse(op, data, output):
    named = [axis % data.ndim for axis in op.axis]  # twice is as good as not at all
    return partial(np.copyto, output, np.flip(data, [axis for axis in set(named) if named.count(axis) % 2]))


def diagonal_of(array, op):
    """View the diagonals that ``diag`` means, along a new last axis; they can be written to."""
    diagonals = np.diagonal(array, op.k, op.axis1, op.axis2)
    diagonals.flags.writeable = array.flags.writeable
    return diagonals


@kernel("diag", prepared=True)
def diagonal(op, data, output):
    if data.ndim > 1:
        return partial(np.copyto, output, diagonal_of(data, op))
    return partial(write_diagonal, data, output, np.diagonal(output, op.k))


@kernel("_undiag", prepared=True)
def scatter_diagonal(op, data, output):
    if output.ndim == 1:
        return partial(np.copyto, output, np.diagonal(data, op.k))
    return partial(write_diagonal, data, output, diagonal_of(output, op))


def write_diagonal(data, output, diagonals):
    output.fill(0)
    diagonals.flags.writeable = True
    diagonals[...] = data
