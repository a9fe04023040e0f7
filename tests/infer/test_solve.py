"""Inference both ways, in part, and what its errors say."""

from __future__ import annotations

import pytest

import symbolic as mx


def test_weights_follow_from_data_and_the_batch_from_the_output():
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=10, name="fc")
    arguments, outputs, _ = net.infer_shape(x=(32, 64))
    assert arguments == [(32, 64), (10, 64), (10,)]
    assert outputs == [(32, 10)]
    total = net + mx.sym.Variable("y", shape=(7, 10))
    assert total.infer_shape_partial(x=(0, 64))[0][0] == (7, 64)


def test_partial_knowledge_is_joined_from_both_ends():
    x = mx.sym.Variable("x")
    net = mx.sym.transpose(mx.sym.tanh(x), axes=(1, 0)) + mx.sym.Variable("y")
    assert net.infer_shape_partial(x=(0, 3), y=(0, 5))[0] == [(5, 3), (3, 5)]


def test_unknown_rank_unknown_size_zero_and_scalar_are_four_things():
    x = mx.sym.Variable("x")
    assert mx.sym.tanh(x).infer_shape_partial()[1] == [()]
    assert mx.sym.tanh(x).infer_shape_partial(x=(0, 3))[1] == [(0, 3)]
    with mx.np_shape():
        assert mx.sym.tanh(x).infer_shape_partial()[1] == [None]
        assert mx.sym.tanh(x).infer_shape_partial(x=(-1, 3))[1] == [(-1, 3)]
        assert mx.sym.tanh(x).infer_shape(x=(0, 3))[1] == [(0, 3)]
        assert mx.sym.tanh(x).infer_shape(x=())[1] == [()]
        bound = mx.sym.tanh(x).simple_bind(x=(0, 3))
        assert bound.forward()[0].shape == (0, 3)


def test_a_clash_tells_node_line_argument_found_and_needed():
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=10, name="fc")
    with pytest.raises(mx.base.ShapeError) as caught:
        net.infer_shape(x=(32, 64), fc_weight=(10, 63))
    message = str(caught.value)
    for part in ("fc (FullyConnected, made at", "test_solve.py:", "fc_weight", "(10, 63)", "(10, 64)", "num_hidden=10"):
        assert part in message
    assert isinstance(caught.value, ValueError)


def test_what_stays_open_is_named():
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=10, name="fc")
    with pytest.warns(UserWarning, match=r"fc_weight  \(\)"):
        assert net.infer_shape() == (None, None, None)


def test_types_flow_both_ways_and_differ_with_an_error():
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=10, name="fc")
    import numpy as np

    assert net.infer_type(fc_bias="float64")[0] == [np.float64] * 3
    with pytest.raises(mx.base.DTypeError, match="fc"):
        net.infer_type(x="float16", fc_weight="float32")


def test_state_takes_the_shape_of_the_weight():
    w, g, n = (mx.sym.Variable(name) for name in ("weight", "grad", "n"))
    step = mx.sym.rmsprop_update(w, g, n, lr=0.01, name="step")
    assert step.infer_shape(weight=(3, 4)) == ([(3, 4), (3, 4)], [(3, 4)], [(3, 4)])


def test_a_long_chain_is_solved_from_its_end_in_linear_time():
    net = x = mx.sym.Variable("x")
    for _ in range(3000):
        net = mx.sym.tanh(net)
    total = net + mx.sym.Variable("y", shape=(2, 3))
    assert total.infer_shape_partial()[0][0] == (2, 3)
    assert x.name == "x"
