"""Files under both readings of shapes, cached symbols, odd corners of what users' scripts do with arrays."""

from __future__ import annotations

import tempfile

import numpy as np

from tests.nd.packing import scenario


def saved_then_loaded(mx, saving, loading, shapes):
    with tempfile.TemporaryDirectory() as folder:
        with mx.util.np_shape(saving):
            arrays = [mx.nd.array(np.zeros(shape)) for shape in shapes]
            mx.nd.save(folder + "/x", arrays)
        with mx.util.np_shape(loading):
            return [x.shape for x in mx.nd.load(folder + "/x")]


FULL, EMPTY, SCALAR = [(2, 1), (3,)], [(2, 0, 1), (0,), (0, 4), (2, 1)], [(), (2,)]


# where saving and loading differ, the reference refuses; here all files are read
@scenario((False, False), (True, True))
def files_of_full(mx, saving, loading):
    return saved_then_loaded(mx, saving, loading, FULL)


@scenario((False, False), (True, True))
def files_of_empty(mx, saving, loading):
    return saved_then_loaded(mx, saving, loading, EMPTY)


@scenario((True, True))
def files_of_scalars(mx, saving, loading):
    return saved_then_loaded(mx, saving, loading, SCALAR)


@scenario()
def cached(mx):
    sym = mx.sym.Convolution(kernel=(3, 3), num_filter=2, name="conv") + 2
    op = mx.nd.CachedOp(sym)
    data, weight, bias = mx.nd.ones((2, 3, 5, 5)), mx.nd.ones((2, 3, 3, 3)) / 9, mx.nd.ones((2,))
    first = op(data, weight, bias)
    bias[:] = 2
    second = op(data, weight, bias)
    found = [first, second.copy()]
    second[:] = 0
    found += [op(data, weight, bias, out=second) is second, second, op(mx.nd.ones((1, 3, 4, 4)), weight, bias)]
    weight.attach_grad()
    bias.attach_grad()
    with mx.autograd.record():
        out = op(data, weight, bias + 1) * 2
    out.backward()
    a = mx.sym.var("a")
    pair = mx.nd.CachedOp(mx.sym.Group([mx.sym.exp(a), a * 2]))
    return [*found, weight.grad, bias.grad, pair(mx.nd.array([0, 1]))]


@scenario()
def normalised_in_training(mx):
    sym = mx.sym.BatchNorm(mx.sym.var("x"), fix_gamma=False, name="bn")
    op = mx.nd.CachedOp(sym)
    x = mx.nd.array(np.arange(12).reshape(4, 3))
    arrays = [mx.nd.ones((3,)), mx.nd.zeros((3,)), mx.nd.zeros((3,)), mx.nd.ones((3,))]
    quiet = op(x, *arrays)
    found = [quiet, *[a.copy() for a in arrays]]
    with mx.autograd.train_mode():
        loud = op(x, *arrays)
    return [*found, loud.asnumpy().round(3), *arrays]


@scenario()
def large_numbers(mx):
    a = mx.nd.zeros((4, 1), dtype="int32")
    a[1, 0], a[2, 0] = 16800001, 16800002
    b = mx.nd.zeros((1,), dtype="float32")
    value = np.array([47.844944], np.float32)
    b[0] = value
    c = mx.nd.zeros((1,))
    c[0] = value[0]
    d = mx.nd.zeros((2,), dtype="int64")
    d[:] = np.array([2**40, -(2**41)])
    return [a, b, c, d, mx.nd.array([2**31 - 1], dtype="int32"), mx.nd.full((1,), 2**40, dtype="int64")]


@scenario()
def row_copied(mx):
    a = np.random.randint(0, 10, (3, 4)).astype(np.float32)
    x = mx.nd.array(a)
    x[0] = x[1]
    x[:] = x * 2
    x[1:3] = x[0:2].copy()
    x[2, 1:3] = x[0, 0:2]
    return x


@scenario()
def order(mx):
    x = mx.nd.array(np.random.RandomState(3).permutation(24).reshape(2, 3, 4))
    found = []
    for axis in (0, 1, 2, -1, None):
        for ascending in (0, 1):
            found += [mx.nd.topk(x, axis=axis, k=2, is_ascend=ascending, ret_typ=kind) for kind in ("indices", "value", "mask")]
            found += [*mx.nd.topk(x, axis=axis, k=2, is_ascend=ascending, ret_typ="both"), mx.nd.sort(x, axis=axis, is_ascend=ascending)]
            found += [mx.nd.argsort(x, axis=axis, is_ascend=ascending), mx.nd.argsort(x, axis=axis, is_ascend=ascending, dtype="int32")]
    return [*found, mx.nd.topk(x, k=1, dtype="int64"), mx.nd.argmax(x, axis=1), mx.nd.argmin(x, axis=1, keepdims=True), x.argmax()]


