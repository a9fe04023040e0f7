"""Values by name: those of the last run, and looking at them changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from tests.debug.networks import EXECUTORS, chain, filled, loop, training_net


def snapshot(bound):
    arrays = [*bound.outputs, *bound.aux_arrays, *[array for array in bound.grad_arrays if array is not None]]
    return [array.asnumpy() for array in arrays]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_value_is_that_of_the_last_run_draws_included(executor):
    mx.random.seed(3)
    bound = filled(training_net(), executor, data=(4, 6))
    for step in range(3):
        bound.forward(is_train=True)
        if step == 1:
            bound.backward()
    dropped = bound.value("drop_output").asnumpy()
    assert (dropped == 0).any()
    scores = dropped @ bound.arg_dict["fc2_weight"].asnumpy().T + bound.arg_dict["fc2_bias"].asnumpy()
    powers = np.exp(scores - scores.max(1, keepdims=True))
    np.testing.assert_allclose(bound.outputs[0].asnumpy(), powers / powers.sum(1, keepdims=True), 1e-5, 1e-6)
    np.testing.assert_array_equal(bound.value("drop_output").asnumpy(), dropped)
    np.testing.assert_allclose(bound.value("drop_mask").asnumpy() * bound.value("relu_output").asnumpy(), dropped, 1e-6)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("net", [training_net, loop], ids=["dropout", "loop"])
def test_looking_changes_nothing(executor, net):
    shapes = {"data": (4, 6)} if net is training_net else {"rows": (5, 4), "start": (4,)}
    symbol = net()
    found = []
    for looks in (False, True):
        mx.random.seed(7)
        bound = filled(symbol, executor, **shapes)
        for _ in range(2):
            bound.forward(is_train=True)
            if looks:
                before = snapshot(bound)
                bound.values("*")
                for one, other in zip(before, snapshot(bound), strict=True):
                    np.testing.assert_array_equal(one, other)
            bound.backward(None if net is training_net else [mx.nd.ones((5, 4))])
        found.append(snapshot(bound))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_monitor_that_comes_late_sees_what_was_drawn():
    bound = filled(training_net(), data=(4, 6))
    bound.forward(is_train=True)
    seen = {}
    bound.set_monitor_callback(lambda name, array: seen.update({name: array.asnumpy()}))
    bound.forward(is_train=True)
    np.testing.assert_array_equal(seen["softmax_output"], bound.outputs[0].asnumpy())


def test_the_seed_may_be_set_between_run_and_look():
    bound = filled(training_net(), data=(4, 6))
    bound.forward(is_train=True)
    mx.random.seed(11)
    before = bound.value("fc2_output").asnumpy()
    scores = np.exp(before - before.max(1, keepdims=True))
    np.testing.assert_allclose(bound.outputs[0].asnumpy(), scores / scores.sum(1, keepdims=True), 1e-5)


def test_inputs_outputs_hidden_ones_and_patterns():
    bound = filled(training_net(), data=(4, 6))
    bound.forward(is_train=True)
    np.testing.assert_array_equal(bound.value("data").asnumpy(), bound.arg_dict["data"].asnumpy())
    np.testing.assert_array_equal(bound.value("softmax_output").asnumpy(), bound.outputs[0].asnumpy())
    np.testing.assert_allclose(bound.value("bn_mean").asnumpy(), bound.value("fc1_output").asnumpy().mean(0), 1e-5, 1e-6)
    assert list(bound.values("fc*_output")) == ["fc1_output", "fc2_output"]
    assert list(bound.values()) == [
        *("data", "fc1_weight", "fc1_bias", "fc1_output", "bn_gamma", "bn_beta", "bn_moving_mean", "bn_moving_var"),
        *("bn_output", "bn_mean", "bn_var", "relu_output", "drop_output", "drop_mask"),
        *("fc2_weight", "fc2_bias", "fc2_output", "softmax_label", "softmax_output"),
    ]
    symbol = bound._symbol.get_internals()["relu_output"]
    np.testing.assert_array_equal(bound.value(symbol).asnumpy(), bound.value("relu_output").asnumpy())


def test_repeated_names_are_counted():
    x = mx.sym.Variable("x")
    bound = filled(mx.sym.exp(mx.sym.sin(x, name="twin"), name="twin"), x=(3,))
    bound.forward()
    x = bound.arg_dict["x"].asnumpy()
    np.testing.assert_allclose(bound.value("twin_output").asnumpy(), np.sin(x), 1e-6)
    np.testing.assert_allclose(bound.value("twin_output #2").asnumpy(), np.exp(np.sin(x)), 1e-6)


def test_what_is_asked_wrongly():
    bound = filled(training_net(), data=(4, 6))
    with pytest.raises(mx.base.NotReady, match="first run"):
        bound.value("fc1_output")
    bound.forward()
    with pytest.raises(mx.base.UnknownName, match=r"fc1_ouput.*fc1_output"):
        bound.value("fc1_ouput")
    with pytest.raises(mx.base.UnknownName, match="values of node 'fc1' are fc1_output"):
        bound.value("fc1")
    with pytest.raises(mx.base.UnknownName, match="takes patterns"):
        bound.value("fc*")
    with pytest.raises(mx.base.UnknownName, match="no value matches 'conv"):
        bound.values("conv*")
    with pytest.raises(mx.base.ArgumentError, match="Symbol"):
        bound.value(3)
    with pytest.raises(mx.base.UnknownName, match="no part of the graph"):
        bound.value(mx.sym.Variable("data"))


@pytest.mark.parametrize("executor", EXECUTORS)
def test_states_that_the_run_rewrites(executor):
    weight, grad, n = (mx.sym.Variable(name) for name in ("weight", "grad", "n"))
    step = mx.sym.rmsprop_update(weight, grad, n, lr=0.1, gamma1=0.9, name="step")
    bound = filled(mx.sym.exp(step, name="power"), executor, grad_req="null", weight=(3,))
    bound.aux_dict["n"][:] = 2
    bound.forward()
    with pytest.raises(mx.base.NotReady, match="remembered from now on"):
        bound.value("step_output")
    bound.forward()
    after = bound.aux_dict["n"].asnumpy()
    np.testing.assert_allclose(np.exp(bound.value("step_output").asnumpy()), bound.outputs[0].asnumpy(), 1e-6)
    np.testing.assert_array_equal(bound.aux_dict["n"].asnumpy(), after)


def test_changed_arguments_are_warned_of():
    bound = filled(training_net(), data=(4, 6))
    bound.aux_dict["bn_moving_var"][:] = 1
    bound.forward()
    bound.arg_dict["fc2_bias"][:] = [3, -3, 0]
    with pytest.warns(UserWarning, match="arguments have changed since the last run"):
        bound.value("fc2_output")


def test_empty_arrays_and_long_chains():
    with mx.np_shape():
        bound = filled(mx.sym.exp(mx.sym.sin(mx.sym.Variable("x"), name="s"), name="e"), x=(0, 3))
        bound.forward()
        assert bound.value("s_output").shape == (0, 3)
    bound = filled(chain(10_000), x=(2,), grad_req="null")
    bound.forward()
    value = bound.arg_dict["x"].asnumpy()
    for _ in range(101):
        value = np.sin(value)
    np.testing.assert_allclose(bound.value("n100_output").asnumpy(), value, 1e-5)
