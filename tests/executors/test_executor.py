"""The contract of an executor: what forward, backward, arrays and errors do, on every executor."""

from __future__ import annotations

import re
import threading

import numpy as np
import pytest

import symbolic as mx

EXECUTORS = pytest.mark.parametrize("executor", ["numpy", "reference"])


def dense(executor, **kwargs):
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2, name="fc")
    bound = net.simple_bind(mx.cpu(), x=(4, 3), executor=executor, **kwargs)
    rs = np.random.RandomState(0)
    for array in bound.arg_arrays:
        array[:] = rs.normal(size=array.shape)
    return bound


@EXECUTORS
def test_forward_takes_values_and_keeps_its_outputs(executor):
    bound = dense(executor)
    first = bound.forward()[0]
    before = first.asnumpy()
    second = bound.forward(x=np.ones((4, 3)))[0]
    assert second is first is bound.outputs[0]
    weight, bias = bound.arg_dict["fc_weight"].asnumpy(), bound.arg_dict["fc_bias"].asnumpy()
    np.testing.assert_allclose(second.asnumpy(), np.ones((4, 3)) @ weight.T + bias, rtol=1e-6)
    assert not np.allclose(before, second.asnumpy())
    assert bound.output_dict["fc_output"] is first


@EXECUTORS
def test_gradient_requests(executor):
    bound = dense(executor, grad_req={"x": "null", "fc_weight": "write", "fc_bias": "add"})
    assert bound.grad_dict["x"] is None
    bound.grad_dict["fc_bias"][:] = 100
    bound.grad_dict["fc_weight"][:] = 100
    bound.forward(is_train=True)
    bound.backward([mx.nd.ones((4, 2))])
    x = bound.arg_dict["x"].asnumpy()
    np.testing.assert_allclose(bound.grad_dict["fc_weight"].asnumpy(), np.ones((2, 4)) @ x, rtol=1e-6)
    np.testing.assert_allclose(bound.grad_dict["fc_bias"].asnumpy(), [104, 104])
    bound.backward([mx.nd.ones((4, 2))])  # once more, after the same forward
    np.testing.assert_allclose(bound.grad_dict["fc_weight"].asnumpy(), np.ones((2, 4)) @ x, rtol=1e-6)
    np.testing.assert_allclose(bound.grad_dict["fc_bias"].asnumpy(), [108, 108])


@EXECUTORS
def test_backward_after_an_inference_forward(executor):
    x = mx.sym.Variable("x")
    bound = mx.sym.exp(x).simple_bind(mx.cpu(), x=(3,), executor=executor)
    bound.forward(is_train=False, x=np.array([0.0, 1.0, 2.0]))
    bound.backward([mx.nd.array([1, 2, 3])])
    np.testing.assert_allclose(bound.grad_dict["x"].asnumpy(), np.exp([0, 1, 2]) * [1, 2, 3], rtol=1e-6)


@EXECUTORS
def test_head_gradients_are_asked_for_where_they_count(executor):
    x = mx.sym.Variable("x")
    loss = mx.sym.Group([mx.sym.MakeLoss(x * 2), mx.sym.BlockGrad(mx.sym.exp(x))]).simple_bind(mx.cpu(), x=(2,), executor=executor)
    loss.forward(is_train=True)
    loss.backward()
    np.testing.assert_array_equal(loss.grad_dict["x"].asnumpy(), [2, 2])
    plain = mx.sym.exp(x).simple_bind(mx.cpu(), x=(2,), executor=executor)
    plain.forward(is_train=True)
    with pytest.raises(mx.MXNetError, match=r"exp\d+_output.*is no loss"):
        plain.backward()


@EXECUTORS
def test_an_operator_without_gradient_is_refused_by_backward_only(executor):
    w, g, n = (mx.sym.Variable(name) for name in ("w", "g", "n"))
    bound = mx.sym.rmsprop_update(w, g, n, lr=0.1, name="step").simple_bind(mx.cpu(), w=(2,), executor=executor)
    bound.forward(is_train=True)
    with pytest.raises(mx.MXNetError, match=r"step \(rmsprop_update.*no gradient"):
        bound.backward([mx.nd.ones((2,))])


def updated(n, g):
    return 0.9 * n + 0.1 * g * g


