"""The elements of an axis by size.

The order is stable in both directions, equal elements keep theirs, and nan is larger than every number.
"""

from functools import partial

import numpy as np

from executors.numpy.table import kernel
from executors.parallel import parallel, shares
from symbolic.limits import num_threads

FEW = 8  # an axis has to be this many times longer than k for a selection before the sorting to pay
SHORT = 32  # elements of a row that NumPy's stable sorting takes as they are, by insertion
WORTH_THREADS = 1 << 16  # elements: about 0.5 ms


def rows_of(array, axis):
    """View an array as rows along ``axis``, which is put last; ``None`` makes one row of everything."""
    return array.reshape(-1) if axis is None else np.moveaxis(array, axis, -1)


@kernel("topk", prepared=True)
def topk(op, data, output, output0, output1):
    return partial(select, op, num_threads(), data, output, output0, output1)


def select(op, workers, data, output, output0, output1):
    """Write values to ``output0`` and places to ``output1``, or places or a mask to ``output``."""
    rows = rows_of(data, op.axis)
    length = rows.shape[-1]
    k = op.k if 1 <= op.k <= length else length
    if op.ret_typ == "value" and output1 is None and k * FEW > length:  # no places are asked for: equal elements are all one
        write(output0, op.axis, by_rows(sort, rows, rows.dtype, workers)[..., :: 1 if op.is_ascend else -1][..., :k])
        return
    places = places_of(rows, k, op.is_ascend, workers)
    if op.ret_typ == "mask":
        output.fill(0)
        np.put_along_axis(rows_of(output, op.axis), places, 1, axis=-1)
        return
    if output0 is not None:
        write(output0, op.axis, np.take_along_axis(rows, places, axis=-1))
    target = output if op.ret_typ == "indices" else output1
    if target is not None:
        write(target, op.axis, places)


def write(target, axis, rows):
    np.copyto(rows_of(target, axis), rows, casting="unsafe")


def by_rows(function, rows, dtype, workers):
    """Let threads share ``function(rows, result)``, which treats each row by itself; return the result."""
    flat = rows.reshape(-1, rows.shape[-1])
    result = np.empty(flat.shape, dtype)
    parts = shares(len(flat), workers if flat.size >= WORTH_THREADS else 1)
    parallel([partial(function, flat[part.start : part.stop], result[part.start : part.stop]) for part in parts])()
    return result.reshape(rows.shape)


def sort(rows, result):
    np.copyto(result, rows)
    result.sort(axis=-1)


def order(rows, result):
    """Write the places of each row's elements in ascending order, those of equal ones as they come.

    A key that sorts as the element does and its place make one number: with these no two are equal, and NumPy's vectorised
    sorting, which is not stable, is eight times as fast as its stable one.
    """
    if rows.dtype.itemsize > 4 or rows.shape[-1] <= SHORT:
        result[...] = np.argsort(rows, axis=-1, kind="stable")
        return
    packed = result.view(np.uint64)
    packed[...] = keys(rows)
    packed <<= np.uint64(32)
    packed |= np.arange(rows.shape[-1], dtype=np.uint64)
    packed.sort(axis=-1)
    packed &= np.uint64(0xFFFFFFFF)


def keys(rows):
    """Map elements of four bytes or less to unsigned integers of the same order; nan comes last, zeros are equal."""
    if rows.dtype.kind != "f":
        return (rows.astype(np.int64) - np.iinfo(rows.dtype).min if rows.dtype.kind == "i" else rows).astype(np.uint32)
    wide = rows.astype(np.float32) + np.float32(0)  # there is one zero now
    wide[np.isnan(wide)] = np.nan  # and one nan
    bits = wide.view(np.int32)
    return (bits ^ ((bits >> 31) | np.int32(-(2**31)))).view(np.uint32)


def places_of(rows, k, ascending, workers):
    """Find the ``k`` smallest or largest of each row, in order."""
    if k * FEW <= rows.shape[-1]:
        found = selected(rows.reshape(-1, rows.shape[-1]), k, ascending)
        if found is not None:
            return found.reshape(*rows.shape[:-1], k)
    if ascending:
        return by_rows(order, rows, np.int64, workers)[..., :k]
    # sorted backwards from the end, so that the first of equal elements comes last, and is taken first
    return rows.shape[-1] - 1 - by_rows(order, rows[..., ::-1], np.int64, workers)[..., ::-1][..., :k]


def selected(rows, k, ascending):
    """Find the ``k`` smallest or largest of each row by sorting the few elements that can be among them.

    A row is cut into ``2 k`` pieces. The k-th largest of their largest elements is a bound that k elements reach, and few
    more do. ``None`` if there is nan, or if too many elements reach the bound because they are equal.
    """
    width = rows.shape[1] // (2 * k)
    pieces = rows[:, : 2 * k * width].reshape(len(rows), 2 * k, width)
    best = (np.minimum if ascending else np.maximum).reduce(pieces, axis=2)
    if np.isnan(best).any() or np.isnan(rows[:, 2 * k * width :]).any():
        return None
    bound = np.partition(best, k - 1 if ascending else -k, axis=1)[:, k - 1 if ascending else -k, None]
    row, place = np.divmod(np.flatnonzero(rows <= bound if ascending else rows >= bound), rows.shape[1])  # nonzero of two axes is slow
    if FEW * len(row) > rows.size:
        return None
    size = rows[row, place].astype(np.float64 if rows.dtype.kind == "f" else np.int64)
    order = np.lexsort((size if ascending else -size, row))
    first = np.searchsorted(row, np.arange(len(rows)))
    return place[order][first[:, None] + np.arange(k)]
