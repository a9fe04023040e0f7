"""Each pass on the graph that its docstring draws."""

from __future__ import annotations

import numpy as np

import symbolic as mx
from symbolic.graph.graph import Graph
from symbolic.passes.expand import expand
from symbolic.passes.merge_equal import merge_equal
from symbolic.passes.separate_streams import separate_streams
from symbolic.passes.settle import settle
from symbolic.passes.thread_state import thread_state


def operators(graph):
    return [node.op.name for node in graph.nodes if node.op is not None]


def test_merge_equal_computes_equal_expressions_once():
    x = mx.sym.Variable("x")
    graph = merge_equal(mx.sym.Group([mx.sym.exp(x, name="a"), mx.sym.exp(x, name="b"), mx.sym.exp(x * 2), mx.sym.exp(x * 2.0)]).graph)
    assert operators(graph).count("exp") == 2
    assert graph.heads[0] == graph.heads[1]
    assert graph.heads[2] == graph.heads[3]


def test_merge_equal_tells_parameters_and_streams_apart():
    x = mx.sym.Variable("x")
    group = mx.sym.Group([x * 0.0, x * -0.0, mx.sym.Dropout(x, name="a"), mx.sym.Dropout(x, name="b"), mx.sym.Dropout(x, name="b")])
    graph = merge_equal(group.graph)
    assert len(set(graph.heads)) == 4


def test_thread_state_hands_on_versions():
    w, g, n = (mx.sym.Variable(name) for name in "wgn")
    step = mx.sym.rmsprop_update(w, g, n, lr=0.1, name="step")
    group = mx.sym.Group([mx.sym.square(n, name="before"), step, mx.sym.square(n, name="after"), n])
    graph = thread_state(group.graph)
    by_name = {node.name: node for node in graph.nodes}
    assert by_name["before"].inputs[0][0].name == "n"
    assert by_name["after"].inputs[0] == (by_name["step"], 1)
    assert graph.heads[3] == (by_name["step"], 1)
    assert graph.updates == {by_name["n"]: (by_name["step"], 1)}


def test_thread_state_leaves_computed_states_alone():
    w, g, n = (mx.sym.Variable(name) for name in "wgn")
    step = mx.sym.rmsprop_update(w, g, n * 1, lr=0.1, name="step")
    assert step.list_auxiliary_states() == []
    assert thread_state(step.graph).updates == {}


def test_expand_opens_bodies_and_keeps_values():
    x = mx.sym.Variable("x")
    symbol = mx.sym.Activation(x, act_type="softrelu", name="soft")
    graph = expand(symbol.graph, lambda op: op.name == "Activation")
    assert "Activation" not in operators(graph)
    assert next(node.name for node in graph.nodes if node.op is not None).startswith("soft.")
    opened = mx.sym.Symbol(graph.heads)
    values = mx.nd.array([-1.0, 0.0, 2.0])
    np.testing.assert_allclose(opened.eval(x=values)[0].asnumpy(), symbol.eval(x=values)[0].asnumpy(), rtol=1e-6)


def test_settle_writes_inferred_shapes():
    x = mx.sym.Variable("x")
    symbol = mx.sym.zeros((0, 4)) + x
    graph = symbol.graph
    from symbolic.infer.dtype import dtypes_of
    from symbolic.infer.shape import shapes_of

    known = dict.fromkeys(graph.variables, (3, 4))
    settled = settle(graph, shapes_of(graph, known), dtypes_of(graph, {}))
    zeros = next(node for node in settled.nodes if node.op is not None and node.op.name == "_zeros")
    assert zeros.params.shape == (3, 4)
    assert next(node for node in graph.nodes if node.op is not None and node.op.name == "_zeros").params.shape == (0, 4)


def test_separate_streams_renames_only_what_repeats():
    x = mx.sym.Variable("x")
    graph = separate_streams(mx.sym.Group([mx.sym.Dropout(x, name="d"), mx.sym.Dropout(x, name="d"), mx.sym.exp(x, name="e")]).graph)
    assert [node.name for node in graph.nodes if node.op is not None] == ["d", "d#1", "e"]


def test_passes_with_nothing_to_do_return_the_graph_itself():
    graph = mx.sym.exp(mx.sym.Variable("x")).graph
    assert isinstance(graph, Graph)
    assert merge_equal(graph) is graph
    assert thread_state(graph) is graph
    assert separate_streams(graph) is graph
    assert expand(graph, lambda op: True) is graph
