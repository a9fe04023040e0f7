"""Parameter values from and to text: a small typed reader, which evaluates nothing."""

from __future__ import annotations

import decimal
import fractions
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from symbolic.errors import DTypeError
from symbolic.operator.fields import REQUIRED, DType, Param
from symbolic.values.context import Context
from symbolic.values.dtype import NAMES, dtype_of
from symbolic.values.shape import UNKNOWN

__all__ = ["Unreadable", "choices_of", "read_shape", "reader", "spell", "takes_any_number", "type_name"]


class Unreadable(ValueError):
    """A value is not of the kind that a parameter has; the message says what is."""


MOST_DIGITS = 19  # of an integer; none in use has more
ROUND_NUMBERS = (np.floating, fractions.Fraction, decimal.Decimal)


def _integer(value: Any) -> int:
    if type(value) is int:
        number = value
    elif isinstance(value, (bool, np.bool_)):
        raise Unreadable("an integer (int)")
    elif isinstance(value, (int, np.integer)):
        number = int(value)
    else:
        text = value.strip() if isinstance(value, str) else ""
        digits = text[1:] if text[:1] in ("+", "-") else text
        digits = digits[:-1] if digits[-1:] == "L" else digits
        if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
            raise Unreadable("an integer (int)")
        number = int(text.rstrip("L"))
    if not -(2**63) <= number < 2**63:
        raise Unreadable("an integer (int) of 64 bits")
    return number


def _number(value: Any) -> float:
    if type(value) is float:
        return value
    if isinstance(value, (bool, np.bool_)):
        raise Unreadable("a number (float)")
    if isinstance(value, (int, float, np.integer)) and not isinstance(value, np.floating):
        try:
            return float(value)
        except OverflowError:
            raise Unreadable("a number (float)") from None
    if isinstance(value, ROUND_NUMBERS):
        return float(spell(value))  # float32's 0.1 is spelled, and read back, as 0.1
    if isinstance(value, str) and len(value) <= 64 and "_" not in value:
        text = value.strip()
        try:
            return float(text[:-1] if text[-1:] == "f" and text[-3:-1] != "in" else text)  # 0.5f, but not inf
        except ValueError:
            pass
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return float(value)
    raise Unreadable("a number (float)")


_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def _truth(value: Any) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        found = _TRUTH.get(value.strip().lower())
        if found is not None:
            return found
    raise Unreadable("True or False (bool)")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Context):
        return str(value)
    raise Unreadable("a string")


def _members(value: Any) -> list[Any]:
    """Split ``(1, 2)``, ``[1,2]``, ``1`` or a Python sequence into members; nesting is kept whole."""
    if isinstance(value, str):
        text = value.strip()
        if text[:1] + text[-1:] in ("()", "[]"):
            text = text[1:-1]
        elif not text:
            raise Unreadable("a tuple")
        parts, depth, start = [], 0, 0
        for place, letter in enumerate(text):
            if letter in "([":
                depth += 1
            elif letter in ")]":
                depth -= 1
                if depth < 0:
                    raise Unreadable("a tuple")
            elif letter == "," and depth == 0:
                parts.append(text[start:place].strip())
                start = place + 1
        if depth:
            raise Unreadable("a tuple")
        parts.append(text[start:].strip())
        if parts[-1] == "":
            parts.pop()
        if "" in parts:
            raise Unreadable("a tuple")
        return parts
    if isinstance(value, (tuple, list)):
        return list(value)
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return value.tolist()
    return [value]


def _sequence(member: Callable[[Any], Any], what: str) -> Callable[[Any], tuple[Any, ...]]:
    def read(value: Any) -> tuple[Any, ...]:
        try:
            return tuple([member(part) for part in _members(value)])
        except Unreadable:
            raise Unreadable(what) from None

    return read


def read_shape(text: str) -> tuple[int, ...]:
    """Read a shape from text: ``"(2, 3)"``, ``"[2,3]"``, ``"2"``.

    Raises
    ------
    Unreadable
        If it is none.
    """
    return tuple([_integer(member) for member in _members(text)])


def _axis_size(value: Any) -> Any:
    if value is UNKNOWN:
        return UNKNOWN
    if _is_none(value):
        raise Unreadable("an integer")
    return _integer(value)


def _dtype(value: Any) -> np.dtype:
    try:
        return dtype_of(value)
    except DTypeError as error:
        raise Unreadable(f"a type; {str(error).partition(chr(10))[0]} (known are {', '.join(NAMES)})") from None


def _is_none(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value == "None")  # an array compares each of its elements


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read_optional(value: Any) -> Any:
        if _is_none(value):
            return None
        try:
            return read(value)
        except Unreadable as error:
            raise Unreadable(f"{error} or None") from None

    return read_optional


def _choice(admitted: tuple[Any, ...]) -> Callable[[Any], Any]:
    by_text = {str(choice): choice for choice in admitted}

    def read(value: Any) -> Any:
        text = value if isinstance(value, str) else str(value)
        if text in by_text:
            return by_text[text]
        raise Unreadable("one of " + ", ".join(repr(choice) for choice in admitted))

    return read


