"""Adam: steps scaled by running means of the gradient and of its square."""

from __future__ import annotations

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor
from symbolic.operator.rules import same_shapes
from symbolic.ops.optimizer.fields import (
    CLIP_GRADIENT,
    EPSILON,
    GRADIENT,
    LAZY_UPDATE,
    LEARNING_RATE,
    MEAN,
    MEAN_DECAY,
    RESCALE_GRAD,
    SQUARE_DECAY,
    VAR,
    WEIGHT,
    WEIGHT_DECAY,
    clipped,
    floating,
)

__all__ = ["adam_update"]


@operator(aliases=("_sparse_adam_update",))
class adam_update(Operator):
    """Step ``weight`` by the mean of its gradient over the root of the mean of its square.

    ::

        g      = clip(rescale_grad * grad + wd * weight)
        mean   = beta1 * mean + (1 - beta1) * g
        var    = beta2 * var + (1 - beta2) * g ** 2
        output = weight - lr * mean / (sqrt(var) + epsilon)

    Notes
    -----
    The means start at zero and are used as they are: to correct their bias, multiply ``lr`` at step t by
    ``sqrt(1 - beta2 ** t) / (1 - beta1 ** t)``, as the optimizer Adam does.

    Source: Kingma and Ba (2015), Adam: a method for stochastic optimization.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    mean: Tensor = MEAN
    var: Tensor = VAR
    lr: float = LEARNING_RATE
    beta1: float = MEAN_DECAY
    beta2: float = SQUARE_DECAY
    epsilon: float = EPSILON
    wd: float = WEIGHT_DECAY
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT
    lazy_update: bool = LAZY_UPDATE

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad, mean, var):
        g = clipped(self.rescale_grad * grad + self.wd * weight, self.clip_gradient)
        mean = self.beta1 * mean + (1 - self.beta1) * g
        var = self.beta2 * var + (1 - self.beta2) * ops.square(g)
        yield "mean", mean
        yield "var", var
        yield "output", weight - self.lr * mean / (ops.sqrt(var) + self.epsilon)
