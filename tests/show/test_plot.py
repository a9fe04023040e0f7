"""The picture of a graph: its boxes, arrows and words, read back from the layout program."""

import json
import re
import time
from html import unescape

import graphviz
import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, DTypeError, ShapeError, UnknownName
from symbolic.show import label

sym = mx.sym


def boxes(picture):
    """Box id -> attributes, as the layout program reads them."""
    return {
        box["name"]: box
        for box in json.loads(picture.pipe(format="dot_json")).get("objects", [])
        if "subgraphs" not in box and "cluster" not in box["name"][:8]
    }


def arrows(picture):
    """Every (reader, input, label)."""
    read = json.loads(picture.pipe(format="dot_json"))
    names = {box["_gvid"]: box["name"] for box in read.get("objects", [])}
    return sorted((names[edge["tail"]], names[edge["head"]], edge.get("label", "").strip()) for edge in read.get("edges", []))


def words(box):
    """The lines that stand in a box."""
    return [unescape(re.sub(r"<[^>]*>", "", line)).replace("\\\\", "\\") for line in box["label"].split("<br/>")]


def mlp():
    """data -> fc1 -> relu1 -> fc2 -> softmax <- softmax_label"""
    net = sym.FullyConnected(sym.Variable("data"), num_hidden=128, name="fc1")
    net = sym.Activation(net, act_type="relu", name="relu1")
    net = sym.FullyConnected(net, num_hidden=10, name="fc2")
    return sym.SoftmaxOutput(net, name="softmax")


def only(op_symbol):
    """Lines in the box of the last node."""
    return words(boxes(mx.viz.plot_network(op_symbol))[op_symbol.name])


# -- structure --------------------------------------------------------------------------------------------------------


def test_boxes_and_arrows():
    picture = mx.viz.plot_network(mlp())
    assert isinstance(picture, graphviz.Digraph)
    assert list(boxes(picture)) == ["data", "fc1", "relu1", "fc2", "softmax_label", "softmax"]
    assert arrows(picture) == [
        ("fc1", "data", ""),
        ("fc2", "relu1", ""),
        ("relu1", "fc1", ""),
        ("softmax", "fc2", ""),
        ("softmax", "softmax_label", ""),
    ]


def test_weights_are_drawn_on_demand():
    assert set(boxes(mx.viz.plot_network(mlp(), hide_weights=False))) - set(boxes(mx.viz.plot_network(mlp()))) == {
        "fc1_weight",
        "fc1_bias",
        "fc2_weight",
        "fc2_bias",
    }


def test_weights_are_known_by_their_slot_not_by_their_name():
    data, w, moving, table = (sym.Variable(name) for name in ("a_weight_of_data", "w", "m", "table"))
    net = sym.FullyConnected(data, weight=w, num_hidden=3, name="fc")
    net = sym.BatchNorm(net, gamma=sym.Variable("g"), moving_mean=moving, name="bn")
    net = sym.FullyConnected(net, weight=sym.cast(table, dtype="float32", name="narrow"), num_hidden=2, name="out")
    assert set(boxes(mx.viz.plot_network(net))) == {"a_weight_of_data", "fc", "bn", "out"}  # the cast serves the weight only


def test_a_weight_that_something_else_reads_stays():
    weight = sym.Variable("w")
    net = sym.FullyConnected(sym.Variable("data"), weight=weight, num_hidden=3, name="fc")
    assert set(boxes(mx.viz.plot_network(sym.Group([net, sym.square(weight, name="penalty")])))) == {"data", "w", "fc", "penalty"}


def test_names_tell_weights_where_slots_do_not():
    net = sym.broadcast_mul(sym.Variable("data"), sym.Variable("gate_weight"), name="gated")
    assert set(boxes(mx.viz.plot_network(net))) == {"data", "gated"}


