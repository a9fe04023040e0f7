"""The elements of an axis by size.

The order is stable in both directions, equal elements keep theirs, and nan is larger than every number.
"""

import numpy as np

from executors.numpy.table import kernel

FEW = 8  # an axis has to be this many times longer than k for a selection before the sorting to pay


def rows_of(array, axis):
    """View an array as rows along ``axis``, which is put last; ``None`` makes one row of everything."""
    return array.reshape(-1) if axis is None else np.moveaxis(array, axis, -1)


@kernel("topk")
def select(op, data, output, output0, output1):
    """Write values to ``output0`` and places to ``output1``, or places or a mask to ``output``."""
    rows = rows_of(data, op.axis)
    length = rows.shape[-1]
    k = op.k if 1 <= op.k <= length else length
    if op.ret_typ == "value" and output1 is None and k * FEW > length:  # no places are asked for: equal elements are all one
        write(output0, op.axis, np.sort(rows, axis=-1)[..., :: 1 if op.is_ascend else -1][..., :k])
        return
    places = places_of(rows, k, op.is_ascend)
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


def places_of(rows, k, ascending):
    """Find the ``k`` smallest or largest of each row, in order."""
    if k * FEW <= rows.shape[-1]:
        found = selected(rows.reshape(-1, rows.shape[-1]), k, ascending)
        if found is not None:
            return found.reshape(*rows.shape[:-1], k)
    if ascending:
        return np.argsort(rows, axis=-1, kind="stable")[..., :k]
    # sorted backwards from the end, so that the first of equal elements comes last, and is taken first
    order = np.argsort(rows[..., ::-1], axis=-1, kind="stable")
    return rows.shape[-1] - 1 - order[..., ::-1][..., :k]


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
    row, place = np.nonzero(rows <= bound if ascending else rows >= bound)
    if FEW * len(row) > rows.size:
        return None
    size = rows[row, place].astype(np.float64 if rows.dtype.kind == "f" else np.int64)
    order = np.lexsort((size if ascending else -size, row))
    first = np.searchsorted(row, np.arange(len(rows)))
    return place[order][first[:, None] + np.arange(k)]
