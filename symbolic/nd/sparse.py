"""``mx.nd.sparse``: arrays that store some rows, or the elements of a matrix that are not zero."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

import symbolic.nd.arithmetic as arithmetic
from symbolic.errors import ArgumentError, InputError, ShapeError, describe
from symbolic.nd.array import NDArray
from symbolic.nd.by_storage import aware
from symbolic.nd.convert import array as dense_array
from symbolic.nd.creation import zeros as dense_zeros
from symbolic.nd.storage import BaseSparseNDArray, CSRNDArray, RowSparseNDArray, stored
from symbolic.operator.match import shown
from symbolic.values.context import Context, context_of
from symbolic.values.dtype import dtype_of

__all__ = ["OWN"]


def zeros(stype: str, shape: Any, ctx: Context | None = None, dtype: Any = None, **_: Any) -> NDArray:
    """Make an array of zeros with a storage type; a sparse one stores nothing."""
    return dense_zeros(shape, ctx, dtype, stype)


def empty(stype: str, shape: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Make a sparse array that stores nothing."""
    if stype not in ("csr", "row_sparse"):
        facts = {"argument": "stype", "got": repr(stype), "expected": "row_sparse or csr"}
        raise ArgumentError(describe("there is no such sparse storage", operator="empty", facts=facts))
    return zeros(stype, shape, ctx, dtype)


def array(source_array: Any, ctx: Context | None = None, dtype: Any = None) -> Any:
    """Copy a sparse array, ours or SciPy's; its type is kept by default."""
    if isinstance(source_array, BaseSparseNDArray):
        found = source_array.astype(source_array.dtype if dtype is None else dtype)
        found._context = context_of(ctx)
        return found
    if is_scipy(source_array):
        matrix = source_array.tocsr().copy()
        matrix.sum_duplicates()  # and sorts
        parts = (matrix.data, matrix.indices, matrix.indptr)
        return csr_matrix(parts, matrix.shape, ctx, matrix.dtype if dtype is None else dtype)
    facts = {"argument": "source_array", "got": shown(source_array), "expected": "CSRNDArray, RowSparseNDArray or a SciPy matrix"}
    raise InputError(describe("this is no sparse array", operator="array", facts=facts, hint="x.tostype('csr') makes one of a dense array"))


def is_scipy(value: Any) -> bool:
    """Tell whether something is a sparse matrix of SciPy, without loading SciPy."""
    return hasattr(value, "tocsr") and hasattr(value, "nnz")


