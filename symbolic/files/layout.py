"""The structure of ``.params`` files: find every array and name, check them all against the length of the file, allocate nothing.

::

    file   = 0x112: u64, reserved 0: u64, count: u64, count * array, count of names (0 or as many): u64, names * name
    name   = length: u64, UTF-8 text
    array  = V2 or V3: u32, storage: i32, [stored shape], shape, device, [type: i32, shape of each index array], data, [index arrays]
           | V1: u32, shape, device, data
           | number of sizes: u32, sizes: u32 each, device, data                            (V0, of 2015)
    shape  = number of sizes: i32, sizes: i64 each
    device = kind: i32, its number: i32, type of elements: i32

All little-endian, without padding. A shape without sizes says that there is no array, and then nothing follows it; only in V3, which
MXNet writes under ``np_shape``, it is that of a single number. MXNet 1.5 to 1.9 write a single number as V2 nevertheless and cannot
read what they wrote (apache/mxnet#15988); here it is read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from symbolic.errors import FormatError, describe
from symbolic.files.foreign import HEAD, recognise
from symbolic.files.source import Source
from symbolic.values.context import Context
from symbolic.values.dtype import CODES

__all__ = ["FILE_MAGIC", "ITEM_BYTES", "TYPES", "V2", "V3", "Indices", "Limits", "Record", "broken", "read_layout", "shown_array"]

FILE_MAGIC = 0x112
V1, V2, V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
STORAGE = {0: "default", 1: "row_sparse", 2: "csr"}
INDEX_ARRAYS = {"default": 0, "row_sparse": 1, "csr": 2}
TYPES = {code: name for code, name in CODES.items() if code <= 7 or name == "bfloat16"}  # those that MXNet 1.9.1 reads
ITEM_BYTES = {0: 4, 1: 8, 2: 2, 3: 1, 4: 4, 5: 1, 6: 8, 7: 1, 12: 2}
INDEX_TYPES = {4: "int32", 6: "int64"}

_U32, _I32, _U64 = struct.Struct("<I"), struct.Struct("<i"), struct.Struct("<Q")
_HEADER, _DEVICE = struct.Struct("<QQQ"), struct.Struct("<iii")
_SMALLEST_ARRAY = 4  # bytes: V0, no sizes


@dataclass(frozen=True)
class Limits:
    """What a loader takes from a file at most; any of it can be raised.

    Attributes
    ----------
    file_bytes : int
        Length of the file, and so of all its arrays together.
    arrays : int
        Number of arrays.
    ndim : int
        Dimensions of an array.
    elements : int
        Elements of an array.
    name_bytes : int
        Length of a name in UTF-8.
    dense_bytes : int
        Memory for all sparse arrays together: they are made dense, and then a small file can stand for a very large array.
    """

    file_bytes: int = 1 << 36
    arrays: int = 1_000_000
    ndim: int = 32
    elements: int = 1 << 40
    name_bytes: int = 1 << 16
    dense_bytes: int = 1 << 30


class Indices(NamedTuple):
    """One index array of a sparse array: type, length, and where its bytes are."""

    code: int
    length: int
    offset: int


class Record(NamedTuple):
    """One array: where its header starts, what it is, and where its bytes are. The storage is "none" if there is no array."""

    start: int
    storage: str
    shape: tuple[int, ...] = ()
    code: int = 0
    offset: int = 0
    stored: tuple[int, ...] = ()
    indices: tuple[Indices, ...] = ()


class Layout(NamedTuple):
    """Everything in a file but the elements; ``names`` is None if the file has none."""

    records: list[Record]
    names: list[str] | None


def read_layout(source: Source, limits: Limits) -> Layout:
    """Read and check the structure of a whole file."""
    walk = _Walk(source, limits)
    records = [walk.array(index) for index in range(walk.header())]
    names = walk.names(len(records))
    if walk.offset != source.size:
        raise walk.broken("trailing bytes after the last name", f"{source.size - walk.offset} extra bytes", "none")
    return Layout(records, names)


def broken(source: Source, place: str, offset: int, what: str, facts: Iterable[tuple[str, Any]], hint: str | None = None) -> FormatError:
    """Make the error about something in a file."""
    where = ("place", f"{place}, byte offset {offset} of {source.size} bytes")
    return FormatError(describe(f"{source.name}: broken .params file: {what}", facts=[where, *facts], hint=hint))


def shown_array(index: int, name: str | None) -> str:
    """Say which array: ``array 3 'arg:fc1_weight'``."""
    if name is None:
        return f"array {index}"
    return f"array {index} {name if len(name) <= 80 else name[:80] + '...'!r}"


class _Walk:
    """A way through a file from its start to its end, which skips the elements."""

    def __init__(self, source: Source, limits: Limits):
        self.source = source
        self.limits = limits
        self.offset = 0
        self.place = "header"
        self.count = 0
        self.dense_bytes = 0

    def header(self) -> int:
        """Check the first words and return the number of arrays."""
        start = self.source.read(0, _U64.size)
        if start != _U64.pack(FILE_MAGIC)[: len(start)] or not start:
            raise self.foreign(start)
        _, reserved, self.count = self.take(_HEADER, "the header")
        if reserved:
            raise self.broken("the reserved word of the header is in use", reserved, 0, at=8)
        room = (self.source.size - self.offset) // _SMALLEST_ARRAY
        if self.count > room:
            raise self.broken("count of arrays larger than the file", self.count, f"at most {room} arrays in these bytes", at=16)
        if self.count > self.limits.arrays:
            raise self.beyond("count of arrays", self.count, "arrays", at=16)
        return self.count

    def array(self, index: int) -> Record:
        """Check one array and step over it."""
        start, self.place = self.offset, f"array {index}"
        (word,) = self.take(_U32, "the magic number")
        storage, stored = 0, ()
        if word in (V2, V3):
            (storage,) = self.take(_I32, "the storage type")
            if storage not in STORAGE:
                needed = ", ".join(f"{code} {name}" for code, name in STORAGE.items())
                raise self.broken("unknown storage type", storage, needed, at=self.offset - 4)
            stored = self.shape("the stored shape") if storage else ()
        if word in (V1, V2, V3):
            shape = self.shape("the shape")
        elif word <= self.limits.ndim:
            shape = self.sizes(word, "I", "the shape")
        else:
            needed = f"{V1:#x}, {V2:#x} or {V3:#x}; or, in files of 2015, a number of dimensions up to {self.limits.ndim}"
            raise self.broken("unknown magic number of an array", f"{word:#x}", needed, at=start)
        if storage and not shape:
            raise self.broken(f"ndim 0 of a sparse array ({STORAGE[storage]})", "no dimensions", "1 or more", at=start)
        if not shape and word != V3 and not self.number_follows(word, index):
            return Record(start, "none")
        return self.body(start, STORAGE[storage], shape, stored)

    def body(self, start: int, storage: str, shape: tuple[int, ...], stored: tuple[int, ...]) -> Record:
        """Check device, types and the room for the elements."""
        device, number, code = self.take(_DEVICE, "device and type")
        at = self.offset - _DEVICE.size
        if device not in Context.KINDS:
            needed = ", ".join(f"{kind} {name}" for kind, name in Context.KINDS.items())
            raise self.broken("unknown kind of device in the context", device, needed, at=at)
        if number < 0:
            raise self.broken("negative device number in the context", number, "0 or more", at=at + 4)
        if code not in TYPES:
            raise self.broken("unknown type of elements", code, ", ".join(f"{c} {name}" for c, name in TYPES.items()), at=at + 8)
        item = ITEM_BYTES[code]
        elements = self.elements(shape)
        if storage == "default":
            offset = self.skip(elements * item, f"shape {shape} of {TYPES[code]}")
            return Record(start, storage, shape, code, offset)
        kinds = [self.index_type() for _ in range(INDEX_ARRAYS[storage])]
        if stored and stored[0] == 0:  # MXNet writes 0 if it saves an array that is still being computed
            stored = (kinds[-1][1], *stored[1:])
        self.check_sparse(start, storage, shape, stored, [length for _, length in kinds])
        self.dense_bytes += elements * item
        if self.dense_bytes > self.limits.dense_bytes:
            raise self.beyond("memory for sparse arrays made dense", f"{self.dense_bytes} bytes for shape {shape}", "dense_bytes", at=start)
        offset = self.skip(self.elements(stored) * item, f"stored shape {stored} of {TYPES[code]}")
        indices = [Indices(c, n, self.skip(n * ITEM_BYTES[c], f"{n} indices of {INDEX_TYPES[c]}")) for c, n in kinds]
        return Record(start, storage, shape, code, offset, stored, tuple(indices))

    def index_type(self) -> tuple[int, int]:
        """Check type and shape of an index array; return code and length."""
        at = self.offset
        (code,) = self.take(_I32, "the type of indices")
        if code not in INDEX_TYPES:
            raise self.broken("unknown type of sparse indices", code, "4 int32 or 6 int64", at=at)
        shape = self.shape("the shape of indices")
        if len(shape) != 1:
            raise self.broken("sparse indices need one dimension", shape, "(length,)", at=at + 4)
        return code, shape[0]

    def check_sparse(self, start: int, storage: str, shape: tuple[int, ...], stored: tuple[int, ...], lengths: list[int]) -> None:
        """Compare the shapes of the parts of a sparse array."""
        if storage == "row_sparse":
            rows = lengths[0]
            fits = rows <= shape[0] and stored == (rows, *shape[1:])
        else:
            fits = len(shape) == 2 and lengths[0] == shape[0] + 1 and stored == (lengths[1],)
        if not fits:
            needed = (
                "stored (rows, *shape[1:]), as many indices as rows, no more than shape[0]"
                if storage == "row_sparse"
                else "shape (rows, columns), stored (values,), rows + 1 row starts, as many indices as values"
            )
            found = f"shape {shape}, stored shape {stored}, lengths of indices {lengths}"
            raise self.broken(f"the parts of a sparse array ({storage}) do not fit together", found, needed, at=start)

    def number_follows(self, word: int, index: int) -> bool:
        """Tell whether a shape without sizes is followed by a single number (#15988) instead of by the next thing in the file."""
        if word != V2:
            return False
        if index + 1 < self.count:
            return self.source.read(self.offset, _U32.size) not in (_U32.pack(V2), _U32.pack(V3))
        after = _Walk(self.source, self.limits)
        after.offset = self.offset
        try:
            after.names(self.count)
        except FormatError:
            return True
        return after.offset != self.source.size

    def names(self, count: int) -> list[str] | None:
        """Check the names, of which there are none or one for each array."""
        at, self.place = self.offset, "count of names"
        (found,) = self.take(_U64, "the count of names")
        if found not in (0, count):
            raise self.broken("count of names does not match the count of arrays", found, f"{count} names, or 0", at=at)
        names: dict[str, int] = {}
        for index in range(found):
            at, self.place = self.offset, f"name {index}"
            name = self.name()
            if name in names:
                raise self.broken("duplicate name", f"{shown_array(index, name)}, and array {names[name]}", "different names", at=at)
            names[name] = index
        return list(names) if found else None

    def name(self) -> str:
        (length,) = self.take(_U64, "the length of a name")
        at = self.offset
        if length > self.source.size - at:
            raise self.truncated("the length of a name", length)
        if length > self.limits.name_bytes:
            raise self.beyond("length of a name", length, "name_bytes", at=at - 8)
        text = self.source.read(at, length)
        self.offset += length
        if b"\0" in text:
            raise self.broken("NUL in a name", repr(text[:80]), "text", at=at + text.index(b"\0"))
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            raise self.broken("a name is not UTF-8", repr(text[:80]), f"UTF-8 ({error.reason})", at=at + error.start) from None

    def shape(self, what: str) -> tuple[int, ...]:
        at = self.offset
        (ndim,) = self.take(_I32, f"ndim of {what}")
        if ndim < 0:
            raise self.broken(f"negative ndim of {what}", ndim, "0 or more", at=at)
        if ndim > self.limits.ndim:
            raise self.beyond(f"ndim of {what}", ndim, "ndim", at=at)
        return self.sizes(ndim, "q", what)

    def sizes(self, ndim: int, kind: str, what: str) -> tuple[int, ...]:
        at = self.offset
        sizes = self.take(struct.Struct(f"<{ndim}{kind}"), what)
        if ndim and min(sizes) < 0:
            raise self.broken(f"negative size in {what}", sizes, "0 or more", at=at)
        return sizes

    def elements(self, shape: tuple[int, ...]) -> int:
        """Count the elements. A size of 0 is no way round the limit, for NumPy multiplies the others all the same."""
        if prod(size or 1 for size in shape) > self.limits.elements:
            raise self.beyond("number of elements in the shape", shape, "elements", at=self.offset)
        return prod(shape)

    def take(self, fields: struct.Struct, what: str) -> tuple[Any, ...]:
        """Read numbers and step over them."""
        data = self.source.read(self.offset, fields.size)
        if len(data) < fields.size:
            raise self.truncated(what, fields.size)
        self.offset += fields.size
        return fields.unpack(data)

    def skip(self, count: int, what: str) -> int:
        """Step over elements; return where they are."""
        if count > self.source.size - self.offset:
            raise self.truncated(what, count)
        self.offset += count
        return self.offset - count

    def truncated(self, what: str, count: int) -> FormatError:
        left = max(self.source.size - self.offset, 0)
        return self.broken(f"truncated, or wrong: {what}", f"{left} bytes to the end of file", f"{count} bytes")

    def beyond(self, what: str, found: Any, limit: str, at: int) -> FormatError:
        hint = f"limits=Limits({limit}=...) allows more"
        return self.broken(f"{what} beyond the limit", found, f"at most {getattr(self.limits, limit)}", at=at, hint=hint)

    def broken(self, what: str, found: Any, needed: Any, *, at: int | None = None, hint: str | None = None) -> FormatError:
        facts = [("found", found), ("needed", needed)]
        return broken(self.source, self.place, self.offset if at is None else at, what, facts, hint)

    def foreign(self, start: bytes) -> FormatError:
        what = recognise(self.source.read(0, HEAD)) or "a file of unknown format"
        found, needed = f"magic number {start.hex(' ') or 'missing'}", _U64.pack(FILE_MAGIC).hex(" ")
        facts = [("place", "header, byte offset 0"), ("found", found), ("needed", needed)]
        return FormatError(describe(f"{self.source.name}: not a .params file: this is {what}", facts=facts))
