"""Calls that look wrong and are accepted: MXNet's scripts rely on each, and each has a rule that says what comes out.

The table of the rules stands in docs/reliability.md.
"""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

sym, nd = mx.sym, mx.nd
SHAPES = {"data": (3, 6), "fc1_weight": (8, 6), "fc1_bias": (8,), "fc2_weight": (4, 8), "fc2_bias": (4,), "softmax_label": (3,)}


def network():
    hidden = sym.Activation(sym.FullyConnected(sym.Variable("data"), num_hidden=8, name="fc1"), act_type="relu", name="relu1")
    return sym.SoftmaxOutput(sym.FullyConnected(hidden, num_hidden=4, name="fc2"), name="softmax")


def arrays():
    draw = np.random.RandomState(0)
    return {name: nd.array(draw.uniform(-1, 1, shape)) for name, shape in SHAPES.items()}


def trained(update):
    """The weights of a module, before and after something is done to it."""
    module = mx.mod.Module(network())
    module.bind([("data", SHAPES["data"])], [("softmax_label", SHAPES["softmax_label"])])
    module.init_params()
    module.init_optimizer(optimizer_params={"learning_rate": 0.5, "wd": 0.0})
    before = {name: array.asnumpy() for name, array in module.get_params()[0].items()}
    update(module)
    return before, {name: array.asnumpy() for name, array in module.get_params()[0].items()}


def test_an_input_that_is_none_becomes_a_variable():
    symbol = sym.FullyConnected(None, num_hidden=3, name="fc")
    assert symbol.list_arguments() == ["fc_data", "fc_weight", "fc_bias"]
    assert symbol.tojson() == sym.FullyConnected(num_hidden=3, name="fc").tojson()


def test_an_input_that_is_left_out_becomes_a_variable():
    assert sym.elemwise_add(sym.Variable("a"), name="sum").list_arguments() == ["a", "sum_rhs"]


def test_a_number_is_a_tuple_of_one():
    conv = sym.Convolution(sym.Variable("a"), kernel=3, num_filter=4, name="cv")
    assert conv.infer_shape(a=(1, 2, 9))[1] == [(1, 4, 7)]
    with pytest.raises(mx.base.MXNetError, match="cv"):
        conv.infer_shape(a=(1, 2, 9, 9))  # 3 is not (3, 3)


def test_a_shape_may_be_spelled_as_in_a_file():
    assert sym.relu(sym.Variable("x", shape="(2,3)")).infer_shape()[1] == [(2, 3)]
    with pytest.raises(mx.base.MXNetError):
        sym.Variable("x", shape="(2,3").infer_shape()


def test_a_dictionary_of_gradients_may_hold_more():
    given = arrays()
    exe = network().bind(mx.cpu(), given, args_grad={"fc1_bias": nd.zeros((8,)), "nope": nd.full((2, 2), 7)}, grad_req="write")
    exe.forward(is_train=True)
    exe.backward()
    assert [name for name, array in exe.grad_dict.items() if array is not None] == ["fc1_bias"]
    assert exe.grad_dict["fc1_bias"].asnumpy().any()


def test_a_dictionary_of_arguments_may_hold_more():
    given = arrays()
    exe = network().bind(mx.cpu(), {**given, "of_another_network": nd.ones((1,))})
    assert sorted(exe.arg_dict) == sorted(given)


@pytest.mark.parametrize("is_train", [True, False])
def test_gradients_follow_whichever_forward_ran(is_train):
    symbol = sym.Dropout(sym.Variable("x") * 3, p=0.5)
    exe = symbol.simple_bind(mx.cpu(), x=(1000,))
    exe.arg_dict["x"][:] = 1
    exe.forward(is_train=is_train)
    exe.backward(nd.ones((1000,)))
    assert set(exe.grad_dict["x"].asnumpy()) == ({0.0, 6.0} if is_train else {3.0})


def test_backward_without_gradients_does_nothing():
    exe = network().bind(mx.cpu(), arrays(), grad_req="null")
    output = exe.forward(is_train=True)[0].asnumpy()
    assert exe.backward() is None
    assert set(exe.grad_dict.values()) == {None}
    np.testing.assert_array_equal(exe.outputs[0].asnumpy(), output)


def test_rows_beyond_an_embedding_are_its_first_and_last():
    exe = sym.Embedding(sym.Variable("a"), input_dim=5, output_dim=2, name="em").simple_bind(mx.cpu(), a=(3,))
    exe.arg_dict["em_weight"][:] = np.arange(10).reshape(5, 2)
    exe.arg_dict["a"][:] = [99, -7, 2]
    assert exe.forward()[0].asnumpy().tolist() == [[8, 9], [0, 1], [4, 5]]


def test_bounds_that_cross_are_asked_one_after_the_other():
    """The upper one first; what is not above it is compared with the lower one."""
    assert nd.clip(nd.array([0, 3, 9]), 5, 1).asnumpy().tolist() == [5, 1, 1]


def test_one_hot_of_what_is_no_class_is_cold():
    assert nd.one_hot(nd.array([9, -1, 1]), depth=3).asnumpy().tolist() == [[0, 0, 0], [0, 0, 0], [0, 1, 0]]


def test_a_label_that_the_network_lacks_is_warned_about():
    with pytest.warns(UserWarning, match="no label 'lab'"):
        mx.mod.Module(network(), data_names=["data"], label_names=["lab"])


def test_update_before_backward_steps_by_gradients_of_zero():
    before, after = trained(lambda module: module.update())
    for name, array in before.items():
        np.testing.assert_array_equal(after[name], array)
    before, after = trained(lambda module: (module.forward_backward(batch()), module.update()))
    assert any((after[name] != array).any() for name, array in before.items())


def batch():
    return mx.io.DataBatch(data=[nd.ones(SHAPES["data"])], label=[nd.ones(SHAPES["softmax_label"])])


def test_a_batch_larger_than_the_data_is_filled_from_the_start():
    iterator = mx.io.NDArrayIter(np.arange(24).reshape(4, 6), np.arange(4.0), 9)
    first = next(iterator)
    assert first.pad == 5
    assert first.label[0].asnumpy().tolist() == [0, 1, 2, 3, 0, 1, 2, 3, 0]
    assert not list(iterator)
