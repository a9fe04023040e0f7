"""What the base classes of operators in Python do where a user overrides nothing, and how they are looked up."""

from __future__ import annotations

import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, ParameterError
from symbolic.operator import custom


@pytest.fixture(autouse=True)
def own_names(monkeypatch):
    monkeypatch.setattr(custom, "_classes", {})


def test_assign_writes_adds_or_leaves():
    op, dst = mx.operator.CustomOp(), mx.nd.array([1, 2])
    for req, expected in (("write", [3, 4]), ("inplace", [3, 4]), ("add", [6, 8]), ("null", [6, 8])):
        op.assign(dst, req, mx.nd.array([3, 4]))
        assert dst.asnumpy().tolist() == expected


def test_defaults_of_the_property_class():
    prop = mx.operator.CustomOpProp()
    assert (prop.list_arguments(), prop.list_outputs(), prop.list_auxiliary_states()) == (["data"], ["output"], [])
    assert prop.infer_shape([[2, 3]]) == ([[2, 3]], [[2, 3]], [])
    assert prop.infer_type(["float32"]) == (["float32"], ["float32"], [])
    assert prop.infer_storage_type(["csr"]) == (["csr"], ["default"], [])
    five = [["csr"], ["default"], ["row_sparse"], ["default", "csr"], []]
    assert prop.infer_storage_type_backward(*five) == (["default"], ["default"], ["default"], ["default", "default"], [])
    assert prop.declare_backward_dependency([1], [2, 3], [4]) == [1, 2, 3, 4]
    assert mx.operator.CustomOpProp(need_top_grad=False).declare_backward_dependency([1], [2, 3], [4]) == [2, 3, 4]
    assert isinstance(prop.create_operator(mx.cpu(), [], []), mx.operator.CustomOp)


def test_defaults_follow_the_lists():
    class Prop(mx.operator.CustomOpProp):
        def list_outputs(self):
            return ["a", "b"]

        def list_auxiliary_states(self):
            return ["s", "t", "u"]

    assert Prop().infer_shape([[2], [3]]) == ([[2], [3]], [[2], [2]], [])
    assert Prop().infer_type([1, 2]) == ([1, 2], [1, 1], [1, 1, 1])
    assert Prop().infer_storage_type(["csr"]) == (["csr"], ["default"] * 2, ["default"] * 3)


@pytest.mark.parametrize("name", [None, 3, b"bytes"])
def test_names_are_text(name):
    with pytest.raises(ArgumentError) as caught:
        mx.operator.register(name)
    assert str(caught.value).split("\n") == [
        "register: the name of a custom operator must be a string",
        "  argument  reg_name",
        f"  got       {name!r}",
        "  expected  str",
    ]


@pytest.mark.parametrize("cls", [int, 3, mx.operator.CustomOp])
def test_only_property_classes_are_registered(cls):
    with pytest.raises(ArgumentError) as caught:
        mx.operator.register("mine")(cls)
    assert str(caught.value).split("\n") == [
        "register: 'mine' cannot be a custom operator",
        f"  got       {cls!r}",
        "  expected  a class derived from mx.operator.CustomOpProp",
    ]
    assert not custom.is_registered("mine")


def test_looking_up():
    with pytest.raises(ParameterError, match=r"expected +a registered name; there is none yet"):
        custom.property_class("mine")
    made = mx.operator.register("mine")(type("Prop", (mx.operator.CustomOpProp,), {}))
    assert custom.property_class("mine") is made and custom.is_registered("mine")
    mx.operator.register("other")(made)
    with pytest.raises(ParameterError) as caught:
        custom.property_class("mime")
    assert str(caught.value).split("\n") == [
        "Custom: no custom operator is called 'mime'; did you mean 'mine'?",
        "  argument  op_type",
        "  got       'mime'",
        "  expected  'mine', 'other'",
        "  decorate the CustomOpProp class with @mx.operator.register(name) first",
    ]


def test_every_operator_is_listed():
    names = mx.operator.get_all_registered_operators()
    assert {"FullyConnected", "Custom", "_plus_scalar"} <= set(names) and len(names) > 400


def test_what_an_operator_is_called_with():
    told = mx.operator.get_operator_arguments("FullyConnected")
    assert told.narg == 6 and told.names == ["data", "weight", "bias", "num_hidden", "no_bias", "flatten"]
    assert told.types == ["NDArray-or-Symbol"] * 3 + ["int, required", "bool, optional, default='False'", "bool, optional, default='True'"]
    assert mx.operator.get_operator_arguments("Concat").types[0] == "NDArray-or-Symbol[]"
    with pytest.raises(mx.MXNetError, match="FullyConected"):
        mx.operator.get_operator_arguments("FullyConected")


def test_the_oldest_class_computes_the_identity():
    class Old(mx.operator.PythonOp):
        pass

    with pytest.warns(DeprecationWarning, match="Old is of old"):
        op = Old()
    out, grad = mx.nd.zeros((2,)), mx.nd.zeros((2,))
    op.forward([mx.nd.array([3, 4])], [out])
    op.backward([out], [out], [out], [grad])
    assert (out.asnumpy().tolist(), grad.asnumpy().tolist()) == ([3, 4], [1, 1])
    assert (op.infer_shape([(2,)]), op.list_outputs(), op.list_arguments(), op.need_top_grad()) == (
        ([(2,)], [(2,)]),
        ["output"],
        ["data"],
        True,
    )
    with pytest.raises(mx.MXNetError, match="a PythonOp cannot be composed"):
        op(mx.sym.Variable("x"))
