"""``symbol[1:3, None]`` in NumPy's sense, under ``with mx.sym.np_indexing():``; elsewhere ``symbol[0]`` picks an output."""

from __future__ import annotations

import numbers
import operator
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import EllipsisType
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, IndexingError, describe
from symbolic.registry import find
from symbolic.symbol.arithmetic import is_symbol
from symbolic.symbol.constant import constant
from symbolic.symbol.known import known_shape, known_type, rank_of, size_of
from symbolic.values.shape import NO_RANK

__all__ = ["by_elements", "np_indexing", "part"]

_EXPECTED = "int, slice, None, ..., an array of integers or truth values, or a Symbol"
_OWN = ("symbolic", "executors")  # rules and bodies run within the user's block, too
_COMPARING = ("equal", "greater", "lesser", "logical", "isnan")  # in names of operators that give truth values


class _Switch(threading.local):
    active = False


_switch = _Switch()


def by_elements() -> bool:
    """Whether ``symbol[key]`` picks elements, for the caller of the caller: code of the library itself always picks outputs."""
    return _switch.active and sys._getframe(2).f_globals.get("__name__", "").partition(".")[0] not in _OWN


@contextmanager
def np_indexing(active: bool = True) -> Iterator[None]:
    """Let ``symbol[key]`` mean what it means for NumPy's arrays within the block: elements of the value, not outputs.

    Keys are integers, slices (with steps, backwards too), ``None``, ``...``, arrays of integers or truth values, and symbols of
    these. A key of integers alone leaves one axis of size one, as there are no scalars in graphs.

    Parameters
    ----------
    active : bool, default True
        False gives MXNet's meaning back within the block.

    Examples
    --------
    >>> x = mx.sym.Variable("x", shape=(4, 3))
    >>> with mx.sym.np_indexing():
    ...     y = x[1:3, None, ::-1]
    >>> y.infer_shape()[1]
    [(2, 1, 3)]
    """
    before, _switch.active = _switch.active, bool(active)
    try:
        yield
    finally:
        _switch.active = before


def part(symbol: Any, key: Any) -> Any:
    """Compose ``symbol[key]`` in NumPy's sense.

    Raises
    ------
    IndexingError
        If an integer is out of a known range, or there are too many.
    ArgumentError
        If a part of the key is of no kind that operators can express; the message says which there are.
    """
    if len(symbol) != 1:
        facts = {"got": f"{len(symbol)} outputs: {symbol.list_outputs()}", "expected": "a Symbol with one output"}
        hint = "pick the output outside of np_indexing, or by symbol.get_internals()"
        raise ArgumentError(describe("elements are picked from one value", operator="indexing", name=symbol.name, facts=facts, hint=hint))
    parts = [_plain(one, symbol) for one in (key if isinstance(key, tuple) else (key,))]
    parts = _without_masks(symbol, parts)
    if parts is None:
        return _where_true(symbol, key if not isinstance(key, tuple) else key[0])
    return _Key(symbol, parts).picked()


def _plain(one: Any, symbol: Any) -> Any:
    """Spell a part of a key in few kinds: int, slice of ints, None, ``...``, array of int64 or bool, Symbol."""
    if one is None or one is Ellipsis or is_symbol(one):
        return one
    if isinstance(one, slice):
        try:
            bounds = [bound if bound is None else operator.index(bound) for bound in (one.start, one.stop, one.step)]
        except TypeError:
            raise _no_index(one, symbol, "the bounds of a slice are integers") from None
        if bounds[2] == 0:
            raise _no_index(one, symbol, "the step of a slice is not 0")
        return slice(*bounds)
    if isinstance(one, numbers.Integral) and not isinstance(one, bool):
        return int(one)
    if isinstance(one, (list, tuple, range, np.ndarray)) or hasattr(one, "asnumpy"):
        read = getattr(one, "asnumpy", None)
        array = read() if read is not None else np.asarray(one)
        if array.dtype.kind in "iu" or (array.dtype.kind == "f" and hasattr(one, "asnumpy") and np.array_equal(array, np.trunc(array))):
            return array.astype(np.int64) if array.ndim else int(array)
        if array.dtype.kind == "b" and array.ndim:
            return array
        if array.size == 0:
            return array.astype(np.int64)
    raise _no_index(one, symbol)


