"""Composing a node: arguments matched to slots, parameters read, missing inputs made variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbolic import registry
from symbolic.errors import ArgumentError, InputError, ParameterError, describe
from symbolic.graph.node import NO_ATTRS, Entry, Node
from symbolic.operator.match import is_tensor, match, shown, unknown_argument
from symbolic.scope import HIDDEN_KEYS, _stack, hide, origin
from symbolic.symbol.handle import Symbol

__all__ = ["adopt", "compose", "find_op"]

find_op = registry.find


def compose(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Symbol:
    """Make a node of ``op`` and return its visible outputs as a Symbol.

    This is the path of every call of an operator; what is rare stands in functions of its own.
    """
    if len(args) == op.call.plain and kwargs.keys() <= op.params.keys() and (inputs := _values(args)):
        return _plain(op, inputs, kwargs)
    given, words, name, attr, rest = match(op, args, kwargs)
    stack = _stack
    name = stack.names[-1].get(name, op.hint)
    if not isinstance(name, str):
        raise ArgumentError(
            describe(
                "the name of a node must be a string", operator=op.name, facts={"argument": "name", "got": shown(name), "expected": "str"}
            )
        )
    attrs = NO_ATTRS
    if rest or attr is not None or stack.attributes[-1]._attr:
        attrs = _annotations(op, name, attr, rest, given, words)
    graphs: list[Any] = []
    if op.variadic is not None:
        _count_members(op, name, given, words)
        if op.subgraphs and op.variadic.name in given:  # a loop is composed with its graphs in front of its inputs
            members = given[op.variadic.name]
            graphs, given[op.variadic.name] = members[: op.subgraphs], members[op.subgraphs :]
    try:
        params = op.parameters(words, name)
    except ParameterError:
        _check_inputs(op, name, given)  # a parameter where an input belongs explains why it is missing
        raise
    if op.subgraphs:
        op.hold(params, graphs)
    layout = params._layout
    if op.variadic is not None:
        _name_members(op, name, given, layout)
    place = origin()
    entries: list[Entry] = []
    for slot in layout.inputs:
        value = given.pop(slot, None)
        if value is None:
            entries.append((_variable(op, params, name, slot, attrs, place), 0))
        elif type(value) is Symbol and len(value._entries) == 1:
            entries.append(value._entries[0])
        else:
            entries.append(adopt(value, op, name, slot))
    if given:
        _refuse_absent(op, name, given, params)
    node = Node(op.canonical, params, name, tuple(entries), attrs, place)
    visible = len(layout.outputs)
    return Symbol(((node, 0),) if visible == 1 else [(node, index) for index in range(visible)])


def _values(symbols: tuple[Any, ...]) -> tuple[Entry, ...] | None:
    """Take the one value of each argument; ``None`` if one is no symbol of one value."""
    if len(symbols) == 1:
        symbol = symbols[0]
        return symbol._entries if type(symbol) is Symbol and len(symbol._entries) == 1 else None
    found = []
    for symbol in symbols:
        if type(symbol) is not Symbol or len(symbol._entries) != 1:
            return None
        found.append(symbol._entries[0])
    return tuple(found)


def _plain(op: Any, inputs: tuple[Entry, ...], words: dict[str, Any]) -> Symbol:
    """Compose an operator of all its inputs with parameters, and nothing said of its name: ``exp(x)``, ``x + 1``, ``x + y``."""
    stack = _stack
    attrs = NO_ATTRS
    if stack.attributes[-1]._attr:
        attrs = _annotations(op, op.hint, None, {}, {}, words)
    try:
        params = op.parameters(words)
    except ParameterError:
        params = op.parameters(words, stack.names[-1].get(None, op.hint))  # fails once more, with a name in its message
    node = Node(op.canonical, params, stack.names[-1].get(None, op.hint), inputs, attrs, origin(4))
    visible = len(params._layout.outputs)
    return Symbol(((node, 0),) if visible == 1 else [(node, index) for index in range(visible)])


def _variable(op: Any, params: Any, name: str, slot: str, attrs: Mapping[str, str], place: Any) -> Node:
    """Make the variable for an input that the user left out; it shows the operator's parameters, as in the reference."""
    kept = {**params._words, **attrs} if attrs else params._words
    initial = op.call.initial.get(slot)
    return Node(None, None, f"{name}_{slot}", (), {**kept, **initial} if initial else kept, place)


