"""Activation functions by name."""

from __future__ import annotations

from typing import Literal

from symbolic import ops
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.rules import floats_alike, same_shapes

# Looked up when a rule runs, as operators are: act_type -> function of x, slope as a function of x and y.
FUNCTIONS = {
    "relu": lambda x: ops.relu(x),
    "sigmoid": lambda x: ops.sigmoid(x),
    "softrelu": lambda x: ops.relu(x) + ops.log1p(ops.exp(-ops.abs(x))),
    "softsign": lambda x: ops.softsign(x),
    "tanh": lambda x: ops.tanh(x),
}
SLOPES = {
    "relu": lambda x, y: y > 0,
    "sigmoid": lambda x, y: y * (1 - y),
    "softrelu": lambda x, y: -ops.expm1(-y),
    "softsign": lambda x, y: 1 / ops.square(1 + ops.abs(x)),
    "tanh": lambda x, y: 1 - ops.square(y),
}


@operator
class Activation(Operator):
    """Apply an activation function, element by element.

    ``relu`` is ``max(x, 0)``, ``sigmoid`` ``1 / (1 + exp(-x))``, ``softrelu`` ``log(1 + exp(x))``, ``softsign``
    ``x / (1 + |x|)``.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    act_type: Literal["relu", "sigmoid", "softrelu", "softsign", "tanh"] = param("Which function.")

    infer_shape = same_shapes
    infer_dtype = floats_alike

    def body(self, data):
        yield "output", FUNCTIONS[self.act_type](data)

    def gradient(self, data, output, d_output):
        yield "data", d_output * SLOPES[self.act_type](data, output)


@operator
class hard_sigmoid(Operator):
    """Approximate the sigmoid by a line: ``max(0, min(1, alpha * data + beta))``.

    At its bends the slope is zero.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    alpha: float = param("Slope.", default=0.2)
    beta: float = param("Value at zero.", default=0.5)

    infer_shape = same_shapes
    infer_dtype = floats_alike

    def body(self, data):
        yield "output", ops.clip(self.alpha * data + self.beta, a_min=0, a_max=1)

    def gradient(self, output, d_output):
        yield "data", self.alpha * d_output * ((output > 0) * (output < 1))
