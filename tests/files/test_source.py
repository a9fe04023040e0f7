"""Opening for reading: never a hang, always a clear error, never more than the limit."""

import errno
import io
import os
import pathlib
import threading
from types import SimpleNamespace

import pytest

from symbolic.errors import ArgumentError, FileError, FormatError, MXNetError
from symbolic.files.source import opened

CONTENT = b"0123456789"


def read(origin, limit=100):
    with opened(origin, limit) as source:
        return source.name, source.size, source.read(0, source.size)


class Stream(io.RawIOBase):
    """A file that cannot seek and gives little at a time, as a socket."""

    def __init__(self, content):
        self.content = content

    def readable(self):
        return True

    def readinto(self, buffer):
        part, self.content = self.content[:3], self.content[3:]
        buffer[: len(part)] = part
        return len(part)


def test_names_and_sizes(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(CONTENT)
    assert read(path) == (str(path), 10, CONTENT)
    assert read(str(path)) == (str(path), 10, CONTENT)
    assert read(CONTENT) == read(bytearray(CONTENT)) == ("<bytes>", 10, CONTENT)
    with path.open("rb") as file:
        assert read(file) == (str(path), 10, CONTENT)
        file.seek(7)
        assert read(file) == (str(path), 3, b"789")
    with os.fdopen(os.open(path, os.O_RDONLY), "rb") as file:
        assert read(file)[0] == "<file>"


def test_streams():
    assert read(Stream(CONTENT)) == ("<file>", 10, CONTENT)
    assert read(io.BufferedReader(Stream(CONTENT * 5))) == ("<file>", 50, CONTENT * 5)

    parts = [CONTENT, b""]
    least = SimpleNamespace(read=lambda _: parts.pop(0))  # that can be called a file
    assert read(least) == ("<file>", 10, CONTENT)


@pytest.mark.parametrize("wrap", [bytes, bytearray, io.BytesIO, Stream])
def test_limit(wrap):
    assert read(wrap(CONTENT), limit=10)[1] == 10
    with pytest.raises(FormatError, match=r"too large(.|\n)*9 bytes(.|\n)*file_bytes"):
        read(wrap(CONTENT), limit=9)


def test_limit_of_a_path(tmp_path):
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole: takes no space
    with pytest.raises(FormatError, match=r"a: the file is too large(.|\n)*1099511627776 bytes"):
        read(path, limit=1 << 36)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nonexistent/x.params", ["/nonexistent/x.params", "No such file"]),
        (pathlib.Path("/nonexistent/x"), ["/nonexistent/x"]),
        ("", ["''", "No such file"]),
        ("/", ["'/'", "directory"]),
        ("a\0b", ["a\\x00b", "null"]),
        ("x" * 5000, ["xxx", "too long"]),
        ("\ud800", ["\\ud800"]),
        ("/dev/null", ["/dev/null", "device"]),
        ("http://127.0.0.1:9/x", ["http://127.0.0.1:9/x", "download it first"]),
        ("s3://bucket/x", ["s3://bucket/x", "only local files"]),
    ],
)
def test_bad_paths(path, words):
    with pytest.raises(FileError) as caught:
        read(path)
    assert isinstance(caught.value, MXNetError)
    assert isinstance(caught.value, OSError)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert len(str(caught.value)) <= 2000


def test_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="pipe, not a regular file"):
        read(tmp_path / "pipe")


def test_pipe_opened_by_the_user(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(CONTENT,))
    writer.start()
    with (tmp_path / "pipe").open("rb") as file:
        assert read(file)[2] == CONTENT
    writer.join()


@pytest.mark.parametrize("origin", [3, None, 1.5, ["a"], io.StringIO("text"), object()])
def test_no_origins(origin):
    with pytest.raises(ArgumentError, match=r"path(.|\n)*str") as caught:
        read(origin)
    assert len(str(caught.value)) <= 2000


def test_text_file(tmp_path):
    (tmp_path / "a").write_bytes(CONTENT)
    with (tmp_path / "a").open() as file, pytest.raises(ArgumentError, match="binary mode"):
        read(file)


def test_failing_disk(tmp_path):
    class Failing(io.BytesIO):
        def read(self, *_):
            raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(FileError, match=r"<file>.*Input/output error") as caught:
        read(Failing(CONTENT))
    assert caught.value.errno == errno.EIO
