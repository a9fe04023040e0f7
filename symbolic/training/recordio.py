"""Record files: byte strings one after the other, with an index beside them, and pictures with labels in them."""

from __future__ import annotations

import contextlib
import io
import numbers
import os
import struct
from collections import namedtuple
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, BindError, FileError, FormatError, InputError, UnknownName, closest, describe
from symbolic.training.codec import decoded, encoded

__all__ = ["IRHeader", "MXIndexedRecordIO", "MXRecordIO", "pack", "pack_img", "unpack", "unpack_img"]

MAGIC = 0xCED7230A
MARK = struct.pack("<I", MAGIC)
WHOLE, FIRST, MIDDLE, LAST = range(4)  # how much of a record a chunk is
LONGEST = (1 << 29) - 1  # bytes of a chunk
LONGEST_PLACE = 18  # digits of a place in a file
BELIEVED = 1 << 20  # bytes; memory for a longer chunk is taken only if the file is as long


class MXRecordIO:
    """A file of records, written or read from beginning to end.

    Parameters
    ----------
    uri : path
        The file.
    flag : {"w", "r"}
        To write a new one, or to read.

    Raises
    ------
    FileError
        If it cannot be opened.

    Notes
    -----
    A record is a mark, its length, its bytes, and zeros up to a multiple of four. Where the mark itself is among the bytes, at
    a multiple of four, the record is split there, and the mark left out. A pickled reader is opened again, at the beginning; a pickled
    writer is closed; a process that was forked must call `reset` before it reads.
    """

    def __init__(self, uri: Any, flag: str):
        self.uri = os.fspath(uri)
        self.flag = flag
        self.is_open = False
        self.open()

    def open(self) -> None:
        """Open the file, a new one if it is to be written."""
        if self.flag not in ("w", "r"):
            facts = {"argument": "flag", "got": repr(self.flag), "expected": "'w' or 'r'"}
            raise ArgumentError(describe("records are written or read", operator=type(self).__name__, facts=facts))
        self.writable = self.flag == "w"
        with _named(self.uri):
            # unbuffered when written: a forked process would write what is in a buffer once more
            self.handle: Any = open(self.uri.removeprefix("file://"), self.flag + "b", buffering=0 if self.writable else -1)  # noqa: SIM115
        self.pid: int | None = os.getpid()
        self.is_open = True

    def close(self) -> None:
        """Close the file; nothing happens if it is closed."""
        if self.is_open:
            self.is_open = False
            self.pid = None
            with _named(self.uri):
                self.handle.close()

    def reset(self) -> None:
        """Close the file and open it again: read from the beginning, or write a new one."""
        self.close()
        self.open()

    def __del__(self) -> None:
        if getattr(self, "is_open", False) and self.pid == os.getpid():
            self.close()

    def __enter__(self) -> MXRecordIO:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "handle"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = state
        was_open, self.is_open = state["is_open"], False
        if was_open and not self.writable:  # to open a file for writing empties it
            self.open()

    def _check(self, writes: bool, allow_reset: bool = False) -> None:
        if self.writable != writes:
            what = "written to" if writes else "read from"
            raise InputError(describe(f"the file cannot be {what}", name=self.uri, facts={"flag": repr(self.flag)}))
        if not self.is_open:
            raise InputError(describe("the file is closed", name=self.uri, hint="call open"))
        if self.pid != os.getpid():
            if not allow_reset:
                what = "the file was opened by another process, which shares its place in it"
                raise BindError(describe(what, name=self.uri, hint="call reset in each process"))
            self.is_open = False  # the other process' file stays open
            self.open()

    def write(self, buf: bytes) -> None:
        """Append a record.

        Parameters
        ----------
        buf : bytes
            Its content.
        """
        self._check(writes=True)
        content = bytes(buf)
        if len(content) > LONGEST:
            facts = {"got": f"{len(content)} bytes", "expected": f"at most {LONGEST}"}
            raise InputError(describe("the record is too long", name=self.uri, facts=facts))
        pieces = _split(content)
        chunks = []
        for place, piece in enumerate(pieces):
            kind = WHOLE if len(pieces) == 1 else FIRST if place == 0 else LAST if place == len(pieces) - 1 else MIDDLE
            chunks += [MARK, struct.pack("<I", kind << 29 | len(piece)), piece]
        rest = memoryview(b"".join([*chunks, b"\0" * (-len(content) % 4)]))
        with _named(self.uri):
            while rest:
                rest = rest[self.handle.write(rest) :]

    def read(self) -> bytes | None:
        """Return the next record, or None at the end.

        Raises
        ------
        FormatError
            If the file is broken here.
        """
        self._check(writes=False)
        pieces: list[bytes] = []
        while True:
            head = self.handle.read(8)
            if not head and not pieces:
                return None
            if len(head) < 8 or head[:4] != MARK:
                raise self._broken(head)
            kind, length = divmod(struct.unpack("<I", head[4:])[0], 1 << 29)
            if kind > LAST or (length > BELIEVED and length > os.fstat(self.handle.fileno()).st_size):
                raise self._broken(head)
            piece = self.handle.read(length + -length % 4)
            if len(piece) < length:
                raise self._broken(head)
            pieces.append(piece[:length])
            if kind in (WHOLE, LAST):
                return MARK.join(pieces)

    def _broken(self, head: bytes) -> FormatError:
        facts = {"place": f"byte {self.handle.tell()}", "got": head.hex(" "), "expected": f"{MARK.hex(' ')}, a length, and so many bytes"}
        return FormatError(describe("this is no record, or only a part of one", name=self.uri, facts=facts))


