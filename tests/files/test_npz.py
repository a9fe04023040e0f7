"""Files of NumPy: what NumPy writes is read as NumPy reads it; anything else is refused."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import numpy as np
import pytest

from symbolic.errors import FileError, FormatError
from symbolic.files import npz
from symbolic.files.params import Limits

DRAW = np.random.RandomState(0)
ARRAYS = {
    "floats": DRAW.rand(3, 4).astype("f"),
    "columns first": np.asfortranarray(DRAW.rand(2, 3, 4)),
    "big-endian": np.arange(5, dtype=">i8"),
    "bools": np.array([True, False]),
    "a number": np.array(3.5),
    "nothing": np.ones((2, 0, 3), "f2"),
    "complex": np.array([1j]),
    "many axes": np.ones((1,) * 32, "u1"),
}


def npy(array, version=(1, 0), **words):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version, **words)
    return buffer.getvalue()


def archive(members, kind=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as file:
        for name, content in members:
            file.writestr(zipfile.ZipInfo(name), content, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("name", ARRAYS)
def test_an_array(name, version, tmp_path):
    wanted, path = ARRAYS[name], tmp_path / "a.npy"
    path.write_bytes(npy(wanted, version))
    for origin in (path, path.read_bytes(), io.BytesIO(path.read_bytes())):
        (found,) = npz.load(origin).values()
        assert found.dtype == wanted.dtype.newbyteorder("=") and found.shape == wanted.shape
        np.testing.assert_array_equal(found, np.load(path))
        assert found.flags.writeable


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_archive(save, tmp_path):
    save(tmp_path / "a.npz", **ARRAYS)
    found = npz.load(tmp_path / "a.npz")
    assert list(found) == list(ARRAYS)
    for name, array in found.items():
        np.testing.assert_array_equal(array, ARRAYS[name])


def test_nothing_in_an_archive():
    assert npz.load(archive([])) == {}


GOOD = npy(ARRAYS["floats"])
BROKEN = {
    "objects": (npy(np.array([{}], object), allow_pickle=True), "none that is read"),
    "texts": (npy(np.array(["a"])), "none that is read"),
    "fields": (npy(np.zeros(2, [("a", "f4")])), "tells no descr"),
    "a type nobody knows": (GOOD.replace(b"<f4", b"<f3"), "none that is read"),
    "no shape": (GOOD.replace(b"shape", b"shale"), "tells no shape"),
    "code for a size": (GOOD.replace(b"(3, 4), ", b"(3, a()),"), "tells no shape"),
    "something besides": (GOOD.replace(b", }", b", 'more': 1}"), "something else"),
    "a size of many digits": (npy(np.ones((1,) * 8, "f4")).replace(b"1, 1, 1, 1, 1, 1, 1, 1", b"1111111111111111111111"), "something else"),
    "a negative size": (GOOD.replace(b"(3, 4)", b"(-3,4)"), "tells no shape"),
    "a larger shape": (GOOD.replace(b"(3, 4)", b"(3, 9)"), "truncated"),
    "a smaller shape": (GOOD.replace(b"(3, 4)", b"(3, 1)"), "the shape"),
    "a huge shape": (GOOD.replace(b"(3, 4), }        ", b"(9999999, 99999999)}"), "beyond the limit"),
    "a bool of 7": (npy(ARRAYS["bools"])[:-1] + b"\7", "no bool"),
    "a version": (GOOD[:6] + b"\7" + GOOD[7:], "no array of NumPy"),
    "a header of much": (GOOD[:8] + b"\xff\xff" + GOOD[10:], "the header is too long"),
    "bytes behind": (GOOD + b"x", "the shape"),
    "a name twice": (None, "duplicate name"),
    "no array": (archive([("readme.txt", b"x")]), "no array"),
    "a folder": (archive([("a/", b"")]), "no array"),
    "packed otherwise": (archive([("a.npy", GOOD)], zipfile.ZIP_BZIP2), "unknown way of packing"),
    "a flipped bit": (archive([("a.npy", GOOD)]).replace(GOOD, GOOD[:-1] + bytes([GOOD[-1] ^ 1])), "damaged"),
    "an archive cut": (archive([("a.npy", GOOD)])[:-10], "damaged"),
    "another file": (b"\x12\1\0\0\0\0\0\0", "MXNet parameters"),
    "an empty file": (b"", "an empty file"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("case", BROKEN)
def test_broken(case):
    content, says = BROKEN[case]
    with pytest.raises(FormatError, match=says):
        npz.load(archive([("a.npy", GOOD), ("a.npy", GOOD)]) if content is None else content)


def test_a_small_file_of_much_is_refused_before_it_is_unpacked():
    bomb = archive([("a.npy", npy(np.zeros((1 << 24,), "u1")))], zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1 << 17
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match="dense_bytes"):
            npz.load(bomb, limits=Limits(dense_bytes=1 << 20))
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
    assert npz.load(bomb)["a"].size == 1 << 24


@pytest.mark.parametrize(("limit", "value"), [("arrays", 1), ("ndim", 1), ("elements", 11), ("file_bytes", 100)])
def test_limits(limit, value):
    content = archive([("a.npy", GOOD), ("b.npy", GOOD)])
    with pytest.raises(FormatError, match=limit):
        npz.load(content, limits=Limits(**{limit: value}))


def test_no_file(tmp_path):
    with pytest.raises(FileError, match=r"none\.npz"):
        npz.load(tmp_path / "none.npz")
