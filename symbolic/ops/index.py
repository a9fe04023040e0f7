"""Elements taken by number, and put by number."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, not_differentiable, operator, zero_gradient
from symbolic.operator.fields import DType, Shape, Tensor, param, result, tensor
from symbolic.operator.rules import axis_of, typed_like
from symbolic.values.shape import NO_RANK, UNKNOWN, complete, unify

__all__ = ["Embedding", "batch_take", "fill_element_0index", "gather_nd", "one_hot", "pick", "scatter_nd", "take"]

INDICES = tensor("Numbers of places, of any type; fractions are cut off.", shape="(*i)")
LIKE = tensor("Gives the shape.", shape="(*x)", only_shape=True)
MODE = param("A number out of range means the nearest end, or counts on in a circle.", default="clip")
Mode = Literal["clip", "wrap"]


# -- along one axis -------------------------------------------------------------------------------------------------------


@operator(aliases=("_npi_take",))
class take(Operator):
    """Take slices by their number on an axis: ``output[..., i, ...] = a[..., indices[i], ...]``.

    Examples
    --------
    >>> x = mx.nd.array([[1, 2], [3, 4], [5, 6]])
    >>> mx.nd.take(x, mx.nd.array([2, -1]), mode="wrap").asnumpy().tolist()
    [[5.0, 6.0], [5.0, 6.0]]
    """

    a: Tensor = tensor("Input.", shape="(*x)")
    indices: Tensor = INDICES
    output: Tensor = result("The slices.", shape="as a, with the axes of indices in the place of ``axis``")
    axis: int = param("The axis.", default=0)
    mode: Literal["clip", "raise", "wrap"] = param(
        "A number out of range means the nearest end, counts on in a circle, or is an error.", default="clip")  # fmt: skip

    infer_dtype = typed_like("a")

    def infer_shape(self, a, indices, output):
        axis = axis_of(self.axis, len(a))
        yield "output", (*a[:axis], *indices, *a[axis + 1 :])
        after = axis + len(indices)
        yield "indices", output[axis:after]
        yield "a", (*output[:axis], UNKNOWN, *output[after:])

    def gradient(self, a, indices, d_output):
        yield "a", ops._scatter_add(d_output, indices, a, axis=self.axis, mode=self.mode)


@operator
class _scatter_add(Operator):
    """Add slices of ``data`` to the slices of zeros that ``indices`` name on an axis: what `take` read gets it back."""

    data: Tensor = tensor("Input.", shape="(*x, *i, *y)")
    indices: Tensor = INDICES
    like: Tensor = LIKE
    axis: int = param("The axis.", default=0)
    mode: Literal["clip", "raise", "wrap"] = param("As in `take`.", default="clip")

    infer_dtype = typed_like("data")

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, indices, d_output):
        yield "data", ops.take(d_output, indices, axis=self.axis, mode=self.mode)


NUMBERS = tensor("Numbers of rows.", shape="(*i)")
ROWS = tensor("One row for each number.", shape="(input_dim, output_dim)")
INPUT_DIM = param("How many numbers there are.", ge=1)
OUTPUT_DIM = param("Length of a row.", ge=1)
ROW_TYPE = param("Type of the weight, if nothing else says.", default=np.dtype("float32"))
SPARSE_GRAD = param("No effect: gradients are dense here.", default=False)


@operator(aliases=("_npx_embedding", "_sparse_Embedding"))
class Embedding(Operator):
    """Look up a row for each number: ``output = weight[data]``; numbers out of range mean the nearest row."""

    data: Tensor = NUMBERS
    weight: Tensor = ROWS
    input_dim: int = INPUT_DIM
    output_dim: int = OUTPUT_DIM
    dtype: DType = ROW_TYPE
    sparse_grad: bool = SPARSE_GRAD

    def infer_shape(self, data, output):
        yield "weight", (self.input_dim, self.output_dim)
        if data is not NO_RANK:
            yield "output", (*data, self.output_dim)
        yield "data", output[:-1]

    def infer_dtype(self, weight, output):
        found = weight or output or self.dtype
        yield "weight", found
        yield "output", found

    def gradient(self, data, weight, d_output):
        yield "weight", ops._scatter_add(d_output, data, weight)

    def body(self, data, weight):
        yield "output", ops.take(weight, data)


@operator
class _contrib_SparseEmbedding(Operator):
    """Do what `Embedding` does; in MXNet its gradient is row-sparse."""

    data: Tensor = NUMBERS
    weight: Tensor = ROWS
    input_dim: int = INPUT_DIM
    output_dim: int = OUTPUT_DIM
    dtype: DType = ROW_TYPE
    sparse_grad: bool = SPARSE_GRAD
    deterministic: bool = param("No effect: sums have one order here.", default=False)

    def body(self, data, weight):
        yield "output", ops.Embedding(data, weight, input_dim=self.input_dim, output_dim=self.output_dim, dtype=self.dtype)


# -- one element of each row ----------------------------------------------------------------------------------------------


@operator(aliases=("choose_element_0index", "_npx_pick"))
class pick(Operator):
    """Take one element of an axis for each place on the others: ``output[i] = data[i, index[i]]``.

    Examples
    --------
    >>> mx.nd.pick(mx.nd.array([[1, 2], [3, 4]]), mx.nd.array([1, 0])).asnumpy().tolist()
    [2.0, 3.0]
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    index: Tensor = tensor("Number on the axis for each place.", shape="as data, with ``axis`` of size one, or without it")
    output: Tensor = result("The elements.", shape="as data, without ``axis``, or with a one in its place if ``keepdims``")
    axis: int = param("The axis.", default=-1)
    keepdims: bool = param("Leave an axis of size one in the output.", default=False)
    mode: Mode = MODE

    infer_dtype = typed_like("data")

    def infer_shape(self, data, index, output):
        axis = axis_of(self.axis, len(data))
        rest = (*data[:axis], *data[axis + 1 :])
        if index is not NO_RANK:
            rest = unify(rest, (*index[:axis], *index[axis + 1 :]) if len(index) == len(data) else index)
        if output is not NO_RANK and (rest or self.keepdims):
            rest = unify(rest, (*output[:axis], *output[axis + 1 :]) if self.keepdims else output)
        kept = (*rest[:axis], 1, *rest[axis:])
        yield "output", kept if self.keepdims or not rest else rest
        yield "index", kept if index is not NO_RANK and len(index) == len(data) else rest or (1,)
        yield "data", (*rest[:axis], UNKNOWN, *rest[axis:])

    def gradient(self, data, index, d_output):
        yield "data", ops._place_along_axis(d_output, index, data, axis=self.axis, mode=self.mode)


