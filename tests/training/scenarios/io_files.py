"""Iterators over files: tables, sparse rows, pictures of digits."""

import atexit
import gzip
import os
import shutil
import struct
import tempfile
import warnings

import numpy as np

from tests.scenario import scenario
from tests.training.compact import compact

KEPT = []  # the reference's threads fail if an iterator goes too early

TABLE = "1,2,3\n2,3,4\n3,4,5\n4,5,6\n"
LABELS = "1\n2\n3\n4\n"
ROWS = "1.0 0:0.5 2:1.2\n-2.0\n-3.0 0:0.6 1:2.4 2:1.2\n4 2:-1.2\n"
ROW_LABELS = "1.0\n-2.0 0:0.125\n-3.0 2:1.2\n4 1:1.0 2:-1.2\n"

HOME = tempfile.mkdtemp()
atexit.register(shutil.rmtree, HOME, ignore_errors=True)


def file(text, name="x"):
    path = os.path.join(tempfile.mkdtemp(dir=HOME), name)
    with open(path, "wb" if isinstance(text, bytes) else "w") as out:
        out.write(text)
    return path


def made(mx, kind, **words):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        it = getattr(mx.io, kind)(**words)
    KEPT.append(it)
    return it


def taken(batch, index=True):
    """Copy a batch: the reference writes the next but some into its memory."""
    found = [[x.stype, x.asnumpy()] for x in (batch.data[0], batch.label[0])]
    return [found, batch.pad, np.asarray(batch.index).astype("int64") if index else None]


def epochs(it, number=3, index=True):
    out = []
    for _ in range(number):
        out.append([taken(batch, index) for batch in it])
        it.reset()
    return [out, [[d.name, list(d.shape), np.dtype(d.dtype).name, d.layout] for d in it.provide_data + it.provide_label], it.batch_size]


@compact(*[(size, rounds) for size in (1, 2, 3, 4) for rounds in (True, False)])
def csv(mx, size, rounds):
    return epochs(
        made(mx, "CSVIter", data_csv=file(TABLE), data_shape=(3,), label_csv=file(LABELS), batch_size=size, round_batch=rounds), 4
    )


@compact((3,), (3, 1), (1, 3), (1, 1, 3))
def csv_shapes(mx, *shape):
    return epochs(made(mx, "CSVIter", data_csv=file(TABLE), data_shape=shape, batch_size=2), 1)


@compact("(3,)", "[3]", "3", "(3)")
def csv_shape_as_text(mx, shape):
    return epochs(made(mx, "CSVIter", data_csv=file(TABLE), data_shape=shape, batch_size="2", round_batch="False"), 1)


@compact(3)
def csv_shape_as_number(mx, shape):
    return epochs(made(mx, "CSVIter", data_csv=file(TABLE), data_shape=shape, batch_size=2), 1)


@compact((1,), (1, 1), (3,), (3, 1))
def csv_label_shapes(mx, *shape):
    labels = LABELS if np.prod(shape) == 1 else TABLE
    words = {"data_csv": file(TABLE), "data_shape": (3,), "label_csv": file(labels), "label_shape": shape, "batch_size": 2}
    return epochs(made(mx, "CSVIter", **words), 1)


@compact("float32", "int32", "int64")
def csv_types(mx, dtype):
    numbers = "200000001,2\n3,4\n" if dtype == "int32" else "2147483648,2\n-3,4\n" if dtype == "int64" else "0.1,1e3\n-.5,+2\n"
    return epochs(made(mx, "CSVIter", data_csv=file(numbers), data_shape=(2,), batch_size=1, dtype=dtype), 1)


@compact("float64", "float16", "uint8", "nothing")
def csv_other_types(mx, dtype):
    made(mx, "CSVIter", data_csv=file(TABLE), data_shape=(3,), batch_size=1, dtype=dtype)


@compact("int32", "int64")
def csv_fractions_are_cut(mx, dtype):
    return epochs(made(mx, "CSVIter", data_csv=file("1.5,2.7,-3.9\n"), data_shape=(3,), batch_size=1, dtype=dtype), 1)


@compact(
    "1, 2 ,3\n 4,5 ,6 \n", "1,2,3\r\n\r\n4,5,6", "1,2,3\n\n\n4,5,6\n", "1,2,3,\n4,5,6,\n", "1e3,-.5,+2\n1,nan,inf\n", "1,2,3\n4,5,6"
)  # fmt: skip
def csv_texts(mx, text):
    return epochs(made(mx, "CSVIter", data_csv=file(text), data_shape=(3,), batch_size=1), 1)


