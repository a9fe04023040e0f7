"""Small arrays: calls of NumPy take as long as what they compute, so each is the one that asks the least."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import symbolic as mx
from executors.numpy import at_once
from executors.numpy.blas import product
from executors.numpy.kernels import loss
from executors.numpy.kernels.elemwise.unary import VECTORS, relu
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


def test_the_loss_of_few_classes_is_three_calls():
    net = mx.sym.SoftmaxOutput(mx.sym.Variable("x"), name="softmax")
    exe = net.simple_bind(mx.cpu(), x=(128, 10), grad_req={"x": "write", "softmax_label": "null"}, executor="numpy")
    exe.forward(is_train=True)
    exe.backward()
    (program,) = exe._programs.values()
    assert [call.func for call in program.backward] == [np.copyto, np.equal, np.subtract]


WORDS = [
    {},
    {"use_ignore": True, "ignore_label": 2},
    {"normalization": "valid", "ignore_label": 0},
    {"normalization": "valid", "use_ignore": True, "ignore_label": 1, "smooth_alpha": 0.1},
    {"normalization": "batch", "grad_scale": 0.3, "smooth_alpha": 0.2},
    {"out_grad": True},
]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("form", ["rows", "multi_output", "preserve_shape"])
@pytest.mark.parametrize("words", WORDS)
def test_the_loss_is_the_same_however_classes_are_found(words, form, dtype, monkeypatch):
    shape = {"rows": (6, 5), "multi_output": (3, 5, 2, 4), "preserve_shape": (3, 4, 5)}[form]
    labels = {"rows": (6,), "multi_output": (3, 8), "preserve_shape": (3, 4)}[form]
    rs = np.random.RandomState(3)
    values = {"x": rs.normal(size=shape) * 4, "label": rs.randint(-2, 7, labels) + rs.choice([0.0, 0.4], labels)}
    values["label"].flat[0] = np.nan
    head = mx.nd.array(rs.normal(size=shape), dtype=dtype)
    words = words if form == "rows" else {**words, form: True}
    net = mx.sym.SoftmaxOutput(mx.sym.Variable("x"), mx.sym.Variable("label"), **words)
    found = []
    for few in (loss.FEW_CLASSES, 0):
        monkeypatch.setattr(loss, "FEW_CLASSES", few)
        exe = net.simple_bind(mx.cpu(), x=shape, type_dict={"x": dtype}, executor="numpy")
        exe.forward(is_train=True, **values)
        exe.backward([head])
        found.append(exe.grad_dict["x"].asnumpy())
        (program,) = exe._programs.values()
        assert any(call.func is np.equal for call in program.backward) is (few > 0)
    np.testing.assert_array_equal(*found)


def test_the_larger_of_element_and_zero_is_of_two_arrays():
    rows = np.random.RandomState(4).normal(size=(9, VECTORS // 8)).astype("float32")
    rows[0, :5] = np.nan, -0.0, 0.0, np.inf, -np.inf
    whole = np.arange(rows.size, dtype="int32").reshape(rows.shape) - 100
    for data in (rows, rows[:, ::2], rows[:1], rows.astype("float16"), rows.astype("float64"), whole):
        out = np.empty_like(data)
        call = relu(data, out)
        if call.func is np.maximum:
            is_large = data.size >= VECTORS and data.flags.c_contiguous and data.dtype.kind == "f"
            assert call.args[1].shape == (data.shape if is_large else ())
        call()
        np.testing.assert_array_equal(out, np.maximum(data, np.zeros((), data.dtype)))
        np.testing.assert_array_equal(np.signbit(out.astype("d")), False)


def test_operators_at_once_share_working_memory():
    data = mx.nd.array(np.random.RandomState(5).normal(size=(30, 40)))
    first = mx.nd.softmax(data).asnumpy()
    scratch = at_once._room.scratch
    assert scratch is not None
    block = scratch.block
    np.testing.assert_array_equal(mx.nd.softmax(data).asnumpy(), first)
    assert at_once._room.scratch is scratch
    assert scratch.block is block
    mx.nd.softmax(mx.nd.ones((600, 400)), temperature=2)
    assert at_once._room.scratch is None


def test_working_memory_of_a_kernel_is_its_own_while_it_runs():
    scratches = []

    class Within(mx.operator.CustomOp):
        def forward(self, is_train, req, in_data, out_data, aux):
            scratches.append(at_once._room.scratch)
            self.assign(out_data[0], req[0], mx.nd.softmax(in_data[0]))

    @mx.operator.register("softmax_within")
    class WithinProp(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return Within()

    data = mx.nd.array(np.random.RandomState(6).normal(size=(30, 40)))
    wanted = mx.nd.softmax(data).asnumpy()
    np.testing.assert_array_equal(mx.nd.Custom(data, op_type="softmax_within").asnumpy(), wanted)
    assert scratches == [None]
