"""``mx.engine``: how many operators MXNet's engine would run together. Here each call is complete when it returns."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager

__all__ = ["bulk", "set_bulk_size"]

_sizes = [15]  # MXNet's default


def set_bulk_size(size: int) -> int:
    """Remember a size, which has no effect, and return the one before it."""
    previous, _sizes[0] = _sizes[0], int(size)
    return previous


def bulk(size: int) -> AbstractContextManager[None]:
    """Set the size within a ``with`` block; it has no effect."""
    return _bulk(size)


@contextlib.contextmanager
def _bulk(size: int) -> Iterator[None]:
    previous = set_bulk_size(size)
    try:
        yield
    finally:
        set_bulk_size(previous)
