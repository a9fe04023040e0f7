"""``.params`` files: what MXNet wrote is read, what is written is MXNet's byte for byte, what is broken is refused and located."""

import gzip
import hashlib
import io
import json
import math
import os
import random
import struct
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from symbolic.errors import ArgumentError, DTypeError, FileError, FormatError, MXNetError, NameClash
from symbolic.files import params
from symbolic.files.params import Limits
from tests.files.record_params import EXACT, EXACT_NP_SHAPE, RECORDED, SPARSE, TYPES, UNREADABLE, counted

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
V1, V2, V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
CPU = struct.pack("<ii", 1, 0)


# ------------------------------------------------------------------ files built by hand
def shape_of(*sizes):
    return struct.pack(f"<i{len(sizes)}q", len(sizes), *sizes)


def dense(*sizes, code=0, data=None, magic=V2, storage=0, device=CPU):
    """Spell an array: magic, storage (not in V1), shape, device, type, data."""
    data = counted((math.prod(sizes),)).tobytes() if data is None else data
    head = struct.pack("<I", magic) + (b"" if magic == V1 else struct.pack("<i", storage))
    return head + shape_of(*sizes) + device + struct.pack("<i", code) + data


def oldest(*sizes, code=0, data=None):
    data = counted((math.prod(sizes),)).tobytes() if data is None else data
    return struct.pack(f"<I{len(sizes)}I", len(sizes), *sizes) + CPU + struct.pack("<i", code) + data


def sparse(storage, stored, shape, indices, values=None, index_code=6, magic=V2):
    """Spell a sparse array; ``indices`` are lists, their shapes follow."""
    kind = {4: "i", 6: "q"}.get(index_code, "q")
    values = counted(stored).tobytes() if values is None else values
    heads = b"".join(struct.pack("<i", index_code) + shape_of(len(part)) for part in indices)
    bodies = b"".join(struct.pack(f"<{len(part)}{kind}", *part) for part in indices)
    return struct.pack("<Ii", magic, storage) + shape_of(*stored) + shape_of(*shape) + CPU + struct.pack("<i", 0) + heads + values + bodies


def row_sparse(rows, shape=(5, 3), stored=None, **more):
    return sparse(1, (len(rows), *shape[1:]) if stored is None else stored, shape, [rows], **more)


def csr(starts, columns, shape=(3, 4), stored=None, **more):
    return sparse(2, (len(columns),) if stored is None else stored, shape, [starts, columns], **more)


def names_of(*names):
    spelled = [name.encode() if isinstance(name, str) else name for name in names]
    return struct.pack("<Q", len(spelled)) + b"".join(struct.pack("<Q", len(name)) + name for name in spelled)


def file_of(*arrays, names=(), count=None, magic=0x112, reserved=0):
    head = struct.pack("<QQQ", magic, reserved, len(arrays) if count is None else count)
    return head + b"".join(arrays) + (names if isinstance(names, bytes) else names_of(*names))


def same(left, right):
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


def assert_same(got, arrays):
    assert len(got) == len(arrays)
    for left, right in zip(got, arrays, strict=True):
        assert same(left, right)


# ------------------------------------------------------------------ what MXNet wrote
@pytest.mark.parametrize("name", [*EXACT, *EXACT_NP_SHAPE])
@pytest.mark.parametrize("gathered", [0, 20, None], ids="gathered up to {}".format)
def test_written_as_mxnet_does(name, gathered, tmp_path, monkeypatch):
    names, arrays = {**EXACT, **EXACT_NP_SHAPE}[name]
    if gathered is not None:
        monkeypatch.setattr(params, "_SMALL", gathered)
    params.save(tmp_path / "a.params", names, arrays)
    assert (tmp_path / "a.params").read_bytes() == (RECORDED / f"{name}.params").read_bytes()


@pytest.mark.parametrize("name", [*EXACT, *EXACT_NP_SHAPE, *UNREADABLE])
def test_read_from_mxnet(name):
    names, arrays = {**EXACT, **EXACT_NP_SHAPE, **UNREADABLE}[name]
    got = params.load(RECORDED / f"{name}.params")
    assert got.names == names
    assert got.storage == ["default"] * len(arrays)
    assert_same(got.arrays, arrays)


