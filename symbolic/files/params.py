"""Read and write ``.params`` files, MXNet's lists of arrays with or without names; their structure is told in ``layout.py``.

Reading goes over a file twice. The first time its whole structure is checked and nothing is allocated; the second time each array
is read straight into memory of its own, so that arrays are aligned, writable and live no longer than they are used.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from symbolic.errors import ArgumentError, DTypeError, FormatError, NameClash, describe
from symbolic.files import atomic
from symbolic.files.layout import FILE_MAGIC, ITEM_BYTES, STORAGE, TYPES, V2, V3, Indices, Limits, Record, broken, read_layout, shown_array
from symbolic.files.source import Source, opened
from symbolic.values.dtype import NAMES, dtype_of
from symbolic.values.shape import is_np_shape

__all__ = ["Limits", "Parameters", "Stored", "load", "save"]

_SMALL = 1 << 16  # bytes; arrays up to this size are gathered before they are written


class Stored(NamedTuple):
    """A sparse array, as a file has it.

    Attributes
    ----------
    storage : str
        "row_sparse" or "csr".
    shape : tuple of int
        Of the whole array.
    values : numpy.ndarray
        What is stored of it.
    places : tuple of numpy.ndarray
        Where: row numbers, or row starts and column numbers.
    """

    storage: str
    shape: tuple[int, ...]
    values: np.ndarray
    places: tuple[np.ndarray, ...]


class Parameters(NamedTuple):
    """The content of a file.

    Attributes
    ----------
    names : list of str, or None
        None if the file is a plain list (and if it has no arrays: then nobody can tell).
    arrays : list of numpy.ndarray, Stored or None
        Writable, each with memory of its own; dense, unless sparse ones were asked for as they are. None where an old file says
        that there is no array.
    storage : list of str
        How each was stored: "default", "row_sparse", "csr", or "none".
    """

    names: list[str] | None
    arrays: list[Any]
    storage: list[str]


def load(origin: Any, *, limits: Limits | None = None, sparse: bool = False) -> Parameters:
    """Read all arrays of a file, whichever version of MXNet wrote it.

    Memory in use is that of the arrays, the sparse ones made dense, and nothing besides.

    Parameters
    ----------
    origin : str, os.PathLike, bytes-like or binary file object
        A path; or the content of the file; or an open file, read from where it stands to its end.
    limits : Limits, optional
        What is refused for its size.
    sparse : bool
        Return sparse arrays as `Stored`, instead of dense.

    Raises
    ------
    FormatError
        If the content is broken or not that of a ``.params`` file.
    FileError
        If the file cannot be opened or read.
    """
    limits = limits or Limits()
    with opened(origin, limits.file_bytes) as source:
        records, names = read_layout(source, limits)
        labels = names if names is not None else [None] * len(records)
        arrays = [
            None if record.storage == "none" else _ArrayReader(source, record, index, name).array(sparse)
            for index, (record, name) in enumerate(zip(records, labels, strict=True))
        ]
    return Parameters(names, arrays, [record.storage for record in records])


@cache
def _dtype_in_file(code: int) -> np.dtype:
    return dtype_of(code, "the type of elements").newbyteorder("<")


@cache
def _code_in_file(dtype: np.dtype) -> int | None:
    return NAMES.get(dtype.name)


class _ArrayReader:
    """One array of a file whose structure is known to be sound."""

    def __init__(self, source: Source, record: Record, index: int, name: str | None):
        self.source = source
        self.record = record
        self.index = index
        self.name = name

    def array(self, sparse: bool) -> np.ndarray | Stored:
        record = self.record
        try:
            dtype = _dtype_in_file(record.code)
        except DTypeError as error:
            raise self.broken(record.start, str(error), TYPES[record.code], "an installed type") from error
        if record.storage == "default":
            return self.read(dtype, record.shape, record.offset)
        values = self.read(dtype, record.stored, record.offset)
        indices = [self.indices(part) for part in record.indices]
        spots = self.rows(*indices) if record.storage == "row_sparse" else self.positions(*indices)
        if sparse:
            return Stored(record.storage, record.shape, values, tuple([part.astype(np.int64) for part in indices]))
        dense = np.zeros(record.shape, dtype)
        (dense if record.storage == "row_sparse" else dense.reshape(-1))[spots] = values
        return dense

    def read(self, dtype: np.dtype, shape: tuple[int, ...], offset: int) -> np.ndarray:
        try:
            array = np.empty(shape, dtype)
        except ValueError as error:  # more dimensions or elements than NumPy can count
            raise self.broken(self.record.start, "a shape that NumPy cannot hold", shape, str(error)) from error
        if not self.source.fill(offset, array):
            raise self.broken(offset, "truncated while it was read", "the end of file", f"{array.nbytes} bytes")
        if dtype.kind == "b" and array.size and array.view(np.uint8).max() > 1:
            wrong = int(np.flatnonzero(array.view(np.uint8) > 1)[0])
            raise self.broken(offset + wrong, "an element of type bool is no bool", array.view(np.uint8).flat[wrong], "0 or 1")
        return array

    def indices(self, part: Indices) -> np.ndarray:
        return self.read(_dtype_in_file(part.code), (part.length,), part.offset)

    def rows(self, rows: np.ndarray) -> np.ndarray:
        """Check the row numbers of a row_sparse array: ascending, each there once."""
        self.check_range(rows, self.record.shape[0], self.record.indices[0], "row indices")
        self.check_ascending(rows, self.record.indices[0], "row indices")
        return rows

    def positions(self, starts: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Check row starts and column numbers of a csr array; return positions in the flat dense one."""
        rows, width = self.record.shape
        at = self.record.indices[0].offset
        if starts[0] != 0 or starts[-1] != len(columns) or np.any(starts[1:] < starts[:-1]):
            found = f"from {starts[0]} to {starts[-1]}"
            raise self.broken(at, "row starts (indptr) of a sparse array are wrong", found, f"from 0 to {len(columns)}, never falling")
        self.check_range(columns, width, self.record.indices[1], "column indices")
        positions = np.repeat(np.arange(rows) * width, np.diff(starts)) + columns
        self.check_ascending(positions, self.record.indices[1], "column indices within a row")
        return positions

    def check_range(self, indices: np.ndarray, size: int, part: Indices, what: str) -> None:
        outside = (indices < 0) | (indices >= size)
        if outside.any():
            first = int(outside.argmax())
            at = part.offset + first * indices.itemsize
            raise self.broken(at, f"{what} of a sparse array out of range", indices[first], f"0 to {size - 1}")

    def check_ascending(self, order: np.ndarray, part: Indices, what: str) -> None:
        falling = order[1:] <= order[:-1]
        if falling.any():
            first = int(falling.argmax()) + 1
            at = part.offset + first * ITEM_BYTES[part.code]
            found = f"entry {first} not above the one before"
            raise self.broken(at, f"{what} of a sparse array are not ascending", found, "sorted, without repeats")

    def broken(self, offset: int, what: str, found: Any, needed: Any) -> FormatError:
        return broken(self.source, shown_array(self.index, self.name), offset, what, [("found", found), ("needed", needed)])


