"""Operators nobody knows: they load, print, draw, copy and save, and fail only when they have to run."""

import copy
import json
import pickle

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import GradientError, UnknownOperator
from symbolic.files.json import from_json
from tests.files.old_files import graph, node, variable_node

ARRAYS = {"x": (2, 5), "w": (3, 5), "b": (3,)}


def text(version=10901, **more):
    """Write a graph with an unknown node of two outputs between known ones."""
    nodes = [
        variable_node("x"),
        variable_node("w"),
        variable_node("b"),
        node("FullyConnected", "fc", 0, 1, 2, attrs={"num_hidden": "3"}),
        node("Mine", "mine", 3, attrs={"width": "7", "__mood__": "calm"}),
        node("sin", "s", (4, 1)),
        node("elemwise_add", "sum", 5, 3),
    ]
    return json.dumps(graph(*nodes, version=version, **more))


@pytest.fixture
def symbol():
    return from_json(text())


@pytest.fixture
def arrays():
    return {name: mx.nd.array(np.ones(shape, "float32")) for name, shape in ARRAYS.items()}


def test_names(symbol):
    assert symbol.list_arguments() == ["x", "w", "b"]
    assert symbol.list_outputs() == ["sum_output"]
    assert symbol.get_internals().list_outputs() == ["x", "w", "b", "fc_output", "mine_output0", "mine_output1", "s_output", "sum_output"]
    assert symbol.get_internals()["mine_output1"].get_children().list_outputs() == ["fc_output"]


def test_attributes(symbol):
    mine = symbol.get_internals()["mine_output0"]
    assert mine.attr_dict()["mine"] == {"width": "7", "__mood__": "calm"}
    assert mine.attr("width") == "7"


def test_one_output_has_the_usual_name():
    symbol = from_json(json.dumps(graph(variable_node("x"), node("Mine", "m", 0), version=10901)))
    assert symbol.list_outputs() == ["m_output"]


def test_the_file_tells_the_number_of_outputs():
    more = {"node_row_ptr": [0, 1, 2, 3, 4, 9, 10, 11]}
    names = from_json(text(**more)).get_internals().list_outputs()
    assert [name for name in names if name.startswith("mine")] == [f"mine_output{place}" for place in range(5)]
    assert json.loads(from_json(text(**more)).tojson())["node_row_ptr"] == more["node_row_ptr"]


def test_saved_unchanged(symbol):
    again = symbol.tojson()
    assert from_json(again).tojson() == again
    before, after = json.loads(text())["nodes"], json.loads(again)["nodes"]
    assert [each["op"] for each in after] == [each["op"] for each in before]
    assert after[4]["attrs"] == before[4]["attrs"]
    for copied in (copy.deepcopy(symbol), copy.copy(symbol), pickle.loads(pickle.dumps(symbol)), symbol()):
        assert copied.tojson() == again


def test_age_of_param():
    mine = node("Mine", "m", 0, param={"width": "7"}, attr={"mood": "calm", "lr_mult": "2"})
    symbol = from_json(json.dumps(graph(variable_node("x"), mine)))
    assert symbol.attr_dict()["m"] == {"width": "7", "__mood__": "calm", "__lr_mult__": "2", "lr_mult": "2"}


def test_drawn_and_printed(symbol, capsys):
    assert "Op:Mine, Name=mine" in symbol.debug_str()
    mx.viz.print_summary(symbol, shape={"x": (2, 5)})
    assert "mine(Mine)" in capsys.readouterr().out
    assert "mine" in mx.viz.plot_network(symbol, shape={"x": (2, 5)}).source


def test_inference_goes_on_around(symbol):
    assert symbol.infer_shape_partial(x=(2, 5)) == ([(2, 5), (3, 5), (3,)], [(2, 3)], [])
    inner = symbol.get_internals()
    shapes = dict(zip(inner.list_outputs(), inner.infer_shape_partial(x=(2, 5))[1], strict=True))
    assert shapes["mine_output0"] == ()
    assert shapes["mine_output1"] == (2, 3)  # it is read by what knows its own shape
    assert inner.infer_type_partial(x="float16")[0] == [np.float16] * 3


@pytest.mark.parametrize("bind", ["simple_bind", "bind", "eval"])
def test_fails_when_it_has_to_run(symbol, arrays, bind):
    calls = {
        "simple_bind": lambda: symbol.simple_bind(mx.cpu(), x=(2, 5)).forward(),
        "bind": lambda: symbol.bind(mx.cpu(), arrays, grad_req="null").forward(),
        "eval": lambda: symbol.eval(**arrays),
    }
    with pytest.raises(UnknownOperator, match=r"mine \(Mine\)(.|\n)*nobody knows(.|\n)*width  7(.|\n)*get_internals"):
        calls[bind]()


def test_fails_when_its_gradient_is_asked_for(symbol):
    with pytest.raises(GradientError, match=r"mine \(Mine\)"):
        symbol.gradient("x")


def test_the_part_below_runs(symbol, arrays):
    below = symbol.get_internals()["fc_output"]
    assert np.array_equal(below.eval(**arrays)[0].asnumpy(), np.full((2, 3), 6))


def test_a_custom_operator_nobody_registered(arrays):
    """MXNet refuses the file; here only the node cannot run."""
    custom = node("Custom", "c", 0, attrs={"op_type": "nobody_registered_this"})
    symbol = from_json(json.dumps(graph(variable_node("x"), custom, version=10901)))
    assert symbol.list_outputs() == ["c_output"]
    assert from_json(symbol.tojson()).tojson() == symbol.tojson()
    with pytest.raises(UnknownOperator, match=r"c \(Custom\)(.|\n)*nobody_registered_this"):
        symbol.eval(x=arrays["x"])


def test_many_of_them_share_what_is_alike():
    nodes = [variable_node("x"), *[node("Mine", f"m{place}", place) for place in range(2000)]]
    symbol = from_json(json.dumps(graph(*nodes, version=10901)))
    assert len({id(each.params) for each in symbol.graph.nodes if each.op is not None}) == 1
