"""What update operators share: parameters of one meaning, the bound on a gradient, rules about shapes and types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from symbolic import ops
from symbolic.errors import DTypeError
from symbolic.operator.fields import param, tensor
from symbolic.operator.op import Operator, Rule
from symbolic.operator.rules import all_alike

__all__ = [
    "CLIP_GRADIENT",
    "EPSILON",
    "FLOAT32",
    "GRADIENT",
    "LAZY_UPDATE",
    "LEARNING_RATE",
    "MEAN",
    "MEAN_DECAY",
    "MOMENTUM",
    "RESCALE_GRAD",
    "SQUARE_DECAY",
    "VAR",
    "WEIGHT",
    "WEIGHT_DECAY",
    "Facts",
    "Slots",
    "apart_from",
    "clipped",
    "floating",
    "whole",
]

FLOAT32 = np.dtype("float32")
Slots = Mapping[str, Any]
Facts = Iterator[tuple[str, Any]]

WEIGHT = tensor("Parameter before the step.", shape="(*x)")
GRADIENT = tensor("Gradient of the loss with respect to ``weight``.", shape="(*x)")
MEAN = tensor("Running mean of the gradient.", shape="(*x)", mutated=True)
VAR = tensor("Running mean of the squared gradient.", shape="(*x)", mutated=True)

LEARNING_RATE = param("Length of the step.")
WEIGHT_DECAY = param("Share of the weight that is added to its gradient.", default=0.0)
RESCALE_GRAD = param("Factor on the gradient, before anything else: 1 / n turns a sum over a batch into its mean.", default=1.0)
CLIP_GRADIENT = param("Bound on the size of each element of the gradient; none if negative.", default=-1.0)
MOMENTUM = param("Share of the last step that is taken again.", default=0.0)
MEAN_DECAY = param("Share of the running mean of the gradient that is kept at each step.", default=0.9)
SQUARE_DECAY = param("Share of the running mean of the squared gradient that is kept at each step.", default=0.999)
EPSILON = param("Added to the root in the denominator.", default=1e-8)
LAZY_UPDATE = param("No effect: it concerns row-sparse gradients, which are dense here.", default=True)


def clipped(value: Any, bound: float) -> Any:
    """Bound the size of each element; a negative bound means none, a bound of zero leaves zeros."""
    return ops.clip(value, a_min=-bound, a_max=bound) if bound >= 0 else value


def whole(function: Callable[[Any, Slots], Facts]) -> Rule:
    """Make a rule that takes all slots at once."""
    return Rule(function, (), whole=True)


def _floating(params: Operator, slots: Slots) -> Facts:
    """Every input and output has one floating-point type."""
    for slot, value in slots.items():
        for dtype in value if isinstance(value, list) else [value]:
            if dtype is not None and dtype.kind in "iub":
                raise DTypeError(f"{slot} is {dtype.name}, not a floating-point type")
    yield from all_alike(params, slots)


floating = whole(_floating)


def apart_from(rule: Rule, **stated: Any) -> Rule:
    """Make a rule that says of some slots what is ``stated``, and of the rest what ``rule`` says."""

    def facts(params: Operator, slots: Slots) -> Facts:
        yield from rule(params, {slot: value for slot, value in slots.items() if slot not in stated})
        yield from stated.items()

    return whole(facts)
