"""Signatures, docstrings and help of operators."""

import inspect
import pydoc

import pytest

import symbolic as mx
from symbolic import registry

S = mx.sym
OPERATORS = sorted({registry.find(name).name for name in registry.names()})


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_has_a_signature_and_a_text(name):
    op = registry.find(name)
    parameters = inspect.signature(op).parameters
    fixed = [slot for slot in op.inputs if slot in parameters]
    assert [slot for slot in parameters if slot in op.params] == list(op.params)
    assert {"name", "attr"} <= set(parameters) and (fixed or not op.inputs or op.variadic is not None)
    text = inspect.getdoc(op)
    summary = text.splitlines()[0]
    assert summary.strip()
    assert all(f"\n{slot} : " in text for slot in op.params), text
    assert "\nReturns\n-------\n" in text


def test_signature_of_a_layer():
    signature = inspect.signature(S.FullyConnected)
    assert list(signature.parameters) == ["data", "weight", "bias", "num_hidden", "no_bias", "flatten", "name", "attr"]
    assert str(signature.parameters["num_hidden"].default) == "<required>"
    assert signature.parameters["flatten"].default is True
    assert signature.parameters["data"].default is None


def test_signature_of_a_variadic_operator():
    signature = inspect.signature(S.Concat)
    assert str(signature) == "(*data, num_args=None, dim=1, name=None, attr=None)"


def test_calls_bind_as_the_signature_says():
    x = S.Variable("x")
    bound = inspect.signature(S.Convolution).bind(x, kernel=(3, 3), num_filter=4, name="c")
    assert S.Convolution(*bound.args, **bound.kwargs).list_arguments() == ["x", "c_weight", "c_bias"]
    bound = inspect.signature(S.clip).bind(x, 0, 1)
    assert S.clip(*bound.args, **bound.kwargs).list_attr() == {"a_min": "0", "a_max": "1"}


def test_help_shows_every_parameter():
    text = pydoc.render_doc(S.Pooling, renderer=pydoc.plaintext)
    for word in (
        "data : ",
        "kernel : tuple of int",
        "pool_type : {'max', 'avg', 'sum', 'lp'}, default 'max'",
        "global_pool : bool, default False",
    ):
        assert word in text, text


def test_a_state_is_said_to_be_rewritten():
    assert "rewritten by each run" in S.sgd_mom_update.__doc__


@pytest.mark.parametrize(
    "name", sorted(set(dir(S)) - set(registry.names()) - {"contrib", "linalg", "image", "sparse", "op", "_internal", "random"})
)
def test_functions_that_are_no_operators_are_documented_too(name):
    found = getattr(S, name)
    assert inspect.getdoc(found) and inspect.signature(found)


def test_an_alias_has_its_own_name_and_the_same_signature():
    assert S.concat.__name__ == "concat" and S.Concat.__name__ == "Concat"
    assert inspect.signature(S.concat) == inspect.signature(S.Concat)


def test_the_text_of_a_layer_is_whole():
    assert inspect.getdoc(S.FullyConnected).split("\n") == [
        "Map features affinely: ``output = data @ weight.T + bias``.",
        "",
        "Parameters",
        "----------",
        "data : Symbol or NDArray",
        "    Input batch. Shape: (n, *x), or (*n, k) unflattened.",
        "weight : Symbol or NDArray",
        "    One row per output feature. Shape ``(num_hidden, k)``.",
        "bias : Symbol or NDArray",
        "    Added to every row. Shape ``(num_hidden,)``.",
        "num_hidden : int, required",
        "    Number of output features.",
        "no_bias : bool, default False",
        "    Leave out ``bias``.",
        "flatten : bool, default True",
        "    Take every axis but the first as features.",
        "name : str, optional",
        "    Name of the node; made from the operator's if not given.",
        "",
        "Returns",
        "-------",
        "output : Symbol",
        "    Features of each row. Shape: (n, num_hidden), or (*n, num_hidden) unflattened.",
    ]
