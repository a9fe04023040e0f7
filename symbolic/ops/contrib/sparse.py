"""What MXNet has for sparse arrays alone; memory is dense here, so that zeros are what is not stored."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import agreeing
from symbolic.values.shape import NO_RANK, UNKNOWN, unify


@operator
class _square_sum(Operator):
    """Sum of squares over axes: ``sum(data ** 2)``."""

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The sums.", shape="as data, without the axes, or with ones in their place if ``keepdims``")
    axis: Shape | None = param("The axes that are reduced; all by default.", default=None)
    keepdims: bool = param("Leave axes of size one in their place.", default=False)
    exclude: bool = param("Reduce all axes but those.", default=False)

    def body(self, data):
        yield "output", ops.sum(ops.square(data), axis=self.axis, keepdims=self.keepdims, exclude=self.exclude)


@operator
class _sparse_retain(Operator):
    """Keep some rows, and make the others zero; a number that no row has keeps none."""

    data: Tensor = tensor("Rows.", shape="(n, *x)")
    indices: Tensor = tensor("Numbers of rows, of any type.", shape="(m,)")

    def infer_shape(self, data, indices, output):
        yield "output", data
        yield "data", output
        yield "indices", (UNKNOWN,)

    def infer_dtype(self, data, output):
        found = agreeing(data, output)
        yield "output", found
        yield "data", found

    def gradient(self, indices, d_output):
        yield "data", ops._sparse_retain(d_output, indices)


@operator
class _contrib_getnnz(Operator):
    """Count the elements of a matrix that are not zero, in all or in each column (``axis=0``) or row (``axis=1``)."""

    data: Tensor = tensor("Matrix.", shape="(n, k)")
    output: Tensor = result("Numbers, as int64.", shape="(1,), (k,) or (n,)")
    axis: int | None = param("The axis along which elements are counted; both by default.", default=None, ge=0, le=1)

    gradient = not_differentiable

    def infer_shape(self, data):
        yield "data", (UNKNOWN, UNKNOWN)
        yield "output", (1,) if self.axis is None else (data[1 - self.axis],)

    def infer_dtype(self):
        yield "output", np.dtype("int64")

    def body(self, data):
        yield "output", ops.sum(ops.Cast(data != 0, dtype="int64"), axis=self.axis)


@operator
class _contrib_edge_id(Operator):
    """Look up the number of the edge between vertices: ``data[u, v]``, or -1 where that is zero."""

    data: Tensor = tensor("Numbers of edges.", shape="(n, n)")
    u: Tensor = tensor("Where edges begin.", shape="(m,)")
    v: Tensor = tensor("Where they end.", shape="(m,)")

    gradient = not_differentiable

    def infer_shape(self, data, u, v, output):
        joined: Any = (UNKNOWN,)
        for shape in (u, v, output):
            joined = joined if shape is NO_RANK else unify(joined, shape)
        for slot in ("u", "v", "output"):
            yield slot, joined
        yield "data", (UNKNOWN, UNKNOWN)
        if len(data) != 2:
            raise ShapeError(f"data {data} is no matrix")

    def infer_dtype(self, data, u, v, output):
        for slots, types in ((("u", "v"), (u, v)), (("data", "output"), (data, output))):
            found = agreeing(*types)
            for slot in slots:
                yield slot, found

    def body(self, data, u, v):
        number = ops.gather_nd(data, ops.stack(u, v, axis=0))
        yield "output", number - (number == 0)
