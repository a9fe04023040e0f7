"""Functions whose gradient is not their slope.

Source: Bengio, Léonard and Courville (2013), Estimating or propagating gradients through stochastic neurons for conditional
computation, section 4 (the straight-through estimator).
"""

from __future__ import annotations

from typing import Any

from symbolic import ops
from symbolic.operator.declare import Operator, declare, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.op import Op
from symbolic.operator.rules import all_alike, same_shapes


def straight_through(name: str, doc: str, function: Any) -> Op:
    """Declare a function through which gradients pass as through the identity."""

    class StraightThrough(Operator):
        data: Tensor = tensor("Input.", shape="(*x)")

        infer_shape = same_shapes
        infer_dtype = all_alike

        def body(self, data):
            yield "output", function(data)

        def gradient(self, d_output):
            yield "data", d_output

    StraightThrough.__doc__ = doc
    return declare(StraightThrough, name, (f"_sparse_{name}",))


straight_through("_contrib_round_ste", "Nearest whole number, halves away from zero; the gradient passes as it is.", lambda x: ops.round(x))
straight_through("_contrib_sign_ste", "-1, 0 or 1; the gradient passes as it is.", lambda x: ops.sign(x))


@operator
class _contrib_gradientmultiplier(Operator):
    """Pass the data, and the gradient times ``scalar``; a negative one turns a loss round.

    Source: Ganin and Lempitsky (2015), Unsupervised domain adaptation by backpropagation, section 3.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    scalar: float = param("The number.", default=1.0)
    is_int: bool = param("No effect: gradients are no integers.", default=True)

    infer_shape = same_shapes
    infer_dtype = all_alike

    def body(self, data):
        yield "output", ops.identity(data)

    def gradient(self, d_output):
        yield "data", d_output * self.scalar


@operator
class _contrib_backward_gradientmultiplier(Operator):
    """Multiply by a number, ``scalar * data``: what `gradientmultiplier` does to gradients."""

    data: Tensor = tensor("Input.", shape="(*x)")
    scalar: float = param("The number; without its fraction for integers, if ``is_int``.", default=1.0)
    is_int: bool = param("Let integers stay integers.", default=True)

    def body(self, data):
        yield "output", ops._mul_scalar(data, scalar=self.scalar, is_int=self.is_int)
