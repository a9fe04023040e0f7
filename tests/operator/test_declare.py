"""Declaring an operator: what is checked of its class, and what a body and the remembered parameters do."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

import symbolic as mx
from symbolic import registry
from symbolic.operator import body as bodies
from symbolic.operator import fields
from symbolic.operator import op as operators
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, declare, not_differentiable, zero_gradient
from symbolic.operator.fields import Param, Result, Tensor, Tensors
from symbolic.scope import on_arrays
from tests.operator.own import Primitive, composite, made, own_table  # noqa: F401

S = mx.sym


def test_a_class_becomes_an_operator():
    op = made()
    assert registry.find("own") is op and not op.differentiable and op.gradient is None
    net = op(S.Variable("x"), name="n")
    assert net.infer_shape(x=(2, 3)) == ([(2, 3)], [(2, 3)], [])
    assert net.infer_type(x="float16")[1] == [np.float16]
    with pytest.raises(ValueError, match="two operators are called own"):
        made()


def test_marks_say_what_they_are():
    assert (repr(not_differentiable), repr(zero_gradient)) == ("not differentiable", "zero gradient")
    op = made(gradient=zero_gradient)
    assert op.differentiable and [*op.gradient.function(None)] == []


def asks_for(**named):
    """Make a rule that asks for slots."""
    space = {}
    exec(f"def rule(self, {', '.join(named)}):\n    yield from ()", space)
    return space["rule"]


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"infer_shape": None}, "own: a primitive needs infer_shape"),
        ({"gradient": None}, "own: a primitive needs a gradient, or not_differentiable, or zero_gradient"),
        ({"_hidden": Param("A parameter.", 1)}, "own: _hidden begins with an underscore"),
        ({"axis": Param("A parameter.", 1)}, "own: parameter axis has no type"),
        ({"infer_shape": asks_for(dta=0)}, "own: infer_shape asks for 'dta'; the slots are data, output"),
        ({"gradient": asks_for(d_data=0)}, "own: gradient asks for 'd_data'; the slots are d_output, data, output"),
        (
            {"body": asks_for(data=0, is_train=0), "infer_shape": None, "gradient": None},
            "own: a body that depends on is_train needs a gradient of its own",
        ),
    ],
)
def test_mistakes_are_told(members, text):
    with pytest.raises(TypeError) as caught:
        made(**members)
    assert str(caught.value) == text
    assert "own" not in registry._table


@pytest.mark.parametrize("cls", [int, Primitive, 3])
def test_only_classes_of_operators_are_taken(cls):
    with pytest.raises(TypeError, match="own: derive the class from Operator"):
        declare(cls, "own")


def test_operators_do_not_derive_from_each_other():
    class First(Operator):
        data = Tensor("Input.")

    with pytest.raises(TypeError, match="own: derive from Operator alone; share fields by name"):
        declare(type("Second", (First,), {}), "own")


def test_annotations_are_types_or_their_text():
    op = made(__annotations__={"axis": int, "keep": "bool"}, axis=Param("Which.", 1), keep=Param("Whether.", False))
    assert (op.params["axis"].type, op.params["keep"].type) == (int, bool)
    params = op.parameters({"axis": "3", "keep": "True"})
    assert (params.axis, params.keep) == (3, True)
    assert repr(params) == "own(axis=3, keep=True)"


# -- bodies -----------------------------------------------------------------------------------------------------------


def test_a_body_is_opened_and_inferred_through():
    def body(self, data):
        yield "output", S.FullyConnected(data, S.zeros((4, 3)), num_hidden=4, no_bias=True)

    net = composite(body)(S.Variable("x"), name="n")
    assert net.infer_shape(x=(2, 3))[1] == [(2, 4)]
    assert net.infer_shape_partial(x=(0, 3)) == ([(0, 3)], [(0, 4)], [])
    with pytest.raises(mx.base.ShapeError, match=r"n \(own, made at .*test_declare.py:\d+\)"):
        net.infer_shape(x=(2, 5))
    found = net.bind(mx.cpu(), {"x": mx.nd.ones((2, 3))}).forward()[0].asnumpy()
    assert np.array_equal(found, np.zeros((2, 4)))


@pytest.mark.parametrize(
    ("yields", "text"),
    [
        (lambda data: [], "own: the body yields no 'output'"),
        (lambda data: [("outptu", data)], "own: the body yields 'outptu', which is no output and no state"),
        (lambda data: [("output", data + S.Variable("free"))], "own: the body leaves an input open (free)"),
    ],
)
def test_a_body_that_is_wrong_is_told(yields, text):
    def body(self, data):
        yield from yields(data)

    net = composite(body)(S.Variable("x"), name="n")
    with pytest.raises(TypeError) as caught:
        net.infer_shape(x=(2, 3))
    assert str(caught.value) == text


def test_what_a_body_yields_for_an_output_that_is_not_there_is_left_out():
    def body(self, data):
        yield "output", data * 2
        yield "second", data * 3

    members = {"__annotations__": {"both": bool}, "both": Param("Whether there are two.", False)}
    members |= {"output": Result("First."), "second": Result("Second.", when=lambda params: params.both)}
    op, x = composite(body, **members), S.Variable("x")
    assert [y.asnumpy().tolist() for y in op(x).bind(mx.cpu(), {"x": mx.nd.ones((1,))}).forward()] == [[2]]
    assert [y.asnumpy().tolist() for y in op(x, both=True).bind(mx.cpu(), {"x": mx.nd.ones((1,))}).forward()] == [[2], [3]]


def test_recipes_and_parameters_are_forgotten_when_there_are_many(monkeypatch):
    def body(self, data):
        yield "output", data * self.scale

    monkeypatch.setattr(bodies, "MOST_REMEMBERED", 2)
    monkeypatch.setattr(operators, "MOST_REMEMBERED", 3)
    op = composite(body, __annotations__={"scale": int}, scale=Param("Factor.", 1))
    for scale in range(1, 12):
        found = op(S.Variable("x"), scale=scale).bind(mx.cpu(), {"x": mx.nd.ones((1,))}).forward()[0].asnumpy()
        assert found.tolist() == [scale]
        assert len(op._templates) <= 2 and len(op._instances) <= 3 and len(op._canonical_instances) <= 3
    assert op.parameters({"scale": 5}) is op.parameters({"scale": 5})
    assert op.parameters({"scale": "5"})._same is op.parameters({"scale": 5})._same


# -- operators as objects ---------------------------------------------------------------------------------------------


def test_operators_are_pickled_by_name():
    for op in (S.FullyConnected, registry.find("Concat")):
        assert pickle.loads(pickle.dumps(op)).canonical is op.canonical
    assert copy.deepcopy(registry.find("relu")) is registry.find("relu")


def test_parameters_show_their_values():
    params = registry.find("Pooling").parameters({"kernel": "(2, 2)", "pool_type": "avg"})
    assert repr(params).startswith("Pooling(kernel=(2, 2), pool_type='avg', global_pool=False")


def test_graphs_that_a_node_holds_are_counted():
    words = {"num_outputs": 1, "num_out_data": 1, "in_state_locs": (), "in_data_locs": (0,), "remain_locs": ()}
    with pytest.raises(mx.MXNetError, match=r"_foreach: it holds 0 graphs, not 1\n  num_args +1\n  num_outputs +1"):
        S._internal._foreach(num_args=1, **words)


@pytest.mark.parametrize("name", ["Concat", "stack", "add_n", "khatri_rao", "multi_sum_sq"])
def test_a_file_must_say_how_many_inputs_there_are(name):
    """As in the reference; a call counts them itself."""
    nodes = [{"op": "null", "name": "x", "inputs": []}, {"op": name, "name": "n", "inputs": [[0, 0, 0]]}]
    for inputs in ([], [[0, 0, 0]]):
        nodes[1]["inputs"] = inputs
        with pytest.raises(mx.MXNetError, match=r"required parameter num_\w+ is missing"):
            mx.sym.load_json(json.dumps({"nodes": nodes, "arg_nodes": [0], "heads": [[1, 0, 0]]}))


def test_members_are_given_once():
    x, y = S.Variable("x"), S.Variable("y")
    assert S.Concat(data=[x, y]).list_arguments() == S.Concat(data=(x, y)).list_arguments() == ["x", "y"]
    for twice in ([y], y):
        with pytest.raises(mx.MXNetError, match="argument 'data' is given twice, by position and by name"):
            S.Concat(x, data=twice)
    with pytest.raises(mx.MXNetError, match=r"there is no input 'data' with these parameters\n.*\n.*\n  expected    arg0\n"):
        S.Concat(data=y)


def test_alike_values_of_other_kinds_are_told_apart():
    op = registry.find("_plus_scalar")
    alike = [op.parameters({"scalar": value}) for value in (1, 1.0, "1")]
    assert [params._words["scalar"] for params in alike] == ["1", "1.0", "1"]
    assert alike[0]._same is alike[1]._same is alike[2]._same
    with pytest.raises(mx.MXNetError, match="scalar cannot be True"):  # which equals 1
        op.parameters({"scalar": True})
    zeros = [op.parameters({"scalar": value}) for value in (0.0, -0.0)]
    assert [params._words["scalar"] for params in zeros] == ["0.0", "-0.0"]
    assert zeros[0]._same is not zeros[1]._same


def test_a_backward_operator_takes_members_of_a_list():
    """`Concat`'s derived operator has a gradient for each member; shapes follow from either side."""
    x, y = S.Variable("x"), S.Variable("y")
    exe = S.Concat(x, y, dim=1).bind(
        mx.cpu(), {"x": mx.nd.ones((2, 1)), "y": mx.nd.ones((2, 2))}, {"x": mx.nd.zeros((2, 1)), "y": mx.nd.zeros((2, 2))}
    )
    exe.forward(is_train=True)
    exe.backward(mx.nd.array([[1, 2, 3], [4, 5, 6]]))
    assert exe.grad_dict["x"].asnumpy().tolist() == [[1], [4]]
    assert exe.grad_dict["y"].asnumpy().tolist() == [[2, 3], [5, 6]]


