"""The second run of a failed inference: where sizes and types come from."""

from __future__ import annotations

import math

import numpy as np
import pytest

import symbolic as mx
from symbolic.infer import solve as solving
from symbolic.infer.trace import Origin, Size, Trace
from symbolic.values.shape import UNKNOWN

S = mx.sym


def sizes():
    return Size.of(6, Origin("x", 0)), Size.of(7, Origin("y", 1))


def test_arithmetic_remembers_its_operands():
    six, seven = sizes()
    made = six * seven + 1
    assert type(made) is Size and made == 43 and made.origin is None
    assert [root.origin.text for root in made.roots] == ["x", "y"]
    assert [root.origin.text for root in math.prod((six, seven)).roots] == ["x", "y"]
    assert [root.origin.text for root in sum([six, seven, six]).roots] == ["x", "y"]


def test_a_size_that_arithmetic_leaves_alone_stays_itself():
    six, _ = sizes()
    assert six * 1 is six and math.prod((six,)) is six and six + 0 is six
    assert (six - 6) == 0 and (six - 6) is not six


def test_a_size_is_an_integer_in_all_else():
    six, seven = sizes()
    assert hash(six) == 6 and six in {6: 1} and str((six, seven)) == "(6, 7)" and f"{six}" == "6"
    assert six * UNKNOWN is UNKNOWN and UNKNOWN // six is UNKNOWN
    assert np.zeros((six, seven)).shape == (6, 7) and list(range(six))[-1] == 5


def test_what_is_learnt_again_keeps_its_first_origin():
    net = S.elemwise_add(S.Variable("a"), S.Variable("b"), name="add")
    with pytest.raises(mx.base.ShapeError) as caught:
        S.dot(net, S.Variable("c")).infer_shape(a=(2, 3), b=(2, 3), c=(4, 5))
    assert "3 is from  a (2, 3), given to infer_shape, axis 1 -> add_output" in str(caught.value)


def test_a_size_made_inside_a_composite_is_its_nodes():
    net = S.FullyConnected(S.smooth_l1(S.Variable("a"), scalar=1.0, name="loss"), num_hidden=2, name="fc")
    with pytest.raises(mx.base.ShapeError) as caught:
        net.infer_shape(a=(2, 3), fc_weight=(2, 9))
    assert "3 is from   a (2, 3), given to infer_shape, axis 1 -> loss_output" in str(caught.value)


def test_a_long_way_is_shortened():
    net = S.Variable("a")
    for place in range(1000):
        net = S.relu(net, name=f"r{place}")
    with pytest.raises(mx.base.ShapeError) as caught:
        (net + S.Variable("b")).infer_shape(a=(2, 3), b=(2, 4))
    assert "3 is from  a (2, 3), given to infer_shape, axis 1 -> r0_output -> r1_output -> ... 996 more ... ->" in str(caught.value)
    assert "-> r998_output -> r999_output" in str(caught.value)


def test_weights_of_users_operators_are_told_without_their_code_seeing_ties():
    seen = []

    class Prop(mx.operator.CustomOpProp):
        def infer_shape(self, in_shape):
            seen.extend(type(size) for size in in_shape[0])
            return in_shape, [in_shape[0]], []

    mx.operator.register("traced_twice")(Prop)
    net = S.Custom(S.Variable("a"), op_type="traced_twice", name="own") + S.Variable("b")
    with pytest.raises(mx.base.ShapeError) as caught:
        net.infer_shape(a=(2, 3), b=(2, 4))
    assert set(seen) == {int}
    assert "3 is from  a (2, 3), given to infer_shape, axis 1" in str(caught.value)


def test_a_good_inference_ties_nothing(monkeypatch):
    def refused(*_):
        raise AssertionError("traced")

    monkeypatch.setattr(Trace, "__init__", refused)
    assert S.relu(S.Variable("a")).infer_shape(a=(2, 3))[1] == [(2, 3)]


def test_nothing_of_the_second_run_is_remembered():
    net = S.FullyConnected(S.relu(S.Variable("a")), num_hidden=5, name="fc")
    with pytest.raises(mx.base.ShapeError):
        net.infer_shape(a=(2, 3), fc_weight=(5, 4))
    found = net.infer_shape(a=(2, 3))
    assert {type(size) for shapes in found for shape in shapes for size in shape} == {int}
    from symbolic.infer.shape import SHAPE

    kept = [value for answers in SHAPE.answers for news in answers.values() for _, value in news]
    assert not any(isinstance(size, Size) for shape in kept if isinstance(shape, tuple) for size in shape)


def test_the_types_of_the_second_run_are_equal_and_told_apart():
    trace = Trace()
    first, second = (trace.given(np.dtype(np.float32), name) for name in "ab")
    assert first == second == np.float32 and first is not second
    assert (trace.chain(first), trace.chain(second)) == ("a", "b")


def test_an_error_of_the_first_run_stands_if_the_second_finds_none():
    error = mx.base.ShapeError("found once")
    graph = S.relu(S.Variable("a")).graph
    from symbolic.infer.shape import SHAPE
    from symbolic.values.shape import NO_RANK

    assert solving.explained(error, graph, [NO_RANK] * graph.size, SHAPE, {}, (), "give") is error


def test_variables_of_one_name_are_told():
    """What is given by name goes to each of them, and then the clash may be far from what was meant."""
    net = S.FullyConnected(S.Variable("b"), weight=S.Variable("w"), num_hidden=3, name="fc") + S.Variable("b")
    with pytest.raises(mx.MXNetError, match=r"same name +2 variables are called 'b'"):
        net.infer_shape(b=(4, 5), w=(3, 6))
    with pytest.raises(mx.MXNetError) as raised:
        S.FullyConnected(S.Variable("a"), weight=S.Variable("w"), num_hidden=3).infer_shape(a=(4, 5), w=(3, 6))
    assert "same name" not in str(raised.value)
