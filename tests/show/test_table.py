"""Tables: rows for programs, text that fits a terminal, HTML, rich."""

import builtins
import html.parser
import io
import json
import re
from math import prod
from pathlib import Path

import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, ShapeError, UnknownName
from symbolic.show.table_text import Column, cut, laid_out, width_of

sym = mx.sym
MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"


def small():
    """data -> conv -> bn -> fc -> out"""
    net = sym.Convolution(sym.Variable("data"), kernel=(3, 3), num_filter=8, name="conv")
    net = sym.BatchNorm(net, fix_gamma=False, name="bn")
    net = sym.FullyConnected(net, num_hidden=10, name="fc")
    return sym.SoftmaxOutput(net, name="out")


SHAPE = {"data": (2, 3, 8, 8)}


def staged():
    """Two stages of two units with two layers each, after a stem."""
    net = sym.Activation(sym.Variable("data"), act_type="tanh", name="net_stem")
    for stage in (1, 2):
        for unit in (1, 2):
            net = sym.FullyConnected(net, num_hidden=4, name=f"net_stage{stage}_unit{unit}_fc")
            net = sym.Activation(net, act_type="relu", name=f"net_stage{stage}_unit{unit}_relu")
    return net


# -- rows and totals --------------------------------------------------------------------------------------------------------


def test_rows():
    table = small().summary(SHAPE)
    assert [row.name for row in table] == ["data", "conv", "bn", "fc", "out"]
    conv = table.rows[1]
    assert (conv.operator, conv.outputs, conv.dtype, conv.reads) == ("Convolution", ((2, 8, 6, 6),), "float32", ("data",))
    assert (conv.parameters, conv.states, conv.bytes, conv.flops) == (8 * 27 + 8, 0, 4 * 576, 2 * 576 * 27 + 576)
    assert (table.rows[2].parameters, table.rows[2].states) == (16, 16)
    assert (table.rows[0].operator, table.rows[0].bytes, table.rows[0].flops) == ("input", 4 * 384, 0)
    sums = table.totals
    assert (sums.nodes, sums.parameters, sums.states) == (4, 224 + 16 + 2890, 16)
    assert (sums.parameter_bytes, sums.state_bytes) == (4 * 3130, 64)
    assert sums.flops == sum(row.flops for row in table) and sums.bytes == sum(row.bytes for row in table.rows[1:])


def test_shared_weights_count_once():
    w = sym.Variable("shared_weight")
    net = sym.FullyConnected(sym.Variable("data"), weight=w, num_hidden=4, no_bias=True, name="first")
    table = sym.FullyConnected(net, weight=w, num_hidden=4, no_bias=True, name="second").summary({"data": (2, 4)})
    assert [row.parameters for row in table] == [0, 16, 0] and table.totals.parameters == 16


def test_unknown_shapes_are_named():
    table = small().summary()
    assert table.rows[1].outputs == ((None, 8, None, None),) and table.rows[1].parameters is None
    assert table.totals.unknown_parameters == ("conv_weight", "fc_weight")
    assert "conv" in table.totals.unknown_flops and table.totals.parameters == 8 + 16 + 10
    text = table.text(100)
    assert "?x8x?x?" in text and "without those unknown of 2 variables: conv_weight, fc_weight" in text


def test_types():
    table = small().summary(SHAPE, dtype={"data": "float16"})
    assert table.rows[1].dtype == "float16" and table.rows[1].bytes == 2 * 576
    assert table.totals.parameter_bytes == 2 * (224 + 2890) + 4 * 16  # normalisation keeps float32


def test_several_outputs():
    made = sym.SliceChannel(sym.Variable("data"), num_outputs=3, name="split")
    table = sym.Group(list(made)).summary({"data": (2, 6)})
    assert table.rows[1].outputs == ((2, 2),) * 3 and "3 of 2x2" in table.text(100)


