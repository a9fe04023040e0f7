"""Regions of interest (ROI) of images, brought to one size.

A region is a row ``(image, left, top, right, bottom)``, in units of which ``spatial_scale`` says how many elements one is; an
image below zero gives zeros. Regions have no gradient.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.ops.spatial.rules import floats_alike, images
from symbolic.values.shape import NO_RANK, UNKNOWN

DATA = tensor("Images.", shape="(n, c, h, w)")
ROIS = tensor("Regions.", shape="(r, 5)")
POOLED_SIZE = param(
    "Rows and columns of cells that a region is divided into.", ge=1, check=lambda size: len(size) == 2, needs="two numbers"
)
CELLS = param("Rows, and columns, of cells that a region is divided into.", ge=1)
SPATIAL_SCALE = param("Elements per unit of the regions: one divided by the stride of the network up to here.", ge=0, le=1)
OUTPUT_DIM = param("Number of output channels.", ge=1)


def region_shapes(rois: Any, output: Any, channels: Any, cells: tuple[int, ...], columns: int = 5) -> Iterator[tuple[str, Any]]:
    """Give the facts that need no more than the number of channels of the output."""
    yield "data", (UNKNOWN,) * 4
    yield "rois", (UNKNOWN, columns)
    yield "output", (UNKNOWN, channels, *cells)
    yield "output", (rois[0], channels, *cells)
    yield "rois", (output[0], columns)


def channels_of(data: Any) -> Any:
    """Say how many channels images have; unknown if nothing is known."""
    return UNKNOWN if data is NO_RANK else images(data)[1]


@operator(aliases=("_npx_roi_pooling",))
class ROIPooling(Operator):
    """Divide each region into cells and take the largest element of each cell and channel.

    Corners are rounded to whole elements, both of them are in the region; cells are rounded outwards. One with no element
    gives 0. Of equal largest elements the first in row-major order gets the gradient.

    Source: Girshick (2015), Fast R-CNN, section 2.1.
    """

    data: Tensor = DATA
    rois: Tensor = ROIS
    output: Tensor = result("Largest elements.", shape="(r, c, *pooled_size)")
    maxidx: Tensor = result(
        "Where in the image they are, row by row; -1 for a cell without elements.", shape="(r, c, *pooled_size)", hidden=True
    )
    pooled_size: Shape = POOLED_SIZE
    spatial_scale: float = SPATIAL_SCALE

    def infer_shape(self, data, rois, output, maxidx):
        yield "maxidx", output
        yield "output", maxidx
        yield from region_shapes(rois, output, channels_of(data), self.pooled_size)
        yield "data", (UNKNOWN, output[1], UNKNOWN, UNKNOWN)

    def infer_dtype(self, data, rois, output):
        yield "maxidx", np.dtype("int32")
        yield from floats_alike(self, {"data": data, "rois": rois, "output": output})

    gradient = backward_op(needs=("data", "rois", "maxidx"), heads=("output",), only_shape={"data": True})


def align_again(self, rois, d_d_data):
    """Differentiate the gradient: it is linear in ``d_output``."""
    yield "d_output", ops._contrib_ROIAlign(d_d_data, rois, **self._words)


def average_again(self, rois, d_d_data):
    """Differentiate the gradient: it is linear in ``d_output``."""
    yield "d_output", ops._contrib_PSROIPooling(d_d_data, rois, **self._words)


@operator
class _contrib_ROIAlign(Operator):
    """Divide each region into cells and average bilinear samples on a grid in each cell.

    Nothing is rounded. Places up to one element outside the image are moved to its rim, further out are zeros. With
    ``position_sensitive``, each cell has channels of its own: ``c * cells + cell`` of the data for channel ``c``.

    Source: He, Gkioxari, Dollár and Girshick (2017), Mask R-CNN, section 3.
    """

    data: Tensor = DATA
    rois: Tensor = ROIS
    output: Tensor = result("Means.", shape="(r, c, *pooled_size); with position_sensitive, c is divided by the number of cells")
    pooled_size: Shape = POOLED_SIZE
    spatial_scale: float = SPATIAL_SCALE
    sample_ratio: int = param("Samples in a cell along each axis; about one for each element if not positive.", default=-1)
    position_sensitive: bool = param("Give each cell channels of its own.", default=False)
    aligned: bool = param("Shift regions by half an element, as the middle of the first one is half an element from its edge; "
                          "do not stretch small ones to one element.", default=False)  # fmt: skip

    infer_dtype = floats_alike

    def infer_shape(self, data, rois, output):
        cells = self.pooled_size[0] * self.pooled_size[1] if self.position_sensitive else 1
        channels = channels_of(data)
        if channels is not UNKNOWN and channels % cells:
            raise ShapeError(f"{channels} channels are no multiple of the {cells} cells")
        yield from region_shapes(rois, output, channels // cells, self.pooled_size)
        yield "data", (UNKNOWN, output[1] * cells, UNKNOWN, UNKNOWN)

    gradient = backward_op(needs=("data", "rois"), only_shape={"data": True}, gradient=align_again)


def has_channels(data: Any, wanted: int) -> None:
    """Refuse data with too few channels for each group of cells to have its own."""
    channels = channels_of(data)
    if channels is not UNKNOWN and channels < wanted:
        raise ShapeError(f"data {data} has {channels} channels; output_dim * group_size ** 2 = {wanted} are read")


@operator
class _contrib_PSROIPooling(Operator):
    """Divide each region into cells and average over each of them, in channels of its own.

    Of data channel ``(c * group_size + i) * group_size + j``, channel ``c`` of the output has the cells in row ``i`` and column
    ``j`` of a coarser grid. Corners are rounded to whole units before they are scaled; cells are rounded outwards to whole
    elements, one with no element gives 0.

    Source: Dai, Li, He and Sun (2016), R-FCN: object detection via region-based fully convolutional networks, section 2.
    """

    data: Tensor = tensor("Images.", shape="(n, output_dim * group_size ** 2, h, w)")
    rois: Tensor = ROIS
    output: Tensor = result("Means.", shape="(r, output_dim, pooled_size, pooled_size)")
    spatial_scale: float = SPATIAL_SCALE
    output_dim: int = OUTPUT_DIM
    pooled_size: int = CELLS
    group_size: int = param("Rows, and columns, of cells that have channels of their own; ``pooled_size`` if 0.", default=0, ge=0)

    infer_dtype = floats_alike

    def infer_shape(self, data, rois, output):
        yield from region_shapes(rois, output, self.output_dim, (self.pooled_size, self.pooled_size))
        has_channels(data, self.output_dim * (self.group_size or self.pooled_size) ** 2)

    gradient = backward_op(needs=("data", "rois"), only_shape={"data": True}, gradient=average_again)
