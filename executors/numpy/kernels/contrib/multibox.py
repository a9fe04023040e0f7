"""Detection in one shot (Liu et al. 2016, *SSD: Single shot multibox detector*): default boxes on a grid, which of them
answer for the true ones, and what their predictions amount to.

Boxes are corners, ``(left, top, right, bottom)``, in units of the picture.
"""

from functools import partial

import numpy as np

from executors.numpy.kernels.contrib.boxes import areas, edges, overlap, pair_in_turn, survivors, wide
from executors.numpy.table import kernel

LEAST_OVERLAP = np.float32(1e-6)  # a true box that no default box overlaps by more has no partner


@kernel("_contrib_MultiBoxPrior", prepared=True)
def multibox_prior(op, data, output):
    return partial(np.copyto, output, default_boxes(op, *data.shape[2:4]).reshape(output.shape))


def default_boxes(op, height, width):
    """Place boxes ``(height, width, k, 4)`` on a grid: every size with the first ratio, then the first size with the others."""
    step_y, step_x = op.steps if min(op.steps) > 0 else (1 / height, 1 / width)
    with np.errstate(invalid="ignore"):  # a negative ratio makes nan
        roots = np.sqrt(np.asarray(op.ratios, np.float32))
    sizes = np.array([*op.sizes] + [op.sizes[0]] * (len(roots) - 1), np.float32)
    roots = np.concatenate([np.repeat(roots[:1], len(op.sizes)), roots[1:]])
    half_width, half_height = sizes * (height / width) * roots / 2, sizes / roots / 2
    x = ((np.arange(width) + op.offsets[1]) * step_x)[None, :, None]
    y = ((np.arange(height) + op.offsets[0]) * step_y)[:, None, None]
    boxes = np.empty((height, width, len(sizes), 4), np.float32)
    for edge, value in enumerate((x - half_width, y - half_height, x + half_width, y + half_height)):
        boxes[..., edge] = value
    return np.clip(boxes, 0, 1) if op.clip else boxes


@kernel("_contrib_MultiBoxTarget")
def multibox_target(op, anchor, label, cls_pred, loc_target, loc_mask, cls_target):
    anchors, labels = wide(anchor)[0], wide(label)
    is_true = np.logical_and.accumulate(labels[..., 0] != -1, 1)  # the first row of -1 ends the list
    shares = shared_parts(labels[..., 1:5], anchors)
    shares[~is_true] = -1
    partner = np.full((len(labels), len(anchors)), -1)
    chosen = pair_in_turn(np.where(shares > LEAST_OVERLAP, shares, -np.inf), len(anchors), prefers_other=True)
    group, true = np.nonzero(chosen >= 0)
    partner[group, chosen[group, true]] = true
    is_matched, share = partner >= 0, shares.max(1, initial=-1)
    if op.overlap_threshold > 0 and shares.shape[1]:
        partner = np.where(is_matched, partner, shares.argmax(1))
        is_matched |= share > np.float32(op.overlap_threshold)
    is_negative = ~is_matched
    if op.negative_mining_ratio > 0:
        is_negative &= share < np.float32(op.negative_mining_thresh)
        wanted = is_matched.sum(1).astype(np.float32) * np.float32(op.negative_mining_ratio)
        is_negative = hardest(is_negative, wide(cls_pred), wanted.astype(int))
    is_negative &= is_true.any(1, keepdims=True)  # a picture without true boxes teaches nothing

    group, place = np.nonzero(is_matched)
    truth = labels[group, partner[group, place]]
    if cls_target is not None:
        cls_target.fill(op.ignore_label)
        cls_target[is_negative] = 0
        cls_target[group, place] = truth[:, 0] + 1
    if loc_mask is not None:
        loc_mask.reshape(*is_matched.shape, 4)[...] = is_matched[..., None]
    if loc_target is not None:
        loc_target.fill(0)
        loc_target.reshape(*is_matched.shape, 4)[group, place] = offsets(truth[:, 1:5], anchors[place], op.variances)


