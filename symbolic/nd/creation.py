"""New arrays: of values of other kinds, filled, counted up, on the memory of other libraries."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, InputError, ShapeError, describe
from symbolic.nd.array import STORAGE, NDArray, wrap
from symbolic.nd.call import copy_into, on_arrays
from symbolic.nd.indexing import values_of
from symbolic.operator.match import shown
from symbolic.values.context import Context, context_of
from symbolic.values.dtype import dtype_of
from symbolic.values.shape import checked_size, np_shape

__all__ = [
    "arange",
    "array",
    "empty",
    "eye",
    "from_dlpack",
    "from_numpy",
    "full",
    "linspace",
    "ones",
    "to_dlpack_for_read",
    "to_dlpack_for_write",
    "zeros",
]

READ_ONLY_IS_KNOWN = tuple(map(int, np.__version__.split(".")[:2])) >= (2, 1)  # older ones call every foreign array so


def array(source_array: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Copy an array, a list or a number into a new NDArray.

    Parameters
    ----------
    source_array : NDArray, numpy.ndarray, list or number
        Any layout, byte order and type of numbers.
    ctx : Context, optional
        The device it is said to be on; the current one by default.
    dtype : optional
        Type of its elements. By default an NDArray's own, else float32: a NumPy array's is not kept, as in MXNet.

    Raises
    ------
    ArgumentError
        If the source is no array of numbers.
    """
    context = context_of(ctx)
    is_array = isinstance(source_array, NDArray)
    wanted = dtype_of(dtype if dtype is not None else source_array.dtype if is_array else np.float32)
    source = source_array._data if is_array else _as_numbers(source_array)
    with np.errstate(all="ignore"):
        return wrap(np.array(source, dtype=wanted, order="C"), context)


def _as_numbers(source: Any) -> np.ndarray:
    try:
        if source is not None and not isinstance(source, (str, bytes)):
            found = np.asarray(source)
            if _is_numeric(found):
                return found
        why = f"it is of type {found.dtype.name if isinstance(source, np.ndarray) else type(source).__name__}"
        if isinstance(source, (list, tuple)):
            why = f"its elements are of type {found.dtype.name}"
    except ValueError as error:  # lists of different lengths
        why = str(error)
    facts = {"argument": "source_array", "got": shown(source), "expected": "an array, a list or a number"}
    raise ArgumentError(describe(f"no array of numbers can be made of this: {why}", operator="array", facts=facts)) from None


def _is_numeric(array: np.ndarray) -> bool:
    return array.dtype.kind in "biuf" or array.dtype.name == "bfloat16"


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
    checked_size(sizes, "shape")
    return sizes


def _new(shape: Any, ctx: Any, dtype: Any, stype: str | None = None) -> NDArray:
    """Make an array of zeros."""
    sizes, context, elements = _sizes(shape), context_of(ctx), dtype_of(np.float32 if dtype is None else dtype)
    if stype not in (None, *STORAGE) or (stype == "csr" and len(sizes) != 2):
        facts = {"argument": "stype", "got": f"{stype!r} for the shape {sizes}", "expected": "default, row_sparse, or csr for two axes"}
        raise ArgumentError(describe("there is no such storage type", facts=facts))
    try:
        return wrap(np.zeros(sizes, elements), context, STORAGE[stype or "default"])
    except (MemoryError, ValueError):
        need = math.prod(sizes) * elements.itemsize
        facts = {"argument": "shape", "got": sizes, "expected": f"a smaller array: this one takes {need / 2**30:.1f} GiB"}
        raise ShapeError(describe("there is no memory for an array of this shape", facts=facts)) from None


def _given(out: NDArray | None, made: NDArray) -> NDArray:
    if out is None:
        return made
    copy_into(out, made, "creation", "out")
    return out