@EXECUTORS
@pytest.mark.parametrize("is_train", [False, True])
def test_states_are_read_and_written_in_saved_order(executor, is_train):
    w, g, n = (mx.sym.Variable(name) for name in ("w", "g", "n"))
    before = mx.sym.square(n, name="before")
    first = mx.sym.rmsprop_update(w, g, n, lr=0.1, gamma1=0.9, epsilon=0, name="first")
    after = mx.sym.sqrt(n, name="after")
    second = mx.sym.rmsprop_update(w, g, n, lr=0.1, gamma1=0.9, epsilon=0, name="second")
    group = mx.sym.Group([before, first, after, second, n])
    assert group.list_arguments() == ["w", "g"]
    assert group.list_auxiliary_states() == ["n"]
    bound = group.bind(
        mx.cpu(), {"w": mx.nd.ones((1,)), "g": mx.nd.full((1,), 3.0)}, aux_states={"n": mx.nd.full((1,), 4.0)}, executor=executor
    )
    values = [output.asscalar() for output in bound.forward(is_train=is_train)]
    once, twice = updated(4.0, 3.0), updated(updated(4.0, 3.0), 3.0)
    np.testing.assert_allclose(values, [16, 1 - 0.3 / once**0.5, once**0.5, 1 - 0.3 / twice**0.5, twice], rtol=1e-6)
    assert bound.aux_dict["n"].asscalar() == pytest.approx(twice)
    assert bound.arg_dict["w"].asscalar() == 1


@EXECUTORS
def test_moving_statistics_are_written_by_backward_in_its_order(executor):
    x, g, b, m, v = (mx.sym.Variable(name) for name in ("x", "g", "b", "m", "v"))
    inner = mx.sym.BatchNorm(x, g, b, m, v, momentum=0.5, fix_gamma=False, name="inner")
    outer = mx.sym.BatchNorm(inner + 3, g, b, m, v, momentum=0.5, fix_gamma=False, name="outer")
    bound = outer.simple_bind(mx.cpu(), x=(4, 1), executor=executor)
    bound.arg_dict["x"][:] = np.array([[0.0], [2.0], [4.0], [6.0]])
    bound.arg_dict["g"][:] = 1
    bound.aux_dict["m"][:] = 5
    bound.forward(is_train=True)
    assert bound.aux_dict["m"].asscalar() == 5
    bound.backward([mx.nd.ones((4, 1))])
    # the outer one first: its batch has mean 3, that of the inner one 3
    assert bound.aux_dict["m"].asscalar() == pytest.approx(0.5 * (0.5 * 5 + 0.5 * 3) + 0.5 * 3)


@EXECUTORS
def test_gradients_may_read_a_state_from_before_its_update(executor):
    w, g, n = (mx.sym.Variable(name) for name in ("w", "g", "n"))
    read = w * mx.sym.square(n)  # its gradient needs n as it was
    group = mx.sym.Group([read, mx.sym.BlockGrad(mx.sym.sgd_mom_update(mx.sym.BlockGrad(w), mx.sym.BlockGrad(g), n, lr=1.0, momentum=0.5))])
    bound = group.simple_bind(mx.cpu(), w=(1,), executor=executor, grad_req={"w": "write", "g": "null"})
    bound.arg_dict["w"][:], bound.arg_dict["g"][:], bound.aux_dict["n"][:] = 2, 1, 3
    outputs = [o.asscalar() for o in bound.forward(is_train=True)]
    bound.backward([mx.nd.ones((1,)), mx.nd.ones((1,))])
    assert outputs == [18, 2 + 0.5]
    assert bound.grad_dict["w"].asscalar() == 9
    assert bound.aux_dict["n"].asscalar() == 0.5


@EXECUTORS
def test_heads_that_are_one_value_a_variable_or_a_view(executor):
    x = mx.sym.Variable("x")
    y = mx.sym.exp(x)
    bound = mx.sym.Group([y, y, x, mx.sym.reshape(x, shape=(1, -1)), mx.sym.reshape(y, shape=(-1, 1))]).simple_bind(
        mx.cpu(), x=(2,), executor=executor
    )
    outputs = bound.forward(x=np.array([0.0, 1.0]))
    e = np.exp([0, 1])
    for found, wanted in zip(outputs, [e, e, [0, 1], [[0, 1]], e[:, None]], strict=True):
        np.testing.assert_allclose(found.asnumpy(), wanted, rtol=1e-6)
    outputs[2][:] = 7
    outputs[3][:] = 8
    assert bound.arg_dict["x"].asnumpy().tolist() == [0, 1]


