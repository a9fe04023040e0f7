"""Boxes: how far they overlap, which of many to keep, and which rows and columns of scores to pair.

A box has two corners, ``(left, top, right, bottom)``, or a centre and a size, ``(x, y, width, height)``.
"""

from math import prod

import numpy as np

from executors.numpy.table import kernel

BLOCK = 64  # boxes that `survivors` settles one by one


def wide(array):
    """Take float16 in float32."""
    return array.astype(np.float32) if array.dtype == np.float16 else array


def columns_of(boxes):
    """View the four numbers of boxes ``(*x, 4)``."""
    return tuple(boxes[..., column] for column in range(4))


def edges(boxes, form):
    """Find left, top, right and bottom ``(*x)`` of boxes ``(*x, 4)``."""
    first, second, third, fourth = columns_of(boxes)
    if form == "corner":
        return first, second, third, fourth
    half_width, half_height = third / 2, fourth / 2
    return first - half_width, second - half_height, first + half_width, second + half_height


def areas(boxes, form):
    """Compute ``(*x)`` areas; a box whose corners have changed sides has none."""
    first, second, third, fourth = columns_of(boxes)
    width, height = (third - first, fourth - second) if form == "corner" else (third, fourth)
    return np.where((width < 0) | (height < 0), 0, width * height)


def overlap(a, area_a, b, area_b, nothing=0.0):
    """Divide intersection by union; ``a`` and ``b`` are edges that broadcast, a union of nothing gives ``nothing``."""
    width = np.maximum(np.minimum(a[2], b[2]) - np.maximum(a[0], b[0]), 0)
    height = np.maximum(np.minimum(a[3], b[3]) - np.maximum(a[1], b[1]), 0)
    shared = np.multiply(width, height, out=width)
    union = area_a + area_b - shared
    return np.divide(shared, union, out=np.full_like(shared, nothing), where=union != 0)


@kernel("_contrib_box_iou")
def box_iou(op, lhs, rhs, output):
    a, b = wide(lhs).reshape(-1, 1, 4), wide(rhs).reshape(1, -1, 4)
    shared = overlap(edges(a, op.format), areas(a, op.format), edges(b, op.format), areas(b, op.format))
    np.copyto(output, shared.reshape(output.shape))


def survivors(boxes, kinds, form, threshold, is_too_much=np.greater):
    """Drop, from the first box on, those behind that overlap it by more than ``threshold``.

    Parameters
    ----------
    boxes : array (k, 4)
        In the order of their scores, the best first.
    kinds : array (k,), optional
        Only boxes of the same kind drop each other.

    Returns
    -------
    array (k,)
        Which are kept.
    """
    is_kept = np.zeros(len(boxes), bool)
    order = np.arange(len(boxes)) if kinds is None else np.argsort(kinds, kind="stable")
    begins = [] if kinds is None else np.flatnonzero(np.diff(kinds[order])) + 1
    for alike in np.split(order, begins):
        is_kept[alike[survivors_alike(boxes[alike], form, threshold, is_too_much)]] = True
    return is_kept


def survivors_alike(boxes, form, threshold, is_too_much):
    """List what `survivors` keeps of boxes of one kind.

    A block of boxes is settled one after the other; then its survivors drop all that they overlap in one operation.
    """
    sides, sizes = np.stack(edges(boxes, form)), areas(boxes, form)

    def drops(one, other):
        one = one[:, None]
        return is_too_much(overlap(sides[:, one], sizes[one], sides[:, other], sizes[other], np.nan), threshold)

    kept, left = [], np.arange(len(boxes))
    while len(left):
        block, left = left[:BLOCK], left[BLOCK:]
        stays = np.ones(len(block), bool)
        for place, dropped in enumerate(drops(block, block)):
            if stays[place]:
                stays[place + 1 :] &= ~dropped[place + 1 :]
        kept.append(block[stays])
        if len(left):
            left = left[~drops(kept[-1], left).any(0)]
    return np.concatenate(kept) if kept else left