def _no_index(one: Any, symbol: Any, hint: str | None = None) -> ArgumentError:
    facts = {"got": f"{one!r} ({type(one).__name__})", "expected": _EXPECTED}
    return ArgumentError(describe("a symbol has no such index", operator="indexing", name=symbol.name, facts=facts, hint=hint))


def _is_mask(one: Any) -> bool:
    """Whether a symbol holds truth values: declared as bool, or made by a comparison."""
    if not is_symbol(one):
        return False
    node = one._entries[0][0]
    dtype = known_type(one)
    return (dtype is not None and dtype.kind == "b") or (node.op is not None and any(word in node.op.name for word in _COMPARING))


def _without_masks(symbol: Any, parts: list[Any]) -> list[Any] | None:
    """Turn arrays of truth values into the places that they mark; ``None`` if a symbol alone is the mask."""
    if any(_is_mask(one) for one in parts):
        if len(parts) > 1:
            raise _no_index(parts, symbol, "a Symbol of truth values stands alone: symbol[mask]")
        return None
    found: list[Any] = []
    for one in parts:
        if isinstance(one, np.ndarray) and one.dtype.kind == "b":
            found.extend(places.astype(np.int64) for places in np.nonzero(one))
        else:
            found.append(one)
    return found


def _where_true(symbol: Any, mask: Any) -> Any:
    """Keep elements, or slices of the first axis, for which a mask is true; how many, only running tells."""
    shapes = known_shape(symbol), known_shape(mask)
    ranks = [None if shape is NO_RANK else len(shape) for shape in shapes]
    if ranks[1] == 1:
        return find("_contrib_boolean_mask")(symbol, mask)
    if ranks[0] is not None and ranks[1] is not None and ranks[0] != ranks[1]:
        facts = {"got": f"a mask of {ranks[1]} axes for {ranks[0]}", "expected": "a mask of one axis, or of as many"}
        raise IndexingError(describe("the mask does not fit", operator="indexing", name=symbol.name, facts=facts))
    flat = [find("Reshape")(one, shape=(-1,)) for one in (symbol, mask)]
    return find("_contrib_boolean_mask")(*flat)


