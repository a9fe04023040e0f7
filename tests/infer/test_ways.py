"""Whole messages of inference: the ways of sizes and types, and loops with their graphs."""

from __future__ import annotations

import re

import numpy as np
import pytest

import symbolic as mx
from symbolic.infer.shape import SHAPE
from symbolic.infer.trace import Origin, Size, Trace, _asked
from symbolic.values.shape import NO_RANK

S, V = mx.sym, mx.sym.Variable


def told(call, **given):
    """Return the lines of an error of inference, without the places of calls and what is lined up."""
    with pytest.raises(mx.MXNetError) as caught:
        call(**given)
    lines = re.sub(r", made at \S+:\d+", "", str(caught.value)).split("\n")
    return [re.sub(r"(?<=\S)  +", "  ", line) for line in lines]


def test_a_size_that_a_layer_made():
    net = S.elemwise_add(S.Pooling(V("x"), kernel=(3, 3), stride=(2, 2), pool_type="max", name="p"), V("y"), name="sum")
    assert told(net.infer_shape, x=(1, 2, 9, 9), y=(1, 2, 5, 5)) == [
        "sum (elemwise_add): axis 2 is 4 in (1, 2, 4, 4) and 5 in (1, 2, 5, 5)",
        "  argument  rhs from variable 'y'",
        "  got  (1, 2, 5, 5)",
        "  expected  4 on axis 2, as lhs has on axis 2",
        "  5 is from  y (1, 2, 5, 5), given to infer_shape, axis 2",
        "  4 is from  x (1, 2, 9, 9), given to infer_shape, axis 2 -> p_output = 4 (of 9, kernel=(3, 3), stride=(2, 2))",
        "  lhs  (1, 2, 4, 4)",
    ]


def test_a_type_is_followed_to_the_input_it_was_taken_from():
    net = S.elemwise_add(S.where(V("c"), V("a"), V("b"), name="w"), V("d"), name="sum")
    assert told(net.infer_type, c="float64", a="float32", d="float16") == [
        "sum (elemwise_add): type of rhs does not fit: float16 is not float32",
        "  argument  rhs from variable 'd'",
        "  got  float16",
        "  expected  float32",
        "  float16 is from  d float16, given to infer_type",
        "  float32 is from  a float32, given to infer_type -> w_output",
        "  lhs  float32",
        "  give 'd' the type float32, or none where it follows from the rest",
    ]


def test_a_type_that_a_parameter_says():
    net = S.elemwise_add(S.cast(V("a"), dtype="float16", name="c"), S.zeros((2,), name="z"), name="sum")
    lines = told(net.infer_type, a="float32")
    assert "  float16 is from  c's dtype=float16 -> c_output" in lines and any("z's dtype=float32 -> z_output" in line for line in lines)


def test_two_axes_of_one_array():
    x = V("x")
    assert told(S.dot(x, x, name="d").infer_shape, x=(2, 3)) == [
        "d (dot): axis 0 is 3 in (3,) and 2 in (2,)",
        "  3 is from  x (2, 3), given to infer_shape, axis 1",
        "  2 is from  x (2, 3), given to infer_shape, axis 0",
        "  lhs  (2, 3)",
        "  rhs  (2, 3)",
    ]


def test_a_message_shows_a_dozen_facts():
    given = {f"v{place}": (2, 3 + (place == 19)) for place in range(20)}
    lines = told(S.Concat(*map(V, given), dim=0, name="c").infer_shape, **given)
    assert lines[0] == "c (Concat): axis 1 is 3 in (?, 3) and 4 in (?, 4)"
    assert lines[-2:] == ["  arg6  (2, 3)", "  parameters  dim=0, num_args=20"] and len(lines) == 1 + 12 + 1


def test_no_line_is_told_twice():
    x = V("x")
    lines = told(S.dot(S.Reshape(x, shape=(-1, 4)), S.Reshape(x, shape=(-1, 4)), name="d").infer_shape, x=(2, 3, 4))
    assert len(lines) == len({*lines})


# -- loops ------------------------------------------------------------------------------------------------------------


def summed(inner=lambda row, state: row + state):
    """Sum rows, keeping each partial sum."""
    with mx.name.NameManager():
        outputs, _ = S.contrib.foreach(lambda row, state: (inner(row, state), inner(row, state)), V("rows"), V("start"), name="loop")
    return outputs


