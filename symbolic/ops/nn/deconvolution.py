"""Deconvolution, the transpose of convolution: each element spreads a window of learned weights over the output."""

from __future__ import annotations

from typing import Any, Literal

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike
from symbolic.ops.nn import window
from symbolic.ops.nn.window import channel_axis, joined, spatial, window_problem
from symbolic.values.shape import UNKNOWN


def gradient_of_gradient(self, data, weight, d_output, d_d_data, d_d_weight, d_d_bias):
    """Differentiate the gradient: it is linear in ``d_output``, and in one of data and weight."""
    bias = {} if self.no_bias else {"bias": d_d_bias}
    from_data = ops.Deconvolution(d_d_data, weight, **{**self._words, "no_bias": True})
    from_weight = ops.Deconvolution(data, d_d_weight, **{**self._words, **bias})
    yield "d_output", from_data + from_weight
    backward = ops._backward_Deconvolution
    yield "data", backward(d_output, data, d_d_weight, **self._words)[0]
    yield "weight", backward(d_output, d_d_data, weight, **self._words)[1]


@operator(aliases=("_npx_deconvolution",))
class Deconvolution(Operator):
    """Transpose a convolution: what it maps output-shaped arrays to, this maps back.

    An axis of ``size`` elements becomes ``stride (size - 1) + dilate (kernel - 1) + 1 + adj - 2 pad``, or what
    ``target_shape`` says; ``pad`` and ``adj`` then follow from it.

    Source: Zeiler, Krishnan, Taylor and Fergus (2010), Deconvolutional networks.
    """

    data: Tensor = tensor("Input.", shape="(n, c, *x)")
    weight: Tensor = tensor("Windows.", shape="(c, num_filter / num_group, *kernel)")
    bias: Tensor = tensor("Added to each channel.", shape="(num_filter,)", when=lambda op: not op.no_bias)
    output: Tensor = result("The windows, each as strong as the data say, laid over one another.", shape="(n, num_filter, *y)")
    kernel: Shape = window.KERNEL
    stride: Shape = window.STRIDE
    dilate: Shape = window.DILATE
    pad: Shape = window.PAD
    adj: Shape = param("Elements added behind each axis, fewer than ``stride``; none by default.", default=(), ge=0)
    target_shape: Shape = param("Spatial shape of the output; it decides ``pad`` and ``adj``.", default=(), ge=0)
    num_filter: int = window.NUM_FILTER
    num_group: int = window.NUM_GROUP
    workspace: int = param("No effect.", default=512)
    no_bias: bool = param("Leave out ``bias``.", default=True)
    cudnn_tune: Literal["off", "limited_workspace", "fastest"] | None = window.CUDNN_TUNE
    cudnn_off: bool = window.CUDNN_OFF
    layout: Literal["NCW", "NCHW", "NCDHW", "NHWC", "NDHWC"] | None = window.LAYOUT

    infer_dtype = floats_alike

    def check(self) -> str | None:
        problem = window_problem(self, "stride", "dilate", "pad", "adj", "target_shape")
        if problem is None and any(self.target_shape):
            return None if all(self.target_shape) else f"target_shape {self.target_shape} leaves an axis open"
        if problem is None and any(adj >= stride for _, stride, _, _, adj, _ in self.axes()):
            return f"adj {self.adj} must be less than stride {self.stride or 1}"
        return problem

    def axes(self) -> list[tuple[Any, ...]]:
        """List kernel, stride, dilation, padding, addition and target of each spatial axis."""
        ones, zeros = (1,) * len(self.kernel), (0,) * len(self.kernel)
        return list(
            zip(
                self.kernel,
                self.stride or ones,
                self.dilate or ones,
                self.pad or zeros,
                self.adj or zeros,
                self.target_shape or zeros,
                strict=True,
            )
        )

    def infer_shape(self, data, weight, output):
        yield "bias", (self.num_filter,)
        space, share = len(self.kernel), self.num_filter // self.num_group
        last = channel_axis(self.layout) == -1
        yield "weight", (UNKNOWN, *self.kernel, share) if last else (UNKNOWN, share, *self.kernel)
        yield "output", joined(UNKNOWN, self.num_filter, [UNKNOWN] * space, self.layout)
        yield "data", joined(UNKNOWN, UNKNOWN, [UNKNOWN] * space, self.layout)
        n, channels, sizes = spatial(data, space, self.layout)
        if channels is not UNKNOWN and channels % self.num_group:
            raise ShapeError(f"{channels} channels are no multiple of num_group {self.num_group}")
        yield "weight", (channels, *self.kernel, share) if last else (channels, share, *self.kernel)
        lengths = [spread_length(size, *axis) for size, axis in zip(sizes, self.axes(), strict=True)]
        yield "output", joined(n, self.num_filter, lengths, self.layout)
        n, _, lengths = spatial(output, space, self.layout)
        sizes = [spreading_length(length, *axis) for length, axis in zip(lengths, self.axes(), strict=True)]
        yield "data", joined(n, weight[0], sizes, self.layout)

    gradient = backward_op(needs=("data", "weight"), gradient=gradient_of_gradient)


def spread_length(size: Any, kernel: int, stride: int, dilate: int, pad: int, adj: int, target: int) -> Any:
    """Find the size of an axis that windows are spread over.

    Raises
    ------
    ShapeError
        If it would be empty, or ``target`` cannot be reached.
    """
    full = stride * (size - 1) + dilate * (kernel - 1) + 1
    if target:
        if full is not UNKNOWN and (full < target or (full - target) % 2 >= stride):
            raise ShapeError(f"{size} elements spread over {full}, which cannot be cut to target_shape {target}")
        return target
    length = full + adj - 2 * pad
    if length is not UNKNOWN and length < 1:
        raise ShapeError(f"{size} elements spread over {full}; with pad {pad} nothing is left")
    return length


def spreading_length(length: Any, kernel: int, stride: int, dilate: int, pad: int, adj: int, target: int) -> Any:
    """Find the size of an axis from what it is spread over."""
    return UNKNOWN if target else (length - adj + 2 * pad - dilate * (kernel - 1) - 1) // stride + 1
