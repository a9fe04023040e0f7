"""Boxes: how far they overlap, which of many to keep, and which rows and columns of scores to pair.

A box has two corners, ``(left, top, right, bottom)``, or a centre and a size, ``(x, y, width, height)``.
"""

import numpy as np

from executors.numpy.table import kernel


def wide(array):
    """Take float16 in float32."""
    return array.astype(np.float32) if array.dtype == np.float16 else array


def edges(boxes, form):
    """Split boxes ``(*x, 4)`` into left, top, right and bottom ``(*x)``."""
    first, second, third, fourth = np.moveaxis(boxes, -1, 0)
    if form == "corner":
        return first, second, third, fourth
    half_width, half_height = third / 2, fourth / 2
    return first - half_width, second - half_height, first + half_width, second + half_height


def areas(boxes, form):
    """Compute ``(*x)`` areas; a box whose corners have changed sides has none."""
    first, second, third, fourth = np.moveaxis(boxes, -1, 0)
    width, height = (third - first, fourth - second) if form == "corner" else (third, fourth)
    return np.where((width < 0) | (height < 0), 0, width * height)


def overlap(a, area_a, b, area_b):
    """Divide intersection by union; ``a`` and ``b`` are edges that broadcast, a union of nothing gives 0."""
    width = np.maximum(np.minimum(a[2], b[2]) - np.maximum(a[0], b[0]), 0)
    height = np.maximum(np.minimum(a[3], b[3]) - np.maximum(a[1], b[1]), 0)
    shared = np.multiply(width, height, out=width)
    union = area_a + area_b - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union != 0)


@kernel("_contrib_box_iou")
def box_iou(op, lhs, rhs, output):
    a, b = wide(lhs).reshape(-1, 1, 4), wide(rhs).reshape(1, -1, 4)
    shared = overlap(edges(a, op.format), areas(a, op.format), edges(b, op.format), areas(b, op.format))
    np.copyto(output, shared.reshape(output.shape))


def suppress_in_turn(boxes, kinds, is_left, form, threshold, is_too_much=np.greater):
    """Drop, from the first box on, those behind that overlap it by more than ``threshold``.

    Parameters
    ----------
    boxes : array (n, k, 4)
        In the order of their scores, the best first.
    kinds : array (n, k), optional
        Only boxes of the same kind drop each other.
    is_left : array (n, k)
        Overwritten: which are considered, then which are kept.

    Notes
    -----
    All rows take a step at a time: to the next box that is left, until no row has one.
    """
    sides, sizes = np.stack(edges(boxes, form)), areas(boxes, form)
    rows, places = np.arange(len(boxes)), np.arange(boxes.shape[1])
    turn = np.full(len(boxes), -1)
    while True:
        is_next = is_left & (places > turn[:, None])
        has_next = is_next.any(1)
        if not has_next.any():
            return
        turn = np.where(has_next, is_next.argmax(1), boxes.shape[1])
        at = rows, np.minimum(turn, boxes.shape[1] - 1)
        share = overlap(sides[:, *at][..., None], sizes[at][:, None], sides, sizes)
        is_next &= (places > turn[:, None]) & is_too_much(share, threshold)
        if kinds is not None:
            is_next &= kinds[at][:, None] == kinds
        is_left &= ~is_next


def ranking(op, rows):
    """Rank the boxes that are considered, best score first, equal ones in their order.

    Returns
    -------
    order : array (n, k)
        Numbers of boxes; k is the largest count of boxes considered in one group.
    is_left : array (n, k)
        Which of them are considered.
    """
    scores = rows[..., op.score_index]
    is_valid = scores > np.float32(op.valid_thresh)
    if op.id_index >= 0:
        is_valid &= rows[..., op.id_index] != op.background_id
    counts = is_valid.sum(1)
    if op.topk > 0:
        counts = np.minimum(counts, op.topk)
    most = counts.max(initial=0)
    order = np.argsort(np.where(is_valid, -scores, np.inf), axis=1, kind="stable")[:, :most]
    return order, np.arange(most) < counts[:, None]


def convert(boxes, form):
    """Rewrite boxes from ``form`` to the other; those that begin below zero are padding to the reference, and stay."""
    first, second, third, fourth = edges(boxes, "corner")
    if form == "corner":
        converted = (first + third) / 2, (second + fourth) / 2, third - first, fourth - second
    else:
        converted = edges(boxes, "center")
    np.copyto(boxes, np.stack(converted, -1), where=first[..., None] >= 0)


@kernel("_contrib_box_nms")
def box_nms(op, data, output0, output1):
    count, width = data.shape[-2:]
    rows = data.reshape(-1, count, width)
    kept, numbers = output0.reshape(rows.shape), None if output1 is None else output1.reshape(rows.shape[:2])
    begin = np.arange(len(rows))[:, None] * count
    if op.topk == 0:  # the reference hands the boxes on as they are
        np.copyto(kept, rows)
        if numbers is not None:
            np.copyto(numbers, begin + np.arange(count), casting="unsafe")
        return
    order, is_left = ranking(op, wide(rows))
    ranked = np.take_along_axis(rows, order[..., None], 1)
    coordinates = slice(op.coord_start, op.coord_start + 4)
    kinds = ranked[..., op.id_index] if op.id_index >= 0 and not op.force_suppress else None
    suppress_in_turn(wide(ranked[..., coordinates]), kinds, is_left, op.in_format, np.float32(op.overlap_thresh))

    group, rank = np.nonzero(is_left)
    place = (np.cumsum(is_left, 1) - 1)[group, rank]
    kept.fill(-1)
    kept[group, place] = ranked[group, rank]
    if op.in_format != op.out_format:
        convert(kept[..., coordinates], op.in_format)
    if numbers is not None:
        numbers.fill(-1)
        numbers[group, place] = (begin + order)[group, rank]


@kernel("_backward__contrib_box_nms")
def box_nms_gradient(output1, d_output0, d_data):
    if d_data is None:
        return
    width = d_data.shape[-1]
    numbers = output1.reshape(-1)
    is_kept = numbers >= 0
    d_data.fill(0)
    d_data.reshape(-1, width)[numbers[is_kept]] = d_output0.reshape(-1, width)[is_kept]


@kernel("_contrib_bipartite_matching")
def bipartite_matching(op, data, output0, output1):
    """Pair rows and columns greedily: the best score first, equal ones in their order."""
    rows, columns = data.shape[-2:]
    scores = wide(data).reshape(-1, rows * columns)
    order = np.argsort(scores if op.is_ascend else -scores, axis=1, kind="stable")
    ranked, threshold = np.take_along_axis(scores, order, 1), np.float32(op.threshold)
    row, column = np.divmod(order, max(columns, 1))
    is_open = ranked < threshold if op.is_ascend else ranked > threshold
    of_row, of_column = np.full((len(scores), rows), -1), np.full((len(scores), columns), -1)
    # The reference stops behind the match that exceeds topk, not before it.
    for _ in range(min(rows, columns, op.topk + 1 if op.topk > 0 else rows)):
        group = np.flatnonzero(is_open.any(1))
        if not len(group):
            break
        best = is_open[group].argmax(1)
        at_row, at_column = row[group, best], column[group, best]
        of_row[group, at_row], of_column[group, at_column] = at_column, at_row
        is_open[group] &= (row[group] != at_row[:, None]) & (column[group] != at_column[:, None])
    np.copyto(output0, of_row.reshape(output0.shape), casting="unsafe")
    if output1 is not None:
        np.copyto(output1, of_column.reshape(output1.shape), casting="unsafe")