def pair_in_turn(scores, limit, prefers_other=False):
    """Pair members of two sets greedily: the best score of all that are free, until none is above ``-inf``.

    Parameters
    ----------
    scores : array (n, k, m)
        Best if ``k`` is the smaller set, as the best partner of each of its members is kept current.
    limit : int
        Most pairs to make.
    prefers_other : bool
        Of equal scores the first partner counts, then the first member; else the other way round.

    Returns
    -------
    array (n, k)
        The partner of each member; -1 without one.
    """
    groups, count, others = scores.shape
    partner, is_taken = np.full((groups, count), -1), np.zeros((groups, others), bool)
    if not scores.size:
        return partner
    best, most = scores.argmax(2), scores.max(2)
    for _ in range(min(limit, count, others)):
        highest = most.max(1)
        group = np.flatnonzero(highest > -np.inf)
        if not len(group):
            break
        is_highest = most[group] == highest[group, None]
        member = np.where(is_highest, best[group], others).argmin(1) if prefers_other else is_highest.argmax(1)
        other = best[group, member]
        partner[group, member], is_taken[group, other] = other, True
        most[group, member] = -np.inf
        lost = (best[group] == other[:, None]) & (most[group] > -np.inf)  # those whose best partner is gone look again
        again = group[np.nonzero(lost)[0]], np.nonzero(lost)[1]
        free = np.where(is_taken[again[0]], -np.inf, scores[again])
        best[again], most[again] = free.argmax(1), free.max(1)
    return partner


def ranking(op, rows):
    """Rank the boxes that are considered, best score first, equal ones in their order.

    Returns
    -------
    order : array (n, k)
        Numbers of boxes.
    counts : array (n,)
        How many of them, from the first on, are considered.
    """
    scores = rows[..., op.score_index]
    is_valid = scores > np.float32(op.valid_thresh)
    if op.id_index >= 0:
        is_valid &= rows[..., op.id_index] != op.background_id
    counts = is_valid.sum(1)
    order = np.argsort(np.where(is_valid, -scores, np.inf), axis=1, kind="stable")
    return order, np.minimum(counts, op.topk) if op.topk > 0 else counts


def convert(boxes, form):
    """Rewrite boxes from ``form`` to the other; those that begin below zero are padding to the reference, and stay."""
    first, second, third, fourth = columns_of(boxes)
    is_box = (first >= 0)[..., None]
    centred = (first + third) / 2, (second + fourth) / 2, third - first, fourth - second
    np.copyto(boxes, np.stack(centred if form == "corner" else edges(boxes, "center"), -1), where=is_box)


@kernel("_contrib_box_nms")
def box_nms(op, data, output0, output1, survive=survivors):
    count, width = data.shape[-2:]
    rows = data.reshape(prod(data.shape[:-2]), count, width)
    kept, numbers = output0.reshape(rows.shape), None if output1 is None else output1.reshape(rows.shape[:2])
    if op.topk == 0:  # the reference hands the boxes on as they are
        np.copyto(kept, rows)
        if numbers is not None:
            numbers[...] = np.arange(numbers.size).reshape(numbers.shape)
        return
    order, counts = ranking(op, wide(rows))
    coordinates = slice(op.coord_start, op.coord_start + 4)
    has_kinds = op.id_index >= 0 and not op.force_suppress
    kept.fill(-1)
    if numbers is not None:
        numbers.fill(-1)
    for group, most in enumerate(counts):
        ranked = rows[group, order[group, :most]]
        kinds = np.trunc(ranked[:, op.id_index]) if has_kinds else None  # but the background's is compared as it is
        stays = survive(wide(ranked[:, coordinates]), kinds, op.in_format, np.float32(op.overlap_thresh))
        chosen = ranked[stays]
        kept[group, : len(chosen)] = chosen
        if numbers is not None:
            numbers[group, : len(chosen)] = group * count + order[group, :most][stays]
    if op.in_format != op.out_format:
        convert(kept[..., coordinates], op.in_format)


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
    """Pair rows and columns, the best score first, until one does not pass the threshold."""
    sign, (rows, columns) = -1 if op.is_ascend else 1, data.shape[-2:]
    scores = sign * wide(data).reshape(prod(data.shape[:-2]), rows, columns)
    scores[~(scores > sign * np.float32(op.threshold))] = -np.inf
    limit = op.topk + 1 if op.topk > 0 else rows  # the reference stops behind the pair that exceeds topk, not before it
    is_wide = rows <= columns
    partner = pair_in_turn(scores if is_wide else scores.swapaxes(1, 2), limit, prefers_other=not is_wide)
    here, there = (output0, output1) if is_wide else (output1, output0)
    if here is not None:
        here[...] = partner.reshape(here.shape)
    if there is not None:
        there.fill(-1)
        group, member = np.nonzero(partner >= 0)
        there.reshape(len(scores), max(rows, columns))[group, partner[group, member]] = member