@pytest.mark.parametrize("name", SPARSE)
def test_sparse_from_mxnet(name):
    names, arrays, storage = SPARSE[name]
    got = params.load(RECORDED / f"{name}.params")
    assert got.names == names
    assert got.storage == storage
    assert_same(got.arrays, arrays)


def test_recorded_files_are_all_used():
    assert {path.stem for path in RECORDED.glob("*.params")} == {*EXACT, *EXACT_NP_SHAPE, *UNREADABLE, *SPARSE}


@pytest.mark.skipif(not MODELS.is_dir(), reason="files of other people, which are not published with the project")
def test_files_of_other_people():
    checked = 0
    for path in sorted(MODELS.glob("*/*.params")):
        model = json.loads((path.parent / "model.json").read_text())
        got = params.load(path)
        assert sum(array.size for array in got.arrays) > 0
        if model.get("kind") == "params":
            expected = model["expected"]
            names = got.names if got.names is not None else [str(index) for index in range(len(got.arrays))]
            assert set(names) == set(expected)
            for name, array, storage in zip(names, got.arrays, got.storage, strict=True):
                wanted = expected[name]
                assert [*array.shape] == wanted["shape"]
                assert array.dtype == wanted["dtype"]
                assert storage == wanted["stype"]
                assert hashlib.sha1(array.tobytes()).hexdigest() == wanted["sha1_of_dense_bytes"]
                checked += 1
        else:
            shapes = {**model["arg_shapes"], **model["aux_shapes"]}
            for name, array in zip(got.names, got.arrays, strict=True):
                known = shapes.get(name.split(":", 1)[1])
                assert known is None or [*array.shape] == known
    assert checked > 50


# ------------------------------------------------------------------ versions and storage
@pytest.mark.parametrize("sizes", [(1,), (2, 3), (2, 1, 2), (0,), (0, 3)])
def test_versions(sizes):
    for array in (dense(*sizes), dense(*sizes, magic=V3), dense(*sizes, magic=V1), oldest(*sizes)):
        got = params.load(file_of(array, dense(2), names=["a", "b"]))
        assert got.names == ["a", "b"]
        assert_same(got.arrays, [counted(sizes), counted((2,))])


@pytest.mark.parametrize("code", range(8))
def test_types(code):
    array = np.array([0, 1, 1], TYPES[code])
    for spelled in (dense(3, code=code, data=array.tobytes()), oldest(3, code=code, data=array.tobytes())):
        assert_same(params.load(file_of(spelled)).arrays, [array])


def test_bfloat16(tmp_path):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    array = np.array([1, 2.5, -3], ml_dtypes.bfloat16)
    content = file_of(dense(3, code=12, data=array.tobytes()))
    assert_same(params.load(content).arrays, [array])
    params.save(tmp_path / "a", None, [array])
    assert (tmp_path / "a").read_bytes() == content


def test_bfloat16_without_its_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    params._dtype_in_file.cache_clear()
    with pytest.raises(FormatError, match=r"bfloat16 needs an extra: pip install(.|\n)*array 0 'w', byte offset 24"):
        params.load(file_of(dense(3, code=12, data=bytes(6)), names=["w"]))


@pytest.mark.parametrize(("kind", "number"), [(1, 0), (1, 7), (2, 0), (2, 3), (3, 0), (5, 0)])
def test_devices_do_not_matter(kind, number):
    device = struct.pack("<ii", kind, number)
    assert_same(params.load(file_of(dense(2, 2, device=device))).arrays, [counted((2, 2))])


def test_no_array():
    """A shape without sizes, up to V2: nothing follows it, unless it is issue 15988's single number."""
    nothing = {V2: struct.pack("<Iii", V2, 0, 0), V1: struct.pack("<Ii", V1, 0), 0: struct.pack("<I", 0)}
    for none in nothing.values():
        for names in ([], ["a", "b"]):
            for arrays in ([none, dense(2)], [dense(2), none], [none, none]):
                got = params.load(file_of(*arrays, names=names))
                assert got.storage == ["none" if array is none else "default" for array in arrays]
                assert [None if array is None else array.tolist() for array in got.arrays] == [
                    None if array is none else [1, 2] for array in arrays
                ]
        assert params.load(file_of(none)).arrays == [None]


