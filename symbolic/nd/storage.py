"""Sparse arrays: stored rows, or stored elements row by row, as SciPy keeps them."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, IndexingError, NotSupported, ShapeError, describe
from symbolic.nd.array import Later, NDArray, wrap
from symbolic.nd.sparse_array import BaseSparseNDArray, Parts, no_way, stored
from symbolic.values.context import Context

__all__ = ["KINDS", "STORAGE", "BaseSparseNDArray", "CSRNDArray", "RowSparseNDArray", "cast", "nothing", "stored"]

rules = Later("symbolic.nd.by_storage")


class RowSparseNDArray(BaseSparseNDArray):
    """An array of which some rows are stored: `data`, of shape ``(n, *x)``, stands in the rows `indices`, ascending."""

    __slots__ = ()
    stype = "row_sparse"

    @staticmethod
    def _picked(dense: np.ndarray) -> Parts:
        rows = np.flatnonzero((dense != 0).reshape(len(dense), -1).any(axis=1))
        return dense[rows], rows.astype(np.int64)

    def _spread(self) -> np.ndarray:
        assert self._parts is not None
        values, rows = self._parts
        dense = np.zeros(self._sizes, self._type)
        inside = (rows >= 0) & (rows < len(dense))
        dense[rows[inside]] = values[inside]
        return dense

    def _flaw(self, full: bool) -> str | None:
        values, rows = self._stored()
        if len(values) != len(rows):
            return "there are not as many row numbers as rows"
        if full and len(rows) and (rows[0] < 0 or rows[-1] >= self._sizes[0] or np.any(rows[1:] <= rows[:-1])):
            return "row numbers must lie within the array and ascend"
        return None

    def retain(self, indices: Any) -> Any:
        """Keep the rows ``indices``; see the operator ``sparse.retain``."""
        return rules.aware("_sparse_retain")(self, indices)


class CSRNDArray(BaseSparseNDArray):
    """A matrix whose elements are stored row by row.

    Those of row ``i`` are ``data[indptr[i]:indptr[i + 1]]``, in the columns ``indices[indptr[i]:indptr[i + 1]]``, ascending.
    """

    __slots__ = ()
    stype = "csr"

    @staticmethod
    def _picked(dense: np.ndarray) -> Parts:
        if dense.ndim != 2:
            facts = {"got": f"shape {dense.shape}", "expected": "2 axes"}
            raise ShapeError(describe("only a matrix has the storage type csr", facts=facts))
        rows, columns = np.nonzero(dense)
        counts = np.bincount(rows, minlength=len(dense))
        return dense[rows, columns], columns.astype(np.int64), np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def _spread(self) -> np.ndarray:
        assert self._parts is not None
        values, columns, starts = self._parts
        dense = np.zeros(self._sizes, self._type)
        try:
            rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
            dense[rows, columns[: len(rows)]] = values[: len(rows)]
        except (IndexError, ValueError) as error:
            flaw = self._flaw(True) or str(error)
            raise IndexingError(describe(flaw, operator="csr", hint="x.check_format() tells whether places are right")) from None
        return dense

    def _flaw(self, full: bool) -> str | None:
        values, columns, starts = self._parts if self._dense is None and self._parts is not None else self._stored()
        if len(values) != len(columns) or len(starts) != self._sizes[0] + 1:
            return "values, columns and row starts do not fit the shape"
        if starts[0] != 0 or starts[-1] != len(values):
            return "row starts must begin with 0 and end with the number of values"
        if not full:
            return None
        if np.any(starts[1:] < starts[:-1]):
            return "row starts must not descend"
        if len(columns) and (columns.min() < 0 or columns.max() >= self._sizes[1]):
            return "column numbers must lie within the matrix"
        falling = np.flatnonzero(columns[1:] <= columns[:-1]) + 1
        return None if np.isin(falling, starts).all() else "column numbers must ascend within each row"

    @property
    def indptr(self) -> NDArray:
        """Where rows start among the stored elements, and the end of the last; a copy, int64."""
        return wrap(self._stored()[2].copy(), self._context)

    def __getitem__(self, key: Any) -> Any:
        """Take rows: ``x[2]``, a matrix of one row, or ``x[1:3]``."""
        length = self._sizes[0]
        if isinstance(key, (int, np.integer)) and not isinstance(key, bool):
            if not -length <= key < length:
                facts = {"argument": "key", "got": key, "expected": f"a row of {length}"}
                raise IndexingError(describe("there is no such row", operator="indexing", facts=facts))
            return self._rows(int(key) % length, int(key) % length + 1)
        if isinstance(key, slice) and key.step is None and key != slice(None):
            return self._rows(*key.indices(length)[:2])
        return super().__getitem__(key)

    def _rows(self, begin: int, end: int) -> Any:
        values, columns, starts = self._stored()
        end = max(begin, end)
        part = slice(starts[begin], starts[end])
        parts = (values[part].copy(), columns[part].copy(), starts[begin : end + 1] - starts[begin])
        return stored(CSRNDArray, parts, (end - begin, self._sizes[1]), self._context)

    def _full(self, value: Any) -> NDArray:
        facts = {"argument": "value", "got": value, "expected": "a matrix"}
        raise ArgumentError(describe("a number cannot be assigned to a CSR matrix", operator="assignment", facts=facts))

    def asscipy(self) -> Any:
        """Copy it into a ``scipy.sparse.csr_matrix``.

        Raises
        ------
        NotSupported
            If SciPy is not installed.
        """
        try:
            found = importlib.import_module("scipy.sparse")
        except ImportError:
            raise NotSupported(describe("SciPy is not installed", operator="asscipy", hint="pip install scipy")) from None
        return found.csr_matrix(tuple([part.copy() for part in self._stored()]), shape=self._sizes, dtype=self._type)


KINDS = (RowSparseNDArray, CSRNDArray)
STORAGE: dict[str, type[NDArray]] = {kind.stype: kind for kind in (NDArray, *KINDS)}


def nothing(stype: str, shape: tuple[int, ...], dtype: np.dtype, context: Context) -> Any:
    """Make a sparse array of zeros: nothing is stored."""
    none = np.zeros(0, np.int64)
    if stype == "csr":
        return stored(CSRNDArray, (np.zeros(0, dtype), none, np.zeros(shape[0] + 1, np.int64)), shape, context)
    return stored(RowSparseNDArray, (np.zeros((0, *shape[1:]), dtype), none), shape, context)


def cast(array: NDArray, stype: str, operator: str = "cast_storage") -> Any:
    """Copy an array into another storage.

    Raises
    ------
    ArgumentError
        If there is no such storage, or from one sparse form to the other.
    """
    if stype not in STORAGE:
        facts = {"argument": "stype", "got": repr(stype), "expected": ", ".join(STORAGE)}
        raise ArgumentError(describe("there is no such storage type", operator=operator, facts=facts))
    if stype == array.stype:
        return array.copy()
    if stype == "default":
        return wrap(array.asnumpy(), array._context)
    if array.stype != "default":
        raise no_way(array.stype, stype, operator)
    kind: Any = STORAGE[stype]
    return stored(kind, kind._picked(array._data), array.shape, array._context)
