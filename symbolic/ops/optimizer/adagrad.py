"""AdaGrad: steps divided by the root of the sum of all squared gradients."""

from __future__ import annotations

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.rules import same_shapes
from symbolic.ops.optimizer.fields import (
    CLIP_GRADIENT,
    GRADIENT,
    LEARNING_RATE,
    RESCALE_GRAD,
    WEIGHT,
    clipped,
    floating,
)

__all__ = ["_contrib_group_adagrad_update", "_sparse_adagrad_update"]


@operator
class _sparse_adagrad_update(Operator):
    """Step each element of ``weight`` by its gradient over the root of the sum of its squares.

    ::

        g       = clip(rescale_grad * grad)
        history = history + g ** 2
        output  = weight - lr * g / sqrt(history + epsilon)

    Notes
    -----
    MXNet takes row-sparse arrays only, and steps the rows that the gradient has; elsewhere ``g`` is zero, as here.

    Source: Duchi, Hazan and Singer (2011), Adaptive subgradient methods for online learning.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    history: Tensor = tensor("Sum of the squared gradients.", shape="(*x)", mutated=True)
    lr: float = LEARNING_RATE
    epsilon: float = param("Added to ``history`` under the root.", default=1e-7)
    wd: float = param("Must be zero.", default=0.0, check=lambda wd: wd == 0, needs="0, for there is no weight decay")
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad, history):
        g = clipped(self.rescale_grad * grad, self.clip_gradient)
        history = history + ops.square(g)
        yield "history", history
        yield "output", weight - self.lr * g / ops.sqrt(history + self.epsilon)


@operator
class _contrib_group_adagrad_update(Operator):
    """Step each row of ``weight`` by its gradient over the root of the sum of its mean squares.

    ::

        g       = clip(rescale_grad * grad)
        history = history + (mean of g ** 2 over the row)
        output  = weight - lr * g / sqrt(history + epsilon)

    Source: Duchi, Hazan and Singer (2011), Adaptive subgradient methods for online learning; here with one sum for a row.
    """

    weight: Tensor = tensor("Parameter before the step.", shape="(n, *x)")
    grad: Tensor = tensor("Gradient of the loss with respect to ``weight``.", shape="(n, *x)")
    history: Tensor = tensor("Sum of the mean squares of each row.", shape="(n, 1, ...)", mutated=True)
    lr: float = LEARNING_RATE
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT
    epsilon: float = param("Added to ``history`` under the root.", default=1e-5)

    infer_dtype = floating
    gradient = not_differentiable

    def infer_shape(self, weight, grad, output):
        yield from same_shapes(self, {"weight": weight, "grad": grad, "output": output})
        rows, *rest = weight
        yield "history", (rows, *[1] * len(rest))

    def body(self, weight, grad, history):
        g = clipped(self.rescale_grad * grad, self.clip_gradient)
        history = history + ops.mean(ops.square(g), axis=0, exclude=True, keepdims=True)
        yield "history", history
        yield "output", weight - self.lr * ops.broadcast_div(g, ops.sqrt(history + self.epsilon))
