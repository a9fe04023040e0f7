"""Convolution by tiles of machine code: every stride, dilation, padding and shape gives what the products of matrices give."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

pytest.importorskip("numba", reason="the numba executor needs pip install 'symbind[numba]'")

from executors.numba import direct as planes
from executors.numba.direct import Plan, filters_of, is_direct
from executors.numba.tiles import TILES, convolve
from executors.numpy.kernels.nn.windows import Window

SHAPES = [  # data, filters, kernel, stride, dilate, pad, groups
    ((1, 3, 9, 10), 4, (3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((2, 5, 17, 23), 13, (3, 3), (1, 1), (1, 1), (0, 0), 1),
    ((3, 4, 12, 11), 8, (3, 2), (2, 3), (1, 1), (1, 0), 1),
    ((1, 3, 31, 30), 24, (7, 7), (2, 2), (1, 1), (3, 3), 1),
    ((2, 6, 14, 14), 12, (3, 3), (2, 2), (2, 2), (2, 2), 2),
    ((1, 8, 16, 16), 16, (1, 5), (1, 1), (1, 3), (0, 6), 2),
    ((2, 4, 16, 40), 9, (5, 1), (3, 1), (1, 1), (2, 0), 1),
    ((2, 3, 50), 7, (4,), (3,), (2,), (5,), 1),
    ((1, 2, 8, 9, 10), 5, (3, 2, 3), (1, 2, 1), (1, 1, 1), (1, 1, 1), 1),
    ((1, 2, 30, 30), 40, (3, 3), (4, 4), (1, 1), (9, 9), 1),  # whole planes of padding
    ((5, 64, 7, 7), 100, (3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((2, 24, 6, 8), 9, (1, 1), (1, 1), (1, 1), (0, 0), 1),  # windows of one element
    ((3, 1024, 4, 12), 14, (1, 1), (1, 1), (1, 1), (0, 0), 2),  # rows of weights that compete for the cache
    ((2, 8, 9, 17), 6, (1, 1), (2, 1), (1, 1), (0, 1), 1),
]


def bound(executor, dtype, shape, filters, kernel, stride, dilate, pad, groups, no_bias=False, grad_req="null"):
    symbol = mx.sym.Convolution(
        mx.sym.Variable("data"), num_filter=filters, kernel=kernel, stride=stride, dilate=dilate, pad=pad, num_group=groups,
        no_bias=no_bias, name="c",
    )  # fmt: skip
    exe = symbol.simple_bind(mx.cpu(), grad_req=grad_req, type_dict={"data": dtype}, executor=executor, data=shape)
    rng = np.random.default_rng(7)
    for array in exe.arg_arrays:
        array[:] = rng.standard_normal(array.shape)
    return exe


@pytest.fixture
def calls(monkeypatch):
    """The number of convolutions by tiles that are prepared."""
    made = []

    def counted(*args):
        made.append(args)
        return convolve(*args)

    monkeypatch.setattr(planes, "convolve", counted)
    return made


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", SHAPES, ids=str)
def test_as_by_products(case, dtype, calls):
    exe, other = (bound(executor, dtype, *case) for executor in ("numba", "numpy"))
    for _ in range(2):  # scratch that is used again
        got, expected = exe.forward()[0].asnumpy(), other.forward()[0].asnumpy()
        np.testing.assert_allclose(got, expected, rtol=1e-12 if dtype == "float64" else 2e-5, atol=1e-11 if dtype == "float64" else 1e-4)
    assert bool(calls) == by_tiles(exe, case)


def by_tiles(exe, case):
    weights = filters_of(exe.arg_dict["c_weight"]._data, case[6])
    return is_direct(Window(*case[2:6]), weights, exe.arg_dict["data"]._data, exe.outputs[0]._data)


def test_most_of_them_are_direct():
    assert sum(by_tiles(bound("numpy", "float32", *case), case) for case in SHAPES) >= 10


def gradients(executor, dtype, case):
    exe = bound(executor, dtype, *case, grad_req="write")
    for _ in range(2):
        output = exe.forward(is_train=True)[0]
        exe.backward(mx.nd.array(np.random.default_rng(3).standard_normal(output.shape), dtype=dtype))
    return [array.asnumpy() for array in exe.grad_arrays]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", SHAPES, ids=str)
def test_gradients_as_by_products(case, dtype, calls):
    found = gradients("numba", dtype, case)
    for got, expected in zip(found, gradients("numpy", dtype, case), strict=True):
        scale = np.abs(expected).max()
        np.testing.assert_allclose(got, expected, rtol=0, atol=scale * (1e-13 if dtype == "float64" else 1e-5))


@pytest.mark.parametrize(
    ("case", "forward_and_back"),
    [
        (SHAPES[1], 2),  # padding that is left over goes to the gradient's window
        (SHAPES[3], 1),  # strides leave holes, which patches fill
        (((1, 8, 20, 20), 8, (3, 3), (1, 1), (1, 1), (3, 3), 1), 1),  # more padding than the window reaches
    ],
    ids=["plain", "strided", "padded"],
)
def test_which_gradients_go_by_tiles(case, forward_and_back, calls):
    gradients("numba", "float32", case)
    assert len(calls) == forward_and_back


@pytest.mark.parametrize("filters", range(1, 26))
@pytest.mark.parametrize("positions", [1, 7, 16, 33, 48, 64, 100])
def test_tiles(filters, positions):
    """Every height of the last tile, every number of positions; nothing behind the last position is read or written."""
    rng = np.random.default_rng(filters)
    weight, bias = rng.standard_normal((filters, 6)).astype("f"), rng.standard_normal(filters).astype("f")
    x, reach = rng.standard_normal((2, 3, positions + 2)).astype("f"), np.array([0, 2], np.int64)
    y = np.full((2, filters, positions + 5), 9, np.float32)
    convolve(weight.reshape(filters, 3, 2), x, bias, y, reach, positions, 2)()
    expected = sum(np.einsum("fc,ncp->nfp", weight[:, t::2], x[:, :, 2 * t : 2 * t + positions]) for t in (0, 1)) + bias[:, None]
    np.testing.assert_allclose(y[..., :positions], expected, rtol=1e-5, atol=1e-5)
    assert (y[..., positions:] == 9).all()


@pytest.mark.parametrize("case", [SHAPES[0], SHAPES[3], SHAPES[10]], ids=str)
def test_the_same_bits_whatever_the_threads(case):
    results = []
    for threads in (1, 2, 5):
        mx.set_num_threads(threads)
        try:
            results.append(bound("numba", "float32", *case).forward()[0].asnumpy())
        finally:
            mx.set_num_threads(None)
    assert all((result == results[0]).all() for result in results)


def test_nan_and_infinity_stay_where_they_are_read():
    exe = bound("numba", "float32", (1, 3, 20, 20), 8, (3, 3), (1, 1), (1, 1), (1, 1), 1)
    data = exe.arg_dict["data"].asnumpy()
    data[0, 0, 0, 19], data[0, 1, 10, 0] = np.nan, np.inf
    found = np.isfinite(exe.forward(data=data)[0].asnumpy()[0])
    touched = np.zeros((20, 20), bool)
    touched[0:2, 18:] = touched[9:12, :2] = True
    assert (found == ~touched).all()


def test_large_batches_go_through_the_cache_in_parts(calls):
    case = ((40, 16, 40, 40), 16, (3, 3), (1, 1), (1, 1), (1, 1), 1)
    plan = Plan(Window(*case[2:6]), np.empty(case[0], "f"), np.empty((40, 16, 40, 40), "f"))
    assert plan.is_copied and plan.is_cut
    exe, other = (bound(executor, "float32", *case) for executor in ("numba", "numpy"))
    np.testing.assert_allclose(exe.forward()[0].asnumpy(), other.forward()[0].asnumpy(), rtol=2e-5, atol=1e-4)
    assert len(calls) > 1
    assert exe.planned_bytes < 3 * planes.CHUNK


def test_tiles_fit_the_registers():
    assert all(tile.filters * tile.vectors <= 24 for tile in TILES)
