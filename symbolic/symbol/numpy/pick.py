"""NumPy's functions on symbols that choose elements, sort them, make arrays like others, and solve."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from symbolic.errors import IndexingError, describe
from symbolic.symbol import arithmetic
from symbolic.symbol.known import is_integer, known_type, size_of
from symbolic.symbol.numpy.call import as_symbol, call, cast, floating, is_symbol, refused, select, table, together, whole
from symbolic.symbol.numpy.movement import matrix_transpose, ravel, swapaxes
from symbolic.symbol.numpy.product import matmul
from symbolic.symbol.numpy.ufuncs import is_finite, rint

__all__ = ["PICKING", "taken"]

PICKING = table()


# -- by condition and by number -------------------------------------------------------------------------------------------


@PICKING(np.where)
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """Take elements of ``x`` where the condition holds, of ``y`` elsewhere; all three stretch."""
    if x is None or y is None:
        raise refused("np.where", "a condition alone", "np.where(condition, x, y): how many places hold, only running tells")
    arrays = iter(together([side for side in (x, y) if not isinstance(side, numbers.Number)], "np.where"))
    sides = [side if isinstance(side, numbers.Number) else next(arrays) for side in (x, y)]
    return select(as_symbol(condition, "np.where"), *sides)


def taken(a: Any, places: np.ndarray, axis: int, who: str) -> Any:
    """Take slices by known numbers; those below zero count from the end.

    Raises
    ------
    IndexingError
        If the size of the axis is known, and a number is out of range.
    """
    size = size_of(a, axis)
    if places.dtype.kind not in "iu":
        raise refused(who, f"indices of type {places.dtype}", "integers")
    if size is not None and places.size and not (-size <= places.min() and places.max() < size):
        facts = {"got": f"indices from {places.min()} to {places.max()}", "expected": f"-{size} to {size - 1}, on axis {axis}"}
        raise IndexingError(describe(f"{who}: an index is out of range", operator=who, facts=facts))
    return call("take", a, np.atleast_1d(places), axis=axis, mode="wrap")


@PICKING(np.select)
def choose(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Take elements of the first choice whose condition holds."""
    if len(condlist) != len(choicelist) or not len(condlist):
        raise refused("np.select", f"{len(condlist)} conditions, {len(choicelist)} choices", "as many of both")
    found = default
    for condition, choice in reversed([*zip(condlist, choicelist, strict=True)]):
        found = where(condition, choice, found)
    return found


@PICKING(np.unravel_index)
def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """Number places on each axis, from their numbers in the row of all elements."""
    rows = call("_unravel_index", as_symbol(indices, "np.unravel_index"), shape=tuple(shape))
    return tuple(call("SliceChannel", rows, num_outputs=len(shape), axis=0, squeeze_axis=True)) if len(shape) > 1 else (rows,)


@PICKING(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None) -> tuple[Any, Any]:
    """Count the elements in each bin; the bins are given by their edges, or by number and ``range``."""
    a = as_symbol(a, "np.histogram")
    if not isinstance(bins, numbers.Integral):
        return tuple(call("_histogram", *together((a, bins), "np.histogram")))  # type: ignore[return-value]
    if range is None:
        raise refused("np.histogram", f"bins={bins} without a range", "range=(low, high)")
    return tuple(call("_histogram", a, bin_cnt=int(bins), range=tuple(map(float, range))))  # type: ignore[return-value]


