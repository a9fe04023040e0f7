"""Rectifiers that let something of negative values through."""

from __future__ import annotations

from math import pi, sqrt
from typing import Literal

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike
from symbolic.values.shape import NO_RANK, UNKNOWN

# Klambauer et al. (2017), Self-normalizing neural networks, equation 14: mean zero and variance one are a fixed point.
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def normal_distribution(x):
    """Compute the distribution function of the normal distribution."""
    return 0.5 * (1 + ops.erf(x * (1 / sqrt(2))))


@operator
class LeakyReLU(Operator):
    """Leave positive values, and let something of the others through.

    ===========  ==================================================  ===========================================
    ``leaky``    ``slope * x``                                       Maas, Hannun and Ng (2013)
    ``prelu``    ``gamma * x``, learned                              He, Zhang, Ren and Sun (2015)
    ``rrelu``    ``mask * x``, drawn evenly between the bounds in    Xu, Wang, Chen and Li (2015)
                 training, else their mean
    ``elu``      ``slope * (exp(x) - 1)``                            Clevert, Unterthiner and Hochreiter (2016)
    ``selu``     ``elu`` with fixed slope, all scaled                Klambauer et al. (2017)
    ``gelu``     ``x * P(N(0, 1) <= x)``, for positive ``x``, too    Hendrycks and Gimpel (2016)
    ===========  ==================================================  ===========================================
    """

    data: Tensor = tensor("Input.", shape="(n, c, *x)")
    gamma: Tensor = tensor(
        "Slopes.", shape="(c,), (1,), or (n, c)", when=lambda op: op.act_type == "prelu", init='["Constant", {"value": 0.25}]'
    )
    output: Tensor = result("Result.")
    mask: Tensor = result("Slopes drawn; have no gradient.", when=lambda op: op.act_type == "rrelu")
    act_type: Literal["leaky", "prelu", "rrelu", "elu", "selu", "gelu"] = param("Which function.", default="leaky")
    slope: float = param("For ``leaky`` and ``elu``.", default=0.25)
    lower_bound: float = param("Smallest slope of ``rrelu``.", default=0.125)
    upper_bound: float = param("Largest slope of ``rrelu``.", default=0.334)

    infer_dtype = floats_alike

    def infer_shape(self, data, gamma, output):
        yield "output", data
        yield "mask", data
        yield "data", output
        if gamma is NO_RANK:
            yield "gamma", (data[min(1, len(data) - 1)],)
        elif gamma is not None:
            lead = data[:2]  # it stretches over the other axes
            fits = [size is UNKNOWN or full is UNKNOWN or size in (1, full) for size, full in zip(gamma[::-1], lead[::-1], strict=False)]
            if len(gamma) > len(lead) or not all(fits):
                raise ShapeError(f"gamma {gamma} does not stretch to axes {lead} of data")

    def body(self, data, gamma, is_train):
        middle = (self.lower_bound + self.upper_bound) / 2
        mask = None
        if self.act_type == "leaky" and 0 < self.slope <= 1:
            output = ops.broadcast_maximum(data, self.slope * data)
        elif self.act_type == "gelu":
            output = data * normal_distribution(data)
        elif self.act_type == "selu":
            output = SELU_SCALE * ops.where(data > 0, data, SELU_ALPHA * ops.expm1(data))
        elif self.act_type == "elu":
            output = ops.where(data > 0, data, self.slope * ops.expm1(data))
        elif self.act_type == "prelu":
            output = ops.where(data > 0, data, ops.broadcast_mul(data, ops._on_axis(gamma, data, axis=1)))
        elif self.act_type == "rrelu":
            drawn = is_train and self.lower_bound != self.upper_bound
            mask = ops._random_uniform_like(data, low=self.lower_bound, high=self.upper_bound) if drawn else middle * ops.ones_like(data)
            output = ops.where(data > 0, data, mask * data)
        else:
            output = ops.where(data > 0, data, self.slope * data)
        yield "output", output
        if mask is not None:
            yield "mask", mask

    def gradient(self, data, gamma, output, mask, d_output):
        if self.act_type == "gelu":
            density = ops.exp(-0.5 * ops.square(data)) * (1 / sqrt(2 * pi))
            yield "data", d_output * (normal_distribution(data) + data * density)
        elif self.act_type == "selu":
            yield "data", d_output * ops.where(data > 0, SELU_SCALE * ops.ones_like(data), output + SELU_SCALE * SELU_ALPHA)
        elif self.act_type == "elu":
            yield "data", ops.where(data > 0, d_output, d_output * (output + self.slope))
        elif self.act_type == "prelu":
            slope = ops._on_axis(gamma, data, axis=1)
            yield "data", ops.where(data > 0, d_output, ops.broadcast_mul(d_output, slope))
            yield "gamma", ops.reshape_like(ops._sum_like(d_output * ops._minimum_scalar(data, scalar=0), slope), gamma)
        elif self.act_type == "rrelu":
            yield "data", ops.where(data > 0, d_output, d_output * mask)
        else:
            yield "data", ops.where(data > 0, d_output, self.slope * d_output)