@scenario()
def reduced(mx):
    x = mx.nd.array(np.random.RandomState(3).uniform(-1, 1, (2, 3, 4)))
    found = []
    for name in ("sum", "mean", "max", "min", "prod", "nansum", "nanprod"):
        f = getattr(mx.nd, name)
        found += [
            f(x),
            f(x, axis=1),
            f(x, axis=(0, 2)),
            f(x, axis=-1, keepdims=True),
            f(x, axis=0, exclude=True),
            f(x, 1),
            f(x, axis=[0, 1]),
        ]
    found += [
        mx.nd.norm(x),
        mx.nd.norm(x, ord=1, axis=1),
        mx.nd.norm(x, axis=(0, 1)),
        mx.nd.cumsum(x, axis=1) if hasattr(mx.nd, "cumsum") else None,
    ]
    return [*found, mx.nd.sum_axis(x, axis=1), mx.nd.max_axis(x, axis=0), mx.nd.broadcast_axes(mx.nd.ones((1, 2)), axis=0, size=3)]


@scenario()
def products(mx):
    a, b = mx.nd.array(np.arange(6).reshape(2, 3)), mx.nd.array(np.arange(12).reshape(3, 4))
    found = [
        mx.nd.dot(a, b),
        mx.nd.dot(a, a, transpose_b=True),
        mx.nd.dot(a, a, transpose_a=True),
        mx.nd.dot(a[0], a[1]),
        mx.nd.dot(a, b[:, 0]),
    ]
    return [*found, mx.nd.batch_dot(mx.nd.ones((2, 2, 3)), mx.nd.ones((2, 3, 1))), mx.nd.linalg.gemm2(a, b), mx.nd.khatri_rao(a, a)]


@scenario()
def comparisons_in_numpy(mx):
    x = mx.nd.array([1, 2, 3])
    found = [
        np.array_equal(x.asnumpy(), [1, 2, 3]),
        (x == x).asnumpy().all(),
        (x > 1).sum().asscalar(),
        (x != 2).dtype,
        (x == 2).astype("bool"),
    ]
    return [
        *found,
        x * np.float32(2),
        x + np.float64(1),
        np.float32(2) * x.asnumpy(),
        x.asnumpy() + 1,
        x / np.int32(2),
        x - True,
        x * False,
    ]


@scenario()
def clipped_and_picked(mx):
    x = mx.nd.array([[-3, 0.5], [2, 9]])
    found = [
        mx.nd.clip(x, -1, 1),
        mx.nd.clip(data=x, a_min=0, a_max=3),
        x.clip(0, 1),
        mx.nd.where(x > 0, x, x * 0),
        mx.nd.gather_nd(x, mx.nd.array([[0, 1], [1, 0]])),
    ]
    found += [
        mx.nd.scatter_nd(mx.nd.array([5, 6]), mx.nd.array([[0, 1], [1, 0]]), shape=(2, 2)),
        mx.nd.pick(x, mx.nd.array([0, 1]), axis=1, keepdims=True),
    ]
    return [
        *found,
        mx.nd.one_hot(mx.nd.array([1, 0, 1]), 2),
        mx.nd.Embedding(mx.nd.array([1, 0]), x, input_dim=2, output_dim=2),
        mx.nd.take(x, mx.nd.array([[0], [1]])),
    ]


@scenario()
def written_to_out(mx):
    x, out = mx.nd.array([1, 4, 9]), mx.nd.zeros((3,))
    found = [mx.nd.sqrt(x, out=out) is out, out.copy(), mx.nd.add(x, x).shape, mx.nd.elemwise_add(x, x, out=out) is out, out.copy()]
    found += [
        mx.nd.broadcast_add(x, x, out=out) is out,
        mx.nd.sum(x, out=mx.nd.zeros((1,))),
        mx.nd.concat(x, x, dim=0, out=mx.nd.zeros((6,))).shape,
    ]
    part = mx.nd.zeros((2, 3))
    mx.nd.square(x, out=part[1])
    sparse = mx.nd.zeros((3, 2), stype="csr")
    mx.nd.broadcast_add(mx.nd.ones((3, 2)), mx.nd.ones((3, 2)) * 2, out=sparse)
    return [*found, part, mx.nd.sqrt(x, out=x) is x, x, sparse.stype, sparse]