def save(path: atomic.PathLike, names: Sequence[str] | None, arrays: Sequence[np.ndarray | Stored]) -> None:
    """Write arrays to a file, byte for byte as MXNet 1.9.1 does, and so that ``path`` never holds half a file.

    Under ``np_shape``, and with an array of no dimensions among them, the file is one that MXNet writes and reads under
    ``np_shape`` only: outside of that it writes such arrays in a way it cannot read.

    Parameters
    ----------
    path : str, bytes or os.PathLike
        Where; replaced at once when everything is on the disk.
    names : list of str, or None
        One name for each array; or none at all.
    arrays : list of numpy.ndarray or Stored
        Of any layout; not copied if contiguous.

    Raises
    ------
    FileError
        If the system refuses; the old file is then as it was.
    ArgumentError, DTypeError, NameClash, FormatError
        If the format cannot hold this; nothing is touched.
    """
    arrays = list(arrays)
    labels = [None] * len(arrays) if names is None else list(names)
    spelled = [] if names is None else _spelled(labels, len(arrays))
    for index, (array, label) in enumerate(zip(arrays, labels, strict=True)):
        _check_array(array.values if isinstance(array, Stored) else array, shown_array(index, label))
    atomic.write(path, _chunks(spelled, arrays))


def _check_array(array: Any, place: str) -> None:
    if not isinstance(array, np.ndarray):
        raise ArgumentError(describe(f"cannot save {place}", facts={"found": type(array).__name__, "needed": "numpy.ndarray"}))
    if _code_in_file(array.dtype) not in TYPES:
        needed = ", ".join(TYPES.values())
        raise DTypeError(describe(f"cannot save {place}: the format has no such type", facts={"found": array.dtype, "needed": needed}))
    if array.ndim > Limits.ndim:
        facts = {"found": f"{array.ndim} dimensions", "needed": f"at most {Limits.ndim}"}
        raise FormatError(describe(f"cannot save {place}", facts=facts))


