"""``mx.nd.sparse``: arrays said to store only what is not zero. Their memory is dense; what MXNet would store is computed."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

import symbolic.nd.arithmetic as arithmetic
from symbolic.errors import ArgumentError, ShapeError, describe
from symbolic.nd.array import BaseSparseNDArray, CSRNDArray, NDArray, RowSparseNDArray, wrap
from symbolic.nd.convert import array as dense_array
from symbolic.nd.creation import empty as dense_empty
from symbolic.nd.creation import zeros as dense_zeros
from symbolic.operator.match import shown
from symbolic.values.context import Context, context_of
from symbolic.values.dtype import dtype_of

__all__ = ["OWN"]


def zeros(stype: str, shape: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Make an array of zeros with a storage type."""
    return dense_zeros(shape, ctx, dtype, stype)


def empty(stype: str, shape: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Make an array with a storage type; its elements are zeros."""
    return dense_empty(shape, ctx, dtype, stype)


def array(source_array: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Copy a sparse array, MXNet's or SciPy's."""
    if isinstance(source_array, BaseSparseNDArray):
        return dense_array(source_array, ctx, dtype).tostype(source_array.stype)
    if hasattr(source_array, "toarray"):
        return dense_array(source_array.toarray(), ctx, dtype or source_array.dtype).tostype("csr")
    raise _unfit("array", source_array, "CSRNDArray, RowSparseNDArray or a SciPy matrix")


def csr_matrix(arg1: Any, shape: Any = None, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Make a matrix stored row by row.

    Parameters
    ----------
    arg1
        ``(values, indices, indptr)``, ``(values, (rows, columns))``, a shape, or a matrix: an array, a list, SciPy's.
    shape : (int, int), optional
        By default, as far as the indices reach.
    """
    if isinstance(arg1, tuple) and len(arg1) == 3:
        values, columns, starts = map(_plain, arg1)
        rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        shape = shape or (len(starts) - 1, int(columns.max(initial=-1)) + 1)
        return _filled("csr_matrix", values, (rows, columns), shape, ctx, dtype, CSRNDArray)
    if isinstance(arg1, tuple) and len(arg1) == 2 and isinstance(arg1[1], tuple):
        rows, columns = map(_plain, arg1[1])
        shape = shape or (int(rows.max(initial=-1)) + 1, int(columns.max(initial=-1)) + 1)
        return _filled("csr_matrix", _plain(arg1[0]), (rows, columns), shape, ctx, dtype, CSRNDArray)
    return _of_whole(arg1, ctx, dtype, "csr")


def row_sparse_array(arg1: Any, shape: Any = None, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Make an array of which some rows are stored.

    Parameters
    ----------
    arg1
        ``(rows, indices)``, a shape, or an array.
    shape : tuple of int, optional
        By default, as far as the indices reach.
    """
    if isinstance(arg1, tuple) and len(arg1) == 2 and not isinstance(arg1[0], int):
        values, indices = map(_plain, arg1)
        shape = shape or (int(indices.max(initial=-1)) + 1, *values.shape[1:])
        return _filled("row_sparse_array", values, indices, shape, ctx, dtype, RowSparseNDArray)
    return _of_whole(arg1, ctx, dtype, "row_sparse")


def _plain(value: Any) -> np.ndarray:
    return value._data if isinstance(value, NDArray) else np.asarray(value)


def _filled(name: str, values: np.ndarray, places: Any, shape: Any, ctx: Any, dtype: Any, kind: type[NDArray]) -> NDArray:
    made = np.zeros(shape, dtype_of(dtype or (values.dtype if values.dtype.kind == "f" else np.float32)))
    places = tuple(part.astype(np.int64) for part in places) if isinstance(places, tuple) else places.astype(np.int64)
    try:
        made[places] = values
    except (IndexError, ValueError) as error:
        raise ShapeError(
            describe(f"values, indices and shape do not fit: {error}", operator=name, facts={"argument": "shape", "got": shape})
        ) from None
    return wrap(made, context_of(ctx), kind)


def _of_whole(arg1: Any, ctx: Any, dtype: Any, stype: str) -> NDArray:
    if isinstance(arg1, tuple):
        return dense_zeros(arg1, ctx, dtype, stype)
    whole = arg1.toarray() if hasattr(arg1, "toarray") else arg1
    return dense_array(whole, ctx, dtype or getattr(arg1, "dtype", None)).tostype(stype)


def _unfit(name: str, got: Any, expected: str) -> ArgumentError:
    return ArgumentError(
        describe("this is no sparse array", operator=name, facts={"argument": "source_array", "got": shown(got), "expected": expected})
    )


OWN = {
    "BaseSparseNDArray": BaseSparseNDArray,
    "CSRNDArray": CSRNDArray,
    "RowSparseNDArray": RowSparseNDArray,
    "add": arithmetic.add,
    "array": array,
    "csr_matrix": csr_matrix,
    "divide": arithmetic.divide,
    "empty": empty,
    "multiply": arithmetic.multiply,
    "row_sparse_array": row_sparse_array,
    "subtract": arithmetic.subtract,
    "zeros": zeros,
}


def __getattr__(name: str) -> Any:
    """Find an operator: ``mx.nd.sparse.dot``."""
    return getattr(importlib.import_module("symbolic.nd.namespace").operators("sparse"), name)


def __dir__() -> list[str]:
    return dir(importlib.import_module("symbolic.nd.namespace").operators("sparse"))
