"""RMSProp: steps divided by the running root mean square of the gradient, plain and centred."""

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
    WEIGHT_DECAY,
    clipped,
    floating,
)

__all__ = ["rmsprop_update", "rmspropalex_update"]

MEAN_SQUARE = tensor("Running mean of the squared gradient.", shape="(*x)", mutated=True)
MEAN_DECAY = param("Share of the running means kept at each step.", default=0.95)
CLIP_WEIGHTS = param("Bound on the size of each element of the weight; none if negative.", default=-1.0)


@operator
class rmsprop_update(Operator):
    """Step ``weight`` along its gradient divided by the gradient's running root mean square.

    ::

        g      = clip(rescale_grad * grad + wd * weight)
        n      = gamma1 * n + (1 - gamma1) * g ** 2
        output = clip(weight - lr * g / sqrt(n + epsilon))

    Source: Tieleman and Hinton (2012), Neural Networks for Machine Learning, lecture 6.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    n: Tensor = MEAN_SQUARE
    lr: float = LEARNING_RATE
    gamma1: float = MEAN_DECAY
    epsilon: float = param("Added to ``n`` under the root.", default=1e-8)
    wd: float = WEIGHT_DECAY
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT
    clip_weights: float = CLIP_WEIGHTS

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad, n):
        g = clipped(self.rescale_grad * grad + self.wd * weight, self.clip_gradient)
        n = self.gamma1 * n + (1 - self.gamma1) * ops.square(g)
        yield "n", n
        yield "output", clipped(weight - self.lr * g / ops.sqrt(n + self.epsilon), self.clip_weights)


@operator
class rmspropalex_update(Operator):
    """Step ``weight`` with momentum along its gradient over the running standard deviation.

    ::

        u      = clip(rescale_grad * grad + wd * weight)
        n      = gamma1 * n + (1 - gamma1) * u ** 2
        g      = gamma1 * g + (1 - gamma1) * u
        delta  = gamma2 * delta - lr * u / sqrt(n - g ** 2 + epsilon)
        output = clip(weight + delta)

    Source: Graves (2013), Generating sequences with recurrent neural networks, equations 38 to 45.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    n: Tensor = MEAN_SQUARE
    g: Tensor = tensor("Running mean of the gradient.", shape="(*x)", mutated=True)
    delta: Tensor = tensor("The last step.", shape="(*x)", mutated=True)
    lr: float = LEARNING_RATE
    gamma1: float = MEAN_DECAY
    gamma2: float = param("Share of the last step that is taken again.", default=0.9)
    epsilon: float = param("Added to the variance under the root.", default=1e-8)
    wd: float = WEIGHT_DECAY
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT
    clip_weights: float = CLIP_WEIGHTS

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad, n, g, delta):
        u = clipped(self.rescale_grad * grad + self.wd * weight, self.clip_gradient)
        n = self.gamma1 * n + (1 - self.gamma1) * ops.square(u)
        g = self.gamma1 * g + (1 - self.gamma1) * u
        delta = self.gamma2 * delta - self.lr * u / ops.sqrt(n - ops.square(g) + self.epsilon)
        yield "n", n
        yield "g", g
        yield "delta", delta
        yield "output", clipped(weight + delta, self.clip_weights)
