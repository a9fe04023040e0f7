"""Composing a node: arguments matched to slots, parameters read, missing inputs made variables."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from symbolic import registry
from symbolic.errors import ArgumentError, ParameterError, closest, describe
from symbolic.graph.node import NO_ATTRS, Entry, Node
from symbolic.operator.fields import Tensors
from symbolic.operator.text import spell
from symbolic.scope import _stack, hide, origin
from symbolic.symbol.handle import Symbol
from symbolic.values.dtype import dtype_of

__all__ = ["adopt", "compose", "constant", "find_op"]

find_op = registry.find
_SPECIAL = ("name", "attr", "out", "ctx", "__layout__")


def compose(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make a node of ``op`` and return its visible outputs as a Symbol."""
    name = kwargs.pop("name", None)
    attr = kwargs.pop("attr", None)
    given: dict[str, Any] = {}
    words: dict[str, Any] = {}
    many: list[Any] | None = None
    if args:
        if op.variadic is not None:
            args, many = _spread(op, args)
        if len(args) > len(op._slots):
            raise ArgumentError(
                describe(
                    "too many positional arguments",
                    operator=op.name,
                    name=name,
                    facts={"got": len(args), "expected": ", ".join(op._slots)},
                )
            )
        inputs = op.inputs
        for slot, value in zip(op._slots, args, strict=False):
            if slot in inputs:
                if value is not None:
                    given[slot] = value
            elif value is not None:
                words[slot] = value
    for key, value in kwargs.items():
        if key in op.inputs and not isinstance(op.inputs[key], Tensors):
            if value is None:
                continue
            if key in given:
                raise ArgumentError(describe(f"argument {key!r} is given twice", operator=op.name, name=name))
            given[key] = value
        elif key in op.params:
            if key in words:
                raise ArgumentError(describe(f"argument {key!r} is given twice", operator=op.name, name=name))
            words[key] = value
        elif key[:2] == "__" and key[-2:] == "__":
            attr = {**(attr or {}), key: str(value)}
        elif op.variadic is not None and isinstance(value, (list, tuple)) and key == op.variadic.name:
            many = list(value)
        elif op.variadic is not None and _is_tensor(value):
            given[key] = value
        elif key == "out" or key == "ctx":
            if key == "out" and value is not None:
                raise ArgumentError(describe("a symbol has no array to write to; leave out 'out'", operator=op.name, name=name))
        elif op.rest:
            if _is_tensor(value):
                given[key] = value
            else:
                words[key] = value
        else:
            raise _unknown(op, name, key, value)
    for key, value in list(words.items()):
        if value is None and key not in _takes_none(op):
            del words[key]
    if many is not None and op.count_name is not None and op.count_name not in words:
        words[op.count_name] = len(many) + len(given)
    elif op.count_name is not None and op.count_name not in words and given:
        words[op.count_name] = len(given)
    params = op.parameters(words, name)
    stack = _stack
    name = stack.names[-1].get(name, op.hint)
    attrs = stack.attributes[-1].get({hide(key): _word(op, name, key, value) for key, value in attr.items()} if attr else None) or NO_ATTRS
    place = origin()
    layout = params._layout
    entries: list[Entry] = []
    if many is not None:
        if len(many) > len(layout.inputs):
            raise ArgumentError(
                describe(
                    "wrong number of inputs",
                    operator=op.name,
                    name=name,
                    facts={"got": len(many), "expected": f"{len(layout.inputs)} ({op.count_name or 'count'})"},
                )
            )
        given.update(zip([slot for slot in layout.inputs if slot not in given], many, strict=False))
    for slot in layout.inputs:
        value = given.pop(slot, None) if given else None
        if value is None:
            kept = {**params._words, **attrs}
            entries.append((Node(None, None, f"{name}_{slot}", (), kept, place), 0))
        elif type(value) is Symbol and len(value._entries) == 1:
            entries.append(value._entries[0])
        else:
            adopted = adopt(value, op, name, slot)
            entries.append(adopted)
    if given:
        slot = next(iter(given))
        if slot not in op.inputs and op.variadic is None:
            raise _unknown(op, name, slot, given[slot])
        raise ArgumentError(
            describe(
                f"there is no input {slot!r} with these parameters",
                operator=op.name,
                name=name,
                facts={"argument": slot, "got": repr(given[slot]), "expected": ", ".join(layout.inputs), "parameters": params._words},
            )
        )
    node = Node(op.canonical, params, name, tuple(entries), attrs, place)
    count = len(layout.outputs)
    return Symbol([(node, 0)] if count == 1 else [(node, index) for index in range(count)])


