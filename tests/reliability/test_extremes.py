"""The ends of what a file can say: cut at every byte, every key twice, every number and text replaced by what strangers would try."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import LONGEST, closest
from symbolic.files import params
from symbolic.files.json import load
from tests.reliability.readers import READERS, SOUND

WHOLE = ["symbol", "params", "states", "capsules", "archives of NumPy", "idx"]  # the others may end anywhere
NUMBERS = ["9" * 1_000_000, "-" + "9" * 1_000_000, "1e999", "-1e999", "1." + "0" * 5000, "1e-999", "-0", "18446744073709551616", "0.5"]
NUMBERS += ["NaN", "Infinity", "-Infinity", "true", "null", "01", "+1", "0x10", "1_0", '"1"', "[" * 5000 + "]" * 5000, "\u0661"]
TEXTS = ["", " ", "\\u0000", "\\ud800", "\\udc00\\ud800", "\\u202e", "\\u001b[31m", "\x07", "é名\U0001f4a9", "n" * 65537, "é" * 40000]
TEXTS += ["__class__", "../../etc/passwd", "%s%n", "null", "NaN", "\\\\" * 2000, '\\"' * 2000, "{" * 5000, "None", "9" * 400]
NAMES = [
    "",
    " ",
    "\x01\x1f\x7f",
    "\n\r\t",
    "é",
    "e\u0301",
    "名前",
    "\U0001f4a9",
    "\u202eabc",
    "\ufeff",
    "a" * 65536,
    "\ufffd" * 21845,
    "arg:",
    ":",
    "/",
]


def refused(name, content, path):
    """Read a file; return the message if it is refused, which must be short and fit to be printed."""
    try:
        READERS[name].read(content, path)
    except mx.MXNetError as error:
        text = str(error)
        assert 8 <= len(text) <= LONGEST
        assert all(letter.isprintable() or letter == "\n" for letter in text), repr(text)
        return text
    return None


@pytest.mark.parametrize("name", WHOLE)
def test_cut_at_every_byte(name, tmp_path):
    content = min((each for each in SOUND[name]() if each), key=len)
    for end in range(len(content)):
        assert refused(name, content[:end], tmp_path / "file") is not None, end


@pytest.mark.parametrize("name", READERS)
def test_only_zeros_or_ones(name, tmp_path):
    """What disks and copies leave of a file."""
    for size in (1, 7, 8, 24, 100, 5000):
        for byte in (b"\0", b"\xff"):
            found = refused(name, byte * size, tmp_path / "file")
            assert found is not None or name not in WHOLE, size


def spots(text):
    """Find each key, text and number of a JSON text: its kind, where it begins and ends."""
    decoder = json.JSONDecoder(strict=False)
    at, found = 0, []
    while at < len(text):
        if text[at] == '"':
            _, end = decoder.raw_decode(text, at)
            found.append(("key" if text[end : end + 5].lstrip().startswith(":") else "text", at, end))
            at = end
        elif text[at] in "-0123456789":
            _, end = decoder.raw_decode(text, at)
            found.append(("number", at, end))
            at = end
        else:
            at += 1
    return found


@pytest.fixture(params=range(len(SOUND["symbol"]())))
def graph(request):
    return SOUND["symbol"]()[request.param].decode()


def test_every_key_twice(graph, tmp_path):
    """Which of the two counts is for nobody to guess, wherever they stand."""
    count = 0
    for kind, start, end in spots(graph):
        if kind != "key":
            continue
        twice = f"{graph[:start]}{graph[start:end]}: 0, {graph[start:]}"
        assert "duplicate key" in (refused("symbol", twice.encode(), tmp_path / "file") or ""), graph[start:end]
        count += 1
    assert count > 8


def test_numbers_that_nobody_wrote(graph, tmp_path):
    for turn, (kind, start, end) in enumerate(spots(graph)):
        if kind == "number":
            for number in NUMBERS[turn % 7 :: 7]:
                found = refused("symbol", f"{graph[:start]}{number}{graph[end:]}".encode(), tmp_path / "file")
                assert found is not None or number in ("-0", "1e-999"), (number[:20], graph[max(start - 40, 0) : end])


def test_texts_that_nobody_wrote(graph, tmp_path):
    """Some are fine as names; what is read once is written, and read again, as it is."""
    for turn, (kind, start, end) in enumerate(spots(graph)):
        if kind != "number":
            for text in TEXTS[turn % 5 :: 5]:
                refused("symbol", f'{graph[:start]}"{text}"{graph[end:]}'.encode("utf-8", "surrogatepass"), tmp_path / "file")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7", "cp500"])
def test_other_encodings(encoding, tmp_path):
    text = SOUND["symbol"]()[0].decode().encode(encoding)
    assert refused("symbol", text if encoding != "utf-7" else text.replace(b"1", b"\xff"), tmp_path / "file")


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:20])
def test_odd_names_come_back(name, tmp_path):
    symbol = mx.sym.exp(mx.sym.Variable(name), name=name + "x") if name else mx.sym.Variable("x")
    if len((name + "x").encode()) <= 65536:
        assert load(symbol.tojson().encode()).list_arguments() == symbol.list_arguments()
    params.save(tmp_path / "p", [name], [np.arange(3)])
    found = params.load(tmp_path / "p")
    assert found.names == [name] and found.arrays[0].tolist() == [0, 1, 2]


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "n" * 65537, "é" * 32769])
def test_names_that_could_not_be_read_again_are_not_written(name, tmp_path):
    with pytest.raises(mx.MXNetError):
        params.save(tmp_path / "p", [name], [np.arange(3)])
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("shape", [(), (0,), (1,) * 32, (0,) * 32, (2, 0, 3), (1 << 20, 0), (1,)])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "u1", "i4", "i8", "?", ">f4", ">i8"])
def test_odd_shapes_come_back(shape, dtype, tmp_path):
    array = np.ones(shape, dtype)
    params.save(tmp_path / "p", ["a", "b"], [array, array])
    for found in params.load(tmp_path / "p").arrays:
        assert found.shape == shape and found.dtype == array.dtype.newbyteorder("=") and (found == 1).all()


@pytest.mark.parametrize("dtype", ["u2", "u4", "u8", "i2", "c8", "c16", "S3", "U2", "O", "M8[s]", "V4", "g"])
def test_types_that_the_format_lacks(dtype, tmp_path):
    with pytest.raises(mx.MXNetError, match="cannot save"):
        params.save(tmp_path / "p", ["a"], [np.zeros(2, dtype)])
    assert not (tmp_path / "p").exists()


MAGICS = (0xF993FAC8, 0xF993FAC9, 0xF993FACA)


@pytest.mark.parametrize("magic", MAGICS)
def test_each_version_in_either_order_of_bytes(magic, tmp_path):
    """A file written by a machine of the other kind is told to be that; half of one is not read either."""

    def spelled(outer, inner):
        body = struct.pack(f"{inner}I", magic) + (b"" if magic == MAGICS[0] else struct.pack(f"{inner}i", 0))
        body += struct.pack(f"{inner}i2q3i4f", 2, 2, 2, 1, 0, 0, 1, 2, 3, 4)
        return struct.pack(f"{outer}3Q", 0x112, 0, 1) + body + struct.pack(f"{outer}2Q1s", 1, 1, b"w")

    assert params.load(spelled("<", "<")).arrays[0].tolist() == [[1, 2], [3, 4]]
    assert "big-endian" in (refused("params", spelled(">", ">"), tmp_path / "file") or "")
    assert refused("params", spelled("<", ">"), tmp_path / "file")
    whole = spelled("<", "<")
    for end in range(len(whole)):
        assert refused("params", whole[:end], tmp_path / "file"), end


@pytest.mark.parametrize("prefix", ["", "foo:", "arg:arg:", "A" * 100_000, "../../"])
def test_arrays_whose_names_are_lost(prefix):
    """A file may be sound, with names that are no argument's; who binds what was in it is told which are missing, and which there are."""
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc")
    given = {"data": mx.nd.ones((1, 3)), f"{prefix}w": mx.nd.ones((2, 3))}
    with pytest.raises(mx.MXNetError, match="no array in args has their names") as raised:
        net.bind(mx.cpu(), given)
    assert "fc_weight" in str(raised.value) and "arrays named data" in str(raised.value) and len(str(raised.value)) <= LONGEST


def test_names_that_are_no_slip_of_the_pen_are_not_compared():
    """Comparing takes time, and names may come from a file."""
    assert "'fc1'" in closest("fcl", ["fc1", "fc" * 5000])
    assert closest("n" * 5000, ["n" * 5001]) == ""
    assert closest("fcl", (f"fc{place}" for place in range(10**9))) != ""  # it looks at the first of them only
