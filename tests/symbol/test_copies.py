"""Copies, pickles and files of symbols keep everything but their identity."""

import copy
import pickle

import pytest

import symbolic as mx

S = mx.sym


def symbols():
    with mx.AttrScope(ctx_group="g", __mark__="m"):
        data = S.Variable("data", shape=(0, 3), lr_mult=2, wd_mult=0.5, dtype="float16", init="zeros", stype="csr", __extra__="e")
        bn = S.BatchNorm(S.Convolution(data, kernel=(3, 3), num_filter=4, pad=[1, 1], name="conv"), fix_gamma=False, name="bn")
    pieces = S.split(bn, num_outputs=2, name="s")
    yield "variable", data
    yield "network", bn
    yield "one output of two", pieces[1]
    yield "two outputs", pieces
    yield "group", S.Group([pieces[1], data, bn])
    yield "same names", S.Variable("a") + S.Variable("a")
    yield "shared", pieces[0] * pieces[0] + pieces[1]
    yield "constant", S.Variable("a") + mx.nd.array([1.0, 2.0])
    yield "odd names", S.exp(S.Variable("a b/ü\n\"'"), name="")


SYMBOLS = dict(symbols())


@pytest.mark.parametrize("kind", SYMBOLS)
@pytest.mark.parametrize(
    "twin",
    [
        copy.copy,
        copy.deepcopy,
        lambda s: pickle.loads(pickle.dumps(s)),
        lambda s: pickle.loads(pickle.dumps(s, 0)),
        lambda s: S.load_json(s.tojson()),
    ],
    ids=["copy", "deepcopy", "pickle", "pickle 0", "json"],
)
def test_copy(kind, twin):
    symbol = SYMBOLS[kind]
    made = twin(symbol)
    assert made.tojson() == symbol.tojson()
    assert made.attr_dict() == symbol.attr_dict()
    assert made.list_inputs() == symbol.list_inputs() and made.list_outputs() == symbol.list_outputs()
    assert made.list_auxiliary_states() == symbol.list_auxiliary_states()


def test_copies_are_annotated_apart():
    symbol = S.exp(S.Variable("x"), name="e")
    twin = copy.copy(symbol)
    twin._set_attr(a="1")
    assert symbol.attr("a") is None and twin.attr("a") == "1"


def test_copies_share_what_the_original_shares():
    x = S.Variable("x")
    assert copy.deepcopy(x + x).list_arguments() == ["x"]
    assert pickle.loads(pickle.dumps(x + x)).list_arguments() == ["x"]


def test_a_list_of_symbols_is_copied_and_pickled():
    many = [S.Variable("x"), S.exp(S.Variable("y"))]
    for made in (copy.deepcopy(many), pickle.loads(pickle.dumps(many))):
        assert [s.list_arguments() for s in made] == [["x"], ["y"]]
