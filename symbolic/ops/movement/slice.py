"""Parts of an array, and arrays with a part replaced."""

from __future__ import annotations

from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import all_alike, axis_of, same_shapes
from symbolic.values.shape import UNKNOWN

__all__ = ["Slice", "slice_axis", "slice_like"]

BEGIN = param("First place on each axis, for as many axes as there are; ``None`` for an end.")
END = param("Place after the last on each axis; ``None`` for an end.")
STEP = param("Distance on each axis; backwards if negative, 1 if ``None`` or left out.", default=())
Places = tuple[int | None, ...]


def checked(op: Any) -> str | None:
    """Refuse ``begin``, ``end`` and ``step`` of different lengths."""
    if len(op.end) != len(op.begin) or len(op.step) not in (0, len(op.begin)):
        return "begin, end and step must name the same axes"
    return "step must not be 0" if 0 in op.step else None


def sliced(op: Any, shape: Any) -> tuple[Any, ...]:
    """Count the places on each axis; those beyond the axis are left out, as in Python's slices."""
    if len(op.begin) > len(shape):
        raise ShapeError(f"{len(op.begin)} axes are sliced, there are {len(shape)}")
    sizes = list(shape)
    for axis, (begin, end, step) in enumerate(zip(op.begin, op.end, op.step or (None,) * len(op.begin), strict=True)):
        if (begin, end) != (None, None) or step not in (None, 1, -1):
            sizes[axis] = UNKNOWN if sizes[axis] is UNKNOWN else len(range(sizes[axis])[begin:end:step])
    return tuple(sizes)


def unsliced(op: Any, shape: Any) -> tuple[Any, ...]:
    """Say what is known of an array from the shape of its part."""
    bounds = [*zip(op.begin, op.end, op.step or (None,) * len(op.begin), strict=True)]
    bounds += [(None, None, None)] * (len(shape) - len(bounds))
    whole = [(begin, end) == (None, None) and step in (None, 1, -1) for begin, end, step in bounds]
    return tuple(size if known else UNKNOWN for size, known in zip(shape, whole, strict=True))


def part(op: Any) -> dict[str, Any]:
    """Say which part that is in the parameters of `_paste`."""
    return {"axes": tuple(range(len(op.begin))), "begin": op.begin, "step": tuple(step or 1 for step in op.step)}


