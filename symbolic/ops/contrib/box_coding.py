"""Boxes relative to other boxes: what detectors learn, and what their predictions stand for. The gradients are zero."""

from __future__ import annotations

from typing import Any, Literal

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator, zero_gradient
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.ops.spatial.rules import floats_alike
from symbolic.values.shape import UNKNOWN


def halves(boxes: Any) -> Any:
    """Split four numbers in two pairs."""
    return ops.SliceChannel(boxes, num_outputs=2, axis=2)


def centred(corners: Any) -> tuple[Any, Any]:
    """Find the middle and the size of boxes given by two corners."""
    first, last = halves(corners)
    return (first + last) * 0.5, last - first


@operator
class _contrib_box_encode(Operator):
    """Express the true box that each anchor answers for relative to the anchor, where a sample is positive.

    ``((middle of true - middle) / size, log(size of true / size))``, minus ``means``, over ``stds``.
    """

    samples: Tensor = tensor("More than 0.5 for anchors that answer for a box.", shape="(n, k)")
    matches: Tensor = tensor("Number of the true box.", shape="(n, k)")
    anchors: Tensor = tensor("Corners of the anchors.", shape="(n, k, 4)")
    refs: Tensor = tensor("Corners of the true boxes.", shape="(n, m, 4)")
    means: Tensor = tensor("Mean of each of the four numbers.", shape="(4,)")
    stds: Tensor = tensor("Deviation of each of them.", shape="(4,)")
    output0: Tensor = result("The four numbers; zeros where a sample is not positive.", shape="(n, k, 4)")
    output1: Tensor = result("Ones, or zeros where a sample is not positive.", shape="(n, k, 4)")

    gradient = zero_gradient
    infer_dtype = floats_alike

    def infer_shape(self, samples, matches, anchors, refs, output0, output1):
        yield "means", (4,)
        yield "stds", (4,)
        yield "samples", (UNKNOWN, UNKNOWN)
        yield "refs", (UNKNOWN, UNKNOWN, 4)
        yield "matches", samples
        yield "samples", matches
        for slot in ("anchors", "output0", "output1"):
            yield slot, (*samples, 4)
        yield "refs", (samples[0], UNKNOWN, 4)

    def body(self, samples, matches, anchors, refs, means, stds):
        number = ops.broadcast_like(ops.expand_dims(matches, axis=2), anchors)
        true, true_size = centred(ops._take_along_axis(refs, number, anchors, axis=1, mode="clip"))
        middle, size = centred(anchors)
        offsets = ops.Concat((true - middle) / size, ops.log(true_size / size), dim=2)
        is_positive = ops.broadcast_like(ops.expand_dims(samples > 0.5, axis=2), anchors)
        yield "output0", ops.where(is_positive, ops.broadcast_div(ops.broadcast_sub(offsets, means), stds), ops.zeros_like(anchors))
        yield "output1", is_positive


@operator
class _contrib_box_decode(Operator):
    """Find the boxes that predictions, relative to anchors, stand for; their corners.

    ::

        place  = data[..., :2] * (std0, std1) * size + middle
        reach  = exp(min(data[..., 2:] * (std2, std3), clip)) * size / 2
        output = place - reach, place + reach

    with ``middle`` and ``size`` of the anchors; the four numbers of ``center`` are used as they are.
    """

    data: Tensor = tensor("Predictions.", shape="(n, k, 4)")
    anchors: Tensor = tensor("Anchors.", shape="(1, k, 4)")
    output: Tensor = result("Corners.", shape="(n, k, 4)")
    std0: float = param("Factor of the shift in x.", default=1.0)
    std1: float = param("Factor of the shift in y.", default=1.0)
    std2: float = param("Factor of the logarithm of the width.", default=1.0)
    std3: float = param("Factor of the logarithm of the height.", default=1.0)
    clip: float = param("Bound on the logarithms, if positive.", default=-1.0)
    format: Literal["center", "corner"] = param("What the four numbers of anchors are.", default="center")

    gradient = zero_gradient
    infer_dtype = floats_alike

    def infer_shape(self, data, anchors, output):
        yield "data", (UNKNOWN, UNKNOWN, 4)
        yield "anchors", (1, UNKNOWN, 4)
        yield "output", data
        yield "data", output
        if len(data) != 3:
            raise ShapeError(f"data {data} has {len(data)} axes, not 3")
        yield "anchors", (1, data[1], 4)
        yield "data", (UNKNOWN, anchors[1], 4)

    def body(self, data, anchors):
        middle, size = centred(anchors) if self.format == "corner" else halves(anchors)
        x, y, width, height = ops.SliceChannel(data, num_outputs=4, axis=2)
        shift = ops.Concat(x * self.std0, y * self.std1, dim=2)
        growth = ops.Concat(width * self.std2, height * self.std3, dim=2)
        growth = ops._minimum_scalar(growth, scalar=self.clip) if self.clip > 0 else growth
        place = ops.broadcast_add(ops.broadcast_mul(shift, size), middle)
        reach = ops.broadcast_mul(ops.exp(growth), size * 0.5)
        yield "output", ops.Concat(place - reach, place + reach, dim=2)
