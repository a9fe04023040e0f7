"""What to give so that all is known."""

from __future__ import annotations

import pytest

import symbolic as mx
from symbolic.infer.dtype import DTYPE, dtypes_of
from symbolic.infer.missing import advice, settling
from symbolic.infer.shape import SHAPE, shapes_of

S = mx.sym


def settled_by(symbol, **given):
    graph = symbol.graph
    known = {node: given[node.name] for node in graph.variables if node.name in given}
    return [[node.name for node in proposal] for proposal in settling(graph, shapes_of(graph, known), SHAPE)]


def mlp():
    h = S.FullyConnected(S.Variable("data"), num_hidden=8, name="fc1")
    return S.SoftmaxOutput(S.FullyConnected(h, num_hidden=4, name="fc2"), name="softmax")


def test_the_data_settle_a_network():
    assert settled_by(mlp()) == [["data"]]


def test_what_is_given_is_respected():
    assert settled_by(mlp(), softmax_label=(3,)) == [["data"]]
    assert settled_by(mlp(), data=(3, 6)) == []


def test_a_convolution_wants_four_axes():
    h = S.Convolution(S.Variable("data"), kernel=(3, 3), num_filter=6, name="conv")
    h = S.Pooling(h, kernel=(2, 2), stride=(2, 2), pool_type="max")
    assert settled_by(S.FullyConnected(h, num_hidden=4))[0] == ["data"]


def test_two_inputs_need_two_shapes():
    assert settled_by(S.dot(S.Variable("a"), S.Variable("b"))) == [["a", "b"]]


def test_either_of_two_will_do():
    assert settled_by(S.Variable("a") + S.Variable("b")) == [["a"], ["b"]]


def test_types_are_settled_too():
    graph = mlp().graph
    assert settling(graph, dtypes_of(graph, {}), DTYPE)[0][0].name == "data"
    assert advice(graph, dtypes_of(graph, {}), DTYPE).startswith("give data, or fc1_weight")


def test_nothing_is_promised_where_nothing_was_found():
    many = S.add_n(*[S.sum(S.Variable(f"v{place}")) for place in range(9)])
    assert advice(many.graph, shapes_of(many.graph, {}), SHAPE) == "give some of them"


def test_what_is_proposed_settles_all():
    nets = {"mlp": mlp(), "dot": S.dot(S.Variable("a"), S.Variable("b")), "sum": S.Variable("a") + S.Variable("b")}
    for net in nets.values():
        for proposal in settled_by(net):
            arguments = net.infer_shape(**dict.fromkeys(proposal, (5, 5)))[0]
            assert arguments is not None and all(0 not in shape for shape in arguments)


def test_the_warning_and_the_error_say_it():
    with pytest.warns(UserWarning, match="give data: the rest follows"):
        assert mlp().infer_shape() == (None, None, None)
    with pytest.raises(mx.base.ShapeError, match="give data: the rest follows"):
        mlp().simple_bind(mx.cpu())
    with pytest.warns(UserWarning, match="give data, or fc1_weight, or fc1_bias: the rest follows"):
        mlp().infer_type()


def test_variables_that_nothing_reads_settle_themselves():
    assert settled_by(S.Variable("a")) == [["a"]]
    assert settled_by(S.Group([S.Variable("a"), S.Variable("b")])) == [["a", "b"]]
    assert settled_by(S.Group([S.Variable("a"), mlp()])) == [["data", "a"]]
    assert settled_by(S.relu(S.Variable("a", shape=(0, 3)))) == [["a"]]
