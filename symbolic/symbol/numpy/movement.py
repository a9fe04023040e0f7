"""NumPy's functions that move elements: shapes, axes, joining, splitting, padding, repeating."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symbolic.fluent import split_words
from symbolic.symbol.known import known_shape, rank_of, size_of
from symbolic.symbol.numpy.call import as_symbol, axes_of, call, cast, counted, is_symbol, refused, table, together, whole
from symbolic.values.shape import NO_RANK

__all__ = ["MOVEMENT"]

MOVEMENT = table()


def members(arrays: Any, who: str) -> list[Any]:
    """Read what is joined: the symbols of a list, or the outputs of one symbol."""
    if not isinstance(arrays, (list, tuple)) and not is_symbol(arrays):
        raise refused(who, f"{arrays!r} ({type(arrays).__name__})", "a list of symbols and arrays")
    return together(arrays, who)


# -- shapes ---------------------------------------------------------------------------------------------------------------


@MOVEMENT(np.reshape)
def reshape(a: Any, shape: Any, order: str = "C") -> Any:
    """Give the elements another shape; one size may be -1. The codes of MXNet's reshape are its method's."""
    a, sizes = as_symbol(a, "np.reshape"), axes_of(shape, "np.reshape")
    if order not in ("C", "A"):
        raise refused("np.reshape", f"order={order!r}", "order='C'")
    if any(size < -1 or size == 0 for size in sizes):
        raise refused("np.reshape", f"shape={shape!r}", "sizes of 1 or more, and -1 once", "symbol.reshape knows MXNet's codes")
    return call("Reshape", a, shape=sizes or (1,))


@MOVEMENT(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """All elements in a row."""
    return reshape(a, (-1,), order)


@MOVEMENT(np.transpose, np.permute_dims if hasattr(np, "permute_dims") else np.transpose)
def transpose(a: Any, axes: Any = None) -> Any:
    """Put the axes in another order, by default the reverse."""
    if axes is None:
        return call("transpose", as_symbol(a, "np.transpose"))
    named = axes_of(axes, "np.transpose")
    return call("transpose", as_symbol(a, "np.transpose"), axes=tuple(counted(axis, len(named), "np.transpose") for axis in named))


@MOVEMENT(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Exchange two axes."""
    return call("SwapAxis", as_symbol(a, "np.swapaxes"), dim1=axis1, dim2=axis2)


def matrix_transpose(x: Any) -> Any:
    """Exchange the last two axes."""
    return swapaxes(x, -1, -2)


if hasattr(np, "matrix_transpose"):
    MOVEMENT(np.matrix_transpose)(matrix_transpose)


