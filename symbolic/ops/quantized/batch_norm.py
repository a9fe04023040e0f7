"""Batch normalisation of integers that stand for real numbers; see ``ranges.py``."""

from __future__ import annotations

import numpy as np

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import axis_of
from symbolic.ops.quantized.ranges import (
    FLOAT32,
    INT8,
    MAX_CALIB_RANGE,
    MAX_OUTPUT,
    MIN_CALIB_RANGE,
    MIN_OUTPUT,
    calibrated,
    calibrated_limit,
    calibrated_range,
    eight_bits,
    high,
    low,
    magnitude,
    numbers,
    types,
)

ENDS = ("min_data", "max_data", "min_output", "max_output")
PER_CHANNEL = ("gamma", "beta", "moving_mean", "moving_var")


@operator
class _contrib_quantized_batch_norm(Operator):
    """Normalise each channel by running statistics: ``(data - mean) / sqrt(variance + eps) * gamma + beta``.

    As in the reference, ``gamma`` counts under ``fix_gamma`` too, and the scale is divided by ``sqrt(1 + eps)`` once more.
    """

    data: Tensor = tensor("Integers of eight bits, with channels on ``axis``.", shape="(n, c, *x)")
    gamma: Tensor = tensor("Scale of each channel.", shape="(c,)")
    beta: Tensor = tensor("Shift of each channel.", shape="(c,)")
    moving_mean: Tensor = tensor("Mean of each channel.", shape="(c,)", auxiliary=True, init='["zero", {}]')
    moving_var: Tensor = tensor("Variance of each channel.", shape="(c,)", auxiliary=True, init='["one", {}]')
    min_data: Tensor = low("data")
    max_data: Tensor = high("data")
    output: Tensor = result("Integers, int8.", shape="(n, c, *x)")
    min_output: Tensor = MIN_OUTPUT
    max_output: Tensor = MAX_OUTPUT
    eps: float = param("Added to the variance under the root.", default=1e-3)
    momentum: float = param("No effect.", default=0.9)
    fix_gamma: bool = param("No effect.", default=True)
    use_global_stats: bool = param("No effect: the running statistics are used.", default=False)
    output_mean_var: bool = param("No effect.", default=False)
    axis: int = param("Where the channels are.", default=1)
    cudnn_off: bool = param("No effect.", default=False)
    min_calib_range: float | None = MIN_CALIB_RANGE
    max_calib_range: float | None = MAX_CALIB_RANGE

    gradient = not_differentiable

    def check(self) -> str | None:
        return None if calibrated(self) else "both min_calib_range and max_calib_range are needed: the output's range"

    def infer_shape(self, data, output):
        yield from numbers(*ENDS)
        yield "output", data
        yield "data", output
        channels = data[axis_of(self.axis, len(data))]
        for slot in PER_CHANNEL:
            yield slot, (channels,)

    def infer_dtype(self, data):
        yield "output", INT8
        yield from types(FLOAT32, *PER_CHANNEL, *ENDS)
        eight_bits(data=data)

    def body(self, data, gamma, beta, moving_mean, moving_var, min_data, max_data):
        limit = calibrated_limit(self)
        signed = ops._to_integers(data, 127.5 / ops._full_scale(data), out_type="int8")  # int8 stays as it is
        scale = gamma / ops.sqrt(moving_var + self.eps)
        shift = (beta - moving_mean * scale) * 127.5 / limit
        slope = ops.broadcast_mul(scale, magnitude(min_data, max_data)) / limit / float(np.sqrt(np.float32(1 + self.eps)))
        slope, shift = (ops._on_axis(vector, data, axis=self.axis) for vector in (slope, shift))
        places = ops.broadcast_add(ops.broadcast_mul(ops.Cast(signed, dtype="float32"), slope), shift)
        ends = calibrated_range(self)
        yield "output", ops._to_integers(places, ops._ones(shape=(1,)), out_type="int8")
        yield "min_output", ends[0]
        yield "max_output", ends[1]
