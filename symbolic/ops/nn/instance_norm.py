"""Normalisation of each channel of each example.

Source: Ulyanov, Vedaldi and Lempitsky (2016), Instance normalization: the missing ingredient for fast stylization.
"""

from __future__ import annotations

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike
from symbolic.ops.nn.group_norm import scaled_groups, scaled_groups_gradient

EACH_CHANNEL = 0  # in a reshape: as many groups as channels


@operator
class InstanceNorm(Operator):
    """Normalise over space: ``output = (data - mean) / sqrt(variance + eps) * gamma + beta``."""

    data: Tensor = tensor("Input.", shape="(n, c, *x)")
    gamma: Tensor = tensor("Scale of each channel.", shape="(c,)")
    beta: Tensor = tensor("Shift of each channel.", shape="(c,)")
    output: Tensor = result("Normalised data.")
    mean: Tensor = result("Mean of each channel of each example.", shape="(n, c)", hidden=True)
    var: Tensor = result("Variance of each channel of each example.", shape="(n, c)", hidden=True)
    eps: float = param("Added to the variance under the root.", default=1e-3)

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        if len(data) < 2:
            raise ShapeError(f"data {data} has no axis of channels")
        yield "gamma", data[1:2]
        yield "beta", data[1:2]
        yield "mean", data[:2]
        yield "var", data[:2]

    def body(self, data, gamma, beta):
        output, mean, std = scaled_groups(data, gamma, beta, EACH_CHANNEL, self.eps)
        yield "output", output
        yield "mean", ops.reshape(mean, shape=(0, 0))
        yield "var", ops.reshape(ops.square(std) - self.eps, shape=(0, 0))

    def gradient(self, data, gamma, mean, var, d_output):
        std = ops.sqrt(var + self.eps)
        d_data, d_gamma, d_beta = scaled_groups_gradient(data, gamma, mean, std, d_output, EACH_CHANNEL)
        yield "data", d_data
        yield "gamma", d_gamma
        yield "beta", d_beta
