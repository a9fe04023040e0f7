"""backward_op: a gradient operator derived from its forward one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from symbolic import registry
from symbolic.operator.fields import Param, Result, Tensor, Tensors
from symbolic.operator.op import Op, Operator, Rule
from symbolic.values.shape import NO_RANK, unify

__all__ = ["Backward", "backward_op"]

Heads = tuple[str, ...] | dict[str, Callable[[Any], bool]] | None


class Backward:
    """What `backward_op` says, until the forward operator is declared."""

    def __init__(self, needs: tuple[str, ...], updates: tuple[str, ...], gradient: Any, heads: Heads, only_shape: Mapping[str, Any]):
        self.needs = needs
        self.only_shape = only_shape
        self.updates = updates
        self.gradient = gradient
        self.heads = heads

    def attach(self, forward: Op, cls: type) -> Rule:
        """Declare ``_backward_<name>`` and return the gradient rule that composes it."""
        namespace: dict[str, Any] = {
            "__module__": cls.__module__,
            "__doc__": f"Gradient of ``{forward.name}``.",
            "__annotations__": {},
        }
        fields: dict[str, Any] = {}
        heads = tuple(n for n, f in forward.results.items() if f.hidden is False) if self.heads is None else tuple(self.heads)
        conditions = self.heads if isinstance(self.heads, dict) else {}
        for slot in heads:
            field = forward.results[slot]
            if field.count is not None:
                fields[f"d_{slot}"] = Tensors(f"Gradient with respect to ``{slot}``.", field.count, lambda op, i, s=slot: f"d_{s}{i}")
            else:
                fields[f"d_{slot}"] = Tensor(f"Gradient with respect to ``{slot}``.", when=conditions.get(slot, field.when))
        for slot in self.needs:
            field = forward.inputs.get(slot)
            unread = self.only_shape.get(slot, False)
            if isinstance(field, Tensors):
                fields[slot] = Tensors(field.doc, field.count, field.names, only_shape=unread)
            elif field is not None:
                fields[slot] = Tensor(field.doc, when=field.when, only_shape=unread)
            else:
                fields[slot] = Tensor(forward.results[slot].doc, when=forward.results[slot].when, only_shape=unread)
        for slot in self.updates:
            fields[slot] = Tensor(forward.inputs[slot].doc, mutated=True)
        fields.update(forward.params)
        for slot, field in forward.inputs.items():
            if isinstance(field, Tensors):
                count = field.count
                counted = (lambda op, c=count: getattr(op, c)) if isinstance(count, str) else count
                fields[f"d_{slot}"] = Result(f"Gradient with respect to ``{slot}``.", count=counted)
            elif not field.auxiliary:
                fields[f"d_{slot}"] = Result(f"Gradient with respect to ``{slot}``.", when=field.when)
        holder = type(f"_backward_{forward.name}", (Operator,), {**namespace, **_helpers(cls)})
        for slot, field in fields.items():
            setattr(holder, slot, field)
        named = {slot: field.named(slot) for slot, field in fields.items()}
        op = Op(holder, f"_backward_{forward.name}", named, ())
        op.infer_shape = _translated(forward, forward.infer_shape, NO_RANK, unify)
        op.infer_dtype = _translated(forward, forward.infer_dtype, None, lambda a, b: b if a is None else a)
        op.differentiable = self.gradient is not None
        op.gradient = Rule(self.gradient) if self.gradient is not None else None
        holder._op = op
        registry.add(op)
        forward.backward = op
        return _composing(forward, op, heads)


def _helpers(cls: type) -> dict[str, Any]:
    """The methods and constants of the forward class that rules and ``when`` may use."""
    kept = ("infer_shape", "infer_dtype", "gradient", "body", "check")
    return {
        name: value
        for name, value in cls.__dict__.items()
        if name not in kept and not name.startswith("__") and not isinstance(value, (Tensor, Tensors, Result, Param))
    }


def _translated(forward: Op, rule: Rule | None, unknown: Any, join: Any) -> Rule | None:
    """Make the forward rule speak of ``x`` and ``d_x``, which are alike."""

    def facts(params: Operator, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        assert rule is not None
        seen = {}
        for slot in (*forward.inputs, *forward.results):
            own, other = slots.get(slot), slots.get(f"d_{slot}")
            if isinstance(own, list) or isinstance(other, list):
                seen[slot] = [join(a, b) for a, b in zip(own or other or [], other or own or [], strict=True)]
            else:
                seen[slot] = join(unknown if own is None else own, unknown if other is None else other)
        for slot, value in seen.items():  # what is known of x is known of d_x
            if slot in slots and f"d_{slot}" in slots:
                yield slot, value
                yield f"d_{slot}", value
        yielded = rule.function(params, seen) if rule.whole else rule.function(params, *[seen[name] for name in rule.names])
        for slot, value in yielded:
            if slot in slots:
                yield slot, value
            if f"d_{slot}" in slots:
                yield f"d_{slot}", value
        for slot in slots:
            if slot.startswith("new_") and slot[4:] in seen:
                yield slot, seen[slot[4:]]

    return None if rule is None else Rule(facts, (), whole=True)


def _composing(forward: Op, op: Op, heads: tuple[str, ...]) -> Rule:
    """Make the gradient rule of the forward operator: one node of the backward one."""
    names = (*[f"d_{slot}" for slot in heads], *[slot for slot in op.inputs if not slot.startswith("d_") or slot in forward.inputs])

    def gradient(params: Operator, *values: Any) -> Iterator[tuple[str, Any]]:
        given = dict(zip(names, values, strict=True))
        inputs: dict[str, Any] = {}
        backward = op.parameters(params._words)
        for slot in op.inputs:
            value = given[slot]
            if isinstance(value, list):
                place = backward._layout.places[slot]
                assert isinstance(place, range)
                inputs.update(zip(backward._layout.inputs[place.start : place.stop], value, strict=True))
            elif value is not None:
                inputs[slot] = value
        node = op.node(backward, inputs)
        for slot in op.results:
            place = backward._layout.places[slot]
            if place is None:
                continue
            start = len(backward._layout.inputs)
            value = [node[i - start] for i in place] if isinstance(place, range) else node[place - start]
            yield slot[2:], value

    return Rule(gradient, names)


def backward_op(
    *,
    needs: tuple[str, ...] = (),
    updates: tuple[str, ...] = (),
    heads: Heads = None,
    gradient: Any = None,
    only_shape: Mapping[str, Any] | None = None,
) -> Any:
    """Declare a gradient operator in the place of a gradient rule.

    It takes ``d_<output>`` and what it ``needs``, and returns ``d_<input>`` for each input but states; shapes and types
    follow from the forward rules.

    Parameters
    ----------
    needs : tuple of str
        Inputs and outputs, hidden ones too, that the gradient is computed from.
    updates : tuple of str
        Auxiliary states that get their new value when the gradient is computed.
    heads : tuple of str, or dict of str to callable, optional
        The outputs whose gradients it takes, maybe depending on the parameters; all visible ones by default.
    gradient : generator function, optional
        The gradient rule of the gradient operator itself.
    only_shape : dict of str to bool or callable of the parameters
        Which of ``needs`` no kernel reads the values of.
    """
    return Backward(needs, updates, gradient, heads, only_shape or {})