def test_labels_inputs_and_operands_stay():
    scale = sym.Variable("scale", shape=(1, 4), init="ones")
    net = sym.SoftmaxOutput(sym.broadcast_mul(sym.Variable("data"), scale), sym.Variable("answer"), name="out")
    assert set(boxes(mx.viz.plot_network(net, shape={"data": (2, 4)}))) >= {"data", "scale", "answer"}


def test_a_weight_that_is_an_output_stays():
    weight = sym.Variable("fc_weight")
    net = sym.FullyConnected(sym.Variable("data"), weight=weight, num_hidden=3, name="fc")
    assert set(boxes(mx.viz.plot_network(sym.Group([net, weight])))) == {"data", "fc", "fc_weight"}


def test_an_update_shows_what_it_works_on():
    weight = sym.Variable("fc_weight")
    net = sym.FullyConnected(sym.Variable("data"), weight=weight, num_hidden=3, name="fc")
    step = sym.sgd_update(weight, sym.Variable("grad"), lr=0.1, name="step")
    assert set(boxes(mx.viz.plot_network(sym.Group([net, step])))) == {"data", "fc", "fc_weight", "grad", "step"}


def test_an_update_shows_its_states():
    step = sym.rmsprop_update(*(sym.Variable(name) for name in ("weight", "grad", "n")), lr=0.01, name="step")
    assert set(boxes(mx.viz.plot_network(step))) == {"weight", "grad", "n", "step"}


def test_repeated_names_are_different_boxes():
    """x -> exp 'a' -> exp 'b' -> exp 'a': by name alone, a cycle."""
    a = sym.exp(sym.Variable("x"), name="a")
    loop = sym.exp(sym.exp(a, name="b"), name="a")
    assert arrows(mx.viz.plot_network(loop)) == [("a", "x", ""), ("a #2", "b", ""), ("b", "a", "")]


def test_made_ids_do_not_meet_names():
    net = sym.add_n(*(sym.Variable(name) for name in ("a", "a #2", "a", "a")), name="a")
    assert list(boxes(mx.viz.plot_network(net))) == ["a", "a _2", "a #2", "a #3", "a #4"]


def test_a_value_read_twice_has_two_arrows():
    x = sym.Variable("x")
    assert arrows(mx.viz.plot_network(sym.elemwise_mul(x, x, name="y"))) == [("y", "x", ""), ("y", "x", "")]


def test_a_lone_variable_and_a_group():
    assert list(boxes(mx.viz.plot_network(sym.Variable("x")))) == ["x"]
    x = sym.Variable("x")
    picture = mx.viz.plot_network(sym.Group([sym.exp(x, name="e"), sym.log(x, name="l"), x]))
    assert {name for name, box in boxes(picture).items() if box.get("penwidth") == "3"} == {"e", "l", "x"}


def test_operators_nobody_knows():
    nodes = [
        {"op": "null", "name": "x", "inputs": []},
        {"op": "null", "name": "strange_weight", "inputs": []},
        {
            "op": "Strange <op>",
            "name": "strange",
            "attrs": {"num_filter": "8", "kernel": "(3, 3)", "no_bias": "False"},
            "inputs": [[0, 0, 0], [1, 0, 0]],
        },
        {"op": "Strange", "name": "sum", "inputs": [[2, 0, 0], [2, 3, 0]]},
    ]
    net = sym.load_json(json.dumps({"nodes": nodes, "arg_nodes": [0, 1], "heads": [[3, 1, 0]]}))
    picture = mx.viz.plot_network(net, shape={"x": (2, 3)})
    assert arrows(picture) == [("strange", "x", "2x3"), ("sum", "strange", "output0"), ("sum", "strange", "output3")]
    assert words(boxes(picture)["strange"]) == ["Strange <op>", "3x3, 8 filters", "strange"]


# -- words ------------------------------------------------------------------------------------------------------------

X = sym.Variable("x")


