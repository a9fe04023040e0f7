"""Follow the moving leader."""

from __future__ import annotations

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.rules import same_shapes
from symbolic.ops.optimizer.fields import (
    CLIP_GRADIENT,
    EPSILON,
    GRADIENT,
    LEARNING_RATE,
    RESCALE_GRAD,
    SQUARE_DECAY,
    WEIGHT,
    WEIGHT_DECAY,
    clipped,
    floating,
)

__all__ = ["ftml_update"]


@operator
class ftml_update(Operator):
    """Put ``weight`` where a quadratic model of the recent losses is least.

    ::

        g      = clip(rescale_grad * grad + wd * weight)
        v      = beta2 * v + (1 - beta2) * g ** 2
        d, d0  = (1 - beta1 ** t) / lr * (sqrt(v / (1 - beta2 ** t)) + epsilon), d
        z      = beta1 * z + (1 - beta1) * g - (d - beta1 * d0) * weight
        output = -z / d

    Source: Zheng and Kwok (2017), Follow the moving leader in deep learning, algorithm 1.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    d: Tensor = tensor("Curvature of the model.", shape="(*x)", mutated=True)
    v: Tensor = tensor("Running mean of the squared gradient.", shape="(*x)", mutated=True)
    z: Tensor = tensor("Slope of the model at zero.", shape="(*x)", mutated=True)
    lr: float = LEARNING_RATE
    beta1: float = param("Share of the model that is kept at each step.", default=0.6)
    beta2: float = SQUARE_DECAY
    epsilon: float = EPSILON
    t: int = param("Number of this step, from 1.")
    wd: float = WEIGHT_DECAY
    rescale_grad: float = RESCALE_GRAD
    clip_grad: float = CLIP_GRADIENT

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad, d, v, z):
        g = clipped(self.rescale_grad * grad + self.wd * weight, self.clip_grad)
        v = self.beta2 * v + (1 - self.beta2) * ops.square(g)
        grown = (1 - self.beta1**self.t) / self.lr * (ops.sqrt(v / (1 - self.beta2**self.t)) + self.epsilon)
        z = self.beta1 * z + (1 - self.beta1) * g - (grown - self.beta1 * d) * weight
        yield "d", grown
        yield "v", v
        yield "z", z
        yield "output", -z / grown
