"""The solver asks rules of operators made here: what it does with what they yield, and how it tells what does not fit."""

from __future__ import annotations

import re

import numpy as np
import pytest

import symbolic as mx
from symbolic.infer import solve as solving
from symbolic.infer.shape import SHAPE
from symbolic.operator.fields import Param, Result, Tensor
from tests.operator.own import composite, made, own_table  # noqa: F401

S = mx.sym


def told(call, *args, **kwargs):
    """Return the lines of an error of shapes, without the place of the call."""
    with pytest.raises(mx.base.ShapeError) as caught:
        call(*args, **kwargs)
    lines = re.sub(r", made at \S+:\d+", "", str(caught.value)).split("\n")
    return [re.sub(r"(?<=\S)  +", "  ", line) for line in lines]


def test_a_rule_that_yields_what_is_no_slot():
    def infer_shape(self, data):
        yield "outptu", data

    net = made(infer_shape=infer_shape)(S.Variable("x"), name="n")
    with pytest.raises(TypeError) as caught:
        net.infer_shape(x=(2, 3))
    assert str(caught.value) == "own: infer_shape yields 'outptu', which is no slot"


def test_a_slot_that_is_absent_or_of_which_nothing_is_said_is_left_alone():
    def infer_shape(self, data):
        yield "second", data
        yield "output", None
        yield "output", data

    members = {"output": Result("First."), "second": Result("Second.", when=lambda params: params.both)}
    op = made(__annotations__={"both": bool}, both=Param("Whether.", False), infer_shape=infer_shape, **members)
    assert op(S.Variable("x"), name="n").infer_shape(x=(2, 3))[1] == [(2, 3)]
    assert op(S.Variable("x"), name="n", both=True).infer_shape(x=(2, 3))[1] == [(2, 3), (2, 3)]


def test_an_error_of_another_kind_in_a_rule_is_not_wrapped():
    def infer_shape(self, data):
        raise KeyError("a mistake of ours")
        yield

    net = made(infer_shape=infer_shape)(S.Variable("x"), name="n")
    with pytest.raises(KeyError) as caught:
        net.infer_shape(x=(2, 3))
    assert caught.value.args == ("a mistake of ours",) and not hasattr(caught.value, "__notes__")


def test_a_primitive_without_a_rule_of_types_leaves_them_open():
    op = made()
    op.infer_dtype = None
    net = op(S.Variable("x"), name="n")
    with pytest.warns(UserWarning, match="cannot decide the types of the outputs"):
        assert net.infer_type(x="float32") == (None, None, None)
    assert net.infer_type_partial(x="float32") == ([np.float32], [None], [])


def stateful(rule):
    return made(state=Tensor("A state.", mutated=True), infer_shape=rule)


def test_a_state_and_its_new_value_are_alike():
    def infer_shape(self, data):
        yield "output", data
        yield "new_state", data

    op = stateful(infer_shape)
    assert op(S.Variable("x"), S.Variable("s"), name="n").infer_shape(x=(2, 3)) == ([(2, 3)], [(2, 3)], [(2, 3)])
    lines = told(op(S.Variable("x"), S.Variable("s"), name="n").infer_shape, x=(2, 3), s=(2, 4))
    assert lines[:4] == [
        "n (own): shape of state does not fit: axis 1 is 4 in (2, 4) and 3 in (2, 3)",
        "  argument  state from variable 's'",
        "  got  (2, 4)",
        "  expected  (2, 3)",
    ]


def test_one_variable_in_two_slots_of_two_shapes():
    def infer_shape(self, data, other):
        yield "data", (2, 3)
        yield "other", (2, 4)
        yield "output", (1,)

    x = S.Variable("x")
    lines = told(made(other=Tensor("Another."), infer_shape=infer_shape)(x, x, name="n").infer_shape)
    assert lines[:4] == [
        "n (own): shape of other does not fit: axis 1 is 3 in (2, 3) and 4 in (2, 4)",
        "  argument  other from variable 'x'",
        "  got  (2, 3)",
        "  expected  (2, 4)",
    ]


def test_an_input_that_a_body_hands_on():
    def body(self, data):
        yield "output", data

    net = S.elemwise_add(composite(body)(S.Variable("x"), name="n"), S.Variable("y"), name="sum")
    assert net.infer_shape(y=(2, 3))[0] == [(2, 3), (2, 3)]
    lines = told(net.infer_shape, x=(2, 3), y=(2, 4))
    assert lines[0] == "sum (elemwise_add): axis 1 is 3 in (2, 3) and 4 in (2, 4)"
    assert "  3 is from  x (2, 3), given to infer_shape, axis 1 -> n_output" in lines


def test_what_goes_wrong_in_a_body_is_told_of_its_node():
    def body(self, data):
        yield "output", S.FullyConnected(data, S.zeros((4, 3)), num_hidden=4, no_bias=True)

    lines = told(composite(body)(S.Variable("x"), name="n").infer_shape, x=(2, 5))
    assert lines[0].startswith("n (own): shape of weight does not fit: axis 1 is 3 in (4, 3) and 5 in (4, 5)")
    assert not any("FullyConnected" in line for line in lines)


def test_answers_are_forgotten_when_there_are_many(monkeypatch):
    monkeypatch.setattr(solving, "MOST_REMEMBERED", 3)
    for size in range(10**6, 10**6 + 8):  # sizes that nobody has asked for
        assert S.relu(S.Variable("x")).infer_shape(x=(size, 2))[1] == [(size, 2)]
        assert len(SHAPE.answers[0]) <= 3


def test_a_rule_is_asked_once_for_nodes_that_are_alike():
    asked = []

    def infer_shape(self, data):
        asked.append(data)
        yield "output", data

    op, net = made(infer_shape=infer_shape), S.Variable("x")
    for place in range(5):
        net = op(net, name=f"n{place}")
    assert net.infer_shape(x=(2, 3))[1] == [(2, 3)]
    first = len(asked)
    assert first <= 3
    net.infer_shape(x=(2, 3))
    assert len(asked) == first


def test_nodes_in_a_row_stop_where_a_parameter_is_read():
    """Parameters that a rule reads make it be asked anew; others do not."""
    asked = []

    def infer_shape(self, data):
        asked.append(self.size)
        yield "output", (self.size,)

    op = made(__annotations__={"size": int}, size=Param("How many."), infer_shape=infer_shape)
    sizes = [op(S.Variable("x"), size=size, name="n").infer_shape(x=(2,))[1] for size in (3, 4, 3)]
    assert sizes == [[(3,)], [(4,)], [(3,)]] and set(asked) == {3, 4}


def test_an_error_that_code_of_a_user_raises_the_second_time_does_not_hide_the_first(monkeypatch):
    calls = []

    class Prop(mx.operator.CustomOpProp):
        def infer_shape(self, in_shape):
            calls.append(in_shape)
            if len(calls) > 1:
                raise RuntimeError("asked again")
            return in_shape, [in_shape[0]], []

    from symbolic.operator import custom

    monkeypatch.setattr(custom, "_classes", {"twice": Prop})
    net = S.elemwise_add(S.Custom(S.Variable("x"), op_type="twice", name="c"), S.Variable("y"), name="sum")
    lines = told(net.infer_shape, x=(2, 3), y=(2, 4))
    assert len(calls) == 2 and lines[0].startswith("sum (elemwise_add): axis 1 is") and not any(" is from" in line for line in lines)