@compact("1,2,3\n4,,6\n", "1,2,3\n7,x,9\n", "1;2;3\n", "1,2\n3\n")
def csv_broken(mx, text):
    list(made(mx, "CSVIter", data_csv=file(text), data_shape=(3,), batch_size=2))


@compact((4,), (2,), (3, 2))
def csv_wrong_shape(mx, *shape):
    made(mx, "CSVIter", data_csv=file(TABLE), data_shape=shape, batch_size=1)


@compact("missing", "empty", "size", "labels", "no shape", "no size", "position", "negative")
def csv_wrong(mx, what):
    path = file(TABLE)
    words = {
        "missing": {"data_csv": "/tmp/there_is_none.csv", "data_shape": (3,), "batch_size": 1},
        "empty": {"data_csv": file(""), "data_shape": (3,), "batch_size": 1},
        "size": {"data_csv": path, "data_shape": (3,), "batch_size": 9},
        "labels": {"data_csv": path, "data_shape": (3,), "batch_size": 3, "label_csv": file("1\n2\n")},
        "no shape": {"data_csv": path, "batch_size": 1},
        "no size": {"data_csv": path, "data_shape": (3,)},
        "negative": {"data_csv": path, "data_shape": (3,), "batch_size": -1},
        "position": {},
    }[what]
    if what == "position":
        mx.io.CSVIter(path, data_shape=(3,), data_csv=path, batch_size=1)
    made(mx, "CSVIter", **words)


@compact()
def csv_more_labels(mx):
    return epochs(made(mx, "CSVIter", data_csv=file(TABLE), data_shape=(3,), label_csv=file(LABELS + "5\n"), batch_size=2), 2)


@compact()
def csv_names_and_other_words(mx):
    words = {"data_name": "d", "label_name": "l", "prefetch_buffer": 1, "ctx": "cpu", "no_such_word": 3}
    it = made(mx, "CSVIter", data_csv=file(TABLE), data_shape=(3,), batch_size=2, **words)
    return [epochs(it, 1), isinstance(it, mx.io.MXDataIter), isinstance(it, mx.io.DataIter)]


@compact()
def csv_several_files(mx):
    first = file("1,2\n")
    return epochs(made(mx, "CSVIter", data_csv=first + ";" + file("3,4\n5,6\n"), data_shape=(2,), batch_size=2))


@compact()
def csv_folder(mx):
    return epochs(made(mx, "CSVIter", data_csv=os.path.dirname(file("3,4\n5,6\n", "1.csv")) + "/", data_shape=(2,), batch_size=2))


@compact()
def csv_arrays_at_the_place(mx):
    it = made(mx, "CSVIter", data_csv=file(TABLE), data_shape=(3,), label_csv=file(LABELS), batch_size=2)
    out = []
    it.next()
    for batch in it:
        out.append([it.getdata(), it.getlabel(), it.getpad(), np.asarray(it.getindex()).astype("int64"), batch.data[0]])
    return [out, [list(it), list(it)]]


@scenario(differs="moving on by iter_next ends; the reference gives the first batch for ever", expect=[0.0, 2.0])
def step_by_step(mx):
    it = made(mx, "CSVIter", data_csv=file("0\n1\n2\n3\n"), data_shape=(1,), batch_size=2)
    out = []
    while it.iter_next() and len(out) < 5:
        out.append(float(it.getdata()[0].asscalar()))
    return out


@compact()
def csv_like_in_a_test(mx):
    out = []
    for dtype, entry in (("float32", "1"), ("int32", "200000001"), ("int64", "2147483648")):
        data, labels = file((",".join([entry] * 16) + "\n") * 100), file("0\n" * 100)
        it = made(mx, "CSVIter", data_csv=data, data_shape=(4, 4), label_csv=labels, batch_size=10, dtype=dtype)
        it.next()
        sums = [it.getdata().asnumpy().astype("float64").sum() for _ in iter(it)]
        out.append([len(sums), sum(sums)])
    return out


@compact(1, 2, 3, 4)
def libsvm(mx, size):
    return epochs(made(mx, "LibSVMIter", data_libsvm=file(ROWS), data_shape=(3,), batch_size=size), 4)