def test_unknown_work():
    @mx.operator.register("test_table_custom")
    class Prop(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return mx.operator.CustomOp()

    table = sym.Custom(sym.Variable("data"), op_type="test_table_custom", name="own").summary({"data": (2, 3)})
    assert table.rows[1].flops is None and table.totals.unknown_flops == ("own",)
    assert "FLOPs:            0 in a forward run, without those unknown of 1 node: own" in table.text(100)


def test_profile():
    table = small().summary(SHAPE, profile={"conv": 0.002, "fc": 0.001, "elsewhere": 9.0})
    conv, norm = table.rows[1], table.rows[2]
    assert conv.seconds == 0.002 and conv.flops_per_second == conv.flops / 0.002
    assert norm.seconds is None and norm.flops_per_second is None
    assert table.totals.seconds == 0.003
    text = table.text(140)
    assert "time" in text and "FLOP/s" in text and "2 ms" in text and "Time:             3 ms" in text
    assert "time" not in small().summary(SHAPE).text(140)


def test_depth():
    table = staged().summary({"data": (3, 4)}, depth=1)
    assert [(row.name, row.nodes) for row in table] == [("data", 1), ("net_stem", 1), ("net_stage1", 4), ("net_stage2", 4)]
    assert table.rows[2].parameters == 2 * 20 and table.rows[2].operator == "4 nodes"
    assert table.rows[3].reads == ("net_stage1",) and table.rows[2].outputs == ((3, 4),)
    assert table.totals == staged().summary({"data": (3, 4)}).totals
    deeper = staged().summary({"data": (3, 4)}, depth=2)
    assert [row.name for row in deeper][2:] == ["net_stage1_unit1", "net_stage1_unit2", "net_stage2_unit1", "net_stage2_unit2"]
    assert len(staged().summary(depth=9)) == len(staged().summary())


def test_json():
    table = small().summary(profile={"conv": 0.5})
    found = json.loads(table.to_json())
    assert found["rows"][1]["outputs"] == [[None, 8, None, None]] and found["rows"][1]["seconds"] == 0.5
    assert found["totals"]["unknown_parameters"] == ["conv_weight", "fc_weight"]


# -- text -------------------------------------------------------------------------------------------------------------------


def test_text():
    assert small().summary(SHAPE).text(120).splitlines() == [
        "name  operator        output   type     parameters    bytes   FLOPs  connected to",
        "=" * 81,
        "data  input           2x3x8x8  float32           0  1.54 kB       0",
        "conv  Convolution     2x8x6x6  float32         224   2.3 kB  31.7 k  data",
        "bn    BatchNorm       2x8x6x6  float32          16   2.3 kB  1.15 k  conv",
        "fc    FullyConnected  2x10     float32       2,890     80 B  11.5 k  bn",
        "out   SoftmaxOutput   2x10     float32           0     80 B     100  fc",
        "=" * 81,
        "Parameters:       3,130 (12.5 kB)",
        "Auxiliary states: 16 (64 B)",
        "Values:           4.77 kB made by 4 nodes",
        "FLOPs:            44.5 k in a forward run",
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 132])
def test_text_fits(width):
    net = sym.Variable("data")
    for place in range(3):
        net = sym.FullyConnected(net, num_hidden=8, name=f"a_module_with_a_very_long_name_{place}_漢字_層")
    lines = net.summary({"data": (2, 8)}).text(width).splitlines()
    assert all(width_of(line) <= width for line in lines), [line for line in lines if width_of(line) > width]
    assert lines[0].startswith("name") and any("72" in line for line in lines)


def test_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    table = small().summary(SHAPE)
    assert max(map(len, str(table).splitlines())) <= 60
    monkeypatch.setenv("COLUMNS", "200")
    assert "connected to" in str(table)


def test_wide_characters_stay_in_line():
    net = sym.exp(sym.Variable("入力"), name="e\u0301xp")  # an accent of its own
    lines = net.summary({"入力": (2, 3)}).text(100).splitlines()
    places = {width_of(line[: line.index("2x3")]) for line in lines if "2x3" in line}
    assert len(places) == 1


def test_names_cannot_forge_lines():
    net = sym.exp(sym.Variable("data"), name="a\nb\x1b[31m<b>")
    table = net.summary({"data": (2, 3)})
    assert "a\\nb" in table.text(100) and "\x1b" not in table.text(100)
    assert "&lt;b&gt;" in table._repr_html_() and "<b>" not in table._repr_html_()


def test_cutting():
    assert cut("stage1_unit1_conv0", 40) == "stage1_unit1_conv0"
    assert width_of(cut("stage1_unit1_conv0", 10)) == 10 and cut("stage1_unit1_conv0", 10).endswith("conv0")
    assert width_of(cut("漢字漢字漢字漢字", 7)) <= 7
    assert cut("long", 1) == "…" and cut("long", 0) == ""


def test_columns_are_left_out_by_rank():
    columns = [Column("name", ["x" * 10]), Column("one", ["y" * 10], rank=1), Column("two", ["z" * 10], rank=2)]
    assert list(laid_out(columns, 40)[1])[1].split() == ["x" * 10, "y" * 10, "z" * 10]
    assert list(laid_out(columns, 30)[1])[1].split() == ["x" * 10, "y" * 10]
    assert list(laid_out(columns, 12)[1])[1].split() == ["x" * 10]


