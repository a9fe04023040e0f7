"""Where a condition holds, the numbers of places, and how many elements lie where."""

from __future__ import annotations

import numpy as np

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, not_differentiable, operator, zero_gradient
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import axis_of, typed_like
from symbolic.ops.index import LIKE
from symbolic.values.shape import NO_RANK, UNKNOWN, unify

__all__ = ["where"]

INT64 = np.dtype("int64")


@operator(aliases=("_sparse_where",))
class where(Operator):
    """Take elements of ``x`` where ``condition`` is not zero, of ``y`` elsewhere.

    Examples
    --------
    >>> one, two = mx.nd.array([[1, 2], [3, 4]]), mx.nd.array([[5, 6], [7, 8]])
    >>> mx.nd.where(mx.nd.array([0, 1]), one, two).asnumpy().tolist()
    [[5.0, 6.0], [3.0, 4.0]]
    """

    condition: Tensor = tensor("A number for each element, or for each row.", shape="(*x) or (n,)")
    x: Tensor = tensor("Taken where it is not zero; nan is not.", shape="(n, *x)")
    y: Tensor = tensor("Taken elsewhere.", shape="(n, *x)")

    infer_dtype = typed_like("x", "y")

    def infer_shape(self, condition, x, y, output):
        joined = unify(unify(x, y), output)
        for slot in ("x", "y", "output"):
            yield slot, joined
        if len(condition) == 1:
            yield "condition", joined[:1]
        else:
            yield "condition", joined
            for slot in ("x", "y", "output"):
                yield slot, condition

    def gradient(self, condition, d_output):
        zeros = ops.zeros_like(d_output)
        yield "x", ops.where(condition, d_output, zeros)
        yield "y", ops.where(condition, zeros, d_output)


@operator(aliases=("_npi_boolean_mask",))
class _contrib_boolean_mask(Operator):
    """Keep the slices of ``data`` for which ``index`` is not zero. How many, only running it tells."""

    data: Tensor = tensor("Input.", shape="(n, *x)")
    index: Tensor = tensor("A number for each slice.", shape="(n,)")
    output: Tensor = result("The slices kept.", shape="(count, *x)")
    axis: int = param("The axis of the slices.", default=0)

    dynamic = True
    infer_dtype = typed_like("data")

    def infer_shape(self, data, index):
        axis = axis_of(self.axis, len(data))
        yield "index", (data[axis],)
        yield "output", (*data[:axis], UNKNOWN, *data[axis + 1 :])
        yield "data", (*data[:axis], index[0], *data[axis + 1 :])

    def gradient(self, data, index, d_output):
        yield "data", ops._unmask(d_output, index, data, axis=self.axis)


@operator
class _unmask(Operator):
    """Put slices back where ``_contrib_boolean_mask`` found them; zeros elsewhere."""

    data: Tensor = tensor("The slices that were kept.")
    index: Tensor = tensor("A number for each slice.", shape="(n,)")
    like: Tensor = LIKE
    axis: int = param("The axis of the slices.", default=0)

    infer_dtype = typed_like("data")

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, index, d_output):
        yield "data", ops._contrib_boolean_mask(d_output, index, axis=self.axis)


@operator(aliases=("ravel_multi_index",))
class _ravel_multi_index(Operator):
    """Number places in the row of all elements, from their numbers on each axis."""

    data: Tensor = tensor("Numbers, one row for each axis.", shape="(m, *i)")
    shape: Shape = param("Sizes of the axes; the first is not needed, it may be -1.", check=lambda shape: len(shape) > 0, needs="a shape")

    gradient = zero_gradient

    def infer_shape(self, data, output):
        if data is not NO_RANK:
            if len(data) != 2:
                raise ShapeError(f"data {data} must have a row for each axis, and columns")
            yield "output", data[1:]
        yield "data", (len(self.shape), *output)


@operator(aliases=("unravel_index",))
class _unravel_index(Operator):
    """Number places on each axis, from their numbers in the row of all elements."""

    data: Tensor = tensor("Numbers.", shape="(*i)")
    output: Tensor = result("Numbers on each axis.", shape="(m, *i)")
    shape: Shape = param("Sizes of the axes; the first is not needed, it may be -1.", check=lambda shape: len(shape) > 0, needs="a shape")

    gradient = zero_gradient

    def infer_shape(self, data, output):
        if data is not NO_RANK:
            yield "output", (len(self.shape), *data)
        yield "data", output[1:]


@operator(aliases=("_npx_arange_like",))
class _contrib_arange_like(Operator):
    """Count: ``start + step * (i // repeat)`` for the i-th element, in the shape of ``data`` or of one of its axes."""

    data: Tensor = tensor("Gives shape and type.", shape="(*x)", only_shape=True)
    output: Tensor = result("The numbers.", shape="(*x), or the length of ``axis``")
    start: float = param("First number; integers lose its fraction.", default=0.0)
    step: float = param("Distance; integers lose its fraction.", default=1.0)
    repeat: int = param("How often each number stands.", default=1, ge=1)
    ctx: str = param("Device; no effect.", default="")
    axis: int | None = param("The axis that gives the length; the whole shape by default.", default=None)

    gradient = zero_gradient

    def infer_shape(self, data, output):
        if self.axis is None:
            yield "output", data
            yield "data", output
        else:
            yield "output", (data[axis_of(self.axis, len(data))],)


@operator(aliases=("_npi_histogram",))
class _histogram(Operator):
    """Count how many elements lie in each bin; the last bin includes its right edge."""

    data: Tensor = tensor("Input.", shape="(*x)")
    bins: Tensor = tensor("Edges of the bins.", shape="(b + 1,)", when=lambda op: op.bin_cnt is None)
    bin_cnt: int | None = param("How many bins of equal width, instead of ``bins``.", default=None, ge=1)
    range: tuple[float, ...] | None = param("Left and right edge of all of them.", default=None)
    output0: Tensor = result("Counts; int64.", shape="(b,)")
    output1: Tensor = result("Edges.", shape="(b + 1,)")

    gradient = not_differentiable

    def check(self) -> str | None:
        if (self.bin_cnt is None) != (self.range is None):
            return "bin_cnt and range go together"
        if self.range is not None and (len(self.range) != 2 or self.range[0] > self.range[1]):
            return "range must be two numbers that do not fall"
        return None

    def infer_shape(self, bins):
        edges = (self.bin_cnt + 1,) if self.bin_cnt is not None else bins
        yield "output1", edges
        yield "output0", (edges[0] - 1,)

    def infer_dtype(self, data, bins, output1):
        yield "output0", INT64
        found = data or bins or output1
        for slot in ("data", "bins", "output1"):
            yield slot, found
