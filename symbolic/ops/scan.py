"""Running sums."""

from __future__ import annotations

from math import prod

import numpy as np

from symbolic import ops
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import DType, Tensor, param, result, tensor
from symbolic.operator.rules import axis_of


@operator(aliases=("cumsum",))
class _np_cumsum(Operator):
    """Add up along an axis, keeping every sum on the way; of all elements in a row, if there is no axis."""

    a: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The sums.", shape="(*x); (all elements,) without an axis")
    axis: int | None = param("The axis; none means the row of all elements.", default=None)
    dtype: DType | None = param(
        "Type of the sums; that of the input by default.",
        default=None,
        choices=(None, "float16", "float32", "float64", "int32", "int64", "int8"),
    )

    def infer_shape(self, a, output):
        if self.axis is None:
            yield "output", (prod(a),)
            return
        yield "output", a
        yield "a", output
        axis_of(self.axis, len(a))

    def infer_dtype(self, a, output):
        if self.dtype is None:
            yield "output", a
            yield "a", output
        else:
            yield "output", np.dtype(self.dtype)

    def gradient(self, a, d_output):
        axis = 0 if self.axis is None else self.axis
        if self.dtype is not None:
            d_output = ops._cast_like(d_output, a)
        summed = ops.reverse(ops.cumsum(ops.reverse(d_output, axis=axis), axis=axis), axis=axis)
        yield "a", ops.reshape_like(summed, a) if self.axis is None else summed
