"""Gradients as graphs: against finite differences, twice, and where paths end."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx


def differences(symbol, values, name, h=1e-6):
    """Differentiate the sum of a symbol's outputs numerically, in float64."""
    base = values[name]
    slope = np.zeros_like(base)
    for index in np.ndindex(*base.shape):
        for sign in (1, -1):
            moved = base.copy()
            moved[index] += sign * h
            arrays = {n: mx.nd.array(v, dtype="float64") for n, v in {**values, name: moved}.items()}
            slope[index] += sign * sum(o.asnumpy().sum() for o in symbol.eval(mx.cpu(), **arrays)) / (2 * h)
    return slope


def check(symbol, twice=True, **values):
    rs = np.random.RandomState(0)
    values = {name: rs.uniform(0.5, 1.5, shape) for name, shape in values.items()}
    arrays = {name: mx.nd.array(value, dtype="float64") for name, value in values.items()}
    for name in values:
        first = symbol.gradient([name])
        used = {n: arrays[n] for n in first.list_arguments()}
        np.testing.assert_allclose(first.eval(mx.cpu(), **used)[0].asnumpy(), differences(symbol, values, name), rtol=1e-6, atol=1e-7)
        if twice:
            second = first.gradient([name])
            wanted = differences(first, {n: values[n] for n in first.list_arguments()}, name)
            used = {n: arrays[n] for n in second.list_arguments()}
            np.testing.assert_allclose(second.eval(mx.cpu(), **used)[0].asnumpy(), wanted, rtol=1e-5, atol=1e-6)


x, y, w = (mx.sym.Variable(name) for name in "xyw")


@pytest.mark.parametrize(
    ("symbol", "shapes"),
    [
        (mx.sym.tanh(x) * x + mx.sym.exp(x), {"x": (3,)}),
        (mx.sym.broadcast_div(mx.sym.broadcast_mul(x, y), 1 + mx.sym.square(x).sum()), {"x": (2, 3), "y": (1, 3)}),
        (mx.sym.FullyConnected(mx.sym.tanh(x), w, num_hidden=2, no_bias=True), {"x": (2, 3), "w": (2, 3)}),
        (mx.sym.Convolution(x, w, kernel=(2, 2), num_filter=2, no_bias=True) ** 2, {"x": (1, 2, 4, 3), "w": (2, 2, 2, 2)}),
        (mx.sym.Deconvolution(x, w, kernel=(2, 2), stride=(2, 2), num_filter=2) ** 2, {"x": (1, 2, 2, 3), "w": (2, 2, 2, 2)}),
        (mx.sym.log_softmax(x * x, axis=-1), {"x": (2, 4)}),
        (mx.sym.softmax(x, axis=0) * y, {"x": (3, 2), "y": (3, 2)}),
        (mx.sym.dot(x, y, transpose_b=True) ** 3, {"x": (2, 3), "y": (4, 3)}),
        (mx.sym.Concat(x, y, dim=1) ** 2, {"x": (2, 3), "y": (2, 1)}),
        (mx.sym.transpose(mx.sym.slice(x * x * x, begin=(0, 1), end=(2, 3))), {"x": (3, 4)}),
        (mx.sym.norm(x, axis=1) * 2, {"x": (2, 3)}),
    ],
    ids=lambda value: value.name if isinstance(value, mx.Symbol) else "",
)
def test_gradients_and_their_gradients(symbol, shapes):
    check(symbol, **shapes)


def test_a_value_used_twice_gets_the_sum():
    gradient = (x * x * x).gradient("x")
    assert gradient.eval(x=mx.nd.array([2.0]))[0].asscalar() == 12


def test_paths_that_end():
    gradient = (mx.sym.BlockGrad(x) * y + mx.sym.sign(x)).gradient(["x", "y"])
    values = [value.asnumpy().tolist() for value in gradient.eval(x=mx.nd.array([3.0]), y=mx.nd.array([2.0]))]
    assert values == [[0], [3]]


def test_loss_heads_ignore_what_enters():
    label = mx.sym.Variable("label")
    gradient = mx.sym.SoftmaxOutput(x, label).gradient("x")
    found = gradient.eval(x=mx.nd.array([[0.0, 0.0]]), label=mx.nd.array([1.0]))[0].asnumpy()
    np.testing.assert_allclose(found, [[0.5, -0.5]])


def test_an_operator_without_gradient_names_itself():
    step = mx.sym.rmsprop_update(x, y, mx.sym.Variable("n"), lr=0.1, name="step")
    with pytest.raises(mx.base.GradientError, match=r"step \(rmsprop_update, made at .*test_gradient.py:\d+\)"):
        step.gradient("x")


def test_unknown_names_are_refused():
    with pytest.raises(mx.base.UnknownName, match=r"weigth.*weight"):
        (mx.sym.Variable("weight") * 2).gradient("weigth")


def test_the_number_of_paths_does_not_matter():
    doubled = x
    for _ in range(60):
        doubled = doubled + doubled
    gradient = doubled.gradient("x")
    assert len(gradient.graph.nodes) < 200
    assert gradient.eval(x=mx.nd.array([1.0]))[0].asscalar() == 2.0**60


def test_an_argument_that_a_body_leaves_out_has_a_zero_gradient():
    """``C`` has no part in ``A B + 0 C``: opened, the node does not read it."""
    a, b, c = (mx.sym.Variable(name) for name in "abc")
    found = mx.sym.linalg.gemm(a, b, c, beta=0.0).gradient(["a", "c"])
    values = {name: mx.nd.ones((2, 2)) for name in found.list_arguments()}
    assert [value.asnumpy().tolist() for value in found.eval(mx.cpu(), **values)] == [[[2.0, 2.0], [2.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]]]


def test_the_gradient_of_dropout_reads_its_mask_alone():
    for mode, values in (("training", {1.0}), ("always", {0.0, 2.0})):
        slope = mx.sym.Dropout(x, p=0.5, mode=mode).gradient(["x"])
        assert {*slope.eval(mx.cpu(), x=mx.nd.ones((100,)))[0].asnumpy().tolist()} == values
