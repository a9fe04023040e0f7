"""Small arrays: calls of NumPy take as long as what they compute, so each is the one that asks the least."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import symbolic as mx
from executors.numpy.blas import product
from executors.numpy.kernels.nn.fully_connected import REPEATED


def dense(rows, features, hidden, dtype):
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=hidden, name="fc")
    exe = net.simple_bind(mx.cpu(), x=(rows, features), grad_req="null", type_dict={"x": dtype}, executor="numpy")
    rs = np.random.RandomState(1)
    for array in exe.arg_arrays:
        array[:] = rs.normal(size=array.shape)
    return exe


def calls(exe):
    (program,) = exe._programs.values()
    return program.forward


def test_nothing_stretches_in_a_small_dense_layer():
    exe = dense(8, 8, 8, "float32")
    exe.forward()
    multiply, repeat, add = calls(exe)
    assert multiply.func is np.ndarray.dot
    assert repeat.func is np.ndarray.__setitem__
    assert add.func is np.add
    assert {array.shape for array in add.args} == {(8, 8)}


def test_a_row_is_added_to_a_row():
    exe = dense(1, 8, 8, "float32")
    exe.forward()
    assert {array.shape for array in calls(exe)[-1].args} == {(8,)}


def test_a_large_layer_takes_no_memory_for_its_bias():
    rows = REPEATED // 8
    small, large = dense(rows, 8, 8, "float32"), dense(rows + 1, 8, 8, "float32")
    for exe in (small, large):
        exe.forward()
    assert [len(calls(exe)) for exe in (small, large)] == [3, 2]
    assert large.planned_bytes < small.planned_bytes


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("rows", [1, 2, 70])
def test_the_bias_is_read_at_each_run(rows, dtype):
    exe = dense(rows, 5, 70, dtype)
    for factor in (1, -3):
        exe.arg_dict["fc_bias"][:] *= factor
        x, weight, bias = (array.asnumpy().astype("float64") for array in exe.arg_arrays)
        wanted = x @ weight.T + bias
        close = 1e-2 if dtype == "float16" else 1e-5
        np.testing.assert_allclose(exe.forward()[0].asnumpy(), wanted, rtol=close, atol=close)


LAYOUTS = {
    "rows": lambda draw, n, m: draw(n, m),
    "columns": lambda draw, n, m: draw(m, n).T,
    "every second": lambda draw, n, m: draw(n, 2 * m)[:, ::2],
    "wider rows": lambda draw, n, m: draw(n, m + 3)[:, :m],
}


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
@pytest.mark.parametrize("shape", [(8, 8, 8), (1, 9, 7), (33, 5, 1), (4, 0, 3), (0, 4, 3), (40, 40, 40), (64, 64, 64)])
def test_a_product_is_the_same_however_it_is_called(shape, dtype):
    n, k, m = shape
    rs = np.random.RandomState(2)
    draw = lambda *size: (rs.normal(size=size) * 9).astype(dtype)  # noqa: E731
    for left in LAYOUTS.values():
        for right in LAYOUTS.values():
            a, b = left(draw, n, k), right(draw, k, m)
            out = np.full((n, m), 7, dtype)
            product(a, b, out)()
            np.testing.assert_array_equal(out, np.matmul(a, b))


def test_a_product_of_what_does_not_lie_end_to_end_copies_nothing():
    a, b = np.ones((8, 16), "float32")[:, ::2], np.ones((8, 8), "float32")
    assert product(a, b, np.empty((8, 8), "float32")).func is np.matmul
    made = product(b, b.T, np.empty((8, 8), "float32"))
    assert isinstance(made, partial)
    assert made.func is np.ndarray.dot
