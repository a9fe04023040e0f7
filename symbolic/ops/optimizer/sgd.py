"""Stochastic gradient descent, plain and with momentum; in mixed precision, and of many weights at once."""

from __future__ import annotations

from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, tensor
from symbolic.operator.rules import same_shapes
from symbolic.ops.optimizer.fields import (
    CLIP_GRADIENT,
    GRADIENT,
    LAZY_UPDATE,
    LEARNING_RATE,
    MOMENTUM,
    RESCALE_GRAD,
    WEIGHT,
    WEIGHT_DECAY,
    clipped,
    floating,
)
from symbolic.ops.optimizer.lift import mixed_precision, over_many

__all__ = [
    "mp_sgd_mom_update",
    "mp_sgd_update",
    "multi_mp_sgd_mom_update",
    "multi_mp_sgd_update",
    "multi_sgd_mom_update",
    "multi_sgd_update",
    "preloaded_multi_mp_sgd_mom_update",
    "preloaded_multi_mp_sgd_update",
    "preloaded_multi_sgd_mom_update",
    "preloaded_multi_sgd_update",
    "sgd_mom_update",
    "sgd_update",
]


@operator(aliases=("_sparse_sgd_update",))
class sgd_update(Operator):
    """Step ``weight`` down its gradient.

    ::

        g      = clip(rescale_grad * grad) + wd * weight
        output = weight - lr * g

    Source: Robbins and Monro (1951), A stochastic approximation method.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    lr: float = LEARNING_RATE
    wd: float = WEIGHT_DECAY
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT
    lazy_update: bool = LAZY_UPDATE

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad):
        g = clipped(self.rescale_grad * grad, self.clip_gradient) + self.wd * weight
        yield "output", weight - self.lr * g


@operator(aliases=("_sparse_sgd_mom_update",))
class sgd_mom_update(Operator):
    """Step ``weight`` by a decaying sum of its gradients.

    ::

        g      = clip(rescale_grad * grad) + wd * weight
        mom    = momentum * mom - lr * g
        output = weight + mom

    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    mom: Tensor = tensor("The last step.", shape="(*x)", mutated=True)
    lr: float = LEARNING_RATE
    momentum: float = MOMENTUM
    wd: float = WEIGHT_DECAY
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT
    lazy_update: bool = LAZY_UPDATE

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad, mom):
        g = clipped(self.rescale_grad * grad, self.clip_gradient) + self.wd * weight
        mom = self.momentum * mom - self.lr * g
        yield "mom", mom
        yield "output", weight + mom


# Their words, in the order of the signature: a plural stands for each weight's own.
PLAIN = ("lrs", "wds", "rescale_grad", "clip_gradient")
WITH_MOMENTUM = ("lrs", "wds", "momentum", "rescale_grad", "clip_gradient")

mp_sgd_update = mixed_precision("mp_sgd_update", sgd_update)
mp_sgd_mom_update = mixed_precision("mp_sgd_mom_update", sgd_mom_update)

multi_sgd_update = over_many("multi_sgd_update", sgd_update, PLAIN)
multi_sgd_mom_update = over_many("multi_sgd_mom_update", sgd_mom_update, WITH_MOMENTUM)
multi_mp_sgd_update = over_many("multi_mp_sgd_update", mp_sgd_update, PLAIN)
multi_mp_sgd_mom_update = over_many("multi_mp_sgd_mom_update", mp_sgd_mom_update, WITH_MOMENTUM)

preloaded_multi_sgd_update = over_many("preloaded_multi_sgd_update", sgd_update, PLAIN, preloaded=True)
preloaded_multi_sgd_mom_update = over_many("preloaded_multi_sgd_mom_update", sgd_mom_update, WITH_MOMENTUM, preloaded=True)
preloaded_multi_mp_sgd_update = over_many("preloaded_multi_mp_sgd_update", mp_sgd_update, PLAIN, preloaded=True)
preloaded_multi_mp_sgd_mom_update = over_many("preloaded_multi_mp_sgd_mom_update", mp_sgd_mom_update, WITH_MOMENTUM, preloaded=True)
