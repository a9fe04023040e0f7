"""Regions of interest whose cells are shifted one by one."""

from __future__ import annotations

from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.ops.spatial.regions import CELLS, OUTPUT_DIM, ROIS, SPATIAL_SCALE, has_channels, region_shapes
from symbolic.ops.spatial.rules import floats_alike
from symbolic.values.shape import UNKNOWN


@operator
class _contrib_DeformablePSROIPooling(Operator):
    """Average bilinear samples in the cells of each region, in channels of its own, each cell shifted by an input.

    Channels are those of `PSROIPooling`. A cell is shifted by ``trans_std * trans`` times the size of the region. Samples more
    than half an element outside the image do not count; a cell without any gives 0.

    Source: Dai et al. (2017), Deformable convolutional networks, section 2.2.
    """

    data: Tensor = tensor("Images.", shape="(n, output_dim * group_size ** 2, h, w)")
    rois: Tensor = ROIS
    trans: Tensor = tensor("Shifts in x and in y, for each of k groups of output channels.", shape="(r, 2 * k, part_size, part_size)",
                           when=lambda op: not op.no_trans)  # fmt: skip
    output: Tensor = result("Means.", shape="(r, output_dim, pooled_size, pooled_size)")
    top_count: Tensor = result("How many samples count.", shape="(r, output_dim, pooled_size, pooled_size)", hidden=True)
    spatial_scale: float = SPATIAL_SCALE
    output_dim: int = OUTPUT_DIM
    group_size: int = param("Rows, and columns, of cells that have channels of their own.", ge=1)
    pooled_size: int = CELLS
    part_size: int = param("Rows, and columns, of shifts; ``pooled_size`` if 0.", default=0, ge=0)
    sample_per_part: int = param("Samples in a cell along each axis.", default=1, ge=0)
    trans_std: float = param("Factor of the shifts.", default=0.0, ge=0, le=1)
    no_trans: bool = param("Leave out ``trans``.", default=False)

    infer_dtype = floats_alike

    def infer_shape(self, data, rois, trans, output, top_count):
        yield "top_count", output
        yield "output", top_count
        yield from region_shapes(rois, output, self.output_dim, (self.pooled_size, self.pooled_size))
        has_channels(data, self.output_dim * self.group_size**2)
        if not self.no_trans:
            part = self.part_size or self.pooled_size
            yield "trans", (rois[0], UNKNOWN, part, part)
            kinds = trans[1]
            if kinds is not UNKNOWN and (kinds < 2 or kinds % 2 or self.output_dim % (kinds // 2)):
                raise ShapeError(
                    f"trans {trans} has {kinds} channels, not two for each of some equal groups of {self.output_dim} output channels"
                )

    gradient = backward_op(needs=("data", "rois", "trans"), heads=("output",))
