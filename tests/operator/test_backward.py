"""`backward_op`: the gradient operator that is derived from a forward one, its slots, its rules, and the node that uses it."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic import registry
from symbolic.operator.backward import backward_op
from symbolic.operator.fields import Param, Result, Tensor, Tensors
from symbolic.values.shape import NO_RANK
from tests.operator.own import made, own_table  # noqa: F401

S = mx.sym


def infer_shape(self, data, weight):
    yield "data", weight
    yield "output", data
    yield "mean", data[:1] if data is not NO_RANK else NO_RANK


def layer(**words):
    """An operator with all there is: an input that may be absent, a state, a list, a hidden output, parameters."""
    return made(
        __annotations__={"no_bias": bool, "num_args": int, "scale": float},
        weight=Tensor("The weight."),
        bias=Tensor("The bias.", when=lambda params: not params.no_bias),
        moving=Tensor("A state.", auxiliary=True),
        more=Tensors("More.", count="num_args"),
        output=Result("The sum."),
        mean=Result("The mean.", hidden=True),
        no_bias=Param("Whether there is none.", False),
        num_args=Param("How many more."),
        scale=Param("A factor.", 1.0),
        infer_shape=infer_shape,
        gradient=backward_op(**words),
    )


def test_slots_of_the_derived_operator():
    forward = layer(needs=("weight", "bias", "more", "mean"), updates=("moving",), only_shape={"weight": True})
    op = registry.find("_backward_own")
    assert op is forward.backward and op.name == "_backward_own" and op.__doc__.startswith("Gradient of ``own``.")
    assert op.__module__ == forward.__module__
    assert [*op.inputs] == ["d_output", "weight", "bias", "more", "mean", "moving"]
    assert [*op.results] == ["d_data", "d_weight", "d_bias", "d_more"] and [*op.params] == ["no_bias", "num_args", "scale"]
    docs = [field.doc for field in (*op.inputs.values(), *op.results.values())]
    assert docs == [
        "Gradient with respect to ``output``.",
        "The weight.",
        "The bias.",
        "More.",
        "The mean.",
        "A state.",
        *[f"Gradient with respect to ``{slot}``." for slot in ("data", "weight", "bias", "more")],
    ]
    assert [field.only_shape for field in op.inputs.values()] == [False, True, False, False, False, False]
    assert [field.mutated for slot, field in op.inputs.items() if slot != "more"] == [False, False, False, False, True]
    layout = op.parameters({"num_args": 2})._layout
    assert layout.inputs == ("d_output", "weight", "bias", "arg0", "arg1", "mean", "moving")
    assert layout.outputs == ("d_data", "d_weight", "d_bias", "d_more0", "d_more1") and layout.hidden == ("new_moving",)
    bare = op.parameters({"num_args": 1, "no_bias": True})._layout
    assert bare.inputs == ("d_output", "weight", "arg0", "mean", "moving") and bare.outputs == ("d_data", "d_weight", "d_more")
    assert op.holder.scale.default == 1.0 and op.parameters({"num_args": 1}).scale == 1.0


def test_shapes_and_types_of_the_derived_operator():
    layer(needs=("weight", "more", "mean"), updates=("moving",))
    op = registry.find("_backward_own")
    slots = ("d_output", "weight", "arg0", "arg1", "mean", "moving")
    net = S.Group(list(op.node(op.parameters({"num_args": 2}), {slot: S.Variable(slot) for slot in slots}, "n")))
    arguments, outputs, states = net.infer_shape_partial(weight=(2, 3), arg0=(7,), moving=(5,))
    assert dict(zip(net.list_arguments(), arguments, strict=True)) == {
        "d_output": (2, 3),
        "weight": (2, 3),
        "arg0": (7,),
        "arg1": (),
        "mean": (2,),
    }
    assert dict(zip(net.list_outputs(), outputs, strict=True)) == {
        "n_d_data": (2, 3),
        "n_d_weight": (2, 3),
        "n_d_bias": (),
        "n_d_more0": (7,),
        "n_d_more1": (),
        "n_new_moving": (5,),
    }
    assert states == [(5,)]
    types = net.infer_type_partial(d_output="float16")
    assert {*types[0], *types[1]} == {np.float16}


def test_gradients_that_are_lists_join_member_by_member():
    layer(needs=("more",))
    op = registry.find("_backward_own")
    net = op.node(op.parameters({"num_args": 2}), {slot: S.Variable(slot) for slot in ("d_output", "arg0", "arg1")}, "n")
    both = S.Group([net[3] + S.Variable("a", shape=(4, 5)), net[4] + S.Variable("b", shape=(6,))])
    arguments = dict(zip(both.list_arguments(), both.infer_shape_partial()[0], strict=True))
    assert (arguments["arg0"], arguments["arg1"]) == ((4, 5), (6,))


def test_the_gradient_is_one_node():
    forward = layer(needs=("weight", "bias", "more"), updates=("moving",))
    values = [S.Variable(name) for name in ("d", "w", "b", "m0", "m1", "s")]
    params = forward.parameters({"num_args": 2, "scale": 3})
    assert forward.gradient.names == ("d_output", "weight", "bias", "more", "moving")
    found = dict(forward.gradient.function(params, values[0], values[1], values[2], values[3:5], values[5]))
    assert [*found] == ["data", "weight", "bias", "more"] and [type(found[slot]) for slot in found] == [mx.Symbol] * 3 + [list]
    node = found["data"]._entries[0][0]
    assert [symbol._entries[0] for symbol in (found["data"], found["weight"], found["bias"], *found["more"])] == [
        (node, index) for index in range(5)
    ]
    assert node.op.name == "_backward_own" and node.params.scale == 3.0 and node.params._words["scale"] == "3"
    assert [below.name for below, _ in node.inputs] == ["d", "w", "b", "m0", "m1", "s"]
    bare = dict(forward.gradient.function(forward.parameters({"num_args": 1, "no_bias": True}), *values[:2], None, values[3:4], values[5]))
    assert [*bare] == ["data", "weight", "more"] and len(bare["more"]) == 1


def test_heads_may_be_chosen_or_depend_on_parameters():
    layer(heads=("output", "mean"))
    assert [*registry.find("_backward_own").inputs] == ["d_output", "d_mean"]


def test_heads_with_conditions():
    layer(heads={"output": lambda params: params.scale > 1, "mean": None})
    op = registry.find("_backward_own")
    assert op.parameters({"num_args": 1})._layout.inputs == ("d_mean",)
    assert op.parameters({"num_args": 1, "scale": 2})._layout.inputs == ("d_output", "d_mean")


def test_a_gradient_of_the_gradient():
    layer()
    op = registry.find("_backward_own")
    assert not op.differentiable and op.gradient is None


def test_a_gradient_of_the_gradient_that_is_given():
    def second(self, d_d_data):
        yield "d_output", d_d_data

    layer(gradient=second)
    op = registry.find("_backward_own")
    assert op.differentiable and op.gradient.function is second and op.gradient.names == ("d_d_data",)


def test_helpers_of_the_class_are_kept_but_not_its_rules():
    made(gradient=backward_op(), factor=7, check=lambda self: "never", double=lambda self: 2 * self.factor)
    op = registry.find("_backward_own")
    params = op.parameters({})
    assert (params.factor, params.double()) == (7, 14) and "check" not in vars(op.holder)


@pytest.mark.parametrize("rule", ["infer_shape", "infer_dtype"])
def test_an_operator_without_a_rule_has_a_gradient_without_one(rule):
    def body(self, data):
        yield "output", data

    forward = made(body=body, infer_shape=None, gradient=backward_op(needs=("data",)))
    assert getattr(forward, rule) is None and getattr(registry.find("_backward_own"), rule) is None
