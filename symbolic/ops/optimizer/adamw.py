"""Adam with the decay of the weight outside the running means; the scale of the gradient is an array."""

from __future__ import annotations

import math

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.rules import same_shapes
from symbolic.ops.optimizer.fields import (
    CLIP_GRADIENT,
    EPSILON,
    FLOAT32,
    GRADIENT,
    LEARNING_RATE,
    MEAN,
    MEAN_DECAY,
    SQUARE_DECAY,
    VAR,
    WEIGHT,
    apart_from,
    clipped,
    floating,
)
from symbolic.ops.optimizer.lift import mixed_precision, over_many

__all__ = ["_adamw_update", "_mp_adamw_update", "_multi_adamw_update", "_multi_mp_adamw_update"]


@operator
class _adamw_update(Operator):
    """Step ``weight`` as Adam does, and shrink it apart from that.

    ::

        g      = clip(rescale_grad * grad)
        mean   = beta1 * mean + (1 - beta1) * g
        var    = beta2 * var + (1 - beta2) * g ** 2
        output = weight - eta * (lr * mean / (sqrt(var) + epsilon) + wd * weight)

    Where ``rescale_grad`` is zero, infinite or not a number, nothing changes: a loss scaler says so that the gradient has
    overflowed.

    Source: Loshchilov and Hutter (2019), Decoupled weight decay regularization, algorithm 2.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    mean: Tensor = MEAN
    var: Tensor = VAR
    rescale_grad: Tensor = tensor("Factor on the gradient.", shape="(1,)")
    lr: float = LEARNING_RATE
    beta1: float = MEAN_DECAY
    beta2: float = SQUARE_DECAY
    epsilon: float = EPSILON
    wd: float = param("Share of the weight that is taken off, times ``eta``.", default=0.0)
    eta: float = param("Factor on the whole step: the schedule.")
    clip_gradient: float = CLIP_GRADIENT

    infer_shape = apart_from(same_shapes, rescale_grad=(1,))
    infer_dtype = apart_from(floating, rescale_grad=FLOAT32)
    gradient = not_differentiable

    def body(self, weight, grad, mean, var, rescale_grad):
        g = clipped(ops.broadcast_mul(grad, rescale_grad), self.clip_gradient)
        new_mean = self.beta1 * mean + (1 - self.beta1) * g
        new_var = self.beta2 * var + (1 - self.beta2) * ops.square(g)
        output = weight - self.eta * (self.lr * new_mean / (ops.sqrt(new_var) + self.epsilon) + self.wd * weight)

        usable = (ops.abs(rescale_grad) < math.inf) * (rescale_grad != 0)
        usable = ops.broadcast_mul(ops.ones_like(weight), usable)
        yield "mean", ops.where(usable, new_mean, mean)
        yield "var", ops.where(usable, new_var, var)
        yield "output", ops.where(usable, output, weight)


WORDS = ("lrs", "beta1", "beta2", "epsilon", "wds", "etas", "clip_gradient")

_mp_adamw_update = mixed_precision("_mp_adamw_update", _adamw_update, before="rescale_grad")
_multi_adamw_update = over_many("_multi_adamw_update", _adamw_update, WORDS, shared=("rescale_grad",))
_multi_mp_adamw_update = over_many("_multi_mp_adamw_update", _mp_adamw_update, WORDS, shared=("rescale_grad",))