def test_members_of_a_variadic_slot_share_a_rule():
    def infer_shape(self, data):
        for shape in data:
            yield "output", shape

    op = made(
        __annotations__={"num_args": int}, data=Tensors("Inputs.", count="num_args"), num_args=Param("How many."), infer_shape=infer_shape
    )
    net = op(S.Variable("a"), S.Variable("b"), name="n")
    assert net.list_arguments() == ["a", "b"] and net.infer_shape(a=(2, 3), b=(2, 3))[1] == [(2, 3)]
    with pytest.raises(mx.base.ShapeError, match=r"n \(own"):
        net.infer_shape(a=(2, 3), b=(2, 4))


def test_what_a_field_says():
    """The short forms, which the library's own files use, hand everything on."""
    count, names, mutated = (lambda params: 2), (lambda params, place: f"m{place}"), (lambda params, place: place == 1)
    members = fields.tensors("Doc.", count=count, names=names, mutated=mutated, counted="num")
    assert (members.doc, members.count, members.names, members.mutated, members.counted) == ("Doc.", count, names, mutated, "num")
    plain = Tensors("Doc.", "num_args", only_shape=True)
    assert (plain.counted, plain.only_shape, plain.mutated, plain.names(None, 3)) == ("num_args", True, None, "arg3")
    assert Tensors("Doc.", count, counted="num").counted == "num" and Tensors("Doc.", count).counted is None
    result = fields.result("Doc.", shape="(n,)", when=None, count=count, hidden=True, numbered=True, names=names)
    told = {"doc": "Doc.", "shape": "(n,)", "when": None, "count": count, "hidden": True, "numbered": True, "names": names}
    assert vars(result) == told
    tensor = fields.tensor("Doc.", shape="(n,)", mutated=True, only_shape=True, init="x")
    assert (tensor.shape, tensor.mutated, tensor.auxiliary, tensor.only_shape, tensor.init) == ("(n,)", True, True, True, "x")
    assert not Tensor("Doc.").auxiliary and Tensor("Doc.", auxiliary=True).auxiliary and not Tensor("Doc.", auxiliary=True).mutated
    bounds = {"default": 2, "ge": 0, "gt": -1, "le": 5, "lt": 6, "choices": (1, 2), "check": bool, "needs": "much"}
    assert vars(fields.param("Doc.", **bounds)) == {"doc": "Doc.", "type": None, **bounds}
    assert repr(fields.param("Doc.").default) == "<required>" and fields.rest("Doc.").doc == "Doc."
    shared = Tensor("Doc.")
    assert shared.named("first").name == "first" and shared.name == ""