class _Key:
    """A key on its way: slices are cut, arrays pick, then axes come for ``None`` and go for integers."""

    def __init__(self, symbol: Any, parts: list[Any]):
        self.symbol = symbol
        self.parts = self.without_dots(parts)

    def without_dots(self, parts: list[Any]) -> list[Any]:
        """Write ``...`` out as whole slices, for which the number of axes has to be known if anything stands behind."""
        dots = [place for place, one in enumerate(parts) if isinstance(one, EllipsisType)]
        if len(dots) > 1:
            raise _no_index(..., self.symbol, "... stands once")
        taken = sum(1 for one in parts if one is not None and not isinstance(one, EllipsisType))
        shape = known_shape(self.symbol)
        if shape is not NO_RANK and taken > len(shape):
            raise self.outside("too many indices", f"{taken} indices", f"at most {len(shape)}, for the shape {shape}")
        if not dots:
            return parts
        before, behind = parts[: dots[0]], parts[dots[0] + 1 :]
        if not behind:
            return before
        return [*before, *[slice(None)] * (rank_of(self.symbol, "symbol[..., index]") - taken), *behind]

    def outside(self, what: str, got: str, expected: str) -> IndexingError:
        facts = {"got": got, "expected": expected}
        return IndexingError(describe(what, operator="indexing", name=self.symbol.name, facts=facts))

    def picked(self) -> Any:
        """Compose it."""
        axes = [one for one in self.parts if one is not None]
        arrays = [axis for axis, one in enumerate(axes) if _is_array(one)]
        for axis, one in enumerate(axes):
            self.check(axis, one)
        if not arrays:
            return self.with_axes(self.sliced(axes), self.parts, 0)
        together = [axis for axis, one in enumerate(axes) if _is_array(one) or isinstance(one, int)]  # NumPy broadcasts integers, too
        first, last = together[0], together[-1]
        if len(together) > 1 and (
            together != list(range(first, last + 1)) or _has_none(self.parts[self.place_of(first) : self.place_of(last)])
        ):
            raise _no_index(
                tuple(self.parts), self.symbol, "arrays and integers pick together side by side; else index twice: symbol[a][:, b]"
            )
        if len(arrays) == 1:
            symbol = self.sliced(axes)
            places = axes[arrays[0]]
            many = self.axes_of(places, self.parts[self.place_of(arrays[0]) + 1 :])
            taken = find("take")(symbol, places if is_symbol(places) else constant(places), axis=arrays[0], mode="wrap")
            return self.with_axes(taken, self.parts, many)
        if first:
            raise _no_index(tuple(self.parts), self.symbol, "several arrays pick together on the first axes")
        return self.gathered(axes, last + 1)

    def place_of(self, axis: int) -> int:
        """Find where in the key the index of an axis stands."""
        return [place for place, one in enumerate(self.parts) if one is not None][axis]

    def check(self, axis: int, one: Any) -> None:
        """Refuse numbers out of a range that is known."""
        if isinstance(one, slice) or is_symbol(one) or not np.size(one):
            return
        size, low, high = size_of(self.symbol, axis), np.min(one), np.max(one)
        if size is not None and not -size <= low <= high < size:
            got = f"{low}" if low == high else f"{low} to {high}"
            raise self.outside("an index is out of range", got, f"-{size} to {size - 1}, on axis {axis}")

    def axes_of(self, places: Any, behind: list[Any]) -> int:
        """Count the axes that an index brings; it only has to be known if something behind it depends on that."""
        if not is_symbol(places):
            return places.ndim
        return rank_of(places, "symbol[index]") if any(one is None or isinstance(one, int) for one in behind) else 1

    def sliced(self, axes: list[Any]) -> Any:
        """Cut slices, and slices of one for integers."""
        bounds = [_bounds(one) for one in axes]
        while bounds and bounds[-1] == (None, None, None):
            bounds.pop()
        if not bounds:
            return self.symbol
        begin, end, step = zip(*bounds, strict=True)
        return find("slice")(self.symbol, begin=begin, end=end, step=step if any(one is not None for one in step) else ())

    def gathered(self, axes: list[Any], many: int) -> Any:
        """Pick by an array for each of the first axes."""
        symbol = _Key(self.symbol, [slice(None)] * many + axes[many:]).sliced([slice(None)] * many + axes[many:])
        if any(is_symbol(one) for one in axes[:many]):
            rows = find("stack")(*[one if is_symbol(one) else constant(np.atleast_1d(one)) for one in axes[:many]], axis=0)
            rank = 1
        else:
            try:
                numbers_ = np.stack(np.broadcast_arrays(*axes[:many]))
            except ValueError:
                shapes = " and ".join(str(np.shape(one)) for one in axes[:many])
                raise self.outside("these arrays do not stretch to one shape", shapes, "shapes that do") from None
            rows, rank = constant(numbers_), numbers_.ndim - 1
        key = [np.zeros((1,) * rank, np.int64), *self.parts[self.place_of(many - 1) + 1 :]]
        return self.with_axes(find("gather_nd")(symbol, rows), key, rank)

    def with_axes(self, symbol: Any, parts: list[Any], many: int) -> Any:
        """Put in axes for ``None``, then leave out those of integers.

        Parameters
        ----------
        many : int
            How many axes the array of the key brings.
        """
        place, gone = 0, []
        for one in parts:
            if one is None:
                symbol = find("expand_dims")(symbol, axis=place)
            elif isinstance(one, int):
                gone.append(place)
            place += many if _is_array(one) else 1
        return find("squeeze")(symbol, axis=tuple(gone)) if gone else symbol


def _has_none(parts: list[Any]) -> bool:
    return any(one is None for one in parts)  # "in" would compare arrays


def _is_array(one: Any) -> bool:
    return isinstance(one, np.ndarray) or is_symbol(one)


def _bounds(one: Any) -> tuple[int | None, int | None, int | None]:
    if isinstance(one, slice):
        return one.start, one.stop, None if one.step == 1 else one.step
    return (one, one + 1 if one != -1 else None, None) if isinstance(one, int) else (None, None, None)