def csr_matrix(arg1: Any, shape: Any = None, ctx: Context | None = None, dtype: Any = None) -> Any:
    """Make a matrix stored row by row.

    Parameters
    ----------
    arg1
        ``(values, indices, indptr)``, taken as they are (see `check_format`); ``(values, (rows, columns))``, those of one
        place added up; a shape; or a matrix: an array, a list, SciPy's.
    shape : (int, int), optional
        By default, as far as the indices reach.
    dtype : optional
        By default that of the values, float32 for lists.

    Raises
    ------
    ShapeError
        If the parts do not fit each other, or the shape.
    ArgumentError
        If it is something else.
    """
    if not isinstance(arg1, tuple):
        return _of_whole("csr_matrix", arg1, shape, ctx, dtype, "csr")
    if len(arg1) == 3:
        values, columns, starts = _values(arg1[0], dtype), _places(arg1[1]), _places(arg1[2])
        if shape is None and len(columns):
            shape = (len(starts) - 1, int(columns.max()) + 1)
        if shape is None or len(shape) != 2 or not values.ndim == columns.ndim == starts.ndim == 1 or not len(starts):
            raise _misfit("csr_matrix", shape, values=values, indices=columns, indptr=starts)
        return stored(CSRNDArray, (values, columns, starts), shape, context_of(ctx))
    if len(arg1) != 2:
        raise _unfit("csr_matrix", arg1, "(values, indices, indptr), (values, (rows, columns)) or (rows, columns)")
    if not (isinstance(arg1[1], tuple) and len(arg1[1]) == 2):
        return _of_shape("csr_matrix", arg1, shape, ctx, dtype, "csr")
    values, rows, columns = np.asarray(_plain(arg1[0])), _places(arg1[1][0]), _places(arg1[1][1])
    if shape is None:
        if not len(rows):
            raise _misfit("csr_matrix", shape, values=values, rows=rows, columns=columns)
        shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    if not values.shape == rows.shape == columns.shape or (len(rows) and (rows.max() >= shape[0] or columns.max() >= shape[1])):
        raise _misfit("csr_matrix", shape, values=values, rows=rows, columns=columns)
    spots, where = np.unique(rows * shape[1] + columns, return_inverse=True)
    sums = np.zeros(len(spots), dtype_of(values.dtype if dtype is None else dtype))
    np.add.at(sums, where.reshape(-1), values.astype(sums.dtype))
    starts = np.concatenate([[0], np.cumsum(np.bincount(spots // shape[1], minlength=shape[0]))]).astype(np.int64)
    return stored(CSRNDArray, (sums, spots % shape[1], starts), shape, context_of(ctx))


def row_sparse_array(arg1: Any, shape: Any = None, ctx: Context | None = None, dtype: Any = None) -> Any:
    """Make an array of which some rows are stored.

    Parameters
    ----------
    arg1
        ``(rows, indices)``, taken as they are (see `check_format`); a shape; or an array or a list.
    shape : tuple of int, optional
        By default, as far as the last of the indices.
    dtype : optional
        By default that of the rows, float32 for lists.

    Raises
    ------
    ShapeError
        If the parts do not fit each other, or the shape.
    ArgumentError
        If it is something else.
    """
    if not isinstance(arg1, tuple):
        return _of_whole("row_sparse_array", arg1, shape, ctx, dtype, "row_sparse")
    if len(arg1) < 2:
        raise _unfit("row_sparse_array", arg1, "(values, indices), or sizes of two axes or more")
    if len(arg1) > 2 or all(isinstance(part, (int, np.integer)) for part in arg1):
        return _of_shape("row_sparse_array", arg1, shape, ctx, dtype, "row_sparse")
    values, rows = _values(arg1[0], dtype), _places(arg1[1])
    if shape is None and len(rows):
        shape = (int(rows[-1]) + 1, *values.shape[1:])
    if shape is None or values.ndim != len(shape) or rows.ndim != 1 or 0 in tuple(shape)[1:]:
        raise _misfit("row_sparse_array", shape, values=values, indices=rows)
    return stored(RowSparseNDArray, (values, rows), shape, context_of(ctx))


def _plain(value: Any) -> Any:
    return value.asnumpy() if isinstance(value, NDArray) else value


def _values(value: Any, dtype: Any) -> np.ndarray:
    kept = isinstance(value, (NDArray, np.ndarray))
    wanted = dtype_of(dtype if dtype is not None else value.dtype if kept else np.float32)
    return np.array(_plain(value), dtype=wanted, order="C")


def _places(value: Any) -> np.ndarray:
    return np.array(_plain(value)).astype(np.int64)


def _of_shape(name: str, arg1: Any, shape: Any, ctx: Any, dtype: Any, stype: str) -> Any:
    if shape is not None and tuple(shape) != arg1:
        raise _misfit(name, shape, given=np.empty(arg1, bool))
    return empty(stype, arg1, ctx, dtype)


def _of_whole(name: str, arg1: Any, shape: Any, ctx: Any, dtype: Any, stype: str) -> Any:
    if shape is not None and hasattr(arg1, "shape") and tuple(shape) != tuple(arg1.shape):
        raise _misfit(name, shape, given=arg1)
    if isinstance(arg1, BaseSparseNDArray) and arg1.stype != stype:
        raise _unfit(name, arg1, f"an array, dense or {stype}")
    if isinstance(arg1, BaseSparseNDArray) or (stype == "csr" and is_scipy(arg1)):
        return array(arg1, ctx, dtype)
    whole = dense_array(arg1.toarray() if hasattr(arg1, "toarray") else arg1, ctx, dtype or getattr(arg1, "dtype", None))
    if shape is not None and tuple(shape) != whole.shape:
        raise _misfit(name, shape, given=whole)
    return whole.tostype(stype)


def _misfit(name: str, shape: Any, **parts: Any) -> ShapeError:
    facts = {part: f"shape {found.shape}" for part, found in parts.items()} | {"shape": shape}
    return ShapeError(describe("the parts and the shape do not fit each other", operator=name, facts=facts))


def _unfit(name: str, got: Any, expected: str) -> ArgumentError:
    facts = {"argument": "arg1", "got": shown(got), "expected": expected}
    return ArgumentError(describe("no sparse array can be made of this", operator=name, facts=facts))


def multiply(lhs: Any, rhs: Any) -> Any:
    """Multiply arrays that stretch to one shape, or a number; of a sparse and a dense one the product is sparse."""
    if type(lhs) is NDArray and isinstance(rhs, BaseSparseNDArray) and lhs.shape == rhs.shape:
        return aware("elemwise_mul")(lhs, rhs)
    return arithmetic.multiply(lhs, rhs)


OWN = {
    "BaseSparseNDArray": BaseSparseNDArray,
    "CSRNDArray": CSRNDArray,
    "RowSparseNDArray": RowSparseNDArray,
    "add": arithmetic.add,
    "array": array,
    "csr_matrix": csr_matrix,
    "divide": arithmetic.divide,
    "empty": empty,
    "multiply": multiply,
    "row_sparse_array": row_sparse_array,
    "subtract": arithmetic.subtract,
    "zeros": zeros,
}


def __getattr__(name: str) -> Any:
    """Find an operator: ``mx.nd.sparse.dot``."""
    return getattr(importlib.import_module("symbolic.nd.namespace").operators("sparse"), name)


def __dir__() -> list[str]:
    return dir(importlib.import_module("symbolic.nd.namespace").operators("sparse"))