def test_no_array_or_a_number():
    none, number = struct.pack("<Iii", V2, 0, 0), dense(data=struct.pack("<f", 2.5))
    for last in (none, number):
        got = params.load(file_of(none, number, none, last, names="abcd"))
        assert got.storage == ["none", "default", "none", "none" if last is none else "default"]
        assert got.arrays[1].shape == ()
        assert got.arrays[1] == 2.5


@pytest.mark.parametrize("magic", [V2, V3])
@pytest.mark.parametrize("index_code", [4, 6])
def test_sparse(index_code, magic):
    form = {"index_code": index_code, "magic": magic}
    content = file_of(row_sparse([1, 4], **form), csr([0, 2, 2, 3], [0, 3, 1], **form), row_sparse([], **form), names="rce")
    got = params.load(content)
    assert got.storage == ["row_sparse", "csr", "row_sparse"]
    assert got.arrays[0].tolist() == [[0, 0, 0], [1, 2, 3], [0, 0, 0], [0, 0, 0], [4, 5, 6]]
    assert got.arrays[1].tolist() == [[1, 0, 0, 2], [0, 0, 0, 0], [0, 3, 0, 0]]
    assert got.arrays[2].tolist() == [[0, 0, 0]] * 5


def test_sparse_without_size():
    got = params.load(file_of(row_sparse([], shape=(0, 3)), csr([0], [], shape=(0, 4)), csr([0, 0], [], shape=(1, 0))))
    assert [array.shape for array in got.arrays] == [(0, 3), (0, 4), (1, 0)]


def test_arrays_are_independent_writable_and_aligned():
    content = file_of(dense(1, code=3, data=b"\1"), dense(3), dense(2, code=1, data=bytes(16)))
    first, second = params.load(content), params.load(content)
    for array in first.arrays:
        assert array.flags.writeable
        assert array.flags.aligned
        assert array.flags.owndata
        array[...] = 77
    assert_same(second.arrays[1:2], [counted((3,))])


def test_order_of_names_is_kept(tmp_path):
    names = [f"n{index}" for index in range(100)]
    random.Random(1).shuffle(names)
    params.save(tmp_path / "a", names, [np.array([index]) for index in range(100)])
    got = params.load(tmp_path / "a")
    assert got.names == names
    assert [int(array[0]) for array in got.arrays] == [*range(100)]


# ------------------------------------------------------------------ saving
def layouts():
    base = counted((4, 6), "float32")
    readonly = base.copy()
    readonly.flags.writeable = False
    misaligned = np.frombuffer(b"x" + base.tobytes(), np.uint8)[1:].view("float32").reshape(4, 6)
    yield from [base, np.asfortranarray(base), base[::2], base[:, ::-1], base.T, base.astype(">f4"), readonly, misaligned]
    yield from [np.broadcast_to(base[0], (3, 6)), base[1:1], base.view(np.matrix), base[2, 3:4]]


@pytest.mark.parametrize("array", [*layouts()], ids=lambda array: type(array).__name__)
def test_layouts(tmp_path, array):
    before = array.copy()
    params.save(tmp_path / "a", ["w"], [array])
    (got,) = params.load(tmp_path / "a").arrays
    assert got.dtype == np.float32
    assert got.dtype.isnative
    assert got.shape == array.shape
    assert np.array_equal(got, np.asarray(array))
    assert np.array_equal(np.asarray(array), np.asarray(before))


def test_load_and_save_over_it(tmp_path):
    path = tmp_path / "a"
    params.save(path, ["w"], [counted((100, 100))])
    got = params.load(path)
    params.save(path, got.names, got.arrays)
    assert_same(params.load(path).arrays, got.arrays)


