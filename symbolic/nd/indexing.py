"""What ``x[key]`` and ``x[key] = value`` mean for arrays."""

from __future__ import annotations

import numbers
import operator
from types import EllipsisType
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, IndexingError, ShapeError, describe
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.convert import converted, is_numeric
from symbolic.values.shape import is_np_shape

__all__ = ["read", "values_of", "write"]

Part = int | slice | EllipsisType | np.ndarray | None


def read(array: NDArray, key: Any) -> NDArray:
    """Pick the part at ``key``: on the same memory where that is one piece of it, else a copy."""
    if (type(key) is slice and key == slice(None)) or (type(key) is tuple and not key):
        return array
    found = _located(array, *_plain(key, array))
    if not found.ndim and array._data.ndim and not is_np_shape():
        found = found.reshape(1)
    return wrap(found if found.flags.c_contiguous else found.copy(order="C"), array._context)


def write(array: NDArray, key: Any, value: Any) -> None:
    """Assign to the part at ``key``: a number, or what stretches to its shape; converted to the array's type."""
    parts, is_basic = _plain(key, array)
    values = values_of(value, array._data.dtype)
    try:
        with np.errstate(all="ignore"):
            if is_basic:
                _located(array, parts, True)[...] = values
            else:
                array._data[parts] = values
    except ValueError as error:
        if isinstance(error, IndexingError):
            raise
        shape = _located(array, parts, is_basic).shape
        facts = {
            "argument": "value",
            "got": f"shape {np.shape(values)}",
            "expected": f"what stretches to {shape}",
            "array": f"shape {array.shape}",
        }
        variable = getattr(array, "_bound", None)
        what = "the value does not fit" if variable is None else f"the value does not fit the array that is bound to {variable.name!r}"
        hint = None if variable is None or parts else "executor.reshape(...) makes an executor for other shapes"
        raise ShapeError(describe(what, operator="assignment", facts=facts, hint=hint)) from None
    except IndexError as error:
        raise _outside(array, key, error) from None


def _located(array: NDArray, parts: tuple[Part, ...], is_basic: bool) -> np.ndarray:
    if is_basic and not any(part is Ellipsis for part in parts):
        parts = (*parts, Ellipsis)  # a view even of a single element
    try:
        return array._data[parts]
    except IndexError as error:
        raise _outside(array, parts, error) from None


def _outside(array: NDArray, key: Any, error: IndexError) -> IndexingError:
    facts = {"argument": "key", "got": _shown(key), "expected": f"an index into the shape {array.shape}"}
    return IndexingError(describe(str(error), operator="indexing", facts=facts))


def _shown(key: Any) -> str:
    if type(key) is tuple:
        return ", ".join(repr(part) for part in key if part is not Ellipsis)
    return repr(key)


def _plain(key: Any, array: NDArray) -> tuple[tuple[Part, ...], bool]:
    """Spell a key in NumPy's terms; say whether it is basic: without arrays of indices."""
    if type(key) is int:
        return (key,), True
    parts = tuple([_part(part, array) for part in key]) if type(key) is tuple else (_part(key, array),)
    return parts, not any(isinstance(part, np.ndarray) for part in parts)


def _part(part: Any, array: NDArray) -> Part:
    """Spell one part of a key. Fractions of indices are cut off, and booleans are 0 and 1, as in the reference."""
    kind = type(part)
    if kind is int or part is None or part is Ellipsis:
        return part
    if kind is slice:
        return _slice(part, array)
    if isinstance(part, (bool, numbers.Integral)):
        return int(part)
    if isinstance(part, (list, tuple, range, np.ndarray, NDArray)):
        if isinstance(part, NDArray) and part._data.dtype == np.bool_:
            raise _unsupported(part, array, "pick where a mask is true by mx.nd.contrib.boolean_mask(x, mask)")
        try:
            indices = np.asarray(part)
        except ValueError:
            raise _unsupported(part, array) from None
        if indices.dtype.kind in "biuf":
            return indices.astype(np.int64) if indices.ndim else int(indices)
    raise _unsupported(part, array)


def _slice(part: slice, array: NDArray) -> slice:
    bounds = (part.start, part.stop, part.step)
    if part.step == 0:
        raise _unsupported(part, array, "the step of a slice is not 0")
    try:
        return slice(*[bound if bound is None else operator.index(bound) for bound in bounds])
    except TypeError:
        facts = {"argument": "key", "got": repr(part), "expected": "integers or None"}
        raise ArgumentError(describe("the bounds of a slice must be integers", operator="indexing", facts=facts)) from None


def _unsupported(part: Any, array: NDArray, hint: str | None = None) -> IndexingError:
    facts = {
        "argument": "key",
        "got": f"{part!r} ({type(part).__name__})",
        "expected": "int, slice, None, ..., a list or an array of integers",
        "array": f"shape {array.shape}",
    }
    return IndexingError(describe("an array has no such index", operator="indexing", facts=facts, hint=hint))


def values_of(value: Any, dtype: np.dtype) -> np.ndarray:
    """Take what is to be written to an array of type ``dtype``: numbers are converted, wrapping around, arrays left."""
    if isinstance(value, NDArray):
        return value._data
    if isinstance(value, (int, float)):
        return converted(value, dtype)
    if value is not None and not isinstance(value, (str, bytes, dict, set)):
        try:
            found = np.asarray(value)
        except ValueError:  # ragged
            found = np.asarray(None)
        if is_numeric(found):
            with np.errstate(all="ignore"):
                return found if isinstance(value, np.ndarray) else found.astype(dtype)
    facts = {"argument": "value", "got": f"{value!r} ({type(value).__name__})", "expected": "a number, an array, or a list of numbers"}
    raise ArgumentError(describe("an array holds numbers", operator="assignment", facts=facts))
