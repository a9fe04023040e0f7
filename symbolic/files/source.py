"""Where a loader reads from: a path, bytes in memory or an open file, always with its length known first."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from symbolic.errors import ArgumentError, FileError, FormatError, describe, printable

__all__ = ["Source", "opened"]

_BLOCK = 1 << 20  # bytes read at once from what cannot tell its length


class Source:
    """Bytes at known places of a file.

    Attributes
    ----------
    name : str
        For messages; fit to print.
    size : int
        Bytes there are.
    """

    def __init__(self, name: str, file: BinaryIO, start: int, size: int):
        self.name = name
        self.size = size
        self._file = file
        self._start = start

    def read(self, offset: int, count: int) -> bytes:
        """Return the ``count`` bytes at ``offset``, or fewer at the end of the file."""
        self._file.seek(self._start + offset)
        return self._file.read(count)

    def fill(self, offset: int, array: np.ndarray) -> bool:
        """Read the bytes at ``offset`` into a C-contiguous array; False if the file ends before."""
        if not array.size:
            return True
        rest = array.reshape(-1).view(np.uint8).data
        self._file.seek(self._start + offset)
        while rest:
            count = self._file.readinto(rest)  # type: ignore[attr-defined]
            if not count:
                return False
            rest = rest[count:]
        return True


@contextmanager
def opened(origin: Any, limit: int) -> Iterator[Source]:
    """Open a file for reading at most ``limit`` bytes.

    Parameters
    ----------
    origin : str, os.PathLike, bytes-like or binary file object
        A path; or the content itself; or a file, read from where it stands to its end.
    limit : int
        Bytes; a larger file is refused.

    Raises
    ------
    FileError
        If the system refuses, or the path is a folder, a device or a pipe (opening a pipe may wait for ever).
    FormatError
        If the file is too large.
    """
    if isinstance(origin, (bytes, bytearray, memoryview)):
        yield _in_memory("<bytes>", origin, limit)
    elif isinstance(origin, (str, os.PathLike)):
        path = os.fspath(origin)
        name = printable(os.fsdecode(path), 300)
        with _open_regular(path, name) as file, _failures_named(name):
            yield _checked(Source(name, file, 0, os.fstat(file.fileno()).st_size), limit)
    elif hasattr(origin, "read") and not hasattr(origin, "encoding"):
        name = getattr(origin, "name", None)
        name = printable(name, 300) if isinstance(name, str) else "<file>"
        with _failures_named(name):
            yield _from_file(name, origin, limit)
    else:
        needed = "str, os.PathLike, bytes or a file opened in binary mode"
        raise ArgumentError(describe("cannot load from this", facts={"path": repr(origin), "needed": needed}))


def _open_regular(path: str | bytes, name: str) -> BinaryIO:
    try:
        file = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115, the caller closes it
    except (OSError, ValueError) as error:  # ValueError: a NUL character, a lone surrogate
        hint = "; only local files are read, download it first" if "://" in name else ""
        cause = error if isinstance(error, OSError) else None
        raise FileError(f"cannot read '{name}': {getattr(error, 'strerror', None) or error}{hint}", cause) from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise FileError(f"cannot read '{name}': it is a device or a pipe, not a regular file; open it yourself and pass the file object")
    return file


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


@contextmanager
def _failures_named(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"cannot read '{name}': {error.strerror or error}", error) from error


def _checked(source: Source, limit: int) -> Source:
    if source.size > limit:
        raise _too_large(source.name, source.size, limit)
    return source


def _too_large(name: str, size: int | str, limit: int) -> FormatError:
    facts = {"size": f"{size} bytes", "limit": f"{limit} bytes"}
    return FormatError(describe("the file is too large", name=name, facts=facts, hint="limits=Limits(file_bytes=...) allows more"))


def _in_memory(name: str, content: Any, limit: int) -> Source:
    view = memoryview(content).cast("B")
    if len(view) > limit:
        raise _too_large(name, len(view), limit)
    # BytesIO shares an immutable bytes object and copies anything else.
    return Source(name, io.BytesIO(content if isinstance(content, bytes) else view), 0, len(view))


def _from_file(name: str, file: Any, limit: int) -> Source:
    start = _position(file)
    if start is not None and hasattr(file, "readinto"):
        try:
            size = file.seek(0, io.SEEK_END) - start
            file.seek(start)
            return _checked(Source(name, file, start, size), limit)
        except (io.UnsupportedOperation, ValueError):  # gzip streams know no end
            file.seek(start)
    content = io.BytesIO()
    while block := file.read(_BLOCK):
        content.write(block)
        if content.tell() > limit:
            raise _too_large(name, f"over {limit}", limit)
    return Source(name, content, 0, content.tell())


def _position(file: Any) -> int | None:
    try:
        return file.tell() if file.seekable() else None
    except (AttributeError, OSError, ValueError):
        return None