@pytest.mark.parametrize(
    ("names", "arrays", "error", "words"),
    [
        (["a"], [[1.0]], ArgumentError, ["array 0 'a'", "list", "numpy.ndarray"]),
        (["a", "b"], [counted((1,)), None], ArgumentError, ["array 1 'b'", "NoneType"]),
        (None, [np.float32(1)], ArgumentError, ["array 0", "float32", "numpy.ndarray"]),
        (["a"], [counted((1,), "int16")], DTypeError, ["array 0 'a'", "int16", "float32"]),
        (["a"], [counted((1,), "complex64")], DTypeError, ["complex64"]),
        (["a"], [np.array(["x"])], DTypeError, ["<U1"]),
        (["a"], [np.array([None])], DTypeError, ["object"]),
        (["a"], [np.zeros(1, [("x", "f4")])], DTypeError, ["x"]),
        *(  # NumPy before 2.0 has no such array
            [(["a"], [np.zeros((1,) * 33, "f4")], FormatError, ["33 dimensions", "32"])]
            if np.lib.NumpyVersion(np.__version__) >= "2.0.0"
            else []
        ),
        (["a"], [], ArgumentError, ["names", "1", "arrays", "0"]),
        ([], [counted((1,))], ArgumentError, ["names", "0", "arrays", "1"]),
        ([3], [counted((1,))], ArgumentError, ["name of array 0", "3", "str"]),
        ([b"a"], [counted((1,))], ArgumentError, ["name of array 0", "b'a'", "str"]),
        (["\ud800"], [counted((1,))], FormatError, ["array 0", "\\ud800", "UTF-8"]),
        (["a\0b"], [counted((1,))], FormatError, ["array 0", "\\x00", "NUL"]),
        (["n" * 65537], [counted((1,))], FormatError, ["65537", "65536"]),
        (["a", "b", "a"], [counted((1,))] * 3, NameClash, ["'a'", "[0, 2]"]),
    ],
)
def test_not_to_be_saved(tmp_path, names, arrays, error, words):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(error) as caught:
        params.save(path, names, arrays)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert len(str(caught.value)) <= 2000
    assert path.read_bytes() == b"old"


def test_saving_fails(tmp_path):
    with pytest.raises(FileError, match="/nonexistent/x"):
        params.save("/nonexistent/x", ["a"], [counted((1,))])


