"""Type and shape rules of operators on batches of images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from symbolic.errors import DTypeError, ShapeError
from symbolic.operator.op import Operator, Rule
from symbolic.operator.rules import all_alike

__all__ = ["floats_alike", "images"]


def _floats_alike(params: Operator, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every input and output has one type, of floating-point numbers."""
    for slot, dtype in slots.items():
        if dtype is not None and dtype.kind != "f":
            raise DTypeError(f"{slot} must be of a floating-point type, not {dtype.name}")
    yield from all_alike(params, slots)


floats_alike = Rule(_floats_alike, (), whole=True)


def images(shape: Any, what: str = "data") -> Any:
    """Check that a shape is that of a batch of images ``(n, c, h, w)``.

    Raises
    ------
    ShapeError
        If it has not four axes.
    """
    if len(shape) != 4:
        raise ShapeError(f"{what} {shape} is no batch of images (n, c, h, w)")
    return shape
