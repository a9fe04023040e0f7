"""Images brought to another size."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike
from symbolic.values.shape import NO_RANK, UNKNOWN


@operator
class _contrib_AdaptiveAvgPooling2D(Operator):
    """Average cells that part an image evenly: cell ``i`` of ``o`` covers ``floor(i n / o)`` to ``ceil((i + 1) n / o)``."""

    data: Tensor = tensor("Images.", shape="(n, c, h, w)")
    output: Tensor = result("One mean for each cell.", shape="(n, c, *output_size)")
    output_size: Shape = param("Rows and columns of cells; one number for both, one cell by default.", default=(), ge=1)

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        if len(data) != 4:
            raise ShapeError(f"{data} is no batch of images (n, c, h, w)")
        cells = self.output_size if len(self.output_size) in (1, 2) else (1,)
        yield "output", (*data[:2], cells[0], cells[-1])
        yield "data", (*output[:2], UNKNOWN, UNKNOWN)

    gradient = backward_op(needs=("data",), only_shape={"data": True})


@operator
class _contrib_BilinearResize2D(Operator):
    """Resize images by interpolating between the four nearest elements.

    ``mode`` says how large they become: as ``height`` and ``width`` or the scales say (``size``), odd multiples
    (``odd_scale``), as another image (``like``), or the next even or odd size.
    """

    data: Tensor = tensor("Images.", shape="(n, c, h, w)")
    like: Tensor = tensor("Gives the size.", shape="(n, c, h', w')", when=lambda op: op.mode == "like", only_shape=True)
    output: Tensor = result("Resized images.", shape="(n, c, h', w')")
    height: int = param("Rows of the result.", default=1, ge=1)
    width: int = param("Columns of the result.", default=1, ge=1)
    scale_height: float | None = param("Factor of the rows.", default=None)
    scale_width: float | None = param("Factor of the columns; counts together with ``scale_height``.", default=None)
    mode: Literal["size", "odd_scale", "like", "to_even_down", "to_even_up", "to_odd_down", "to_odd_up"] = param(
        "What decides the size.", default="size"
    )
    align_corners: bool = param("Let the middles of the corners meet, not the corners.", default=True)

    infer_dtype = floats_alike

    def check(self) -> str | None:
        needed = self.mode == "odd_scale" or (self.mode == "size" and self.scale_height is not None)
        if needed and None in (self.scale_height, self.scale_width):
            return f"mode {self.mode} needs both scale_height and scale_width"
        return None

    def infer_shape(self, data, like, output):
        if len(data) != 4:
            raise ShapeError(f"{data} is no batch of images (n, c, h, w)")
        yield "data", data if output is NO_RANK else (*output[:2], UNKNOWN, UNKNOWN)
        if self.mode == "like":
            yield "output", (*data[:2], *like[2:])
            return
        words = ((self.height, self.scale_height), (self.width, self.scale_width))
        sizes = [self.length(size, *word) for size, word in zip(data[2:], words, strict=True)]
        if any(size is not UNKNOWN and size < 1 for size in sizes):
            raise ShapeError(f"{data} would be resized to {sizes}")
        yield "output", (*data[:2], *sizes)

    def length(self, size: Any, wanted: int, scale: float | None) -> Any:
        """Find the new size of one axis."""
        if self.mode == "size" and self.scale_height is None:
            return wanted
        if size is UNKNOWN:
            return UNKNOWN
        if self.mode == "size" or (self.mode == "odd_scale" and size % 2 == 0):
            return int(np.float32(scale) * np.float32(size))
        return {
            "odd_scale": lambda: int(np.float32(scale) * np.float32(size - 1)) + 1,
            "to_even_down": lambda: size - size % 2,
            "to_even_up": lambda: size + size % 2,
            "to_odd_down": lambda: size - 1 + size % 2,
            "to_odd_up": lambda: size + 1 - size % 2,
        }[self.mode]()

    gradient = backward_op(needs=("data", "like"), only_shape={"data": True, "like": True})