# ------------------------------------------------------------------ broken files: what, where, found, needed
TWO = [dense(2), dense(3)]  # array 0 at 24, its data at 56; array 1 at 64; names at 108
BROKEN = {
    # case: content, words of the message, byte offset
    "reserved word": (file_of(reserved=7), ["reserved", "7", "header"], 8),
    "more arrays than bytes": (file_of(count=99), ["count of arrays", "99", "at most 2"], 16),
    "2**64 - 1 arrays": (file_of(count=2**64 - 1), ["18446744073709551615"], 16),
    "one array more": (file_of(*TWO, names="ab", count=3), ["array 2", "device", "0"], 120),
    "one array less": (file_of(*TWO, names="ab", count=1), ["count of names", str(V2), "1 names, or 0"], 64),
    "header cut": (file_of()[:20], ["truncated", "the header", "20 bytes", "24 bytes"], 0),
    "magic of an array": (file_of(dense(2, magic=0xF993FACB)), ["array 0", "0xf993facb", "0xf993fac9"], 24),
    "V0 with 33 sizes": (file_of(oldest(*[1] * 33)), ["array 0", "magic", "0x21"], 24),
    "storage 3": (file_of(TWO[0], dense(2, storage=3)), ["array 1", "storage", "3", "2 csr"], 68),
    "storage -1": (file_of(dense(2, storage=-1)), ["array 0", "storage", "-1"], 28),
    "33 dimensions": (file_of(dense(*[1] * 33)), ["array 0", "ndim", "33", "32", "limits=Limits(ndim=...)"], 32),
    "-1 dimensions": (file_of(struct.pack("<Iii", V2, 0, -1)), ["array 0", "ndim", "-1"], 32),
    "-1 dimensions, V3": (file_of(struct.pack("<Iii", V3, 0, -1)), ["array 0", "ndim", "-1"], 32),
    "negative size": (file_of(dense(2, -3, data=b"")), ["array 0", "negative size in the shape", "(2, -3)"], 36),
    "product wraps to 0": (file_of(dense(2**32, 2**32, data=b"")), ["array 0", "elements in the shape", "4294967296"], 64),
    "product hidden by 0": (file_of(dense(0, 2**62, 2**62, data=b"")), ["array 0", "elements"], 72),
    "more data than file": (file_of(dense(2**38, data=bytes(64))), ["array 0", "(274877906944,) of float32", "1099511627776 bytes"], 56),
    "V0 more data": (file_of(oldest(9, data=bytes(8))), ["array 0", "(9,)", "36 bytes"], 44),
    "device 99": (file_of(dense(2, device=struct.pack("<ii", 99, 0))), ["array 0", "device", "99", "1 cpu"], 44),
    "device number": (file_of(dense(2, device=struct.pack("<ii", 1, -1))), ["array 0", "device number", "-1"], 48),
    "type 8": (file_of(TWO[0], dense(2, code=8)), ["array 1", "type", "8", "7 bool"], 92),
    "type -1": (file_of(dense(2, code=-1)), ["array 0", "type", "-1"], 52),
    "bool of 2": (file_of(dense(4, code=7, data=b"\1\0\2\1"), names="w"), ["array 0 'w'", "bool", "2", "0 or 1"], 58),
    "shape cut": (file_of(dense(2, 2))[:40], ["array 0", "truncated", "shape", "4 bytes", "16 bytes"], 36),
    "names missing": (file_of(*TWO)[:108], ["count of names", "truncated", "0 bytes", "8 bytes"], 108),
    "names too many": (file_of(*TWO, names="abc"), ["count of names", "3", "2 names, or 0"], 108),
    "names too few": (file_of(*TWO, names="a"), ["count of names", "1", "2 names, or 0"], 108),
    "name cut": (file_of(*TWO, names=["a", "bcd"])[:-1], ["name 1", "truncated", "length", "2 bytes", "3 bytes"], 133),
    "name longer than file": (file_of(TWO[0], names=struct.pack("<QQ", 1, 2**63)), ["name 0", "length", str(2**63)], 80),
    "name not UTF-8": (file_of(*TWO, names=["a", b"b\xff"]), ["name 1", "UTF-8", "b'b\\xff'"], 134),
    "name of surrogates": (file_of(TWO[0], names=[b"\xed\xa0\x80"]), ["name 0", "UTF-8"], 80),
    "name with NUL": (file_of(TWO[0], names=["a\0b"]), ["name 0", "NUL"], 81),
    "name twice": (file_of(*TWO, names=["a\n", "a\n"]), ["name 1", "duplicate", "'a\\n'", "array 0"], 126),
    "trailing byte": (file_of(*TWO, names="ab") + b"\0", ["trailing", "1 extra bytes"], 134),
    "second file": (file_of(*TWO) * 2, ["trailing"], 116),
    "sparse without dimensions": (file_of(struct.pack("<Ii", V2, 1) + shape_of() * 2), ["array 0", "sparse", "ndim 0"], 24),
    "sparse number, V3": (file_of(struct.pack("<Ii", V3, 2) + shape_of() * 2), ["array 0", "sparse", "ndim 0"], 24),
    "index type": (file_of(row_sparse([1], index_code=0)), ["array 0", "type of sparse indices", "0", "6 int64"], 84),
    "index dimensions": (
        file_of(struct.pack("<Ii", V2, 1) + shape_of(1) * 2 + CPU + struct.pack("<ii", 0, 6) + shape_of(1, 1)),
        ["array 0", "sparse indices", "(1, 1)"],
        72,
    ),
    "rows of another width": (file_of(row_sparse([1], stored=(1, 2))), ["array 0", "row_sparse", "(1, 2)"], 24),
    "more rows than there are": (file_of(row_sparse([0, 1, 2], shape=(2, 1))), ["row_sparse", "(2, 1)", "[3]"], 24),
    "fewer indices than rows": (file_of(row_sparse([1], stored=(2, 3))), ["row_sparse", "[1]"], 24),
    "csr of rank 3": (file_of(csr([0, 1], [0], shape=(1, 2, 3))), ["csr", "(1, 2, 3)"], 24),
    "csr row starts": (file_of(csr([0, 1], [0])), ["csr", "[2, 1]"], 24),
    "csr values": (file_of(csr([0, 1, 1, 1], [0], stored=(2,))), ["csr", "(2,)"], 24),
    "row out of range": (file_of(row_sparse([1, 5]), names="w"), ["array 0 'w'", "row indices", "out of range", "5", "0 to 4"], 132),
    "row negative": (file_of(row_sparse([-1, 2]), names="w"), ["array 0 'w'", "out of range", "-1"], 124),
    "rows not sorted": (file_of(row_sparse([3, 1]), names="w"), ["array 0 'w'", "row indices", "ascending", "entry 1"], 132),
    "row twice": (file_of(row_sparse([3, 3]), names="w"), ["array 0 'w'", "ascending"], 132),
    "start not 0": (file_of(csr([1, 1, 1, 1], [0]), names="w"), ["array 0 'w'", "indptr", "from 1 to 1"], 112),
    "last start": (file_of(csr([0, 0, 0, 0], [0]), names="w"), ["array 0 'w'", "indptr", "from 0 to 0", "from 0 to 1"], 112),
    "start falls": (file_of(csr([0, 1, 0, 1], [0]), names="w"), ["array 0 'w'", "indptr"], 112),
    "start wraps": (file_of(csr([0, 2**63 - 1, -(2**63), 1], [0]), names="w"), ["array 0 'w'", "indptr"], 112),
    "column out of range": (file_of(csr([0, 1, 1, 1], [4]), names="w"), ["array 0 'w'", "column indices", "4", "0 to 3"], 144),
    "column in no column": (file_of(csr([0, 1], [0], shape=(1, 0)), names="w"), ["array 0 'w'", "column indices", "out of range"], 128),
    "columns not sorted": (file_of(csr([0, 2, 2, 2], [2, 0]), names="w"), ["array 0 'w'", "within a row", "ascending"], 156),
    "sparse of all memory": (file_of(row_sparse([], shape=(2**30, 2))), ["array 0", "sparse", "8589934592 bytes", "dense_bytes"], 24),
    "sparse data cut": (file_of(row_sparse([1, 2]))[:120], ["array 0", "truncated", "(2, 3)", "24 bytes"], 100),
    "sparse indices cut": (file_of(row_sparse([1, 2]))[:136], ["array 0", "truncated", "2 indices of int64", "16 bytes"], 124),
}