@PICKING(np.take)
def take(a: Any, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Any:
    """Take slices by number. Numbers that a symbol gives have to count from zero, unless ``mode`` is ``"wrap"``."""
    a = as_symbol(a, "np.take")
    if axis is None:
        a, axis = ravel(a), 0
    if is_symbol(indices):
        return call("take", a, indices, axis=axis, mode=mode)
    places = np.asarray(indices)
    if mode != "raise":
        return call("take", a, np.atleast_1d(places), axis=axis, mode=mode)
    found = taken(a, places, whole(axis, "np.take", "axis"), "np.take")
    return found if places.ndim else call("squeeze", found, axis=(axis,))


@PICKING(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """Take elements by their numbers on an axis; ``arr`` and ``indices`` are alike on the others."""
    arr, indices = as_symbol(arr, "np.take_along_axis"), as_symbol(indices, "np.take_along_axis")
    return call("_take_along_axis", arr, indices, indices, axis=axis, mode="wrap")


@PICKING(np.compress)
def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    """Keep slices for which a condition holds; how many, only running tells, if a symbol gives it."""
    a = as_symbol(a, "np.compress")
    if axis is None:
        a, axis = ravel(a), 0
    return call("_contrib_boolean_mask", a, as_symbol(condition, "np.compress"), axis=axis)


@PICKING(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """Keep elements for which a condition holds."""
    return call("_contrib_boolean_mask", ravel(as_symbol(arr, "np.extract")), ravel(as_symbol(condition, "np.extract")))


@PICKING(np.searchsorted)
def searchsorted(a: Any, v: Any, side: str = "left") -> Any:
    """Count the elements of a sorted vector that are below each of ``v``, or not above it if ``side`` is ``"right"``."""
    if side not in ("left", "right"):
        raise refused("np.searchsorted", f"side={side!r}", "'left' or 'right'")
    a, v = together((a, v), "np.searchsorted")
    below = call(
        f"broadcast_lesser{'' if side == 'left' else '_equal'}", call("Reshape", a, shape=(1, -1)), call("Reshape", v, shape=(-1, 1))
    )
    return cast(call("reshape_like", call("sum", below, axis=(1,)), v), "int64")


# -- by size --------------------------------------------------------------------------------------------------------------


@PICKING(np.sort)
def sort(a: Any, axis: int | None = -1) -> Any:
    """Sort an axis."""
    return call("sort", as_symbol(a, "np.sort"), axis=axis)


@PICKING(np.argsort)
def argsort(a: Any, axis: int | None = -1) -> Any:
    """Find the places of the elements in their sorted order; int64, equal ones in the order in which they stand."""
    return call("argsort", as_symbol(a, "np.argsort"), axis=axis, dtype="int64")


@PICKING(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """Bound each element, by numbers, arrays or symbols; ``None`` is no bound."""
    low, high = a_min if a_min is not None else min, a_max if a_max is not None else max
    a = as_symbol(a, "np.clip")
    if isinstance(low, numbers.Real) and isinstance(high, numbers.Real) and low <= high:
        return call("clip", a, a_min=float(low), a_max=float(high))
    for bound, larger in ((low, True), (high, False)):
        if isinstance(bound, numbers.Number):
            a = (arithmetic.maximum if larger else arithmetic.minimum)(a, bound)
        elif bound is not None:
            a = call("broadcast_maximum" if larger else "broadcast_minimum", *together((a, bound), "np.clip"))
    return a


@PICKING(np.nan_to_num)
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """Put numbers in the place of nan and of infinities; for these the largest of float32, unless the type is declared."""
    x = as_symbol(x, "np.nan_to_num")
    if is_integer(x):
        return x
    largest = float(np.finfo(known_type(x) or np.float32).max)
    high, low = largest if posinf is None else posinf, -largest if neginf is None else neginf
    return select(x != x, nan, select(is_finite(x), x, select(x > 0.0, high, low)))


@PICKING(np.round, np.around)
def round_(a: Any, decimals: int = 0) -> Any:
    """Round to so many decimals, halves to the even neighbour."""
    a, decimals = as_symbol(a, "np.round"), whole(decimals, "np.round", "decimals")
    if is_integer(a) and decimals >= 0:
        return a
    if not decimals:
        return rint(a)
    scale = 10.0 ** abs(decimals)
    return rint(a * scale) / scale if decimals > 0 else rint(a / scale) * scale


PICKING(np.fix)(lambda x: call("fix", as_symbol(x, "np.fix")))
PICKING(np.real)(lambda val: as_symbol(val, "np.real"))
PICKING(np.copy)(lambda a: call("identity", as_symbol(a, "np.copy")))
PICKING(np.sinc)(lambda x: _sinc(as_symbol(x, "np.sinc")))
PICKING(np.isneginf)(lambda x: call("elemwise_mul", np.isinf(x), x < 0.0))
PICKING(np.isposinf)(lambda x: call("elemwise_mul", np.isinf(x), x > 0.0))


def _sinc(x: Any) -> Any:
    angle = floating(x) * np.pi
    zero = angle == 0.0
    return call("sin", angle) / (angle + zero) + zero


# -- arrays like others ---------------------------------------------------------------------------------------------------


def alike(name: str) -> Any:
    """Make an array like another, of one number, perhaps of another type."""
    return lambda a, dtype=None: call(name, cast(as_symbol(a, f"np.{name}"), dtype))


PICKING(np.zeros_like, np.empty_like)(alike("zeros_like"))
PICKING(np.ones_like)(alike("ones_like"))


@PICKING(np.full_like)
def full_like(a: Any, fill_value: float, dtype: Any = None) -> Any:
    """Fill an array like another with a number."""
    return call("ones_like", cast(as_symbol(a, "np.full_like"), dtype)) * fill_value


if hasattr(np, "astype"):

    @PICKING(np.astype)
    def astype(x: Any, dtype: Any) -> Any:
        """Convert to a type."""
        return cast(as_symbol(x, "np.astype"), dtype)


# -- matrices -------------------------------------------------------------------------------------------------------------


@PICKING(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """Take a diagonal of a matrix, or make a matrix of a vector."""
    return call("diag", as_symbol(v, "np.diag"), k=k)


PICKING(np.diagflat)(lambda v, k=0: call("diag", ravel(as_symbol(v, "np.diagflat")), k=k))


@PICKING(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Take diagonals of two axes, which go last."""
    return call("diag", as_symbol(a, "np.diagonal"), k=offset, axis1=axis1, axis2=axis2)


def triangle(lower: bool) -> Any:
    """Make ``tril`` or ``triu``: zeros on the other side of a diagonal, in the last two axes."""

    def function(m: Any, k: int = 0) -> Any:
        m = as_symbol(m, "np.tril")
        places = cast(m, "float32")
        row = call("expand_dims", call("_contrib_arange_like", places, axis=-2), axis=1)
        apart = call("broadcast_sub", call("expand_dims", call("_contrib_arange_like", places, axis=-1), axis=0), row)
        return call("where", call("broadcast_like", apart <= k if lower else apart >= k, m), m, call("zeros_like", m))

    return function


PICKING(np.tril)(triangle(True))
PICKING(np.triu)(triangle(False))
PICKING(np.linalg.det)(lambda a: call("_linalg_det", floating(as_symbol(a, "np.linalg.det"))))
PICKING(np.linalg.inv)(lambda a: call("_linalg_inverse", floating(as_symbol(a, "np.linalg.inv"))))
PICKING(np.linalg.cholesky)(lambda a: call("_linalg_potrf", floating(as_symbol(a, "np.linalg.cholesky"))))
PICKING(np.linalg.slogdet)(lambda a: tuple(call("_linalg_slogdet", floating(as_symbol(a, "np.linalg.slogdet")))))


@PICKING(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """Solve ``a @ x = b``, by the inverse of ``a``."""
    a, b = map(floating, together((a, b), "np.linalg.solve"))
    return matmul(call("_linalg_inverse", a), b)


@PICKING(np.linalg.eigh)
def eigh(a: Any) -> Any:
    """Eigenvalues of a symmetric matrix, ascending, and its eigenvectors as columns; their signs are free."""
    rows, values = call("_linalg_syevd", floating(as_symbol(a, "np.linalg.eigh")))
    return values, swapaxes(rows, -1, -2)


PICKING(np.linalg.eigvalsh)(lambda a: eigh(a)[0])
if hasattr(np.linalg, "matrix_transpose"):
    PICKING(np.linalg.matrix_transpose)(matrix_transpose)
