"""Batch normalisation: channels get mean zero and variance one.

Source: Ioffe and Szegedy (2015), Batch normalization: accelerating deep network training, algorithms 1 and 2.
"""

from __future__ import annotations

import numpy as np

from symbolic import ops
from symbolic.errors import DTypeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import axis_of

PER_CHANNEL = ("gamma", "beta", "moving_mean", "moving_var", "mean", "var")

GAMMA = tensor("Scale of each channel; taken as 1 if ``fix_gamma``.", shape="(c,)")
BETA = tensor("Shift of each channel.", shape="(c,)")
MOVING_MEAN = tensor("Running mean; its new value is computed with the gradient.", shape="(c,)", auxiliary=True, init='["zero", {}]')
MOVING_VAR = tensor("Running variance; its new value is computed with the gradient.", shape="(c,)", auxiliary=True, init='["one", {}]')
EPSILON = param("Added to the variance under the root.", default=1e-3)
MOMENTUM = param("Share of the running statistics that is kept at each step.", default=0.9)
FIX_GAMMA = param("Take ``gamma`` as 1, with zero gradient.", default=True)
USE_GLOBAL_STATS = param("Normalise by the running statistics in training, too, and leave them as they are.", default=False)
OUTPUT_MEAN_VAR = param("Show the outputs ``mean`` and ``var``, which have no gradient.", default=False)


@operator
class BatchNorm(Operator):
    """Normalise each channel: ``output = (data - mean) / sqrt(variance + eps) * gamma + beta``.

    In training, mean and (biased) variance are those of the batch, else the running ones. The running statistics become
    ``momentum * moving + (1 - momentum) * batch`` when the gradient is computed.
    """

    data: Tensor = tensor("Input, with channels on ``axis``.", shape="(n, c, *x)")
    gamma: Tensor = GAMMA
    beta: Tensor = BETA
    moving_mean: Tensor = MOVING_MEAN
    moving_var: Tensor = MOVING_VAR
    output: Tensor = result("Normalised data.")
    mean: Tensor = result("Mean by which was normalised.", shape="(c,)", hidden=lambda op: not op.output_mean_var)
    var: Tensor = result("``1 / sqrt(variance + eps)``, whatever its name.", shape="(c,)", hidden=lambda op: not op.output_mean_var)
    eps: float = EPSILON
    momentum: float = MOMENTUM
    fix_gamma: bool = FIX_GAMMA
    use_global_stats: bool = USE_GLOBAL_STATS
    output_mean_var: bool = OUTPUT_MEAN_VAR
    axis: int = param("Where the channels are.", default=1)
    cudnn_off: bool = param("Without effect.", default=False)
    min_calib_range: float | None = param("Without effect: for quantised graphs.", default=None)
    max_calib_range: float | None = param("Without effect: for quantised graphs.", default=None)

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        channels = data[axis_of(self.axis, len(data))]
        for slot in PER_CHANNEL:
            yield slot, (channels,)

    def infer_dtype(self, data, output):
        yield "output", data
        yield "data", output
        if data is not None:
            if data.kind != "f":
                raise DTypeError(f"data must be of a floating-point type, not {data.name}")
            for slot in PER_CHANNEL:  # float16 leaves too few digits for statistics
                yield slot, max(data, np.dtype(np.float32))

    gradient = backward_op(needs=("data", "gamma", "mean", "var"), updates=("moving_mean", "moving_var"), heads=("output",))


@operator
class BatchNorm_v1(Operator):
    """Normalise each channel, on axis 1: `BatchNorm`, but output ``var`` is the variance."""

    data: Tensor = tensor("Input.", shape="(n, c, *x)")
    gamma: Tensor = GAMMA
    beta: Tensor = BETA
    moving_mean: Tensor = MOVING_MEAN
    moving_var: Tensor = MOVING_VAR
    output: Tensor = result("Normalised data.")
    mean: Tensor = result("Mean by which was normalised.", shape="(c,)", hidden=lambda op: not op.output_mean_var)
    var: Tensor = result("Variance by which was normalised.", shape="(c,)", hidden=lambda op: not op.output_mean_var)
    eps: float = EPSILON
    momentum: float = MOMENTUM
    fix_gamma: bool = FIX_GAMMA
    use_global_stats: bool = USE_GLOBAL_STATS
    output_mean_var: bool = OUTPUT_MEAN_VAR

    def body(self, data, gamma, beta, moving_mean, moving_var):
        output, mean, rate = ops.BatchNorm(
            data,
            gamma,
            beta,
            moving_mean,
            moving_var,
            eps=self.eps,
            momentum=self.momentum,
            fix_gamma=self.fix_gamma,
            use_global_stats=self.use_global_stats,
            output_mean_var=True,
        )
        yield "output", output
        yield "mean", mean
        yield "var", 1 / ops.square(rate) - self.eps