@operator
class _place_along_axis(Operator):
    """Put elements of ``data`` at the places that ``index`` names on an axis of zeros like ``like``."""

    data: Tensor = tensor("Elements, as many as ``index`` has.")
    index: Tensor = tensor("Numbers on the axis, any number of them for each place on the other axes.")
    like: Tensor = LIKE
    axis: int | None = param("The axis; ``None`` for the row of all elements.")
    mode: Mode = MODE

    infer_dtype = typed_like("data")

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, data, index, d_output):
        yield "data", ops._take_along_axis(d_output, index, data, axis=self.axis, mode=self.mode)


@operator
class _take_along_axis(Operator):
    """Take the elements that ``index`` names on an axis."""

    data: Tensor = tensor("Input.", shape="(*x)")
    index: Tensor = tensor("Numbers on the axis, any number of them for each place on the other axes.")
    like: Tensor = tensor("Gives the shape of the output; it has as many elements as ``index``.", only_shape=True)
    axis: int | None = param("The axis; ``None`` for the row of all elements.")
    mode: Mode = MODE

    infer_dtype = typed_like("data")

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, data, index, d_output):
        yield "data", ops._place_along_axis(d_output, index, data, axis=self.axis, mode=self.mode)


@operator
class batch_take(Operator):
    """Take one element of each row: ``output[i] = a[i, indices[i]]``."""

    a: Tensor = tensor("Rows.", shape="(*n, k)")
    indices: Tensor = tensor("Number on the last axis for each row; int32.", shape="(*n)")

    def infer_shape(self, a, indices, output):
        yield "output", indices
        yield "indices", output
        if len(a) < 2:
            raise ShapeError(f"a {a} has no rows")
        if complete(a) and complete(indices) and math.prod(a[:-1]) != math.prod(indices):
            raise ShapeError(f"{math.prod(indices)} indices for {math.prod(a[:-1])} rows")

    def infer_dtype(self, a, output):
        yield "indices", np.dtype("int32")
        yield "output", a
        yield "a", output

    def body(self, a, indices):
        yield "output", ops._take_along_axis(a, indices, indices, axis=-1)


@operator
class fill_element_0index(Operator):
    """Put one element in each row: ``output[i, rhs[i]] = mhs[i]``; a number out of range puts nothing."""

    lhs: Tensor = tensor("Rows.", shape="(n, k)")
    mhs: Tensor = tensor("An element for each row.", shape="(n,)")
    rhs: Tensor = tensor("Its number on the second axis.", shape="(n,)")

    gradient = not_differentiable

    def infer_shape(self, lhs, mhs, rhs, output):
        row = unify(unify(unify((UNKNOWN,), mhs), rhs), lhs[:1])
        yield "mhs", row
        yield "rhs", row
        yield "lhs", (*row, UNKNOWN)
        yield "output", lhs
        yield "lhs", output