def zeros(
    shape: Any, ctx: Context | None = None, dtype: Any = None, stype: str | None = None, *, out: NDArray | None = None, name: str | None = None
) -> NDArray:
    """Fill a new array with zeros.

    Parameters
    ----------
    shape : int or tuple of int
        Its sizes; unlike in a graph, 0 is a size of zero and ``()`` a scalar.
    ctx : Context, optional
        The device it is said to be on.
    dtype : optional
        Type of its elements; float32 by default.
    stype : str, optional
        What `NDArray.stype` says; the memory is dense all the same.
    out : NDArray, optional
        Receives the values instead.

    Raises
    ------
    ShapeError
        If no array has this shape, or there is no memory for it.
    """
    return _given(out, _new(shape, ctx, dtype, stype))


def ones(shape: Any, ctx: Context | None = None, dtype: Any = None, *, out: NDArray | None = None, name: str | None = None) -> NDArray:
    """Fill a new array with ones; see `zeros`."""
    return full(shape, 1, ctx, dtype, out)


def full(shape: Any, val: Any, ctx: Context | None = None, dtype: Any = np.float32, out: NDArray | None = None) -> NDArray:
    """Fill a new array with ``val``: a number, or an array that stretches to the shape; see `zeros`."""
    made = _new(shape, ctx, dtype)
    made[...] = values_of(val, made._data.dtype)
    return _given(out, made)


def empty(shape: Any, ctx: Context | None = None, dtype: Any = None, stype: str | None = None) -> NDArray:
    """Make a new array. Its elements are zeros, so that nothing depends on chance; see `zeros`."""
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


# -- on the memory of other libraries ---------------------------------------------------------------------------------


def from_numpy(ndarray: np.ndarray, zero_copy: bool = True, array_cls: type[NDArray] = NDArray) -> NDArray:
    """Make an NDArray of a NumPy array of any numbers; the type is kept.

    The memory is shared, and writes are seen on both sides, if the layout allows (C order, native byte order, aligned,
    writeable); else, and without ``zero_copy``, it is copied.
    """
    if not isinstance(ndarray, np.ndarray) or not _is_numeric(ndarray):
        facts = {"argument": "ndarray", "got": shown(ndarray), "expected": "numpy.ndarray of numbers"}
        raise ArgumentError(describe("this is no NumPy array of numbers; mx.nd.array takes other things", operator="from_numpy", facts=facts))
    return array_cls(ndarray if zero_copy else ndarray.copy())


class _Capsule:
    """A DLPack capsule as NumPy takes it."""

    def __init__(self, capsule: Any):
        self._capsule = capsule

    def __dlpack__(self, **_: Any) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


class _Writable:
    """Memory that NumPy took for read-only, since nobody had told."""

    def __init__(self, array: np.ndarray):
        self._array = array  # keeps the memory
        self.__array_interface__ = {**array.__array_interface__, "data": (array.__array_interface__["data"][0], False)}


def from_dlpack(dlpack: Any) -> NDArray:
    """Make an NDArray on the memory of another library's array.

    Parameters
    ----------
    dlpack
        An array with ``__dlpack__``, or a capsule, which can be used once. What says that it is read-only, or lies in an
        order other than C, is copied.

    Raises
    ------
    InputError
        If it is neither, was used before, or lies on a device.
    """
    is_capsule = not hasattr(dlpack, "__dlpack__")
    try:
        found = np.from_dlpack(_Capsule(dlpack) if is_capsule else dlpack)
    except (TypeError, ValueError, RuntimeError, BufferError, AttributeError) as error:
        facts = {"argument": "dlpack", "got": shown(dlpack), "expected": "an array with __dlpack__, or an unused capsule"}
        raise InputError(describe(f"no array can be made of this: {error}", operator="from_dlpack", facts=facts)) from None
    if not found.flags.writeable and (is_capsule or not READ_ONLY_IS_KNOWN):
        found = np.asarray(_Writable(found))
    return NDArray(found)


def to_dlpack_for_read(data: NDArray) -> Any:
    """Hand the memory to another library, as a DLPack capsule."""
    return data.to_dlpack_for_read()


to_dlpack_for_write = to_dlpack_for_read
