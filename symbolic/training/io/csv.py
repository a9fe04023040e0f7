"""Batches out of tables of numbers in text."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from symbolic.errors import FormatError, ParameterError, ShapeError, describe
from symbolic.nd.array import NDArray
from symbolic.operator.fields import param
from symbolic.training.io.files import MXDataIter, paths_of

__all__ = ["CSVIter"]

TYPES = {"None": "float32", "float32": "float32", "int32": "int32", "int64": "int64"}


class CSVIter(MXDataIter):
    """Iterate over the rows of CSV files, which are read whole.

    Examples
    --------
    ``mx.io.CSVIter(data_csv="data.csv", data_shape=(3,), label_csv="label.csv", batch_size=2)``
    """

    data_csv: str = param("A file, a folder of files, or several of these with ; in between. A sample is a row.")
    data_shape: tuple[int, ...] = param("Shape of a sample; its size is the length of a row.")
    label_csv: str = param("The same for labels; they are 0 without.", default="NULL")
    label_shape: tuple[int, ...] = param("Shape of a sample's label.", default=(1,))

    def _open(self) -> int:
        if self.dtype not in TYPES:
            facts = {"argument": "dtype", "got": repr(self.dtype), "expected": ", ".join(TYPES)}
            raise ParameterError(describe("tables are not read into this type", operator="CSVIter", facts=facts))
        dtype = np.dtype(TYPES[self.dtype])
        self._rows = _table(self.data_csv, dtype, self.data_shape, "data_shape")
        if self.label_csv == "NULL":
            self._labels = np.zeros((len(self._rows), *self.label_shape), dtype)
        else:
            self._labels = _table(self.label_csv, dtype, self.label_shape, "label_shape")
        if len(self._labels) < len(self._rows):
            facts = {"rows of data": len(self._rows), "rows of labels": len(self._labels)}
            raise ShapeError(describe("there are less labels than samples", operator="CSVIter", facts=facts))
        if math.prod(self.label_shape) == 1:
            self._labels = self._labels.reshape(-1)
        return len(self._rows)

    def _data(self, places: np.ndarray) -> Any:
        return NDArray(self._rows[places])

    def _label(self, places: np.ndarray) -> Any:
        return NDArray(self._labels[places])


def _table(uri: str, dtype: np.dtype, shape: tuple[int, ...], argument: str) -> np.ndarray:
    parts = []
    for path in paths_of(uri, "CSVIter"):
        rows = _rows(path, dtype)
        if not rows.size:
            continue
        if rows.shape[1] != math.prod(shape):
            facts = {"argument": argument, "got": shape, "file": path, "expected": f"{rows.shape[1]} elements, the length of a row"}
            raise ShapeError(describe("rows do not have this shape", operator="CSVIter", facts=facts))
        parts.append(rows.reshape(-1, *shape))
    if not parts:
        raise FormatError(describe(f"there are no rows in {uri!r}", operator="CSVIter"))
    return np.concatenate(parts)


def _rows(path: str, dtype: np.dtype) -> np.ndarray:
    """Read a file by NumPy, fast; or, if that fails, line by line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of files without a row
            warnings.simplefilter("error", DeprecationWarning)  # fractions for whole numbers, before NumPy 2.3
            return np.loadtxt(path, dtype, comments=None, delimiter=",", ndmin=2)
    except (ValueError, DeprecationWarning):
        return _tolerant(path, dtype)


def _tolerant(path: str, dtype: np.dtype) -> np.ndarray:
    """Read lines that end in a comma, and fractions where whole numbers are wanted; they are cut off. Name a line that is broken."""
    rows: list[list[float]] = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            try:
                rows.append([float(field) for field in line.strip().rstrip(",").split(",")])
                broken = len(rows[-1]) != len(rows[0])
            except ValueError:
                broken = True
            if broken:
                facts = {"file": path, "line": number, "got": line.strip(), "expected": "as many numbers as in the first"}
                raise FormatError(describe("this is no row of numbers", operator="CSVIter", facts=facts))
    found = np.array(rows)
    if dtype.kind in "iu" and found.size:
        limits = np.iinfo(dtype)
        fits = np.isfinite(found) & (np.trunc(found) >= limits.min) & (found < 2.0 ** (limits.bits - (dtype.kind == "i")))
        if not fits.all():
            facts = {"file": path, "got": found[~fits][0], "expected": f"numbers from {limits.min} to {limits.max}"}
            raise FormatError(describe(f"a number does not fit {dtype.name}", operator="CSVIter", facts=facts))
    return found.astype(dtype)
