"""Calls of operators: what becomes of arguments, and what wrong calls are told.

What the reference answers to a hundred and fifty calls is in ``tests/symbol/test_answers.py``.
"""

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, InputError, MXNetError, ParameterError, UnknownOperator

S = mx.sym
x, y, z = S.Variable("x"), S.Variable("y"), S.Variable("z")


def test_spellings_of_one_value_are_kept_apart():
    """1, 1.0 and True are equal in Python, as are 0.0 and -0.0; in files they are not."""
    texts = [(x + value).attr("scalar") for value in (1, 1.0, np.float32(1), 0, 0.0, -0.0)]
    assert texts == ["1", "1.0", "1.0", "0", "0.0", "-0.0"]
    assert S.Pooling(x, kernel=(1, 1)).attr("kernel") == "(1, 1)"
    assert S.Pooling(x, kernel=[1, 1]).attr("kernel") == "[1, 1]"
    for wrong in ((1.0, 1.0), (True, True)):
        with pytest.raises(ParameterError):
            S.Pooling(x, kernel=wrong)
    with pytest.raises(ParameterError):
        x + True
    assert S.FullyConnected(x, num_hidden=1).attr("num_hidden") == "1"
    with pytest.raises(ParameterError):
        S.FullyConnected(x, num_hidden=True)


def test_nodes_spelled_alike_share_their_parameters():
    first, second = S.Convolution(x, kernel=(3, 3), num_filter=2), S.Convolution(y, kernel=(3, 3), num_filter=2)
    other = S.Convolution(y, kernel="(3,3)", num_filter="2")
    assert first._node.params is second._node.params
    assert first._node.params._same is other._node.params._same and other.attr("kernel") == "(3,3)"


@pytest.mark.parametrize("number", [2.5, -1.0, float("inf"), float("nan"), 1e-30])
def test_a_lone_number_is_read_like_all_parameters(number):
    """It goes a way of its own, on which its spelling is made when somebody asks."""
    alone, as_text, among_others = x * number, S._mul_scalar(x, scalar=str(number)), S._mul_scalar(x, scalar=number, is_int=True)
    params = [symbol._node.params for symbol in (alone, as_text, among_others)]
    assert all(own.is_int is True and own._layout == params[0]._layout and repr(own) == repr(params[0]) for own in params)
    assert [own._words for own in params] == [{"scalar": str(number)}] * 2 + [{"scalar": str(number), "is_int": "True"}]
    assert (x * number)._node.params is params[0] or number != number
    if number == number:
        assert params[0]._same is params[1]._same is params[2]._same


def test_what_one_line_makes_shares_its_place():
    first, second = ((x + y)._node for _ in range(2))
    assert first.origin is second.origin
    assert (x + y)._node.line != first.line


def test_symbols_of_several_values_fill_no_slot():
    pair = S.Group([x, y])
    for call in (lambda: S.elemwise_add(pair, x), lambda: S.elemwise_add(x, pair), lambda: S.exp(pair)):
        with pytest.raises(InputError, match="takes one value, not a symbol of 2 outputs"):
            call()


def test_the_short_way_and_the_long_way_make_the_same_node():
    """One Symbol and parameters go a short way through `compose`; a name makes them go the long one."""
    for short, long in [
        (lambda: S.exp(x), lambda: S.exp(x, name="n")),
        (lambda: x + 2.5, lambda: S._internal._PlusScalar(x, scalar=2.5, name="n")),
        (lambda: S.sum(x, axis=1), lambda: S.sum(x, axis=1, name="n")),
        (lambda: S.Activation(x, act_type="relu"), lambda: S.Activation(data=x, act_type="relu", name="n")),
    ]:
        with mx.AttrScope(__mark__="m"):
            a, b = short()._node, long()._node
        assert (a.op, a.params, a.inputs, a.attrs) == (b.op, b.params, b.inputs, b.attrs)
        assert a.op.name in repr(a) and a.line.startswith(__file__) and b.line.startswith(__file__)


def test_the_line_of_a_node_is_the_users():
    def library_like():
        return S.exp(x)

    line = library_like.__code__.co_firstlineno + 1
    assert library_like()._node.line == f"{__file__}:{line}"
    assert (x + 1)._node.line.startswith(__file__)
    assert x.exp()._node.line.startswith(__file__)
    assert np.exp(x)._node.line.startswith(__file__)


def test_made_variables_show_how_they_are_initialised():
    bn = S.BatchNorm(x, name="bn", eps=1e-3)
    assert bn.attr_dict()["bn_moving_mean"] == {"__init__": '["zero", {}]', "eps": "0.001"}
    assert bn.attr_dict()["bn_moving_var"] == {"__init__": '["one", {}]', "eps": "0.001"}
    assert S.LeakyReLU(x, act_type="prelu", name="l").attr_dict()["l_gamma"]["__init__"] == '["Constant", {"value": 0.25}]'


def test_variadic_operators_count_their_inputs():
    assert S.Concat(x, y, z, name="c").attr("num_args") == "3"
    assert S.Concat(arg0=x, arg1=y, name="c").list_arguments() == ["x", "y"]
    assert S.Concat(arg1=x, num_args=3, name="c").list_arguments() == ["c_arg0", "x", "c_arg2"]
    assert S.add_n(*[S.Variable(f"v{i}") for i in range(300)]).list_arguments() == [f"v{i}" for i in range(300)]
    assert S.stack(x, y, num_args=3, name="s").list_arguments() == ["x", "y", "s_arg2"]


def test_updates_compose_as_documented():
    step = S.rmsprop_update(x, y, z, lr=0.01, gamma1=0.9, name="step")
    assert step.list_arguments() == ["x", "y"] and step.list_auxiliary_states() == ["z"]


