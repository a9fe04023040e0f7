"""Images sampled at any places: grids of places, and interpolation there.

Source: Jaderberg, Simonyan, Zisserman and Kavukcuoglu (2015), Spatial transformer networks, sections 3.2 and 3.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from symbolic import ops
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.ops.spatial.rules import floats_alike, images
from symbolic.values.shape import UNKNOWN

Y = tensor("Rows of the places, counted from 0, with fractions.", shape="(n, *p)")
X = tensor("Columns of the places.", shape="(n, *p)")
BORDER = param("Whether there are zeros around an image, or only places in it count and its last row and column go on.", default="zero")
SLOPE_Y = param("Take the slope along the rows, not the value.", default=False)
SLOPE_X = param("Take the slope along the columns, not the value.", default=False)
Border = Literal["zero", "edge"]


def along_places(op: Any, linear: Any, images: Any, y: Any, x: Any) -> Any:
    """Yield the gradients of places: slopes of the samples, times what they are multiplied by, summed over channels.

    A second slope along the same axis is zero, as samples are linear between two elements.
    """
    for slot, slopes in (("y", (True, op.slope_x)), ("x", (op.slope_y, True))):
        if not getattr(op, f"slope_{slot}"):
            slope = ops._sample(images, y, x, border=op.border, slope_y=slopes[0], slope_x=slopes[1])
            yield slot, ops.sum(linear * slope, axis=1)


@operator
class _sample(Operator):
    """Interpolate images bilinearly at places: ``output[n, c, p] = data[n, c, y[n, p], x[n, p]]``."""

    data: Tensor = tensor("Images.", shape="(n, c, h, w)")
    y: Tensor = Y
    x: Tensor = X
    border: Border = BORDER
    slope_y: bool = SLOPE_Y
    slope_x: bool = SLOPE_X

    infer_dtype = floats_alike

    def infer_shape(self, data, y, x, output):
        yield "y", x
        yield "x", y
        yield "output", (*images(data)[:2], *y[1:])
        yield "data", (y[0], output[1], UNKNOWN, UNKNOWN)

    def gradient(self, data, y, x, d_output):
        yield "data", ops._spread(d_output, y, x, data, border=self.border, slope_y=self.slope_y, slope_x=self.slope_x)
        yield from along_places(self, d_output, data, y, x)


@operator
class _spread(Operator):
    """Add values to zero images in the shares in which `_sample` reads them: its transpose."""

    data: Tensor = tensor("Values.", shape="(n, c, *p)")
    y: Tensor = Y
    x: Tensor = X
    like: Tensor = tensor("Gives the shape.", shape="(n, c, h, w)", only_shape=True)
    border: Border = BORDER
    slope_y: bool = SLOPE_Y
    slope_x: bool = SLOPE_X

    infer_dtype = floats_alike

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, data, y, x, d_output):
        yield "data", ops._sample(d_output, y, x, border=self.border, slope_y=self.slope_y, slope_x=self.slope_x)
        yield from along_places(self, data, d_output, y, x)


def sampled(data: Any, grid: Any) -> Any:
    """Sample images at the places of a grid, whose coordinates run from -1 to 1 over the middles of the elements."""
    x, y = ops.SliceChannel(grid, num_outputs=2, axis=1, squeeze_axis=True)
    rows, columns = (ops.broadcast_mul(at + 1, (ops._count(data, axis=axis) - 1) * 0.5) for at, axis in ((y, 2), (x, 3)))
    return ops._sample(data, rows, columns)


@operator
class BilinearSampler(Operator):
    """Interpolate images at the places of a grid; around them are zeros.

    ``output[n, :, i, j]`` is the image at column ``x = grid[n, 0, i, j]`` and row ``y = grid[n, 1, i, j]``: -1 is the middle
    of the first element, 1 that of the last.

    Examples
    --------
    >>> image, grid = mx.nd.array([[[[0, 1], [2, 3]]]]), mx.nd.array([[[[-1, 0, 1]], [[-1, 0, 0]]]])
    >>> mx.nd.BilinearSampler(image, grid).asnumpy().tolist()
    [[[[0.0, 1.5, 2.0]]]]
    """

    data: Tensor = tensor("Images.", shape="(n, c, h, w)")
    grid: Tensor = tensor("Columns and rows of the places.", shape="(n, 2, h', w')")
    output: Tensor = result("Samples.", shape="(n, c, h', w')")
    cudnn_off: bool | None = param("No effect.", default=None)

    infer_dtype = floats_alike

    def infer_shape(self, data, grid, output):
        yield "data", (UNKNOWN,) * 4
        yield "grid", (UNKNOWN, 2, UNKNOWN, UNKNOWN)
        yield "output", (data[0], data[1], *grid[2:])
        yield "data", (grid[0], output[1], UNKNOWN, UNKNOWN)
        yield "grid", (data[0], 2, *output[2:])

    def body(self, data, grid):
        yield "output", sampled(data, grid)


def places(like: Any, length: int) -> Any:
    """Count ``length`` places from -1 to 1, in the type of ``like``; a single one is at 0."""
    count = ops._contrib_arange_like(ops.tile(ops.sum(like), reps=(length,)))
    return count * (2 / (length - 1)) - 1 if length > 1 else count


def rounded_places(like: Any, length: int) -> Any:
    """Do what `places` does in float64, and round once.

    `GridGenerator` and `SpatialTransformer` differ in this as in MXNet: rounding decides which of two slopes counts where a
    place falls on an element, and the identity has all of its places on elements.
    """
    exact = ops._linspace(start=-1.0 if length > 1 else 0.0, stop=1.0, num=length, dtype="float64")
    return ops._cast_like(exact, ops.tile(ops.sum(like), reps=(length,)))


def affine_grid(loc: Any, shape: tuple[int, ...], places: Callable[[Any, int], Any]) -> tuple[Any, Any]:
    """Map an even grid by the matrices ``loc``; return ``(x, y, 1)`` of the grid, ``(x, y)`` where it is mapped to."""
    height, width = shape[:2]
    x, y = ops.tile(places(loc, width), reps=(height,)), ops.repeat(places(loc, height), repeats=width)
    grid = ops.stack(x, y, ops.ones_like(x), axis=0)
    return grid, ops.dot(ops.reshape(loc, shape=(-1, 2, 3)), grid)


def target_problem(op: Any) -> str | None:
    """Say what is wrong with the height and width wanted."""
    if len(op.target_shape) < 2 or min(op.target_shape[:2]) < 1:
        return f"target_shape must be a height and a width, of at least 1, not {op.target_shape}"
    return None


@operator
class GridGenerator(Operator):
    """Make the grid of places that `BilinearSampler` reads.

    ``affine``: ``data`` are six numbers, a matrix that maps ``(x, y, 1)``, where x and y run from -1 to 1, to a place.
    ``warp``: they say for each element how many elements away, in x and in y, it is read.
    """

    data: Tensor = tensor("Matrices, row by row, or shifts.", shape="(n, 6) or (n, 2, h, w)")
    output: Tensor = result("Columns and rows of places, from -1 to 1.", shape="(n, 2, h, w)")
    grid_dst: Tensor = result("The even grid.", shape="(3, h * w) or (2, h, w)", hidden=True)
    transform_type: Literal["affine", "warp"] = param("What the data are.")
    target_shape: Shape = param("Height and width of an affine grid.", default=(0, 0))

    infer_dtype = floats_alike

    def check(self) -> str | None:
        return target_problem(self) if self.transform_type == "affine" else None

    def infer_shape(self, data, output):
        if self.transform_type == "affine":
            height, width = self.target_shape[:2]
            yield "data", (UNKNOWN, 6)
            yield "grid_dst", (3, height * width)
            yield "output", (UNKNOWN, 2, height, width)
            yield "output", (data[0], 2, height, width)
            yield "data", (output[0], 6)
        else:
            yield "data", (UNKNOWN, 2, UNKNOWN, UNKNOWN)
            yield "output", data
            yield "data", output
            yield "grid_dst", data[1:]

    def body(self, data):
        if self.transform_type == "affine":
            even, moved = affine_grid(data, self.target_shape, places)
            yield "grid_dst", even
            yield "output", ops.reshape(moved, shape=(0, 0, *self.target_shape[:2]))
            return
        shifts = ops.SliceChannel(data, num_outputs=2, axis=1, squeeze_axis=True)
        # (n, h, w): columns count along the last axis, rows along the one before
        counts = [ops._contrib_arange_like(shifts[0], axis=axis) for axis in (2, 1)]
        even = [
            ops.broadcast_like(ops._on_axis(count, shifts[0], axis=axis), shifts[0]) for count, axis in zip(counts, (2, 1), strict=True)
        ]
        moved = [
            ops.broadcast_div(place + shift, (ops._count(data, axis=axis) - 1) * 0.5) - 1
            for place, shift, axis in zip(even, shifts, (3, 2), strict=True)
        ]
        yield "output", ops.stack(*moved, axis=1)
        yield "grid_dst", ops.reshape(ops.slice_axis(ops.stack(*even, axis=0), axis=1, begin=0, end=1), shape=(0, -3, 0))


@operator
class SpatialTransformer(Operator):
    """Sample images at the places to which a matrix maps an even grid: `GridGenerator`, then `BilinearSampler`."""

    data: Tensor = tensor("Images.", shape="(n, c, h, w)")
    loc: Tensor = tensor("Matrices, row by row.", shape="(n, 6)")
    output: Tensor = result("Samples.", shape="(n, c, h', w')")
    grid_dst: Tensor = result("The even grid: x, y and 1.", shape="(3, h' * w')", hidden=True)
    grid_src: Tensor = result("Where it is mapped to: x and y.", shape="(n, 2, h' * w')", hidden=True)
    target_shape: Shape = param("Height and width of the output.", default=(0, 0))
    transform_type: Literal["affine"] = param("How places are mapped.")
    sampler_type: Literal["bilinear"] = param("How images are interpolated.")
    cudnn_off: bool | None = param("No effect.", default=None)

    infer_dtype = floats_alike
    check = target_problem

    def infer_shape(self, data, loc, output):
        height, width = self.target_shape[:2]
        yield "data", (UNKNOWN,) * 4
        yield "loc", (UNKNOWN, 6)
        yield "grid_dst", (3, height * width)
        yield "output", (UNKNOWN, UNKNOWN, height, width)
        yield "loc", (data[0], 6)
        yield "output", (data[0], data[1], height, width)
        yield "grid_src", (data[0], 2, height * width)
        yield "data", (loc[0], output[1], UNKNOWN, UNKNOWN)

    def body(self, data, loc):
        even, moved = affine_grid(loc, self.target_shape, rounded_places)
        yield "grid_dst", even
        yield "grid_src", moved
        yield "output", sampled(data, ops.reshape(moved, shape=(0, 0, *self.target_shape[:2])))