def test_what_flows_through_a_loop():
    net = summed()
    assert net.infer_shape(rows=(4, 2, 3)) == ([(4, 2, 3), (2, 3)], [(4, 2, 3)], [])
    assert net.infer_shape_partial(start=(2, 3)) == ([(0, 2, 3), (2, 3)], [(0, 2, 3)], [])
    assert net.infer_shape_partial(rows=(4, 0, 3), start=(2, 0))[0] == [(4, 2, 3), (2, 3)]
    total = S.elemwise_add(net, V("y"), name="total")
    assert total.infer_shape(y=(7, 2, 3))[0] == [(7, 2, 3), (2, 3), (7, 2, 3)]
    assert net.infer_type(start="float64") == ([np.float64] * 2, [np.float64], [])


def test_what_does_not_fit_in_a_loop():
    lines = told(summed().infer_shape, rows=(4, 2, 3), start=(2, 5))
    assert lines[0].endswith("(elemwise_add): axis 1 is 3 in (2, 3) and 5 in (2, 5)")
    assert lines[1:] == [
        "  argument  rhs from variable 'start-0'",
        "  got  (2, 5)",
        "  expected  3 on axis 1, as lhs has on axis 1",
        "  5 is from  start (2, 5), given to infer_shape, axis 1",
        "  3 is from  rows (4, 2, 3), given to infer_shape, axis 2",
        "  lhs  (2, 3)",
        "  within _foreach0 (_foreach)",
    ]
    assert told(summed().infer_type, rows="float32", start="float64")[0].endswith("type of rhs does not fit: float64 is not float32")


def test_a_scalar_has_no_rows():
    with mx.np_shape():
        lines = told(summed().infer_shape, rows=(), start=(2,))
    assert lines[0].endswith("a scalar has no rows to loop over")


def test_parameters_of_a_loop_called_on_arrays_have_no_graphs():
    op = mx.sym._internal._foreach
    params = op.parameters(
        {"num_args": 1, "num_outputs": 1, "num_out_data": 1, "in_state_locs": (), "in_data_locs": (0,), "remain_locs": ()}
    )
    from symbolic.infer.solve import _through_graphs

    assert _through_graphs(params, (NO_RANK, NO_RANK), SHAPE) == ()


# -- ties -------------------------------------------------------------------------------------------------------------


def nodes():
    net = S.elemwise_add(V("a"), V("b"), name="sum")
    return net.graph.nodes[-1], net.graph.variables


def test_sizes_that_were_compared():
    node, _ = nodes()
    trace = Trace()
    two, three, other = (Size.of(value, Origin(name, 0)) for value, name in ((2, "a"), (3, "b"), (3, "c")))
    known = [(two,), (three,), NO_RANK]
    _asked.pair = (three, two)
    assert trace.place(node, known) == (1, "2 on axis 0, as lhs has on axis 0")
    for pair in (None, (two, 3), (three, other), (two, two)):
        _asked.pair = pair
        assert trace.place(node, known) is None
    _asked.pair = (two, three)
    assert trace.place(node, [(two, three), NO_RANK, NO_RANK]) is None  # both of one input
    _asked.pair = None


def test_what_to_do_about_a_variable():
    node, (a, b) = nodes()
    assert Trace([a]).hint(a, "(2,)", "shape") == "give 'a' the shape (2,), or none where it follows from the rest"
    assert Trace([a], "bind").hint(a, "(2,)", "shape") == "bind an array of shape (2,) to 'a'"
    assert Trace([a]).hint(b, "(2,)", "shape") is Trace([a], "").hint(a, "(2,)", "shape") is Trace([node]).hint(node, "", "") is None


def test_answers_that_compare_are_asked():
    two, three = Size.of(2, Origin("a", 0)), Size.of(3, Origin("b", 0))
    for question in (lambda: two == three, lambda: two != three, lambda: two < three, lambda: two >= three):
        _asked.pair = None
        question()
        pair = _asked.pair
        assert pair[0] is two and pair[1] is three
    assert (two == 2, two != 2, two < 3, two <= 2, two > 2, two >= 3) == (True, False, True, True, False, False)
    assert bool(two) and not bool(Size.of(0, None)) and two != "a"
    _asked.pair = None
    assert -two == -2 and type(-two) is Size and (7 // two, 7 % two, 2**two, 7 - two) == (3, 1, 4, 5)
    assert [root.origin.text for root in (7 // two).roots] == ["a"] and two / 2 == 1.0 and type(two / 2) is float
