"""Dropout."""

from __future__ import annotations

from typing import Literal

from symbolic import ops
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import axis_of, floats_alike


@operator
class Dropout(Operator):
    """Set a random share of the elements to zero, and scale the others up.

    The expected value stays. In inference, unless ``mode="always"``, the data pass unchanged. With ``p=1`` nothing is left.

    Source: Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("``data * mask``.")
    mask: Tensor = result("Zeros and ``1 / (1 - p)``; ones where nothing is dropped.", hidden=True)
    p: float = param("Share of the elements that are dropped.", default=0.5, ge=0, le=1)
    mode: Literal["training", "always"] = param("When to drop.", default="training")
    axes: tuple[int, ...] = param("Axes along which all is dropped or kept together.", default=())
    cudnn_off: bool | None = param("Without effect.", default=False)

    random = True

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        shared = {axis_of(axis, len(data)) for axis in self.axes}
        yield "mask", tuple(1 if axis in shared else size for axis, size in enumerate(data))

    def gradient(self, mask, d_output):
        yield "data", d_output if self.p == 0 else ops.broadcast_mul(d_output, mask)
