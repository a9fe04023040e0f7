"""New arrays: filled, and counted up."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, ShapeError, describe
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.call import copy_into, on_arrays
from symbolic.nd.indexing import values_of
from symbolic.nd.storage import STORAGE, nothing
from symbolic.operator.match import shown
from symbolic.values.context import Context, context_of
from symbolic.values.dtype import dtype_of
from symbolic.values.shape import checked_size, is_np_shape, np_shape

__all__ = ["arange", "empty", "eye", "full", "linspace", "ones", "zeros"]


# -- filled -----------------------------------------------------------------------------------------------------------


def _sizes(shape: Any) -> tuple[int, ...]:
    """Read the shape of a new array: here, 0 is a size of zero."""
    try:
        sizes = tuple(map(operator.index, shape)) if isinstance(shape, (tuple, list, np.ndarray)) else (operator.index(shape),)
    except TypeError:
        sizes = (-1,)
    if sizes and min(sizes) < 0:
        facts = {"argument": "shape", "got": shown(shape), "expected": "an integer, or a tuple of integers from 0"}
        raise ShapeError(describe("this is no shape", facts=facts))
    try:
        checked_size(sizes, "shape")
    except ShapeError as error:
        facts = {"argument": "shape", "got": sizes, "expected": "at most 2**40 elements, on at most 32 axes"}
        raise ShapeError(describe(str(error), facts=facts)) from None
    return sizes


def _new(shape: Any, ctx: Any, dtype: Any, stype: str | None = None) -> NDArray:
    """Make an array of zeros."""
    sizes, context, elements = _sizes(shape), context_of(ctx), dtype_of(np.float32 if dtype is None else dtype)
    if stype not in (None, *STORAGE) or (stype == "csr" and len(sizes) != 2):
        facts = {"argument": "stype", "got": f"{stype!r} for the shape {sizes}", "expected": "default, row_sparse, or csr for two axes"}
        raise ArgumentError(describe("there is no such storage type", facts=facts))
    if stype not in (None, "default"):
        return nothing(stype, sizes, elements, context)
    try:
        return wrap(np.zeros(sizes, elements), context)
    except (MemoryError, ValueError):
        need = math.prod(sizes) * elements.itemsize
        facts = {"argument": "shape", "got": sizes, "expected": f"a smaller array: this one takes {need / 2**30:.1f} GiB"}
        raise ShapeError(describe("there is no memory for an array of this shape", facts=facts)) from None


def _filled(shape: Any, *words: Any) -> NDArray:
    """Make an array to be filled; outside of ``np_shape`` a size of 0, and ``()``, are unknown, as in graphs."""
    made = _new(shape, *words)
    if not is_np_shape() and 0 in (made.shape or (0,)):
        facts = {"argument": "shape", "got": made.shape, "expected": "sizes from 1"}
        hint = "say it under `with mx.np_shape():`, or make mx.nd.empty(shape)"
        raise ShapeError(describe("an array cannot be filled whose shape is not known", facts=facts, hint=hint))
    return made


def _given(out: NDArray | None, made: NDArray) -> NDArray:
    if out is None:
        return made
    copy_into(out, made, "creation", "out")
    return out


def zeros(
    shape: Any,
    ctx: Context | None = None,
    dtype: Any = None,
    stype: str | None = None,
    *,
    out: NDArray | None = None,
    name: str | None = None,
) -> NDArray:
    """Fill a new array with zeros.

    Parameters
    ----------
    shape : int or tuple of int
        Its sizes. As in a graph, 0 is a size of zero and ``()`` a scalar under ``np_shape`` only.
    ctx : Context, optional
        The device it is said to be on.
    dtype : optional
        Type of its elements; float32 by default.
    stype : str, optional
        ``"default"``, ``"row_sparse"`` or ``"csr"``; the sparse ones store nothing then.
    out : NDArray, optional
        Receives the values instead.

    Raises
    ------
    ShapeError
        If no array has this shape, or there is no memory for it.
    """
    return _given(out, (_filled if stype in (None, "default") else _new)(shape, ctx, dtype, stype))


def ones(shape: Any, ctx: Context | None = None, dtype: Any = None, *, out: NDArray | None = None, name: str | None = None) -> NDArray:
    """Fill a new array with ones; see `zeros`."""
    made = _filled(shape, ctx, dtype)
    made._data[...] = 1
    return _given(out, made)


def full(shape: Any, val: Any, ctx: Context | None = None, dtype: Any = np.float32, out: NDArray | None = None) -> NDArray:
    """Fill a new array with ``val``: a number, or an array that stretches to the shape; 0 is a size, ``()`` a scalar. See `zeros`."""
    made = _new(shape, ctx, dtype)
    made[...] = values_of(val, made._data.dtype)
    return _given(out, made)


def empty(shape: Any, ctx: Context | None = None, dtype: Any = None, stype: str | None = None) -> NDArray:
    """Make a new array. Its elements are zeros, so that nothing depends on chance; 0 is a size, ``()`` a scalar. See `zeros`."""
    return _new(shape, ctx, dtype, stype)


# -- counted up -------------------------------------------------------------------------------------------------------


def _counted(name: str, ctx: Any, words: dict[str, Any]) -> NDArray:
    context = context_of(ctx)
    with np_shape(True):  # no numbers at all are an empty array here, not one of unknown size
        return wrap(on_arrays(name)(**words)._data, context)


def arange(
    start: float,
    stop: float | None = None,
    step: float = 1.0,
    repeat: int = 1,
    infer_range: bool | None = None,
    ctx: Context | None = None,
    dtype: Any = np.float32,
) -> NDArray:
    """Count from ``start`` to below ``stop`` in steps, each number ``repeat`` times; from 0 to below ``start`` if that stands alone.

    ``infer_range`` has no effect: an array has its length at once.

    Raises
    ------
    ParameterError
        If the step is 0, or there is nothing between start and stop.
    """
    dtype = np.float64 if dtype is None else dtype
    return _counted("_arange", ctx, {"start": start, "stop": stop, "step": step, "repeat": repeat, "dtype": dtype})


def linspace(start: float, stop: float, num: int, endpoint: bool = True, ctx: Context | None = None, dtype: Any = np.float32) -> NDArray:
    """Space ``num`` numbers evenly from ``start`` to ``stop``, with ``stop`` or without."""
    return _counted("_linspace", ctx, {"start": start, "stop": stop, "num": num, "endpoint": endpoint, "dtype": dtype or np.float32})


def eye(N: int, M: int = 0, k: int = 0, ctx: Context | None = None, dtype: Any = None, *, name: str | None = None) -> NDArray:
    """Put ones on the ``k``-th diagonal of an ``N`` by ``M`` matrix, zeros elsewhere; ``M`` is ``N`` if 0."""
    return _counted("_eye", ctx, {"N": N, "M": M, "k": k, "dtype": dtype or np.float32})
