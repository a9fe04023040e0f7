"""Elements taken by number, and put by number."""

from math import prod

import numpy as np

from executors.numpy.kernels.scatter import add_rows
from executors.numpy.table import kernel

# -- along one axis -------------------------------------------------------------------------------------------------------


def numbers(indices, size, mode):
    """Prepare the reading of ``indices``, of any type, as places on an axis of ``size``: an array, and its refresh.

    Fractions are cut off. Numbers out of range are moved to the next end (``clip``), counted on in a circle (``wrap``),
    or refused (``raise``).
    """
    places = np.empty(indices.shape, np.intp)

    def read():
        np.copyto(places, indices, casting="unsafe")
        if mode == "wrap":
            np.remainder(places, size, out=places)
        elif mode == "clip":
            np.clip(places, 0, size - 1, out=places)
        elif places.size and not 0 <= places.min() <= places.max() < size:
            raise IndexError(f"indices reach from {places.min()} to {places.max()}, the axis has {size} elements")

    return places, read


def around(shape, axis):
    """Split a shape into the elements before an axis, on it and behind it; without an axis, all lie in one row."""
    if axis is None:
        return 1, prod(shape), 1
    axis %= len(shape)
    return prod(shape[:axis]), shape[axis], prod(shape[axis + 1 :])


@kernel("take", prepared=True)
def take(op, a, indices, output):
    return taking(a, indices, op.axis, op.mode, output)


@kernel("Embedding", prepared=True)
def embed(data, weight, output):
    return taking(weight, data, 0, "clip", output)


def taking(array, indices, axis, mode, output):
    before, size, behind = around(array.shape, axis)
    source = array.reshape(before, size, behind)
    target = output.reshape(before, indices.size, behind)
    places, read = numbers(indices, size, mode)
    places = places.reshape(-1)

    def copy():
        read()
        source.take(places, 1, target, "clip")  # in range by now; "raise" would copy once more

    return copy


@kernel("_scatter_add", prepared=True)
def scatter_add(op, data, indices, output):
    """Add each slice of ``data`` to the slice of zeros that its index names."""
    before, size, behind = around(output.shape, op.axis)
    places, read = numbers(indices, size, op.mode)
    places = places.reshape(-1)
    source = data.reshape(before, places.size, behind).swapaxes(0, 1)
    target = output.reshape(before, size, behind).swapaxes(0, 1)

    def scatter():
        read()
        rows = source.reshape(places.size, before * behind)
        if before == 1:
            add_rows(rows, places, output.reshape(size, behind))
        else:
            sums = np.empty((size, before * behind), output.dtype)
            add_rows(rows, places, sums)
            np.copyto(target, sums.reshape(target.shape))

    return scatter


# -- one element of each row ----------------------------------------------------------------------------------------------


def row_places(index, shape, axis, mode):
    """Prepare the places, in the flat array, of the elements that ``index`` names along ``axis``, and their refresh."""
    before, size, behind = around(shape, axis)
    count = index.size // max(before * behind, 1)
    places, read = numbers(index.reshape(before, count, behind), size, mode)
    offsets = np.arange(before)[:, None, None] * (size * behind) + np.arange(behind)

    def locate():
        read()
        np.multiply(places, behind, out=places)
        np.add(places, offsets, out=places)

    return places, locate


@kernel("pick", "_take_along_axis", prepared=True)
def pick(op, data, index, output):
    places, locate = row_places(index, data.shape, op.axis, op.mode)
    source, target = data.reshape(-1), output.reshape(places.shape)

    def copy():
        locate()
        source.take(places, 0, target, "clip")

    return copy


@kernel("_place_along_axis", prepared=True)
def place_along_axis(op, data, index, output):
    places, locate = row_places(index, output.shape, op.axis, op.mode)
    source, target = data.reshape(places.shape), output.reshape(-1)

    def place():
        locate()
        target.fill(0)
        target[places] = source

    return place


@kernel("fill_element_0index")
def fill_element(lhs, mhs, rhs, output):
    """Put ``mhs[i]`` at ``output[i, rhs[i]]``; numbers out of range put nothing."""
    np.copyto(output, lhs)
    rows, columns = in_range(rhs, output.shape[1])
    output[rows, columns] = mhs[rows]


def in_range(indices, size):
    """Find which of ``indices`` lie on an axis, and where."""
    columns = indices.reshape(-1).astype(np.intp)
    rows = np.flatnonzero((columns >= 0) & (columns < size))
    return rows, columns[rows]


@kernel("one_hot")
def one_hot(op, indices, output):
    output.fill(np.array(op.off_value).astype(output.dtype))
    rows, columns = in_range(indices, op.depth)
    output.reshape(indices.size, op.depth)[rows, columns] = np.array(op.on_value).astype(output.dtype)


# -- along several axes ---------------------------------------------------------------------------------------------------


def cell_places(indices, shape):
    """Prepare the rows of an array of ``shape`` that columns of ``indices`` name: how many axes, rows, their refresh.

    Negative numbers count from the end.
    """
    axes = len(indices)
    rows = np.empty(prod(indices.shape[1:]), np.intp)
    part = np.empty_like(rows)
    columns = indices.reshape(axes, rows.size)

    def locate():
        rows.fill(0)
        for column, size in zip(columns, shape[:axes], strict=True):
            np.copyto(part, column, casting="unsafe")
            if part.size and not -size <= part.min() <= part.max() < size:
                raise IndexError(f"indices reach from {part.min()} to {part.max()}, the axis has {size} elements")
            np.remainder(part, size, out=part)
            np.multiply(rows, size, out=rows)
            np.add(rows, part, out=rows)

    return axes, rows, locate


def cells(array, axes):
    """View an array as rows, one for each place on its first ``axes`` axes."""
    return array.reshape(prod(array.shape[:axes]), prod(array.shape[axes:]))


@kernel("gather_nd", prepared=True)
def gather_cells(data, indices, output):
    axes, rows, locate = cell_places(indices, data.shape)
    source = cells(data, axes)
    target = output.reshape(rows.size, source.shape[1])

    def copy():
        locate()
        source.take(rows, 0, target, "clip")

    return copy


@kernel("scatter_nd", prepared=True)
def scatter_cells(data, indices, output):
    axes, rows, locate = cell_places(indices, output.shape)
    target = cells(output, axes)
    source = data.reshape(rows.size, target.shape[1])

    def scatter():
        locate()
        output.fill(0)
        target[rows] = source

    return scatter


@kernel("_scatter_set_nd", prepared=True, inplace=("lhs",))
def set_cells(lhs, rhs, indices, output):
    axes, rows, locate = cell_places(indices, output.shape)
    target = cells(output, axes)
    source = rhs.reshape(rows.size, target.shape[1])

    def replace():
        locate()
        np.copyto(output, lhs)
        target[rows] = source

    return replace


@kernel("_scatter_add_nd", prepared=True)
def add_cells(data, indices, output):
    axes, rows, locate = cell_places(indices, output.shape)
    target = cells(output, axes)
    source = data.reshape(rows.size, target.shape[1])

    def scatter():
        locate()
        add_rows(source, rows, target)

    return scatter


@kernel("_contrib_index_copy", inplace=("old_tensor",))
def copy_rows(old_tensor, index_vector, new_tensor, output):
    np.copyto(output, old_tensor)
    output[index_vector.astype(np.intp)] = new_tensor
