"""A polynomial, MXNet's example of how to write an operator."""

from __future__ import annotations

from symbolic import ops
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.rules import all_alike, same_shapes


@operator
class _contrib_quadratic(Operator):
    """``a * data ** 2 + b * data + c``; of integers, cut off at the point."""

    data: Tensor = tensor("Input.", shape="(*x)")
    a: float = param("Factor of the square.", default=0.0)
    b: float = param("Factor.", default=0.0)
    c: float = param("Constant.", default=0.0)

    infer_shape = same_shapes
    infer_dtype = all_alike

    def body(self, data):
        x = ops._mul_scalar(data, scalar=1.0, is_int=False)  # integers become float64
        yield "output", ops._cast_like(self.a * ops.square(x) + self.b * x + self.c, data)

    def gradient(self, data, d_output):
        yield "data", d_output * (2 * self.a * data + self.b)