@compact(2, 3)
def libsvm_labels(mx, size):
    words = {"data_libsvm": file(ROWS), "data_shape": (3,), "label_libsvm": file(ROW_LABELS), "label_shape": (3,), "batch_size": size}
    return epochs(made(mx, "LibSVMIter", **words), 3)


@compact(5, "(4,)")
def libsvm_wide(mx, width):
    return epochs(made(mx, "LibSVMIter", data_libsvm=file(ROWS), data_shape=width, batch_size=2), 1)


@compact("# words\n1 0:1 # more\n\n0 1:1\n", "1:0.5 0:1 2:2\n2 1:3\n", "1 0:1\r\n0 2:1\r\n", "1 2:1 0:5\n1 1:1", "3\n4\n")
def libsvm_texts(mx, text):
    it = made(mx, "LibSVMIter", data_libsvm=file(text), data_shape=(3,), batch_size=1)
    return [[batch.data[0].asnumpy(), batch.label[0]] for batch in it]


@compact("rounds", "axes", "type", "size", "missing", "empty")
def libsvm_wrong(mx, what):
    words = {"data_libsvm": file(ROWS), "data_shape": (3,), "batch_size": 3}
    words.update(
        {
            "rounds": {"round_batch": False},
            "axes": {"data_shape": (3, 1)},
            "type": {"dtype": "float64"},
            "size": {"batch_size": 9},
            "missing": {"data_libsvm": "/tmp/there_is_none"},
            "empty": {"data_libsvm": file("")},
        }[what]
    )
    list(made(mx, "LibSVMIter", **words))


@compact(1, 2, 3, 5, 7)
def libsvm_parts(mx, parts):
    path = file("".join(f"{i} {i % 3}:{i}\n" for i in range(25)))
    out = []
    for part in range(parts):
        it = made(mx, "LibSVMIter", data_libsvm=path, data_shape=(3,), batch_size=1, num_parts=parts, part_index=part)
        out.append([float(batch.label[0].asnumpy()[0]) for batch in it])
    return out


def digits(n, rows=2, columns=3, compressed=False):
    rng = np.random.RandomState(n)
    images = struct.pack(">IIII", 2051, n, rows, columns) + rng.randint(0, 256, n * rows * columns).astype(np.uint8).tobytes()
    labels = struct.pack(">II", 2049, n) + (np.arange(n) % 256).astype(np.uint8).tobytes()
    pack = gzip.compress if compressed else bytes
    return {"image": file(pack(images)), "label": file(pack(labels)), "silent": True}


@compact((10, 4), (10, 5), (9, 9), (7, 1), (23, 6))
def mnist(mx, n, size):
    return epochs(made(mx, "MNISTIter", **digits(n), batch_size=size, shuffle=False), 2, False)


@compact((10, 5, 0), (10, 3, 10), (23, 23, 0), (100, 50, 7), (3, 3, 1), (2, 2, 4), (300, 100, 123456789))
def mnist_shuffled(mx, n, size, seed):
    return epochs(made(mx, "MNISTIter", **digits(n, 1, 1), batch_size=size, shuffle=True, seed=seed), 2, False)


@compact(True, False)
def mnist_flat(mx, flat):
    return epochs(made(mx, "MNISTIter", **digits(6, 4, 5), batch_size=3, flat=flat), 1, False)


@compact((2, 0), (2, 1), (3, 1), (3, 2))
def mnist_parts(mx, parts, part):
    return epochs(made(mx, "MNISTIter", **digits(11), batch_size=2, num_parts=parts, part_index=part, seed=3), 1, False)


@compact()
def mnist_default_size(mx):
    it = made(mx, "MNISTIter", **digits(300, 1, 2))
    return [it.batch_size, len(list(it))]


@compact("missing", "no pictures", "type")
def mnist_wrong(mx, what):
    words = digits(5)
    words.update({"missing": {"image": "/tmp/there_is_none"}, "no pictures": {"image": words["label"]}, "type": {"dtype": "uint8"}}[what])
    made(mx, "MNISTIter", **words, batch_size=5)


@scenario(differs="gzipped files are read as they are", expect=[0.0, 1.0, 2.0])
def mnist_compressed(mx):
    it = made(mx, "MNISTIter", **digits(5, compressed=True), batch_size=3, shuffle=False)
    return it.next().label[0].asnumpy().tolist()
