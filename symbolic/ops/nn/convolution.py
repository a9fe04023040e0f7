"""Convolution: windows of learned weights over one, two or three spatial axes."""

from __future__ import annotations

from typing import Any, Literal

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike
from symbolic.ops.nn import window
from symbolic.ops.nn.window import channel_axis, conv_length, data_length, joined, spatial, window_problem
from symbolic.values.shape import UNKNOWN


def gradient_of_gradient(self, data, weight, d_output, d_d_data, d_d_weight, d_d_bias):
    """Differentiate the gradient: it is linear in ``d_output``, and in one of data and weight."""
    words = {**self._words, "no_bias": True}
    bias = {} if self.no_bias else {"bias": d_d_bias}
    from_data = ops.Convolution(d_d_data, weight, **words)
    from_weight = ops.Convolution(data, d_d_weight, **{**self._words, **bias})
    yield "d_output", from_data + from_weight
    backward = ops._backward_Convolution
    yield "data", backward(d_output, data, d_d_weight, **self._words)[0]
    yield "weight", backward(d_output, d_d_data, weight, **self._words)[1]


@operator(aliases=("_npx_convolution",))
class Convolution(Operator):
    """Slide ``num_filter`` learned windows over one, two or three spatial axes.

    ``output[n, f, p] = bias[f] + sum over channels and taps t of data[n, c, p stride + t dilate - pad] weight[f, c, t]``
    (a cross-correlation: windows are not flipped). Each group of channels has windows of its own.
    """

    data: Tensor = tensor("Input.", shape="(n, c, *x)")
    weight: Tensor = tensor("Windows.", shape="(num_filter, c / num_group, *kernel)")
    bias: Tensor = tensor("Added to each channel.", shape="(num_filter,)", when=lambda op: not op.no_bias)
    output: Tensor = result("What each window sees, at each of its places.", shape="(n, num_filter, *y)")
    kernel: Shape = window.KERNEL
    stride: Shape = window.STRIDE
    dilate: Shape = window.DILATE
    pad: Shape = window.PAD
    num_filter: int = window.NUM_FILTER
    num_group: int = window.NUM_GROUP
    workspace: int = window.WORKSPACE
    no_bias: bool = param("Leave out ``bias``.", default=False)
    cudnn_tune: Literal["off", "limited_workspace", "fastest"] | None = window.CUDNN_TUNE
    cudnn_off: bool = window.CUDNN_OFF
    layout: Literal["NCW", "NCHW", "NCDHW", "NHWC", "NDHWC"] | None = window.LAYOUT

    infer_dtype = floats_alike

    def check(self) -> str | None:
        return window_problem(self, "stride", "dilate", "pad")

    def axes(self) -> list[tuple[Any, ...]]:
        """List kernel, stride, dilation and padding of each spatial axis."""
        ones = (1,) * len(self.kernel)
        return list(zip(self.kernel, self.stride or ones, self.dilate or ones, self.pad or (0,) * len(ones), strict=True))

    def infer_shape(self, data, weight, output):
        yield "bias", (self.num_filter,)
        space = len(self.kernel)
        last = channel_axis(self.layout) == -1
        unknown = (self.num_filter, *self.kernel, UNKNOWN) if last else (self.num_filter, UNKNOWN, *self.kernel)
        yield "weight", unknown
        yield "output", joined(UNKNOWN, self.num_filter, [UNKNOWN] * space, self.layout)
        yield "data", joined(UNKNOWN, UNKNOWN, [UNKNOWN] * space, self.layout)
        n, channels, sizes = spatial(data, space, self.layout)
        if channels is not UNKNOWN and channels % self.num_group:
            raise ShapeError(f"{channels} channels are no multiple of num_group {self.num_group}")
        share = channels // self.num_group
        yield "weight", (self.num_filter, *self.kernel, share) if last else (self.num_filter, share, *self.kernel)
        lengths = [conv_length(size, *axis) for size, axis in zip(sizes, self.axes(), strict=True)]
        yield "output", joined(n, self.num_filter, lengths, self.layout)
        n, _, lengths = spatial(output, space, self.layout)
        share = weight[-1] if last else weight[1]
        sizes = [data_length(length, *axis) for length, axis in zip(lengths, self.axes(), strict=True)]
        yield "data", joined(n, share * self.num_group, sizes, self.layout)

    gradient = backward_op(needs=("data", "weight"), gradient=gradient_of_gradient)


@operator
class Convolution_v1(Operator):
    """Do what `Convolution` does: the form of files before 0.9."""

    data: Tensor = tensor("Input.", shape="(n, c, *x)")
    weight: Tensor = tensor("Windows.", shape="(num_filter, c / num_group, *kernel)")
    bias: Tensor = tensor("Added to each channel.", shape="(num_filter,)", when=lambda op: not op.no_bias)
    output: Tensor = result("What each window sees, at each of its places.", shape="(n, num_filter, *y)")
    kernel: Shape = window.KERNEL
    stride: Shape = window.STRIDE
    dilate: Shape = window.DILATE
    pad: Shape = window.PAD
    num_filter: int = window.NUM_FILTER
    num_group: int = window.NUM_GROUP
    workspace: int = window.WORKSPACE
    no_bias: bool = param("Leave out ``bias``.", default=False)
    cudnn_tune: Literal["off", "limited_workspace", "fastest"] | None = window.CUDNN_TUNE
    cudnn_off: bool = window.CUDNN_OFF
    layout: Literal["NCHW", "NCDHW", "NHWC", "NDHWC"] | None = window.LAYOUT

    def check(self) -> str | None:
        return window_problem(self, "stride", "dilate", "pad")

    def body(self, data, weight, bias):
        yield "output", ops.Convolution(data, weight, *([] if self.no_bias else [bias]), **self._words)
