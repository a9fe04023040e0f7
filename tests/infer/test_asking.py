"""What a user gives to inference, and what is said of what is wrong with it."""

from __future__ import annotations

import re

import numpy as np
import pytest

import symbolic as mx
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of, shortened
from symbolic.values.shape import NO_RANK

S = mx.sym


def net():
    return S.FullyConnected(S.Variable("x"), num_hidden=4, name="fc")


def lines_of(error, call, *args, **kwargs):
    with pytest.raises(error) as caught:
        call(*args, **kwargs)
    return re.sub(r", made at \S+:\d+", "", str(caught.value)).split("\n")


def test_a_shape_that_is_none():
    assert lines_of(mx.base.ArgumentError, net().infer_shape, x=3) == [
        "fc (infer_shape): a shape must be a tuple",
        "  argument  x",
        "  got       3 (int)",
        "  expected  tuple of int",
    ]
    first, *rest = lines_of(mx.MXNetError, net().infer_shape, x=(2, "a"))
    assert first.startswith("fc (infer_shape): ") and "'a'" in first
    assert rest == ["  argument  x", "  got       (2, 'a') (tuple)", "  expected  tuple of int"]


def test_a_type_that_is_none():
    assert lines_of(mx.base.DTypeError, net().infer_type, x=3)[1:] == ["  argument  x", "  got       3", "  expected  dtype"]
    assert "type of 'x'" in "\n".join(lines_of(mx.MXNetError, net().infer_type, x="float33"))


@pytest.mark.parametrize(("what", "value"), [("shape", (2, 3)), ("type", "float32")])
def test_by_position_or_by_name(what, value):
    infer = getattr(net(), f"infer_{what}")
    assert infer(value) == infer(x=value) == infer(value, None, None)
    assert lines_of(mx.base.ArgumentError, infer, value, x=value) == [f"fc (infer_{what}): give {what}s by position or by name, not both"]
    assert lines_of(mx.base.ArgumentError, infer, *[value] * 4) == [
        f"fc (infer_{what}): too many {what}s",
        "  got       4",
        "  expected  3, for x, fc_weight, fc_bias",
    ]
    assert lines_of(mx.base.UnknownName, infer, fc_wieght=value) == [
        f"fc (infer_{what}): no argument is called 'fc_wieght'; did you mean 'fc_weight'?",
        "  argument  fc_wieght",
        f"  got       {what} {value!r}",
        "  expected  x, fc_weight, fc_bias",
    ]


def test_variables_of_one_name_are_given_the_same():
    both = S.Variable("x") + S.sum(S.Variable("x"), axis=0, keepdims=True)
    with pytest.raises(mx.MXNetError):
        both.infer_shape(x=(2, 3))
    assert (S.Variable("x") + S.Variable("x") * 2).infer_shape(x=(2, 3))[0] == [(2, 3), (2, 3)]


def test_what_is_open_is_listed_with_what_is_known_of_it():
    with pytest.warns(UserWarning) as caught:
        assert S.dot(S.Variable("a"), S.Variable("b"), name="d").infer_shape(a=(2, 0)) == (None, None, None)
    assert str(caught[0].message).split("\n")[:3] == [
        "d (infer_shape): cannot decide the shapes of 2 arguments from what is given (0 is an unknown size)",
        "  a  (2, 0)",
        "  b  ()",
    ]
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning) as caught:
        assert S.dot(S.Variable("a"), S.Variable("b"), name="d").infer_type() == (None, None, None)
    assert str(caught[0].message).split("\n")[:3] == [
        "d (infer_type): cannot decide the types of 2 arguments from what is given",
        "  a  unknown",
        "  b  unknown",
    ]
    assert caught[0].filename == __file__


def test_a_long_list_is_cut():
    pairs = [(f"v{place}", "unknown") for place in range(23)]
    assert shortened(pairs) == [*pairs[:20], ("...", "3 more")]
    assert shortened(pairs[:20]) == pairs[:20]


def test_declared_shapes_and_types():
    x = S.Variable("x", shape=(2, 0), dtype="float16")
    assert S.relu(x).infer_shape(x=(0, 3))[1] == [(2, 3)]
    assert S.relu(x).infer_shape(x=(5, 3))[1] == [(5, 3)]  # what is given counts
    assert S.relu(x).infer_type()[1] == [np.float16]
    assert S.relu(S.Variable("x", attr={"__dtype__": "-1"})).infer_type(x="float64")[1] == [np.float64]
    assert S.relu(S.Variable("x", attr={"__shape__": "None"})).infer_shape(x=(2,))[1] == [(2,)]
    with pytest.raises(mx.MXNetError, match=r"__dtype__ of 'x'"):
        S.relu(S.Variable("x", attr={"__dtype__": "77"})).infer_type()
    assert lines_of(mx.base.ShapeError, S.relu(S.Variable("x", attr={"__shape__": "(2, b)"})).infer_shape) == [
        "x (variable): attribute __shape__ cannot be '(2, b)'",
        "  expected  a tuple of integers",
    ]
    with pytest.raises(mx.MXNetError, match=r"__shape__ of 'x'"):
        S.relu(S.Variable("x", attr={"__shape__": "(-7, 2)"})).infer_shape()


def test_where_declared_sizes_and_types_are_from():
    x = S.Variable("x", shape=(2, 3), dtype="float16")
    for infer, given, text in (
        ("infer_shape", {"y": (2, 4)}, r"3 is from +x, declared as \(2, 3\) at \S+test_asking.py:\d+, axis 1"),
        ("infer_type", {"y": "float32"}, r"float16 is from +x, declared at \S+test_asking.py:\d+"),
    ):
        with pytest.raises(mx.MXNetError, match=text):
            getattr(x + S.Variable("y"), infer)(**given)


def test_no_source_no_second_run():
    graph = (S.Variable("x") + S.Variable("y")).graph
    x, y = graph.variables
    with pytest.raises(mx.base.ShapeError) as shapes:
        shapes_of(graph, {x: (2, 3), y: (2, 4)})
    with pytest.raises(mx.base.DTypeError) as types:
        dtypes_of(graph, {x: np.dtype("float16"), y: np.dtype("float32")})
    assert "is from" not in str(shapes.value) + str(types.value)


def test_what_is_known_of_a_part_is_taken_over():
    """The rules of nodes that are known are not asked again: here their facts are wrong, and stay."""
    first = S.relu(S.Variable("x"), name="first")
    second = S.sum(first, axis=0, name="second")
    graph, more = first.graph, second.graph
    found = shapes_of(more, {}, known=(graph, [(2, 3), (7, 9)]))
    assert found == [(2, 3), (7, 9), (9,)]
    half, double = np.dtype("float16"), np.dtype("float64")
    assert dtypes_of(more, {}, known=(graph, [half, double])) == [half, double, double]
    assert shapes_of(graph, {}, known=(graph, [(1,), (2,)])) == [(1,), (2,)]


def test_types_that_do_not_follow_have_the_default():
    graph = S.dot(S.Variable("a"), S.cast(S.Variable("b"), dtype="float64")).graph
    single = np.dtype("float32")
    assert dtypes_of(graph, {}) == [np.dtype("float64"), None, *[np.dtype("float64")] * 2]
    found = dtypes_of(graph, {}, default=single)
    assert found[1] is single and found[0] == np.float64
    assert dtypes_of(S.Variable("z").graph, {}, default=single) == [single]


def test_an_output_that_no_rule_tells():
    assert shapes_of(S.relu(S.Variable("x")).graph, {}) == [NO_RANK, NO_RANK]