def _optional_member(value: Any) -> Any:
    return None if _is_none(value) else _integer(value)


_READERS: dict[Any, Callable[[Any], Any]] = {
    int: _integer,
    float: _number,
    bool: _truth,
    str: _text,
    DType: _dtype,
    tuple[int, ...]: _sequence(_axis_size, "a tuple of integers"),
    tuple[float, ...]: _sequence(_number, "a tuple of numbers"),
    tuple[int | None, ...]: _sequence(_optional_member, "a tuple of integers or None"),
}


@cache
def _base_reader(annotation: Any) -> Callable[[Any], Any]:
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        members = [member for member in typing.get_args(annotation) if member is not type(None)]
        if len(members) != 1:
            raise TypeError(f"a parameter has one kind, or None: {annotation}")
        return _optional(_base_reader(members[0]))
    if typing.get_origin(annotation) is typing.Literal:
        return _choice(typing.get_args(annotation))
    try:
        return _READERS[annotation]
    except KeyError:
        raise TypeError(f"no reader for parameters of kind {annotation}") from None


def _or_default(read: Callable[[Any], Any], default: Any) -> Callable[[Any], Any]:
    """Take ``None`` for a shape or a type that is left open."""
    return lambda value: default if _is_none(value) else read(value)


def reader(field: Param) -> Callable[[Any], Any]:
    """Make the function that reads a parameter's value, from text or from Python, and checks its bounds.

    The function raises `Unreadable`, saying what is admitted.
    """
    read = _base_reader(field.type)
    if field.default is not REQUIRED and (field.type is DType or typing.get_origin(field.type) is tuple):
        read = _or_default(read, field.default)
    bounds = [
        (sign, bound, holds)
        for sign, bound, holds in (
            (">=", field.ge, lambda v, b: v >= b),
            (">", field.gt, lambda v, b: v > b),
            ("<=", field.le, lambda v, b: v <= b),
            ("<", field.lt, lambda v, b: v < b),
        )
        if bound is not None
    ]
    if not bounds and field.check is None and field.choices is None:
        return read
    admitted = None if field.choices is None else {None if c is None else np.dtype(c) for c in field.choices}

    def read_checked(value: Any) -> Any:
        result = read(value)
        if result is None:
            return result
        if admitted is not None and result not in admitted:
            raise Unreadable("one of " + ", ".join(str(choice) for choice in field.choices or ()))
        for member in result if isinstance(result, tuple) else (result,):
            for sign, bound, holds in bounds:
                if member is not UNKNOWN and not holds(member, bound):
                    raise Unreadable(f"{sign} {bound}")
        if field.check is not None and not field.check(result):
            raise Unreadable(field.needs or "another value")
        return result

    return read_checked


def takes_any_number(field: Param) -> bool:
    """Whether every number is a value of the parameter, as it stands."""
    return reader(field) is _number


def spell(value: Any) -> str:
    """Write a parameter's value as text that `reader`, and MXNet, read back."""
    kind = type(value)
    if kind is str:
        return value
    if kind is bool or kind is int:
        return str(value)
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, type) and issubclass(value, (np.generic, float, int)):
        return np.dtype(value).name
    if isinstance(value, (np.bool_, np.integer, np.floating)):
        return str(value)
    if isinstance(value, (fractions.Fraction, decimal.Decimal)):
        return str(float(value))
    if isinstance(value, (tuple, list)):
        members = [spell(member) for member in value]
        inner = ", ".join(members) + ("," if len(members) == 1 else "")
        return f"[{', '.join(members)}]" if isinstance(value, list) else f"({inner})"
    if value is UNKNOWN:
        return "0"
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return str(value.item())
    if isinstance(value, np.ndarray):
        return spell(tuple(value.tolist()))
    return str(value)


def choices_of(field: Param) -> list[str]:
    """List the words that a parameter may be, if it is one of some."""
    kinds = typing.get_args(field.type) if typing.get_origin(field.type) in (types.UnionType, typing.Union) else (field.type,)
    listed = [choice for kind in kinds if typing.get_origin(kind) is typing.Literal for choice in typing.get_args(kind)]
    return [str(choice) for choice in (listed or field.choices or ()) if choice is not None]


def type_name(field: Param) -> str:
    """Name a parameter's kind for docstrings: ``int``, ``float or None``, ``{'max', 'avg'}``."""
    return _kind(field.type, field.choices)


def _kind(annotation: Any, choices: tuple[Any, ...] | None) -> str:
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        inner = [_kind(member, choices) for member in typing.get_args(annotation) if member is not type(None)]
        return f"{inner[0]} or None"
    if typing.get_origin(annotation) is typing.Literal:
        return "{" + ", ".join(repr(choice) for choice in typing.get_args(annotation)) + "}"
    if annotation is DType:
        return "dtype" if choices is None else "{" + ", ".join(repr(str(c)) for c in choices) + "}"
    names = {tuple[int, ...]: "tuple of int", tuple[float, ...]: "tuple of float", tuple[int | None, ...]: "tuple of int or None"}
    return names.get(annotation) or annotation.__name__
