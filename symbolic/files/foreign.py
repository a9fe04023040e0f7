"""Recognise files of other programs by their first bytes, to say what a file is instead of what it is not."""

from __future__ import annotations

import re

__all__ = ["HEAD", "recognise"]

HEAD = 512  # bytes that `recognise` wants to see

_TORCH = "PyTorch weights, not MXNet's; load them with PyTorch and save the arrays by name"
_PICKLE = "a Python pickle, which is never run here"
_COMPRESSED = "compressed ({}); unpack it first"

# First bytes -> what the file is. Longer beginnings stand before shorter ones.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "a Git LFS pointer: the real file was not fetched; run 'git lfs pull'"),
    (b"\x12\x01\0\0\0\0\0\0", "MXNet parameters; nd.load reads them"),
    (b"\0\0\0\0\0\0\x01\x12", "MXNet parameters in big-endian byte order, which MXNet does not read either"),
    (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", _TORCH),
    (b"\x89HDF\r\n\x1a\n", "HDF5, perhaps Keras weights"),
    (b"\x93NUMPY", "a NumPy array; numpy.load reads it"),
    (b"\x0a\x23\xd7\xce", "RecordIO, MXNet's format of data sets"),
    (b"\xfd7zXZ\0", _COMPRESSED.format("xz")),
    (b"7z\xbc\xaf\x27\x1c", _COMPRESSED.format("7-Zip")),
    (b"\x28\xb5\x2f\xfd", _COMPRESSED.format("zstd")),
    (b"GGUF", "a GGUF model"),
    (b"\x1f\x8b", _COMPRESSED.format("gzip")),
    (b"BZh", _COMPRESSED.format("bzip2")),
)


def recognise(head: bytes) -> str | None:
    """Say what a file is that begins with ``head``, its first `HEAD` bytes; None if that is unknown."""
    if not head:
        return "an empty file"
    if not head.strip(b"\0"):
        return "zero bytes only, perhaps of a copy or download that was cut short"
    for beginning, what in _BEGINNINGS:
        if head.startswith(beginning):
            return what
    return _by_structure(head) or _text(head)


def _by_structure(head: bytes) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        return _zip(head)
    if head[0] == 0x80 and head[1:2] in (b"\2", b"\3", b"\4", b"\5"):
        return _PICKLE
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 100 << 20:  # the greatest header that format allows
        return "a safetensors file; the safetensors package reads it"
    if head[4:8] == b"TFL3":
        return "a TensorFlow Lite model"
    if head[257:262] == b"ustar":
        return "a tar archive; unpack it first"
    if re.match(rb"\x08[\x01-\x20]\x12", head):
        return "perhaps an ONNX model"
    return None


def _zip(head: bytes) -> str:
    member = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    if member.endswith(b".npy"):
        return "a NumPy .npz archive; numpy.load reads it"
    if member.endswith(b"data.pkl"):
        return _TORCH
    return "a zip archive; unpack it first"


def _text(head: bytes) -> str | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"{", b"[")):
        return "the JSON of a symbol; symbol.load reads it" if b'"nodes"' in head else "JSON text"
    if start[:15].lower().startswith((b"<!doctype html", b"<html")):
        return "a web page, perhaps the one with the download link"
    readable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in head)
    return "text" if readable == len(head) else None
