"""Regions proposed by a network that scores and refines anchors, boxes that stand at each place of an image.

A box ``(left, top, right, bottom)`` includes both of its corners: its width is ``right - left + 1``.
"""

import numpy as np

from executors.numpy.kernels.contrib.boxes import areas, overlap
from executors.numpy.table import kernel


@kernel("_contrib_MultiProposal")
def propose(op, cls_prob, bbox_pred, im_info, output, score):
    most = op.rpn_post_nms_top_n
    for image, info in enumerate(im_info):
        boxes, scores = candidates(op, cls_prob[image], bbox_pred[image], info)
        chosen = best_apart(boxes, most, np.float32(op.threshold))
        chosen = chosen[np.arange(most) % max(len(chosen), 1)]  # too few repeat
        rows = slice(image * most, (image + 1) * most)
        output[rows, 0], output[rows, 1:] = image, boxes[chosen]
        if score is not None:
            score[rows, 0] = scores[chosen]


def candidates(op, scores, refinements, info):
    """Refine the anchors of one image; return boxes ``(k, 4)`` and scores ``(k,)``, the best first."""
    height, width, scale = info
    anchors = anchors_of(op)
    _, rows, columns = scores.shape
    y, x = np.mgrid[:rows, :columns].astype(np.float32) * op.feature_stride
    boxes = anchors + np.stack([x, y, x, y], -1)[:, :, None]  # (rows, columns, anchors, 4)
    boxes = refined(boxes, refinements.reshape(-1, 4, rows, columns).transpose(2, 3, 0, 1), op.iou_loss)
    np.clip(boxes, 0, np.array([width, height, width, height]) - 1, out=boxes)
    scores = scores[len(anchors) :].transpose(1, 2, 0).copy()
    scores[int(height / op.feature_stride) :] = scores[:, int(width / op.feature_stride) :] = -1
    boxes, scores = boxes.reshape(-1, 4), scores.reshape(-1)
    least = np.float32(op.rpn_min_size) * scale
    is_small = (boxes[:, 2:] - boxes[:, :2] + 1 < least).any(1)
    boxes[is_small] += np.array([-1, -1, 1, 1], np.float32) * (least / 2)
    scores[is_small] = -1
    order = np.argsort(-scores, kind="stable")
    order = order[: op.rpn_pre_nms_top_n] if op.rpn_pre_nms_top_n > 0 else order
    return boxes[order], scores[order]


def anchors_of(op):
    """Shape the anchors around the first place: each ratio in each scale, sides rounded before they are scaled."""
    side = np.float32(op.feature_stride)
    ratio, scale = np.float32(op.ratios)[:, None], np.float32(op.scales)
    width = np.floor(np.sqrt(np.floor(side * side / ratio)) + np.float32(0.5))
    height = np.floor(width * ratio + np.float32(0.5))
    reach = np.stack([width * scale, height * scale], -1).reshape(-1, 2) / 2 - np.float32(0.5)
    middle = (side - 1) / 2
    return np.concatenate([middle - reach, middle + reach], 1)


def refined(boxes, by, adds_to_corners):
    """Move corners, or the middle (in parts of the size) and the logarithm of the size."""
    if adds_to_corners:
        return boxes + by
    size = boxes[..., 2:] - boxes[..., :2] + 1
    middle = boxes[..., :2] + (size - 1) / 2 + by[..., :2] * size
    reach = (np.exp(by[..., 2:], dtype=np.float64).astype(np.float32) * size - 1) / 2  # exp is rounded once, as in C
    return np.concatenate([middle - reach, middle + reach], -1)


def best_apart(boxes, most, threshold):
    """Choose up to ``most`` boxes, the first of them first, each of which overlaps no earlier one by more than ``threshold``."""
    boxes = boxes + np.array([0, 0, 1, 1], np.float32)
    sides, sizes = boxes.T, areas(boxes, "corner")
    chosen, left = [], np.arange(len(boxes))
    while len(left) and len(chosen) < most:
        best, left = left[0], left[1:]
        chosen.append(best)
        shared = overlap(sides[:, best], sizes[best], sides[:, left], sizes[left])
        left = left[~(shared > threshold)]
    return np.array(chosen, np.intp)
