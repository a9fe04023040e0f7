"""Nesterov's accelerated gradient."""

from __future__ import annotations

from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, tensor
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
from symbolic.ops.optimizer.lift import mixed_precision

__all__ = ["mp_nag_mom_update", "nag_mom_update"]


@operator
class nag_mom_update(Operator):
    """Step ``weight`` by momentum that already knows the gradient of this step.

    ::

        g      = clip(rescale_grad * grad) + wd * weight
        mom    = momentum * mom - lr * g
        output = weight + momentum * mom - lr * g

    Notes
    -----
    ``wd * weight`` is that of the weight before the step. MXNet takes the new weight for ``mom`` when it writes in place.

    Source: Nesterov (1983), A method of solving a convex programming problem with convergence rate O(1/k^2); in the
    form of Sutskever et al. (2013), On the importance of initialization and momentum in deep learning.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    mom: Tensor = tensor("Decaying sum of past steps.", shape="(*x)", mutated=True)
    lr: float = LEARNING_RATE
    momentum: float = MOMENTUM
    wd: float = WEIGHT_DECAY
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad, mom):
        slope = self.lr * (clipped(self.rescale_grad * grad, self.clip_gradient) + self.wd * weight)
        mom = self.momentum * mom - slope
        yield "mom", mom
        yield "output", weight + self.momentum * mom - slope


mp_nag_mom_update = mixed_precision("mp_nag_mom_update", nag_mom_update)
