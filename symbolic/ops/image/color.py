"""Colours of pictures: normalised, and changed at random to train with.

The gradient of a random change of colours passes as it is, as in MXNet.
"""

from __future__ import annotations

import numpy as np

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, declare, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.op import Op
from symbolic.operator.rules import all_alike
from symbolic.ops.image.picture import has_channels, picture

FLOAT32 = np.dtype("float32")
KINDS = ("brightness", "contrast", "saturation", "hue")
PICTURE = tensor("Picture.", shape="(h, w, c)")
Numbers = tuple[float, ...]


@operator(aliases=("_npx__image_normalize",))
class _image_normalize(Operator):
    """Subtract a mean and divide by a deviation, channel by channel: ``(data - mean) / std``."""

    data: Tensor = tensor("Picture, or pictures, for networks.", shape="(c, h, w) or (n, c, h, w)")
    mean: Numbers = param("Mean of each channel, or one for all.", default=(0.0,) * 4)
    std: Numbers = param("Deviation of each channel, or one for all.", default=(1.0,) * 4)

    infer_dtype = all_alike

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        if len(data) not in (3, 4):
            raise ShapeError(f"{data} is neither a picture (c, h, w) nor a stack of pictures (n, c, h, w)")
        channels = data[-3]
        has_channels(channels, data)
        for word, numbers in (("mean", self.mean), ("std", self.std)):
            if len(numbers) != 1 and len(numbers) != channels:
                raise ShapeError(f"{word} {numbers} has {len(numbers)} numbers; one, or {channels} for as many channels, are possible")

    def gradient(self, d_output):
        yield "data", ops._image_normalize(d_output, mean=(0.0,), std=self.std)


@operator
class _image_color(Operator):
    """Change colours, by a factor each.

    ``brightness`` multiplies; ``contrast`` multiplies what differs from the mean grey, ``saturation`` what differs from the grey
    of the element; ``hue`` turns the wheel of colours by a part of its circle. Results of whole numbers are cut off, of uint8
    also bounded, after each change.
    """

    data: Tensor = PICTURE
    factors: Tensor = tensor("Factor of each kind of change.", shape="(k,)")
    order: Tensor = tensor("Numbers; the kind with the least one comes first.", shape="(k,)", when=lambda op: "," in op.kinds)
    kinds: str = param("Which changes, with commas between.", check=lambda kinds: {*kinds.split(",")} <= {*KINDS}, needs=f"some of {KINDS}")

    def infer_shape(self, data, output):
        count = len(self.kinds.split(","))
        yield "factors", (count,)
        yield "order", (count,)
        yield from picture(data, output)

    def infer_dtype(self, data, output):
        yield "factors", FLOAT32
        yield "order", FLOAT32
        yield "output", data
        yield "data", output

    def gradient(self, d_output):
        yield "data", d_output


@operator
class _image_light(Operator):
    """Add some of the main components of the colours of photographs.

    Source: Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional neural networks, 4.1.
    """

    data: Tensor = PICTURE
    alpha: Tensor = tensor("How much of each of the three components.", shape="(3,)")

    def infer_shape(self, data, output):
        yield "alpha", (3,)
        yield from picture(data, output)

    def infer_dtype(self, data, output):
        yield "alpha", FLOAT32
        yield "output", data
        yield "data", output

    def gradient(self, d_output):
        yield "data", d_output


def random_change(kind: str, doc: str) -> Op:
    """Declare a change by a factor between two bounds."""

    class Change(Operator):
        data: Tensor = PICTURE
        min_factor: float = param("Least factor.", ge=0)
        max_factor: float = param("Largest factor.", ge=0)

        random = True
        infer_dtype = all_alike

        def infer_shape(self, data, output):
            yield from picture(data, output)

        def body(self, data):
            low, high = sorted((self.min_factor, self.max_factor))  # MXNet does not mind their order
            factor = ops._random_uniform(low=low, high=high, shape=(1,))
            yield "output", ops._image_color(data, factor, kinds=kind)

    Change.__doc__ = doc
    return declare(Change, f"_image_random_{kind}", (f"_npx__image_random_{kind}",))


random_change("brightness", "Multiply a picture by a random factor: ``factor * data``.")
random_change("contrast", "Multiply what differs from the mean grey by a random factor: ``factor * (data - mean) + mean``.")
random_change("saturation", "Multiply what differs from each element's grey by a random factor: ``factor * (data - grey) + grey``.")
random_change("hue", "Turn the wheel of colours by a random part of its circle.")


@operator(aliases=("_npx__image_random_color_jitter",))
class _image_random_color_jitter(Operator):
    """Change brightness, contrast, saturation and hue, in random order.

    Factors are drawn up to so far from one, the turn of the hue up to so far from zero. What is not positive changes nothing.
    """

    data: Tensor = PICTURE
    brightness: float = param("How far the factor may be from one.")
    contrast: float = param("How far the factor may be from one.")
    saturation: float = param("How far the factor may be from one.")
    hue: float = param("How far the hue may turn, as a part of the circle.")

    random = True
    infer_dtype = all_alike

    def infer_shape(self, data, output):
        yield from picture(data, output)

    def body(self, data):
        reach = {kind: getattr(self, kind) for kind in KINDS if getattr(self, kind) > 0}
        if not reach:
            yield "output", ops.identity(data)
            return
        around = {kind: 0.0 if kind == "hue" else 1.0 for kind in reach}
        draws = [ops._random_uniform(low=around[kind] - far, high=around[kind] + far, shape=(1,)) for kind, far in reach.items()]
        order = [ops._random_uniform(shape=(len(reach),))] if len(reach) > 1 else []
        yield "output", ops._image_color(data, ops.Concat(*draws, dim=0), *order, kinds=",".join(reach))


@operator(aliases=("_npx__image_adjust_lighting",))
class _image_adjust_lighting(Operator):
    """Add given amounts of the main components of the colours of photographs."""

    data: Tensor = PICTURE
    alpha: Numbers = param("How much of each component.", check=lambda alpha: len(alpha) >= 3, needs="three numbers")

    infer_dtype = all_alike

    def infer_shape(self, data, output):
        yield from picture(data, output)

    def body(self, data):
        alpha = ops.Concat(*[ops._full(shape=(1,), value=value) for value in self.alpha[:3]], dim=0)
        yield "output", ops._image_light(data, alpha)


@operator(aliases=("_npx__image_random_lighting",))
class _image_random_lighting(Operator):
    """Add random amounts of the main components of the colours of photographs."""

    data: Tensor = PICTURE
    alpha_std: float = param("Standard deviation of the amounts.", default=0.05)

    random = True
    infer_dtype = all_alike

    def infer_shape(self, data, output):
        yield from picture(data, output)

    def body(self, data):
        yield "output", ops._image_light(data, ops._random_normal(shape=(3,)) * self.alpha_std)
