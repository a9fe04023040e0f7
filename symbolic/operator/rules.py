"""Shape and type rules that many operators share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from symbolic.errors import DTypeError, ShapeError
from symbolic.operator.op import Operator, Rule
from symbolic.values.shape import NO_RANK, UNKNOWN, unify

__all__ = ["all_alike", "axes_of", "axis_of", "broadcast_shape", "floats_alike", "reading", "reduced_shape", "same_shapes", "typed_like"]


def _each(slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for slot, value in slots.items():
        if isinstance(value, list):
            for member in value:
                if member is not None:
                    yield slot, member
        elif value is not None:
            yield slot, value


def _all_alike(params: Operator, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every input and output has one type."""
    found = next((value for _, value in _each(slots)), None)
    if found is not None:
        for slot, value in slots.items():
            yield slot, [found] * len(value) if isinstance(value, list) else found


all_alike = Rule(_all_alike, (), whole=True, reads=())


def _floats_alike(params: Operator, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every input and output has one type, of floating-point numbers."""
    for slot, dtype in _each(slots):
        if dtype.kind in "iub":
            raise DTypeError(f"{slot} must be of a floating-point type, not {dtype.name}")
    yield from _all_alike(params, slots)


floats_alike = Rule(_floats_alike, (), whole=True, reads=())


def typed_like(*slots: str) -> Any:
    """Make the type rule by which some slots and the output have one type, and the others any."""

    def rule(params: Any, slots_known: Any) -> Any:
        found = next((slots_known[slot] for slot in (*slots, "output") if slots_known[slot] is not None), None)
        for slot in (*slots, "output"):
            yield slot, found

    return Rule(rule, (), whole=True)


def _same_shapes(params: Operator, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every input and output has one shape."""
    joined = NO_RANK
    for _, shape in _each(slots):
        joined = unify(joined, shape)
    for slot, value in slots.items():
        yield slot, [joined] * len(value) if isinstance(value, list) else joined


same_shapes = Rule(_same_shapes, (), whole=True, reads=())


def reading(*parameters: str) -> Callable[[Any], Any]:
    """Promise that a rule reads these parameters and no other: what it answers once, it need not be asked for each number."""

    def promised(rule: Callable[..., Iterator[tuple[str, Any]]]) -> Any:
        return Rule(rule, reads=parameters)

    return promised


def axis_of(axis: int, rank: int, what: str = "axis") -> int:
    """Count a negative axis from the end.

    Raises
    ------
    ShapeError
        If there is no such axis.
    """
    if not -rank <= axis < rank:
        raise ShapeError(f"{what} {axis} is out of range for {rank} axes")
    return axis % rank if rank else 0


def axes_of(axes: int | tuple[int, ...] | None, rank: int, exclude: bool = False) -> tuple[int, ...]:
    """List the axes meant by a parameter, in order: all for ``None`` or ``()``, all others if ``exclude``."""
    if axes is None or axes == ():
        return () if exclude and axes is not None else tuple(range(rank))
    named = {axis_of(axis, rank) for axis in (axes if isinstance(axes, tuple) else (axes,))}
    return tuple(axis for axis in range(rank) if (axis in named) is not exclude)


def reduced_shape(shape: Any, axes: tuple[int, ...], keepdims: bool) -> tuple[Any, ...]:
    """Drop ``axes`` from a shape, or leave ones in their place."""
    if keepdims:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def broadcast_shape(*shapes: Any) -> tuple[Any, ...]:
    """Join shapes by NumPy's rule: axes are matched from the last, a size of one stretches.

    An axis of which one size is unknown has the other size if that is not one, else it is unknown.

    Raises
    ------
    ShapeError
        If two sizes differ and none is one.
    """
    rank = max(len(shape) for shape in shapes)
    joined: list[Any] = []
    for axis in range(-rank, 0):
        size: Any = 1
        doubt = False
        for shape in shapes:
            if -axis > len(shape):
                continue
            other = shape[axis]
            if other is UNKNOWN:
                doubt = True
            elif other != 1:
                if size != 1 and size != other:
                    raise ShapeError(f"{' and '.join(map(str, shapes))} do not broadcast: {size} and {other} on axis {axis}")
                size = other
        joined.append(UNKNOWN if doubt and size == 1 else size)
    return tuple(joined)


def agreeing(*dtypes: Any) -> Any:
    """Return the one type among those known.

    Raises
    ------
    DTypeError
        If there are two.
    """
    known = [dtype for dtype in dtypes if dtype is not None]
    if any(dtype != known[0] for dtype in known):
        raise DTypeError(f"types differ: {', '.join(dtype.name for dtype in known)}")
    return known[0] if known else None
