"""The table of a network: what it prints, and what it counts."""

import json
import time
from math import prod
from pathlib import Path

import pytest

import symbolic as mx
from symbolic import registry
from symbolic.errors import ArgumentError, ShapeError, UnknownName
from symbolic.show.summary import summarise
from symbolic.values.shape import UNKNOWN

sym = mx.sym
MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"


def small():
    """data -> conv -> bn -> fc -> out"""
    net = sym.Convolution(sym.Variable("data"), kernel=(3, 3), num_filter=8, name="conv")
    net = sym.BatchNorm(net, name="bn")
    net = sym.FullyConnected(net, num_hidden=10, name="fc")
    return sym.SoftmaxOutput(net, name="out")


def printed(capsys, *arguments, **keywords):
    assert mx.viz.print_summary(*arguments, **keywords) is None
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_table(capsys):
    assert printed(capsys, small(), shape={"data": (2, 3, 8, 8)}, line_length=72, positions=[0.36, 0.56, 0.72, 1.0]) == [
        "________________________________________________________________________",
        "Layer (type)             Output Shape   Param #    Previous Layer",
        "========================================================================",
        "data(null)               2x3x8x8        0",
        "________________________________________________________________________",
        "conv(Convolution)        2x8x6x6        224        data",
        "________________________________________________________________________",
        "bn(BatchNorm)            2x8x6x6        16         conv",
        "________________________________________________________________________",
        "fc(FullyConnected)       2x10           2890       bn",
        "________________________________________________________________________",
        "out(SoftmaxOutput)       2x10           0          fc",
        "========================================================================",
        "Total params: 3130",
        "Auxiliary states: 16",
        "________________________________________________________________________",
    ]


def test_default_columns(capsys):
    lines = printed(capsys, small(), {"data": (2, 3, 8, 8)})
    assert lines[0] == "_" * 120
    assert [lines[1].index(word) for word in ("Layer", "Output", "Param", "Previous")] == [0, 52, 76, 88]
    assert lines[5].split() == ["conv(Convolution)", "2x8x6x6", "224", "data"]


def test_columns_in_characters(capsys):
    lines = printed(capsys, small(), {"data": (2, 3, 8, 8)}, 80, [20, 40, 60, 80])
    assert [lines[1].index(word) for word in ("Layer", "Output", "Param", "Previous")] == [0, 20, 40, 60]


def test_long_texts_go_on_in_the_next_line(capsys):
    name = "a_rather_long_name_for_a_layer"
    lines = printed(capsys, sym.exp(sym.Variable("x"), name=name), {"x": (2,)}, 60, [20, 40, 50, 60])
    assert lines[6:9] == ["a_rather_long_name_ 2                   0         x", "for_a_layer(exp)", "=" * 60]


def test_several_inputs_and_outputs(capsys):
    one, two = sym.SliceChannel(sym.Variable("x"), num_outputs=2, name="parts")
    lines = printed(capsys, sym.elemwise_add(one, sym.exp(two, name="e"), name="sum"), {"x": (2, 6)})
    place = lines.index(next(line for line in lines if line.startswith("parts")))
    assert [line.split() for line in lines[place : place + 2]] == [["parts(SliceChannel)", "2x3", "0", "x"], ["2x3"]]
    place = lines.index(next(line for line in lines if line.startswith("sum")))
    assert [line.split() for line in lines[place : place + 2]] == [["sum(elemwise_add)", "2x3", "0", "parts"], ["e"]]


# -- counting -------------------------------------------------------------------------------------------------------------


def counted(symbol, **shape):
    found = summarise(symbol, shape)
    assert sum(row.elements or 0 for row in found.rows) == found.elements
    assert sum(row.kept or 0 for row in found.rows) == found.kept
    return found.elements, found.kept


