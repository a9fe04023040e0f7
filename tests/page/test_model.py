"""What a page is made of, without a browser: its data, its policy, its safety as a file."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, FileError, ShapeError, UnknownName
from symbolic.show.page.model import page_model
from symbolic.show.page.save import page_text
from symbolic.show.page.tree import DEEPEST, MOST
from tests.page import nets

sym = mx.sym


class Reader(HTMLParser):
    """Reads a page as a browser would: elements with attributes, and what scripts hold."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts = [], {}
        self.open = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.open.append((tag, dict(attrs).get("id", "")))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data


def model_in(text):
    return json.loads(Reader(text).texts["script", "graph"])


def test_one_entry_for_each_node_and_value():
    net = nets.resnet50()
    model = page_model(net, {"data": (1, 3, 224, 224)})
    nodes = len(net.graph.nodes)
    assert all(len(model[key]) == nodes for key in ("names", "kind", "role", "part", "line", "inputs", "first", "group"))
    assert all(len(costs) == nodes for costs in model["costs"].values())
    assert len(model["shape"]) == len(model["dtype"]) == net.graph.size
    place = model["names"].index("stage4_unit3_plus")
    assert model["shapes"][model["shape"][model["first"][place]]] == [1, 2048, 7, 7]
    assert "time" not in model["costs"]
    shapes, _, _ = net.infer_shape(data=(1, 3, 224, 224))
    learnt = sum(
        math.prod(shape) for name, shape in zip(net.list_arguments(), shapes, strict=True) if name not in ("data", "softmax_label")
    )
    assert sum(cost or 0 for cost in model["costs"]["parameters"]) == learnt > 25_000_000
    assert len(model["kinds"]) < 60  # alike nodes share their parameters


def test_lines_are_those_of_the_user():
    x = sym.exp(sym.Variable("x"))
    model = page_model(x)
    assert model["lines"][model["line"][-1]].rpartition(":")[0] == __file__


def test_groups_are_trees_of_few_boxes():
    for net in (nets.resnet50(), nets.thousands(3000), nets.detector(), nets.whole_step(), nets.loops()):
        model = page_model(net)
        groups = model["groups"]
        assert groups[0]["parent"] is None and all(group["parent"] < place for place, group in enumerate(groups) if place)
        members = [0] * len(groups)
        hidden = set(model["hidden"])
        for place, group in enumerate(model["group"]):
            if place not in hidden:
                members[group] += 1
        for group in groups[1:]:
            members[group["parent"]] += 1
        assert max(members) <= MOST + 1


def test_names_of_many_parts_make_no_deep_tree():
    x = sym.Variable("x")
    for number in range(400):
        x = sym.exp(x, name="_".join(f"p{part}" for part in range(number)) + f"_n{number}")
    groups = page_model(x)["groups"]
    depths = [0]
    for group in groups[1:]:
        depths.append(depths[group["parent"]] + 1)
    assert max(depths) <= DEEPEST + 1


def test_graphs_within_nodes():
    net = nets.loops()
    model = page_model(net, {"rows": (5, 2, 3), "start": (2, 8)})
    owners = [group for group in model["groups"] if group["owner"] is not None]
    assert [model["ops"][model["kinds"][model["kind"][group["owner"]]]["op"]]["name"] for group in owners] == ["_foreach"]
    new = model["names"].index("new")
    assert model["shapes"][model["shape"][model["first"][new]]] == [2, 8]  # of one step
    fed = {model["names"][variable] for _, variable in model["feeds"]}
    assert {"mix_weight", "mix_bias"} <= fed
    assert len(model["yields"]) == 2
    hidden = {model["names"][place] for place in model["hidden"]}
    assert hidden == {"mix_weight", "mix_bias"}


def test_condition_has_three_graphs():
    a, b = sym.Variable("a"), sym.Variable("b")
    net = sym.contrib.cond(sym.sum(a) > 0, lambda: a + b, lambda: a * b)
    model = page_model(net, {"a": (2,), "b": (2,)})
    owner = next(place for place, group in enumerate(model["groups"]) if group["owner"] is not None)
    assert [group["label"] for group in model["groups"] if group["parent"] == owner] == ["condition", "then", "else"]


def test_profile_reaches_nodes_and_the_rest_is_told():
    model = page_model(nets.perceptron(), profile={"fc1": np.float32(0.5), "gone": 2})
    assert model["costs"]["time"][model["names"].index("fc1")] == 0.5
    assert model["unplaced"] == 2


@pytest.mark.parametrize(
    "profile", [{"fc1": math.nan}, {"fc1": -1.0}, {"fc1": math.inf}, {"fc1": "1"}, {"fc1": True}, {3: 1.0}, [("fc1", 1.0)]]
)
def test_wrong_profile(profile, tmp_path):
    with pytest.raises(ArgumentError, match="profile"):
        mx.viz.save_page(nets.perceptron(), tmp_path / "x.html", profile=profile)
    assert not list(tmp_path.iterdir())


