"""What a monitor sees of the backward pass: the same on every executor, and the gradients that it should be."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

EXECUTORS = ("numpy", "reference")


def net():
    x = mx.sym.Variable("data")
    x = mx.sym.Convolution(mx.sym.Reshape(x, shape=(0, 1, 2, 3), name="r"), num_filter=2, kernel=(1, 2), name="conv")
    x = mx.sym.BatchNorm(x, fix_gamma=False, name="bn")
    x = mx.sym.LayerNorm(mx.sym.Flatten(x, name="flat"), mx.sym.Variable("ln_gamma"), mx.sym.Variable("ln_beta"), name="ln")
    y = mx.sym.softsign(x, name="soft")
    x = mx.sym.broadcast_mul(x, y, name="times") + mx.sym.smooth_l1(y, scalar=1.0, name="smooth")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=3, name="fc"), name="softmax")


def seen(executor, steps=1):
    with mx.name.NameManager():
        bound = net().simple_bind(mx.cpu(), data=(4, 6), executor=executor)
    random = np.random.RandomState(0)
    for name, array in bound.arg_dict.items():
        array[:] = random.randint(0, 3, array.shape) if name == "softmax_label" else random.uniform(-1, 1, array.shape)
    found = {}
    bound.set_monitor_callback(lambda name, array: found.setdefault(name, array.asnumpy()))
    for _ in range(steps):
        bound.forward(is_train=True)
        bound.backward()
    return bound, found


def test_executors_send_the_same():
    (_, one), (_, other) = (seen(executor) for executor in EXECUTORS)
    assert list(one) == list(other)
    for name, value in one.items():
        np.testing.assert_allclose(other[name], value, 1e-4, 1e-5, err_msg=name)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_what_is_sent_to_weights_are_their_gradients(executor):
    bound, found = seen(executor)
    for name, sent in {
        "conv_weight": "conv_backward_output1",
        "conv_bias": "conv_backward_output2",
        "bn_gamma": "bn_backward_output1",
        "ln_gamma": "ln_backward_output1",
        "ln_beta": "ln_backward_output2",
        "fc_weight": "fc_backward_output1",
        "data": "r_backward_output",
    }.items():
        np.testing.assert_allclose(found[sent], bound.grad_dict[name].asnumpy(), 1e-5, 1e-6, err_msg=name)
    assert found["soft_backward_output"].shape == found["ln_output"].shape
    assert not any(name.startswith("_plus") and "backward" in name for name in found)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_watching_changes_nothing(executor):
    bound, _ = seen(executor, steps=2)
    plain, _ = seen(executor, steps=0)
    plain.set_monitor_callback(None)
    for _ in range(2):
        plain.forward(is_train=True)
        plain.backward()
    for kind in ("grad_dict", "aux_dict", "output_dict"):
        for name, value in getattr(plain, kind).items():
            np.testing.assert_array_equal(getattr(bound, kind)[name].asnumpy(), value.asnumpy(), name)


def test_a_monitor_of_several_modules_takes_them_in_turn():
    monitor = mx.mon.Monitor(1, pattern=".*weight")
    for number in range(2):
        symbol = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name=f"fc{number}")
        module = mx.mod.Module(symbol, label_names=None)
        module.bind([("data", (1, 2))])
        module.init_params()
        module.install_monitor(monitor)
    monitor.tic()
    assert [name for _, name, _ in monitor.toc()] == ["fc0_weight", "fc1_weight"]
    assert monitor.toc() == []


def test_what_is_printed(caplog):
    caplog.set_level("INFO")
    monitor = mx.mon.Monitor(1, pattern="data")
    module = mx.mod.Module(mx.sym.Variable("data") * 2, label_names=None)
    module.bind([("data", (1, 2))])
    module.init_params()
    module.install_monitor(monitor)
    monitor.tic()
    module.forward(mx.io.DataBatch([mx.nd.ones((1, 2))]))
    monitor.toc_print()
    assert caplog.messages[-1].split() == ["Batch:", "1", "data", "1.0"]
