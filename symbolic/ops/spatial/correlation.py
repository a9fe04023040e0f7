"""Correlation of two images over a neighbourhood of shifts.

Source: Dosovitskiy et al. (2015), FlowNet: learning optical flow with convolutional networks, equation 1.
"""

from __future__ import annotations

from typing import Any

from symbolic import ops
from symbolic.errors import GradientError, ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.ops.spatial.rules import floats_alike, images
from symbolic.values.shape import UNKNOWN


def gradient_of_gradient(self, d_output, data1, data2, d_d_data1, d_d_data2):
    """Differentiate the gradient: a product is linear in ``d_output`` and in each of the images.

    Raises
    ------
    GradientError
        If elements are not multiplied.
    """
    if not self.is_multiply:
        raise GradientError("the gradient of distances has none")
    yield "d_output", ops.Correlation(d_d_data1, data2, **self._words) + ops.Correlation(data1, d_d_data2, **self._words)
    yield "data1", ops._backward_Correlation(d_output, data1, d_d_data2, **self._words)[0]
    yield "data2", ops._backward_Correlation(d_output, d_d_data1, data2, **self._words)[1]


@operator
class Correlation(Operator):
    """Compare windows of ``data1`` with shifted windows of ``data2``: mean product, or mean distance.

    Channels of the output are the shifts, row by row, of up to ``max_displacement`` elements in steps of ``stride2``. Windows
    are ``kernel_size`` elements wide and high and ``stride1`` apart.
    """

    data1: Tensor = tensor("Images.", shape="(n, c, h, w)")
    data2: Tensor = tensor("Images that are shifted.", shape="(n, c, h, w)")
    output: Tensor = result("Means over windows and channels.", shape="(n, shifts, h', w')")
    kernel_size: int = param("Size of the windows.", default=1, ge=1, check=lambda size: size % 2 == 1, needs="an odd number")
    max_displacement: int = param("Largest shift along each axis.", default=1, ge=0)
    stride1: int = param("Steps between windows.", default=1, ge=1)
    stride2: int = param("Steps between shifts.", default=1, ge=1)
    pad_size: int = param("Zeros around both images.", default=0, ge=0)
    is_multiply: bool = param("Multiply elements; else take the size of their difference.", default=True)

    infer_dtype = floats_alike

    def infer_shape(self, data1, data2, output):
        shifts = (2 * (self.max_displacement // self.stride2) + 1) ** 2
        yield "data1", (UNKNOWN,) * 4
        yield "output", (UNKNOWN, shifts, UNKNOWN, UNKNOWN)
        yield "data1", data2
        yield "data2", data1
        n, _, *sizes = images(data1, "data1")
        yield "output", (n, shifts, *[self.windows(size) for size in sizes])
        yield "data1", (output[0], UNKNOWN, UNKNOWN, UNKNOWN)

    def windows(self, size: Any) -> Any:
        """Count the windows along one axis that reach nothing outside, however they are shifted."""
        room = size + 2 * self.pad_size - 2 * self.max_displacement - self.kernel_size + 1
        if room is not UNKNOWN and room < 1:
            raise ShapeError(
                f"a window of {self.kernel_size}, shifted by {self.max_displacement}, does not fit into {size} with {self.pad_size} around"
            )
        return (room + self.stride1 - 1) // self.stride1

    gradient = backward_op(needs=("data1", "data2"), gradient=gradient_of_gradient)
