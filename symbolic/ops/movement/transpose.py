"""The same elements in another order."""

from __future__ import annotations

from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import axis_of
from symbolic.values.shape import NO_RANK, UNKNOWN

__all__ = ["SwapAxis", "depth_to_space", "diag", "reverse", "space_to_depth", "transpose"]


def with_rank(shape: Any, rank: int, what: str = "data") -> Any:
    """Refuse a shape that has not ``rank`` axes."""
    if len(shape) != rank:
        raise ShapeError(f"{what} must have {rank} axes, it has {len(shape)}")
    return shape


@operator
class transpose(Operator):
    """Put the axes in another order, the reverse one by default.

    Examples
    --------
    >>> x = mx.sym.var("x", shape=(2, 3, 4))
    >>> mx.sym.transpose(x, axes=(2, 0, 1)).infer_shape()[1]
    [(4, 2, 3)]
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The same elements.", shape="the sizes of data in the order of ``axes``, or reversed")
    axes: Shape = param("The axes of ``data`` in their new order.", default=())

    def order(self, rank):
        if not self.axes:
            return range(rank)[::-1]
        axes = [axis_of(axis, rank) for axis in self.axes]
        if sorted(axes) != list(range(rank)):
            raise ShapeError(f"axes={self.axes} is no order of {rank} axes")
        return axes

    def infer_shape(self, data, output):
        if data is not NO_RANK:
            yield "output", tuple([data[axis] for axis in self.order(len(data))])
        sizes = [UNKNOWN] * len(output)
        for axis, size in zip(self.order(len(output)), output, strict=True):
            sizes[axis] = size
        yield "data", tuple(sizes)

    def gradient(self, d_output):
        rank = len(self.axes)
        inverse = sorted(range(rank), key=[axis % rank for axis in self.axes].__getitem__) if rank else ()
        yield "data", ops.transpose(d_output, axes=tuple(inverse))


@operator(aliases=("swapaxes", "_npi_swapaxes"))
class SwapAxis(Operator):
    """Exchange two axes."""

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The same elements.", shape="as data, with both sizes exchanged")
    dim1: int = param("One axis.", default=0)
    dim2: int = param("The other.", default=0)

    def infer_shape(self, data, output):
        if data is not NO_RANK:
            yield "output", self.swapped(data)
        yield "data", self.swapped(output)

    def swapped(self, shape):
        sizes = list(shape)
        one, other = axis_of(self.dim1, len(shape), "dim1"), axis_of(self.dim2, len(shape), "dim2")
        sizes[one], sizes[other] = sizes[other], sizes[one]
        return tuple(sizes)

    def gradient(self, d_output):
        yield "data", ops.SwapAxis(d_output, dim1=self.dim1, dim2=self.dim2)


@operator(aliases=("flip",))
class reverse(Operator):
    """Turn axes round."""

    data: Tensor = tensor("Input.", shape="(*x)")
    axis: Shape = param("The axes.")

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        for axis in self.axis:
            axis_of(axis, len(data))

    def gradient(self, d_output):
        yield "data", ops.reverse(d_output, axis=self.axis)


@operator
class diag(Operator):
    """Take diagonals of two axes, which go last; or put a vector on the diagonal of a matrix of zeros.

    Examples
    --------
    >>> mx.nd.diag(mx.nd.array([[1, 2, 3], [4, 5, 6]]), k=1).asnumpy().tolist()
    [2.0, 6.0]
    >>> mx.nd.diag(mx.nd.array([1, 2])).asnumpy().tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("Diagonals, or the matrix.", shape="(*n, k), or (k, k) of a vector")
    k: int = param("Which diagonal: above the main one if positive, below it if negative.", default=0)
    axis1: int = param("Axis of the rows.", default=0)
    axis2: int = param("Axis of the columns.", default=1)

    def infer_shape(self, data, output):
        if len(data) == 1:
            yield "output", (data[0] + abs(self.k),) * 2
            yield "data", (output[0] - abs(self.k),)
            return
        one, other = axis_of(self.axis1, len(data), "axis1"), axis_of(self.axis2, len(data), "axis2")
        if one == other:
            raise ShapeError(f"axis1={self.axis1} and axis2={self.axis2} are one axis")
        kept = tuple(size for axis, size in enumerate(data) if axis not in (one, other))
        yield "output", (*kept, UNKNOWN)
        rest = iter(output)
        yield "data", tuple(size if axis in (one, other) else next(rest) for axis, size in enumerate(data))
        length = min(data[one] + min(self.k, 0), data[other] - max(self.k, 0))
        if length < min(1, data[one], data[other]):  # of an empty matrix it may be empty
            raise ShapeError(f"diagonal {self.k} of {data[one]} rows and {data[other]} columns is empty")
        yield "output", (*kept, length)

    def gradient(self, data, d_output):
        yield "data", ops._undiag(d_output, data, k=self.k, axis1=self.axis1, axis2=self.axis2)


