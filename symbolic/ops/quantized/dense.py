"""Products of integers that stand for real numbers: affine maps and convolution; see ``ranges.py``.

The sums of products are exact; beyond 32 bits they wrap around.
"""

from __future__ import annotations

from typing import Any, Literal

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.ops.nn import window
from symbolic.ops.quantized.ranges import (
    FLOAT32,
    FULL_INT32,
    INT8,
    INT32,
    MAX_OUTPUT,
    MIN_OUTPUT,
    eight_bits,
    high,
    low,
    magnitude,
    numbers,
    shapes_of,
    types,
)

ENDS = ("min_data", "max_data", "min_weight", "max_weight", "min_bias", "max_bias", "min_output", "max_output")
NUM_HIDDEN = param("Number of output features.", ge=1)
FLATTEN = param("Take every axis but the first as features.", default=True)
NO_BIAS = param("Leave out ``bias``.", default=False)


def has_bias(op: Any) -> bool:
    return not op.no_bias


def product_types(data: Any) -> Any:
    """Say that a product of integers has 32 bits: for a type rule."""
    yield "output", INT32
    yield "weight", INT8
    eight_bits(data=data)


def exact(operator: Any, data: Any, weight: Any, *bias: Any, **words: Any) -> Any:
    """Compute in float64, which holds every integer up to 2 ** 53, and keep the lowest 32 bits."""
    wide = operator(*[ops.Cast(x, dtype="float64") for x in (data, weight, *bias)], **words)
    return ops.Cast(ops.Cast(wide, dtype="int64"), dtype="int32")


# -- affine maps ----------------------------------------------------------------------------------------------------------


@operator
class _integer_product(Operator):
    """Multiply rows of integers: ``data @ weight.T``."""

    data: Tensor = tensor("Integers of eight bits.", shape="(n, *x), or (*n, k) unflattened")
    weight: Tensor = tensor("One row per output feature, int8.", shape="(num_hidden, k)")
    num_hidden: int = NUM_HIDDEN
    flatten: bool = FLATTEN

    gradient = not_differentiable

    def infer_shape(self, data, weight, output):
        return shapes_of(ops.FullyConnected, {**self._words, "no_bias": True}, data=data, weight=weight, output=output)

    def infer_dtype(self, data):
        return product_types(data)

    def body(self, data, weight):
        yield "output", exact(ops.FullyConnected, data, weight, num_hidden=self.num_hidden, flatten=self.flatten, no_bias=True)


@operator
class _contrib_quantized_fully_connected(Operator):
    """Map features affinely: ``data @ weight.T + bias``.

    The bias is first rounded, towards zero, to the unit of the products.
    """

    data: Tensor = tensor("Integers of eight bits.", shape="(n, *x), or (*n, k) unflattened")
    weight: Tensor = tensor("One row per output feature, int8.", shape="(num_hidden, k)")
    bias: Tensor = tensor("Added to every row, int8.", shape="(num_hidden,)", when=has_bias)
    min_data: Tensor = low("data")
    max_data: Tensor = high("data")
    min_weight: Tensor = low("weight")
    max_weight: Tensor = high("weight")
    min_bias: Tensor = low("bias", has_bias)
    max_bias: Tensor = high("bias", has_bias)
    output: Tensor = result("Integers of 32 bits.", shape="(n, num_hidden), or (*n, num_hidden) unflattened")
    min_output: Tensor = MIN_OUTPUT
    max_output: Tensor = MAX_OUTPUT
    num_hidden: int = NUM_HIDDEN
    no_bias: bool = NO_BIAS
    flatten: bool = FLATTEN

    gradient = not_differentiable

    def infer_shape(self, data, weight, bias, output):
        yield from numbers(*ENDS)
        yield from shapes_of(ops.FullyConnected, self._words, data=data, weight=weight, bias=bias, output=output)

    def infer_dtype(self, data):
        yield "bias", INT8
        yield from types(FLOAT32, *ENDS)
        yield from product_types(data)

    def body(self, data, weight, bias, min_data, max_data, min_weight, max_weight, min_bias, max_bias):
        output = ops._integer_product(data, weight, num_hidden=self.num_hidden, flatten=self.flatten)
        limits = magnitude(min_data, max_data), magnitude(min_weight, max_weight)
        full = ops._full_scale(data)
        if bias is not None:
            units = (full / limits[0]) * (127.5 / limits[1])
            places = ops.broadcast_mul(ops.Cast(bias, dtype="float32"), magnitude(min_bias, max_bias) * units / 127.5)
            addend = ops.Cast(ops.clip(places, a_min=-FULL_INT32, a_max=FULL_INT32 - 128), dtype="int32")
            output = ops.broadcast_add(output, ops._on_axis(addend, output, axis=-1))
        limit = (limits[0] / 127) * (limits[1] / (full - 0.5)) * FULL_INT32  # whose the 255 is matters only to the last bit
        yield "output", output
        yield "min_output", -limit
        yield "max_output", limit


