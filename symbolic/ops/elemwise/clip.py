"""Functions with bounds."""

from __future__ import annotations

import math

from symbolic import ops
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.rules import all_alike, same_shapes

__all__ = ["clip", "smooth_l1"]


@operator(aliases=("_npi_clip", "_sparse_clip"))
class clip(Operator):
    """Bound each element: ``min(max(x, a_min), a_max)``; nan goes through, and the slope at a bound is 1.

    For integers the bounds lose their fractions. If ``a_min`` is above ``a_max``, what is above ``a_max`` becomes ``a_max``, the
    rest ``a_min``.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    a_min: float = param("Lower bound.")
    a_max: float = param("Upper bound.")

    infer_shape = same_shapes

    def gradient(self, data, d_output):
        # neither below nor above: so that the slope at nan is 1
        yield "data", d_output * (1.0 - (data > self.a_max)) * (1.0 - (data < self.a_min))


@operator(aliases=("_npx_smooth_l1",))
class smooth_l1(Operator):
    """Charge small errors by their square, large ones by their size.

    ``0.5 (scalar x) ** 2`` where ``abs(x) < 1 / scalar ** 2``, ``abs(x) - 0.5 / scalar ** 2`` beyond.

    Source: Girshick (2015), Fast R-CNN, equation 3.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    scalar: float = param("Where the parabola ends: at ``1 / scalar ** 2``.", default=1.0)

    infer_shape = same_shapes
    infer_dtype = all_alike

    def body(self, data):
        bound = 1 / self.scalar**2 if self.scalar else math.inf
        x = ops._floating(data)
        size = ops.abs(x)
        charge = ops.where(size < bound, 0.5 * ops.square(self.scalar * x), size - 0.5 * bound)
        yield "output", ops._cast_like(charge, data)

    def gradient(self, data, d_output):
        yield "data", d_output * ops.clip(self.scalar**2 * data, a_min=-1.0, a_max=1.0)