@operator(name="slice", aliases=("crop", "_npi_slice", "_npx_slice", "_sparse_slice"))
class Slice(Operator):
    """Take a part of an array: ``data[begin:end:step]``, axis by axis.

    Examples
    --------
    >>> x = mx.nd.array([[1, 2, 3], [4, 5, 6]])
    >>> mx.nd.slice(x, begin=(None, 2), end=(None, None), step=(1, -2)).asnumpy().tolist()
    [[3.0, 1.0], [6.0, 4.0]]
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The part.", shape="as long as each range")
    begin: Places = BEGIN
    end: Places = END
    step: Places = STEP

    check = checked

    def infer_shape(self, data, output):
        yield "output", sliced(self, data)
        yield "data", unsliced(self, output)

    def gradient(self, data, d_output):
        yield "data", ops._paste(ops.zeros_like(data), d_output, **part(self))


@operator
class slice_axis(Operator):
    """Take a part of one axis."""

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The part.", shape="as data, with ``end - begin`` on ``axis``")
    axis: int = param("The axis.")
    begin: int = param("First place; from the end if negative.")
    end: int | None = param("Place after the last; from the end if negative, the end if ``None``.")

    def infer_shape(self, data, output):
        axis = axis_of(self.axis, len(data))
        size = data[axis]
        if size is not UNKNOWN and size == 0:
            yield "output", data  # any part of nothing
            return
        begin = self.begin + size if self.begin < 0 else self.begin
        end = size if self.end is None else self.end + size if self.end < 0 else self.end
        length = UNKNOWN if size is UNKNOWN else end - begin
        if length is not UNKNOWN and length < 1:
            raise ShapeError(f"begin={self.begin}, end={self.end} is an empty part of an axis of {size}")
        yield "output", (*data[:axis], length, *data[axis + 1 :])
        yield "data", (*output[:axis], size, *output[axis + 1 :])
        if not 0 <= begin < end <= size:
            raise ShapeError(f"begin={self.begin}, end={self.end} is no part of an axis of {size}")

    def gradient(self, data, d_output):
        yield "data", ops._paste(ops.zeros_like(data), d_output, axes=(self.axis,), begin=(self.begin,))


@operator
class slice_like(Operator):
    """Take as much of ``data``, from the first element on, as ``shape_like`` has."""

    data: Tensor = tensor("Input.", shape="(*x)")
    shape_like: Tensor = tensor("Gives the sizes.", shape="(*y)", only_shape=True)
    output: Tensor = result("The part.", shape="as data, with the sizes of shape_like on ``axes``")
    axes: Shape = param("The axes that are shortened; all if left out.", default=())

    def infer_shape(self, data, shape_like, output):
        if not self.axes and len(data) != len(shape_like):
            raise ShapeError(f"without axes, both must have as many: data {data}, shape_like {shape_like}")
        pairs = [(axis_of(axis, len(data)), axis_of(axis, len(shape_like))) for axis in self.axes or range(len(data))]
        sizes = list(data)
        for here, there in pairs:
            sizes[here] = shape_like[there]
        for axis, (size, part) in enumerate(zip(data, sizes, strict=True)):
            if size is not UNKNOWN and part is not UNKNOWN and part > size:
                raise ShapeError(f"axis {axis} of data {data} is shorter than {part}")
        yield "output", tuple(sizes)
        shortened = {here for here, _ in pairs}
        yield "data", tuple(UNKNOWN if axis in shortened else size for axis, size in enumerate(output))

    def infer_dtype(self, data, output):
        yield "output", data
        yield "data", output

    def gradient(self, data, d_output):
        yield "data", ops._paste(ops.zeros_like(data), d_output, axes=(), begin=())


AXES = param("Axes on which the part begins elsewhere than at the first place.")
BEGINS = param("Where it begins on each of them; from the end if negative, ``None`` for an end.")
STEPS = param("Distance on each of them; backwards if negative, 1 if left out.", default=())


@operator
class _paste(Operator):
    """Put ``rhs`` in the place of a part of ``lhs`` that has its size."""

    lhs: Tensor = tensor("The whole.", shape="(*x)")
    rhs: Tensor = tensor("The part.", shape="(*y)")
    axes: Shape = AXES
    begin: Places = BEGINS
    step: Shape = STEPS

    def infer_shape(self, lhs, output):
        yield "output", lhs
        yield "lhs", output

    def gradient(self, rhs, d_output):
        yield "lhs", ops._paste(d_output, ops.zeros_like(rhs), axes=self.axes, begin=self.begin, step=self.step)
        yield "rhs", ops._cut(d_output, rhs, axes=self.axes, begin=self.begin, step=self.step)


@operator
class _cut(Operator):
    """Take the part of ``data`` that `_paste` would replace by ``like``."""

    data: Tensor = tensor("The whole.", shape="(*x)")
    like: Tensor = tensor("Gives the size of the part.", shape="(*y)", only_shape=True)
    axes: Shape = AXES
    begin: Places = BEGINS
    step: Shape = STEPS

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, data, d_output):
        yield "data", ops._paste(ops.zeros_like(data), d_output, axes=self.axes, begin=self.begin, step=self.step)


@operator(aliases=("_crop_assign", "_npi_slice_assign"))
class _slice_assign(Operator):
    """Put ``rhs`` in the place of a part of ``lhs``: ``lhs[begin:end:step] = rhs``, into a copy."""

    lhs: Tensor = tensor("The whole.", shape="(*x)")
    rhs: Tensor = tensor("The part.", shape="(*y)")
    begin: Places = BEGIN
    end: Places = END
    step: Places = STEP

    check = checked
    infer_dtype = all_alike
    own_types = True

    def infer_shape(self, lhs, output):
        yield "output", lhs
        yield "lhs", output
        yield "rhs", sliced(self, lhs)

    def body(self, lhs, rhs):
        yield "output", ops._paste(lhs, rhs, **part(self))

    def gradient(self, rhs, d_output):
        yield "lhs", ops._slice_assign_scalar(d_output, scalar=0.0, begin=self.begin, end=self.end, step=self.step)
        yield "rhs", ops.slice(d_output, begin=self.begin, end=self.end, step=self.step)


@operator(aliases=("_crop_assign_scalar", "_npi_slice_assign_scalar"))
class _slice_assign_scalar(Operator):
    """Put a number in the place of a part of ``data``."""

    data: Tensor = tensor("The whole.", shape="(*x)")
    scalar: float = param("The number; without its fraction for integers.", default=0.0)
    begin: Places = BEGIN
    end: Places = END
    step: Places = STEP

    check = checked
    infer_shape = same_shapes
    infer_dtype = all_alike
    own_types = True

    def body(self, data):
        number = ops._number_like(ops.slice(data, begin=self.begin, end=self.end, step=self.step), scalar=self.scalar)
        yield "output", ops._paste(data, number, **part(self))

    def gradient(self, d_output):
        yield "data", ops._slice_assign_scalar(d_output, scalar=0.0, begin=self.begin, end=self.end, step=self.step)
