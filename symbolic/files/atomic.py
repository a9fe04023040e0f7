"""Replace a file by a whole new one, or leave it as it was.

The new content goes to a temporary file in the same folder, is brought to the disk, and takes the name of the old one in a
single step. A process killed on the way leaves the old file, and beside it a temporary one (``.name.0123456789abcdef.tmp``)
that the next save of the same name removes: the writer holds a lock on it, which the system drops when the writer dies.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator

from symbolic.errors import ArgumentError, FileError, describe, printable

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["PathLike", "write"]

PathLike = str | bytes | os.PathLike

_LONGEST_STEM = 200  # bytes of the target's name in that of the temporary file; file systems take 255 in all
_LARGEST_WRITE = 1 << 30  # bytes; Linux writes at most 2 GiB at once
_NO_SUCH_OPERATION = (errno.EINVAL, errno.ENOTSUP)  # what devices, and folders on some network drives, answer to fsync
_FLAGS = os.O_WRONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def write(path: PathLike, chunks: Iterable) -> None:
    """Write a file so that it holds all of ``chunks``, or what it held before.

    A symbolic link stays and its target is replaced; mode and, where the system allows it, owner of a file stay. Other
    hard links keep the old content. What is no regular file (``/dev/stdout``, a pipe) is written directly.

    Parameters
    ----------
    path : str, bytes or os.PathLike
        Where.
    chunks : iterable of bytes-like
        The content; each is asked for when the one before is written, so that a large file is never in memory whole.

    Raises
    ------
    FileError
        If the system refuses any step. The old file is untouched then and no temporary file is left; if only the last
        step fails, bringing the folder to the disk, the error says that the new file is in place.
    """
    with _failures_named(path):
        try:
            before = os.stat(path)
        except FileNotFoundError:
            if not os.path.basename(path):  # '' or 'folder/'
                raise
            before = None
        if before is None or stat.S_ISREG(before.st_mode):
            _replace(os.path.realpath(os.fsdecode(path)), before, chunks)
        else:
            _write_through(path, chunks)


@contextlib.contextmanager
def _failures_named(path: PathLike) -> Iterator[None]:
    """Turn errors of the system into a ``FileError`` that tells the path as the user wrote it."""
    if not isinstance(path, PathLike):
        raise ArgumentError(describe("this is no path to save to", facts={"path": repr(path), "needed": "str, bytes or os.PathLike"}))
    shown = printable(os.fsdecode(path), 300)
    if b"\0" in os.fsencode(path):
        raise FileError(f"cannot save '{shown}': a path holds no NUL character")
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        failure = FileError(f"cannot save '{shown}': {error.strerror or error}", error)
        failure.filename = os.fspath(path)  # not that of the temporary file
        raise failure from error


def _replace(target: str, before: os.stat_result | None, chunks: Iterable) -> None:
    if before is not None and not os.access(target, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, "the file is read-only")  # renaming would replace it all the same
    folder = os.path.dirname(target)
    _remove_leftovers(target)
    with _folder_to_sync(folder) as folder_descriptor:
        temporary, file = _create_temporary(target, before)
        try:
            with file:
                _write_all(file.fileno(), chunks)
                os.fsync(file.fileno())
                if fcntl is None:
                    file.close()  # Windows renames no open file; elsewhere closing would drop the lock too early
                os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        if folder_descriptor is not None:
            _sync_folder(folder_descriptor, target)


def _write_through(path: PathLike, chunks: Iterable) -> None:
    descriptor = os.open(path, _FLAGS)
    try:
        _write_all(descriptor, chunks)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NO_SUCH_OPERATION:
                raise
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, chunks: Iterable) -> None:
    for chunk in chunks:
        rest = memoryview(chunk).cast("B")
        while rest:
            rest = rest[os.write(descriptor, rest[:_LARGEST_WRITE]) :]


def _create_temporary(target: str, before: os.stat_result | None) -> tuple[str, io.RawIOBase]:
    """Make an empty file beside ``target``, locked, with the mode and owner that ``target`` has."""
    mode = 0o666 if before is None else stat.S_IMODE(before.st_mode)
    while True:
        temporary = f"{_stem(target)}{secrets.token_hex(8)}.tmp"
        descriptor = os.open(temporary, _FLAGS | os.O_CREAT | os.O_EXCL, mode)
        try:
            if _lock(descriptor):
                if before is not None and hasattr(os, "fchmod"):
                    with contextlib.suppress(OSError):  # not for everybody to give away
                        os.fchown(descriptor, before.st_uid, before.st_gid)
                    with contextlib.suppress(OSError):  # some drives know no modes
                        os.fchmod(descriptor, mode)  # the process' umask has cut the mode; chown may have, too
                return temporary, os.fdopen(descriptor, "wb", buffering=0)
        except BaseException:
            _discard(temporary, descriptor)
            raise
        _discard(temporary, descriptor)


def _discard(temporary: str, descriptor: int) -> None:
    os.close(descriptor)
    with contextlib.suppress(OSError):
        os.unlink(temporary)


def _lock(descriptor: int) -> bool:
    """Claim a new temporary file; False if another save has just taken it for a leftover."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: nobody can take it for a leftover there
    return os.fstat(descriptor).st_nlink > 0


def _stem(target: str) -> str:
    """Return the path of every temporary file for ``target``, up to the token."""
    folder, name = os.path.split(target)
    return os.path.join(folder, f".{os.fsdecode(os.fsencode(name)[:_LONGEST_STEM])}.")


def _remove_leftovers(target: str) -> None:
    """Remove temporary files of this name whose writers are dead. That this fails is no reason not to save."""
    folder, stem = os.path.split(_stem(target))
    leftover = re.compile(re.escape(stem) + r"[0-9a-f]{16}\.tmp")
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if leftover.fullmatch(name):
                with contextlib.suppress(OSError):
                    _remove_if_unlocked(os.path.join(folder, name))


def _remove_if_unlocked(path: str) -> None:
    if fcntl is None:
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while the writer lives
        os.unlink(path)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _folder_to_sync(folder: str) -> Iterator[int | None]:
    """Open a folder before anything is changed in it; None where that is impossible."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except PermissionError:  # Windows, and folders one may write to but not list
        descriptor = None
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _sync_folder(descriptor: int, target: str) -> None:
    """Bring the new name of the file to the disk: only then the file survives a power cut."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SUCH_OPERATION:
            shown = printable(target, 300)
            raise FileError(f"'{shown}' is saved whole, but may be the old one after a power cut: {error.strerror}", error) from error