def test_wrong_arguments(tmp_path):
    path = tmp_path / "x.html"
    with pytest.raises(ArgumentError, match="symbol must be a Symbol"):
        mx.viz.save_page("net", path)
    with pytest.raises(ArgumentError, match="title"):
        mx.viz.save_page(nets.perceptron(), path, title=3)
    with pytest.raises(UnknownName, match="dat"):
        mx.viz.save_page(nets.perceptron(), path, shape={"dat": (1, 2)})
    with pytest.raises(ShapeError):
        mx.viz.save_page(sym.elemwise_add(sym.Variable("a"), sym.Variable("b")), path, shape={"a": (2,), "b": (3,)})
    with pytest.raises(FileError):
        mx.viz.save_page(nets.perceptron(), tmp_path / "none" / "x.html")
    with pytest.raises(ArgumentError, match="path"):
        mx.viz.save_page(nets.perceptron(), 3)
    assert not list(tmp_path.iterdir())


def test_graph_that_contradicts_itself_can_be_looked_at():
    a, b = sym.Variable("a", shape=(2,)), sym.Variable("b", shape=(3,))
    assert page_model(sym.elemwise_add(a, b))["shapes"] == [None]


def test_an_older_page_is_replaced_whole(tmp_path):
    path = tmp_path / "net.html"
    path.write_text("old old " * 500_000)
    mx.viz.save_page(nets.perceptron(), str(path), title="new")
    text = path.read_text()
    assert text.startswith("<!doctype html>") and text.endswith("</html>\n") and "old old" not in text
    assert [file.name for file in tmp_path.iterdir()] == ["net.html"]


def test_policy_lets_run_exactly_the_one_script():
    text = page_text(nets.resnet50())
    reader = Reader(text)
    policy = next(
        attrs["content"] for tag, attrs in reader.elements if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    (scripts,) = re.findall(r"script-src ([^;]*)", policy)
    digest = base64.b64encode(hashlib.sha256(reader.texts["script", ""].encode()).digest()).decode()
    assert scripts == f"'sha256-{digest}'"
    assert [attrs for tag, attrs in reader.elements if tag == "script"] == [{"type": "application/json", "id": "graph"}, {}]


def test_page_names_no_other_file():
    text = page_text(nets.perceptron())
    assert text.isascii()
    for _, attrs in Reader(text).elements:
        assert not {"src", "href", "onclick", "onload", "action"} & attrs.keys()
    style = Reader(text).texts["style", ""]
    assert "url(" not in style and "@import" not in style
    assert "sourceMappingURL" not in text


def test_licences_are_in_the_page():
    text = page_text(nets.perceptron())
    assert "Andrea Leofreddi" in text and "Redistribution and use" in text  # svg-pan-zoom
    assert "Chris Pettitt" in text and "Permission is hereby granted" in text  # dagre


HOSTILE = ["</script><script>alert(1)</script>", "<!--<script>", "]]>", "\u2028\u2029", "\ud800", "{{script}}", "&lt;", "\0", "'\"`${x}"]


def test_hostile_text_stays_data():
    x = sym.Variable("x")
    for name in HOSTILE:
        x = sym.exp(x, name=name, attr={"__note__": name})
    text = page_text(x, title=HOSTILE[0], profile={HOSTILE[1]: 1.0})
    reader = Reader(text)
    assert [tag for tag, _ in reader.elements].count("script") == 2
    model = model_in(text)
    assert [name for name in model["names"] if name != "x"] == HOSTILE
    assert model["attrs"][str(model["names"].index(HOSTILE[4]))] == {"__note__": HOSTILE[4]}
    assert reader.texts["title", ""] == model["title"] == HOSTILE[0]
    data = text.split('id="graph">', 1)[1].split("</script>", 1)[0]
    assert not set("<>&") & set(data)


def test_unknown_operators_and_long_values(tmp_path):
    words = {"code": "x" * 100_000}
    nodes = [
        {"op": "null", "name": "a", "inputs": []},
        {"op": "NobodyKnows", "name": "b", "attrs": words, "inputs": [[0, 0, 0]]},
    ]
    net = sym.load_json(json.dumps({"nodes": nodes, "arg_nodes": [0], "heads": [[1, 0, 0]], "attrs": {"mxnet_version": ["int", 10901]}}))
    model = page_model(net)
    assert model["ops"][0]["family"] == "unknown"
    assert len(model["kinds"][0]["words"]["code"]) == 2000


@pytest.mark.long
def test_thousands_of_nodes_take_few_bytes_each(tmp_path):
    path = tmp_path / "huge.html"
    mx.viz.save_page(nets.thousands(30_000), path)
    assert path.stat().st_size < 6e6
    model = model_in(path.read_text())
    assert len(model["names"]) == 30_000
