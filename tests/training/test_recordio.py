"""Record files across processes, what the reference wrote, and pictures in records."""

from __future__ import annotations

import builtins
import os
import pickle
import random

import numpy as np
import pytest

import symbolic as mx
from tests.scenario import read
from tests.training.scenarios.recordio import contents


@pytest.fixture
def records(tmp_path):
    index, path = tmp_path / "x.idx", tmp_path / "x.rec"
    with mx.recordio.MXIndexedRecordIO(index, path, "w") as writer:
        for number in range(10):
            writer.write_idx(number, b"%d" % number)
    return index, path


def test_reads_what_the_reference_wrote(tmp_path):
    """The recorded bytes are those of a file that MXNet wrote; ours are equal, so it reads ours."""
    (tmp_path / "x.rec").write_bytes(read("training/recordio")["bytes_of_the_file"]["[1]"].astype(np.uint8).tobytes())
    reader = mx.recordio.MXRecordIO(tmp_path / "x.rec", "r")
    assert [reader.read() for _ in contents()] == contents()
    assert reader.read() is None


def test_random_contents(tmp_path):
    mark = (0xCED7230A).to_bytes(4, "little")
    draw = random.Random(0)
    made = [b"".join(draw.choice([mark, b"a", b"bcd", mark[:2], mark[1:]]) for _ in range(draw.randrange(12))) for _ in range(300)]
    with mx.recordio.MXRecordIO(tmp_path / "x.rec", "w") as writer:
        for content in made:
            writer.write(content)
    reader = mx.recordio.MXRecordIO(tmp_path / "x.rec", "r")
    assert [reader.read() for _ in made] == made
    assert len(mx.recordio.places(str(tmp_path / "x.rec"))) == len(made)


def in_child(function):
    """Run a function in a forked process; return what it says."""
    receive, send = os.pipe()
    child = os.fork()
    if not child:
        try:
            told = function()
        except BaseException as error:  # whatever it is, the parent wants to know
            told = type(error).__name__
        os.write(send, str(told).encode())
        os._exit(0)
    os.waitpid(child, 0)
    return os.read(receive, 100).decode()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forking beside threads
def test_forked_processes_do_not_share_a_place(records):
    reader = mx.recordio.MXIndexedRecordIO(*records, "r")
    assert reader.read() == b"0"
    assert in_child(reader.read) == "BindError"  # a RuntimeError, as in MXNet
    assert in_child(lambda: reader.read_idx(7)) == "b'7'"

    def again():
        reader.reset()
        return reader.read()

    assert in_child(again) == "b'0'"
    assert reader.read() == b"1"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_forked_writer_refuses(tmp_path):
    writer = mx.recordio.MXRecordIO(tmp_path / "x.rec", "w")
    assert in_child(lambda: writer.write(b"x")) == "BindError"
    writer.write(b"y")
    writer.close()
    assert mx.recordio.MXRecordIO(tmp_path / "x.rec", "r").read() == b"y"


def test_pickled_index_keeps_its_keys(records):
    reader = mx.recordio.MXIndexedRecordIO(*records, "r")
    again = pickle.loads(pickle.dumps(reader))
    assert again.read_idx(4) == b"4" and reader.read_idx(5) == b"5"


def test_pickled_writer_is_closed_and_empties_nothing(tmp_path):
    writer = mx.recordio.MXIndexedRecordIO(tmp_path / "x.idx", tmp_path / "x.rec", "w")
    writer.write_idx(0, b"one")
    again = pickle.loads(pickle.dumps(writer))
    writer.write_idx(1, b"two")
    writer.close()
    assert not again.is_open
    assert mx.recordio.MXIndexedRecordIO(tmp_path / "x.idx", tmp_path / "x.rec", "r").read_idx(1) == b"two"


def test_messages(records, tmp_path):
    reader = mx.recordio.MXIndexedRecordIO(*records, "r")
    with pytest.raises(KeyError, match="no record has this key"):
        reader.read_idx(99)
    reader.close()
    with pytest.raises(mx.MXNetError, match="closed"):
        reader.read()
    (tmp_path / "bad.rec").write_bytes(b"12345678")
    with pytest.raises(mx.MXNetError, match="no record"):
        mx.recordio.MXRecordIO(tmp_path / "bad.rec", "r").read()
    whole = records[1].read_bytes()
    (tmp_path / "cut.rec").write_bytes(whole[:8])
    with pytest.raises(mx.MXNetError, match="only a part"):
        mx.recordio.MXRecordIO(tmp_path / "cut.rec", "r").read()
    (tmp_path / "bad.idx").write_text("no index\n")
    with pytest.raises(mx.MXNetError, match="no index"):
        mx.recordio.MXIndexedRecordIO(tmp_path / "bad.idx", records[1], "r")
    with pytest.raises(mx.MXNetError, match="cannot be packed"):
        mx.recordio.pack((0, 1, -1, 0), b"")
    with pytest.raises(mx.MXNetError, match="too short"):
        mx.recordio.unpack(b"abc")


class TestPictures:
    @pytest.fixture(autouse=True)
    def pillow(self):
        pytest.importorskip("PIL", reason="symbind[image]")

    def test_png_is_exact(self):
        picture = np.random.RandomState(0).randint(0, 256, (7, 5, 3)).astype(np.uint8)
        text = mx.recordio.pack_img((0, 3, 1, 0), picture, quality=3, img_fmt=".png")
        header, found = mx.recordio.unpack_img(text)
        assert header.label == 3 and (found == picture).all()
        assert (mx.image.imdecode(mx.recordio.unpack(text)[1]).asnumpy() == picture[..., ::-1]).all()  # red first
        assert mx.recordio.unpack_img(text, 0)[1].shape == (7, 5)

    def test_gray(self):
        picture = np.arange(35).astype(np.uint8).reshape(7, 5)
        text = mx.recordio.pack_img((0, 3, 1, 0), picture, img_fmt=".PNG")
        assert (mx.recordio.unpack_img(text)[1] == picture).all()
        assert mx.recordio.unpack_img(text, 1)[1].shape == (7, 5, 3)

    def test_jpeg_is_near(self):
        y, x = np.mgrid[:40, :50]
        picture = np.stack([x * 4, y * 5, (x + y) * 2], -1).astype(np.uint8)
        _, found = mx.recordio.unpack_img(mx.recordio.pack_img((0, [1, 2], 1, 0), picture))
        assert np.abs(found.astype(int) - picture).mean() < 4
        small, large = (len(mx.recordio.pack_img((0, 1, 1, 0), picture, quality)) for quality in (20, 95))
        assert small < large

    def test_other_formats(self):
        with pytest.raises(mx.MXNetError, match="format"):
            mx.recordio.pack_img((0, 1, 1, 0), np.zeros((2, 2, 3), np.uint8), img_fmt=".webm")


def test_without_pillow(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.partition(".")[0] == "PIL":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    for call in (lambda: mx.image.imdecode(b"x"), lambda: mx.recordio.pack_img((0, 1, 1, 0), np.zeros((2, 2, 3), np.uint8))):
        with pytest.raises(mx.MXNetError, match=r"pip install symbind\[image\]"):
            call()