@EXECUTORS
def test_reshape_shares_what_keeps_its_shape(executor):
    bound = dense(executor)
    smaller = bound.reshape(x=(2, 3))
    assert smaller.arg_dict["fc_weight"] is bound.arg_dict["fc_weight"]
    assert smaller.forward(x=np.ones((2, 3)))[0].shape == (2, 2)
    with pytest.raises(mx.base.ShapeError, match="allow_up_sizing"):
        bound.reshape(x=(8, 3))
    assert bound.reshape(x=(8, 3), allow_up_sizing=True).forward()[0].shape == (8, 2)
    with pytest.raises(mx.base.ShapeError, match="partial_shaping"):
        bound.reshape(x=(4, 2))
    assert bound.reshape(x=(4, 2), partial_shaping=True).arg_dict["fc_weight"].shape == (2, 2)


@EXECUTORS
def test_monitor_sees_every_value_and_changes_nothing(executor):
    net = mx.sym.Dropout(mx.sym.BatchNorm(mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2, name="fc"), name="bn"), name="dr")
    bound = net.simple_bind(mx.cpu(), x=(4, 3), executor=executor)
    seen = {}
    bound.set_monitor_callback(lambda name, array: seen.setdefault(name, array.asnumpy()))
    bound.forward(is_train=True, x=np.arange(12).reshape(4, 3))
    assert list(seen) == ["fc_output", "bn_output", "bn_mean", "bn_var", "dr_output", "dr_mask"]
    np.testing.assert_array_equal(seen["dr_output"], bound.outputs[0].asnumpy())
    seen.clear()
    bound.set_monitor_callback(lambda name, array: seen.setdefault(name, array.asnumpy()), monitor_all=True)
    bound.forward()
    assert list(seen)[:5] == ["x", "fc_data", "fc_weight", "fc_bias", "fc_output"]
    np.testing.assert_array_equal(seen["fc_data"], np.arange(12).reshape(4, 3))


def test_refused_calls_change_nothing():
    bound = dense("numpy")
    before = {name: array.asnumpy() for name, array in bound.arg_dict.items()}
    with pytest.raises(mx.base.UnknownName, match=r"fc_weihgt.*fc_weight"):
        bound.forward(x=np.ones((4, 3)), fc_weihgt=np.ones((2, 3)))
    with pytest.raises(mx.base.ShapeError, match="fc_bias"):
        bound.copy_params_from({"fc_weight": mx.nd.ones((2, 3)), "fc_bias": mx.nd.ones((3,))})
    with pytest.raises(mx.MXNetError, match="forward first"):
        bound.backward([mx.nd.ones((4, 2))])
    for name, array in bound.arg_dict.items():
        np.testing.assert_array_equal(array.asnumpy(), before[name])


def test_binding_refuses_what_does_not_fit():
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2, name="fc")
    good = {"x": mx.nd.ones((4, 3)), "fc_weight": mx.nd.ones((2, 3)), "fc_bias": mx.nd.ones((2,))}
    with pytest.raises(mx.base.BindError, match=r"fc_bias.*missing"):
        net.bind(mx.cpu(), {name: good[name] for name in ("x", "fc_weight")})
    with pytest.raises(mx.base.ShapeError, match=r"fc \(FullyConnected"):
        net.bind(mx.cpu(), {**good, "fc_weight": mx.nd.ones((2, 4))})
    with pytest.raises(mx.base.BindError, match="gradient of 'x'"):
        net.bind(mx.cpu(), good, args_grad={"x": mx.nd.ones((4, 4))})
    with pytest.raises(mx.base.DTypeError, match="fc"):
        net.bind(mx.cpu(), {**good, "x": mx.nd.ones((4, 3), dtype="float64")})
    with pytest.raises(mx.base.BindError, match="grad_req"):
        net.bind(mx.cpu(), good, args_grad=good, grad_req="wirte")
    with pytest.raises(mx.base.ShapeError, match="fc_weight"):
        net.simple_bind(mx.cpu(), x=(0, 3), fc_weight=(2, 5))
    with pytest.raises(mx.base.ShapeError, match="do not follow"):
        net.simple_bind(mx.cpu())
    twice = mx.sym.Variable("a") + mx.sym.Variable("a")
    with pytest.raises(mx.base.NameClash, match="two arguments are called 'a'"):
        twice.simple_bind(mx.cpu(), a=(2,))
    assert twice.bind(mx.cpu(), [mx.nd.ones((2,)), mx.nd.ones((2,))]).forward()[0].asnumpy().tolist() == [2, 2]


