"""Elements added around an array."""

from __future__ import annotations

from typing import Literal

from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import all_alike
from symbolic.values.shape import NO_RANK, UNKNOWN


@operator(aliases=("pad",))
class Pad(Operator):
    """Add elements before and behind axes: a constant, copies of the edge, or the array mirrored at its edge."""

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The padded array.", shape="each axis longer by its two numbers in ``pad_width``")
    mode: Literal["constant", "edge", "reflect"] = param("What is added.")
    pad_width: Shape = param("How much before and behind each axis: two numbers an axis.", ge=0)
    constant_value: float = param("The constant.", default=0.0)

    infer_dtype = all_alike

    def widths(self) -> list[tuple[int, int]]:
        """Pair the widths of each axis."""
        return list(zip(self.pad_width[::2], self.pad_width[1::2], strict=True))

    def check(self) -> str | None:
        return f"pad_width {self.pad_width} has an odd length" if len(self.pad_width) % 2 else None

    def infer_shape(self, data, output):
        widths = self.widths()
        if output is not NO_RANK:
            yield "data", tuple(size - before - behind for size, (before, behind) in zip(output, widths, strict=True))
        if len(data) != len(widths):
            raise ShapeError(f"pad_width {self.pad_width} is for {len(widths)} axes, not for {data}")
        for size, pair in zip(data, widths, strict=True):
            if self.mode == "reflect" and size is not UNKNOWN and max(pair) >= size > 0:
                raise ShapeError(f"{max(pair)} elements cannot be mirrored from an axis of {size}")
        yield "output", tuple(size + before + behind for size, (before, behind) in zip(data, widths, strict=True))

    gradient = backward_op()
