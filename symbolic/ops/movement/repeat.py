"""The same elements several times."""

from __future__ import annotations

import math
from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import axis_of
from symbolic.values.shape import NO_RANK, UNKNOWN

__all__ = ["broadcast_axis", "broadcast_like", "broadcast_to", "repeat", "tile"]


def aligned(one: tuple[Any, ...], other: tuple[Any, ...]) -> Any:
    """Pair the members of two tuples from the last; the shorter one is filled up with ones."""
    rank = max(len(one), len(other))
    return zip((1,) * (rank - len(one)) + tuple(one), (1,) * (rank - len(other)) + tuple(other), strict=True)


@operator(aliases=("_npi_tile",))
class tile(Operator):
    """Lay copies of an array side by side.

    Examples
    --------
    >>> mx.nd.tile(mx.nd.array([[1, 2]]), reps=(2, 2)).asnumpy().tolist()
    [[1.0, 2.0, 1.0, 2.0], [1.0, 2.0, 1.0, 2.0]]
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The copies.", shape="the sizes of data times ``reps``")
    reps: Shape = param("How many copies along each axis; they are matched from the last.", ge=0)

    def infer_shape(self, data, output):
        yield "output", tuple(copies * size for copies, size in aligned(self.reps, data))
        sizes = [size // copies if copies else UNKNOWN for copies, size in aligned(self.reps, output)]
        yield "data", tuple(sizes[len(sizes) - len(data) :])

    def gradient(self, data, d_output):
        yield "data", ops._sum_tiles(d_output, data, reps=self.reps)


@operator
class _sum_tiles(Operator):
    """Add up the copies that ``tile`` made of an array like ``like``."""

    data: Tensor = tensor("The copies.", shape="(*x)")
    like: Tensor = tensor("Gives the shape.", shape="(*y)", only_shape=True)
    reps: Shape = param("How many copies along each axis.")

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, d_output):
        yield "data", ops.tile(d_output, reps=self.reps)


@operator(aliases=("_np_repeat",))
class repeat(Operator):
    """Repeat each element: ``output[i] = data[i // repeats]`` along an axis, or the row of all.

    Examples
    --------
    >>> mx.nd.repeat(mx.nd.array([[1, 2]]), repeats=2, axis=1).asnumpy().tolist()
    [[1.0, 1.0, 2.0, 2.0]]
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result(
        "Each element, several times.", shape="as data, with ``repeats`` times the size on ``axis``; one axis without it"
    )
    repeats: int = param("How often.", ge=0)
    axis: int | None = param("The axis that grows; if left out, the result is one row of everything.", default=None)

    def infer_shape(self, data, output):
        if self.axis is None:
            yield "output", (math.prod(data) * self.repeats,)
            return
        axis = axis_of(self.axis, len(data))
        yield "output", (*data[:axis], data[axis] * self.repeats, *data[axis + 1 :])
        if self.repeats:
            yield "data", (*output[:axis], output[axis] // self.repeats, *output[axis + 1 :])

    def body(self, data):
        # an axis of size one behind each element is stretched, then joined with its neighbour
        if self.axis is None:
            column = ops.Reshape(data, shape=(-1, 1))
            yield "output", ops.Reshape(ops.broadcast_axis(column, axis=1, size=self.repeats), shape=(-1,))
        elif self.axis >= 0:
            kept = (0,) * self.axis
            column = ops.expand_dims(data, axis=self.axis + 1)
            yield "output", ops.Reshape(ops.broadcast_axis(column, axis=self.axis + 1, size=self.repeats), shape=(*kept, -3, -2))
        else:
            kept = (0,) * (-self.axis - 1)
            column = ops.expand_dims(data, axis=self.axis)
            stretched = ops.broadcast_axis(column, axis=self.axis, size=self.repeats)
            yield "output", ops.Reshape(stretched, shape=(-2, -3, *kept), reverse=True)


@operator
class broadcast_to(Operator):
    """Repeat elements along axes of size one, up to a given shape."""

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The stretched array.", shape="what ``shape`` says; 0 keeps a size")
    shape: Shape = param("Sizes; 0 leaves an axis as it is.", default=(), ge=0)

    def infer_shape(self, data, output):
        if len(self.shape) != len(data):
            raise ShapeError(f"{data} has {len(data)} axes, shape={self.shape} has {len(self.shape)}")
        for size, wanted in zip(data, self.shape, strict=True):
            if wanted and size is not UNKNOWN and size not in (1, wanted):
                raise ShapeError(f"{data} does not stretch to {self.shape}: {size} is neither 1 nor {wanted}")
        yield "output", tuple(wanted or size for size, wanted in zip(data, self.shape, strict=True))
        yield "data", tuple(UNKNOWN if wanted else size for size, wanted in zip(output, self.shape, strict=True))

    def gradient(self, data, d_output):
        yield "data", ops._sum_like(d_output, data)


@operator
class broadcast_like(Operator):
    """Repeat elements of ``lhs`` along axes of size one, up to the shape of ``rhs``."""

    lhs: Tensor = tensor("Input.", shape="(*x)")
    rhs: Tensor = tensor("Gives the sizes.", shape="(*y)", only_shape=True)
    output: Tensor = result("The stretched array.", shape="(*y), or as lhs with the sizes of ``rhs_axes`` on ``lhs_axes``")
    lhs_axes: Shape | None = param("Axes of ``lhs`` that stretch; all by default.", default=None)
    rhs_axes: Shape | None = param("Axes of ``rhs`` that give their sizes, in the same order.", default=None)

    def check(self) -> str | None:
        if self.lhs_axes is None and self.rhs_axes is None:
            return None
        lhs, rhs = self.lhs_axes or (), self.rhs_axes or ()
        return None if len(lhs) == len(rhs) > 0 else "lhs_axes and rhs_axes must name as many axes, and any"

    def infer_shape(self, lhs, rhs, output):
        if self.lhs_axes is None:
            yield "output", rhs
            yield "rhs", output
            if len(lhs) > len(rhs):
                raise ShapeError(f"{lhs} has more axes than {rhs}")
            for size, wanted in aligned(lhs, rhs):
                if size is not UNKNOWN and size != 1 and wanted is not UNKNOWN and size != wanted:
                    raise ShapeError(f"{lhs} does not stretch to {rhs}: {size} is neither 1 nor {wanted}")
            return
        sizes = list(lhs)
        for here, there in zip(self.lhs_axes, self.rhs_axes or (), strict=True):
            axis = axis_of(here, len(lhs), "lhs_axes")
            if lhs[axis] is not UNKNOWN and lhs[axis] != 1:
                raise ShapeError(f"axis {here} of {lhs} has not size 1")
            sizes[axis] = rhs[axis_of(there, len(rhs), "rhs_axes")]
        yield "output", tuple(sizes)
        stretched = {axis % len(lhs) for axis in self.lhs_axes}
        yield "lhs", tuple(1 if axis in stretched else size for axis, size in enumerate(output))

    def infer_dtype(self, lhs, output):
        yield "output", lhs
        yield "lhs", output

    def gradient(self, lhs, d_output):
        yield "lhs", ops._sum_like(d_output, lhs)


@operator(aliases=("broadcast_axes",))
class broadcast_axis(Operator):
    """Repeat elements along axes of size one."""

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The stretched array.", shape="as data, with ``size`` on ``axis``")
    axis: Shape = param("The axes.", default=())
    size: Shape = param("The size each of them gets.", default=(), ge=0)

    def check(self) -> str | None:
        return None if len(self.axis) == len(self.size) else "axis and size must have as many members"

    def infer_shape(self, data, output):
        if data is not NO_RANK:
            sizes = list(data)
            for axis, size in self.sizes(len(data)):
                if data[axis] is not UNKNOWN and data[axis] != 1:
                    raise ShapeError(f"axis {axis} of {data} has not size 1")
                sizes[axis] = size
            yield "output", tuple(sizes)
        sizes = list(output)
        for axis, _ in self.sizes(len(output)):
            sizes[axis] = 1
        yield "data", tuple(sizes)

    def sizes(self, rank):
        return [(axis_of(axis, rank), size) for axis, size in zip(self.axis, self.size, strict=True)]

    def gradient(self, data, d_output):
        yield "data", ops._sum_like(d_output, data)