def test_every_operator_counts():
    x = sym.Variable("data")
    assert counted(sym.FullyConnected(x, num_hidden=5), data=(2, 7)) == (5 * 7 + 5, 0)
    assert counted(sym.FullyConnected(x, num_hidden=5, no_bias=True), data=(2, 7)) == (5 * 7, 0)
    assert counted(sym.Convolution(x, kernel=(3, 3), num_filter=8, num_group=2), data=(1, 4, 9, 9)) == (8 * 2 * 9 + 8, 0)
    assert counted(sym.Deconvolution(x, kernel=(2, 2), num_filter=3), data=(1, 4, 9, 9)) == (4 * 3 * 4, 0)
    assert counted(sym.BatchNorm(x), data=(2, 7)) == (14, 14)
    assert counted(sym.LayerNorm(x), data=(2, 7)) == (14, 0)
    assert counted(sym.InstanceNorm(x), data=(2, 7, 3)) == (14, 0)
    assert counted(sym.LeakyReLU(x, act_type="prelu"), data=(2, 7)) == (7, 0)
    assert counted(sym.Embedding(x, input_dim=100, output_dim=6), data=(2, 3)) == (600, 0)
    assert counted(sym.exp(x), data=(2, 7)) == (0, 0)


def test_a_recurrent_layer_counts_its_parameters_not_its_first_state():
    net = sym.RNN(sym.Variable("data"), state_size=5, num_layers=1, mode="lstm", name="rnn")
    assert counted(net, data=(4, 2, 3)) == (4 * 5 * (3 + 5 + 2), 0)


def test_shared_weights_count_once():
    weight, bias = sym.Variable("w"), sym.Variable("b")
    net = sym.FullyConnected(sym.Variable("data"), weight=weight, bias=bias, num_hidden=4, name="one")
    net = sym.FullyConnected(net, weight=weight, bias=bias, num_hidden=4, name="two")
    rows = {row.node.name: row.elements for row in summarise(net, {"data": (2, 4)}).rows}
    assert rows == {"data": 0, "one": 20, "two": 0}


def test_inputs_and_labels_do_not_count():
    data, label = sym.Variable("data"), sym.Variable("target_label")
    net = sym.LinearRegressionOutput(sym.FullyConnected(data, num_hidden=1, name="fc"), label)
    assert counted(net, data=(2, 3), target_label=(2, 1)) == (4, 0)
    assert counted(net, data=(2, 3)) == (4, 0)
    assert counted(sym.elemwise_mul(sym.FullyConnected(data, num_hidden=3), sym.Variable("other")), data=(2, 3)) == (12, 0)


def test_a_weight_counts_though_its_shape_was_given():
    assert counted(sym.FullyConnected(sym.Variable("data"), num_hidden=1, name="fc"), data=(2, 3), fc_weight=(1, 3)) == (4, 0)


def test_layers_by_hand():
    x, scale, shift = sym.Variable("data"), sym.Variable("scale", init="ones"), sym.Variable("shift", shape=(1, 3))
    net = sym.broadcast_add(sym.broadcast_mul(x, scale), shift)
    assert counted(net, data=(2, 3), scale=(1, 3)) == (3, 0)  # given: an input
    assert counted(sym.broadcast_add(sym.elemwise_mul(x, scale), shift), data=(2, 3)) == (9, 0)


def test_states_of_an_update():
    step = sym.rmsprop_update(*(sym.Variable(name) for name in ("weight", "grad", "n")), lr=0.01)
    assert counted(step, weight=(3, 4)) == (12, 12)


def test_what_is_unknown_is_named(capsys):
    found = summarise(small())
    assert [node.name for node in found.unknown] == ["conv_weight", "fc_weight"]
    assert (found.elements, found.kept) == (8 + 16 + 10, 16)
    rows = {row.node.name: row for row in found.rows}
    assert rows["conv"].elements is None
    assert rows["conv"].outputs == ((UNKNOWN, 8, UNKNOWN, UNKNOWN),)
    lines = printed(capsys, small())
    assert lines[5].split() == ["conv(Convolution)", "?x8x?x?", "?", "data"]
    assert lines[-3] == "Total params: 34 and those of 2 variables of unknown shape: conv_weight, fc_weight"


def cases():
    for path in sorted(MODELS.glob("*/model.json")):
        model = json.loads(path.read_text())
        if model.get("arg_shapes") and (path.parent / f"{path.parent.name}-symbol.json").exists():
            yield pytest.param(path.parent, model, id=path.parent.name)