def _annotations(op: Any, name: str, attr: Any, rest: dict[str, Any], given: dict[str, Any], words: dict[str, Any]) -> Mapping[str, str]:
    """Join annotations from the scope, from ``attr`` and from further keywords; what is a parameter becomes one.

    Returns
    -------
    mapping of str to str
        As they are stored: the special ones under ``__lr_mult__`` and its kin.
    """
    if attr is not None and not isinstance(attr, Mapping):
        raise ArgumentError(
            describe(
                "annotations are a dict", operator=op.name, name=name, facts={"argument": "attr", "got": shown(attr), "expected": "dict"}
            )
        )
    own = {key: str(value) for key, value in (attr or {}).items()}
    for key, value in rest.items():
        if key in HIDDEN_KEYS or (key[:2] == "__" and key[-2:] == "__"):
            own[key] = str(value)
        elif key == "out" and value is None:
            continue
        elif op.rest:
            (given if is_tensor(value) else words)[key] = value
        else:
            raise unknown_argument(op, name, key, value)
    kept = {}
    for key, value in _stack.attributes[-1].get(own).items():
        if key in op.params:
            words[key] = value
        elif key in HIDDEN_KEYS or key[:2] == "__" or not op.params:
            kept[hide(key)] = value
        else:
            raise unknown_argument(op, name, key, value)
    return kept


def _count_members(op: Any, name: str, given: dict[str, Any], words: dict[str, Any]) -> None:
    """Say how many members the variadic slot has, unless the user does: ``Concat(a, b)`` has ``num_args=2``."""
    if op.count_name is None or op.count_name in words:
        return
    named = sum(1 for slot, value in given.items() if slot not in op.inputs and value is not None)
    members = given.get(op.variadic.name)  # or one that bears the name of all
    count = named + (len(members) if type(members) is list else members is not None)
    if count == 0:
        raise ArgumentError(
            describe(
                "it needs at least one input",
                operator=op.name,
                name=name,
                facts={"got": "0 inputs", "expected": f"1 input or more, or {op.count_name}"},
            )
        )
    words[op.count_name] = count


def _name_members(op: Any, name: str, given: dict[str, Any], layout: Any) -> None:
    """Put the members given by position under their names: ``arg0``, ``arg1``."""
    if type(given.get(op.variadic.name)) is not list:  # nothing, or a member that bears the name of all
        return
    members = given.pop(op.variadic.name)
    place = layout.places[op.variadic.name]
    names = layout.inputs[place.start : place.stop]
    if len(members) > len(names):
        raise ArgumentError(
            describe(
                "too many inputs",
                operator=op.name,
                name=name,
                facts={
                    "got": f"{len(members)} inputs",
                    "expected": f"{len(names)}" + (f", as {op.count_name} says" if op.count_name else ""),
                },
            )
        )
    for slot, value in zip(names, members, strict=False):
        if slot in given:
            raise ArgumentError(describe(f"input {slot!r} is given twice, by position and by name", operator=op.name, name=name))
        given[slot] = value


def _check_inputs(op: Any, name: str, given: dict[str, Any]) -> None:
    """Complain of what is no Symbol and no array where an input belongs."""
    for slot, value in given.items():
        if slot in op.inputs and not isinstance(value, list) and value is not None:
            adopt(value, op, name, slot)


def _refuse_absent(op: Any, name: str, given: dict[str, Any], params: Any) -> None:
    """Complain of an input that the node does not have with its parameters: a bias under ``no_bias=True``."""
    for slot, value in given.items():
        if value is None:
            continue
        raise InputError(
            describe(
                f"there is no input {slot!r} with these parameters",
                operator=op.name,
                name=name,
                facts={"argument": slot, "got": shown(value), "expected": ", ".join(params._layout.inputs), "parameters": params._words},
            )
        )


def adopt(value: Any, op: Any, name: str, slot: str) -> Entry:
    """Take the value of what a user put into an input slot, or say why it is none."""
    if isinstance(value, Symbol):
        if len(value._entries) == 1:
            return value._entries[0]
        raise InputError(
            describe(
                f"input {slot!r} takes one value, not a symbol of {len(value._entries)} outputs",
                operator=op.name,
                name=name,
                facts={"argument": slot, "got": value.list_outputs(), "expected": "a Symbol with one output"},
                hint="pick one output: symbol[0]",
            )
        )
    raise InputError(
        describe(
            f"input {slot!r} must be a Symbol, not {type(value).__name__}",
            operator=op.name,
            name=name,
            facts={"argument": slot, "got": shown(value), "expected": "Symbol"},
            hint="compose with a Variable, and bind the array to it" if is_tensor(value) else None,
        )
    )
