"""Normalisation of groups of channels.

Source: Wu and He (2018), Group normalization, equations 1 to 7; scale and shift are one a group here, not one a channel.
"""

from __future__ import annotations

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike
from symbolic.ops.nn.layer_norm import normal, normal_gradient
from symbolic.values.shape import UNKNOWN


def scaled_groups(data, gamma, beta, groups, eps):
    """Normalise, scale and shift each of ``groups`` of axis 1 (0: each channel).

    Returns the result, the means and the standard deviations.
    """
    z, mean, std = normal(ops.reshape(data, shape=(0, groups, -1)), 2, eps)
    scale, shift = (ops.reshape(vector, shape=(1, -1, 1)) for vector in (gamma, beta))
    output = ops.reshape_like(ops.broadcast_add(ops.broadcast_mul(z, scale), shift), data)
    return output, mean, std


def scaled_groups_gradient(data, gamma, mean, std, d_output, groups):
    """Differentiate `scaled_groups`: the gradients of ``data``, ``gamma`` and ``beta``."""
    x, d = (ops.reshape(value, shape=(0, groups, -1)) for value in (data, d_output))
    mean, std = (ops.expand_dims(value, axis=2) for value in (mean, std))
    z = ops.broadcast_div(ops.broadcast_sub(x, mean), std)
    d_x = normal_gradient(z, std, ops.broadcast_mul(d, ops.reshape(gamma, shape=(1, -1, 1))), 2)
    return ops.reshape_like(d_x, data), ops.sum(d * z, axis=(0, 2)), ops.sum(d, axis=(0, 2))


@operator
class GroupNorm(Operator):
    """Normalise groups of channels: ``output = (data - mean) / std * gamma + beta``.

    ``std = sqrt(variance + eps)``; the channels of a group lie side by side.
    """

    data: Tensor = tensor("Input.", shape="(n, c, *x), three axes at least")
    gamma: Tensor = tensor("Scale of each group.", shape="(num_groups,)")
    beta: Tensor = tensor("Shift of each group.", shape="(num_groups,)")
    output: Tensor = result("Normalised data.")
    mean: Tensor = result("Mean of each group; has no gradient.", shape="(n, num_groups)", hidden=lambda op: not op.output_mean_var)
    std: Tensor = result("Deviation of each group; has no gradient.", shape="(n, num_groups)", hidden=lambda op: not op.output_mean_var)
    num_groups: int = param("Number of groups; divides the number of channels.", default=1, ge=1)
    eps: float = param("Added to the variance under the root.", default=1e-5)
    output_mean_var: bool = param("Show the outputs ``mean`` and ``std``.", default=False)

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        yield "gamma", (self.num_groups,)
        yield "beta", (self.num_groups,)
        yield "output", data
        yield "data", output
        if len(data) < 3:
            raise ShapeError(f"data {data} has {len(data)} axes; GroupNorm needs 3 at least")
        yield "mean", (data[0], self.num_groups)
        yield "std", (data[0], self.num_groups)
        if data[1] is not UNKNOWN and data[1] % self.num_groups:
            raise ShapeError(f"{data[1]} channels do not make {self.num_groups} groups")

    def body(self, data, gamma, beta):
        output, mean, std = scaled_groups(data, gamma, beta, self.num_groups, self.eps)
        yield "output", output
        yield "mean", ops.reshape(mean, shape=(0, 0))
        yield "std", ops.reshape(std, shape=(0, 0))

    def gradient(self, data, gamma, mean, std, d_output):
        d_data, d_gamma, d_beta = scaled_groups_gradient(data, gamma, mean, std, d_output, self.num_groups)
        yield "data", d_data
        yield "gamma", d_gamma
        yield "beta", d_beta
