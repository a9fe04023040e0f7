"""Files that once broke a reader: found by the fuzzers, kept by name."""

from __future__ import annotations

import collections
import gzip
import pickle
import struct
import sys
import zlib

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import FileError, FormatError
from tests.reliability.readers import READERS

FOUND = {
    "more labels than bytes": ("header of a record", struct.pack("<IfQQ", 2**31, 0, 1, 0) + b"abcd"),
    "a place far beyond the records": ("index of records", b"0\t0\n1\t12\n2\t218446744073709551\n"),
    "a place of digits that are no numbers": ("index of records", "0\t²\n".encode()),
    "a key that is no number": ("index of records", b"x\t0\n"),
    "an index that is no text": ("index of records", b"0\t0\n\xff\xfe\t1\n"),
    "an infinite key": ("index of records", b"9" * 5000 + b"\t0\n"),
    "an infinite whole number": ("csv", b"1,2,3\n4,5,6\n7,1e999,9\n"),
    "a whole number of another type": ("csv", b"1,2,3\n4,5,99999999999\n"),
    "an index of twenty digits": ("libsvm", b"1 99999999999999999999:1\n"),
    "an index of nineteen digits": ("libsvm", b"1 9999999999999999999:1\n"),
    "an object of a class that is no optimizer's": ("states", b"\x80\x04}cnumpy\ndtype\n)\x81\x86."),
    "an object made with arguments": ("states", b"\x80\x04}cmxnet.lr_scheduler\nLRScheduler\nK\x01\x85\x81\x86."),
    "gzip cut short": ("idx", gzip.compress(struct.pack(">4i", 2051, 3, 2, 2) + bytes(12))[:-12]),
    "gzip whose inside is damaged": ("idx", gzip.compress(bytes(100))[:10] + b"\xff" * 20),
    "two negative sizes": ("idx", struct.pack(">4i", 2051, -3, -2, 2) + bytes(12)),
    "a line of one field": ("list of pictures", b"0\n"),
    "an empty line": ("list of pictures", b"0\t1\ta.png\n\n"),
}


@pytest.mark.parametrize("what", FOUND)
def test_is_refused(what, tmp_path):
    name, content = FOUND[what]
    with pytest.raises(mx.MXNetError):
        READERS[name].read(content, tmp_path / "file")
        if name == "index of records":  # the index as such may be sound: then its keys are not
            with mx.recordio.MXIndexedRecordIO(tmp_path / "file", tmp_path / "sound.rec", "r") as reader:
                reader.read_idx(2)


def test_a_little_gzip_does_not_become_much(tmp_path):
    """Ten kilobytes that hold ten megabytes: no more is unpacked than the head says."""
    packer = zlib.compressobj(9, wbits=31)
    path, labels = tmp_path / "images", tmp_path / "labels"
    path.write_bytes(packer.compress(struct.pack(">4i", 2051, 1, 2, 2) + bytes(10_000_000)) + packer.flush())
    labels.write_bytes(struct.pack(">2i", 2049, 1) + bytes(1))
    with pytest.raises(FormatError, match="5 bytes or more"):
        mx.io.MNISTIter(image=str(path), label=str(labels), batch_size=1)


def test_states_that_nest_deeper_than_the_stack():
    value: list = []
    for _ in range(50):  # fewer than are refused anyway
        value = [value]
    content = pickle.dumps({0: value}, 4)
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    limit, frame, depth = sys.getrecursionlimit(), sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    try:
        sys.setrecursionlimit(depth + 60)
        with pytest.raises(FormatError, match="stack"):
            updater.set_states(content)
    finally:
        sys.setrecursionlimit(limit)
    updater.set_states(content)


def test_an_index_that_is_refused_leaves_no_file_open(tmp_path):
    (tmp_path / "a.rec").write_bytes(b"")
    (tmp_path / "a.idx").write_bytes(b"nothing of the kind\n")
    with pytest.raises(FormatError):  # an open file would be a ResourceWarning, which is an error here
        mx.recordio.MXIndexedRecordIO(tmp_path / "a.idx", tmp_path / "a.rec", "r")


def test_a_list_of_pictures_that_is_missing(tmp_path):
    with pytest.raises(FileError, match=r"none\.lst"):
        mx.image.ImageIter(1, (3, 2, 2), path_imglist=str(tmp_path / "none.lst"), path_root=str(tmp_path))


def test_a_chunk_that_claims_half_a_gigabyte(tmp_path):
    path = tmp_path / "a.rec"
    path.write_bytes(struct.pack("<II", 0xCED7230A, (1 << 29) - 1) + b"abcd")
    with mx.recordio.MXRecordIO(path, "r") as reader, pytest.raises(FormatError, match="only a part"):
        reader.read()


@pytest.mark.parametrize(
    "words",
    [
        *(
            "x",
            "[]",
            "{}",
            "5",
            "[" * 100_000,
            '["load", {"param": "/etc/passwd"}]',
            '["xavier", {"bad": 1}]',
            '["uniform", {"scale": "x"}]',
        ),
        *('["uniform", {"scale": null}]', '["fusedrnn", {"init": "x"}]', '["msraprelu", {"slope": "1"}]', '["__class__", {}]', "[{}, {}]"),
    ],
    ids=lambda words: words[:30],
)
def test_initializers_that_a_graph_names(words):
    """A variable of a loaded graph says how it begins: in words, which may be wrong."""
    weight = mx.sym.Variable("own_weight", attr={"__init__": words})
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.Variable("data"), weight, num_hidden=3, name="fc"), name="softmax")
    module = mx.mod.Module(mx.sym.load_json(net.tojson()))
    module.bind([("data", (2, 4))], [("softmax_label", (2,))])
    with pytest.raises(mx.MXNetError):
        module.init_params()


def png(width, height):
    """A picture that is all head."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("sizes", [(100_000, 100_000), (2**31 - 1, 1), (0, 5), (300, 300)])
def test_pictures_that_claim_a_size(sizes):
    pytest.importorskip("PIL", reason="symbind[image]")
    with pytest.raises(FormatError):
        mx.image.imdecode(png(*sizes))


def test_a_record_that_claims_a_billion_labels(tmp_path):
    pytest.importorskip("PIL", reason="symbind[image]")
    with mx.recordio.MXRecordIO(tmp_path / "a.rec", "w") as writer:
        writer.write(struct.pack("<IfQQ", 1 << 30, 0, 1, 0) + bytes(40))
    with pytest.raises(FormatError, match="labels"):
        mx.io.ImageDetRecordIter(path_imgrec=str(tmp_path / "a.rec"), data_shape=(3, 8, 8), batch_size=1)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_numbers_of_numpy_in_states(protocol):
    """Scripts keep them as counters and rates; each comes back as a plain number."""
    kept = {0: [np.float32(1.5), np.float64(-2), np.int64(7), np.bool_(True), bytearray(b"ab"), collections.OrderedDict()]}
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    updater.set_states(pickle.dumps(kept, protocol))
    assert updater.states == {0: [1.5, -2.0, 7, True, b"ab", {}]}
    assert [type(value) for value in updater.states[0]] == [float, float, int, bool, bytes, dict]


def test_a_number_of_a_type_that_holds_objects():
    content = pickle.dumps({0: np.float32(1.5)}, 4).replace(b"\x8c\x02f4", b"\x8c\x02O8")
    assert b"O8" in content
    with pytest.raises(FormatError, match="unknown type"):
        mx.optimizer.get_updater(mx.optimizer.SGD()).set_states(content)
