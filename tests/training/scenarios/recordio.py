"""Record files, their indices, and headers of pictures."""

import atexit
import os
import pickle
import shutil
import tempfile

import numpy as np

from tests.training.compact import compact

MARK = (0xCED7230A).to_bytes(4, "little")

HOME = tempfile.mkdtemp()
atexit.register(shutil.rmtree, HOME, ignore_errors=True)


def place(name="x.rec"):
    return os.path.join(tempfile.mkdtemp(dir=HOME), name)


def contents():
    rng = np.random.RandomState(0)
    plain = [bytes(rng.randint(0, 256, n).astype(np.uint8)) for n in (0, 1, 2, 3, 4, 5, 8, 100, 1023)]
    marked = [
        MARK,
        MARK * 3,
        b"abcd" + MARK + b"efgh",
        b"abc" + MARK + b"efgh",
        b"abcd" + MARK + b"ef",
        MARK + b"x",
        b"abcdefgh" + MARK,
        b"a" * 7 + MARK + MARK + b"b",
        MARK + b"abc" + MARK + b"d",
        MARK[:3],
    ]
    return plain + marked


@compact()
def round_trip(mx):
    path = place()
    writer = mx.recordio.MXRecordIO(path, "w")
    for content in contents():
        writer.write(content)
    writer.close()
    reader = mx.recordio.MXRecordIO(path, "r")
    found = [reader.read() for _ in contents()]
    return [[a == b for a, b in zip(found, contents(), strict=True)], reader.read(), reader.read()]


@compact()
def bytes_of_the_file(mx):
    """The same bytes are on the disk: what one writes the other reads."""
    path = place()
    writer = mx.recordio.MXRecordIO(path, "w")
    for content in contents():
        writer.write(content)
    writer.close()
    with open(path, "rb") as file:
        return np.frombuffer(file.read(), np.uint8)


@compact()
def state(mx):
    path = place()
    writer = mx.recordio.MXRecordIO(path, "w")
    out = [writer.flag, writer.writable, writer.is_open, writer.pid == os.getpid()]
    writer.write(b"one")
    writer.close()
    out += [writer.is_open, writer.pid, writer.close()]
    reader = mx.recordio.MXRecordIO(path, "r")
    out += [reader.writable, reader.read() == b"one", reader.read()]
    reader.reset()
    out += [reader.read() == b"one"]
    return out


@compact()
def written_again(mx):
    path = place()
    writer = mx.recordio.MXRecordIO(path, "w")
    writer.write(b"first")
    writer.reset()
    writer.write(b"second")
    writer.close()
    return mx.recordio.MXRecordIO(path, "r").read().decode()


@compact("flag", "missing", "write to reader", "read from writer")
def wrong(mx, what):
    path = place()
    mx.recordio.MXRecordIO(path, "w").close()
    if what == "flag":
        mx.recordio.MXRecordIO(path, "a")
    elif what == "missing":
        mx.recordio.MXRecordIO(place(), "r")
    elif what == "write to reader":
        mx.recordio.MXRecordIO(path, "r").write(b"x")
    else:
        mx.recordio.MXRecordIO(path, "w").read()


@compact()
def broken(mx):
    path = place()
    with open(path, "wb") as file:
        file.write(b"no record at all")
    mx.recordio.MXRecordIO(path, "r").read()


@compact()
def pickled(mx):
    path = place()
    writer = mx.recordio.MXRecordIO(path, "w")
    writer.write(b"one")
    writer.write(b"two")
    writer.close()
    reader = mx.recordio.MXRecordIO(path, "r")
    reader.read()
    again = pickle.loads(pickle.dumps(reader))
    closed = mx.recordio.MXRecordIO(path, "r")
    closed.close()
    return [again.read().decode(), again.is_open, again.uri is None, pickle.loads(pickle.dumps(closed)).is_open]


def indexed(mx, n=5, key_type=int):
    index, path = place("x.idx"), place()
    writer = mx.recordio.MXIndexedRecordIO(index, path, "w", key_type=key_type)
    places = []
    for i in range(n):
        places.append(writer.tell())
        writer.write_idx(i, bytes(str(i) * (i + 1), "ascii"))
    out = [places, writer.keys, writer.idx, writer.tell()]
    writer.close()
    return index, path, out


@compact()
def index(mx):
    idx, path, out = indexed(mx)
    reader = mx.recordio.MXIndexedRecordIO(idx, path, "r")
    out += [reader.keys, reader.idx, reader.key_type is int, [reader.read_idx(i).decode() for i in (3, 0, 4, 3)], reader.read().decode()]
    reader.seek(2)
    out.append([reader.read().decode(), reader.read().decode()])
    reader.reset()
    out.append(reader.read().decode())
    reader.close()
    with open(idx) as file:
        return [*out, file.read()]


@compact()
def index_of_text_keys(mx):
    idx, path, out = indexed(mx, 3, str)
    reader = mx.recordio.MXIndexedRecordIO(idx, path, "r", key_type=str)
    return [out, reader.keys, reader.read_idx("2").decode()]


@compact("key", "seek", "tell")
def index_wrong(mx, what):
    idx, path, _ = indexed(mx)
    if what == "seek":
        mx.recordio.MXIndexedRecordIO(idx, path, "w").seek(0)
    reader = mx.recordio.MXIndexedRecordIO(idx, path, "r")
    reader.tell() if what == "tell" else reader.read_idx(77)


@compact()
def index_pickled(mx):
    idx, path, _ = indexed(mx)
    reader = mx.recordio.MXIndexedRecordIO(idx, path, "r")
    reader.read_idx(3)
    again = pickle.loads(pickle.dumps(reader))
    return [again.read_idx(1).decode(), again.keys]


@compact()
def header(mx):
    H = mx.recordio.IRHeader
    one = H(0, 4.0, 2574, 0)
    return [one._fields, one._replace(label=2), one[1], repr(one), type(one).__name__]


@compact()
def packed(mx):
    r = mx.recordio
    H = r.IRHeader
    headers = [
        H(0, 4, 5, 6),
        H(3, 4.5, 5, 6),
        (0, 1, 2, 3),
        H(0, [1, 2, 3], 7, 8),
        H(9, np.array([0.5, 1.5]), 2**40, 2**63),
        H(0, [], 1, 1),
        H(0, np.float32(2.5), 1, 1),
        H(0, np.arange(4).reshape(2, 2), 1, 1),
        H(0, (5,), 0, 0),
        H(0, True, 0, 0),
    ]
    out = []
    for head in headers:
        text = r.pack(head, b"content")
        found, content = r.unpack(text)
        out.append([np.frombuffer(text, np.uint8), found.flag, found.label, found.id, found.id2, content.decode()])
    return out


@compact()
def packed_many_labels(mx):
    out = []
    for width in range(6):
        label = np.random.uniform(size=width).astype("float32")
        text = mx.recordio.pack((0, label, 0, 0), b"x" * width)
        found, content = mx.recordio.unpack(text)
        out.append([found.label, len(content)])
    return out


@compact()
def packed_wrong(mx):
    mx.recordio.pack((0, 1, 2), b"")