def _split(content: bytes) -> list[bytes]:
    """Split where the mark stands, at multiples of four bytes; pieces are multiples of four long, but the last."""
    pieces, start, at = [], 0, content.find(MARK)
    while at >= 0:
        if at % 4 == 0:
            pieces.append(content[start:at])
            start = at + 4
            at = content.find(MARK, start)
        else:
            at = content.find(MARK, at + 1)
    return [*pieces, content[start:]]


class MXIndexedRecordIO(MXRecordIO):
    """A file of records with an index, by which they are read in any order.

    Parameters
    ----------
    idx_path : path
        The index: lines of key, tab, and place of the record in bytes.
    uri : path
        The file of records.
    flag : {"w", "r"}
        To write new ones, or to read.
    key_type : callable, default int
        Makes a key of its text.

    Attributes
    ----------
    idx : dict
        Places by key.
    keys : list
        Keys in the order of the index.
    """

    def __init__(self, idx_path: Any, uri: Any, flag: str, key_type: Callable[[Any], Any] = int):
        self.idx_path = os.fspath(idx_path)
        self.idx: dict[Any, int] = {}
        self.keys: list[Any] = []
        self.key_type = key_type
        self.fidx: Any = None
        super().__init__(uri, flag)

    def open(self) -> None:
        """Open both files."""
        super().open()
        self.idx, self.keys = {}, []
        try:
            with _named(self.idx_path):
                self.fidx = open(self.idx_path, self.flag, buffering=1)  # noqa: SIM115
                if not self.writable:
                    self._read_index()
        except BaseException:
            self.close()
            raise

    def _read_index(self) -> None:
        number, line = 0, ""
        try:
            for number, line in enumerate(self.fidx, 1):  # noqa: B007, the error tells it
                key, _, place = line.strip().partition("\t")
                place = place.partition("\t")[0]
                if not place.isdecimal() or len(place) > LONGEST_PLACE:
                    raise ValueError
                key = self.key_type(key)
                self.idx[key] = int(place)
                self.keys.append(key)
        except (ValueError, ArithmeticError, TypeError) as error:  # of the line, of its characters, or of what makes a key
            at = {"line": number + 1, "got": str(error)} if isinstance(error, UnicodeError) else {"line": number, "got": repr(line)}
            facts = {**at, "expected": "key, tab, place in bytes"}
            raise FormatError(describe("this is no index of records", name=self.idx_path, facts=facts)) from None

    def close(self) -> None:
        """Close both files."""
        if self.is_open:
            super().close()
            with _named(self.idx_path):
                if self.fidx is not None:
                    self.fidx.close()

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "fidx": None}

    def seek(self, idx: Any) -> None:
        """Go to the record of a key. In a process that was forked, the files are opened again before."""
        self._check(writes=False, allow_reset=True)
        if idx not in self.idx:
            facts = {"got": repr(idx), "keys": len(self.idx)}
            raise UnknownName(describe(f"no record has this key{closest(str(idx), map(str, self.keys))}", name=self.uri, facts=facts))
        size = os.fstat(self.handle.fileno()).st_size
        if self.idx[idx] > size:
            facts = {"key": repr(idx), "got": f"byte {self.idx[idx]}", "expected": f"0 to {size}, the length of the records"}
            raise FormatError(describe("the index does not belong to these records", name=self.uri, facts=facts))
        self.handle.seek(self.idx[idx])

    def tell(self) -> int:
        """Return where the next record will be written, in bytes."""
        self._check(writes=True)
        return self.handle.tell()

    def read_idx(self, idx: Any) -> bytes | None:
        """Return the record of a key."""
        self.seek(idx)
        return self.read()

    def write_idx(self, idx: Any, buf: bytes) -> None:
        """Append a record under a key."""
        key, place = self.key_type(idx), self.tell()
        self.write(buf)
        with _named(self.idx_path):
            self.fidx.write(f"{key}\t{place}\n")
        self.idx[key] = place
        self.keys.append(key)


