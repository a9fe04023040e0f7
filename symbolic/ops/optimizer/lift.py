"""Variants of update operators: steps kept in float32, and the steps of many weights in one call.

::

    mp_sgd_update    = mixed_precision("mp_sgd_update", sgd_update)     weight, grad, weight32
    multi_sgd_update = over_many("multi_sgd_update", sgd_update, ...)   weight_0, grad_0, weight_1, grad_1, ...

A variant has the body of its original, read with other values in its slots.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import REQUIRED, Param, param, result, tensor, tensors
from symbolic.operator.op import Op, Rule
from symbolic.ops.optimizer.fields import FLOAT32, Facts, Slots, floating, whole

__all__ = ["Step", "mixed_precision", "over_many"]

PLURALS = {"lrs": "lr", "wds": "wd", "etas": "eta"}


class Step(NamedTuple):
    """Fields and rules, under the names that an `Op` has for them, of what is no operator itself."""

    name: str
    inputs: Mapping[str, Any]
    params: Mapping[str, Param]
    infer_shape: Any
    infer_dtype: Any
    body: Any


def declared(name: str, doc: str, **content: Any) -> Op:
    """Enter an operator whose fields are computed."""
    return operator(type(name, (Operator,), {"__module__": __name__, "__doc__": doc, **content, "gradient": not_differentiable}))


# ------------------------------------------------------------------------------------------------------ mixed precision


def mixed_precision(name: str, op: Op, *, before: str = "", writes: bool = True) -> Op:
    """Declare the variant of an operator that works on a float32 copy of a narrower weight; its states are float32 too.

    Parameters
    ----------
    before : str
        The slot that ``weight32`` stands before; at the end by default.
    writes : bool
        Whether the output is the new weight: then ``weight32`` gets it, and the output is rounded to the weight's type.
    """
    inputs: dict[str, Any] = {}
    master = tensor("The weight in float32.", shape="(*x)", mutated=writes)
    for slot, field in op.inputs.items():
        if slot == before:
            inputs["weight32"] = master
        inputs[slot] = field
    inputs.setdefault("weight32", master)
    narrow = ("weight", "grad", "output") if writes else ("weight", "grad")

    def infer_dtype(params: Operator, slots: Slots) -> Facts:
        yield from floating(params, {slot: slots[slot] for slot in narrow if slot in slots})
        yield from ((slot, FLOAT32) for slot in slots if slot not in narrow)

    def body(params: Operator, slots: Slots) -> Facts:
        assert op.body is not None
        for slot, value in op.body(params, {**slots, "weight": slots["weight32"]}):
            if slot == "output" and writes:
                yield "weight32", value
            yield slot, value

    rules = {"infer_shape": op.infer_shape, "infer_dtype": whole(infer_dtype), "body": whole(body)}
    return declared(name, f"Do what ``{op.name}`` does, in float32 where ``weight`` is narrower.", **inputs, **op.params, **rules)


# ---------------------------------------------------------------------------------------------------------- many weights


def over_many(
    name: str,
    step: Op | Step,
    words: tuple[str, ...],
    *,
    plurals: Mapping[str, str] = PLURALS,
    shared: tuple[str, ...] = (),
    preloaded: bool = False,
    count: str = "num_weights",
) -> Op:
    """Declare the operator that does a step for each of many weights.

    Parameters
    ----------
    name : str
        Its name.
    step : Op or Step
        What is done for each weight.
    words : tuple of str
        Its parameters, in order; a plural has one value for each weight.
    plurals : dict
        Plural -> the parameter of the step.
    shared : tuple of str
        Inputs that all weights share; they stand last.
    preloaded : bool
        The plurals are arrays, which stand last among the inputs.
    count : str
        The parameter that says how many weights there are.
    """
    many = Many(step, words, plurals, shared, preloaded, count)
    doc = f"{', '.join(many.own)} of the first weight, of the second, ..." + (f"; then {', '.join(many.shared)}." if many.shared else "")
    return declared(
        name,
        f"Step many weights at once, each as ``{step.name}`` does.",
        data=tensors(doc, count=many.size, names=many.spell, mutated=many.is_state),
        **many.params(),
        output=result("The weights after the step.", shape="each as its weight", count=many.count),
        check=many.check,
        infer_shape=whole(many.infer_shape),
        infer_dtype=whole(many.infer_dtype),
        body=whole(many.body),
    )


class Factor:
    """A number that lies in an array, where a body multiplies by a parameter: ``lr * g``."""

    def __init__(self, number: Any):
        self.number = number

    def __mul__(self, value: Any) -> Any:
        return ops.broadcast_mul(self.number, value)


class Many:
    """The fields and rules of a step of many weights."""

    def __init__(
        self, step: Op | Step, words: tuple[str, ...], plurals: Mapping[str, str], shared: tuple[str, ...], preloaded: bool, number: str
    ):
        self.step: Any = step
        self.words = words
        self.plurals = {word: plurals[word] for word in words if word in plurals}
        self.own = tuple(slot for slot in step.inputs if slot not in shared)
        self.shared = (*shared, *self.plurals) if preloaded else shared
        self.preloaded = preloaded
        self.number = number

    # -- fields

    def params(self) -> dict[str, Param]:
        """Make the parameters."""
        made: dict[str, Param] = {}
        for word in self.words:
            if word not in self.plurals:
                made[word] = self.step.params[word]
            elif not self.preloaded:
                made[word] = copy.copy(self.step.params[self.plurals[word]])
                made[word].doc += " One for each weight."
                made[word].type = tuple[made[word].type, ...]
                made[word].default = REQUIRED
        made[self.number] = param("Number of weights.", default=1, ge=1)
        made[self.number].type = int
        return made

    def check(self, params: Any) -> str | None:
        """Say what is wrong with the parameters."""
        for word in () if self.preloaded else self.plurals:
            if len(getattr(params, word)) != self.count(params):
                return f"{word} has {len(getattr(params, word))} values for {self.number}={self.count(params)}"
        return None

    def count(self, params: Any) -> int:
        """Count the weights."""
        return getattr(params, self.number)

    def size(self, params: Any) -> int:
        """Count the inputs."""
        return self.count(params) * len(self.own) + len(self.shared)

    def spell(self, params: Any, place: int) -> str:
        """Name the input at a place: ``weight_0``, ``grad_0``, ``weight_1``, ``grad_1``, ..., ``lrs``, ``wds``."""
        weight, slot = divmod(place, len(self.own))
        return f"{self.own[slot]}_{weight}" if weight < self.count(params) else self.shared[place - self.count(params) * len(self.own)]

    def is_state(self, params: Any, place: int) -> bool:
        """Tell whether the input at a place gets a new value."""
        return place < self.count(params) * len(self.own) and self.step.inputs[self.own[place % len(self.own)]].mutated

    # -- rules

    def infer_shape(self, params: Any, slots: Slots) -> Facts:
        """Apply the rule of the step to each weight; an array of numbers has one for each."""
        return self.for_each(self.step.infer_shape, params, slots, (self.count(params),))

    def infer_dtype(self, params: Any, slots: Slots) -> Facts:
        """Apply the rule of the step to each weight; an array of numbers is float32."""
        return self.for_each(self.step.infer_dtype, params, slots, FLOAT32)

    def for_each(self, rule: Rule, params: Any, slots: Slots, numbers: Any) -> Facts:
        data, outputs = self.by_name(params, slots["data"]), list(slots["output"])
        for weight, output in enumerate(outputs):
            names = self.names_of(weight)
            for slot, fact in rule(params, {slot: data[name] for slot, name in names.items()} | {"output": output}):
                if slot == "output":
                    outputs[weight] = fact
                else:
                    data[names[slot]] = fact
        if self.preloaded:
            data.update(dict.fromkeys(self.plurals, numbers))
        yield "data", list(data.values())
        yield "output", outputs

    def body(self, params: Any, slots: Slots) -> Facts:
        """Do the step for each weight."""
        data, outputs = self.by_name(params, slots["data"]), []
        for weight in range(self.count(params)):
            names = self.names_of(weight)
            for slot, value in self.step.body(self.singular(params, data, weight), {slot: data[name] for slot, name in names.items()}):
                if slot == "output":
                    outputs.append(value)
                else:
                    yield names[slot], value
        yield "output", outputs

    def by_name(self, params: Any, data: list[Any]) -> dict[str, Any]:
        """Call the inputs by their names, in order."""
        return {self.spell(params, place): value for place, value in enumerate(data)}

    def names_of(self, weight: int) -> dict[str, str]:
        """Find the inputs of one weight: slot of the step -> name."""
        return {slot: slot if slot in self.shared else f"{slot}_{weight}" for slot in self.step.inputs}

    def singular(self, params: Any, data: Slots, weight: int) -> Any:
        """Make the parameters of one weight's step."""
        own = {}
        for word in self.words:
            if word not in self.plurals:
                own[word] = getattr(params, word)
            elif self.preloaded:
                own[self.plurals[word]] = Factor(ops.slice_axis(data[word], axis=0, begin=weight, end=weight + 1))
            else:
                own[self.plurals[word]] = getattr(params, word)[weight]
        return SimpleNamespace(**own)