@operator
class _undiag(Operator):
    """Put elements back where ``diag`` found them in ``like``; zeros elsewhere."""

    data: Tensor = tensor("What ``diag`` of ``like`` would look like.")
    like: Tensor = tensor("Gives the shape.", only_shape=True)
    k: int = param("Which diagonal.", default=0)
    axis1: int = param("Axis of the rows.", default=0)
    axis2: int = param("Axis of the columns.", default=1)

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, d_output):
        yield "data", ops.diag(d_output, k=self.k, axis1=self.axis1, axis2=self.axis2)


@operator
class depth_to_space(Operator):
    """Spread groups of channels over blocks of pixels: ``(n, b b c, h, w)`` becomes ``(n, c, h b, w b)``.

    Source: Shi et al. (2016), Real-time single image and video super-resolution, section 3.
    """

    data: Tensor = tensor("Input.", shape="(n, c, h, w)")
    output: Tensor = result("Larger images of fewer channels.", shape="(n, c / block_size ** 2, h * block_size, w * block_size)")
    block_size: int = param("Side of a block, b.", ge=1)

    def infer_shape(self, data, output):
        b = self.block_size
        if data is not NO_RANK:
            n, c, h, w = with_rank(data, 4)
            if c is not UNKNOWN and c % b**2:
                raise ShapeError(f"{c} channels are no multiple of {b**2}")
            yield "output", (n, c // b**2, h * b, w * b)
        n, c, h, w = with_rank(output, 4, "output")
        yield "data", (n, c * b**2, h // b, w // b)

    def gradient(self, d_output):
        yield "data", ops.space_to_depth(d_output, block_size=self.block_size)

    def body(self, data):
        b = self.block_size
        x = ops.Reshape(ops.Reshape(data, shape=(0, -4, b, -1, 0, 0)), shape=(0, 0, -4, b, -1, 0, 0))  # (n, b, b, c, h, w)
        yield "output", ops.Reshape(ops.transpose(x, axes=(0, 3, 4, 1, 5, 2)), shape=(0, 0, -3, -3))


@operator
class space_to_depth(Operator):
    """Gather blocks of pixels in channels: ``(n, c, h b, w b)`` becomes ``(n, b b c, h, w)``."""

    data: Tensor = tensor("Input.", shape="(n, c, h, w)")
    output: Tensor = result("Smaller images of more channels.", shape="(n, c * block_size ** 2, h / block_size, w / block_size)")
    block_size: int = param("Side of a block, b.", ge=1)

    def infer_shape(self, data, output):
        b = self.block_size
        if data is not NO_RANK:
            n, c, h, w = with_rank(data, 4)
            if (h is not UNKNOWN and h % b) or (w is not UNKNOWN and w % b):
                raise ShapeError(f"height {h} and width {w} must be multiples of {b}")
            yield "output", (n, c * b**2, h // b, w // b)
        n, c, h, w = with_rank(output, 4, "output")
        yield "data", (n, c // b**2, h * b, w * b)

    def gradient(self, d_output):
        yield "data", ops.depth_to_space(d_output, block_size=self.block_size)

    def body(self, data):
        b = self.block_size
        x = ops.Reshape(data, shape=(0, 0, -4, -1, b, -4, -1, b))  # (n, c, h, b, w, b)
        x = ops.Reshape(ops.transpose(x, axes=(0, 3, 5, 1, 2, 4)), shape=(0, -3, 0, 0, 0))
        yield "output", ops.Reshape(x, shape=(0, -3, 0, 0))