# -- convolution ----------------------------------------------------------------------------------------------------------


@operator
class _integer_convolution(Operator):
    """Slide windows of integers over spatial axes; `Convolution` without bias."""

    data: Tensor = tensor("Integers of eight bits.", shape="(n, c, *x)")
    weight: Tensor = tensor("Windows, int8.", shape="(num_filter, c / num_group, *kernel)")
    kernel: Shape = window.KERNEL
    stride: Shape = window.STRIDE
    dilate: Shape = window.DILATE
    pad: Shape = window.PAD
    num_filter: int = window.NUM_FILTER
    num_group: int = window.NUM_GROUP
    layout: Literal["NCW", "NCHW", "NCDHW", "NHWC", "NDHWC"] | None = window.LAYOUT

    gradient = not_differentiable

    def infer_shape(self, data, weight, output):
        return shapes_of(ops.Convolution, {**self._words, "no_bias": True}, data=data, weight=weight, output=output)

    def infer_dtype(self, data):
        return product_types(data)

    def body(self, data, weight):
        yield "output", exact(ops.Convolution, data, weight, **self._words, no_bias=True)


@operator
class _contrib_quantized_conv(Operator):
    """Slide ``num_filter`` learned windows over one, two or three spatial axes.

    As in the reference, the bias is added to the products as it is, whatever its range, and the output's range is that
    of int8 data even if the data is unsigned.
    """

    data: Tensor = tensor("Integers of eight bits.", shape="(n, c, *x)")
    weight: Tensor = tensor("Windows, int8.", shape="(num_filter, c / num_group, *kernel)")
    bias: Tensor = tensor("Added to each channel, int8.", shape="(num_filter,)", when=has_bias)
    min_data: Tensor = low("data")
    max_data: Tensor = high("data")
    min_weight: Tensor = low("weight")
    max_weight: Tensor = high("weight")
    min_bias: Tensor = low("bias", has_bias)
    max_bias: Tensor = high("bias", has_bias)
    output: Tensor = result("Integers of 32 bits.", shape="(n, num_filter, *y)")
    min_output: Tensor = MIN_OUTPUT
    max_output: Tensor = MAX_OUTPUT
    kernel: Shape = window.KERNEL
    stride: Shape = window.STRIDE
    dilate: Shape = window.DILATE
    pad: Shape = window.PAD
    num_filter: int = window.NUM_FILTER
    num_group: int = window.NUM_GROUP
    workspace: int = window.WORKSPACE
    no_bias: bool = NO_BIAS
    cudnn_tune: Literal["off", "limited_workspace", "fastest"] | None = window.CUDNN_TUNE
    cudnn_off: bool = window.CUDNN_OFF
    layout: Literal["NCW", "NCHW", "NCDHW", "NHWC", "NDHWC"] | None = window.LAYOUT

    gradient = not_differentiable

    def check(self) -> str | None:
        return window.window_problem(self, "stride", "dilate", "pad")

    def infer_shape(self, data, weight, bias, output):
        yield from numbers(*ENDS)
        yield from shapes_of(ops.Convolution, self._words, data=data, weight=weight, bias=bias, output=output)

    def infer_dtype(self, data):
        yield "bias", INT8
        yield from types(FLOAT32, *ENDS)
        yield from product_types(data)

    def body(self, data, weight, bias, min_data, max_data, min_weight, max_weight):
        words: Any = {word: text for word, text in self._words.items() if word in ops._integer_convolution.params}
        output = ops._integer_convolution(data, weight, **words)
        if bias is not None:
            axis = window.channel_axis(self.layout)
            output = ops.broadcast_add(output, ops._on_axis(ops.Cast(bias, dtype="int32"), output, axis=axis))
        limit = (magnitude(min_data, max_data) / 127) * (magnitude(min_weight, max_weight) / 127) * FULL_INT32
        yield "output", output
        yield "min_output", -limit
        yield "max_output", limit
