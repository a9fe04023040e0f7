"""Softmax, its relatives, and its logarithm."""

from __future__ import annotations

from typing import Literal

import numpy as np

from symbolic import ops
from symbolic.errors import DTypeError, ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import DType, Tensor, param, tensor
from symbolic.operator.rules import axis_of, floats_alike

AXIS = param("Axis along which the results add up to one.", default=-1)
TEMPERATURE = param("Divides the data; 1 if None.", default=None)
RESULT_TYPE = param("Type of the result; that of the data if None.", default=None, choices=("float16", "float32", "float64"))
INT32 = np.dtype(np.int32)
NO_LENGTH = param("Only `softmax` takes lengths.", default=False, check=lambda given: not given, needs="False")


def lies_on_axis(self, data, output):
    """Shape rule: alike, and there is such an axis."""
    yield "output", data
    yield "data", output
    axis_of(self.axis, len(data))


def of_result_type(self, data, output):
    """Type rule: the result is as the data, or as ``dtype`` says."""
    if data is not None and data.kind != "f":
        raise DTypeError(f"data must be of a floating-point type, not {data.name}")
    yield "output", self.dtype or data
    if self.dtype is None:
        yield "data", output


def to_data(self, gradient, data):
    """Undo temperature and type in a gradient with respect to ``data / temperature``."""
    if self.temperature is not None:
        gradient = gradient / self.temperature
    return gradient if self.dtype is None else ops._cast_like(gradient, data)


@operator
class softmax(Operator):
    """Map numbers along an axis to probabilities: ``exp(x) / sum(exp(x))``.

    ``x = data / temperature``.
    """

    data: Tensor = tensor("Input.", shape="(*n, k)")
    length: Tensor = tensor("How many, from the first, count; the others get zero.", shape="(*n)", when=lambda op: op.use_length)
    axis: int = AXIS
    temperature: float | None = TEMPERATURE
    dtype: DType | None = RESULT_TYPE
    use_length: bool | None = param("Whether there is ``length``.", default=False)

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        axis = axis_of(self.axis, len(data))
        yield "length", (*data[:axis], *data[axis + 1 :]) or (1,)

    def infer_dtype(self, data, length, output):
        if length is not None and length.kind not in "iu":
            raise DTypeError(f"length must be of an integer type, not {length.name}")
        if length is None:  # else it would become float32, as any variable of which nobody says the type
            yield "length", INT32
        yield from of_result_type(self, data, output)

    def gradient(self, data, output, d_output):
        if self.use_length:  # whatever arrives behind the length, nan even, does not count
            d_output = ops.where(output == 0, output, d_output)
        scaled = d_output * output
        total = ops.sum(scaled, axis=self.axis, keepdims=True)
        yield "data", to_data(self, scaled - ops.broadcast_mul(output, total), data)


@operator
class log_softmax(Operator):
    """Compute the logarithm of `softmax`: ``x - log(sum(exp(x)))``."""

    data: Tensor = tensor("Input.", shape="(*n, k)")
    axis: int = AXIS
    temperature: float | None = TEMPERATURE
    dtype: DType | None = RESULT_TYPE
    use_length: bool | None = NO_LENGTH

    infer_shape = lies_on_axis
    infer_dtype = of_result_type

    def body(self, data):
        x = data if self.temperature is None else data / self.temperature
        x = ops.broadcast_sub(x, ops.BlockGrad(ops.max(x, axis=self.axis, keepdims=True)))
        total = ops.sum(ops.exp(x), axis=self.axis, keepdims=True)
        result = ops.broadcast_sub(x, ops.log(total))
        yield "output", result if self.dtype is None else ops.Cast(result, dtype=self.dtype)

    def gradient(self, data, output, d_output):
        total = ops.sum(d_output, axis=self.axis, keepdims=True)
        yield "data", to_data(self, d_output - ops.broadcast_mul(ops.exp(output), total), data)


@operator
class softmin(Operator):
    """Compute `softmax` of the negative data: ``exp(-x) / sum(exp(-x))``."""

    data: Tensor = tensor("Input.", shape="(*n, k)")
    axis: int = AXIS
    temperature: float | None = TEMPERATURE
    dtype: DType | None = RESULT_TYPE
    use_length: bool | None = NO_LENGTH

    infer_shape = lies_on_axis
    infer_dtype = of_result_type

    def body(self, data):
        yield "output", ops.softmax(-data, axis=self.axis, temperature=self.temperature, dtype=self.dtype)


@operator
class SoftmaxActivation(Operator):
    """Compute `softmax` along the last axis, or along axis 1 (``mode="channel"``)."""

    data: Tensor = tensor("Input.", shape="(n, *x, k), or (n, k, *x)")
    mode: Literal["instance", "channel"] = param("Which axis.", default="instance")

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        least = 2 if self.mode == "instance" else 3
        if len(data) < least:
            raise ShapeError(f"data {data} has {len(data)} axes; mode {self.mode} needs {least} at least")

    def body(self, data):
        yield "output", ops.softmax(data, axis=-1 if self.mode == "instance" else 1)
