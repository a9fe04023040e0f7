"""A part of an image, by size."""

from __future__ import annotations

from typing import Any

from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensors
from symbolic.ops.spatial.rules import images
from symbolic.values.shape import NO_RANK, UNKNOWN


@operator
class Crop(Operator):
    """Take a part of each image, as high and wide as a second input, or as ``h_w`` says."""

    data: list[Tensor] = tensors("Images; and, if there are two inputs, what gives the size.", count="num_args")
    output: Tensor = result("The part.", shape="(n, c, h', w')")
    num_args: int = param("How many inputs.", ge=1, le=2)
    offset: Shape = param("First row and column.", default=(0, 0), ge=0, check=lambda offset: len(offset) >= 2, needs="a row and a column")
    h_w: Shape = param("Height and width, if there is one input.", default=(0, 0))
    center_crop: bool = param("Take the middle; ``offset`` has no effect.", default=False)

    def check(self) -> str | None:
        if self.num_args == 1 and (len(self.h_w) < 2 or min(self.h_w[:2]) < 1):
            return f"h_w must be a height and a width, of at least 1, not {self.h_w}"
        return None

    def infer_shape(self, data, output):
        image, *like = data
        part = self.h_w[:2] if self.num_args == 1 else (UNKNOWN, UNKNOWN)
        yield "output", (UNKNOWN, UNKNOWN, *part)
        yield "data", [(UNKNOWN,) * 4] * len(data)
        if like and like[0] is not NO_RANK:
            part = images(like[0], "the second input")[2:]
        n, channels, *sizes = images(image)
        yield "output", (n, channels, *part)
        yield "data", [(*output[:2], UNKNOWN, UNKNOWN), *[(UNKNOWN, UNKNOWN, *output[2:]) for _ in like]]
        for size, length, begin in zip(sizes, part, self.begins(sizes, part), strict=True):
            if size is not UNKNOWN and length is not UNKNOWN and not 0 <= begin <= size - length:
                raise ShapeError(f"{length} from {begin} on is no part of an axis of {size}")

    def begins(self, sizes: Any, part: Any) -> list[Any]:
        """Say where the part begins on each axis."""
        if self.center_crop:
            return [(size - length) // 2 for size, length in zip(sizes, part, strict=True)]
        return list(self.offset[:2])

    def infer_dtype(self, data, output):
        yield "output", data[0]
        yield "data", [output, *data[1:]]

    gradient = backward_op(needs=("data",), only_shape={"data": True})
