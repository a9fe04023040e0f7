"""Steps that threads share: what they compute does not depend on the threads."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from executors.parallel import parallel
from symbolic.limits import set_num_threads


@pytest.fixture(autouse=True)
def threads():
    yield
    set_num_threads(None)


def bound(symbol, shapes, dtype="float32", executor="numpy"):
    rs = np.random.RandomState(0)
    names = symbol.list_arguments()
    found, _, _ = symbol.infer_shape(**shapes)
    args = {name: mx.nd.array(rs.randn(*shape), dtype=dtype) for name, shape in zip(names, found, strict=True)}
    grads = {name: mx.nd.zeros(shape, dtype=dtype) for name, shape in zip(names, found, strict=True)}
    return symbol.bind(mx.cpu(), args, grads, executor=executor)


def answers(exe, is_train=True):
    outputs = [array.asnumpy() for array in exe.forward(is_train=is_train)]
    if is_train:
        rs = np.random.RandomState(1)
        exe.backward([mx.nd.array(rs.randn(*output.shape), dtype=output.dtype) for output in outputs])
        outputs += [array.asnumpy() for array in exe.grad_arrays]
    return outputs


def convolution(shape, filters, kernel=(3, 3), **others):
    return mx.sym.Convolution(mx.sym.Variable("data"), kernel=kernel, num_filter=filters, **others), {"data": shape}


def pooling(shape, pool_type, **others):
    return mx.sym.Pooling(mx.sym.Variable("data"), kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type=pool_type, **others), {"data": shape}


def dense(rows, features, hidden):
    return mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=hidden), {"data": (rows, features)}


def batch_dot(shape, other):
    return mx.sym.batch_dot(mx.sym.Variable("a"), mx.sym.Variable("b")), {"a": shape, "b": other}


CASES = {
    "rows": convolution((2, 32, 40, 40), 32, pad=(1, 1)),
    "rows, strides": convolution((1, 3, 112, 112), 64, (7, 7), stride=(2, 2), pad=(3, 3)),
    "rows, dilated": convolution((2, 16, 50, 50), 32, pad=(2, 2), dilate=(2, 2)),
    "images": convolution((24, 64, 8, 8), 64, pad=(1, 1)),
    "channels": convolution((1, 256, 7, 7), 256, pad=(1, 1)),
    "channels, images": convolution((4, 128, 9, 9), 128, pad=(1, 1)),
    "channels, point": convolution((1, 1024, 7, 7), 512, (1, 1)),
    "channels, points": convolution((6, 512, 7, 7), 256, (1, 1)),
    "channels, points apart": convolution((2, 512, 14, 14), 256, (1, 1), stride=(2, 2)),
    "points": convolution((3, 128, 30, 30), 96, (1, 1)),
    "groups": convolution((2, 64, 40, 40), 64, pad=(1, 1), num_group=4),
    "groups, channels": convolution((2, 256, 12, 12), 256, pad=(1, 1), num_group=2),
    "one axis": convolution((4, 64, 700), 64, (5,), pad=(2,)),
    "volumes": convolution((2, 16, 12, 14, 16), 32, (3, 3, 3), pad=(1, 1, 1)),
    "channels last": convolution((2, 40, 40, 32), 32, pad=(1, 1), layout="NHWC"),
    "channels last, channels": convolution((2, 12, 12, 128), 128, pad=(1, 1), layout="NHWC"),
    "one channel": convolution((64, 1, 28, 28), 20, (5, 5)),
    "dense": dense(200, 400, 500),
    "dense, one row": dense(1, 5000, 4000),
    "batch_dot": batch_dot((12, 100, 150), (12, 150, 120)),
    "batch_dot, one": batch_dot((1, 300, 250), (1, 250, 320)),
    "max pooling": pooling((4, 64, 56, 56), "max"),
    "mean pooling": pooling((4, 64, 57, 57), "avg", pooling_convention="full"),
    "max pooling, channels last": pooling((4, 56, 56, 64), "max", layout="NHWC"),
    "softmax": (mx.sym.softmax(mx.sym.Variable("data")), {"data": (600, 700)}),
    "log_softmax": (mx.sym.log_softmax(mx.sym.Variable("data"), axis=1), {"data": (8, 40, 50, 30)}),
    "sum": (mx.sym.sum(mx.sym.Variable("data")), {"data": (600, 2000)}),
    "sum, first axis": (mx.sym.sum(mx.sym.Variable("data"), axis=0), {"data": (600, 2000)}),
    "sum, axes": (mx.sym.sum(mx.sym.Variable("data"), axis=(0, 2)), {"data": (60, 40, 600)}),
    "mean, last axis": (mx.sym.mean(mx.sym.Variable("data"), axis=2, keepdims=True), {"data": (60, 40, 600)}),
    "max, one axis stays, short": (mx.sym.max(mx.sym.Variable("data"), axis=(0, 2)), {"data": (700, 3, 600)}),
    "batch normalisation": (mx.sym.BatchNorm(mx.sym.Variable("data"), fix_gamma=False), {"data": (8, 64, 40, 40)}),
}


def built(symbol, shapes, dtype):
    if not symbol.list_auxiliary_states():
        return bound(symbol, shapes, dtype)
    exe = symbol.simple_bind(mx.cpu(), grad_req="write", **shapes)
    rs = np.random.RandomState(0)
    for array in (*exe.arg_arrays, *exe.aux_arrays):
        array[:] = rs.rand(*array.shape)
    return exe


SUMS = ("one row", "normalisation", "sum")  # of thousands of numbers: in float16 they say nothing


@pytest.mark.parametrize(
    ("case", "dtype"),
    [*[(case, "float32") for case in CASES], *[(case, "float16") for case in CASES if not any(word in case for word in SUMS)]],
)
def test_threads_agree(case, dtype):
    """The same to the bit, and as the reference executor has it."""
    symbol, shapes = CASES[case][0][0], CASES[case][1]
    found = []
    for count in (1, 2, 3):
        set_num_threads(count)
        found.append(answers(built(symbol, shapes, dtype)))
    for other in found[1:]:
        for one, array in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(array, one)
    if symbol.list_auxiliary_states():
        return
    tolerance = 2e-4 if dtype == "float32" else 5e-3
    for expected, array in zip(answers(bound(symbol, shapes, dtype, "reference")), found[0], strict=True):
        scale = np.abs(expected.astype("d")).max()
        np.testing.assert_allclose(array.astype("d") / scale, expected.astype("d") / scale, rtol=0, atol=tolerance)


def test_error_in_a_part_is_raised_when_all_are_done():
    done = []

    def fails():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        parallel([fails, lambda: done.append(1), lambda: done.append(2)])()
    assert sorted(done) == [1, 2]


def test_parallel_within_parallel():
    done = []
    inner = [parallel([lambda: done.append(1)] * 3) for _ in range(4)]
    parallel(inner)()
    assert len(done) == 12