# -- HTML and rich ----------------------------------------------------------------------------------------------------------


def test_html_is_well_formed():
    class Checker(html.parser.HTMLParser):
        stack, cells = [], []

        def handle_starttag(self, tag, attrs):
            self.stack.append(tag)

        def handle_endtag(self, tag):
            assert self.stack.pop() == tag

        def handle_data(self, data):
            self.cells.append(data)

    checker = Checker()
    checker.feed(small().summary(SHAPE)._repr_html_())
    assert not checker.stack and {"conv", "Convolution", "2x8x6x6", "3,130 (12.5 kB)"} <= set(checker.cells)


def test_html_shows_long_names_whole_on_demand():
    name = "x" * 100
    made = sym.exp(sym.Variable("data"), name=name).summary()._repr_html_()
    assert f'title="{name}"' in made and f">{name}<" not in made


def test_rich():
    console = pytest.importorskip("rich.console")
    out = io.StringIO()
    console.Console(file=out, width=110).print(small().summary(SHAPE))
    said = re.sub(r"\s+", " ", out.getvalue())
    assert "Convolution" in said and "3,130 (12.5 kB)" in said and "2x8x6x6" in said
    out = io.StringIO()
    console.Console(file=out, width=110).print(sym.exp(sym.Variable("data"), name="[red]a").summary())
    assert "[red]a" in out.getvalue()  # a name is no markup


def test_rich_is_not_needed(monkeypatch):
    found = builtins.__import__

    def refuse(name, *arguments, **words):
        if name.split(".")[0] == "rich":
            raise ImportError(name)
        return found(name, *arguments, **words)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert str(small().summary(SHAPE)) and small().summary(SHAPE)._repr_html_()


# -- wrong calls, and size --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"shape": [1]}, ArgumentError, ["shape must be a dict"]),
        ({"shape": {"dat": (3, 6)}}, UnknownName, ["did you mean 'data'"]),
        ({"shape": {"data": (3,)}}, ShapeError, ["conv", "data"]),
        ({"dtype": 3}, ArgumentError, ["dtype must be a dict"]),
        ({"profile": [1]}, ArgumentError, ["profile must be a dict", "node name -> seconds"]),
        ({"depth": 0}, ArgumentError, ["depth", "int from 1"]),
        ({"depth": "1"}, ArgumentError, ["depth"]),
    ],
)
def test_wrong_calls(arguments, error, says):
    with pytest.raises(error) as raised:
        small().summary(**arguments)
    assert all(part in str(raised.value) for part in says), str(raised.value)


def test_wrong_width():
    with pytest.raises(ArgumentError, match="width"):
        small().summary().text("wide")


def test_module_function():
    assert mx.viz.summary(small(), SHAPE).totals == small().summary(SHAPE).totals
    with pytest.raises(ArgumentError, match="symbol must be a Symbol"):
        mx.viz.summary(3)


def test_deep_graphs():
    net = sym.Variable("data")
    for _ in range(8000):
        net = net + 1
    table = net.summary({"data": (3,)})
    assert table.totals.flops == 24_000 and len(table.text(100).splitlines()) == 8001 + 6
    assert len(net.summary({"data": (3,)}, depth=1)) > 1


# -- real models --------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not MODELS.is_dir(), reason="../shared/models is not there")
@pytest.mark.parametrize("name", [path.parent.name for path in sorted(MODELS.glob("*/*-0*.params"))])
def test_totals_are_what_the_files_hold(name):
    folder = MODELS / name
    (path,) = folder.glob("*.params")
    held = mx.nd.load(str(path))
    net = sym.load(folder / f"{name}-symbol.json")
    model = json.loads((folder / "model.json").read_text())
    inputs = {key: tuple(facts["shape"]) for key, facts in model["inputs"].items() if key in net.list_arguments()}
    count = {"arg": 0, "aux": 0}
    used = {*net.list_arguments(), *net.list_auxiliary_states()}
    for key, array in held.items():
        kind, _, variable = key.partition(":")
        if variable in used:
            count[kind] += prod(array.shape)
    sums = net.summary(inputs).totals
    assert (sums.parameters, sums.states) == (count["arg"], count["aux"])
    assert not sums.unknown_parameters
    operators = [node for node in net.graph.nodes if node.op is not None]
    assert set(sums.unknown_flops) == {node.name for node in operators if node.op.name == "Custom" or not mx.registry.known(node.op.name)}
