"""Regions proposed by a network that scores and refines boxes at each place of an image.

Source: Ren, He, Girshick and Sun (2015), Faster R-CNN: towards real-time object detection with region proposal networks,
section 3.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, declare, zero_gradient
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.op import Op
from symbolic.values.shape import UNKNOWN

FLOAT32 = np.dtype("float32")


def proposal(name: str, doc: str, **rules: Any) -> Op:
    """Declare one of the two forms, which share all fields; ``rules`` are those that are its own."""

    class Proposal(Operator):
        cls_prob: Tensor = tensor(
            "Scores: first those of the a anchors to be background, then those to be something.", shape="(n, 2 * a, h, w)"
        )
        bbox_pred: Tensor = tensor("Four refinements of each anchor.", shape="(n, 4 * a, h, w)")
        im_info: Tensor = tensor("Height, width and scale of the image: ``(height, width, scale)``.", shape="(n, 3)")
        output: Tensor = result("Regions ``(image, left, top, right, bottom)``, the best first.", shape="(n * rpn_post_nms_top_n, 5)")
        score: Tensor = result("Their scores.", shape="(n * rpn_post_nms_top_n, 1)", hidden=lambda op: not op.output_score)
        rpn_pre_nms_top_n: int = param("How many of the best boxes are looked at; all if not positive.", default=6000)
        rpn_post_nms_top_n: int = param("How many regions an image gives; where there are fewer, they repeat.", default=300, ge=0)
        threshold: float = param("Overlap from which on the worse of two boxes is dropped.", default=0.7)
        rpn_min_size: int = param("Smaller boxes, in units of the unscaled image, are grown and come last.", default=16)
        scales: tuple[float, ...] = param("Sizes of the anchors, in units of ``feature_stride``.", default=(4.0, 8.0, 16.0, 32.0))
        ratios: tuple[float, ...] = param("Heights of the anchors, divided by their widths.", default=(0.5, 1.0, 2.0))
        feature_stride: int = param("Units of the image per place.", default=16, ge=1)
        output_score: bool = param("Show the output ``score``.", default=False)
        iou_loss: bool = param("Refinements are added to the corners; else to the middle and to the logarithm of the size.", default=False)

        gradient = zero_gradient

        def infer_shape(self, cls_prob, bbox_pred, im_info):
            anchors = len(self.scales) * len(self.ratios)
            yield "cls_prob", (UNKNOWN, 2 * anchors, UNKNOWN, UNKNOWN)
            yield "bbox_pred", (UNKNOWN, 4 * anchors, UNKNOWN, UNKNOWN)
            yield "im_info", (UNKNOWN, 3)
            for slot, columns in (("output", 5), ("score", 1)):
                yield slot, (self.images(cls_prob[0]) * self.rpn_post_nms_top_n, columns)
            yield "im_info", (cls_prob[0], 3)
            yield "bbox_pred", (cls_prob[0], 4 * anchors, *cls_prob[2:])
            yield "cls_prob", (bbox_pred[0], 2 * anchors, *bbox_pred[2:])

        def images(self, count: Any) -> Any:
            """Check how many images there are."""
            return count

        def infer_dtype(self):
            for slot in ("cls_prob", "bbox_pred", "im_info", "output", "score"):
                yield slot, FLOAT32

    Proposal.__doc__ = doc
    for rule, function in rules.items():
        setattr(Proposal, rule, function)
    return declare(Proposal, name)


DOC = """

    At each place stand anchors, boxes of some sizes and shapes. Refined and clipped to the image, the best are kept of those
    that overlap. Boxes that were refined from outside the image, and small ones, count as -1. The gradient is zero."""

_contrib_MultiProposal = proposal("_contrib_MultiProposal", "Propose regions of each of some images." + DOC)


def one_image(self: Any, count: Any) -> Any:
    """Check that there is one image.

    Raises
    ------
    ShapeError
        If there are more.
    """
    if count is not UNKNOWN and count != 1:
        raise ShapeError(f"{count} images; Proposal takes one, MultiProposal takes more")
    return 1


def as_many(self, cls_prob, bbox_pred, im_info):
    regions, score = ops._contrib_MultiProposal(cls_prob, bbox_pred, im_info, **{**self._words, "output_score": True})
    yield "output", regions
    yield "score", score


_contrib_Proposal = proposal("_contrib_Proposal", "Propose regions of one image." + DOC, images=one_image, body=as_many)
