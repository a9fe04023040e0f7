"""Memory: gradients of weights free what only they read; a budget, or MXNET_BACKWARD_DO_MIRROR, trades time for it."""

from __future__ import annotations

import logging

import numpy as np
import pytest

import symbolic as mx


@pytest.fixture
def budget():
    yield mx.set_memory_budget
    mx.set_memory_budget(None)


def deep(layers=12, width=64):
    x = mx.sym.Variable("x")
    for n in range(layers):
        x = mx.sym.relu(mx.sym.FullyConnected(x, num_hidden=width, name=f"fc{n}"))
    return x


def branched():
    x = mx.sym.Variable("x")
    for n in range(4):
        y = mx.sym.Convolution(x, kernel=(3, 3), pad=(1, 1), num_filter=3, name=f"conv{n}")
        y = mx.sym.BatchNorm(y, fix_gamma=False, name=f"norm{n}")
        x = mx.sym.Activation(y, act_type="tanh") + x * 0.5
        if n == 2:
            x = mx.sym.Dropout(x, p=0.5, name="drop")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=5, name="fc"), name="softmax")


def gradients(symbol, runs=1, **shapes):
    """Train some steps; return what was computed, and the bytes it took."""
    mx.random.seed(3)
    bound = symbol.simple_bind(mx.cpu(), grad_req="write", **shapes)
    rs = np.random.RandomState(0)
    for array in bound.arg_arrays:
        array[:] = rs.uniform(-0.3, 0.3, array.shape)
    for array in bound.aux_arrays:
        array[:] = 1
    for _ in range(runs):
        bound.forward(is_train=True)
        bound.backward([mx.nd.ones(output.shape) for output in bound.outputs])
        bound.backward([mx.nd.ones(output.shape) for output in bound.outputs])
    found = [array.asnumpy() for array in (*bound.outputs, *bound.grad_arrays, *bound.aux_arrays)]
    return found, bound.planned_bytes


def test_gradients_of_weights_free_what_they_read():
    _, needed = gradients(deep(50, 64), x=(256, 64))
    activation = 256 * 64 * 4
    assert needed < 53.5 * activation  # one for each layer, and two for the gradients on their way down


@pytest.mark.parametrize("executor", ["numpy", "reference"])
def test_gradients_lie_where_head_gradients_were_copied(executor):
    """The user's own are not touched, and serve for every backward run, and for who looks afterwards."""
    x = mx.sym.Variable("x")
    symbol = mx.sym.exp(mx.sym.sin(x, name="sin"), name="exp")
    exe = symbol.simple_bind(mx.cpu(), x=(512, 64), executor=executor)
    exe.arg_dict["x"][:] = 0.5
    head = mx.nd.array(np.random.default_rng(0).standard_normal((512, 64)))
    before = head.asnumpy()
    wanted = before * np.exp(np.sin(np.float32(0.5))) * np.cos(np.float32(0.5))
    exe.forward(is_train=True)
    if executor == "numpy":
        assert exe.planned_bytes <= head._data.nbytes  # the sine; the rest lies in arrays of the user, and in the copy
    for _ in range(2):
        exe.backward(head)
        np.testing.assert_array_equal(head.asnumpy(), before)
        np.testing.assert_allclose(exe.grad_dict["x"].asnumpy(), wanted, rtol=1e-5)
    sent = {node.name: parts[0] for node, parts in exe.gradients_by_node().items()}
    np.testing.assert_allclose(sent["sin"], wanted, rtol=1e-5)
    noted = {}
    exe.set_monitor_callback(lambda name, array: noted.update({name: array.asnumpy()}))
    exe.backward(head)
    np.testing.assert_allclose(noted["sin_backward_output"], wanted, rtol=1e-5)


@pytest.mark.parametrize(("symbol", "shapes"), [(deep(), {"x": (512, 64)}), (branched(), {"x": (16, 3, 64, 64)})])
def test_a_budget_changes_bytes_and_no_bit(budget, symbol, shapes):
    wanted, most = gradients(symbol, 2, **shapes)
    budget(1)
    found, least = gradients(symbol, 2, **shapes)
    assert least < most
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_long_chain_needs_the_root_of_its_length(budget):
    activation = 256 * 64 * 4
    budget(20 * activation)
    _, needed = gradients(deep(50, 64), x=(256, 64))
    assert needed <= 20 * activation


def test_a_budget_that_suffices_changes_nothing(budget):
    _, most = gradients(deep(), x=(512, 64))
    budget(10 * most)
    assert gradients(deep(), x=(512, 64))[1] == most


def test_a_budget_that_cannot_be_met_is_told(budget, caplog):
    budget(1)
    with caplog.at_level(logging.WARNING, "symbolic"):
        gradients(deep(), x=(512, 64))
    assert "more than the budget of 1" in caplog.text


def test_the_environment_asks_for_mirrors(monkeypatch):
    """Cheap operators are computed again, products are not; the attribute decides otherwise for one node."""
    symbol = mx.sym.Variable("x")
    for _ in range(2):
        symbol = mx.sym.tanh(mx.sym.exp(mx.sym.sin(mx.sym.FullyConnected(symbol, num_hidden=64))))
    wanted, most = gradients(symbol, x=(512, 64))
    monkeypatch.setenv("MXNET_BACKWARD_DO_MIRROR", "1")
    found, less = gradients(symbol, x=(512, 64))
    assert less < most
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_budget_must_be_a_number_of_bytes():
    for wrong in (0, -5, 1.5, "1", True):
        with pytest.raises(mx.MXNetError, match="above zero"):
            mx.set_memory_budget(wrong)


@pytest.mark.parametrize("executor", ["numpy", "reference"])
def test_states_that_take_over_each_others_values(executor):
    """All at once: every state gets what the others were before the run."""
    a, b, c = (mx.sym.Variable(name) for name in "abc")
    symbol = mx.sym._internal._rewrite(a, b, c, mx.sym.identity(b), a, b * 2 + c, num_arrays=3)
    states = {name: mx.nd.ones((3,)) * value for name, value in zip("abc", (1, 2, 5), strict=True)}
    bound = symbol.bind(mx.cpu(), {}, aux_states=states, grad_req="null", executor=executor)
    for wanted in ([2, 1, 9], [1, 2, 11], [2, 1, 15]):
        bound.forward(is_train=True)
        assert [states[name].asnumpy()[0] for name in "abc"] == wanted