@pytest.mark.skipif(not MODELS.is_dir(), reason="../shared/models is not there")
@pytest.mark.parametrize(("folder", "model"), list(cases()))
def test_models_count_what_mxnet_allocates(folder, model):
    net = sym.load(folder / f"{folder.name}-symbol.json")
    if model["heads"]:
        places = {(node.name, index): place for place, (node, index) in enumerate(net.get_internals()._entries)}
        net = sym.Group([net.get_internals()[places[name, index]] for name, index in model["heads"]])
    if unknown := {node.op.name for node in net.graph.nodes if node.op is not None and not registry.known(node.op.name)}:
        pytest.skip(f"no operator {', '.join(sorted(unknown))}")
    inputs = {name: tuple(found["shape"]) for name, found in model["inputs"].items() if name in net.list_arguments()}
    rest = {*inputs, *(model["zero_filled"] or ())}
    expected = sum(prod(model["arg_shapes"][name]) for name in model["arg_names"] if name not in rest)
    assert counted(net, **inputs) == (expected, sum(prod(model["aux_shapes"][name]) for name in model["aux_names"]))


# -- arguments and size -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"symbol": 3}, ArgumentError, ["symbol must be a Symbol", "int 3"]),
        ({"shape": [1]}, ArgumentError, ["shape must be a dict", "list [1]"]),
        ({"shape": {"dat": (3, 6)}}, UnknownName, ["dat", "did you mean 'data'"]),
        ({"shape": {"data": (3,)}}, ShapeError, ["conv", "Convolution", "data"]),
        ({"line_length": "wide"}, ArgumentError, ["line_length", "'wide'"]),
        ({"positions": [0.5, 1.0]}, ArgumentError, ["positions", "[0.5, 1.0]", "4 growing numbers"]),
        ({"positions": [0.9, 0.5, 0.7, 1.0]}, ArgumentError, ["positions"]),
        ({"positions": None}, ArgumentError, ["positions"]),
    ],
)
def test_bad_arguments(arguments, error, says):
    with pytest.raises(error) as raised:
        mx.viz.print_summary(**{"symbol": small(), **arguments})
    assert all(word in str(raised.value) for word in says), str(raised.value)


@pytest.mark.parametrize("below", [lambda x: x, sym.relu], ids=["variable", "node"])
def test_a_forgotten_batch_axis(below, capsys):
    """The number of parameters would be that of another network."""
    net = sym.FullyConnected(below(sym.Variable("data")), num_hidden=8, name="fc1")
    with pytest.raises(ShapeError) as raised:
        mx.viz.print_summary(net, {"data": (784,)})
    assert all(word in str(raised.value) for word in ("fc1", "FullyConnected", "data", "(784,)", "(batch, features)", "(1, 784)"))
    assert "Total params: 6280" in printed(capsys, net, {"data": (1, 784)})
    rowless = sym.FullyConnected(sym.Variable("data"), num_hidden=8, flatten=False, name="fc1")
    assert "Total params: 6280" in printed(capsys, rowless, {"data": (784,)})  # here an axis is one of features
    assert "?" in printed(capsys, net)[3]


def test_deep_and_wide_graphs(capsys):
    x = sym.Variable("x")
    for _ in range(10_000):
        x = sym.exp(x)
    start = time.perf_counter()
    assert len(printed(capsys, x, {"x": (2, 2)})) == 2 * 10_001 + 5
    wide = sym.Group([sym.Variable(f"v{place}") for place in range(10_000)])
    assert len(summarise(wide).rows) == 10_000
    assert time.perf_counter() - start < 10


def test_names_stay_on_their_line(capsys):
    x = sym.exp(sym.Variable("x"))
    x._node.name = "two\nlines"
    assert printed(capsys, x, {"x": (1,)})[5].startswith("two\\nlines(exp)")


def test_sums_that_stretch_are_shown_as_they_run(capsys):
    total = mx.sym.Variable("a") + mx.sym.Variable("b")
    shapes = {"a": (2, 1), "b": (1, 3)}
    mx.viz.print_summary(total, shapes)
    assert "2x3" in capsys.readouterr().out
    assert total.summary(shapes).rows[-1].outputs == ((2, 3),)
    assert "2x3" in total.plot(shape=shapes).source
    with pytest.raises(ShapeError):
        mx.viz.print_summary(total, {"a": (2, 4), "b": (1, 3)})
