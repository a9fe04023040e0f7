"""Large graphs as few boxes, parts of a training step, loops and branches, and colours by amount: read back from the layout."""

import json
import re
from html import unescape

import pytest

import symbolic as mx
from symbolic.errors import ArgumentError
from symbolic.show.boxes import PHASE_LOOKS
from symbolic.show.heat import RAMP, SHARES, short, spoken
from symbolic.show.phases import phases_of

sym = mx.sym
IMAGE = {"data": (1, 3, 32, 32)}


class Seen:
    """A picture as the layout program reads it: boxes, frames (their titles), arrows between ids."""

    def __init__(self, picture):
        read = json.loads(picture.pipe(format="dot_json"))
        objects = read.get("objects", [])
        self.graph = read
        self.frames = [plain(one["label"]) for one in objects if one["name"].startswith("cluster_")]
        self.boxes = {one["name"]: one for one in objects if not one["name"].startswith("cluster_")}
        self.words = {name: plain(box["label"]) for name, box in self.boxes.items() if "label" in box}
        names = {one["_gvid"]: one["name"] for one in objects}
        self.arrows = [(names[edge["tail"]], names[edge["head"]], edge.get("label", "").strip()) for edge in read.get("edges", [])]
        self.edges = read.get("edges", [])


def plain(label):
    return unescape(re.sub(r"<[^>]*>", " ", label)).strip()


def acyclic(arrows):
    """Whether arrows lead in no circle; by taking away, again and again, what nothing leads to."""
    left = {(reader, source) for reader, source, _ in arrows}
    while left:
        heads = {source for _, source in left}
        kept = {(reader, source) for reader, source in left if reader in heads}
        if kept == left:
            return False
        left = kept
    return True


def net(units):
    x = sym.Convolution(sym.Variable("data"), kernel=(3, 3), pad=(1, 1), num_filter=8, name="stem")
    for unit in range(units):
        y = sym.Activation(sym.BatchNorm(x, name=f"stage1_unit{unit}_bn"), act_type="relu", name=f"stage1_unit{unit}_relu")
        x = x + sym.Convolution(y, kernel=(3, 3), pad=(1, 1), num_filter=8, name=f"stage1_unit{unit}_conv")
    return sym.SoftmaxOutput(sym.FullyConnected(x, num_hidden=10, name="fc"), name="softmax")


def mlp():
    x = sym.Activation(sym.FullyConnected(sym.Variable("data"), num_hidden=16, name="fc1"), act_type="relu", name="relu1")
    return sym.SoftmaxOutput(sym.FullyConnected(x, num_hidden=4, name="fc2"), name="softmax")


# -- collapse -------------------------------------------------------------------------------------------------------------


def test_a_large_graph_collapses_by_itself_and_says_so():
    small, large = Seen(mx.viz.plot_network(net(30))), Seen(mx.viz.plot_network(net(50), shape=IMAGE))
    assert len(small.boxes) == 30 * 4 + 5 and not small.frames and "label" not in small.graph
    assert len(large.boxes) <= 40 and acyclic(large.arrows)
    assert "205 nodes as" in plain(large.graph["label"]) and "collapse=False" in plain(large.graph["label"])


def test_one_copy_of_what_repeats_is_drawn_in_a_frame():
    seen = Seen(mx.viz.plot_network(net(50), shape=IMAGE))
    assert seen.frames == ["stage1: unit0 … unit49 \u00d7 50: one of them"]
    assert [name for name in seen.boxes if name.startswith("stage1")] == [f"stage1_unit0_{kind}" for kind in ("bn", "relu", "conv")]
    assert ("stage1_unit0_bn", "stem", "1x8x32x32") in seen.arrows and ("fc", "_plus0", "1x8x32x32") in [
        (reader, re.sub(r"\d+$", "0", source), said) for reader, source, said in seen.arrows
    ]


def test_a_closed_group_says_what_it_holds():
    seen = Seen(mx.viz.plot_network(net(50), shape=IMAGE, depth=0))
    (said,) = [words for words in seen.words.values() if "\u00d7 50" in words]
    assert "200 nodes" in said and "50 Convolution" in said
    assert "30k parameters" in said  # of a unit 8 * 8 * 9 and 8 of the convolution, 2 * 8 of the normalisation
    assert "FLOP" in said and "1x8x32x32 → 1x8x32x32" in said
    assert seen.boxes["softmax"]["penwidth"] == "3"


@pytest.mark.parametrize(("collapse", "most"), [(True, 20), (10, 10), (60, 60), (None, 145)])
def test_how_many_boxes_there_are(collapse, most):
    seen = Seen(mx.viz.plot_network(net(35), collapse=collapse))
    assert len(seen.boxes) <= most and acyclic(seen.arrows)
    assert bool(seen.frames) == (collapse is not None)


def test_collapse_false_draws_everything():
    seen = Seen(mx.viz.plot_network(net(50), collapse=False))
    assert len(seen.boxes) == 205 and not seen.frames


def test_very_many_boxes_are_drawn_quickly_and_the_picture_says_so():
    picture = mx.viz.plot_network(net(150), collapse=False)
    seen = Seen(picture)
    assert seen.graph["splines"] == "line" and "lines are straight" in plain(seen.graph["label"])


