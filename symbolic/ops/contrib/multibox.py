"""Detection in one shot: default boxes, their targets in training, and detections from predictions.

Boxes are corners, ``(left, top, right, bottom)``, in units of the picture; all is float32.

Source: Liu et al. (2016), SSD: single shot multibox detector.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator, zero_gradient
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.op import Rule
from symbolic.values.shape import UNKNOWN

VARIANCES = param("What the four offsets of a box are divided by when they are encoded.", default=(0.1, 0.1, 0.2, 0.2))


def _all_float32(params: Operator, slots: Any) -> Any:
    return ((slot, np.dtype(np.float32)) for slot in slots)


all_float32 = Rule(_all_float32, (), whole=True)


def four(variances: tuple[float, ...]) -> str | None:
    """Say what is wrong with variances."""
    return None if len(variances) == 4 else f"variances {variances} has {len(variances)} numbers; four are needed"


@operator(aliases=("_npx_multibox_prior",))
class _contrib_MultiBoxPrior(Operator):
    """Place default boxes around each pixel: every size with the first ratio, then the first size with the other ratios.

    A box of size ``s`` and ratio ``r`` is ``s sqrt(r) h / w`` wide and ``s / sqrt(r)`` high.
    """

    data: Tensor = tensor("Map of features, of which only height and width count.", shape="(n, c, h, w)", only_shape=True)
    output: Tensor = result("Boxes.", shape="(1, h * w * (sizes + ratios - 1), 4)")
    sizes: tuple[float, ...] = param("Sizes.", default=(1.0,))
    ratios: tuple[float, ...] = param("Ratios of width to height.", default=(1.0,))
    clip: bool = param("Cut boxes at the border.", default=False)
    steps: tuple[float, ...] = param("Distance of pixels, vertically and horizontally; even if not positive.", default=(-1.0, -1.0))
    offsets: tuple[float, ...] = param("Centre within a pixel, vertically and horizontally.", default=(0.5, 0.5))

    infer_dtype = all_float32
    gradient = zero_gradient

    def check(self) -> str | None:
        if not self.sizes or not self.ratios:
            return "sizes and ratios need at least one number each"
        if len(self.steps) != 2 or len(self.offsets) != 2:
            return f"steps {self.steps} and offsets {self.offsets} need two numbers each"
        return "steps are both given, or none" if self.steps[0] * self.steps[1] < 0 else None

    def infer_shape(self, data):
        if len(data) < 4:
            raise ShapeError(f"{data} has {len(data)} axes; batch, channels, height and width are needed")
        yield "output", (1, data[2] * data[3] * (len(self.sizes) + len(self.ratios) - 1), 4)


@operator(aliases=("_npx_multibox_target",))
class _contrib_MultiBoxTarget(Operator):
    """Tell each default box which true box it stands for, and how far off it is.

    The best pairs of true and default boxes come first; then each default box gets the true one that it overlaps most, if by
    more than ``overlap_threshold``. The others are background: all, or, with a ``negative_mining_ratio``, those that many
    times as many as there are others whose predictions are worst. The gradient is zero.
    """

    anchor: Tensor = tensor("Default boxes.", shape="(1, k, 4)")
    label: Tensor = tensor("Class and corners of true boxes, and rows of -1.", shape="(n, m, 5 or more)")
    cls_pred: Tensor = tensor("Scores of classes before the softmax, the background's first.", shape="(n, c, k)")
    loc_target: Tensor = result("Offsets of the true boxes from the default ones.", shape="(n, 4 * k)")
    loc_mask: Tensor = result("1 where there is a true box.", shape="(n, 4 * k)")
    cls_target: Tensor = result("Class plus one, 0 for background, or ``ignore_label``.", shape="(n, k)")
    overlap_threshold: float = param("Overlap from which on a default box stands for a true one.", default=0.5)
    ignore_label: float = param("Target of default boxes that do not count.", default=-1.0)
    negative_mining_ratio: float = param("How many background boxes for each other one; all if not positive.", default=-1.0)
    negative_mining_thresh: float = param("Overlap below which a box may be background.", default=0.5)
    minimum_negative_samples: int = param("No effect.", default=0)
    variances: tuple[float, ...] = VARIANCES

    infer_dtype = all_float32
    gradient = zero_gradient

    def check(self) -> str | None:
        if self.negative_mining_ratio > 0 >= self.negative_mining_thresh:
            return "negative_mining_thresh must be positive"
        return four(self.variances)

    def infer_shape(self, anchor, label, cls_pred):
        yield "anchor", (1, UNKNOWN, 4)
        yield "label", (UNKNOWN, UNKNOWN, UNKNOWN)
        yield "cls_pred", (UNKNOWN, UNKNOWN, UNKNOWN)
        boxes = anchor[1]
        yield "cls_pred", (UNKNOWN, UNKNOWN, boxes)
        yield "anchor", (1, cls_pred[2], 4)
        pictures, _, width = label
        if width is not UNKNOWN and width < 5:
            raise ShapeError(f"rows of {width} numbers in label; a class and four corners are needed")
        yield "cls_pred", (pictures, UNKNOWN, boxes)
        yield "loc_target", (pictures, 4 * boxes)
        yield "loc_mask", (pictures, 4 * boxes)
        yield "cls_target", (pictures, boxes)


@operator(aliases=("_npx_multibox_detection",))
class _contrib_MultiBoxDetection(Operator):
    """Make detections of predictions: rows of class, score and corners. The gradient is zero.

    Boxes whose best class, background apart, has a score of at least ``threshold`` are moved by their offsets and listed, best
    first; those that overlap a better one, of their class, by ``nms_threshold`` or more have class -1. Other rows are -1.
    """

    cls_prob: Tensor = tensor("Probabilities of classes, the background's first.", shape="(n, c, k)")
    loc_pred: Tensor = tensor("Predicted offsets.", shape="(n, 4 * k)")
    anchor: Tensor = tensor("Default boxes.", shape="(1, k, 4)")
    output: Tensor = result("Detections.", shape="(n, k, 6)")
    clip: bool = param("Cut boxes at the border.", default=True)
    threshold: float = param("Least score.", default=0.01)
    background_id: int = param("No effect: class 0 is the background.", default=0)
    nms_threshold: float = param("Overlap from which on a box is dropped; none is if not in (0, 1].", default=0.5)
    force_suppress: bool = param("Let boxes drop those of other classes, too.", default=False)
    variances: tuple[float, ...] = VARIANCES
    nms_topk: int = param("Most boxes to keep; all if not positive.", default=-1)

    infer_dtype = all_float32
    gradient = zero_gradient

    def check(self) -> str | None:
        return four(self.variances)

    def infer_shape(self, cls_prob, loc_pred, anchor):
        yield "anchor", (1, UNKNOWN, 4)
        yield "cls_prob", (UNKNOWN, UNKNOWN, UNKNOWN)
        yield "loc_pred", (UNKNOWN, UNKNOWN)
        pictures, _, boxes = cls_prob
        yield "loc_pred", (pictures, 4 * boxes)
        yield "anchor", (1, boxes, 4)
        yield "output", (pictures, boxes, 6)
        yield "cls_prob", (loc_pred[0], UNKNOWN, anchor[1])
