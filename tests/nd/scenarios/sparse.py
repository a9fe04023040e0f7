"""Sparse arrays: constructors, what is stored, operators and the storage of their results, updates, files."""

from __future__ import annotations

import os
import pickle
import tempfile

import numpy as np

from tests.nd.packing import scenario

os.environ["MXNET_STORAGE_FALLBACK_LOG_VERBOSE"] = "0"

PLAIN = np.array([[1, 0, 2, 0], [0, 0, 0, 0], [0, 3, 0, -4], [0, 0, 0, 0], [5, 6, 0, 0]], np.float32)
OTHER = np.array([[0, 7, 2, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [5, 0, -1, 0]], np.float32)


def parts(x):
    """Say how an array is stored, and what."""
    found = [x.stype, x.shape, np.dtype(x.dtype).name, x.asnumpy()]
    if x.stype != "default":
        found += [x.data, x.indices] + ([x.indptr] if x.stype == "csr" else [])
    return found


def told(x):
    return [x.stype, x.shape, np.dtype(x.dtype).name, x.asnumpy()]


def pair(mx, stype):
    return mx.nd.array(PLAIN).tostype(stype), mx.nd.array(OTHER).tostype(stype)


CONSTRUCTED = {
    "triple": lambda s, mx: s.csr_matrix(([1, 2, 3], [1, 0, 2], [0, 1, 2, 2, 3]), shape=(4, 3)),
    "triple, no shape": lambda s, mx: s.csr_matrix(([1, 2, 3], [1, 0, 2], [0, 1, 2, 2, 3])),
    "triple of arrays": lambda s, mx: s.csr_matrix((np.array([1, 2], "f8"), np.array([1, 0]), np.array([0, 1, 2]))),
    "triple of ints": lambda s, mx: s.csr_matrix((np.array([1, 2], "int32"), np.array([1, 0], "i4"), np.array([0, 1, 2], "i4"))),
    "triple of ndarrays": lambda s, mx: s.csr_matrix((mx.nd.array([1, 2]), mx.nd.array([1, 0]), mx.nd.array([0, 1, 2])), shape=(2, 5)),
    "triple, dtype": lambda s, mx: s.csr_matrix(([1, 2], [1, 0], [0, 1, 2]), dtype="float16"),
    "stored zero": lambda s, mx: s.csr_matrix(([1.0, 0.0], [1, 0], [0, 1, 2]), shape=(2, 2)),
    "unsorted": lambda s, mx: s.csr_matrix(([1.0, 2.0], [1, 0], [0, 2]), shape=(1, 2)),
    "nothing": lambda s, mx: s.csr_matrix(([], [], [0, 0, 0]), shape=(2, 3)),
    "coordinates": lambda s, mx: s.csr_matrix((np.float32([1, 2, 3]), ([0, 2, 2], [1, 0, 1])), shape=(4, 3)),
    "coordinates twice": lambda s, mx: s.csr_matrix((np.float32([1, 2, 3]), ([0, 0, 2], [1, 1, 1]))),
    "coordinates, ndarrays": lambda s, mx: s.csr_matrix((mx.nd.array([1, 2]), (mx.nd.array([0, 1]), mx.nd.array([1, 0]))), shape=(2, 2)),
    "coordinates, dtype": lambda s, mx: s.csr_matrix((np.float32([1, 2]), ([0, 1], [1, 0])), dtype="float64"),
    "csr shape": lambda s, mx: s.csr_matrix((2, 3)),
    "csr shape, dtype": lambda s, mx: s.csr_matrix((2, 3), dtype="int32"),
    "csr of dense": lambda s, mx: s.csr_matrix(PLAIN),
    "csr of float64": lambda s, mx: s.csr_matrix(PLAIN.astype("f8")),
    "csr of list": lambda s, mx: s.csr_matrix([[1, 0], [0, 2]]),
    "csr of ndarray": lambda s, mx: s.csr_matrix(mx.nd.array(PLAIN), dtype="int32"),
    "csr of csr": lambda s, mx: s.csr_matrix(mx.nd.array(PLAIN).tostype("csr"), dtype="float64"),
    "array of csr": lambda s, mx: s.array(mx.nd.array(PLAIN).tostype("csr")),
    "array of rsp": lambda s, mx: s.array(mx.nd.array(PLAIN).tostype("row_sparse"), dtype="float16"),
    "nd.array of csr": lambda s, mx: mx.nd.array(mx.nd.array(PLAIN).tostype("csr")),
    "nd.array of rsp": lambda s, mx: mx.nd.array(mx.nd.array(PLAIN).tostype("row_sparse"), dtype="float64"),
    "rows": lambda s, mx: s.row_sparse_array(([[1, 2], [3, 4]], [1, 4]), shape=(6, 2)),
    "rows, no shape": lambda s, mx: s.row_sparse_array(([[1, 2], [3, 4]], [1, 4])),
    "rows of arrays": lambda s, mx: s.row_sparse_array((np.ones((2, 2, 2)), np.array([0, 3]))),
    "rows of ndarrays": lambda s, mx: s.row_sparse_array((mx.nd.ones((2, 3)), mx.nd.array([0, 3])), shape=(4, 3), dtype="float32"),
    "no rows": lambda s, mx: s.row_sparse_array((np.zeros((0, 2), "f4"), []), shape=(3, 2)),
    "rsp shape": lambda s, mx: s.row_sparse_array((2, 3)),
    "rsp shape of three": lambda s, mx: s.row_sparse_array((2, 3, 1), dtype="float64"),
    "rsp of dense": lambda s, mx: s.row_sparse_array(PLAIN),
    "rsp of list": lambda s, mx: s.row_sparse_array([[1, 0], [0, 0]]),
    "rsp of rsp": lambda s, mx: s.row_sparse_array(mx.nd.array(PLAIN).tostype("row_sparse")),
    "zeros csr": lambda s, mx: s.zeros("csr", (2, 3)),
    "zeros rsp": lambda s, mx: s.zeros("row_sparse", (2, 3), dtype="int32"),
    "zeros default": lambda s, mx: s.zeros("default", (2, 3)),
    "empty csr": lambda s, mx: s.empty("csr", (2, 3)),
    "nd.zeros": lambda s, mx: mx.nd.zeros((2, 3), stype="csr"),
    "nd.empty": lambda s, mx: mx.nd.empty((2, 3), stype="row_sparse"),
    "one row of a vector": lambda s, mx: mx.nd.array([1, 0, 2]).tostype("row_sparse"),
}


@scenario(*CONSTRUCTED)
def constructed(mx, name):
    return parts(CONSTRUCTED[name](mx.nd.sparse, mx))


REFUSED = {
    "shape": lambda s, mx: s.csr_matrix((2, 2), shape=(3, 2)),
    "shape of dense": lambda s, mx: s.csr_matrix(mx.nd.ones((2, 2)), shape=(3, 2)),
    "shape of rows": lambda s, mx: s.row_sparse_array((2, 2), shape=(3, 2)),
    "rsp as csr": lambda s, mx: s.csr_matrix(mx.nd.ones((2, 2)).tostype("row_sparse")),
    "csr as rsp": lambda s, mx: s.row_sparse_array(mx.nd.ones((2, 2)).tostype("csr")),
    "stype": lambda s, mx: s.zeros("invalid_stype", (2, 2)),
    "nd.zeros": lambda s, mx: mx.nd.zeros((2, 2), stype="invalid"),
    "dense": lambda s, mx: s.array(mx.nd.ones((2, 2))),
    "numpy": lambda s, mx: s.array(np.ones((2, 2))),
    "four": lambda s, mx: s.csr_matrix((1, 2, 3, 4)),
    "one": lambda s, mx: s.row_sparse_array((3,)),
    "two axes": lambda s, mx: s.csr_matrix(([[1.0]], [1], [0, 1]), shape=(1, 2)),
    "one axis": lambda s, mx: s.row_sparse_array(([1.0, 2.0], [0, 1]), shape=(2, 2)),
    "nothing to go by": lambda s, mx: s.csr_matrix(([], [], [0])),
    "vector": lambda s, mx: mx.nd.array([1, 2]).tostype("csr"),
    "three axes": lambda s, mx: mx.nd.ones((1, 1, 1)).tostype("csr"),
    "csr to rsp": lambda s, mx: mx.nd.ones((2, 2)).tostype("csr").tostype("row_sparse"),
    "rsp to csr": lambda s, mx: mx.nd.ones((2, 2)).tostype("row_sparse").tostype("csr"),
    "no storage": lambda s, mx: mx.nd.ones((2, 2)).tostype("csr").tostype("x"),
    "copy to another storage": lambda s, mx: s.zeros("csr", (2, 2)).copyto(s.zeros("row_sparse", (2, 2))),
    "copy to another shape": lambda s, mx: s.zeros("csr", (2, 2)).copyto(s.zeros("csr", (3, 2))),
    "copy to a number": lambda s, mx: s.zeros("csr", (2, 2)).copyto(3),
    "reshape": lambda s, mx: s.zeros("csr", (2, 2)).reshape((4,)),
    "_slice": lambda s, mx: s.zeros("row_sparse", (2, 2))._slice(None, None),
    "_at": lambda s, mx: s.zeros("row_sparse", (2, 2))._at(None),
    "tuple": lambda s, mx: s.zeros("csr", (2, 2))[0, 1],
    "none": lambda s, mx: s.zeros("csr", (2, 2))[None],
    "step": lambda s, mx: s.zeros("csr", (2, 2))[0:2:1],
    "row of rsp": lambda s, mx: s.zeros("row_sparse", (2, 2))[0],
    "rows of rsp": lambda s, mx: s.zeros("row_sparse", (2, 2))[0:1],
    "number into csr": lambda s, mx: s.zeros("csr", (2, 2)).__setitem__(slice(None), 3),
    "row of csr": lambda s, mx: s.zeros("csr", (2, 2)).__setitem__(0, mx.nd.ones((2,))),
    "rows of csr": lambda s, mx: s.zeros("csr", (2, 2)).__setitem__(slice(0, 1), mx.nd.ones((1, 2))),
    "row into rsp": lambda s, mx: s.zeros("row_sparse", (2, 2)).__setitem__(0, 3),
    "list": lambda s, mx: s.zeros("csr", (2, 2)).__setitem__(slice(None), [1]),
    "rsp into csr": lambda s, mx: s.zeros("csr", (2, 2)).__setitem__(slice(None), s.zeros("row_sparse", (2, 2))),
    "truth": lambda s, mx: bool(s.zeros("csr", (2, 2))),
    "retain": lambda s, mx: s.retain(mx.nd.ones((2, 2)), invalid_arg="garbage_value"),
    "empty slice": lambda s, mx: mx.nd.slice(s.zeros("csr", (2, 2)), begin=(1,), end=(1,)),
    "beyond": lambda s, mx: s.zeros("csr", (2, 2))[5],
    "asscipy": lambda s, mx: s.zeros("row_sparse", (2, 2)).asscipy(),
}


@scenario(*REFUSED)
def refused(mx, name):
    return REFUSED[name](mx.nd.sparse, mx)


FORMATS = {
    "fine": lambda s: s.csr_matrix(([1, 2], [1, 0], [0, 1, 2]), shape=(2, 2)),
    "fine, no values": lambda s: s.zeros("csr", (2, 2)),
    "column beyond": lambda s: s.csr_matrix(([1, 2], [1, 5], [0, 1, 2]), shape=(2, 2)),
    "negative column": lambda s: s.csr_matrix(([1, 2], [1, -1], [0, 1, 2]), shape=(2, 2)),
    "columns descend": lambda s: s.csr_matrix(([1, 2], [1, 0], [0, 2, 2]), shape=(2, 2)),
    "column twice": lambda s: s.csr_matrix(([1, 2], [1, 1], [0, 2, 2]), shape=(2, 2)),
    "starts end early": lambda s: s.csr_matrix(([1, 2], [1, 0], [0, 1, 1]), shape=(2, 2)),
    "starts descend": lambda s: s.csr_matrix(([1, 2], [1, 0], [0, 3, 2]), shape=(2, 2)),
    "starts do not begin": lambda s: s.csr_matrix(([1, 2], [1, 0], [1, 1, 2]), shape=(2, 2)),
    "a start too few": lambda s: s.csr_matrix(([1, 2], [1, 0], [0, 1, 2]), shape=(3, 2)),
    "rows": lambda s: s.row_sparse_array(([[1, 2]], [3]), shape=(4, 2)),
    "row beyond": lambda s: s.row_sparse_array(([[1, 2]], [7]), shape=(4, 2)),
    "negative row": lambda s: s.row_sparse_array(([[1, 2]], [-1]), shape=(4, 2)),
    "rows descend": lambda s: s.row_sparse_array(([[1, 2], [3, 4]], [1, 0]), shape=(4, 2)),
    "row twice": lambda s: s.row_sparse_array(([[1, 2], [3, 4]], [1, 1]), shape=(4, 2)),
}


@scenario(*FORMATS)
def format_checked(mx, name):
    return FORMATS[name](mx.nd.sparse).check_format()


@scenario()
def names_and_types(mx):
    found = []
    for stype in ("csr", "row_sparse"):
        x, _ = pair(mx, stype)
        found += [repr(x), str(x), x.stype, x.shape, x.ndim, len(x), x.dtype, x.context == mx.cpu(), type(x).__name__]
        found += [isinstance(x, mx.nd.NDArray), isinstance(x, mx.nd.sparse.BaseSparseNDArray), x.data.dtype, x.indices.dtype]
        found += [x._num_aux, x._aux_types, x.copy().stype, x.as_in_context(mx.cpu(1)).stype, x.as_in_context(mx.cpu(1)).context]
        found += [x[:] is x, x.tostype(stype) is x, x.tostype("default").stype, x.astype("float32", copy=False) is x]
        found += [x.astype("float32") is x, parts(x.astype("int32")), x.wait_to_read()]
    return found


@scenario()
def rows_of_csr(mx):
    x, _ = pair(mx, "csr")
    found = [parts(x[key]) for key in (0, 1, -1, 4, slice(1, 3), slice(0, 5), slice(None, -1), slice(2, None), slice(1, 9))]
    found += [parts(mx.nd.slice(x, begin=(1, 1), end=(5, 3))), parts(mx.nd.slice(x, begin=(0,), end=(3,)))]
    found += [parts(mx.nd.sparse.slice(x, begin=(None, -2), end=(None, None))), parts(x.slice(begin=(0, 0), end=(3, 4)))]
    return [*found, told(mx.nd.slice(x, begin=(0, 0), end=(3, 4), step=(1, 2))), told(mx.nd.slice_axis(x, axis=0, begin=1, end=3))]


UNARY = [
    "abs", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "ceil", "degrees", "expm1", "fix", "floor", "log1p", "negative", "radians",
    "relu", "rint", "round", "sign", "sin", "sinh", "sqrt", "square", "tan", "tanh", "trunc", "identity", "BlockGrad", "stop_gradient",
    "make_loss", "zeros_like",
]  # fmt: skip
PLAINLY = ("identity", "BlockGrad", "stop_gradient", "make_loss")  # not in mx.nd.sparse of the reference
DENSE = ["exp", "cos", "sigmoid", "log", "ones_like", "softmax", "Flatten", "transpose", "Dropout"]


@scenario(*UNARY)
def unary(mx, name):
    found = []
    for stype in ("csr", "row_sparse"):
        x = mx.nd.array(PLAIN / 8).tostype(stype)
        found += [parts(getattr(mx.nd, name)(x)), parts(getattr(mx.nd.sparse, name)(x)) if name not in PLAINLY else None]
        if name not in PLAINLY and name != "negative":
            found.append(parts(getattr(x, name)()))
    return found


@scenario(*DENSE)
def dense_results(mx, name):
    return [told(getattr(mx.nd, name)(mx.nd.array(PLAIN / 8).tostype(stype))) for stype in ("csr", "row_sparse")]


@scenario("csr", "row_sparse")
def with_numbers(mx, stype):
    x, _ = pair(mx, stype)
    found = []
    for number in (0, 2, -1.5, np.float32(3)):
        found += [told(x + number), told(number + x), told(x - number), told(number - x), told(x * number), told(number * x)]
        found += [told(x / number), told(number / x), told(x**2), told(x == number), told(x != number), told(x > number)]
        found += [told(x >= number), told(x < number), told(x <= number), told(number < x), told(number >= x)]
    return [*found, told(abs(x)), told(-x), told(x.clip(-1, 2)), told(mx.nd.clip(x, 0, 4)), told(x % 2)]


@scenario("csr", "row_sparse")
def with_each_other(mx, stype):
    x, y = pair(mx, stype)
    found = [told(f(x, y)) for f in (mx.nd.elemwise_add, mx.nd.elemwise_sub, mx.nd.elemwise_mul)]
    found += [told(x + y), told(x - y), told(x * y), told(x == y), told(x < y), told(mx.nd.sparse.add(x, y))]
    found += [told(mx.nd.sparse.subtract(x, y)), told(mx.nd.sparse.multiply(x, y)), told(mx.nd.add_n(x, y, x)), told(mx.nd.maximum(x, y))]
    return found


@scenario("csr", "row_sparse")
def with_dense(mx, stype):
    x, _ = pair(mx, stype)
    d = mx.nd.array(OTHER + 10)
    found = [told(x + d), told(d + x), told(x - d), told(d - x), told(x * d), told(d * x), told(d / (x + 1)), told(x == d)]
    found += [told(mx.nd.elemwise_mul(x, d)), told(mx.nd.elemwise_mul(d, x)), told(mx.nd.elemwise_add(x, d)), told(mx.nd.add_n(x, d))]
    row, column = mx.nd.array([[1, 2, 3, 4]]), mx.nd.array([[1], [2], [3], [4], [5]])
    for other in (row, column):
        found += [
            told(mx.nd.broadcast_add(x, other)),
            told(x - other),
            told(mx.nd.sparse.add(x, other)),
            told(mx.nd.broadcast_maximum(x, other)),
        ]
    return [*found, told(mx.nd.where(x, d, d * 2)), told(mx.nd.sparse.where(x, d, d * 2))]


@scenario()
def csr_stretched(mx):
    x, _ = pair(mx, "csr")
    found = []
    for other in (mx.nd.array([[1, 2, 3, 4]]), mx.nd.array([[1], [2], [3], [4], [5]]), mx.nd.array([1, 2, 3, 4]), mx.nd.array([2])):
        found += [parts(mx.nd.broadcast_mul(x, other)), parts(mx.nd.broadcast_div(x, other))]
        found += [parts(x * other), parts(x / other), parts(mx.nd.sparse.multiply(x, other)), parts(mx.nd.sparse.divide(x, other))]
    return found


@scenario("csr", "row_sparse")
def in_place(mx, stype):
    x, y = pair(mx, stype)
    before = x
    x *= 2
    x /= 4
    if stype == "row_sparse":  # of CSR the reference reads freed memory
        x += y
        x -= y * 3
        x += 1
    return [told(x), x is before]


@scenario()
def dots(mx):
    c, e = pair(mx, "csr")
    r, _ = pair(mx, "row_sparse")
    d = mx.nd.array(np.arange(20).reshape(5, 4))
    dot = mx.nd.dot
    found = [told(dot(c, d.T)), told(dot(c, d, transpose_b=True)), parts(dot(c, d, transpose_a=True)), parts(dot(c, r, transpose_a=True))]
    found += [told(dot(c, r, transpose_b=True)), told(mx.nd.sparse.dot(c, d.T)), told(dot(c, e, transpose_b=True))]
    found += [told(dot(c, d, transpose_a=True, forward_stype="default")), parts(dot(c, d, transpose_a=True, forward_stype="row_sparse"))]
    found += [told(dot(d.T, c)), told(dot(d.T, c, forward_stype="default")), told(dot(d, c, transpose_b=True)), told(dot(r, d.T))]
    none = mx.nd.sparse.zeros("csr", (5, 4))
    return [*found, told(dot(none, d.T)), parts(dot(none, d, transpose_a=True))]


@scenario("csr", "row_sparse")
def reduced(mx, stype):
    x, _ = pair(mx, stype)
    found = [told(x.sum()), told(x.mean()), told(x.norm()), told(mx.nd.sum(x)), told(mx.nd.sparse.norm(x))]
    for axis in (0, 1, (0, 1)):
        found += [told(mx.nd.sum(x, axis=axis)), told(x.mean(axis=axis)), told(mx.nd.sum(x, axis=axis, keepdims=True))]
    found += [told(mx.nd.norm(x, axis=0)), told(x.norm(axis=1)), told(mx.nd.norm(x, ord=1)), told(mx.nd.max(x, axis=1))]
    return found


@scenario()
def rows_taken(mx):
    c, _ = pair(mx, "csr")
    r, _ = pair(mx, "row_sparse")
    at = mx.nd.array([4, 0, 0, 2])
    found = [parts(mx.nd.take(c, at)), parts(c.take(at)), parts(mx.nd.take(c, mx.nd.array([7, -1]))), told(mx.nd.take(r, at))]
    found += [parts(mx.nd.take(c, mx.nd.array([7, -1]), mode="wrap")), told(mx.nd.take(c, mx.nd.array([0, 2]), axis=1))]
    found += [parts(mx.nd.sparse.retain(r, mx.nd.array(rows))) for rows in ([0, 1], [0, 2, 4], [2], [1, 3])]
    found += [parts(mx.nd.sparse.retain(r, mx.nd.array([0, 4], dtype="int64")))]
    return [*found, told(mx.nd.Embedding(at, r, input_dim=5, output_dim=4)), told(mx.nd.sparse.Embedding(at, r, input_dim=5, output_dim=4))]


@scenario()
def joined(mx):
    c, e = pair(mx, "csr")
    r, s = pair(mx, "row_sparse")
    found = [parts(mx.nd.concat(c, e, dim=0)), parts(mx.nd.sparse.concat(c, c, e, dim=0)), parts(mx.nd.concat(c, dim=0))]
    return [*found, told(mx.nd.concat(c, e, dim=1)), told(mx.nd.concat(r, s, dim=0)), told(mx.nd.stack(c, e)), parts(mx.nd.add_n(r, s, r))]


@scenario()
def cast_and_counted(mx):
    d = mx.nd.array(PLAIN)
    found = [parts(mx.nd.cast_storage(d, stype)) for stype in ("csr", "row_sparse", "default")]
    found += [parts(mx.nd.cast_storage(x, "default")) for x in (d.tostype("csr"), d.tostype("row_sparse"))]
    stored_zero = mx.nd.sparse.csr_matrix(([1.0, 0.0], [1, 0], [0, 1, 2]), shape=(2, 2))
    found += [mx.nd.contrib.getnnz(d.tostype("csr")), mx.nd.contrib.getnnz(d.tostype("csr"), axis=1), mx.nd.contrib.getnnz(stored_zero)]
    found += [parts(stored_zero * 2), parts(stored_zero.tostype("default").tostype("csr")), parts(stored_zero.copy())]
    found += [
        parts(mx.nd.contrib.quadratic(d.tostype("csr"), a=1, b=2, c=0)),
        told(mx.nd.contrib.quadratic(d.tostype("csr"), a=1, b=2, c=3)),
    ]
    r = d.tostype("row_sparse")
    square_sum = mx.nd._internal._square_sum
    return [*found, square_sum(r, axis=1), parts(square_sum(r, axis=1, keepdims=True)), square_sum(r, axis=0)]


@scenario("csr", "row_sparse")
def copied(mx, stype):
    x, y = pair(mx, stype)
    found = [parts(x.copyto(mx.nd.zeros((5, 4), stype=stype))), told(x.copyto(mx.nd.ones((5, 4)))), parts(x.copyto(mx.cpu(1)))]
    found += [parts(mx.nd.array(PLAIN).copyto(mx.nd.zeros((5, 4), stype=stype)))]
    z = mx.nd.zeros((5, 4), stype=stype)
    for value in (x, mx.nd.array(OTHER), PLAIN.astype("f8")):
        z[:] = value
        found.append(parts(z))
    x[:] = y
    y[:] = mx.nd.zeros((5, 4))
    return [*found, parts(x), parts(y), told(mx.nd.exp(x, out=mx.nd.zeros((5, 4))))]


@scenario()
def rows_filled(mx):
    x, _ = pair(mx, "row_sparse")
    x[:] = 3
    return parts(x)


@scenario("csr", "row_sparse")
def pickled_and_saved(mx, stype):
    x, y = pair(mx, stype)
    found = [parts(pickle.loads(pickle.dumps(x)))]
    mx.nd.waitall()
    with tempfile.TemporaryDirectory() as folder:
        for content in ([x, y], [x], {"a": x, "b": mx.nd.array(PLAIN)}, x):
            mx.nd.save(folder + "/x", content)
            loaded = mx.nd.load(folder + "/x")
            found += [parts(z) for z in (loaded.values() if isinstance(loaded, dict) else loaded)]
            with open(folder + "/x", "rb") as file:
                found.append(type(mx.nd.load_frombuffer(file.read())).__name__)
    return found


UPDATES = {
    "sgd": ("sgd_update", 0, {}),
    "sgd eager": ("sgd_update", 0, {"lazy_update": False}),
    "sgd clipped": ("sgd_update", 0, {"clip_gradient": 1.0, "rescale_grad": 0.5}),
    "momentum": ("sgd_mom_update", 1, {"momentum": 0.9}),
    "momentum eager": ("sgd_mom_update", 1, {"momentum": 0.9, "lazy_update": False}),
    "adam": ("adam_update", 2, {}),
    "adam eager": ("adam_update", 2, {"lazy_update": False}),
    "ftrl": ("ftrl_update", 2, {}),
    "sign": ("signsgd_update", 0, {}),
    "rmsprop": ("rmsprop_update", 1, {}),
}


@scenario(*UPDATES)
def updated(mx, name):
    update, states, words = UPDATES[name]
    found = []
    for stype in ("default", "row_sparse"):
        if stype == "row_sparse" and update in ("signsgd_update", "rmsprop_update"):
            continue
        weight = mx.nd.ones((5, 4)).tostype(stype)
        kept = [(mx.nd.ones((5, 4)) * 2).tostype(stype) for _ in range(states)]
        for _ in range(2):
            grad, _ = pair(mx, "row_sparse")
            getattr(mx.nd, update)(weight, grad, *kept, out=weight, lr=0.1, wd=0.01, **words)
        found += [told(weight), *[told(x) for x in kept]]
    return found


@scenario()
def adagrad(mx):
    weight, history = mx.nd.ones((5, 4)).tostype("row_sparse"), mx.nd.zeros((5, 4)).tostype("row_sparse")
    for _ in range(2):
        grad, _ = pair(mx, "row_sparse")
        mx.nd.sparse.adagrad_update(weight, grad, history, out=weight, lr=0.1)
    return [told(weight), told(history)]


@scenario()
def fed_to_layers(mx):
    c, _ = pair(mx, "csr")
    r, _ = pair(mx, "row_sparse")
    found = [
        told(mx.nd.FullyConnected(c, r, num_hidden=5, no_bias=True)),
        told(mx.nd.FullyConnected(c, mx.nd.ones((2, 4)), mx.nd.ones((2,)), num_hidden=2)),
    ]
    found += [told(mx.nd.LinearRegressionOutput(c, mx.nd.array(PLAIN))), told(mx.nd.softmax(c)), told(c.T), told(c.expand_dims(0))]
    return [*found, told(c.broadcast_to((5, 4))), told(mx.nd.L2Normalization(r)), told(mx.nd.one_hot(mx.nd.array([1, 0]), 3))]


@scenario()
def scipy_and_back(mx):
    x, _ = pair(mx, "csr")
    matrix = x.asscipy()
    found = [type(matrix).__name__, matrix.toarray(), matrix.dtype.name, parts(mx.nd.sparse.array(matrix)), parts(mx.nd.array(matrix))]
    return [
        *found,
        parts(mx.nd.sparse.csr_matrix(matrix)),
        parts(mx.nd.sparse.csr_matrix(matrix.astype("f8"))),
        parts(mx.nd.sparse.csr_matrix(matrix, dtype="int32")),
    ]


@scenario()
def scattered(mx):
    c, _ = pair(mx, "csr")
    r, _ = pair(mx, "row_sparse")
    d, internal = mx.nd.array(OTHER + 10), mx.nd._internal
    found = [parts(internal._scatter_plus_scalar(r, scalar=1)), parts(internal._scatter_minus_scalar(c, scalar=1))]
    return [
        *found,
        parts(internal._scatter_elemwise_div(r, d)),
        parts(internal._plus_scalar(r, scalar=0)),
        told(internal._plus_scalar(r, scalar=1)),
    ]


@scenario()
def written_to_out(mx):
    c, e = pair(mx, "csr")
    r, s = pair(mx, "row_sparse")
    d = mx.nd.array(np.arange(20).reshape(5, 4))
    none = {stype: (lambda stype=stype: mx.nd.zeros((5, 4), stype=stype)) for stype in ("csr", "row_sparse", "default")}
    found = [told(mx.nd.elemwise_add(r, s, out=none["row_sparse"]())), told(mx.nd.elemwise_add(c, e, out=none["default"]()))]
    found += [told(mx.nd.square(c, out=none["default"]())), told(mx.nd.dot(c, d.T, out=mx.nd.zeros((5, 5))))]
    found += [told(mx.nd.sparse.retain(r, mx.nd.array([0]), out=none["row_sparse"]()))]
    found += [told(mx.nd.dot(c, d, transpose_a=True, out=mx.nd.zeros((4, 4), stype="row_sparse")))]
    out = none["row_sparse"]()
    found += [mx.nd.elemwise_add(r, s, out=out) is out, told(out), told(mx.nd._internal._set_value(src=2.0, out=out))]
    return [
        *found,
        told(mx.nd.broadcast_add(d, d, out=none["csr"]())),
        told(mx.nd.elemwise_mul(lhs=c, rhs=d)),
        told(mx.nd.dot(lhs=c, rhs=d.T)),
    ]
