"""Read ``.npy`` and ``.npz`` files, NumPy's own: arrays of numbers, from anybody.

NumPy reads a header as a piece of Python and believes the sizes in it; a damaged archive makes it raise whatever its libraries do.
Here a header is taken apart by hand, and an array is made when its bytes are there. An archive may be packed: then a small file can
stand for much memory, of which a limit is the end.

A ``.npy`` file::

    93 4e 55 4d 50 59, version: u8 u8, length of the header: u16 (u32 from version 2), header, elements

    {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from math import prod
from typing import IO, Any

import numpy as np

from symbolic.errors import FormatError, MXNetError, describe
from symbolic.files.foreign import HEAD, recognise
from symbolic.files.layout import Limits
from symbolic.files.source import Source, opened

__all__ = ["load"]

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 10_000  # characters, as NumPy itself admits
PACKINGS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}
FIELDS = {
    "descr": re.compile(r"""['"]descr['"]\s*:\s*['"]([^'"]{1,20})['"]"""),
    "fortran_order": re.compile(r"""['"]fortran_order['"]\s*:\s*(True|False)"""),
    "shape": re.compile(r"""['"]shape['"]\s*:\s*\(([\d, ]*)\)"""),
}
NUMBERS = re.compile(r"[<>=|][biufc]\d{1,2}")
_BLOCK = 1 << 24  # bytes
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, LookupError, OverflowError, NotImplementedError)


def load(origin: Any, *, limits: Limits | None = None) -> dict[str, np.ndarray]:
    """Read all arrays of a file; that of a ``.npy`` file is called ``"0"``.

    Parameters
    ----------
    origin : str, os.PathLike, bytes-like or binary file object
        A path; or the content of the file; or an open file, read from where it stands to its end.
    limits : Limits, optional
        What is refused for its size; ``dense_bytes`` is that of all packed arrays together.

    Raises
    ------
    FormatError
        If the file is broken, of another kind, or holds anything but numbers.
    FileError
        If it cannot be opened or read.
    """
    limits = limits or Limits()
    with opened(origin, limits.file_bytes) as source:
        start = source.read(0, HEAD)
        if start.startswith(MAGIC):
            return {"0": _array(source, _Bytes(source), source.size, "array", limits)}
        if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _members(source, limits)
        what = recognise(start) or "a file of unknown format"
        facts = [("found", start[:8].hex(" ") or "nothing"), ("needed", f"{MAGIC.hex(' ')} (.npy), or 50 4b 03 04 (.npz)")]
        raise _broken(source, "byte offset 0", f"this is {what}", facts)


def _members(source: Source, limits: Limits) -> dict[str, np.ndarray]:
    """Read an archive."""
    found: dict[str, np.ndarray] = {}
    place = "directory of the archive"
    try:
        with zipfile.ZipFile(_Bytes(source)) as archive:  # type: ignore[arg-type]  # it reads, seeks and tells
            members = archive.infolist()
            _check(source, members, limits)
            for number, member in enumerate(members):
                place = f"array {number} {member.filename[:80]!r}"
                with archive.open(member) as content:
                    found[member.filename.removesuffix(".npy")] = _array(source, content, member.file_size, place, limits)
    except MXNetError:
        raise
    except (*_DAMAGE, RuntimeError) as error:  # RuntimeError: a password
        raise _broken(source, place, "the archive is damaged", [("found", str(error) or type(error).__name__)]) from None
    return found


