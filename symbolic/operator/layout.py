"""Layout: which slots the nodes of an operator have, given their parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from symbolic.errors import ParameterError, describe
from symbolic.operator.fields import Tensors

__all__ = ["Layout", "has_one_layout", "lay_out", "slots_of"]

MOST_SLOTS = 1 << 18  # inputs or outputs of a node


class Layout(NamedTuple):
    """The slots of nodes with given parameters.

    Attributes
    ----------
    inputs : tuple of str
        Names of the inputs, variadic ones spelled out.
    outputs : tuple of str
        Names of the visible outputs.
    hidden : tuple of str
        Names of the hidden outputs; the new values of mutated inputs, ``new_<slot>``, last.
    states : tuple of int
        The inputs that make their variable an auxiliary state.
    versions : tuple of (int, int)
        Mutated input -> the output that is its new value.
    only_shape : frozenset of int
        Inputs that no kernel reads.
    places : dict
        Slot -> its place among inputs and outputs, a range for a variadic one, ``None`` if absent.
    size : int
        How many outputs there are, hidden ones too.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    hidden: tuple[str, ...]
    states: tuple[int, ...]
    versions: tuple[tuple[int, int], ...]
    only_shape: frozenset[int]
    places: dict[str, int | range | None]
    size: int


def has_one_layout(op: Any) -> bool:
    """Whether no parameter has a say in which slots there are."""
    if any(isinstance(field, Tensors) or field.when or callable(field.only_shape) for field in op.inputs.values()):
        return False
    return not any(field.when or field.count or callable(field.hidden) for field in op.results.values())


def lay_out(op: Any, holder: Any) -> Layout:
    """Lay out the slots of nodes with the parameters ``holder``; ``None`` if they have no say."""
    inputs: list[str] = []
    states: list[int] = []
    mutated: list[int] = []
    only_shape: list[int] = []
    places: dict[str, int | range | None] = {}
    for name, field in op.inputs.items():
        if isinstance(field, Tensors):
            count = getattr(holder, field.count) if isinstance(field.count, str) else field.count(holder)
            _check_count(count, name, holder)
            places[name] = range(len(inputs), len(inputs) + count)
            for place in range(count):
                if field.mutated is not None and field.mutated(holder, place):
                    states.append(len(inputs))
                    mutated.append(len(inputs))
                if _holds(field.only_shape, holder):
                    only_shape.append(len(inputs))
                inputs.append(field.names(holder, place))
        elif field.when is None or field.when(holder):
            places[name] = len(inputs)
            if field.auxiliary:
                states.append(len(inputs))
            if field.mutated:
                mutated.append(len(inputs))
            if _holds(field.only_shape, holder):
                only_shape.append(len(inputs))
            inputs.append(name)
        else:
            places[name] = None
    outputs: list[str] = []
    hidden: list[str] = []
    for wanted, names in ((False, outputs), (True, hidden)):
        for name, field in op.results.items():
            if _holds(field.hidden, holder) is not wanted:
                continue
            start = len(inputs) + len(outputs) + len(hidden)
            if field.when is not None and not field.when(holder):
                places[name] = None
            elif field.count is not None:
                count = field.count(holder)
                _check_count(count, name, holder)
                places[name] = range(start, start + count)
                if field.names is not None:
                    names.extend([field.names(holder, i) for i in range(count)])
                else:
                    names.extend([name] if count == 1 and not field.numbered else [f"{name}{i}" for i in range(count)])
            else:
                places[name] = start
                names.append(name)
    versions = []
    for position in mutated:
        slot = f"new_{inputs[position]}"
        versions.append((position, len(outputs) + len(hidden)))
        places[slot] = len(inputs) + len(outputs) + len(hidden)
        hidden.append(slot)
    return Layout(
        tuple(inputs),
        tuple(outputs),
        tuple(hidden),
        tuple(states),
        tuple(versions),
        frozenset(only_shape),
        places,
        len(outputs) + len(hidden),
    )


def _check_count(count: int, slot: str, params: Any) -> None:
    """Refuse what no graph has, before that many names are made."""
    if count > MOST_SLOTS:
        facts = {"argument": slot, "got": count, "expected": f"at most {MOST_SLOTS}", "parameters": params._words}
        raise ParameterError(describe("too many inputs or outputs", operator=params._op.name, facts=facts))


def _holds(condition: bool | Callable[[Any], bool], params: Any) -> bool:
    return condition(params) if callable(condition) else condition


def slots_of(layout: Layout, values: Any) -> dict[str, Any]:
    """Give each slot its part of ``values``, which lie in a row: inputs, then outputs; absent ones are ``None``."""
    return {
        slot: None if place is None else list(values[place.start : place.stop]) if isinstance(place, range) else values[place]
        for slot, place in layout.places.items()
    }
