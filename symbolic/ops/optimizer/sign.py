"""Steps of one length, of which only the sign follows the gradient: signSGD and Signum."""

from __future__ import annotations

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.rules import same_shapes
from symbolic.ops.optimizer.fields import (
    CLIP_GRADIENT,
    GRADIENT,
    LEARNING_RATE,
    MOMENTUM,
    RESCALE_GRAD,
    WEIGHT,
    WEIGHT_DECAY,
    clipped,
    floating,
)

__all__ = ["signsgd_update", "signum_update"]


@operator
class signsgd_update(Operator):
    """Step each element of ``weight`` by ``lr`` against the sign of its gradient.

    ``output = (1 - lr * wd) * weight - lr * sign(grad)``. Scale and bound of the gradient play no part, not even a scale
    below zero or a bound of zero.

    Source: Bernstein et al. (2018), signSGD: compressed optimisation for non-convex problems.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    lr: float = LEARNING_RATE
    wd: float = param("Share of the weight that is taken off, times ``lr``.", default=0.0)
    rescale_grad: float = param("No effect.", default=1.0)
    clip_gradient: float = param("No effect.", default=-1.0)

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad):
        yield "output", (1 - self.lr * self.wd) * weight - self.lr * ops.sign(grad)


@operator
class signum_update(Operator):
    """Step each element of ``weight`` by ``lr`` in the sign of its momentum.

    ::

        g      = clip(rescale_grad * grad) + wd * weight
        mom    = momentum * mom - (1 - momentum) * g
        output = (1 - lr * wd_lh) * weight + lr * sign(mom)

    Source: Bernstein et al. (2018), signSGD: compressed optimisation for non-convex problems, algorithm 2.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    mom: Tensor = tensor("Running mean of the gradient, with the opposite sign.", shape="(*x)", mutated=True)
    lr: float = LEARNING_RATE
    momentum: float = MOMENTUM
    wd: float = WEIGHT_DECAY
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT
    wd_lh: float = param("Share of the weight that is taken off, times ``lr``, outside the momentum.", default=0.0)

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad, mom):
        g = clipped(self.rescale_grad * grad, self.clip_gradient) + self.wd * weight
        mom = self.momentum * mom - (1 - self.momentum) * g
        yield "mom", mom
        yield "output", (1 - self.lr * self.wd_lh) * weight + self.lr * ops.sign(mom)
