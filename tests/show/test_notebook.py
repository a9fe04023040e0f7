"""What a notebook gets of a symbol, an executor and a picture: always something, never an error."""

from xml.etree import ElementTree

import pytest

import symbolic as mx
from symbolic.show import notebook, render

sym = mx.sym
if render.find_program("graphviz-pure") is None:
    pytest.skip("graphviz-pure is not installed", allow_module_level=True)


def mlp():
    return sym.SoftmaxOutput(sym.FullyConnected(sym.Variable("data"), num_hidden=4, name="fc"), name="softmax")


def test_a_symbol_shows_its_picture():
    bundle = mlp()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "image/svg+xml"}
    assert bundle["text/plain"] == "<Symbol softmax>"
    assert ElementTree.fromstring(bundle["image/svg+xml"].encode()).tag.endswith("svg")
    assert bundle["text/html"].startswith("<div") and "<?xml" not in bundle["text/html"] and "<svg" in bundle["text/html"]


def test_declared_shapes_are_shown_and_wrong_ones_do_no_harm():
    assert "2x3" in sym.exp(sym.Variable("x", shape=(2, 3)))._repr_mimebundle_()["image/svg+xml"]
    wrong = sym.elemwise_add(sym.Variable("x", shape=(2, 3)), sym.Variable("y", shape=(4,)))
    assert "image/svg+xml" in wrong._repr_mimebundle_()


def test_a_large_graph_is_collapsed_a_huge_one_is_text(monkeypatch):
    x = sym.Variable("x")
    for place in range(300):
        x = sym.exp(x, name=f"layer{place}")
    assert x._repr_mimebundle_()["image/svg+xml"].count('class="node"') <= 40
    monkeypatch.setattr(notebook, "MOST_NODES", 200)
    bundle = x._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"} and "301 nodes" in bundle["text/html"] and "summary()" in bundle["text/html"]


def test_without_a_program_that_draws_there_is_text(monkeypatch):
    monkeypatch.setattr(render, "find_program", lambda name: None)
    bundle = mlp()._repr_mimebundle_()
    assert "image/svg+xml" not in bundle and "no picture" in bundle["text/html"] and "&lt;Symbol softmax&gt;" in bundle["text/html"]


def test_groups_lone_variables_and_names_of_any_kind():
    for symbol in (
        sym.Variable("x"),
        sym.Group([sym.Variable("a"), sym.exp(sym.Variable("b"))]),
        sym.exp(sym.Variable("v"), name='<b>"&\0'),
    ):
        assert "image/svg+xml" in symbol._repr_mimebundle_()


def test_an_executor_shows_the_shapes_that_are_bound():
    bundle = mlp().simple_bind(mx.cpu(), data=(5, 7))._repr_mimebundle_()
    assert "5x7" in bundle["image/svg+xml"] and "Executor" in bundle["text/plain"]


def test_letters_of_all_scripts_are_in_the_svg():
    svg = sym.exp(sym.Variable("数据"), name="слой")._repr_mimebundle_()["image/svg+xml"]
    assert "数据" in svg and "слой" in svg
