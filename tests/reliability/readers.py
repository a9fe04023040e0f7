"""Every reader of files that the library has, with sound files for each; what to do with their content is part of reading it."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import symbolic as mx
from symbolic.files import npz, params
from symbolic.files.json import from_json, load
from symbolic.files.params import Stored
from symbolic.training.recordio import places

__all__ = ["READERS", "SOUND", "Reader"]


class Reader(NamedTuple):
    """A kind of file.

    Attributes
    ----------
    sound : callable
        Makes a list of sound files: bytes each.
    read : callable
        Reads one, from bytes or from the path it is given.
    text : bool
        Whether it is JSON, to be damaged by value, too.
    """

    sound: Callable[[], list[bytes]]
    read: Callable[[bytes, Path], Any]
    text: bool = False


def _networks() -> list[Any]:
    """A few graphs that have everything: states, several outputs, subgraphs, annotations, unknown operators."""
    x, y = mx.sym.Variable("data", shape=(2, 4), lr_mult=2.0), mx.sym.Variable("名 é", dtype="float64")
    dense = mx.sym.FullyConnected(x, num_hidden=3, name="fc1")
    normal = mx.sym.BatchNorm(mx.sym.Activation(dense, act_type="relu", name="relu"), fix_gamma=False, name="bn")
    pieces = mx.sym.SliceChannel(mx.sym.Variable("image"), num_outputs=3, name="split")
    with mx.AttrScope(ctx_group="stage1", __mood__="calm\n\x1b[31m"):
        conv = mx.sym.Convolution(pieces[1], kernel=(3, 3), num_filter=4, pad=(1, 1), name="conv")
    loop = mx.sym.contrib.foreach(lambda a, s: (a + s[0], [s[0] * 2]), mx.sym.Variable("steps"), [mx.sym.Variable("start")])
    unknown = {
        "nodes": [
            {"op": "null", "name": "a", "inputs": []},
            {"op": "TheirOwn", "name": "own", "attrs": {"size": "3"}, "inputs": [[0, 0, 0]]},
        ],
        "arg_nodes": [0],
        "node_row_ptr": [0, 1, 3],
        "heads": [[1, 1, 0]],
    }
    return [
        mx.sym.SoftmaxOutput(normal, name="softmax"),
        mx.sym.Group([conv, pieces[0], y + 1]),
        loop[0],
        mx.sym.RNN(
            mx.sym.Variable("sequence"), mx.sym.Variable("p"), mx.sym.Variable("h"), state_size=4, num_layers=2, mode="gru", name="rnn"
        ),
        mx.sym.load_json(json.dumps(unknown)),
    ]


def _symbols() -> list[bytes]:
    old = {
        "nodes": [
            {"op": "null", "param": {}, "name": "x", "inputs": [], "backward_source_id": -1},
            {
                "op": "FullyConnected",
                "param": {"num_hidden": "4"},
                "name": "fc",
                "inputs": [[0, 0]],
                "backward_source_id": -1,
                "attr": {"lr_mult": "2"},
            },
        ],
        "arg_nodes": [0],
        "heads": [[1, 0]],
    }
    return [*(network.tojson().encode() for network in _networks()), json.dumps(old).encode()]


def _read_symbol(content: bytes, path: Path) -> None:
    symbol = load(content)
    text = symbol.tojson()
    assert from_json(text).tojson() == text
    symbol.list_arguments(), symbol.list_outputs(), symbol.list_auxiliary_states(), symbol.attr_dict()
    symbol.debug_str()
    symbol.infer_shape_partial()
    symbol.infer_type_partial()


def _arrays() -> list[bytes]:
    draw = np.random.RandomState(0)
    dense = [draw.rand(3, 4).astype("f"), np.arange(5, dtype="i8"), np.ones((2, 0, 3), "f2"), np.array([True, False]), np.array(3.5)]
    rows = Stored("row_sparse", (5, 2), draw.rand(2, 2).astype("f"), (np.array([1, 4]),))
    csr = Stored("csr", (3, 4), np.array([1.0, 2.0], "f"), (np.array([0, 1, 1, 2]), np.array([2, 0])))
    plans = [
        (["arg:w", "arg:b", "aux:é", "m", "n"], dense),
        (None, dense[:3]),
        (["r", "c"], [rows, csr]),
        ([f"p{place}" for place in range(40)], [np.zeros(2, "i4")] * 40),
        (None, []),
    ]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.params"
        for names, arrays in plans:
            params.save(path, names, arrays)
            found.append(path.read_bytes())
    of_2015 = struct.pack("<3Q6I4fQ", 0x112, 0, 1, 2, 2, 2, 1, 0, 0, 1, 2, 3, 4, 0)
    return [*found, of_2015]


def _read_arrays(content: bytes, path: Path) -> None:
    for sparse in (False, True):
        params.load(content, limits=params.Limits(dense_bytes=1 << 20), sparse=sparse)


def _states() -> list[bytes]:
    found = []
    for name, keep in (("sgd", False), ("adam", True), ("rmsprop", True), ("nag", True)):
        updater = mx.optimizer.get_updater(
            mx.optimizer.create(name, learning_rate=0.1, **({"momentum": 0.9} if name in ("sgd", "nag") else {}))
        )
        for place in range(3):
            updater(place, mx.nd.ones((2, 3)), mx.nd.ones((2, 3)))
        found.append(updater.get_states(dump_optimizer=keep))
    return found


def _read_states(content: bytes, path: Path) -> None:
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    updater.set_states(content)


def _records() -> list[bytes]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number, contents in enumerate(([b"a", b"", b"bcd" * 40], [struct.pack("<I", 0xCED7230A) * 3 + b"x"], _packed())):
            path = Path(folder) / f"{number}.rec"
            with mx.recordio.MXRecordIO(path, "w") as writer:
                for content in contents:
                    writer.write(content)
            found.append(path.read_bytes())
    return found


def _packed() -> list[bytes]:
    return [mx.recordio.pack(mx.recordio.IRHeader(0, label, 7, 0), b"content") for label in (1.0, [1.0, 2.0, 3.0])]


def _read_records(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with mx.recordio.MXRecordIO(path, "r") as reader:
        while (record := reader.read()) is not None:
            mx.recordio.unpack(record) if record[:1] == b"\0" else record


def _read_places(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    places(str(path))


def _read_header(content: bytes, path: Path) -> None:
    mx.recordio.unpack(content)


def _index() -> list[bytes]:
    return [b"0\t0\n1\t12\n2\t24\n", b"7\t0\t0\n", b""]


def _read_index(content: bytes, path: Path) -> None:
    records = path.with_name("sound.rec")
    if not records.exists():
        records.write_bytes(_records()[0])
    path.write_bytes(content)
    with mx.recordio.MXIndexedRecordIO(path, records, "r") as reader:
        for key in reader.keys[:20]:
            try:
                reader.read_idx(key)
            except mx.MXNetError:
                continue


def _tables() -> list[bytes]:
    return [b"1,2,3\n4,5,6\n7,8,9\n", b"1,2.5,3,\n0,0,0,\n"]


def _read_table(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    for dtype in ("float32", "int32", "int64"):
        next(mx.io.CSVIter(data_csv=str(path), data_shape=(3,), batch_size=2, dtype=dtype))


def _sparse_tables() -> list[bytes]:
    return [b"1 0:0.5 3:1.25\n0 1:2\n1\n", b"2.5 4:1 5:1\n1 0:1\n"]


def _read_sparse_table(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    next(mx.io.LibSVMIter(data_libsvm=str(path), data_shape=(6,), batch_size=2))


def _digits() -> list[bytes]:
    plain = struct.pack(">4i", 2051, 3, 2, 2) + bytes(range(12))
    return [plain, gzip.compress(plain, mtime=0)]


def _read_digits(content: bytes, path: Path) -> None:
    labels = path.with_name("labels")
    labels.write_bytes(struct.pack(">2i", 2049, 3) + bytes(3))
    path.write_bytes(content)
    next(mx.io.MNISTIter(image=str(path), label=str(labels), batch_size=1))


def _picture_lists() -> list[bytes]:
    return [b"0\t1.0\ta.png\n1\t0.0\tb c.png\n", b"5\t1\t2\t3\tx/y.jpg\n"]


def _read_picture_list(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    mx.image.ImageIter(1, (3, 2, 2), path_imglist=str(path), path_root=str(path.parent))


def _capsules() -> list[bytes]:
    """Nodes that made a NaN: one of arrays alone, one that drew, one that went wrong on the way back."""
    found = []
    x = mx.sym.Variable("x")
    noisy = mx.sym.Dropout(mx.sym.sqrt(x, name="root"), p=0.5, name="drop")
    infinite = np.array([-1, 0, 4], "f")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "capsule"
        for symbol, how, value in (
            (mx.sym.log(x, name="log"), {}, infinite),
            (mx.sym.sqrt(x, name="root"), {"backward": True}, np.array([1, 0, 4], "f")),
            (mx.sym.Dropout(x * 3e38, p=0.5, name="drop"), {"is_train": True}, infinite),
            (noisy, {"is_train": True}, infinite),
        ):
            assert mx.debug.nans(symbol, save=path, x=value, **how) is not None
            found.append(path.read_bytes())
    return found


_capsules_once = cache(_capsules)


def _read_capsule(content: bytes, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's, of the numbers that are looked for
        mx.debug.replay(content)


def _told() -> list[bytes]:
    """The texts in capsules: what is damaged there would seldom be met by damage to the whole."""
    return [dict(zip(*params.load(content)[:2], strict=True))["capsule.json"].tobytes() for content in _capsules()]


def _read_told(content: bytes, path: Path) -> None:
    for capsule in _capsules_once()[1:3]:  # one of gradients, one that drew
        names, arrays, _ = params.load(capsule)
        held = dict(zip(names or (), arrays, strict=True))
        held["capsule.json"] = np.frombuffer(content, np.uint8)
        _read_capsule(b"".join(map(bytes, params._chunks([name.encode() for name in held], list(held.values())))), path)


def _archives() -> list[bytes]:
    draw = np.random.RandomState(0)
    arrays = {
        "w": draw.rand(3, 4).astype("f"),
        "é": np.asfortranarray(draw.rand(2, 3)),
        "none": np.ones((2, 0), "f2"),
        "yes": np.array([True]),
    }
    found = []
    for save, given in ((np.savez, arrays), (np.savez_compressed, arrays), (np.save, arrays["w"]), (np.save, np.arange(5, dtype=">i8"))):
        buffer = io.BytesIO()
        save(buffer, **given) if isinstance(given, dict) else save(buffer, given)
        found.append(buffer.getvalue())
    return found


def _read_archive(content: bytes, path: Path) -> None:
    npz.load(content, limits=params.Limits(dense_bytes=1 << 20))


def _pictures() -> list[bytes]:
    picture = np.random.RandomState(0).randint(0, 255, (8, 9, 3)).astype(np.uint8)
    return [mx.recordio.pack_img(mx.recordio.IRHeader(0, 1.0, 7, 0), picture, img_fmt=kind) for kind in (".png", ".jpg")]


def _read_picture(content: bytes, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, of what it repairs
        mx.recordio.unpack_img(content)
        mx.image.imdecode(mx.recordio.unpack(content)[1])


READERS = {
    "symbol": Reader(_symbols, _read_symbol, text=True),
    "params": Reader(_arrays, _read_arrays),
    "states": Reader(_states, _read_states),
    "records": Reader(_records, _read_records),
    "places of records": Reader(_records, _read_places),
    "header of a record": Reader(_packed, _read_header),
    "index of records": Reader(_index, _read_index),
    "csv": Reader(_tables, _read_table),
    "libsvm": Reader(_sparse_tables, _read_sparse_table),
    "idx": Reader(_digits, _read_digits),
    "list of pictures": Reader(_picture_lists, _read_picture_list),
    "pictures": Reader(_pictures, _read_picture),
    "capsules": Reader(_capsules, _read_capsule),
    "texts of capsules": Reader(_told, _read_told, text=True),
    "archives of NumPy": Reader(_archives, _read_archive),
}
SOUND = {name: cache(reader.sound) for name, reader in READERS.items()}
