"""Reductions over axes, and the way back."""

from __future__ import annotations

from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, declare, operator, zero_gradient
from symbolic.operator.fields import DType, Shape, Tensor, param, result, tensor
from symbolic.operator.rules import axis_of, reduced_shape
from symbolic.values.shape import NO_RANK, UNKNOWN

__all__ = ["moments", "norm"]

AXIS = param("The axes that are reduced; all by default.", default=None)
KEEPDIMS = param("Leave axes of size one in their place.", default=False)
EXCLUDE = param("Reduce all axes but those.", default=False)


def reduced_axes(op: Any, rank: int) -> tuple[int, ...]:
    """List the axes that a reduction takes away; all if none is named."""
    named = [axis_of(axis, rank) for axis in op.axis or ()]
    if len({*named}) < len(named):
        raise ShapeError(f"axis={op.axis} names an axis twice")
    exclude = getattr(op, "exclude", False)  # norm has no such parameter
    return tuple(axis for axis in range(rank) if not named or (axis in named) is not exclude)


def reducing(self, data, output):
    """Shape rule: drop the axes, or leave ones; a scalar is a vector of one element."""
    if data is NO_RANK and not self.axis and not self.keepdims:
        yield "output", (1,)
    axes = reduced_axes(self, len(data))
    reduced = reduced_shape(data, axes, self.keepdims)
    yield "output", reduced or (1,)
    if reduced:
        left = iter(output)
        kept = [next(left) if self.keepdims or axis not in axes else UNKNOWN for axis in range(len(data))]
        yield "data", tuple(UNKNOWN if axis in axes else size for axis, size in enumerate(kept))


def restored(op: Any, reduced: Any, data: Any) -> Any:
    """Put the axes that a reduction of ``data`` took away back in, with size one."""
    if op.keepdims:
        return reduced
    return ops._restore_axes(reduced, data, axis=op.axis, exclude=getattr(op, "exclude", False))


def reduction(name: str, doc: str, *, gradient: Any = None, body: Any = None, aliases: tuple[str, ...] = ()) -> Any:
    """Declare a reduction over axes.

    Parameters
    ----------
    gradient : function ``(op, data, output, d_output) -> Symbol``, optional
        The gradient with respect to ``data``; the body's own if left out.
    body : function ``(op, data) -> Symbol``, optional
        What it is made of, if it is no primitive.
    """

    class Reduction(Operator):
        data: Tensor = tensor("Input.", shape="(*x)")
        output: Tensor = result(
            "One number for each place on the other axes.", shape="as data, without the axes, or with ones in their place if ``keepdims``"
        )
        axis: Shape | None = AXIS
        keepdims: bool = KEEPDIMS
        exclude: bool = EXCLUDE

        infer_shape = reducing

    def from_gradient(self, data, output, d_output):
        yield "data", gradient(self, data, output, d_output)

    def from_body(self, data):
        yield "output", body(self, data)

    Reduction.__doc__ = doc
    if gradient is not None:
        Reduction.gradient = from_gradient  # type: ignore[attr-defined]
    if body is not None:
        Reduction.body = from_body  # type: ignore[attr-defined]
    return declare(Reduction, name, aliases)


def spread(op: Any, reduced: Any, data: Any) -> Any:
    """Repeat each element over what it was reduced from."""
    return ops.broadcast_like(restored(op, reduced, data), data)


def at_extreme(op: Any, data: Any, output: Any, d_output: Any) -> Any:
    """Hand the gradient to each element that equals the result, in full."""
    return ops.broadcast_mul(ops.broadcast_equal(data, restored(op, output, data)), restored(op, d_output, data))


def by_others(op: Any, data: Any, output: Any, d_output: Any) -> Any:
    """Multiply the gradient by the product of the other elements.

    That is the product of all that are not zero, divided by the element; or nothing, if another one is zero.
    """
    axes = {"axis": op.axis, "exclude": op.exclude, "keepdims": True}
    zero = data == 0.0
    filled = data + zero
    no_other = ops.broadcast_equal(ops.sum(zero, **axes), zero)
    product = ops.broadcast_mul(ops.prod(filled, **axes), restored(op, d_output, data))
    return ops.broadcast_div(product, filled) * no_other


def instead_of_nan(data: Any, like: Any) -> Any:
    return ops.where(data == data, data, like)


def axes_of(op: Any) -> dict[str, Any]:
    return {"axis": op.axis, "keepdims": op.keepdims, "exclude": op.exclude}


reduction(
    "sum", "Sum over axes.", aliases=("sum_axis", "_sparse_sum"),
    gradient=lambda op, data, output, d_output: spread(op, d_output, data),
)  # fmt: skip
reduction(
    "mean", "Mean over axes: ``sum(data) / count``; of integers, cut off at the point.", aliases=("_sparse_mean",),
    gradient=lambda op, data, output, d_output: spread(op, ops._per_element(d_output, data), data),
    body=lambda op, data: ops._per_element(ops.sum(data, **axes_of(op)), data),
)  # fmt: skip
reduction(
    "prod", "Product over axes.",
    gradient=by_others,
)  # fmt: skip
reduction(
    "max", "Maximum over axes; nan if there is one. Each largest element gets the whole gradient.", aliases=("max_axis",),
    gradient=at_extreme,
)  # fmt: skip
reduction(
    "min", "Minimum over axes; nan if there is one. Each smallest element gets the whole gradient.", aliases=("min_axis",),
    gradient=at_extreme,
)  # fmt: skip
reduction(
    "nansum", "Sum over axes of what is not nan.",
    body=lambda op, data: ops.sum(instead_of_nan(data, ops.zeros_like(data)), **axes_of(op)),
)  # fmt: skip
reduction(
    "nanprod", "Product over axes of what is not nan.",
    body=lambda op, data: ops.prod(instead_of_nan(data, ops.ones_like(data)), **axes_of(op)),
)  # fmt: skip


