"""Batches out of sparse rows in text."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import FormatError, IndexingError, NotSupported, ParameterError, ShapeError, describe
from symbolic.nd.array import NDArray
from symbolic.operator.fields import param
from symbolic.training.io.files import MXDataIter, paths_of

__all__ = ["LibSVMIter"]


class LibSVMIter(MXDataIter):
    """Iterate over the rows of LibSVM files, ``label index:value index:value ...`` with indices from 0; data are CSRNDArrays.

    Labels are an array, unless they have files of their own: then they are rows like the data, in CSRNDArrays.
    """

    data_libsvm: str = param("A file, a folder of files, or several of these with ; in between. A sample is a row.")
    data_shape: tuple[int, ...] = param("Shape of a sample: its width.")
    label_libsvm: str = param("The same for labels.", default="NULL")
    label_shape: tuple[int, ...] = param("Shape of a sample's label.", default=(1,))
    num_parts: int = param("Read one of so many parts of the files, about equal in bytes.", default=1, ge=1)
    part_index: int = param("Which part.", default=0, ge=0)

    def _open(self) -> int:
        if not self.round_batch:
            raise NotSupported(describe("batches are filled from the beginning; round_batch must be True", operator="LibSVMIter"))
        if self.dtype not in ("None", "float32"):
            facts = {"argument": "dtype", "got": repr(self.dtype), "expected": "float32"}
            raise ParameterError(describe("rows are not read into this type", operator="LibSVMIter", facts=facts))
        for argument, shape in (("data_shape", self.data_shape), ("label_shape", self.label_shape)):
            if len(shape) != 1:
                facts = {"argument": argument, "got": shape, "expected": "one axis"}
                raise ShapeError(describe("a sparse row has one axis", operator="LibSVMIter", facts=facts))
        part = (self.num_parts, self.part_index)
        self._rows = _Rows(self.data_libsvm, self.data_shape[0], *part)
        self._labels = None if self.label_libsvm == "NULL" else _Rows(self.label_libsvm, self.label_shape[0], *part)
        if self._labels is not None and len(self._labels) < len(self._rows):
            facts = {"rows of data": len(self._rows), "rows of labels": len(self._labels)}
            raise ShapeError(describe("there are less labels than samples", operator="LibSVMIter", facts=facts))
        return len(self._rows)

    def _data(self, places: np.ndarray) -> Any:
        return self._rows.batch(places)

    def _label(self, places: np.ndarray) -> Any:
        return NDArray(self._rows.labels[places]) if self._labels is None else self._labels.batch(places)


class _Rows:
    """Sparse rows, one after the other: ``values`` and ``columns`` of row i are those from ``starts[i]`` to ``starts[i + 1]``."""

    def __init__(self, uri: str, width: int, num_parts: int, part_index: int):
        labels: list[float] = []
        columns: list[int] = []
        values: list[float] = []
        starts = [0]
        for line in _lines(uri, num_parts, part_index):
            fields = line.partition("#")[0].split()
            if not fields:
                continue
            try:
                labels.append(float(fields[0].partition(":")[0]))  # a weight may follow
                for field in fields[1:]:
                    column, _, value = field.partition(":")
                    if column != "qid":
                        columns.append(int(column) if len(column) < 19 else -1)  # out of range, whatever it is
                        values.append(float(value or 1))
            except ValueError:
                facts = {"file": uri, "got": line, "expected": "label index:value index:value ..."}
                raise FormatError(describe("this is no sparse row", operator="LibSVMIter", facts=facts)) from None
            starts.append(len(columns))
        self.width = width
        with np.errstate(over="ignore"):  # what is too large is infinite
            self.labels, self.values = np.array(labels, np.float32), np.array(values, np.float32)
        self.columns, self.starts = np.array(columns, np.int64), np.array(starts, np.int64)
        if len(columns) and not 0 <= self.columns.min() <= self.columns.max() < width:
            facts = {"file": uri, "got": f"indices from {self.columns.min()} to {self.columns.max()}", "expected": f"0 to {width - 1}"}
            raise IndexingError(describe("an index does not fit the shape of a sample", operator="LibSVMIter", facts=facts))

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, places: np.ndarray) -> Any:
        begin, length = self.starts[places], self.starts[places + 1] - self.starts[places]
        starts = np.concatenate([[0], np.cumsum(length)])
        taken = np.arange(starts[-1]) - np.repeat(starts[:-1] - begin, length)
        return nd.sparse.csr_matrix((self.values[taken], self.columns[taken], starts), shape=(len(places), self.width))


def _lines(uri: str, num_parts: int, part_index: int) -> list[str]:
    """Read the lines of a part, those that begin within its bytes.

    A line that begins just where the next part would is the last of this one, unless a file begins there.
    """
    paths = paths_of(uri, "LibSVMIter")
    total = sum(map(os.path.getsize, paths))
    step = -(-total // num_parts)
    first, last = step * part_index, min(step * (part_index + 1), total)
    lines: list[str] = []
    at = 0
    for path in paths:
        with open(path, "rb") as file:
            begin = at
            for line in file:
                if first <= at < last if at == begin else first < at <= last:
                    lines.append(line.decode("utf-8", "replace").strip())
                at += len(line)
    return lines