def _spelled(names: list[Any], count: int) -> list[bytes]:
    """Encode names, and refuse those that could not be read again."""
    if len(names) != count:
        raise ArgumentError(describe("a name is needed for each array", facts={"names": len(names), "arrays": count}))
    spelled: dict[bytes, int] = {}
    for index, name in enumerate(names):
        if not isinstance(name, str):
            raise ArgumentError(describe(f"the name of array {index} is no text", facts={"found": repr(name), "needed": "str"}))
        try:
            text = name.encode()
        except UnicodeEncodeError as error:
            raise FormatError(describe(f"cannot save {shown_array(index, name)}: the name is no UTF-8 ({error.reason})")) from None
        if b"\0" in text or len(text) > Limits.name_bytes:
            needed = f"at most {Limits.name_bytes} bytes without NUL"
            raise FormatError(describe(f"cannot save {shown_array(index, name)}", facts={"name": f"{len(text)} bytes", "needed": needed}))
        if text in spelled:
            raise NameClash(describe("cannot save two arrays under one name", facts={"name": repr(name), "arrays": [spelled[text], index]}))
        spelled[text] = index
    return list(spelled)


def _chunks(names: list[bytes], arrays: list[np.ndarray | Stored]) -> Iterator[Any]:
    """Yield the content of a file; large arrays as views of their memory."""
    version = V3 if is_np_shape() or any(isinstance(array, np.ndarray) and array.ndim == 0 for array in arrays) else V2
    pending = bytearray(struct.pack("<QQQ", FILE_MAGIC, 0, len(arrays)))
    for array in arrays:
        if isinstance(array, Stored):
            parts = (array.values, *[part.astype(np.int64) for part in array.places])
            pending += _sparse_head(version, array)
        else:
            parts = (array,)
            pending += struct.pack(f"<Iii{array.ndim}qiii", version, 0, array.ndim, *array.shape, 1, 0, _code_in_file(array.dtype))
        for part in parts:
            data = _little_endian(part).reshape(-1).view(np.uint8).data
            if part.nbytes <= _SMALL:
                pending += data
            if len(pending) > _SMALL or part.nbytes > _SMALL:
                yield pending
                pending = bytearray()
            if part.nbytes > _SMALL:
                yield data
    pending += struct.pack("<Q", len(names))
    for name in names:
        pending += struct.pack("<Q", len(name)) + name
    yield pending


def _sparse_head(version: int, array: Stored) -> bytes:
    """Spell what comes before the parts of a sparse array: storage, both shapes, device, type, types and lengths of the places."""
    code = next(code for code, name in STORAGE.items() if name == array.storage)
    kept, shape = array.values.shape, array.shape
    sizes = struct.pack(f"<Iii{len(kept)}qi{len(shape)}q", version, code, len(kept), *kept, len(shape), *shape)
    places = [struct.pack("<iiq", NAMES["int64"], 1, len(part)) for part in array.places]
    return sizes + struct.pack("<iii", 1, 0, _code_in_file(array.values.dtype)) + b"".join(places)


def _little_endian(array: np.ndarray) -> np.ndarray:
    """Return the elements in the order of the file, copied only if they are in another."""
    array = np.asarray(array)  # matrices and the like refuse to be flattened
    return np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