MANY = [S.Variable(name) for name in "abcde"]
WRONG = [
    (
        lambda: S.FullyConnected(x, num_hiden=3, name="fc"),
        ParameterError,
        ["FullyConnected", "name='fc'", "num_hiden", "did you mean 'num_hidden'"],
    ),
    (lambda: S.FullyConnected(x, name="fc"), ParameterError, ["fc (FullyConnected)", "num_hidden", "missing", "int"]),
    (lambda: S.FullyConnected(x, num_hidden="many"), ParameterError, ["FullyConnected", "num_hidden", "'many' (str)", "an integer (int)"]),
    (lambda: S.FullyConnected(x, num_hidden=-3, name="fc"), ParameterError, ["fc (FullyConnected)", "num_hidden", "-3", ">= 1"]),
    (lambda: S.FullyConnected(x, num_hidden=None), ParameterError, ["num_hidden", "None"]),
    (lambda: S.FullyConnected(x, num_hidden=3.7), ParameterError, ["num_hidden", "3.7 (float)", "int"]),
    (lambda: S.FullyConnected(3, num_hidden=3), InputError, ["FullyConnected", "data", "3 (int)", "Symbol"]),
    (lambda: S.FullyConnected(x, 3), InputError, ["FullyConnected", "weight", "3 (int)", "Symbol"]),
    (lambda: S.FullyConnected(np.ones((2, 2)), num_hidden=3), InputError, ["data", "ndarray", "Symbol", "Variable"]),
    (lambda: S.FullyConnected(mx.nd.ones((2, 2)), num_hidden=3), InputError, ["data", "NDArray", "Symbol", "Variable"]),
    (lambda: S.FullyConnected(*MANY, num_hidden=3), ArgumentError, ["FullyConnected", "5", "at most 3", "weight"]),
    (lambda: S.FullyConnected(x, data=x, num_hidden=3), ArgumentError, ["data", "twice"]),
    (lambda: S.sum(x, 1, axis=2), ArgumentError, ["axis", "twice"]),
    (lambda: S.FullyConnected(x, wieght=y, num_hidden=3), ArgumentError, ["wieght", "did you mean 'weight'"]),
    (lambda: S.FullyConnected(x, y, z, num_hidden=3, no_bias=True), InputError, ["bias", "data, weight", "no_bias"]),
    (lambda: S.FullyConnected(S.split(x, num_outputs=2), num_hidden=3), InputError, ["data", "2 outputs", "symbol[0]"]),
    (lambda: S.FullyConnected(x, num_hidden=3, out=y), ArgumentError, ["out"]),
    (lambda: S.FullyConnected(x, num_hidden=3, name=5), ArgumentError, ["name", "5 (int)", "str"]),
    (lambda: S.FullyConnected(x, num_hidden=3, attr="a"), ArgumentError, ["attr", "'a' (str)", "dict"]),
    (lambda: S.FullyConnected(x, num_hidden=3, mood="good"), ParameterError, ["mood", "__mood__"]),
    (lambda: S.FullyConnected(x, None, None, 3, False, True, "n", None, None, 7), ArgumentError, ["10", "at most 8"]),
    (lambda: S.exp(x, y), ArgumentError, ["exp", "2", "at most 1", "data"]),
    (lambda: S.Activation(x, act_type="relux", name="act"), ParameterError, ["act (Activation)", "act_type", "'relux'", "'sigmoid'"]),
    (lambda: S.Convolution(x, kernel=(3, "x"), num_filter=4), ParameterError, ["Convolution", "kernel", "(3, 'x')", "tuple of integers"]),
    (lambda: S.Concat(dim=1, name="cc"), ArgumentError, ["cc (Concat)", "0 inputs", "1 input or more"]),
    (lambda: S.Concat(x, 3), InputError, ["Concat", "arg1", "3 (int)", "Symbol"]),
    (lambda: S.Concat(x, y, num_args=1), ArgumentError, ["2 inputs", "1, as num_args says"]),
    (lambda: S.Concat(x, arg0=y), ArgumentError, ["arg0", "twice"]),
    (lambda: S.no_such_op(x), UnknownOperator, ["no_such_op"]),
    (lambda: S.contrib.MultiBoxPriors(x), UnknownOperator, ["MultiBoxPriors", "did you mean 'MultiBoxPrior'"]),
]


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_wrong_calls_name_what_is_wrong(place):
    call, error, words = WRONG[place]
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MXNetError)
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(
    ("call", "builtin"),
    [
        (lambda: S.FullyConnected(3, num_hidden=2), AssertionError),
        (lambda: S.FullyConnected(x, data=x, num_hidden=2), TypeError),
        (lambda: S.Variable(3), TypeError),
        (lambda: S.Variable("v", foo="1"), ValueError),
        (lambda: S.Variable("v", attr={"a": 1}), ValueError),
        (lambda: S.Group([]), TypeError),
        (lambda: mx.AttrScope(a=1), ValueError),
        (lambda: S.nothing, AttributeError),
        (lambda: x + "a", TypeError),
    ],
)
def test_errors_are_caught_by_what_caught_them_in_mxnet(call, builtin):
    with pytest.raises(builtin):
        call()


def test_equal_parameters_stay_the_same_when_many_are_forgotten(monkeypatch):
    """Whatever is forgotten and made anew, spellings of one number share what they mean."""
    from symbolic.operator import op as operators

    monkeypatch.setattr(operators, "MOST_REMEMBERED", 3)
    x = mx.sym.Variable("x")
    for number in range(2, 20):
        whole, real = (x * number)._node, (x * float(number))._node
        assert whole.params._same is real.params._same
        x * (number + 0.5)
        assert (x * float(number))._node.params._same is (x * number)._node.params._same
