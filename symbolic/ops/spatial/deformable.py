"""Convolution whose windows are deformed: each tap reads at a place of its own, shifted by an input.

Source: Dai et al. (2017), Deformable convolutional networks, section 2.1; Zhu, Hu, Lin and Dai (2019), Deformable ConvNets
v2: more deformable, better results, section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, Literal

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, tensor
from symbolic.ops.nn import window
from symbolic.ops.nn.window import conv_length, data_length, window_problem
from symbolic.ops.spatial.rules import floats_alike, images
from symbolic.values.shape import UNKNOWN

DATA = tensor("Input.", shape="(n, c, h, w)")
OFFSET = tensor("How far each tap is shifted, in y and in x, at each position.", shape="(n, num_deformable_group * taps * 2, h', w')")
WEIGHT = tensor("Windows.", shape="(num_filter, c / num_group, *kernel)")
BIAS = tensor("Added to each channel.", shape="(num_filter,)", when=lambda op: not op.no_bias)
NUM_DEFORMABLE_GROUP = param("Groups of channels that are shifted alike.", default=1, ge=1)
NO_BIAS = param("Leave out ``bias``.", default=False)
Layout = Literal["NCDHW", "NCHW", "NCW"] | None


def deformed_problem(op: Any) -> str | None:
    """Say what is wrong with the parameters."""
    if len(op.kernel) != 2:
        return f"kernel {op.kernel} has {len(op.kernel)} axes; two are possible"
    return window_problem(op, "stride", "dilate", "pad")


def axes(op: Any) -> list[tuple[int, int, int, int]]:
    """List kernel, stride, dilation and padding of both axes."""
    return list(zip(op.kernel, op.stride or (1, 1), op.dilate or (1, 1), op.pad or (0, 0), strict=True))


def deformed_shapes(op: Any, data: Any, weight: Any, output: Any) -> Iterator[tuple[str, Any]]:
    """Give the facts about shapes; ``mask`` stands among them."""
    taps = prod(op.kernel) * op.num_deformable_group
    per_tap = {"offset": 2 * taps, "mask": taps, "output": op.num_filter}
    yield "bias", (op.num_filter,)
    yield "weight", (op.num_filter, UNKNOWN, *op.kernel)
    yield "data", (UNKNOWN,) * 4
    for slot, channels in per_tap.items():
        yield slot, (UNKNOWN, channels, UNKNOWN, UNKNOWN)
    n, channels, *sizes = images(data)
    if channels is not UNKNOWN and (channels % op.num_group or channels % op.num_deformable_group):
        raise ShapeError(
            f"{channels} channels are no multiple of num_group {op.num_group} and num_deformable_group {op.num_deformable_group}"
        )
    yield "weight", (op.num_filter, channels // op.num_group, *op.kernel)
    lengths = [conv_length(size, *axis) for size, axis in zip(sizes, axes(op), strict=True)]
    for slot, channels in per_tap.items():
        yield slot, (n, channels, *lengths)
    sizes = [data_length(length, *axis) for length, axis in zip(output[2:], axes(op), strict=True)]
    yield "data", (output[0], weight[1] * op.num_group, *sizes)
    for slot, channels in per_tap.items():
        yield slot, (output[0], channels, *output[2:])


def grouped(op: Any, array: Any) -> Any:
    """Give each deformable group its own place in the batch: ``(n, g * k, h, w)`` becomes ``(n * g, k, h, w)``."""
    return ops.reshape(ops.reshape(array, shape=(0, -4, op.num_deformable_group, -1, 0, 0)), shape=(-3, 0, 0, 0))


def places(op: Any, offset: Any) -> tuple[Any, Any]:
    """Find the row and the column that each tap reads, ``(n * g, taps, h', w')``: ``position * stride + tap * dilate - pad + offset``."""
    pairs = ops.reshape(grouped(op, offset), shape=(0, -4, prod(op.kernel), 2, 0, 0))
    y, x = ops.SliceChannel(pairs, num_outputs=2, axis=2, squeeze_axis=True)
    (_, stride_y, dilate_y, pad_y), (width, stride_x, dilate_x, pad_x) = axes(op)

    def count(axis: int, **how: Any) -> Any:
        return ops._on_axis(ops._contrib_arange_like(y, axis=axis, **how), y, axis=axis)

    tap_y = count(1, step=dilate_y, repeat=width)
    tap_x = count(1, step=dilate_x) - count(1, step=dilate_x * width, repeat=width)
    from_y, from_x = count(2, start=-pad_y, step=stride_y), count(3, start=-pad_x, step=stride_x)
    return ops.broadcast_add(y, ops.broadcast_add(tap_y, from_y)), ops.broadcast_add(x, ops.broadcast_add(tap_x, from_x))


def deformed(op: Any, data: Any, offset: Any, mask: Any, weight: Any, bias: Any, border: Any) -> Any:
    """Read all taps, and convolve them as channels of their own with windows of a single element."""
    taps = ops._sample(grouped(op, data), *places(op, offset), border=border)  # (n * g, c / g, taps, h', w')
    if mask is not None:
        taps = ops.broadcast_mul(taps, ops.expand_dims(grouped(op, mask), axis=1))
    for shape in ((-4, -1, op.num_deformable_group, 0, 0, 0, 0), (0, -3, 0, 0, 0), (0, -3, 0, 0)):
        taps = ops.reshape(taps, shape=shape)  # ends as (n, c * taps, h', w')
    inputs = [taps, ops.reshape(weight, shape=(0, -1, 1, 1)), *([] if bias is None else [bias])]
    return ops.Convolution(*inputs, kernel=(1, 1), num_filter=op.num_filter, num_group=op.num_group, no_bias=op.no_bias)


@operator
class _contrib_DeformableConvolution(Operator):
    """Convolve, each tap of a window shifted by an offset of its own.

    ``output[n, f, p] = bias[f] + sum over channels and taps t of data[n, c, p stride + t dilate - pad + offset[n, t, p]]
    weight[f, c, t]``.

    Between elements a tap interpolates; what it reads above or left of the image, or a whole element below or right of it,
    is zero.
    """

    data: Tensor = DATA
    offset: Tensor = OFFSET
    weight: Tensor = WEIGHT
    bias: Tensor = BIAS
    kernel: Shape = window.KERNEL
    stride: Shape = window.STRIDE
    dilate: Shape = window.DILATE
    pad: Shape = window.PAD
    num_filter: int = window.NUM_FILTER
    num_group: int = window.NUM_GROUP
    num_deformable_group: int = NUM_DEFORMABLE_GROUP
    workspace: int = window.WORKSPACE
    no_bias: bool = NO_BIAS
    layout: Layout = window.LAYOUT

    check = deformed_problem
    infer_dtype = floats_alike

    def infer_shape(self, data, weight, output):
        yield from (fact for fact in deformed_shapes(self, data, weight, output) if fact[0] != "mask")

    def body(self, data, offset, weight, bias):
        yield "output", deformed(self, data, offset, None, weight, bias, "edge")


@operator
class _contrib_ModulatedDeformableConvolution(Operator):
    """Convolve, each tap of a window shifted by an offset and multiplied by a factor of its own, ``mask``.

    Between elements a tap interpolates; around the image are zeros.
    """

    data: Tensor = DATA
    offset: Tensor = OFFSET
    mask: Tensor = tensor("Factor of each tap at each position.", shape="(n, num_deformable_group * taps, h', w')")
    weight: Tensor = WEIGHT
    bias: Tensor = BIAS
    kernel: Shape = window.KERNEL
    stride: Shape = window.STRIDE
    dilate: Shape = window.DILATE
    pad: Shape = window.PAD
    num_filter: int = window.NUM_FILTER
    num_group: int = window.NUM_GROUP
    num_deformable_group: int = NUM_DEFORMABLE_GROUP
    workspace: int = window.WORKSPACE
    no_bias: bool = NO_BIAS
    im2col_step: int = param("No effect.", default=64, ge=1)
    layout: Layout = window.LAYOUT

    def check(self) -> str | None:
        if self.num_filter % self.num_deformable_group:
            return f"num_filter {self.num_filter} is no multiple of num_deformable_group {self.num_deformable_group}"
        return deformed_problem(self)

    infer_dtype = floats_alike

    def infer_shape(self, data, weight, output):
        yield from deformed_shapes(self, data, weight, output)

    def body(self, data, offset, mask, weight, bias):
        yield "output", deformed(self, data, offset, mask, weight, bias, "zero")
