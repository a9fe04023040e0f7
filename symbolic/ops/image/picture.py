"""Pictures as arrays: turned round, cut, and made into what networks read.

A picture is ``(h, w, c)``, with one channel or three, a stack of them ``(n, h, w, c)``; what networks read is ``(c, h, w)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, declare, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.op import Op
from symbolic.operator.rules import all_alike
from symbolic.values.shape import UNKNOWN

__all__ = ["has_channels", "one_or_stack", "picture"]


def one_or_stack(shape: Any) -> Any:
    """Check that a shape is that of a picture or of a stack of pictures.

    Raises
    ------
    ShapeError
        If it has neither three axes nor four.
    """
    if len(shape) not in (3, 4):
        raise ShapeError(f"{shape} is neither a picture (h, w, c) nor a stack of pictures (n, h, w, c)")
    return shape


def has_channels(count: Any, shape: Any) -> None:
    """Refuse pictures with channels that are not grey or red, green and blue."""
    if count is not UNKNOWN and count not in (1, 3):
        raise ShapeError(f"{shape} has {count} channels; one or three are possible")


def picture(data, output):
    """Shape rule: a picture stays a picture.

    Raises
    ------
    ShapeError
        If there are other than three axes, or other than one or three channels.
    """
    yield "output", data
    yield "data", output
    if len(data) != 3:
        raise ShapeError(f"{data} is no picture (h, w, c)")
    has_channels(data[2], data)


@operator(aliases=("_npx__image_to_tensor",))
class _image_to_tensor(Operator):
    """Make ``(h, w, c)`` from 0 to 255 into ``(c, h, w)`` from 0 to 1, as float32."""

    data: Tensor = tensor("Picture, or pictures.", shape="(h, w, c) or (n, h, w, c)")
    output: Tensor = result("The same for networks.", shape="(c, h, w) or (n, c, h, w)")

    def infer_shape(self, data, output):
        *stack, height, width, channels = one_or_stack(data)
        yield "output", (*stack, channels, height, width)
        *stack, channels, height, width = one_or_stack(output)
        yield "data", (*stack, height, width, channels)

    def infer_dtype(self):
        yield "output", np.dtype("float32")

    def body(self, data):
        turned = ops.SwapAxis(ops.SwapAxis(data, dim1=-1, dim2=-2), dim1=-2, dim2=-3)
        yield "output", ops.Cast(turned, dtype="float32") / 255


@operator(aliases=("_npx__image_crop",))
class _image_crop(Operator):
    """Cut a part out of pictures: ``data[y:y + height, x:x + width]``."""

    data: Tensor = tensor("Picture, or pictures.", shape="(h, w, c) or (n, h, w, c)")
    output: Tensor = result("The part.", shape="(height, width, c) or (n, height, width, c)")
    x: int = param("First column.", ge=0)
    y: int = param("First row.", ge=0)
    width: int = param("Columns.", ge=1)
    height: int = param("Rows.", ge=1)

    infer_dtype = all_alike

    def infer_shape(self, data, output):
        *stack, height, width, channels = one_or_stack(data)
        yield "output", (*stack, self.height, self.width, channels)
        has_channels(channels, data)
        for size, begin, length in ((height, self.y, self.height), (width, self.x, self.width)):
            if size is not UNKNOWN and begin + length > size:
                raise ShapeError(f"{length} from {begin} on is no part of an axis of {size}")
        yield "data", (*output[:-3], UNKNOWN, UNKNOWN, output[-1])

    def body(self, data):
        rows = ops.slice_axis(data, axis=-3, begin=self.y, end=self.y + self.height)
        yield "output", ops.slice_axis(rows, axis=-2, begin=self.x, end=self.x + self.width)


def flip(name: str, doc: str, axis: int) -> Op:
    """Declare the turning of a picture."""

    class Flip(Operator):
        data: Tensor = tensor("Picture.", shape="(h, w, c)")

        infer_dtype = all_alike

        def infer_shape(self, data, output):
            yield from picture(data, output)

        def body(self, data):
            yield "output", ops.reverse(data, axis=axis)

    Flip.__doc__ = doc
    return declare(Flip, f"_image_{name}", (f"_npx__image_{name}",))


def random_flip(name: str, doc: str, axis: int) -> Op:
    """Declare the turning of a picture in half of the cases."""

    class RandomFlip(Operator):
        data: Tensor = tensor("Picture.", shape="(h, w, c)")

        random = True
        infer_dtype = all_alike

        def infer_shape(self, data, output):
            yield from picture(data, output)

        def body(self, data):
            is_turned = ops.broadcast_like(ops._random_uniform(shape=(1,)), data) < 0.5
            yield "output", ops.where(is_turned, ops.reverse(data, axis=axis), data)

    RandomFlip.__doc__ = doc
    return declare(RandomFlip, f"_image_{name}", (f"_npx__image_{name}",))


flip("flip_left_right", "Mirror a picture, its left column becomes the right one: ``output[y, x] = data[y, w - 1 - x]``.", axis=1)
flip("flip_top_bottom", "Mirror a picture, its top row becomes the bottom one: ``output[y, x] = data[h - 1 - y, x]``.", axis=0)
random_flip("random_flip_left_right", "Mirror a picture left to right, or not, with equal probability.", axis=1)
random_flip("random_flip_top_bottom", "Mirror a picture top to bottom, or not, with equal probability.", axis=0)