def test_random_nodes_of_one_name_draw_apart_and_alike_after_a_seed():
    x = mx.sym.Variable("x")
    group = mx.sym.Group([mx.sym.Dropout(x, p=0.5, name="d"), mx.sym.Dropout(x, p=0.5, name="d")])
    bound = group.simple_bind(mx.cpu(), x=(1000,))
    bound.arg_dict["x"][:] = 1
    mx.random.seed(3)
    first = [o.asnumpy() for o in bound.forward(is_train=True)]
    bound.backward([mx.nd.ones((1000,)), mx.nd.zeros((1000,))])
    np.testing.assert_array_equal(bound.grad_dict["x"].asnumpy(), first[0])  # the mask of this run
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(bound.forward(is_train=True)[0].asnumpy(), first[0])
    mx.random.seed(3)
    np.testing.assert_array_equal(bound.forward(is_train=True)[0].asnumpy(), first[0])


def test_one_executor_from_many_threads_gives_whole_answers():
    x = mx.sym.Variable("x")
    bound = mx.sym.tanh(mx.sym.exp(x) * 0.001).simple_bind(mx.cpu(), x=(64,), grad_req="null")
    wrong = []

    def work(value):
        for _ in range(50):
            with bound._lock:
                found = bound.forward(x=np.full(64, value))[0].asnumpy()
            if not np.allclose(found, np.tanh(np.exp(np.float32(value)) * np.float32(0.001)), rtol=1e-5):
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(float(value),)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_nothing_is_allocated_by_a_run():
    import tracemalloc

    x = mx.sym.Variable("x")
    net = mx.sym.FullyConnected(mx.sym.Activation(mx.sym.FullyConnected(x, num_hidden=1024), act_type="relu"), num_hidden=1024)
    bound = mx.sym.tanh(net + 1).simple_bind(mx.cpu(), x=(256, 1024), grad_req="null")
    bound.forward()
    tracemalloc.start()
    bound.forward()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 65536  # an activation has 1 MiB; NumPy's iterators take a buffer of 8,192 elements where they broadcast


def test_memory_is_shared_by_lifetimes():
    net = mx.sym.Variable("x")
    for _ in range(20):
        net = mx.sym.Activation(mx.sym.FullyConnected(net, num_hidden=64), act_type="relu")
    bound = net.simple_bind(mx.cpu(), x=(64, 64), grad_req="null")
    bound.forward()
    assert bound.planned_bytes <= 2 * 64 * 64 * 4
    assert str(bound.planned_bytes) in bound.debug_str()


def test_what_a_gradient_costs_is_told_before_anything_runs():
    net = mx.sym.Variable("x")
    for _ in range(10):
        net = net * net
    told = [
        re.findall(r"Total (\d+) MB allocated", each.simple_bind(x=(512, 512)).debug_str()) for each in (net, mx.sym.stop_gradient(net))
    ]
    (most,), (least,) = told
    assert int(most) > int(least)


def test_a_chain_of_many_nodes_binds_and_runs_without_recursion():
    import sys

    net = mx.sym.Variable("x")
    for _ in range(5000):
        net = mx.sym.tanh(net) + 1.0
    before = sys.getrecursionlimit()
    depth = len(__import__("inspect").stack())
    sys.setrecursionlimit(depth + 120)
    try:
        bound = net.simple_bind(mx.cpu(), x=(2,))
        bound.forward(is_train=True)
        bound.backward([mx.nd.ones((2,))])
        twin = mx.sym.load_json(net.tojson())
        assert twin.infer_shape(x=(2,))[1] == [(2,)]
    finally:
        sys.setrecursionlimit(before)
    assert np.isfinite(bound.grad_dict["x"].asnumpy()).all()


def test_constants_are_computed_once():
    """What follows from constants alone is no step of the run, and an output of it is written again if overwritten."""
    fixed = mx.sym.exp(mx.sym.ones((3,)) * 2.0)
    symbol = mx.sym.Group([mx.sym.Variable("x") + fixed, mx.sym.sqrt(fixed)])
    bound = symbol.simple_bind(mx.cpu(), grad_req="null", x=(3,))
    bound.forward()
    assert next(iter(bound._programs.values())).steps == 2  # the sum, and the output that lies in the user's array
    bound.outputs[1][:] = 0
    np.testing.assert_allclose(bound.forward()[1].asnumpy(), np.e, rtol=1e-6)
    np.testing.assert_allclose(bound.outputs[0].asnumpy(), np.e**2, rtol=1e-6)
