"""NumPy's reductions on symbols: sums, means, extremes, their places, and truth of all or any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from symbolic.symbol.known import known_type, size_of
from symbolic.symbol.numpy.call import as_symbol, axes_of, call, cast, floating, refused, select, table, together, whole

__all__ = ["REDUCTIONS"]

REDUCTIONS = table()


def reduced(name: str, a: Any, axis: Any, keepdims: bool) -> Any:
    """Reduce by the operator of a name. No axis at all, ``()``, reduces nothing."""
    if axis is None:
        return call(name, a, keepdims=bool(keepdims))
    axes = axes_of(axis, f"np.{name}")
    return call(name, a, axis=axes, keepdims=bool(keepdims)) if axes else a


def summed_type(a: Any, dtype: Any) -> Any:
    """The type in which NumPy adds: what is asked for, and int64 for small integers."""
    found = known_type(a)
    return "int64" if dtype is None and found is not None and found.kind in "iub" and found.itemsize < 8 else dtype


def adding(name: str) -> Callable[..., Any]:
    """Make a sum or product: NumPy's arguments, and its wider type for integers."""

    def function(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
        a = as_symbol(a, f"np.{name}")
        return reduced(name, cast(a, summed_type(a, dtype)), axis, keepdims)

    return function


for function, name in ((np.sum, "sum"), (np.prod, "prod"), (np.nansum, "nansum"), (np.nanprod, "nanprod")):
    REDUCTIONS(function)(adding(name))


def extreme(name: str, instead: float | None = None) -> Callable[..., Any]:
    """Make a maximum or minimum; ``instead`` stands for nan where that counts for nothing."""

    def function(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        a = as_symbol(a, f"np.{name}")
        found = reduced(name, a if instead is None else select(a != a, instead, a), axis, keepdims)
        if instead is None:
            return found
        return select(reduced("min", a != a, axis, keepdims), np.nan, found)  # nothing but nan

    return function


REDUCTIONS(np.max, np.amax)(extreme("max"))
REDUCTIONS(np.min, np.amin)(extreme("min"))
REDUCTIONS(np.nanmax)(extreme("max", -np.inf))
REDUCTIONS(np.nanmin)(extreme("min", np.inf))


@REDUCTIONS(np.mean)
def mean(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
    """Mean; of integers in float64."""
    a = as_symbol(a, "np.mean")
    return reduced("mean", cast(a, dtype) if dtype is not None else floating(a), axis, keepdims)


@REDUCTIONS(np.nanmean)
def nanmean(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
    """Mean of what is not nan."""
    a = as_symbol(a, "np.nanmean")
    a = cast(a, dtype) if dtype is not None else floating(a)
    return reduced("nansum", a, axis, keepdims) / reduced("sum", a == a, axis, keepdims)


@REDUCTIONS(np.var)
def var(a: Any, axis: Any = None, dtype: Any = None, ddof: float = 0, *, keepdims: bool = False) -> Any:
    """Mean squared distance from the mean; ``ddof`` is taken off the count."""
    a = as_symbol(a, "np.var")
    a = cast(a, dtype) if dtype is not None else floating(a)
    if axis == ():
        return call("zeros_like", a)
    squares = call("square", call("broadcast_sub", a, reduced("mean", a, axis, True)))
    if not ddof:
        return reduced("mean", squares, axis, keepdims)
    count = reduced("sum", call("ones_like", a), axis, keepdims)
    return reduced("sum", squares, axis, keepdims) / (count - ddof)


@REDUCTIONS(np.std)
def std(a: Any, axis: Any = None, dtype: Any = None, ddof: float = 0, *, keepdims: bool = False) -> Any:
    """Root of the variance."""
    return call("sqrt", var(a, axis, dtype, ddof, keepdims=keepdims))


@REDUCTIONS(np.nanvar)
def nanvar(a: Any, axis: Any = None, dtype: Any = None, ddof: float = 0, *, keepdims: bool = False) -> Any:
    """Variance of what is not nan."""
    a = as_symbol(a, "np.nanvar")
    a = cast(a, dtype) if dtype is not None else floating(a)
    squares = call("square", call("broadcast_sub", a, nanmean(a, axis, keepdims=True)))
    return reduced("nansum", squares, axis, keepdims) / (reduced("sum", a == a, axis, keepdims) - ddof)


@REDUCTIONS(np.nanstd)
def nanstd(a: Any, axis: Any = None, dtype: Any = None, ddof: float = 0, *, keepdims: bool = False) -> Any:
    """Root of the variance of what is not nan."""
    return call("sqrt", nanvar(a, axis, dtype, ddof, keepdims=keepdims))


@REDUCTIONS(np.median)
def median(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """The element in the middle, or the mean of the two there; nan if there is one. The size of the axis has to be known."""
    a = floating(as_symbol(a, "np.median"))
    flat = call("Reshape", a, shape=(-1,)) if axis is None else a
    place = 0 if axis is None else whole(axis, "np.median", "axis")
    many = size_of(flat, place)
    if many is None:
        raise refused("np.median", f"an axis {axis} of unknown size", "a symbol whose variables declare their shapes")
    ordered = call("sort", flat, axis=place)
    middle = call("slice_axis", ordered, axis=place, begin=(many - 1) // 2, end=many // 2 + 1)
    found = reduced("mean", middle, (place,), keepdims and axis is not None)
    found = select(reduced("max", flat != flat, (place,), keepdims and axis is not None), np.nan, found)
    return reduced("max", call("broadcast_like", found, a), None, True) if keepdims and axis is None else found


@REDUCTIONS(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    """Mean, or with weights of the shape of ``a`` their mean."""
    if weights is None:
        return mean(a, axis, keepdims=keepdims)
    a, weights = map(floating, together((a, weights), "np.average"))
    total = reduced("sum", call("broadcast_mul", a, weights), axis, keepdims)
    return total / reduced("sum", call("broadcast_like", weights, a), axis, keepdims)


@REDUCTIONS(np.ptp)
def ptp(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Largest element less the smallest."""
    a = as_symbol(a, "np.ptp")
    return reduced("max", a, axis, keepdims) - reduced("min", a, axis, keepdims)


@REDUCTIONS(np.any)
def any_(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """1 where an element is not 0."""
    return reduced("max", as_symbol(a, "np.any") != 0.0, axis, keepdims)


@REDUCTIONS(np.all)
def all_(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """1 where no element is 0."""
    return reduced("min", as_symbol(a, "np.all") != 0.0, axis, keepdims)


@REDUCTIONS(np.count_nonzero)
def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """How many elements are not 0; int64."""
    return reduced("sum", cast(as_symbol(a, "np.count_nonzero") != 0.0, "int64"), axis, keepdims)


def placed(name: str) -> Callable[..., Any]:
    """Make the search for a place: int64, as NumPy's."""

    def function(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
        words = {} if axis is None else {"axis": whole(axis, f"np.{name}", "axis")}
        return cast(call(name, as_symbol(a, f"np.{name}"), keepdims=bool(keepdims), **words), "int64")

    return function


REDUCTIONS(np.argmax)(placed("argmax"))
REDUCTIONS(np.argmin)(placed("argmin"))


@REDUCTIONS(np.cumsum)
def cumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Running sums."""
    a = as_symbol(a, "np.cumsum")
    return call("cumsum", cast(a, summed_type(a, dtype)), axis=axis)


@REDUCTIONS(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    """Sum of a diagonal."""
    a = as_symbol(a, "np.trace")
    return reduced("sum", call("diag", cast(a, summed_type(a, dtype)), k=offset, axis1=axis1, axis2=axis2), -1, False)


@REDUCTIONS(np.allclose)
def allclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """1 if all elements are close."""
    return call("min", isclose(a, b, rtol, atol, equal_nan))


@REDUCTIONS(np.isclose)
def isclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """1 where two elements differ by ``atol + rtol * abs(b)`` at most; equal infinities do not differ."""
    a, b = map(floating, together((a, b), "np.isclose"))
    apart = call("abs", call("broadcast_sub", a, b))
    finite = (b - b) == (b - b)
    near = call("broadcast_mul", call("broadcast_lesser_equal", apart, call("abs", b) * rtol + atol), finite)
    near = call("broadcast_logical_or", near, call("broadcast_equal", a, b))
    return call("broadcast_logical_or", near, call("broadcast_mul", a != a, b != b)) if equal_nan else near


@REDUCTIONS(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Length of vectors: Euclidean, largest, smallest, count or a power; of matrices, Frobenius' and the sums of rows or columns."""
    x, who = floating(as_symbol(x, "np.linalg.norm")), "np.linalg.norm"
    axes = None if axis is None else axes_of(axis, who)
    if axes is None and ord in (None, "fro"):
        return call("norm", x, keepdims=bool(keepdims))
    if axes is None:
        raise refused(who, f"ord={ord!r} without an axis", "an axis: one for vectors, two for matrices")
    if (ord in (None, 2, "fro") and (len(axes) == 1) == (ord != "fro")) or (len(axes) == 2 and ord is None):
        return call("norm", x, axis=axes, keepdims=bool(keepdims))
    sizes = call("abs", x)
    if len(axes) == 1 and ord in (np.inf, -np.inf):
        return reduced("max" if ord > 0 else "min", sizes, axes, keepdims)
    if len(axes) == 1 and ord == 0:
        return reduced("sum", x != 0.0, axes, keepdims)
    if len(axes) == 1 and isinstance(ord, (int, float)):
        return reduced("sum", sizes**ord, axes, keepdims) ** (1.0 / ord)
    if len(axes) == 2 and ord in (1, -1, np.inf, -np.inf):
        rows, columns = axes if abs(ord) == 1 else axes[::-1]
        summed = call("sum", sizes, axis=(rows,), keepdims=True)
        found = reduced("max" if ord > 0 else "min", summed, (columns,), True)
        return found if keepdims else call("squeeze", found, axis=axes)
    raise refused(
        who, f"ord={ord!r} of {'vectors' if len(axes) == 1 else 'matrices'}", "None, 1, -1, inf, -inf, 'fro', or a power of vectors"
    )