@operator(aliases=("_npx_one_hot",))
class one_hot(Operator):
    """Mark the place of each number on a new last axis; a number out of range marks none.

    Examples
    --------
    >>> mx.nd.one_hot(mx.nd.array([0, 2]), depth=3).asnumpy().tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """

    indices: Tensor = INDICES
    depth: int = param("Length of the new axis.", ge=0)
    on_value: float = param("The mark.", default=1.0)
    off_value: float = param("What stands elsewhere.", default=0.0)
    dtype: DType = param("Type of the output.", default=np.dtype("float32"))

    gradient = zero_gradient

    def infer_shape(self, indices, output):
        if indices is not NO_RANK:
            yield "output", (*indices, self.depth)
        yield "indices", output[:-1]

    def infer_dtype(self):
        yield "output", self.dtype


# -- along several axes ---------------------------------------------------------------------------------------------------

COLUMNS = tensor("Numbers of places, one row for each of the first m axes; from the end if negative.", shape="(m, *i)")


def cells(shape: Any, indices: Any) -> tuple[Any, ...]:
    """Find the shape of what columns of ``indices`` name in an array of ``shape``."""
    if len(indices) < 2:
        raise ShapeError(f"indices {indices} must have a row for each axis, and columns")
    axes = indices[0]
    if axes > len(shape):
        raise ShapeError(f"indices name {axes} axes, there are {len(shape)}")
    return (*indices[1:], *shape[axes:])


@operator(aliases=("_npi_gather_nd", "_npx_gather_nd"))
class gather_nd(Operator):
    """Take elements or slices by their numbers on the first axes: ``output[i] = data[indices[0, i], indices[1, i], ...]``."""

    data: Tensor = tensor("Input.", shape="(*x)")
    indices: Tensor = COLUMNS
    output: Tensor = result("Elements or slices.", shape="(*i, *y), y the axes of data behind the first m")

    infer_dtype = typed_like("data")

    def infer_shape(self, data, indices):
        yield "output", cells(data, indices)

    def gradient(self, data, indices, d_output):
        yield "data", ops._scatter_add_nd(d_output, indices, data)


@operator
class _scatter_add_nd(Operator):
    """Add elements or slices of ``data`` to zeros like ``like``, where `gather_nd` would have read them."""

    data: Tensor = tensor("Input.", shape="(*i, *y)")
    indices: Tensor = COLUMNS
    like: Tensor = LIKE

    infer_dtype = typed_like("data")

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, indices, d_output):
        yield "data", ops.gather_nd(d_output, indices)


@operator
class scatter_nd(Operator):
    """Put elements or slices into zeros: ``output[indices[0, i], indices[1, i], ...] = data[i]``; the last of equal places stays."""

    data: Tensor = tensor("Input.", shape="(*i, *y)")
    indices: Tensor = COLUMNS
    shape: Shape = param("Shape of the output.", ge=0)

    infer_dtype = typed_like("data")

    def infer_shape(self, indices):
        yield "output", self.shape
        yield "data", cells(self.shape, indices)

    def gradient(self, indices, d_output):
        yield "data", ops.gather_nd(d_output, indices)


@operator(aliases=("_npi_scatter_set_nd",))
class _scatter_set_nd(Operator):
    """Put elements or slices of ``rhs`` into a copy of ``lhs``, as `scatter_nd` does into zeros."""

    lhs: Tensor = tensor("The whole.", shape="(*x)")
    rhs: Tensor = tensor("The parts.", shape="(*i, *y)")
    indices: Tensor = COLUMNS
    shape: Shape = param("Shape of ``lhs``.", default=())

    gradient = not_differentiable
    infer_dtype = typed_like("lhs", "rhs")

    def infer_shape(self, lhs, indices, output):
        yield "output", lhs
        yield "lhs", output
        if self.shape:
            yield "lhs", self.shape
        yield "rhs", cells(lhs, indices)


@operator
class _contrib_index_copy(Operator):
    """Put rows of ``new_tensor`` into a copy of ``old_tensor``: ``output[index_vector[i]] = new_tensor[i]``."""

    old_tensor: Tensor = tensor("The whole.", shape="(n, *x)")
    index_vector: Tensor = tensor("Number of the row that each new one replaces.", shape="(m,)")
    new_tensor: Tensor = tensor("The new rows.", shape="(m, *x)")

    infer_dtype = typed_like("old_tensor", "new_tensor")

    def infer_shape(self, old_tensor, index_vector, new_tensor, output):
        yield "output", old_tensor
        yield "old_tensor", output
        if new_tensor is not NO_RANK:
            yield "index_vector", new_tensor[:1]
            yield "old_tensor", (UNKNOWN, *new_tensor[1:])
        yield "new_tensor", (index_vector[0], *old_tensor[1:])
        if index_vector[0] > old_tensor[0]:
            raise ShapeError(f"{index_vector[0]} new rows for {old_tensor[0]} old ones")

    def gradient(self, index_vector, new_tensor, d_output):
        yield "old_tensor", ops._contrib_index_copy(d_output, index_vector, ops.zeros_like(new_tensor))
        yield "new_tensor", ops.take(d_output, index_vector)
