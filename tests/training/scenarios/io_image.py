"""Pictures out of record files."""

import atexit
import os
import shutil
import struct
import tempfile
import warnings
import zlib

import numpy as np

from tests.training.compact import compact

KEPT = []  # the reference's threads fail if an iterator goes too early

HOME = tempfile.mkdtemp()
atexit.register(shutil.rmtree, HOME, ignore_errors=True)


def pixels(height=9, width=14, channels=3, seed=0):
    return np.random.RandomState(seed).randint(0, 256, (height, width, channels)).astype(np.uint8)


def png(picture):
    """Write a PNG, with nothing but NumPy and zlib."""
    height, width = picture.shape[:2]
    kind = {1: 0, 3: 2, 4: 6}[picture.shape[2]]
    rows = b"".join(b"\0" + row.tobytes() for row in picture)

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def records(mx, n=7, labels=None, size=(8, 10)):
    path = os.path.join(tempfile.mkdtemp(dir=HOME), "x.rec")
    writer = mx.recordio.MXRecordIO(path, "w")
    for i in range(n):
        header = mx.recordio.IRHeader(0, float(i) if labels is None else labels[i], i + 100, 0)
        writer.write(mx.recordio.pack(header, png(pixels(*size, 3, i))))
    writer.close()
    return path


def made(mx, kind="ImageRecordIter", n=7, labels=None, size=(8, 10), **words):
    it = getattr(mx.io, kind)(path_imgrec=records(mx, n, labels, size), preprocess_threads=1, verbose=False, **words)
    KEPT.append(it)
    return it


def taken(batch):
    """Copy a batch."""
    return [batch.data[0].asnumpy(), batch.label[0].asnumpy(), batch.pad]


def epochs(it, number=2):
    out = []
    for _ in range(number):
        out.append([taken(batch) for batch in it])
        it.reset()
    return [out, [[d.name, list(d.shape), np.dtype(d.dtype).name] for d in it.provide_data + it.provide_label], it.batch_size]


@compact(1, 3, 7)
def rounds(mx, size):
    it = made(mx, data_shape=(3, 4, 4), batch_size=size)
    return [[taken(batch)[1:] for batch in it], it.batch_size]


@compact((3, 8, 10), (3, 5, 5), (3, 8, 3), (1, 6, 6), (3, 16, 6), (3, 16, 12), (3, 6, 25), (3, 30, 50))
def windows(mx, *shape):
    return epochs(made(mx, n=2, data_shape=shape, batch_size=2), 1)


@compact(
    {"mirror": True},
    {"mean_r": 10.0, "mean_g": 20, "mean_b": 30},
    {"mean_r": 10.0, "mean_g": 20, "mean_b": 30, "std_r": 2, "std_g": 4, "std_b": 8},
    {"scale": 0.5},
    {"scale": 0.5, "mean_r": 1, "mean_g": 2, "mean_b": 3, "std_r": 3},
    {"resize": 6},
    {"resize": 12, "inter_method": 2},
    {"pad": 2},
    {"pad": 3, "fill_value": 7, "mirror": True},
)
def words(mx, words):
    return epochs(made(mx, n=2, data_shape=(3, 6, 6), batch_size=2, **words), 1)


@compact("ImageRecordUInt8Iter", "ImageRecordInt8Iter")
def bytes_only(mx, kind):
    both = [made(mx, kind, n=2, data_shape=(3, 6, 6), batch_size=2, **words) for words in ({}, {"mean_r": 100, "mean_g": 50, "std_b": 2})]
    return [epochs(it, 1) for it in both]


@compact(2, 3)
def several_labels(mx, width):
    labels = np.arange(7 * width).reshape(7, width).astype("float32")
    return epochs(made(mx, labels=labels, label_width=width, data_shape=(3, 2, 2), batch_size=4), 1)


@compact()
def labels_on_a_list(mx):
    path = os.path.join(tempfile.mkdtemp(dir=HOME), "x.lst")
    with open(path, "w") as file:
        for i in range(7):
            file.write(f"{i + 100}\t{i * 3}\tx.png\n")
    return epochs(made(mx, path_imglist=path, data_shape=(3, 2, 2), batch_size=4), 1)


@compact()
def shuffled_has_the_same(mx):
    it = made(mx, shuffle=True, data_shape=(3, 2, 2), batch_size=7, seed=5)
    return [sorted(it.next().label[0].asnumpy().tolist()) for _ in range(1)]


@compact("missing", "labels", "shape", "size")
def wrong(mx, what):
    words = {"data_shape": (3, 4, 4), "batch_size": 2}
    words.update({"shape": {"data_shape": (3, 4)}, "labels": {"label_width": 2}}.get(what, {}))
    if what == "missing":
        KEPT.append(mx.io.ImageRecordIter(path_imgrec="/tmp/there_is_none.rec", **words))
    else:
        if what == "size":
            del words["batch_size"]
        made(mx, **words)


@compact()
def names(mx):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        it = made(mx, n=2, data_shape=(3, 2, 2), batch_size=2, data_name="d", label_name="l", ctx="cpu", prefetch_buffer=1)
    return [[d.name for d in it.provide_data + it.provide_label], isinstance(it, mx.io.MXDataIter)]
