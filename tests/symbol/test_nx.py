"""Symbols as networkx graphs and back: nothing is lost, and broken graphs are refused with their reason."""

from pathlib import Path

import networkx as nx
import pytest

import symbolic as mx
from symbolic.errors import FormatError, MXNetError

MODELS = sorted(Path(__file__).resolve().parents[3].glob("shared/models/*/*-symbol.json"))


def net():
    data = mx.sym.Variable("data", shape=(0, 4), lr_mult=2)
    hidden = mx.sym.FullyConnected(data, num_hidden=3, name="fc", attr={"__mood__": "good"})
    return mx.sym.Group([mx.sym.elemwise_add(hidden, hidden * 2, name="sum"), mx.sym.BatchNorm(hidden, name="bn")])


def test_what_it_shows():
    graph = net().to_networkx()
    by_name = {data["name"]: (number, data) for number, data in graph.nodes(data=True)}
    number, fc = by_name["fc"]
    assert fc["op"] == "FullyConnected" and fc["params"] == {"num_hidden": "3"} and fc["attrs"] == {"__mood__": "good"}
    assert fc["role"] == "operator" and "test_nx.py" in fc["line"]
    assert [(edge["input"], edge["slot"], edge["output"]) for _, _, edge in graph.in_edges(number, data=True)] == [
        (0, "data", 0), (1, "weight", 0), (2, "bias", 0)]  # fmt: skip
    assert by_name["data"][1]["role"] == "argument" and by_name["bn_moving_mean"][1]["role"] == "state"
    assert by_name["data"][1]["attrs"]["__lr_mult__"] == "2"
    assert [graph.nodes[number]["name"] for number, _ in graph.graph["heads"]] == ["sum", "bn"]
    assert nx.is_directed_acyclic_graph(graph)


def test_one_value_read_twice_by_one_node():
    x = mx.sym.Variable("x")
    graph = mx.sym.elemwise_sub(x, x).to_networkx()
    assert sorted(edge["slot"] for *_, edge in graph.edges(data=True)) == ["lhs", "rhs"]
    assert mx.sym.from_networkx(graph).tojson() == mx.sym.from_networkx(mx.sym.from_networkx(graph).to_networkx()).tojson()


def test_shapes_and_types():
    graph = net().to_networkx(data=(2, 4))
    number = next(number for number, data in graph.nodes(data=True) if data["name"] == "fc")
    assert [edge["shape"] for *_, edge in graph.in_edges(number, data=True)] == [(2, 4), (3, 4), (3,)]
    assert graph.nodes[number]["shapes"] == [(2, 3)]


def test_round_trip():
    symbol = net()
    back = mx.sym.from_networkx(symbol.to_networkx())
    assert back.tojson() == symbol.tojson()
    assert back.list_arguments() == symbol.list_arguments() and back.list_auxiliary_states() == symbol.list_auxiliary_states()
    assert back.attr_dict() == symbol.attr_dict()


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_round_trip_of_real_models(path):
    try:
        symbol = mx.sym.load(path)
    except MXNetError:
        pytest.skip("the file needs an operator of the user")
    assert mx.sym.from_networkx(symbol.to_networkx()).tojson() == symbol.tojson()


def test_round_trip_of_loops():
    body = lambda data, state: (data + state, data * state)  # noqa: E731
    out, state = mx.sym.contrib.foreach(body, mx.sym.Variable("data"), mx.sym.Variable("init"))
    symbol = mx.sym.Group([out, state])
    graph = symbol.to_networkx()
    loop = next(data for _, data in graph.nodes(data=True) if "subgraphs" in data)
    assert any(data["op"] == "elemwise_add" for _, data in loop["subgraphs"][0].nodes(data=True))
    assert mx.sym.from_networkx(graph).tojson() == symbol.tojson()


def test_unknown_operators_survive():
    text = (
        '{"nodes": [{"op": "null", "name": "x", "inputs": []}, {"op": "Strange", "name": "s", "attrs": {"a": "1"}, "inputs": [[0, 0, 0]]}],'
    )
    symbol = mx.sym.load_json(text + '"arg_nodes": [0], "heads": [[1, 0, 0]], "attrs": {"mxnet_version": ["int", 10901]}}')
    assert mx.sym.from_networkx(symbol.to_networkx()).tojson() == symbol.tojson()


def test_a_long_chain():
    symbol = mx.sym.Variable("x")
    for _ in range(20_000):
        symbol = symbol + 1
    assert len(mx.sym.from_networkx(symbol.to_networkx()).graph.nodes) == 20_001


def test_a_graph_changed_by_networkx():
    x = mx.sym.Variable("x")
    graph = mx.sym.exp(mx.sym.sin(x)).to_networkx()
    place = next(number for number, data in graph.nodes(data=True) if data["op"] == "sin")
    graph.nodes[place]["op"] = "cos"
    graph = nx.relabel_nodes(graph, {place: "middle"})
    back = mx.sym.from_networkx(graph)
    assert [node.op.name for node in back.graph.nodes if node.op] == ["cos", "exp"]


def broken(change):
    graph = mx.sym.elemwise_add(mx.sym.exp(mx.sym.Variable("x"), name="e"), mx.sym.Variable("y"), name="sum").to_networkx()
    places = {data["name"]: number for number, data in graph.nodes(data=True)}
    change(graph, places)
    return graph


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda g, p: g.add_edge(p["sum"], p["e"], input=1, output=0), r"depend on itself[\s\S]*->"),
        (lambda g, p: g.remove_edge(p["y"], p["sum"]), r"sum.*inputs do not fit the operator[\s\S]*expected  2: lhs, rhs"),
        (lambda g, p: g.remove_edge(p["e"], p["sum"]), r"an input is missing"),
        (lambda g, p: g.add_edge(p["x"], p["sum"], input=1, output=0), r"two edges lead to input 1"),
        (lambda g, p: g.add_edge(p["x"], p["sum"]), r"an edge needs an attribute 'input'"),
        (lambda g, p: g.edges[p["e"], p["sum"], 0].update(output=3), r"no such output[\s\S]*0 to 0"),
        (lambda g, p: g.nodes[p["e"]].pop("op"), r"a node needs 'name' and 'op'"),
        (lambda g, p: g.nodes[p["e"]].update(op="nonsense"), r"no operator is called 'nonsense'"),
        (lambda g, p: g.nodes[p["e"]].update(params={"a": "1"}), r"unknown parameter 'a'"),
        (lambda g, p: g.nodes[p["e"]].update(params={"a": 1}), r"'params' of a node are text"),
        (lambda g, p: g.nodes[p["y"]].update(op="null") or g.add_edge(p["x"], p["y"], input=0), r"a variable has no inputs"),
        (lambda g, p: g.add_edge("elsewhere", p["sum"], input=2), r"never added"),
        (lambda g, p: g.graph.pop("heads"), r"heads"),
        (lambda g, p: g.graph.update(heads=[("nowhere", 0)]), r"a head is no node"),
        (lambda g, p: g.graph.update(heads=[(p["e"], 1)]), r"no such output"),
    ],
)
def test_broken_graphs_are_refused(change, message):
    with pytest.raises(MXNetError, match=message):
        mx.sym.from_networkx(broken(change))


def test_no_graph_at_all():
    with pytest.raises(TypeError, match="directed graph"):
        mx.sym.from_networkx(nx.Graph())
    with pytest.raises(FormatError, match="heads"):
        mx.sym.from_networkx(nx.MultiDiGraph())