def refusal(origin, **limits):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FormatError) as caught:
            params.load(origin, limits=Limits(**limits))
    message = str(caught.value)
    assert isinstance(caught.value, MXNetError)
    assert isinstance(caught.value, ValueError)
    assert len(message) <= 2000
    assert message.replace("\n", "").isprintable()
    return message


@pytest.mark.parametrize("case", BROKEN)
def test_broken(case, tmp_path):
    content, words, offset = BROKEN[case]
    message = refusal(content)
    assert f"byte offset {offset} of {len(content)} bytes" in message, message
    assert all(word in message for word in ["found", "needed", ".params", *words]), message
    path = tmp_path / "model-0001.params"
    path.write_bytes(content)
    assert refusal(path).replace(str(path), "<bytes>") == message  # same words from a file, with its name


@pytest.mark.parametrize("content", [path.read_bytes() for path in RECORDED.iterdir()], ids=[path.stem for path in RECORDED.iterdir()])
def test_cut_anywhere(content):
    for length in range(len(content)):
        message = refusal(content[:length])
        assert "byte offset" in message


def mutated(content, rng):
    """Damage a file as a broken disk, a text-mode transfer, or somebody with bad intentions would."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5])):
        at, kind = rng.randrange(len(content)), rng.randrange(5)
        if kind == 0:
            content[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            value = rng.choice([0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**62, 2**63, 2**64 - 1])
            content[at : at + 8] = value.to_bytes(8, "little")[: len(content) - at]
        elif kind == 2:
            content[at:at] = rng.randbytes(rng.choice([1, 4, 8]))
        elif kind == 3:
            del content[at : at + rng.choice([1, 4, 8])]
        else:
            content[at : at + 4] = struct.pack("<i", rng.randrange(-3, 40))
        if not content:
            break
    return bytes(content)


def test_damaged_at_random():
    """Nothing but the one error, or an array; never much memory or time."""
    rng = random.Random(20191)
    seeds = [path.read_bytes() for path in sorted(RECORDED.iterdir())]
    seeds += [file_of(oldest(2, 2), dense(3, magic=V1), names="ab"), file_of(dense(), dense(2, magic=V3), names="ab")]
    refused = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2000):
            try:
                params.load(mutated(rng.choice(seeds), rng), limits=Limits(dense_bytes=1 << 26))
            except FormatError as error:
                refused += 1
                assert len(str(error)) <= 2000
    assert refused > 1000


def test_names_are_shown_safely():
    name = "arg:\x1b[31m\r\u202e" + "n" * 5000
    message = refusal(file_of(dense(2, code=7, data=b"\1\2"), names=[name]))
    assert "'arg:\\x1b[31m\\r\\u202ennn" in message
    assert len(message) < 600


def test_long_shapes_are_shown_shortened():
    assert len(refusal(file_of(dense(*[2**61] * 32, data=b"")))) < 1000


# ------------------------------------------------------------------ limits
@pytest.mark.parametrize(
    ("content", "limit", "needed"),
    [
        (file_of(*TWO, names=["a", "bcd"]), "file_bytes", 136),
        (file_of(*TWO), "arrays", 2),
        (file_of(dense(*[1] * 32)), "ndim", 32),
        (file_of(dense(3, 4)), "elements", 12),
        (file_of(dense(0, 5)), "elements", 5),
        (file_of(dense(1), names=["n" * 70000]), "name_bytes", 70000),
        (file_of(row_sparse([1]), csr([0, 0, 0, 0], [])), "dense_bytes", 108),
    ],
)
def test_limits(content, limit, needed):
    message = refusal(content, **{limit: needed - 1})
    assert f"limits=Limits({limit}=...) allows more" in message
    assert str(needed - 1) in message
    params.load(content, limits=Limits(**{limit: needed}))


def test_more_dimensions_than_numpy_has():
    message = refusal(file_of(dense(*[1] * 100, data=bytes(4)), names="w"), ndim=200)
    assert "NumPy" in message
    assert "array 0 'w', byte offset 24" in message


def test_more_elements_than_numpy_counts():
    assert "NumPy" in refusal(file_of(dense(0, 2**62, 2**62, data=b"")), elements=2**200)


# ------------------------------------------------------------------ origins
def test_origins(tmp_path):
    content = file_of(*TWO, names="ab")
    path = tmp_path / "漢 é.params"
    path.write_bytes(content)
    with path.open("rb") as file, path.open("rb", buffering=0) as raw:
        shifted = io.BytesIO(b"before" + content)
        shifted.seek(6)
        packed = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(content)))
        origins = [path, str(path), content, bytearray(content), memoryview(content), file, raw, io.BytesIO(content), shifted, packed]
        for origin in origins:
            got = params.load(origin)
            assert got.names == ["a", "b"]
            assert_same(got.arrays, [counted((2,)), counted((3,))])


def test_file_that_shrinks_while_it_is_read():
    class Shrinking(io.BytesIO):
        def readinto(self, buffer):
            return 0

    message = refusal(Shrinking(file_of(*TWO, names="ab")))
    assert "truncated while it was read" in message
    assert "array 0 'a', byte offset 56" in message


def test_no_file_is_left_open(tmp_path):
    path = tmp_path / "a"
    files = os.listdir("/proc/self/fd")
    for content in (file_of(*TWO), b"junk", b"", file_of(count=3)):
        path.write_bytes(content)
        try:
            params.load(path)
        except FormatError:
            assert content != file_of(*TWO)
    assert len(os.listdir("/proc/self/fd")) == len(files)


# ------------------------------------------------------------------ size
@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="needs Linux' /proc")
def test_memory(tmp_path):
    """Loading needs the memory of the arrays, saving hardly any; BAR 15: at most 1.1 times the file."""

    def peak_of(call):
        Path("/proc/self/clear_refs").write_text("5")  # the high-water mark falls to what is in use now
        before = resident("VmRSS")
        result = call()
        return resident("VmHWM") - before, result

    def resident(field):
        (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
        return int(line.split()[1]) * 1024

    path = tmp_path / "big"
    arrays = [np.ones((1024, 1024), "float32") for _ in range(12)] + [np.asfortranarray(np.ones((1024, 1024), "float32"))]
    peak, _ = peak_of(lambda: params.save(path, None, arrays))
    assert peak < 8 << 20  # one copy of the array that is not contiguous
    peak, got = peak_of(lambda: params.load(path))
    assert peak < 1.1 * path.stat().st_size
    assert_same(got.arrays, arrays)


def test_many_arrays(tmp_path):
    names = [f"arg:z{index}" for index in range(20_000)]
    arrays = [np.zeros((0,), "float32")] * 20_000
    params.save(tmp_path / "a", names, arrays)
    assert params.load(tmp_path / "a").names == names