@pytest.mark.parametrize(
    ("symbol", "lines"),
    [
        (lambda: sym.FullyConnected(X, num_hidden=128, name="n"), ["FullyConnected", "128 units"]),
        (
            lambda: sym.FullyConnected(X, num_hidden=1, no_bias=True, flatten=False, name="n"),
            ["FullyConnected", "1 unit, no bias, flatten=False"],
        ),
        (lambda: sym.Convolution(X, kernel=(3, 3), num_filter=8, name="n"), ["Convolution", "3x3, 8 filters"]),
        (
            lambda: sym.Convolution(X, kernel=(5, 3), num_filter=8, stride=(2, 2), pad=(2, 1), dilate=(1, 1), num_group=4, name="n"),
            ["Convolution", "5x3, 8 filters, stride 2,", "pad 2x1, 4 groups"],
        ),
        (lambda: sym.Convolution(X, kernel=(3,), num_filter=8, pad=(0,), workspace=512, name="n"), ["Convolution", "3, 8 filters"]),
        (lambda: sym.Pooling(X, kernel=(2, 2), stride=(2, 2), name="n"), ["Pooling", "max, 2x2, stride 2"]),
        (lambda: sym.Pooling(X, global_pool=True, pool_type="avg", name="n"), ["Pooling", "avg, global pool"]),
        (lambda: sym.Activation(X, act_type="tanh", name="n"), ["Activation", "tanh"]),
        (lambda: sym.LeakyReLU(X, name="n"), ["LeakyReLU", "leaky"]),
        (lambda: sym.LeakyReLU(X, act_type="elu", slope=0.5, name="n"), ["LeakyReLU", "elu, slope=0.5"]),
        (lambda: sym.BatchNorm(X, eps=1e-4, fix_gamma=False, name="n"), ["BatchNorm"]),
        (lambda: sym.Dropout(X, p=0.3, name="n"), ["Dropout", "p=0.3"]),
        (lambda: sym._mul_scalar(X, scalar=2.5, name="n"), ["_mul_scalar", "2.5"]),
        (lambda: sym.exp(X, name="n"), ["exp"]),
    ],
)
def test_a_box_says_operator_what_matters_and_name(symbol, lines):
    assert only(symbol()) == [*lines, "n"]


def test_outputs_say_their_shapes():
    picture = mx.viz.plot_network(mlp(), shape={"data": (32, 784)}, dtype={"data": "float32"})
    assert words(boxes(picture)["softmax"]) == ["SoftmaxOutput", "softmax", "output 32x10 float32"]
    assert words(boxes(picture)["fc2"]) == ["FullyConnected", "10 units", "fc2"]


def test_arrows_say_the_inferred_shapes():
    shape = {"data": (2, 3, 9, 9)}
    net = sym.Convolution(sym.Variable("data"), kernel=(3, 3), num_filter=4, name="conv")
    net = sym.Pooling(sym.BatchNorm(net, name="bn"), kernel=(2, 2), stride=(2, 2), name="pool")
    net = sym.FullyConnected(net, num_hidden=5, name="fc") + 1
    inner = net.get_internals()
    _, inferred, _ = inner.infer_shape(**shape)
    shapes = {name.removesuffix("_output"): "x".join(map(str, size)) for name, size in zip(inner.list_outputs(), inferred, strict=True)}
    drawn = arrows(mx.viz.plot_network(net, shape=shape, hide_weights=False))
    assert len(drawn) == 13
    assert all(said == shapes[below] for _, below, said in drawn)


def test_arrows_say_types_alone_or_with_shapes():
    x = sym.exp(sym.Variable("x"), name="y")
    assert arrows(mx.viz.plot_network(x, dtype={"x": np.float64})) == [("y", "x", "float64")]
    assert arrows(mx.viz.plot_network(x, dtype={"x": "float16"}, shape={"x": (2,)})) == [("y", "x", "2 float16")]


