"""The elements of an axis by size.

The order is stable in both directions, equal elements keep theirs, and nan is larger than every number.
"""

import numpy as np

from executors.numpy.table import kernel

PARTIAL = 8  # how many times longer than k an axis has to be for a selection before sorting to pay


def rows_of(array, axis):
    """View an array as rows along ``axis``, which is put last; ``None`` makes one row of everything."""
    return array.reshape(-1) if axis is None else np.moveaxis(array, axis, -1)


@kernel("topk")
def select(op, data, output, output0, output1):
    """Write values to ``output0`` and places to ``output1``, or places or a mask to ``output``."""
    rows = rows_of(data, op.axis)
    length = rows.shape[-1]
    k = op.k if 1 <= op.k <= length else length
    if op.ret_typ == "value" and output1 is None:
        write(output0, op.axis, smallest(rows, k) if op.is_ascend else largest(rows, k))
        return
    places = places_of_smallest(rows, k) if op.is_ascend else places_of_largest(rows, k)
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


def smallest(rows, k):
    """Sort the ``k`` smallest of each row, smallest first."""
    if PARTIAL * k <= rows.shape[-1]:
        rows = np.partition(rows, k - 1, axis=-1)[..., :k]
    return np.sort(rows, axis=-1)[..., :k]


def largest(rows, k):
    """Sort the ``k`` largest of each row, largest first."""
    if PARTIAL * k <= rows.shape[-1]:
        rows = np.partition(rows, -k, axis=-1)[..., -k:]
    return np.sort(rows, axis=-1)[..., ::-1][..., :k]


def places_of_smallest(rows, k):
    """Find the ``k`` smallest of each row, smallest first, equal ones as they come."""
    if PARTIAL * k <= rows.shape[-1]:
        bound = np.partition(rows, k - 1, axis=-1)[..., k - 1 : k]
        if not np.isnan(bound).any():
            places = first_places(rows < bound, rows == bound, k)
            order = np.argsort(np.take_along_axis(rows, places, axis=-1), axis=-1, kind="stable")
            return np.take_along_axis(places, order, axis=-1)
    return np.argsort(rows, axis=-1, kind="stable")[..., :k]


def places_of_largest(rows, k):
    """Find the ``k`` largest of each row, largest first, equal ones as they come."""
    length = rows.shape[-1]
    if PARTIAL * k <= length:
        bound = np.partition(rows, -k, axis=-1)[..., -k:][..., :1]
        if not np.isnan(bound).any():
            places = first_places(~(rows <= bound), rows == bound, k)
            order = places_of_largest(np.take_along_axis(rows, places, axis=-1), k)
            return np.take_along_axis(places, order, axis=-1)
    # sorted backwards from the end, so that the first of equal elements comes last, and is taken first
    order = np.argsort(rows[..., ::-1], axis=-1, kind="stable")
    return length - 1 - order[..., ::-1][..., :k]


def first_places(beyond, tied, k):
    """Find ``k`` places in each row: all those ``beyond`` a bound, then the first of those ``tied`` with it."""
    missing = k - np.count_nonzero(beyond, axis=-1, keepdims=True)
    chosen = beyond | (tied & (np.cumsum(tied, axis=-1) <= missing))
    return np.nonzero(chosen)[-1].reshape(*chosen.shape[:-1], k)