def shared_parts(true, anchors):
    """Compute the overlaps ``(n, true, anchors)``."""
    true = true[:, :, None]
    return overlap(edges(true, "corner"), areas(true, "corner"), edges(anchors, "corner"), areas(anchors, "corner"))


def hardest(is_candidate, predictions, wanted):
    """Choose, ``wanted`` in each group, the default boxes that are the least thought to be background.

    Parameters
    ----------
    is_candidate : array (n, anchors)
    predictions : array (n, classes, anchors)
        Before the softmax; class 0 is the background.
    """
    spread = exponential(predictions - predictions.max(1, keepdims=True))
    background = np.where(is_candidate, spread[:, 0] / spread.sum(1), np.inf)
    place = np.argsort(np.argsort(background, 1, kind="stable"), 1)
    return is_candidate & (place < wanted[:, None])


def exponential(x):
    """Compute ``e ** x`` rounded once, as C does: one bit may decide which of two boxes stays."""
    return np.exp(x, dtype=np.float64).astype(x.dtype)


def centred(boxes):
    """Rewrite corners ``(k, 4)`` as centres and sizes."""
    first, last = boxes[..., :2], boxes[..., 2:]
    return (first + last) * 0.5, last - first


def offsets(true, anchors, variances):
    """Express true boxes relative to default ones: shift by the size, logarithm of the ratio of sizes, over variances."""
    centre, size = centred(true)
    anchor_centre, anchor_size = centred(anchors)
    return np.concatenate([(centre - anchor_centre) / anchor_size, np.log(size / anchor_size)], -1) / np.asarray(variances, true.dtype)


def moved(anchors, offset, variances, clip):
    """Undo `offsets`: the boxes that predictions stand for."""
    offset = offset * np.asarray(variances, offset.dtype)
    centre, size = centred(anchors)
    centre, half = offset[..., :2] * size + centre, exponential(offset[..., 2:]) * size / 2
    boxes = np.concatenate([centre - half, centre + half], -1)
    return np.clip(boxes, 0, 1, out=boxes) if clip else boxes


@kernel("_contrib_MultiBoxDetection")
def multibox_detection(op, cls_prob, loc_pred, anchor, output):
    if cls_prob.shape[1] < 2:  # nothing but background
        output.fill(-1)
        return
    scores, anchors = wide(cls_prob), wide(anchor)[0]
    boxes = moved(anchors, wide(loc_pred).reshape(len(scores), -1, 4), op.variances, op.clip)
    kind, score = scores[:, 1:].argmax(1), scores[:, 1:].max(1)
    is_found = score >= np.float32(op.threshold)
    count = is_found.sum(1)
    detections = np.concatenate([kind[..., None].astype(score.dtype), score[..., None], boxes], -1)

    # What was found stands first, in its order, but for the part that is compared: that is sorted by score.
    places = np.arange(len(anchors))
    order = np.argsort(~is_found, 1, kind="stable")
    if 0 < op.nms_threshold <= 1:
        compared = np.minimum(count, op.nms_topk) if op.nms_topk > 0 else count
        by_score = np.argsort(np.where(is_found, -score, np.inf), 1, kind="stable")
        order = np.where(places < compared[:, None], by_score, order)
        detections = np.take_along_axis(detections, order[..., None], 1)
        for rows, most in zip(detections, compared, strict=True):
            kinds = None if op.force_suppress else rows[:most, 0]
            stays = survivors(rows[:most, 2:], kinds, "corner", np.float32(op.nms_threshold), np.greater_equal)
            rows[:most, 0][~stays] = -1
            rows[most:, 0] = -1
    else:
        detections = np.take_along_axis(detections, order[..., None], 1)
    detections[places >= count[:, None]] = -1
    np.copyto(output, detections, casting="same_kind")
