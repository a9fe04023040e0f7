"""Putting symbols in the place of variables, and picking parts of a graph."""

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, MXNetError, NameClash, UnknownName

S = mx.sym


def net():
    """Make two layers with a shared input: ``fc2(relu(fc1(data))) + fc3(data)``."""
    data = S.Variable("data")
    h = S.Activation(S.FullyConnected(data, num_hidden=4, name="fc1"), act_type="relu", name="relu")
    return S.FullyConnected(h, num_hidden=3, name="fc2") + S.FullyConnected(data, num_hidden=3, name="fc3")


def test_composing_leaves_both_symbols_as_they_were():
    outer, inner = net(), S.exp(S.Variable("z"), name="inner")
    before = outer.tojson(), inner.tojson()
    composed = outer(data=inner)
    assert (outer.tojson(), inner.tojson()) == before
    assert composed.list_arguments()[0] == "z"
    assert composed.infer_shape(z=(5, 2))[1] == [(5, 3)]


def test_a_variable_used_twice_is_replaced_everywhere():
    composed = net()(data=S.Variable("z"))
    assert composed.list_arguments() == ["z", *net().list_arguments()[1:]]
    inner = S.exp(S.Variable("z"))
    internals = net()(data=inner).get_internals().list_outputs()
    assert internals.count(inner.list_outputs()[0]) == 1


def test_composed_values():
    x = np.array([[1.0, 2.0]], np.float32)
    a, b = S.Variable("a"), S.Variable("b")
    difference = a - b
    for composed in (difference(b, a), difference(a=b, b=a)):  # both at once, not one after the other
        [found] = composed.eval(mx.cpu(), a=mx.nd.array(x), b=mx.nd.array(x * 10))
        np.testing.assert_array_equal(found.asnumpy(), x * 9)


def test_by_position_means_arguments_without_states():
    bn = S.BatchNorm(S.Variable("data"), name="bn")
    assert bn(S.Variable("x"), S.Variable("g")).list_inputs() == ["x", "g", "bn_beta", "bn_moving_mean", "bn_moving_var"]


def test_name_goes_to_the_first_output_node_alone():
    pieces = S.split(S.Variable("x"), num_outputs=2, name="s")
    group = S.Group([pieces, S.exp(pieces[0], name="e")])(name="n")
    assert group.list_outputs() == ["n_output0", "n_output1", "e_output"]
    assert group.get_internals().list_outputs() == ["x", "n_output0", "n_output1", "e_output"]  # whoever reads it
    assert S.Variable("x")(name="n").list_outputs() == ["x"]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda s: s(S.Variable("z"), data=S.Variable("z")), ArgumentError, ["positional", "keyword"]),
        (lambda s: s(dat=S.Variable("z")), UnknownName, ["'dat'", "did you mean 'data'"]),
        (lambda s: s(data=S.Variable("z"), nope=S.Variable("z")), UnknownName, ["'nope'", "data"]),
        (lambda s: s(data=3), ArgumentError, ["data", "3", "Symbol"]),
        (lambda s: s(None), ArgumentError, ["data", "None", "Symbol"]),
        (lambda s: s(data=S.Group([S.Variable("a"), S.Variable("b")])), ArgumentError, ["data", "['a', 'b']", "one output"]),
        (lambda s: s(*[S.Variable("z")] * 8), ArgumentError, ["8", "at most 7"]),
        (lambda s: s(data=S.Variable("z"), name=3), ArgumentError, ["name", "3", "str"]),
    ],
)
def test_wrong_compositions(call, error, words):
    with pytest.raises(error) as caught:
        call(net())
    assert isinstance(caught.value, MXNetError) and isinstance(caught.value, (TypeError, ValueError))
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_outputs_by_position_name_and_slice():
    s = S.split(S.Variable("x"), num_outputs=4, name="s")
    assert [piece.list_outputs() for piece in s] == [[f"s_output{i}"] for i in range(4)]
    assert s["s_output2"].list_outputs() == s[2].list_outputs() == s[-2].list_outputs() == ["s_output2"]
    assert s[1:3].list_outputs() == ["s_output1", "s_output2"] and len(s[::2]) == 2
    assert s.num_outputs == len(s) == 4
    assert "fc1_output" in net().get_internals().list_outputs()
    assert net().get_internals()["fc1_output"].list_arguments() == ["data", "fc1_weight", "fc1_bias"]


@pytest.mark.parametrize(
    ("index", "error", "words"),
    [
        (7, IndexError, ["[7]", "below 1"]),
        ("nope", ValueError, ["'nope'", "_plus0_output"]),
        ("nope", KeyError, ["'nope'"]),
        (slice(3, 5), IndexError, ["slice"]),
        (1.5, TypeError, ["1.5", "int, str or slice"]),
    ],
)
def test_wrong_indices(index, error, words):
    with mx.name.NameManager(), pytest.raises(error) as caught:
        net()[index]
    assert isinstance(caught.value, MXNetError)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_node_is_not_an_output_but_the_message_says_which_are():
    with pytest.raises(UnknownName, match="outputs of 'fc1' are fc1_weight, fc1_bias, fc1_output"):
        net().get_internals()["fc1"]


def test_two_outputs_of_one_name():
    with pytest.raises(NameClash, match="index by position"):
        S.Group([S.Variable("x"), S.Variable("x")])["x"]


def test_children():
    s = net()
    assert s.get_children().list_outputs() == ["fc2_output", "fc3_output"]
    assert s.get_children().get_children().list_outputs() == ["relu_output", "fc2_weight", "fc2_bias", "data", "fc3_weight", "fc3_bias"]
    assert S.Variable("x").get_children() is None
    assert S.zeros((2,)).get_children() is None


def test_an_operator_alone():
    s = S.split(S.exp(S.Variable("x")), num_outputs=2, name="s")._gen_atomic_symbol()
    assert s.list_arguments() == ["data"] and s.list_outputs() == ["s_output0", "s_output1"]
    assert S.Variable("x")._gen_atomic_symbol().list_arguments() == ["x"]


def test_attributes_are_those_of_the_node_whoever_holds_it():
    s = net()
    s.get_internals()["relu_output"]._set_attr(__mark__="7", lr_mult="2")
    assert s.attr_dict()["relu"] == {"act_type": "relu", "__mark__": "7", "__lr_mult__": "2", "lr_mult": "2"}
    assert S.load_json(s.tojson()).attr_dict() == s.attr_dict()