def test_members_in_one_list():
    x, y = S.Variable("x"), S.Variable("y")
    assert S.Concat([x, y]).list_arguments() == S.Concat((x, y)).list_arguments() == S.Concat(x, y).list_arguments() == ["x", "y"]
    with pytest.raises(mx.MXNetError) as caught:
        S.Concat(x, 3, name="c")
    assert str(caught.value).split("\n") == [
        "Concat: input data[1] must be a Symbol, not 3 (int)",
        "  argument  arg1",
        "  got       3 (int)",
        "  expected  Symbol",
        "  parameters are given by name",
    ]
    with pytest.raises(mx.MXNetError) as caught:
        S.Concat(x, num_args=2, arg0=y, name="c")
    assert str(caught.value) == "c (Concat): input 'arg0' is given twice, by position and by name"
    with pytest.raises(mx.MXNetError) as caught:
        S.Concat(x, y, x, num_args=2, name="c")
    assert str(caught.value).split("\n") == ["c (Concat): too many inputs", "  got       3 inputs", "  expected  2, as num_args says"]
    with pytest.raises(mx.MXNetError) as caught:
        S.Concat(name="c")
    assert str(caught.value).split("\n") == [
        "c (Concat): it needs at least one input",
        "  got       0 inputs",
        "  expected  1 input or more, or num_args",
    ]


