"""LAMB: the direction of Adam, as long as the weight; in two phases, or both for many weights at once."""

from __future__ import annotations

from typing import Any

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.op import Op
from symbolic.operator.rules import same_shapes
from symbolic.ops.optimizer.fields import (
    CLIP_GRADIENT,
    GRADIENT,
    LEARNING_RATE,
    MEAN,
    MEAN_DECAY,
    RESCALE_GRAD,
    SQUARE_DECAY,
    VAR,
    WEIGHT,
    Facts,
    Slots,
    apart_from,
    clipped,
    floating,
    whole,
)
from symbolic.ops.optimizer.lift import Step, mixed_precision, over_many

__all__ = [
    "_multi_lamb_update",
    "_multi_mp_lamb_update",
    "lamb_update_phase1",
    "lamb_update_phase2",
    "mp_lamb_update_phase1",
    "mp_lamb_update_phase2",
]


@operator
class lamb_update_phase1(Operator):
    """Give the direction in which LAMB steps; its length is for the second phase.

    ::

        g      = clip(rescale_grad * grad)
        mean   = beta1 * mean + (1 - beta1) * g
        var    = beta2 * var + (1 - beta2) * g ** 2
        output = m / (sqrt(v) + epsilon) + wd * weight

    where ``m, v`` are ``mean / (1 - beta1 ** t), var / (1 - beta2 ** t)`` with ``bias_correction``, else ``mean, var``.

    Source: You et al. (2020), Large batch optimization for deep learning, algorithm 2.
    """

    weight: Tensor = WEIGHT
    grad: Tensor = GRADIENT
    mean: Tensor = MEAN
    var: Tensor = VAR
    beta1: float = MEAN_DECAY
    beta2: float = SQUARE_DECAY
    epsilon: float = param("Added to the root in the denominator.", default=1e-6)
    t: int = param("Number of this step, from 1.")
    bias_correction: bool = param("Make up for means that began at zero.", default=True)
    wd: float = param("Share of the weight that is added to the direction.")
    rescale_grad: float = RESCALE_GRAD
    clip_gradient: float = CLIP_GRADIENT

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, grad, mean, var):
        g = clipped(self.rescale_grad * grad, self.clip_gradient)
        mean = self.beta1 * mean + (1 - self.beta1) * g
        var = self.beta2 * var + (1 - self.beta2) * ops.square(g)
        yield "mean", mean
        yield "var", var
        if self.bias_correction:
            mean = mean / (1 - self.beta1**self.t)
            var = var / (1 - self.beta2**self.t)
        yield "output", mean / (ops.sqrt(var) + self.epsilon) + self.wd * weight


@operator
class lamb_update_phase2(Operator):
    """Step ``weight`` along ``g`` by ``lr`` times the ratio of their lengths.

    ``weight - lr * r1 / r2 * g``, with ``r1`` kept between the bounds; the ratio is 1 if ``r1`` or ``r2`` is zero.

    Source: You et al. (2020), Large batch optimization for deep learning, algorithm 2.
    """

    weight: Tensor = WEIGHT
    g: Tensor = tensor("Direction: the output of ``lamb_update_phase1``.", shape="(*x)")
    r1: Tensor = tensor("Euclidean length of ``weight``.", shape="(1,)")
    r2: Tensor = tensor("Euclidean length of ``g``.", shape="(1,)")
    lr: float = LEARNING_RATE
    lower_bound: float = param("Least value of ``r1``; none if negative.", default=-1.0)
    upper_bound: float = param("Largest value of ``r1``; none if negative.", default=-1.0)

    infer_shape = apart_from(same_shapes, r1=(1,), r2=(1,))
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, weight, g, r1, r2):
        if self.lower_bound >= 0:
            r1 = ops._maximum_scalar(r1, scalar=self.lower_bound)
        if self.upper_bound >= 0:
            r1 = ops._minimum_scalar(r1, scalar=self.upper_bound)
        ratio = ops.where((r1 != 0) * (r2 != 0), r1 / r2, ops.ones_like(r1))
        yield "output", weight - ops.broadcast_mul(self.lr * ratio, g)


def length(value: Any) -> Any:
    """Take the Euclidean length of an array, as an array of one element (under ``np_shape`` a norm has none of its axes)."""
    return ops.reshape(ops.norm(value), shape=(1,))


def both_phases(first: Op, second: Op) -> Step:
    """Put the phases in a row; the lengths of weight and direction are taken between them."""

    def body(params: Any, slots: Slots) -> Facts:
        assert first.body is not None and second.body is not None
        direction = None
        for slot, value in first.body(params, slots):
            if slot == "output":
                direction = value
            else:
                yield slot, value
        lengths = {"r1": length(slots["weight"]), "r2": length(direction)}
        yield from second.body(params, {**slots, "g": direction, **lengths})

    inputs = {slot: second.inputs.get(slot, field) for slot, field in first.inputs.items()}  # the second writes weight32
    params = {**first.params, **second.params}
    return Step(f"{first.name}, 2", inputs, params, first.infer_shape, second.infer_dtype, whole(body))


PLURALS = {"learning_rates": "lr", "wds": "wd", "step_count": "t"}
WORDS = (
    *("learning_rates", "beta1", "beta2", "epsilon", "wds", "rescale_grad"),
    *("lower_bound", "upper_bound", "clip_gradient", "bias_correction", "step_count"),
)

mp_lamb_update_phase1 = mixed_precision("mp_lamb_update_phase1", lamb_update_phase1, writes=False)
mp_lamb_update_phase2 = mixed_precision("mp_lamb_update_phase2", lamb_update_phase2)

lamb_update = both_phases(lamb_update_phase1, lamb_update_phase2)
mp_lamb_update = both_phases(mp_lamb_update_phase1, mp_lamb_update_phase2)

_multi_lamb_update = over_many("_multi_lamb_update", lamb_update, WORDS, plurals=PLURALS, count="num_tensors")
_multi_mp_lamb_update = over_many("_multi_mp_lamb_update", mp_lamb_update, WORDS, plurals=PLURALS, count="num_tensors")
