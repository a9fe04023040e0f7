"""Pictures of another size."""

from __future__ import annotations

from typing import Any

from symbolic.errors import DTypeError
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.ops.image.picture import one_or_stack
from symbolic.values.shape import UNKNOWN


@operator(aliases=("_npx__image_resize",))
class _image_resize(Operator):
    """Resize pictures, as OpenCV does."""

    data: Tensor = tensor("Picture, or pictures; uint8, or of a floating-point type.", shape="(h, w, c) or (n, h, w, c)")
    output: Tensor = result("In the new size.", shape="(h', w', c) or (n, h', w', c)")
    size: Shape = param("Width and height; one number for both, or for the shorter side.", default=())
    keep_ratio: bool = param("With one number, let the longer side keep its ratio to the shorter.", default=False)
    interp: int = param("0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos, 5 linear with uint8 rounded once.", default=1, ge=0, le=5)

    gradient = not_differentiable

    def check(self) -> str | None:
        if len(self.size) not in (1, 2) or min(self.size) < 1:
            return f"size must be one number or a width and a height, of at least 1, not {self.size}"
        return None

    def infer_dtype(self, data, output):
        for dtype in (data, output):
            if dtype is not None and dtype.kind != "f" and dtype.name != "uint8":
                raise DTypeError(f"data must be uint8 or of a floating-point type, not {dtype.name}")
        yield "output", data
        yield "data", output

    def infer_shape(self, data, output):
        *stack, height, width, channels = one_or_stack(data)
        yield "output", (*stack, *self.sizes(height, width), channels)
        yield "data", (*output[:-3], UNKNOWN, UNKNOWN, output[-1])

    def sizes(self, height: Any, width: Any) -> tuple[Any, Any]:
        """Find the new height and width."""
        if len(self.size) == 2 or not self.keep_ratio:
            return self.size[-1], self.size[0]
        side = self.size[0]
        if height is UNKNOWN or width is UNKNOWN:
            return UNKNOWN, UNKNOWN
        return (side * height // width, side) if height > width else (side, side * width // height)