@MOVEMENT(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Move axes to other places; the others keep their order."""
    a = as_symbol(a, "np.moveaxis")
    rank = rank_of(a, "np.moveaxis")
    from_, to = ([counted(axis, rank, "np.moveaxis") for axis in axes_of(named, "np.moveaxis")] for named in (source, destination))
    if len({*from_}) != len(from_) or len({*to}) != len(to) or len(from_) != len(to):
        raise refused("np.moveaxis", f"source={source!r}, destination={destination!r}", "as many different axes on both sides")
    order = [axis for axis in range(rank) if axis not in from_]
    for place, axis in sorted(zip(to, from_, strict=True)):
        order.insert(place, axis)
    return call("transpose", a, axes=tuple(order))


@MOVEMENT(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """Move an axis in front of another."""
    rank = rank_of(as_symbol(a, "np.rollaxis"), "np.rollaxis")
    axis, start = counted(axis, rank, "np.rollaxis"), start + rank if start < 0 else start
    return moveaxis(a, axis, start - (start > axis))


@MOVEMENT(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """Put in axes of size one."""
    a, named = as_symbol(a, "np.expand_dims"), axes_of(axis, "np.expand_dims")
    if len(named) > 1 and any(one < 0 for one in named):
        rank = rank_of(a, "np.expand_dims") + len(named)
        named = tuple(counted(one, rank, "np.expand_dims") for one in named)
    for one in sorted(named):
        a = call("expand_dims", a, axis=one)
    return a


@MOVEMENT(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """Leave out axes of size one; one axis is left in any case."""
    words = {} if axis is None else {"axis": axes_of(axis, "np.squeeze")}
    return call("squeeze", as_symbol(a, "np.squeeze"), **words)


def at_least(rank: int) -> Callable[[Any], Any]:
    """Make ``atleast_2d`` or ``atleast_3d``: where the new axes stand depends on how many there are."""
    new = {2: {1: (0,)}, 3: {1: (0, 2), 2: (2,)}}[rank]
    return lambda a: expand_dims(a, new.get(rank_of(a, f"np.atleast_{rank}d"), ()))


def for_each(function: Callable[[Any], Any], who: str) -> Callable[..., Any]:
    """Make a function of one array that takes several, each for itself."""

    def of_several(*arrays: Any) -> Any:
        found = [function(as_symbol(array, who)) for array in arrays]
        return found[0] if len(found) == 1 else tuple(found)

    return of_several


MOVEMENT(np.atleast_1d)(for_each(lambda a: a, "np.atleast_1d"))
MOVEMENT(np.atleast_2d)(for_each(at_least(2), "np.atleast_2d"))
MOVEMENT(np.atleast_3d)(for_each(at_least(3), "np.atleast_3d"))


@MOVEMENT(np.broadcast_to)
def broadcast_to(array: Any, shape: Any) -> Any:
    """Stretch to a shape."""
    array, sizes = as_symbol(array, "np.broadcast_to"), axes_of(shape, "np.broadcast_to")
    if known_shape(array) is not NO_RANK and len(known_shape(array)) == len(sizes):
        return call("broadcast_to", array, shape=sizes)
    return call("broadcast_like", array, call("_zeros", shape=sizes, dtype="float32"))


@MOVEMENT(np.broadcast_arrays)
def broadcast_arrays(*args: Any) -> Any:
    """Stretch arrays to their common shape."""
    from_all = [as_symbol(arg, "np.broadcast_arrays") for arg in args]
    common = None
    for array in from_all:
        zeros = cast(call("zeros_like", array), "float32")
        common = zeros if common is None else call("broadcast_add", common, zeros)
    return tuple(call("broadcast_like", array, common) for array in from_all)


# -- order along axes -----------------------------------------------------------------------------------------------------


@MOVEMENT(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """Turn the order along axes around; along all by default."""
    m = as_symbol(m, "np.flip")
    if axis is None:
        return call("reshape_like", call("reverse", ravel(m), axis=(0,)), m)
    named = axes_of(axis, "np.flip")
    if len(named) == 1 and min(named) < 0 and known_shape(m) is NO_RANK:  # which axis that is, is not known yet
        return call("take", m, _places(m, min(named)) * -1.0 - 1.0, axis=min(named), mode="wrap")
    if any(one < 0 for one in named):
        named = tuple(counted(one, rank_of(m, "np.flip"), "np.flip") for one in named)
    return call("reverse", m, axis=named) if named else m


def _places(a: Any, axis: int) -> Any:
    """Count the places on an axis, in float32, whatever the type of the array."""
    return call("_contrib_arange_like", cast(a, "float32"), axis=axis)


MOVEMENT(np.flipud)(lambda m: flip(m, 0))
MOVEMENT(np.fliplr)(lambda m: flip(m, 1))


@MOVEMENT(np.rot90)
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Turn a plane by quarters."""
    m, (one, other) = as_symbol(m, "np.rot90"), axes_of(axes, "np.rot90")
    match whole(k, "np.rot90", "k") % 4:
        case 1:
            return swapaxes(flip(m, other), one, other)
        case 2:
            return flip(flip(m, one), other)
        case 3:
            return flip(swapaxes(m, one, other), other)
    return m


@MOVEMENT(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Move elements along axes; what falls off at the end comes in at the beginning."""
    a = as_symbol(a, "np.roll")
    if axis is None:
        return call("reshape_like", roll(ravel(a), shift, 0), a)
    axes, shifts = axes_of(axis, "np.roll"), axes_of(shift, "np.roll")
    for one, by in zip(axes, shifts * len(axes) if len(shifts) == 1 else shifts, strict=True):
        a = call("take", a, _places(a, one) - float(by), axis=one, mode="wrap")
    return a


@MOVEMENT(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Differences of neighbours, ``n`` times over."""
    a = as_symbol(a, "np.diff")
    for _ in range(whole(n, "np.diff", "n")):
        a = call("elemwise_sub", call("slice_axis", a, axis=axis, begin=1, end=None), call("slice_axis", a, axis=axis, begin=0, end=-1))
    return a


# -- joining and splitting ------------------------------------------------------------------------------------------------


@MOVEMENT(np.concatenate)
def concatenate(arrays: Any, axis: int | None = 0, *, dtype: Any = None) -> Any:
    """Join along an axis; without one, all elements in a row."""
    joined = members(arrays, "np.concatenate")
    if axis is None:
        joined, axis = [ravel(array) for array in joined], 0
    return cast(call("Concat", *joined, dim=axis), dtype)


@MOVEMENT(np.stack)
def stack(arrays: Any, axis: int = 0, *, dtype: Any = None) -> Any:
    """Join along a new axis."""
    return cast(call("stack", *members(arrays, "np.stack"), axis=axis), dtype)


@MOVEMENT(np.vstack)
def vstack(tup: Any, *, dtype: Any = None) -> Any:
    """Join along the first axis; vectors are rows."""
    rows = at_least(2)
    return concatenate([rows(array) for array in members(tup, "np.vstack")], 0, dtype=dtype)


@MOVEMENT(np.hstack)
def hstack(tup: Any, *, dtype: Any = None) -> Any:
    """Join along the second axis; vectors along their only one."""
    joined = members(tup, "np.hstack")
    return concatenate(joined, 0 if rank_of(joined[0], "np.hstack") == 1 else 1, dtype=dtype)


@MOVEMENT(np.dstack)
def dstack(tup: Any) -> Any:
    """Join along the third axis."""
    deep = at_least(3)
    return concatenate([deep(array) for array in members(tup, "np.dstack")], 2)


@MOVEMENT(np.column_stack)
def column_stack(tup: Any) -> Any:
    """Join along the second axis; vectors are columns."""
    joined = members(tup, "np.column_stack")
    return concatenate([expand_dims(a, 1) if rank_of(a, "np.column_stack") == 1 else a for a in joined], 1)


@MOVEMENT(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """Join two; without an axis, all elements in a row."""
    return concatenate([arr, values], axis)


def pieces(ary: Any, indices_or_sections: Any, axis: int) -> list[Any]:
    """Split by the operator that takes NumPy's arguments."""
    if isinstance(indices_or_sections, np.ndarray):
        indices_or_sections = indices_or_sections.tolist()
    return list(call("_split_v2", as_symbol(ary, "np.split"), **split_words(indices_or_sections, axis, False)))


@MOVEMENT(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Split into equal sections, or before each of some indices."""
    if isinstance(indices_or_sections, numbers.Integral):
        size = size_of(as_symbol(ary, "np.split"), axis)
        if size is not None and size % int(indices_or_sections):
            raise refused("np.split", f"{size} elements in {indices_or_sections} sections", "sections of equal size")
        return list(call("SliceChannel", as_symbol(ary, "np.split"), num_outputs=int(indices_or_sections), axis=axis))
    return pieces(ary, indices_or_sections, axis)


MOVEMENT(np.array_split)(lambda ary, indices_or_sections, axis=0: pieces(ary, indices_or_sections, axis))
MOVEMENT(np.vsplit)(lambda ary, indices_or_sections: split(ary, indices_or_sections, 0))
MOVEMENT(np.dsplit)(lambda ary, indices_or_sections: split(ary, indices_or_sections, 2))
MOVEMENT(np.hsplit)(lambda ary, indices_or_sections: split(ary, indices_or_sections, 0 if rank_of(ary, "np.hsplit") == 1 else 1))
if hasattr(np, "unstack"):
    MOVEMENT(np.unstack)(lambda x, *, axis=0: _unstacked(x, axis))


def _unstacked(x: Any, axis: int) -> tuple[Any, ...]:
    size = size_of(as_symbol(x, "np.unstack"), axis)
    if size is None:
        raise refused("np.unstack", f"{x!r} with an axis {axis} of unknown size", "a symbol whose variables declare their shapes")
    return tuple(call("SliceChannel", x, num_outputs=size, axis=axis, squeeze_axis=True))


# -- repeating and padding ------------------------------------------------------------------------------------------------


@MOVEMENT(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """Put copies side by side."""
    return call("tile", as_symbol(A, "np.tile"), reps=axes_of(reps, "np.tile"))


@MOVEMENT(np.repeat)
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """Repeat each element, all as often or each its own number of times."""
    a = as_symbol(a, "np.repeat")
    if isinstance(repeats, numbers.Integral):
        return call("repeat", a, repeats=int(repeats), **({} if axis is None else {"axis": axis}))
    if is_symbol(repeats):
        raise refused("np.repeat", "repeats=Symbol", "a number or an array: the shape would depend on values")
    times = np.asarray(repeats)
    places = np.repeat(np.arange(times.size), times)
    return call("take", ravel(a) if axis is None else a, places, axis=axis or 0)


Block = Callable[[Any, int, int, int], Any]  # array, axis, how many before or behind, side: what is added there


def _edge(a: Any, axis: int, many: int, side: int) -> Any:
    begin, end = ((0, 1), (-1, None))[side]
    return call("repeat", call("slice_axis", a, axis=axis, begin=begin, end=end), repeats=many, axis=axis)


def _mirror(skip: int) -> Block:
    def block(a: Any, axis: int, many: int, side: int) -> Any:
        begin, end = ((skip, many + skip), (-many - skip, -skip or None))[side]
        return flip(call("slice_axis", a, axis=axis, begin=begin, end=end), axis)

    return block


def _wrap(a: Any, axis: int, many: int, side: int) -> Any:
    begin, end = ((-many, None), (0, many))[side]
    return call("slice_axis", a, axis=axis, begin=begin, end=end)


_BLOCKS: dict[str, Block] = {"edge": _edge, "reflect": _mirror(1), "symmetric": _mirror(0), "wrap": _wrap}


def pairs(value: Any, rank: int, what: str) -> list[tuple[Any, Any]]:
    """Read two numbers for each axis, from one number, one pair, or a pair an axis."""
    try:
        return [tuple(pair) for pair in np.broadcast_to(np.asarray(value), (rank, 2)).tolist()]
    except ValueError:
        raise refused("np.pad", f"{what}={value!r}", f"a number, a pair, or a pair for each of {rank} axes") from None


@MOVEMENT(np.pad)
def pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Any:
    """Add to both ends of axes: a constant, the edge, a mirror image, or what stands at the other end."""
    array = as_symbol(array, "np.pad")
    if mode not in ("constant", *_BLOCKS):
        raise refused("np.pad", f"mode={mode!r}", f"constant, {', '.join(_BLOCKS)}")
    by_axis = isinstance(pad_width, Sequence) and len(pad_width) > 1 and all(isinstance(pair, Sequence) for pair in pad_width)
    rank = len(pad_width) if by_axis else rank_of(array, "np.pad")
    if isinstance(pad_width, dict):
        pad_width = [pad_width.get(axis, pad_width.get(axis - rank, 0)) for axis in range(rank)]
        pad_width = [(pair, pair) if isinstance(pair, int) else pair for pair in pad_width]
    values = pairs(constant_values, rank, "constant_values")
    for axis, widths in enumerate(pairs(pad_width, rank, "pad_width")):
        parts = []
        for side, many in enumerate(widths):
            if not many:
                continue
            if mode == "constant":
                zeros = _edge(call("zeros_like", array), axis, many, 0)
                parts.append((side, zeros + values[axis][side] if values[axis][side] else zeros))
            else:
                parts.append((side, _BLOCKS[mode](array, axis, many, side)))
        before, behind = ([part for side, part in parts if side == which] for which in (0, 1))
        array = call("Concat", *before, array, *behind, dim=axis) if parts else array
    return array
