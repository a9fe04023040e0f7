"""Follow the regularized leader: weights that become exactly zero."""

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

__all__ = ["ftrl_update"]


@operator(aliases=("_sparse_ftrl_update",))
class ftrl_update(Operator):
    """Recompute ``weight`` from sums over all gradients; small sums make it zero.

    ::

        g      = clip(rescale_grad * grad)
        z      = z + g - (sqrt(n + g ** 2) - sqrt(n)) * weight / lr
        n      = n + g ** 2
        output = (lamda1 * sign(z) - z) / ((beta + sqrt(n)) / lr + wd) where abs(z) > lamda1, else 0

    Source: McMahan et al. (2013), Ad click prediction: a view from the trenches, algorithm 1.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    z: Tensor = tensor("Sum of the gradients, less the pull of past weights.", shape="(*x)", mutated=True)
    n: Tensor = tensor("Sum of the squared gradients.", shape="(*x)", mutated=True)
    lr: float = LEARNING_RATE
    lamda1: float = param("Weight of the sum of absolute values: up to this ``abs(z)``, the weight is zero.", default=0.01)
    beta: float = param("Added to the root of ``n``: tames the first steps.", default=1.0)
    wd: float = param("Weight of the sum of squares; the gradient does not see it.", default=0.0)
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad, z, n):
        g = clipped(self.rescale_grad * grad, self.clip_gradient)
        grown = n + ops.square(g)
        root = ops.sqrt(grown)
        z = z + g - (root - ops.sqrt(n)) * weight / self.lr
        yield "z", z
        yield "n", grown
        shrunk = self.lamda1 * ops.sign(z) - z
        yield "output", shrunk / ((self.beta + root) / self.lr + self.wd) * (ops.abs(z) > self.lamda1)