def test_depth_opens_levels():
    assert [len(Seen(mx.viz.plot_network(net(50), depth=depth)).frames) for depth in (0, 1)] == [0, 1]


def test_a_long_picture_is_set_in_columns():
    x = sym.Variable("data")
    for block in range(60):  # no two alike: there is no repetition to show
        x = sym.FullyConnected(x, num_hidden=block + 1, name=f"part{block}_fc")
        x = sym.Activation(sym.exp(x, name=f"part{block}_exp"), act_type="relu", name=f"part{block}_relu")
    picture = mx.viz.plot_network(x, collapse=40)
    seen = Seen(picture)
    aside = [edge for edge in seen.edges if edge.get("constraint") == "false"]
    height = float(re.search(r'height="([\d.]+)pt"', picture.pipe(format="svg", encoding="utf-8"))[1])
    assert 1 <= len(aside) <= 3 and height < 2500  # points; in one column it is 40 boxes high


def test_names_without_structure_collapse_too():
    x = sym.Variable("x")
    for place in range(1000):
        x = (sym.exp if place * place % 7 < 3 else sym.tanh)(x, name=f"node{place}")
    seen = Seen(x.plot())
    assert len(seen.boxes) <= 40 and acyclic(seen.arrows)


def test_a_group_is_one_box_even_where_nodes_are_named_like_it():
    x = sym.Variable("data")
    for place in range(200):
        x = sym.exp(x, name=("block", "block_a", "block_b", "block_b_1")[place % 4])
    seen = Seen(x.plot())
    assert len(seen.boxes) <= 40 and acyclic(seen.arrows)


# -- forward, gradient, update --------------------------------------------------------------------------------------------


def test_gradient_nodes_have_their_frame_and_border():
    seen = Seen(mx.viz.plot_network(mlp().gradient(["fc1_weight"])))
    assert seen.frames == ["forward", "gradient"]
    assert seen.boxes["fc1.d4"]["color"] == PHASE_LOOKS["gradient"]["color"] and "dashed" in seen.boxes["fc1.d4"]["style"]
    assert seen.boxes["fc1"]["color"] != PHASE_LOOKS["gradient"]["color"]
    assert "gradient (dashed)" in plain(seen.graph["label"])


def test_phases_of_a_training_step():
    step = mx.training.step(mlp(), "sgd", momentum=0.9)
    phases = {node.name: phase for node, phase in phases_of(step.graph).items()}
    assert {phases[name] for name in ("data", "fc1", "relu1", "softmax", "softmax_label", "fc1_weight")} == {"forward"}
    assert {phase for name, phase in phases.items() if re.search(r"\.d\d+$", name)} == {"gradient"}
    assert {phases[name] for name in ("step", "step_lr", "step_lr_each", "step_count")} == {"update"}
    order = ("forward", "gradient", "update")
    for node in step.graph.nodes:
        assert all(order.index(phases[below.name]) <= order.index(phases[node.name]) for below, _ in node.inputs)
    assert Seen(step.plot()).frames == ["forward", "gradient", "update"]


def test_a_plain_network_has_no_parts():
    assert set(phases_of(mlp().graph).values()) == {"forward"}
    named = sym.exp(sym.Variable("x"), name="layer.d")  # not how gradients are named
    assert set(phases_of(named.graph).values()) == {"forward"}


def test_parts_of_a_large_step_are_joined_by_one_arrow():
    step = mx.training.step(net(30), "sgd")
    seen = Seen(step.plot())
    joint = [edge for edge in seen.edges if edge.get("penwidth") == "3"]
    assert len(joint) == 3 and all("values" in edge["label"] for edge in joint)


# -- loops and branches ---------------------------------------------------------------------------------------------------


def test_a_loop_is_a_frame_with_its_graph():
    weight = sym.Variable("w")

    def body(row, states):
        made = sym.tanh(sym.FullyConnected(row, weight=weight, num_hidden=8, no_bias=True, name="i2h") + states[0], name="h")
        return made, [made]

    out, _ = sym.contrib.foreach(body, sym.Variable("data"), [sym.Variable("begin")], name="rnn")
    picture = mx.viz.plot_network(sym.sum(out, name="total"), shape={"data": (5, 2, 8), "begin": (2, 8)})
    seen = Seen(picture)
    assert len(seen.frames) == 1 and seen.frames[0].startswith("_foreach") and seen.frames[0].endswith("for each row")
    assert {"data", "begin", "i2h", "h", "total"} <= set(seen.boxes)
    inside = {reader: (source, said) for reader, source, said in seen.arrows}
    assert inside["i2h"][1] == "2x8" or ("i2h", "data-0", "2x8") in seen.arrows  # a row of 5x2x8
    assert any(edge.get("label", "").strip() == "next" and edge["style"] == "dashed" for edge in seen.edges)
    assert ("total", "h", "output0 5x2x8") in seen.arrows