def _check(source: Source, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Compare what the directory of an archive claims with the file and the limits."""
    if len(members) > limits.arrays:
        raise _beyond(source, "directory of the archive", "count of arrays", len(members), "arrays", limits)
    if sum(member.compress_size for member in members) > source.size:
        facts = [("found", f"{sum(member.compress_size for member in members)} bytes"), ("needed", f"at most {source.size}")]
        raise _broken(source, "directory of the archive", "its members are larger than the file, or share bytes", facts)
    packed, names = 0, set()
    for number, member in enumerate(members):
        place = f"array {number} {member.filename[:80]!r}"
        if member.filename in names:
            raise _broken(source, place, "duplicate name", [("found", member.filename), ("needed", "different names")])
        names.add(member.filename)
        if not member.filename.endswith(".npy"):
            raise _broken(source, place, "this member is no array", [("found", member.filename), ("needed", "a name that ends in .npy")])
        if member.compress_type not in PACKINGS:
            facts = [("found", member.compress_type), ("needed", ", ".join(f"{code} {name}" for code, name in PACKINGS.items()))]
            raise _broken(source, place, "unknown way of packing", facts)
        if member.compress_type == zipfile.ZIP_STORED and member.file_size != member.compress_size:
            facts = [("found", f"{member.file_size} bytes of {member.compress_size}"), ("needed", "the same, for it is not packed")]
            raise _broken(source, place, "its size is not that of its bytes", facts)
        packed += member.file_size if member.compress_type == zipfile.ZIP_DEFLATED else 0
        if packed > limits.dense_bytes:
            raise _beyond(source, place, "memory for packed arrays", f"{packed} bytes", "dense_bytes", limits)


def _array(source: Source, file: _Bytes | IO[bytes], size: int, place: str, limits: Limits) -> np.ndarray:
    """Read an array of ``size`` bytes, header and all."""
    start = file.read(len(MAGIC) + 2)
    if not start.startswith(MAGIC) or len(start) < len(MAGIC) + 2 or start[-2] not in (1, 2, 3):
        facts = [("found", start.hex(" ") or "nothing"), ("needed", f"{MAGIC.hex(' ')}, version 1, 2 or 3")]
        raise _broken(source, place, "this is no array of NumPy", facts)
    width = 2 if start[-2] == 1 else 4
    length = int.from_bytes(file.read(width), "little")
    if length > LONGEST_HEADER:
        raise _broken(source, place, "the header is too long", [("found", f"{length} bytes"), ("needed", f"at most {LONGEST_HEADER}")])
    header = file.read(length).decode("latin-1")
    if len(header) < length:
        facts = [("found", f"{len(header)} bytes to the end"), ("needed", f"{length} bytes")]
        raise _broken(source, place, "truncated, or wrong: the header", facts)
    dtype, shape, by_columns = _described(source, header, place)
    if len(shape) > limits.ndim:
        raise _beyond(source, place, "number of dimensions", len(shape), "ndim", limits)
    if prod(each or 1 for each in shape) > limits.elements:
        raise _beyond(source, place, "number of elements in the shape", shape, "elements", limits)
    needed, left = prod(shape) * dtype.itemsize, size - len(MAGIC) - 2 - width - length
    if needed != left:
        facts = [("found", f"{left} bytes after the header"), ("needed", f"{needed} bytes for shape {shape} of {dtype.name}")]
        raise _broken(source, place, "truncated, or wrong: the shape", facts)
    content = bytearray()
    while block := file.read(_BLOCK):  # to the end: an archive's check sum is compared there
        content += block
        if len(content) > needed:
            break
    if len(content) != needed:
        raise _broken(
            source, place, "truncated, or wrong: the elements", [("found", f"{len(content)} bytes"), ("needed", f"{needed} bytes")]
        )
    flat = np.frombuffer(content, dtype) if needed else np.empty(0, dtype)
    if dtype.kind == "b" and (odd := flat.view(np.uint8) > 1).any():
        facts = [("found", flat.view(np.uint8)[odd.argmax()]), ("needed", "0 or 1")]
        raise _broken(source, place, "an element of type bool is no bool", facts)
    array = flat.reshape(shape[::-1]).T if by_columns else flat.reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)


def _described(source: Source, header: str, place: str) -> tuple[np.dtype, tuple[int, ...], bool]:
    """Take a header apart: type, shape, and whether columns come first."""
    rest, fields = header, {}
    for name, pattern in FIELDS.items():
        match = pattern.search(rest)
        if match is None:
            facts = [("found", header.strip()), ("needed", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }, of numbers")]
            raise _broken(source, place, f"the header tells no {name}", facts)
        fields[name] = match[1]
        rest = rest[: match.start()] + rest[match.end() :]
    sizes = fields["shape"].replace(",", " ").split()
    if rest.strip("{}, \n\t") or any(len(each) > 20 for each in sizes):
        facts = [("found", header.strip()), ("needed", "descr, fortran_order and shape, once each")]
        raise _broken(source, place, "the header tells something else, too", facts)
    try:
        dtype = np.dtype(fields["descr"] if NUMBERS.fullmatch(fields["descr"]) else "none")
    except TypeError:
        facts = [("found", fields["descr"]), ("needed", "numbers, such as <f4 or |b1")]
        raise _broken(source, place, "the type of elements is none that is read", facts) from None
    return dtype, tuple([int(each) for each in sizes]), fields["fortran_order"] == "True"


def _beyond(source: Source, place: str, what: str, found: Any, limit: str, limits: Limits) -> FormatError:
    facts = [("found", found), ("needed", f"at most {getattr(limits, limit)}")]
    return _broken(source, place, f"{what} beyond the limit", facts, f"limits=Limits({limit}=...) allows more")


def _broken(source: Source, place: str, what: str, facts: list[tuple[str, Any]], hint: str | None = None) -> FormatError:
    return FormatError(describe(f"{source.name}: broken, or no file of NumPy: {what}", facts=[("place", place), *facts], hint=hint))


class _Bytes(io.RawIOBase):
    """A source as the file that an archive's reader wants."""

    def __init__(self, source: Source):
        self.source, self.place = source, 0

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.place = max(offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.source.size}[whence], 0)
        return self.place

    def tell(self) -> int:
        return self.place

    def read(self, count: int | None = -1) -> bytes:  # type: ignore[override]  # zipfile gives None for all, io says int
        rest = max(self.source.size - self.place, 0)
        data = self.source.read(self.place, rest if count is None or count < 0 else min(count, rest))
        self.place += len(data)
        return data
