"""The range of numbers that quantisation should keep."""

from __future__ import annotations

import numpy as np

from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.values.shape import UNKNOWN


@operator
class _contrib_calibrate_entropy(Operator):
    """Choose the threshold from which on numbers are cut off, so that their quantised distribution tells the most of the true one.

    ``hist`` counts numbers in bins around zero. For each threshold, the distribution with what lies beyond it in the outermost
    bins is compared with the same in few bins, by the Kullback-Leibler divergence.

    Source: Migacz (2017), 8-bit inference with TensorRT, GPU Technology Conference.
    """

    hist: Tensor = tensor("Counts; fractions are cut off.", shape="(b,)")
    hist_edges: Tensor = tensor("Edges of the bins.", shape="(b + 1,)")
    threshold: Tensor = result("The upper edge of the range.", shape="(1,)")
    divergence: Tensor = result("How far the quantised distribution is from the true one there.", shape="(1,)")
    num_quantized_bins: int = param("Number of few bins.", default=255, ge=1)

    gradient = not_differentiable

    def infer_shape(self, hist, hist_edges):
        yield "threshold", (1,)
        yield "divergence", (1,)
        yield "hist", (UNKNOWN,)
        if hist[0] is not UNKNOWN and (hist[0] - 1) // 2 < self.num_quantized_bins // 2:
            raise ShapeError(f"{hist[0]} bins are fewer than num_quantized_bins {self.num_quantized_bins}")
        yield "hist_edges", (hist[0] + 1,)
        yield "hist", (hist_edges[0] - 1,)

    def infer_dtype(self):
        for slot in ("hist", "hist_edges", "threshold", "divergence"):
            yield slot, np.dtype("float32")
