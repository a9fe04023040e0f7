"""Matching a call's arguments to an operator's inputs and parameters; calls on Symbols and on arrays share it."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, InputError, ParameterError, closest, describe
from symbolic.operator.fields import Tensors
from symbolic.symbol.handle import Symbol

__all__ = ["Call", "is_tensor", "match", "shown", "unknown_argument"]

INPUT, PARAMETER, NAME, ATTR = range(4)


class Call:
    """What the arguments of calls mean to one operator; worked out once.

    Attributes
    ----------
    positions : tuple of str
        The order of positional arguments: inputs (unless variadic), parameters, ``name``, ``attr``.
    count : int
        How many of them are inputs.
    kinds : dict of str to int
        What a keyword is.
    plain : int
        How many symbols fill all its inputs, if no parameter has a say in that; else -1.
    initial : dict of str to dict
        Annotations of variables made for some inputs: how training initialises them.
    """

    __slots__ = ("count", "initial", "kinds", "plain", "positions")

    def __init__(self, op: Any):
        inputs = [slot for slot, field in op.inputs.items() if not isinstance(field, Tensors)]
        self.positions = (*inputs, *op.params, "name", "attr")
        self.count = len(inputs)
        self.kinds = {"name": NAME, "attr": ATTR} | dict.fromkeys(op.params, PARAMETER) | dict.fromkeys(inputs, INPUT)
        self.plain = self.count if self.count and op.has_one_layout and not op.subgraphs else -1
        self.initial = {slot: {"__init__": op.inputs[slot].init} for slot in inputs if op.inputs[slot].init}


def match(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], str | None, Any, dict[str, Any]]:
    """Match positional and keyword arguments.

    Returns
    -------
    given : dict
        Slot -> what the user put there; ``None`` where a place was held open. Members of a variadic slot have its name
        if they came by position, as one list, else their own: ``arg0``.
    words : dict
        Parameters.
    name, attr
        The node's name and annotations.
    rest : dict
        Keywords that are no slot of the operator: annotations, ``ctx``, words of a ``rest`` field.
    """
    call = op.call
    given: dict[str, Any] = {}
    words: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    name = attr = None
    if args:
        if op.variadic is not None:
            _spread(op, call, args, given)
        elif len(args) == 1 and call.count:  # as most calls do; zip is slow
            given[call.positions[0]] = args[0]
        else:
            given.update(zip(call.positions, args[: call.count], strict=False))
            if len(args) > call.count:
                name, attr = _beyond_inputs(op, call, args, words)
    for key, value in kwargs.items():
        kind = call.kinds.get(key)
        if kind == PARAMETER:
            if key in words:
                raise _twice(op, name, key)
            words[key] = value
        elif kind == INPUT:
            if key in given:
                raise _twice(op, name, key)
            given[key] = value
        elif kind == NAME:
            name = value
        elif kind == ATTR:
            attr = value
        elif op.variadic is not None and (is_tensor(value) or (key == op.variadic.name and isinstance(value, (list, tuple)))):
            if key in given:
                raise _twice(op, name, key)
            given[key] = list(value) if isinstance(value, (list, tuple)) else value
        else:
            rest[key] = value
    return given, words, name, attr, rest


def _beyond_inputs(op: Any, call: Call, args: tuple[Any, ...], words: dict[str, Any]) -> tuple[str | None, Any]:
    """Take positional arguments after the inputs: parameters, then name and annotations."""
    if len(args) > len(call.positions):
        raise ArgumentError(
            describe(
                "too many positional arguments",
                operator=op.name,
                facts={"got": len(args), "expected": f"at most {len(call.positions)}: {', '.join(call.positions)}"},
            )
        )
    if is_tensor(args[call.count]):
        raise ArgumentError(
            describe(
                "too many inputs",
                operator=op.name,
                facts={"got": len(args), "expected": f"at most {call.count}: {', '.join(op.inputs) or 'none'}"},
            )
        )
    words.update(zip(call.positions[call.count :], args[call.count :], strict=False))
    return words.pop("name", None), words.pop("attr", None)


def _spread(op: Any, call: Call, args: tuple[Any, ...], given: dict[str, Any]) -> None:
    """Take positional arguments of an operator with a variadic slot: fixed inputs first if they stand first, then all others."""
    variadic = op.variadic.name
    if len(args) == 1 and isinstance(args[0], (list, tuple)):
        args = tuple(args[0])
    first = call.count if next(iter(op.inputs)) != variadic else 0
    given.update(zip(call.positions, args[:first], strict=False))
    members = list(args[first:])
    for place, value in enumerate(members):
        if not is_tensor(value):
            raise InputError(
                describe(
                    f"input {variadic}[{place}] must be a Symbol, not {shown(value)}",
                    operator=op.name,
                    facts={"argument": f"arg{place}", "got": shown(value), "expected": "Symbol"},
                    hint="parameters are given by name",
                )
            )
    given[variadic] = members


def _twice(op: Any, name: str | None, key: str) -> ArgumentError:
    facts = {"argument": key, "got": "two values", "expected": "one, by position or by name"}
    return ArgumentError(describe(f"argument {key!r} is given twice, by position and by name", operator=op.name, name=name, facts=facts))


def is_tensor(value: Any) -> bool:
    """Whether a value can fill an input: a Symbol, or an array."""
    return isinstance(value, (Symbol, np.ndarray)) or hasattr(value, "_as_constant")


def unknown_argument(op: Any, name: str | None, key: str, value: Any) -> ParameterError | ArgumentError:
    """Say that a keyword is neither input nor parameter, and which it may have meant."""
    kind = ArgumentError if is_tensor(value) else ParameterError
    like = closest(key, (*op._slots, "name", "attr"))
    return kind(
        describe(
            f"unknown argument {key!r}{like}",
            operator=op.name,
            name=name,
            facts={
                "argument": key,
                "got": f"{op.__name__}(..., {key}={value!r}, name={name!r})",
                "expected": ", ".join(op._slots) or "no parameter",
            },
            hint=f"an annotation is spelled __{key}__" if isinstance(value, str) and not like else None,
        )
    )


def shown(value: Any) -> str:
    """Show what a user gave, and its type, for messages."""
    return f"{value!r} ({type(value).__name__})"