def places(path: str) -> list[int]:
    """Find where the records of a file begin, in bytes; what is in them is not read."""
    found = []
    with _named(path), open(path, "rb") as file:
        at = 0
        while head := file.read(8):
            if len(head) < 8 or head[:4] != MARK:
                facts = {"place": f"byte {at}", "got": head.hex(" "), "expected": MARK.hex(" ")}
                raise FormatError(describe("this is no record, or only a part of one", name=path, facts=facts))
            kind, length = divmod(struct.unpack("<I", head[4:])[0], 1 << 29)
            if kind in (WHOLE, FIRST):
                found.append(at)
            at += 8 + length + -length % 4
            file.seek(at)
    return found


@contextlib.contextmanager
def _named(path: str) -> Iterator[None]:
    """Turn errors of the system into ours."""
    try:
        yield
    except OSError as error:
        raise FileError(f"cannot open, read or write {path!r}: {error.strerror or error}", error) from None


# -- records with labels ----------------------------------------------------------------------------------------------

IRHeader = namedtuple("HEADER", ["flag", "label", "id", "id2"])
IRHeader.__doc__ = """What stands before a picture: ``flag``, number of labels if there are several; ``label``, one or several;
``id`` and ``id2``, numbers of the picture.
"""
_IR_FORMAT = "IfQQ"
_IR_SIZE = struct.calcsize(_IR_FORMAT)


def pack(header: Any, s: bytes) -> bytes:
    """Put a header before a byte string.

    Parameters
    ----------
    header : IRHeader, or tuple of the same
        Its label is a number, or an array, which is kept as float32.
    s : bytes
        The content.
    """
    if len(header) != 4:
        facts = {"got": repr(header), "expected": "IRHeader(flag, label, id, id2)"}
        raise ArgumentError(describe("a header has four members", operator="pack", facts=facts))
    flag, label, number, second = header
    labels = b""
    if isinstance(label, numbers.Number):
        flag = 0
    else:
        several = np.asarray(label, dtype=np.float32)
        flag, label, labels = several.size, 0, several.tobytes()
    try:
        return struct.pack(_IR_FORMAT, flag, label, number, second) + labels + s
    except struct.error as error:
        facts = {"got": repr(header), "expected": "IRHeader(flag, label, id, id2)"}
        raise ArgumentError(describe(f"this header cannot be packed: {error}", operator="pack", facts=facts)) from None


def unpack(s: bytes) -> tuple[Any, bytes]:
    """Take header and content of a record apart; several labels are an array of float32."""
    if len(s) < _IR_SIZE:
        facts = {"got": f"{len(s)} bytes", "expected": f"{_IR_SIZE} or more"}
        raise FormatError(describe("this is too short for a header", operator="unpack", facts=facts))
    header, s = IRHeader(*struct.unpack(_IR_FORMAT, s[:_IR_SIZE])), s[_IR_SIZE:]
    if header.flag:
        if len(s) < header.flag * 4:
            facts = {"got": f"{len(s)} bytes", "expected": f"{header.flag * 4} or more, for {header.flag} labels"}
            raise FormatError(describe("this is too short for its labels", operator="unpack", facts=facts))
        header = header._replace(label=np.frombuffer(s, np.float32, header.flag))
        s = s[header.flag * 4 :]
    return header, s


def pack_img(header: Any, img: Any, quality: int = 95, img_fmt: str = ".jpg") -> bytes:
    """Put a header before a picture.

    Parameters
    ----------
    header : IRHeader
        See `pack`.
    img : numpy.ndarray
        Bytes, of shape ``(height, width)`` or ``(height, width, 3)``, blue first, as OpenCV has them.
    quality : int
        Of a JPEG, to 100; or the compression of a PNG, to 9.
    img_fmt : str
        ``".jpg"`` or ``".png"``.

    Raises
    ------
    NotSupported
        If Pillow is missing: ``pip install symbind[image]``.
    """
    img = np.asarray(img)
    return pack(header, encoded(img[..., ::-1] if img.ndim == 3 else img, img_fmt, quality))


def unpack_img(s: bytes, iscolor: int = -1) -> tuple[Any, np.ndarray]:
    """Take header and picture of a record apart.

    Parameters
    ----------
    iscolor : int
        1 for three channels, blue first; 0 for gray, without channels; -1 for what the file has.

    Returns
    -------
    IRHeader, numpy.ndarray
        The header, and bytes of shape ``(height, width)`` or ``(height, width, 3)``.
    """
    header, s = unpack(s)
    img = decoded(io.BytesIO(s), iscolor)
    return header, np.ascontiguousarray(img[..., ::-1]) if img.ndim == 3 else img