def test_one_of_several_outputs_is_named():
    one, _, three = sym.SliceChannel(sym.Variable("x"), num_outputs=3, name="parts")
    picture = mx.viz.plot_network(sym.elemwise_add(one, three, name="sum"), shape={"x": (2, 6)})
    assert arrows(picture) == [("parts", "x", "2x6"), ("sum", "parts", "output0 2x2"), ("sum", "parts", "output2 2x2")]


def test_what_is_not_known_is_not_guessed():
    net = sym.FullyConnected(sym.exp(sym.Variable("x"), name="e"), num_hidden=3, name="fc") * sym.Variable("y")
    assert {said for *_, said in arrows(mx.viz.plot_network(net))} == {""}
    said = {below: said for _, below, said in arrows(mx.viz.plot_network(net, shape={"y": (0, 3)}))}
    assert said["fc"] == "?x3"


def test_declared_shapes_are_inferred_from():
    net = sym.exp(sym.Variable("x", shape=(2, 3)), name="e")
    assert arrows(mx.viz.plot_network(net, shape={})) == [("e", "x", "2x3")]


# -- names that are no words --------------------------------------------------------------------------------------------

NAMES = [
    *(
        'a"b',
        "back\\slash",
        "end\\",
        "\\N\\G\\L",
        "new\nline",
        "tab\t",
        "<b>bold</b>",
        "<open",
        "&amp;",
        "{record|x}",
        "a:b:c",
        "%s",
        "node",
        "strict",
    ),
    *(
        '"];evil [label="x',
        "-> b",
        "//",
        "/*c*/",
        "#",
        "null\0",
        "\ud800",
        "\u202eltr",
        "中文 é 😀",
        "",
        " ",
        "1.5",
        "it's",
        "a,b;c",
        "[x]",
    ),
]


def test_any_name_can_be_drawn():
    heads = []
    for name in NAMES:
        heads.append(sym.exp(sym.Variable("v")))
        heads[-1]._node.name = heads[-1]._node.inputs[0][0].name = name
    picture = mx.viz.plot_network(sym.Group(heads), title='a "title" <\ud800> \\', shape={})
    drawn = list(boxes(picture).values())
    assert len(drawn) == 2 * len(NAMES)
    assert len(arrows(picture)) == len(NAMES)
    for place, name in enumerate(NAMES):
        spelled = name if name.isprintable() else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)
        for box in drawn[2 * place : 2 * place + 2]:
            assert words(box)[-1] == (spelled or " ")
    svg = picture.pipe(format="svg", encoding="utf-8")
    assert svg.count('class="node"') == 2 * len(NAMES)


def test_a_long_name_is_cut_in_the_middle_and_whole_in_the_tooltip():
    name = "stage1_" + "very_" * 20 + "deep_conv0"
    box = boxes(mx.viz.plot_network(sym.exp(sym.Variable("x"), name=name)))[name]
    assert words(box)[-1] == "stage1_very_very_very_" + "…" + "y_very_very_deep_conv0"
    assert box["tooltip"] == f"{name} (exp)"


# -- arguments ----------------------------------------------------------------------------------------------------------


def test_title_and_format():
    picture = mx.viz.plot_network(mlp(), title="my net", save_format="svg")
    assert (picture.name, picture.format, picture.filename) == ("my net", "svg", "my net.gv")
    picture = mx.viz.plot_network(mlp())
    assert (picture.name, picture.format, picture.filename) == ("plot", "pdf", "plot.gv")