@operator
class _restore_axes(Operator):
    """Put the axes that a reduction of ``like`` took away back in, with size one."""

    data: Tensor = tensor("The reduced array.")
    like: Tensor = tensor("What was reduced.", only_shape=True)
    axis: Shape | None = AXIS
    exclude: bool = EXCLUDE

    def infer_shape(self, like):
        yield "output", reduced_shape(like, reduced_axes(self, len(like)), True)

    def infer_dtype(self, data, output):
        yield "output", data
        yield "data", output

    def gradient(self, data, d_output):
        yield "data", ops.reshape_like(d_output, data)


@operator
class _per_element(Operator):
    """Divide by how many elements of ``like`` there are for each of ``data``; of integers, cut off at the point."""

    data: Tensor = tensor("Input.", shape="(*x)")
    like: Tensor = tensor("Gives the number.", only_shape=True)

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output

    def infer_dtype(self, data, output):
        yield "output", data
        yield "data", output

    def gradient(self, like, d_output):
        yield "data", ops._per_element(d_output, like)


@operator
class _sum_like(Operator):
    """Add up over the axes along which an array like ``like`` was stretched to ``data``."""

    data: Tensor = tensor("The stretched array.", shape="(*x)")
    like: Tensor = tensor("Gives the shape.", shape="(*y)", only_shape=True)

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def infer_dtype(self, data, output):
        yield "output", data
        yield "data", output

    def gradient(self, data, d_output):
        yield "data", ops.broadcast_like(d_output, data)


@operator(aliases=("_sparse_norm",))
class norm(Operator):
    """Length of the vectors along axes: ``sqrt(sum(data ** 2))``, or ``sum(|data|)`` if ``ord`` is 1."""

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result(
        "One length for each place on the other axes.", shape="as data, without the axes, or with ones in their place if ``keepdims``"
    )
    ord: int = param("2 for the Euclidean length, 1 for the sum of sizes.", default=2, check=lambda value: value in (1, 2), needs="1 or 2")
    axis: Shape | None = AXIS
    out_dtype: DType | None = param("Type of the result; that of ``data`` by default.", default=None,
                                    choices=("float16", "float32", "float64", "int32", "int64", "int8"))  # fmt: skip
    keepdims: bool = KEEPDIMS

    infer_shape = reducing
    own_types = True

    def infer_dtype(self, data, output):
        if self.out_dtype is not None:
            yield "output", self.out_dtype
        else:
            yield "output", data
            yield "data", output

    def gradient(self, data, output, d_output):
        slope = restored(self, d_output if self.ord == 1 else d_output / output, data)
        yield "data", ops.broadcast_mul(ops.sign(data) if self.ord == 1 else data, ops._cast_like(slope, data))

    def body(self, data):
        # in float64: squares leave the range of float32 long before the length does
        wide = ops.Cast(data, dtype="float64")
        total = ops.sum(ops.abs(wide) if self.ord == 1 else ops.square(wide), axis=self.axis, keepdims=self.keepdims)
        length = total if self.ord == 1 else ops.sqrt(total)
        yield "output", ops._cast_like(length, data) if self.out_dtype is None else ops.Cast(length, dtype=self.out_dtype)


@operator
class moments(Operator):
    """Mean and variance over axes: ``mean(data)`` and ``mean((data - mean) ** 2)``."""

    data: Tensor = tensor("Input.", shape="(*x)")
    axes: Shape | None = param("The axes; they have to be named.", default=None)
    keepdims: bool = KEEPDIMS
    output0: Tensor = result("Mean.", shape="as data, without the axes, or with ones in their place if ``keepdims``")
    output1: Tensor = result("Variance: the mean squared distance from the mean.", shape="that of the mean")

    def check(self) -> str | None:
        return None if self.axes else "axes must be named; name all of them to reduce all"

    def body(self, data):
        mean = ops.mean(data, axis=self.axes, keepdims=self.keepdims)
        center = mean if self.keepdims else ops._restore_axes(mean, data, axis=self.axes)
        yield "output0", mean
        yield "output1", ops.mean(ops.square(ops.broadcast_sub(data, center)), axis=self.axes, keepdims=self.keepdims)


def place(name: str, doc: str) -> Any:
    """Declare the search for a place on an axis."""

    class Place(Operator):
        data: Tensor = tensor("Input.", shape="(*x)")
        output: Tensor = result(
            "One place for each of the others.", shape="as data, without ``axis``, or with a one in its place if ``keepdims``"
        )
        axis: int | None = param("The axis; by default the place in the row of all elements.", default=None)
        keepdims: bool = KEEPDIMS

        gradient = zero_gradient

        def infer_shape(self, data):
            axes = range(len(data)) if self.axis is None else (axis_of(self.axis, len(data)),)
            yield "output", reduced_shape(data, tuple(axes), self.keepdims) or (1,)

    Place.__doc__ = doc
    return declare(Place, name)


place("argmax", "Place of the largest element on an axis, the first of several, or of nan; a number of the type of ``data``.")
place("argmin", "Place of the smallest element on an axis, the first of several, or of nan; a number of the type of ``data``.")


@operator
class argmax_channel(Operator):
    """Place of the largest element on the second axis, ``argmax(data, axis=1)``: the class with the highest score."""

    data: Tensor = tensor("Scores.", shape="(n, c, *x)")

    gradient = zero_gradient

    def infer_shape(self, data):
        if len(data) < 2:
            raise ShapeError(f"data {data} has no second axis")
        yield "output", (data[0], *data[2:])

    def body(self, data):
        yield "output", ops.argmax(data, axis=1)
