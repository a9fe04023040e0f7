"""Named dimensions in shapes: ``("N", 3, "32*H", "32*W")``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symbolic.errors import ArgumentError, describe

__all__ = ["Dimension", "at", "names_in", "read_shapes"]

_TEXT = re.compile(r"\s*(?:(\d+)\s*\*\s*)?([^\W\d]\w*)\s*(?:\*\s*(\d+)\s*)?(?:([+-])\s*(\d+))?\s*")


@dataclass(frozen=True)
class Dimension:
    """A size that depends on a name: ``factor * name + shift``."""

    name: str
    factor: int = 1
    shift: int = 0

    def at(self, values: Mapping[str, int]) -> int:
        """Return the size, where the name has a value."""
        return self.factor * values[self.name] + self.shift


def names_in(shapes: Mapping[str, tuple[Any, ...]]) -> tuple[str, ...]:
    """List the dimensions that shapes name, in order."""
    return tuple(dict.fromkeys(size.name for shape in shapes.values() for size in shape if isinstance(size, Dimension)))


def at(shapes: Mapping[str, tuple[Any, ...]], values: Mapping[str, int]) -> dict[str, tuple[Any, ...]]:
    """Spell shapes where their dimensions have values."""
    return {name: tuple([size.at(values) if isinstance(size, Dimension) else size for size in shape]) for name, shape in shapes.items()}


def read_shapes(shapes: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Read shapes: argument -> tuple of int and `Dimension`.

    Raises
    ------
    ArgumentError
        If a shape is no tuple, or a size neither a positive int nor such a text.
    """
    found = {}
    for argument, shape in shapes.items():
        if not isinstance(shape, (tuple, list)):
            raise _wrong(argument, shape, "a shape must be a tuple")
        found[argument] = tuple([_read(argument, shape, size) for size in shape])
    return found


def _read(argument: str, shape: Any, size: Any) -> Any:
    if not isinstance(size, str):
        return size  # inference says what is wrong with it
    match = _TEXT.fullmatch(size)
    if match is None or (match[1] and match[3]):
        raise _wrong(argument, shape, f"a size cannot be {size!r}")
    factor, shift = int(match[1] or match[3] or 1), int((match[4] or "") + (match[5] or "0"))
    if not factor:
        raise _wrong(argument, shape, f"a size cannot be {size!r}")
    return Dimension(match[2], factor, shift)


def _wrong(argument: str, got: Any, what: str) -> ArgumentError:
    facts = {"argument": argument, "got": repr(got), "expected": "sizes and names of dimensions, such as ('N', 3, 224, 224) or '32*H'"}
    return ArgumentError(describe(what, name="cost", facts=facts))