def test_node_attrs_win():
    picture = mx.viz.plot_network(
        mlp(), node_attrs={"shape": "oval", "fixedsize": False, "width": 1.3, "fillcolor": "white", "label": "no"}
    )
    drawn = boxes(picture)
    assert {(box["shape"], box["fixedsize"], box["width"], box["fillcolor"]) for box in drawn.values()} == {
        ("oval", "false", "1.3", "white")
    }
    assert words(drawn["fc1"])[0] == "FullyConnected"


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"symbol": 3}, ArgumentError, ["symbol must be a Symbol", "int 3"]),
        ({"title": 3}, ArgumentError, ["title", "int 3", "str"]),
        ({"save_format": "sgv"}, ArgumentError, ["save_format", "'sgv'", "did you mean", "'svg'"]),
        ({"save_format": None}, ArgumentError, ["save_format", "NoneType"]),
        ({"shape": "x"}, ArgumentError, ["shape must be a dict", "str 'x'", "{'data'"]),
        ({"shape": [("data", (2, 3))]}, ArgumentError, ["shape must be a dict", "list"]),
        ({"shape": {"data": "big"}}, ArgumentError, ["data", "big"]),
        ({"shape": {"dat": (2, 3)}}, UnknownName, ["dat", "did you mean 'data'"]),
        ({"shape": {"data": (2, 3), "fc1_weight": (8, 6)}}, ShapeError, ["fc1", "FullyConnected", "weight"]),
        ({"dtype": 3}, ArgumentError, ["dtype must be a dict", "int 3"]),
        ({"dtype": {"data": "flaot32"}}, DTypeError, ["flaot32"]),
        ({"dtype": {"dta": "float32"}}, UnknownName, ["dta", "did you mean 'data'"]),
        ({"node_attrs": 3}, ArgumentError, ["node_attrs", "int 3", "dict"]),
        ({"node_attrs": {1: 2}}, ArgumentError, ["node_attrs"]),
    ],
)
def test_bad_arguments(arguments, error, says):
    with pytest.raises(error) as raised:
        mx.viz.plot_network(**{"symbol": mlp(), **arguments})
    assert all(word in str(raised.value) for word in says), str(raised.value)


# -- looks ----------------------------------------------------------------------------------------------------------------


def luminance(colour):
    """Relative luminance (WCAG 2.1)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_text_is_legible_on_every_colour():
    for family in {*label.FILED.values(), label.LAYER, label.NORMALISATION, label.UNKNOWN}:
        assert (luminance(family.fill) + 0.05) / (luminance("#333333") + 0.05) > 4.5  # WCAG AA for small text


def test_families_have_their_colours():
    net = mlp()
    drawn = boxes(mx.viz.plot_network(net))
    assert drawn["fc1"]["fillcolor"] == drawn["fc2"]["fillcolor"] == label.LAYER.fill
    assert drawn["relu1"]["fillcolor"] == label.ACTIVATION.fill
    assert drawn["softmax"]["fillcolor"] == label.LOSS.fill
    x = sym.Variable("x")
    for symbol, family in (
        (sym.Convolution(x, kernel=(1,), num_filter=1), label.LAYER),
        (sym.BatchNorm(x), label.NORMALISATION),
        (sym.Pooling(x, kernel=(1,)), label.POOLING),
        (sym.exp(x), label.ACTIVATION),
        (x + x, label.ARITHMETIC),
        (sym.sgd_update(x, x, lr=0.1), label.UPDATE),
    ):
        assert label.family_of(symbol._node) is family


# -- size -----------------------------------------------------------------------------------------------------------------


def test_work_grows_with_nodes_not_with_paths():
    x = sym.Variable("x")
    for _ in range(60):
        x = x + x
    start = time.perf_counter()
    assert len(mx.viz.plot_network(x, shape={"x": (2,)}).body) == 61 + 120
    assert time.perf_counter() - start < 2


def test_deep_and_wide_graphs():
    x = sym.Variable("x")
    for _ in range(4000):
        x = sym.exp(x)
    assert len(mx.viz.plot_network(x, shape={"x": (2,)}, collapse=False).body) == 8001
    wide = sym.Group([sym.Variable(f"v{place}") for place in range(4000)])
    assert len(mx.viz.plot_network(wide, collapse=False).body) == 4000
