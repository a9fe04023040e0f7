"""Rotated regions of interest, brought to one size."""

from __future__ import annotations

from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.ops.spatial.regions import DATA, POOLED_SIZE, SPATIAL_SCALE, channels_of, region_shapes
from symbolic.ops.spatial.rules import floats_alike
from symbolic.values.shape import UNKNOWN


@operator
class _contrib_RROIAlign(Operator):
    """Do what `ROIAlign` does with rotated regions ``(image, x, y, width, height, angle)``.

    ``x`` and ``y`` are the middle; the angle is in degrees, anticlockwise as one sees an image. Regions are at least one
    element wide and high.

    Source: Ma et al. (2018), Arbitrary-oriented scene text detection via rotation proposals, section III.
    """

    data: Tensor = DATA
    rois: Tensor = tensor("Regions.", shape="(r, 6)")
    output: Tensor = result("Means.", shape="(r, c, *pooled_size)")
    pooled_size: Shape = POOLED_SIZE
    spatial_scale: float = SPATIAL_SCALE
    sampling_ratio: int = param("Samples in a cell along each axis; about one for each element if not positive.", default=-1)

    gradient = not_differentiable
    infer_dtype = floats_alike

    def infer_shape(self, data, rois, output):
        yield from region_shapes(rois, output, channels_of(data), self.pooled_size, columns=6)
        yield "data", (UNKNOWN, output[1], UNKNOWN, UNKNOWN)
