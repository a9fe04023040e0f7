"""The elements of an axis by size.

The order is stable: equal elements keep theirs, in both directions. nan is larger than every number.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator, zero_gradient
from symbolic.operator.fields import DType, Tensor, param, result, tensor
from symbolic.operator.rules import axis_of
from symbolic.values.shape import UNKNOWN

__all__ = ["argsort", "sort", "topk"]

AXIS = param("The axis; ``None`` for the row of all elements.", default=-1)
DTYPE = param("Type of the places.", default=np.dtype("float32"), choices=("uint8", "int32", "int64", "float16", "float32", "float64"))


def with_values(op: Any) -> bool:
    return op.ret_typ in ("value", "both")


@operator(aliases=("_npx_topk",))
class topk(Operator):
    """Find the ``k`` largest elements of an axis, largest first, or the smallest.

    Examples
    --------
    >>> x = mx.nd.array([[3, 1, 2], [1, 5, 0]])
    >>> mx.nd.topk(x, k=2).asnumpy().tolist()
    [[0.0, 2.0], [1.0, 0.0]]
    >>> mx.nd.topk(x, k=2, ret_typ="mask").asnumpy().tolist()
    [[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    axis: int | None = AXIS
    k: int = param("How many; all if less than one.", default=1)
    ret_typ: Literal["both", "indices", "mask", "value"] = param(
        "The elements, their places, both, or ones in their places and zeros elsewhere.", default="indices")  # fmt: skip
    is_ascend: bool = param("The smallest, smallest first.", default=False)
    dtype: DType = DTYPE
    output: Tensor = result(
        "Places, or the mask.", shape="as data, with ``k`` on ``axis``; (*x) for a mask", when=lambda op: not with_values(op)
    )
    output0: Tensor = result("Elements.", shape="as data, with ``k`` on ``axis``", when=with_values)
    output1: Tensor = result("Places.", shape="as data, with ``k`` on ``axis``", when=with_values, hidden=lambda op: op.ret_typ == "value")

    def infer_shape(self, data, output):
        if self.ret_typ == "mask":
            yield "output", data
            yield "data", output
        axis = None if self.axis is None else axis_of(self.axis, len(data))
        length = math.prod(data) if axis is None else data[axis]
        if length is not UNKNOWN and self.k > length:
            raise ShapeError(f"there are {length} elements, not {self.k}")
        k = self.k if self.k >= 1 else length
        found = (k,) if axis is None else (*data[:axis], k, *data[axis + 1 :])
        if self.ret_typ == "indices":
            yield "output", found
        yield "output0", found
        yield "output1", found

    def infer_dtype(self, data, output, output0):
        if self.ret_typ == "mask":
            yield "output", data
            yield "data", output
        elif self.ret_typ == "indices":
            yield "output", self.dtype
        else:
            yield "output0", data
            yield "data", output0
            yield "output1", self.dtype if self.ret_typ == "both" else np.dtype("int64")

    def gradient(self, data, output1, d_output0):
        if d_output0 is not None:
            yield "data", ops._place_along_axis(d_output0, output1, data, axis=self.axis)


@operator(aliases=("_npi_sort",))
class sort(Operator):
    """Sort the elements of an axis."""

    data: Tensor = tensor("Input.", shape="(*x)")
    axis: int | None = AXIS
    is_ascend: bool = param("Smallest first.", default=True)
    output0: Tensor = result("The same elements, sorted.", shape="(*x); (all elements,) without an axis")

    def infer_shape(self, data, output0):
        if self.axis is None:
            yield "output0", (math.prod(data),)
        else:
            yield "output0", data
            yield "data", output0
            axis_of(self.axis, len(data))

    def body(self, data):
        yield "output0", ops.topk(data, axis=self.axis, k=0, ret_typ="value", is_ascend=self.is_ascend)


@operator(aliases=("_npi_argsort",))
class argsort(Operator):
    """Find the places of the elements of an axis in their sorted order."""

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("Places.", shape="(*x); (all elements,) without an axis")
    axis: int | None = AXIS
    is_ascend: bool = param("Smallest first.", default=True)
    dtype: DType = DTYPE

    gradient = zero_gradient

    def infer_shape(self, data, output):
        if self.axis is None:
            yield "output", (math.prod(data),)
        else:
            yield "output", data
            yield "data", output
            axis_of(self.axis, len(data))

    def infer_dtype(self):
        yield "output", self.dtype

    def body(self, data):
        yield "output", ops.topk(data, axis=self.axis, k=0, ret_typ="indices", is_ascend=self.is_ascend, dtype=self.dtype)