def _word(op: Any, name: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ArgumentError(
            describe(f"attribute {key!r} must be a string", operator=op.name, name=name, facts={"got": repr(value), "expected": repr(str(value))})
        )
    return value


def _takes_none(op: Any) -> frozenset[str]:
    found = op.__dict__.get("_none_words")
    if found is None:
        found = frozenset(n for n, f in op.params.items() if "None" in str(f.type) or f.default is None)
        op.__dict__["_none_words"] = found
    return found


def _spread(op: Any, args: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[Any]]:
    """Take the leading symbols and arrays of a call for a variadic slot; the rest are the slots after it."""
    fixed = [slot for slot, field in op.inputs.items() if not isinstance(field, Tensors)]
    if len(args) == 1 and isinstance(args[0], (list, tuple)):
        return (), list(args[0])
    for place, value in enumerate(args):
        if not _is_tensor(value) and value is not None:
            raise ArgumentError(
                describe(
                    "positional arguments are its inputs; name the parameters",
                    operator=op.name,
                    facts={"argument": place, "got": repr(value), "expected": "Symbol or array"},
                )
            )
    if fixed and list(op.inputs)[0] == fixed[0]:  # fixed slots come first, as in Custom's kin
        return args[: len(fixed)], list(args[len(fixed) :])
    return (), list(args)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, (Symbol, np.ndarray)) or hasattr(value, "_as_constant")


def _unknown(op: Any, name: str | None, key: str, value: Any) -> ParameterError | ArgumentError:
    kind = ArgumentError if _is_tensor(value) else ParameterError
    return kind(
        describe(
            f"unknown argument {key!r}{closest(key, op._slots)}",
            operator=op.name,
            name=name,
            facts={"argument": key, "got": spell(value) if not _is_tensor(value) else repr(value), "expected": ", ".join(op._slots)},
        )
    )


def adopt(value: Any, op: Any, name: str, slot: str) -> Entry:
    """Turn what a user put into an input slot into one value: a one-output symbol, or an array made a constant."""
    if isinstance(value, Symbol):
        if len(value._entries) == 1:
            return value._entries[0]
        raise ArgumentError(
            describe(
                f"input {slot!r} takes one value, not a symbol of {len(value._entries)} outputs",
                operator=op.name,
                name=name,
                facts={"argument": slot, "got": value.list_outputs(), "expected": "a Symbol with one output"},
                hint="pick one output: symbol[0]",
            )
        )
    if isinstance(value, np.ndarray) or hasattr(value, "_as_constant"):
        return constant(value)._entries[0]
    raise ArgumentError(
        describe(
            f"input {slot!r} must be a Symbol or an array, not {type(value).__name__}",
            operator=op.name,
            name=name,
            facts={"argument": slot, "got": repr(value), "expected": "Symbol, NDArray or numpy.ndarray"},
        )
    )


def constant(value: Any) -> Symbol:
    """Make an array a constant of the graph; its values are copied."""
    array = value if isinstance(value, np.ndarray) else value._as_constant()
    dtype = dtype_of(array.dtype)
    text = base64.b64encode(np.ascontiguousarray(array, dtype.newbyteorder("<")).tobytes()).decode("ascii")
    return registry.find("_constant")(shape=array.shape, dtype=dtype, values=text)
