"""Shapes that are known in part: unknown rank, unknown size, zero and scalar are four different things.

A shape is `NO_RANK` or a tuple; a size is an ``int`` or `UNKNOWN`. The spellings of MXNet, where 0 stands for an
unknown size and ``()`` for an unknown rank, are translated at the door by `from_user` and `to_user`; under
``np_shape`` 0 means 0, -1 means unknown, and ``None`` stands for an unknown rank.
"""

from __future__ import annotations

import operator
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from symbolic.errors import ArgumentError, ShapeError

__all__ = [
    "NO_RANK",
    "UNKNOWN",
    "Shape",
    "Undecided",
    "complete",
    "from_user",
    "is_np_shape",
    "np_shape",
    "set_np_shape",
    "to_user",
    "unify",
]

MOST_AXES = 32
MOST_ELEMENTS = 2**40


class Undecided(Exception):
    """A rule asked for something that is not known yet; it runs again when more is."""


class UnknownSize:
    """The size of an axis that is not known yet: arithmetic absorbs, a question ends the rule."""

    __slots__ = ()

    def _absorb(self, *_: Any) -> UnknownSize:
        return self

    def _ask(self, *_: Any) -> Any:
        raise Undecided

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __rfloordiv__ = _absorb
    __mod__ = __rmod__ = __neg__ = __pos__ = __abs__ = _absorb
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __ceil__ = __floor__ = __trunc__ = __round__ = _absorb
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __index__ = __int__ = __float__ = _ask  # type: ignore[assignment]

    __hash__ = object.__hash__  # not of Python: shapes are looked up for each node

    def __repr__(self) -> str:
        return "?"

    def __reduce__(self) -> str:
        return "UNKNOWN"


class NoRank:
    """A shape of which not even the number of axes is known: touching it ends the rule."""

    __slots__ = ()

    def _ask(self, *_: Any) -> Any:
        raise Undecided

    __iter__ = __len__ = __getitem__ = __contains__ = __add__ = __radd__ = __bool__ = _ask
    __eq__ = __ne__ = _ask  # type: ignore[assignment]

    __hash__ = object.__hash__  # not of Python: shapes are looked up for each node

    def __repr__(self) -> str:
        return "(unknown)"

    def __reduce__(self) -> str:
        return "NO_RANK"


UNKNOWN: Any = UnknownSize()
NO_RANK: Any = NoRank()
Shape = tuple  # of int | UNKNOWN; or NO_RANK


def unify(a: Any, b: Any) -> Any:
    """Join what two sources know of one shape.

    Raises
    ------
    ShapeError
        If they contradict each other.
    """
    if a is NO_RANK or a is b:
        return b
    if b is NO_RANK:
        return a
    if len(a) != len(b):
        raise ShapeError(f"{a} has {len(a)} axes, {b} has {len(b)}")
    joined = a
    for axis, (x, y) in enumerate(zip(a, b, strict=True)):
        if x is y or y is UNKNOWN:
            continue
        if x is UNKNOWN:
            joined = (*joined[:axis], y, *joined[axis + 1 :])
        elif x != y:
            raise ShapeError(f"axis {axis} is {x} in {a} and {y} in {b}")
    return joined


def complete(shape: Any) -> bool:
    """Whether every size of ``shape`` is known."""
    if shape is NO_RANK:
        return False
    return all(size is not UNKNOWN for size in shape)


class _Switch(threading.local):
    """Whether this thread reads shapes in NumPy's way; off unless `np_shape` says so."""

    active = False


_switch = _Switch()


def is_np_shape() -> bool:
    """Whether 0 means a size of zero, and ``()`` a scalar, in shapes that users give and get."""
    return _switch.active


def set_np_shape(active: bool) -> bool:
    """Switch the reading of 0 and ``()`` in shapes; return what it was."""
    before, _switch.active = _switch.active, bool(active)
    return before


@contextmanager
def np_shape(active: bool = True) -> Iterator[None]:
    """Within the block, 0 means zero and ``()`` scalar (or, if not ``active``, both mean unknown)."""
    before = set_np_shape(active)
    try:
        yield
    finally:
        set_np_shape(before)


def from_user(shape: Any, what: str = "shape") -> Any:
    """Read a shape in the user's spelling.

    Raises
    ------
    ArgumentError
        If it is not an integer or a sequence of integers.
    ShapeError
        If it has negative sizes, too many axes or too many elements.
    """
    if shape is None or shape is NO_RANK:
        return NO_RANK
    if not isinstance(shape, (tuple, list)):
        try:
            shape = (operator.index(shape),)
        except TypeError:
            try:
                shape = tuple(shape)
            except TypeError:
                raise ArgumentError(f"{what} must be a tuple of integers, not {shape!r}") from None
    unknown = -1 if _switch.active else 0
    sizes = []
    for size in shape:
        if size is UNKNOWN or size is None:
            sizes.append(UNKNOWN)
            continue
        try:
            number = operator.index(size)
        except TypeError:
            raise ArgumentError(f"{what} must hold integers, not {size!r}: {shape!r}") from None
        if number == unknown or number == -1:
            sizes.append(UNKNOWN)
        elif number < 0:
            raise ShapeError(f"{what} has a negative size: {tuple(shape)!r}")
        else:
            sizes.append(number)
    if not sizes and not _switch.active:
        return NO_RANK
    checked_size(sizes, what)
    return tuple(sizes)


def checked_size(sizes: Any, what: str) -> int:
    """Count the elements of a shape, refusing what no array can have; unknown sizes count as 1."""
    if len(sizes) > MOST_AXES:
        raise ShapeError(f"{what} has {len(sizes)} axes; at most {MOST_AXES} are admitted")
    count = 1
    for size in sizes:
        if size is not UNKNOWN:
            count *= size
    if count > MOST_ELEMENTS:
        raise ShapeError(f"{what} {tuple(sizes)} has {count} elements; at most 2**40 are admitted")
    return count


def to_user(shape: Any) -> tuple[int, ...] | None:
    """Spell a shape for the user: unknown sizes as 0 (-1 under ``np_shape``), unknown rank as ``()`` (``None``)."""
    if shape is NO_RANK:
        return None if _switch.active else ()
    unknown = -1 if _switch.active else 0
    return tuple([unknown if size is UNKNOWN else size for size in shape])