def test_an_input_that_is_not_there_with_these_parameters():
    with pytest.raises(mx.MXNetError) as caught:
        S.FullyConnected(S.Variable("x"), bias=S.Variable("b"), num_hidden=3, no_bias=True, name="fc")
    assert str(caught.value).split("\n") == [
        "fc (FullyConnected): there is no input 'bias' with these parameters",
        "  argument    bias",
        "  got         <Symbol b> (Symbol)",
        "  expected    data, weight",
        "  parameters  {'num_hidden': '3', 'no_bias': 'True'}",
    ]
    assert S.FullyConnected(S.Variable("x"), bias=None, num_hidden=3, no_bias=True, name="fc").list_arguments() == ["x", "fc_weight"]


def test_what_is_given_twice():
    with pytest.raises(mx.MXNetError) as caught:
        S.FullyConnected(S.Variable("x"), data=S.Variable("y"), num_hidden=3, name="fc")
    assert str(caught.value).split("\n") == [
        "FullyConnected: argument 'data' is given twice, by position and by name",
        "  argument  data",
        "  got       two values",
        "  expected  one, by position or by name",
    ]
    with pytest.raises(mx.MXNetError, match="argument 'a_min' is given twice"):
        S.clip(S.Variable("x"), 0, 1, a_min=2)


def test_a_composite_has_no_rule_of_types_and_a_primitive_has():
    def body(self, data):
        yield "output", S.cast(data, dtype="float16")

    op = composite(body)
    assert op.infer_dtype is None and made_again().infer_dtype is not None
    assert op(S.Variable("x"), name="n").infer_type(x="float64")[1] == [np.float16]


def made_again():
    registry._table.pop("own")
    return made()


def test_a_body_knows_whether_it_trains():
    seen = []

    def body(self, data, is_train):
        seen.append(is_train)
        yield "output", data * (3 if is_train else 2)

    def gradient(self, data, d_output):
        yield "data", d_output

    op = made(body=body, infer_shape=None, gradient=gradient)
    exe = op(S.Variable("x"), name="n").bind(mx.cpu(), {"x": mx.nd.ones((1,))}, {"x": mx.nd.zeros((1,))})
    assert [exe.forward(is_train=train)[0].asnumpy().tolist() for train in (True, False, True)] == [[3], [2], [3]]
    assert {*seen} == {True, False}
    bodies.recipe_of(op, op.parameters({}))
    opened = len(seen)
    assert bodies.recipe_of(op, op.parameters({})) is bodies.recipe_of(op, op.parameters({}), is_train=False) and len(seen) == opened
    assert bodies.recipe_of(op, op.parameters({}), is_train=True) is not bodies.recipe_of(op, op.parameters({}))


def test_a_body_may_yield_lists():
    def body(self, data):
        yield "parts", [data * factor for factor in range(3)]

    op = composite(body, parts=Result("Several.", count=lambda params: 3))
    found = op(S.Variable("x"), name="n").bind(mx.cpu(), {"x": mx.nd.ones((1,))}).forward()
    assert [part.asnumpy().tolist() for part in found] == [[0], [1], [2]]


def test_each_parameter_counts_for_what_is_remembered():
    op = registry.find("clip")
    found = [op.parameters({"a_min": low, "a_max": high}) for low, high in ((0, 1), (0.5, 1), (0, 2))]
    assert [(params.a_min, params.a_max) for params in found] == [(0, 1), (0.5, 1), (0, 2)]
    assert len({id(params) for params in found}) == 3


def test_within_a_body_on_arrays_calls_go_to_the_runner():
    calls = []
    with on_arrays(lambda op, args, kwargs: calls.append((op.name, args, kwargs))):
        S.exp("x", name="n")
    assert calls == [("exp", ("x",), {"name": "n"})]


def test_a_gradient_operator_of_several_outputs():
    def infer_shape(self, data):
        yield "parts", [data, data]

    members = {"parts": Result("Several.", count=lambda params: 2), "gradient": backward_op()}
    made(infer_shape=infer_shape, **members)
    op = registry.find("_backward_own")
    layout = op.parameters({})._layout
    assert layout.inputs == ("d_parts0", "d_parts1") and layout.outputs == ("d_data",)
    assert op.inputs["d_parts"].doc == "Gradient with respect to ``parts``."