def test_a_branch_has_three_frames():
    a, b = sym.Variable("a"), sym.Variable("b")
    seen = Seen(sym.contrib.cond(sym.sum(a) < sym.sum(b), lambda: sym.exp(a, name="one"), lambda: sym.log(b, name="other")).plot())
    assert {"condition", "then", "else"} <= set(seen.frames)
    assert seen.boxes["one"]["penwidth"] == seen.boxes["other"]["penwidth"] == "3"  # either is the output


def test_a_while_loop_shows_what_ends_it():
    _, states = sym.contrib.while_loop(
        cond=lambda i, s: i < 5,
        func=lambda i, s: ([s * 2], [i + 1, s + i]),
        loop_vars=(sym.Variable("i"), sym.Variable("s")),
        max_iterations=9,
    )
    seen = Seen(states[1].plot())
    assert any("at most 9 times" in frame for frame in seen.frames)
    assert [box["shape"] for box in seen.boxes.values()].count("diamond") == 1
    assert sum(edge.get("label", "").strip() == "next" for edge in seen.edges) == 2


def test_loops_in_loops():
    def outer(row, states):
        inner, _ = sym.contrib.foreach(lambda cell, _: (sym.exp(cell, name="deep"), []), row, [])
        return inner + states[0], [states[0]]

    out, _ = sym.contrib.foreach(outer, sym.Variable("data"), [sym.Variable("begin")])
    seen = Seen(out.plot(shape={"data": (3, 4, 5), "begin": (4, 5)}))
    assert len(seen.frames) == 2 and "deep" in seen.boxes


# -- amounts ----------------------------------------------------------------------------------------------------------------


def test_heat_by_operations_and_bytes():
    for kind in ("flops", "bytes"):
        seen = Seen(mx.viz.plot_network(mlp(), shape={"data": (8, 1000)}, heat=kind))
        assert seen.boxes["fc1"]["fillcolor"] == RAMP[-1] and float(seen.boxes["fc1"]["penwidth"]) > float(seen.boxes["relu1"]["penwidth"])
        assert " %" in seen.words["fc1"] and "in all" in plain(seen.graph["label"])


def test_heat_by_time():
    seen = Seen(mx.viz.plot_network(mlp(), profile={"fc1": 0.003, "relu1": 0.001, "stranger": 9}))
    assert "3 ms, 75 %" in seen.words["fc1"] and "1 ms, 25 %" in seen.words["relu1"]
    assert seen.boxes["fc2"]["fillcolor"] == RAMP[0]  # not measured
    assert "4 ms in all" in plain(seen.graph["label"])


def test_heat_of_groups_is_that_of_their_nodes():
    large = net(50)
    profile = {node.name: 0.001 for node in large.graph.nodes if node.op is not None}
    seen = Seen(mx.viz.plot_network(large, profile=profile, depth=0))
    assert any("200 ms, 99 %" in said for said in seen.words.values())
    assert "200 ms, 99 %" in Seen(mx.viz.plot_network(large, profile=profile)).frames[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"heat": "flop"}, ["heat", "'flop'", "did you mean"]),
        ({"heat": "time"}, ["profile", "mx.debug.profile"]),
        ({"heat": "flops"}, ["nothing", "shape="]),
        ({"profile": {"nobody": 1.0}}, ["nothing", "profile"]),
        ({"profile": {"fc1": "long"}}, ["profile", "seconds"]),
        ({"profile": 3}, ["profile", "int 3"]),
        ({"collapse": "yes"}, ["collapse", "'yes'"]),
        ({"collapse": 0}, ["collapse", "how many boxes"]),
        ({"depth": -1}, ["depth", "-1"]),
    ],
)
def test_bad_arguments(arguments, says):
    with pytest.raises(ArgumentError) as raised:
        mx.viz.plot_network(mlp(), **arguments)
    assert all(word in str(raised.value) for word in says), str(raised.value)


def test_numbers_are_short():
    assert [short(number) for number in (0, 7, 999, 1000, 1234567, 2.5e9, 999_900)] == ["0", "7", "999", "1k", "1.23M", "2.5G", "1M"]
    assert [spoken("time", number) for number in (2, 0.0031, 4.2e-6, 5e-8)] == ["2 s", "3.1 ms", "4.2 µs", "50 ns"]
    assert spoken("flops", 1.2e9) == "1.2 GFLOP" and spoken("bytes", 512) == "512 B"


def test_the_ramp_is_legible_and_grows_darker():
    def luminance(colour):
        channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    light = [luminance(colour) for colour in RAMP]
    assert light == sorted(light, reverse=True) and len(RAMP) == len(SHARES) + 1
    assert (light[-1] + 0.05) / (luminance("#333333") + 0.05) > 4.5


# -- legend -----------------------------------------------------------------------------------------------------------------


def test_the_legend_names_what_is_there():
    said = plain(Seen(mx.viz.plot_network(mlp(), legend=True)).graph["label"])
    assert all(word in said for word in ("layer with weights", "activation", "loss", "input", "label"))
    assert "normalisation" not in said
    assert "label" not in Seen(mx.viz.plot_network(mlp())).graph
    assert Seen(mx.viz.plot_network(net(50), legend=False)).graph.get("label", "") == ""
