"""Normalisation of each example by itself, over one axis; its relatives start here.

Source: Ba, Kiros and Hinton (2016), Layer normalization, equation 4.
"""

from __future__ import annotations

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import axis_of, floats_alike


@operator
class _on_axis(Operator):
    """Reshape ``data`` to lie along ``axis`` of ``like``: ones before and behind.

    The last axis of ``data`` comes to lie there (or on the last axis, if ``like`` has fewer), its others before it.
    """

    data: Tensor = tensor("Input, mostly a vector.", shape="(c,)")
    like: Tensor = tensor("Gives the number of axes.", only_shape=True)
    axis: int = param("Where it goes.", default=1)

    def infer_shape(self, data, like):
        axis = min(axis_of(self.axis, len(like)) if self.axis < 0 else self.axis, len(like) - 1)
        before, behind = axis + 1 - len(data), len(like) - 1 - axis
        if before < 0:
            raise ShapeError(f"{data} has no place before axis {axis} of {like}")
        yield "output", (*[1] * before, *data, *[1] * behind)

    def infer_dtype(self, data, output):
        yield "output", data
        yield "data", output

    def gradient(self, data, d_output):
        yield "data", ops.reshape_like(d_output, data)


def along(vector, like, axis):
    """Lay a vector along an axis; on the last one it lies anyway."""
    return vector if axis == -1 else ops._on_axis(vector, like, axis=axis)


def normal(x, axis, eps):
    """Normalise over ``axis``; return the result, mean, and deviation ``sqrt(variance + eps)``."""
    mean = ops.mean(x, axis=axis, keepdims=True)
    centered = ops.broadcast_sub(x, mean)
    std = ops.sqrt(ops.mean(ops.square(centered), axis=axis, keepdims=True) + eps)
    return ops.broadcast_div(centered, std), mean, std


def normal_gradient(z, std, d_z, axis):
    """Differentiate ``z = normal(x)``: ``d_x = (d_z - mean(d_z) - z * mean(d_z * z)) / std``."""
    along_ones = ops.mean(d_z, axis=axis, keepdims=True)
    along_z = ops.mean(d_z * z, axis=axis, keepdims=True)
    return ops.broadcast_div(ops.broadcast_sub(d_z, along_ones) - ops.broadcast_mul(z, along_z), std)


@operator
class LayerNorm(Operator):
    """Normalise along one axis: ``output = (data - mean) / std * gamma + beta``.

    ``std = sqrt(variance + eps)``.
    """

    data: Tensor = tensor("Input.", shape="(n, *x, k)")
    gamma: Tensor = tensor("Scale of each place on the axis.", shape="(k,)")
    beta: Tensor = tensor("Shift of each place on the axis.", shape="(k,)")
    output: Tensor = result("Normalised data.")
    mean: Tensor = result("Mean; has no gradient.", shape="(n, *x, 1)", hidden=lambda op: not op.output_mean_var)
    std: Tensor = result("Standard deviation; has no gradient.", shape="(n, *x, 1)", hidden=lambda op: not op.output_mean_var)
    axis: int = param("Axis to normalise along.", default=-1)
    eps: float = param("Added to the variance under the root.", default=1e-5)
    output_mean_var: bool = param("Show the outputs ``mean`` and ``std``.", default=False)

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        axis = axis_of(self.axis, len(data))
        yield "gamma", (data[axis],)
        yield "beta", (data[axis],)
        reduced = (*data[:axis], 1, *data[axis + 1 :])
        yield "mean", reduced
        yield "std", reduced

    def body(self, data, gamma, beta):
        z, mean, std = normal(data, self.axis, self.eps)
        scaled = ops.broadcast_mul(z, along(gamma, data, self.axis))
        yield "output", ops.broadcast_add(scaled, along(beta, data, self.axis))
        yield "mean", mean
        yield "std", std

    def gradient(self, data, gamma, mean, std, d_output):
        z = ops.broadcast_div(ops.broadcast_sub(data, mean), std)
        d_z = ops.broadcast_mul(d_output, along(gamma, data, self.axis))
        yield "data", normal_gradient(z, std, d_z, self.axis)
        yield "gamma", ops.sum(d_output * z, axis=self.axis, exclude=True)
        yield "beta", ops.sum(d_output, axis=self.axis, exclude=True)
