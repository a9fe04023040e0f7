"""Files of older versions mean what MXNet 1.9.1 takes them to mean; what it refuses without need is read too."""

import json

import pytest

import symbolic as mx
from symbolic.errors import FormatError
from symbolic.files.json import from_json
from symbolic.values.shape import np_shape
from tests.files.old_files import OLD, connected, graph, node, variable_node
from tests.files.record_json import RECORDED

UPGRADED = json.loads(RECORDED.read_text(encoding="utf-8"))["old"]


def read(*nodes, **more):
    return from_json(json.dumps(graph(*nodes, **more)))


@pytest.mark.parametrize("name", OLD)
def test_as_mxnet_does(name):
    if UPGRADED[name] is None:
        with pytest.raises(FormatError):
            from_json(json.dumps(OLD[name]))
    else:
        assert from_json(json.dumps(OLD[name])).tojson() == UPGRADED[name]


def test_recorded_are_all_used():
    assert UPGRADED.keys() == OLD.keys()


# ------------------------------------------------------------------ auxiliary states: MXNet writes other versions for them
def test_three_inputs_of_batch_norm():
    bn = node("BatchNorm", "bn", 0, 1, 2, param={"eps": "0.1"}, attr={"ctx_group": "left", "__mood__": "calm"})
    symbol = read(variable_node("x"), variable_node("g"), variable_node("b"), bn)
    assert symbol.list_arguments() == ["x", "g", "b"]
    assert symbol.list_auxiliary_states() == ["bn_moving_mean", "bn_moving_var"]
    kept = {"eps": "0.1", "__ctx_group__": "left", "ctx_group": "left", "__mood__": "calm"}
    assert symbol.attr_dict() == {
        "bn_moving_mean": {"__init__": '["zero", {}]', **kept},
        "bn_moving_var": {"__init__": '["one", {}]', **kept},
        "bn": kept,
    }


@pytest.mark.parametrize(("version", "starts"), [(None, True), (903, True), (904, False), (10901, False)])
def test_starts_of_given_states(version, starts):
    names = ["x", "g", "b", "m", "v"]
    symbol = read(*map(variable_node, names), node("BatchNorm", "bn", 0, 1, 2, 3, 4), version=version)
    assert symbol.list_auxiliary_states() == ["m", "v"]
    assert symbol.attr_dict() == ({"m": {"__init__": '["zero", {}]'}, "v": {"__init__": '["one", {}]'}} if starts else {})


def test_attribute_of_a_state_left_out():
    """MXNet crashes."""
    bn = node("BatchNorm", "bn", 0, param={}, attr={"moving_mean_lr_mult": "7", "gamma_wd_mult": "0"})
    found = read(variable_node("x"), bn).attr_dict()
    assert found["bn_moving_mean"]["__lr_mult__"] == "7"
    assert found["bn_gamma"] == {"__wd_mult__": "0", "wd_mult": "0"}
    assert "__lr_mult__" not in found["bn_moving_var"]


# ------------------------------------------------------------------ what MXNet 1.9.1 refuses
def test_annotations_of_2015_had_any_name():
    symbol = read(*connected(param={"num_hidden": "3"}, attr={"mood": "calm", "mirror_stage": "True"}))
    assert symbol.attr_dict()["fc"] == {"num_hidden": "3", "__mood__": "calm", "__mirror_stage__": "True", "mirror_stage": "True"}
    assert from_json(symbol.tojson()).attr_dict() == symbol.attr_dict()


@pytest.mark.parametrize("version", [None, 904, 1201])
def test_operators_that_moved(version):
    symbol = read(variable_node("x"), node("MultiBoxPrior", "anchors", 0, attr={"sizes": "(0.1,0.2)", "ratios": "(1,2)"}), version=version)
    assert symbol.graph.nodes[-1].op.name == "_contrib_MultiBoxPrior"


def test_operators_that_moved_long_ago():
    symbol = read(variable_node("x"), node("MultiBoxPrior", "anchors", 0), version=10901)
    assert symbol.graph.nodes[-1].op.name == "MultiBoxPrior"  # unknown


def test_operators_that_move_are_known():
    assert mx.sym.contrib.MultiBoxPrior(mx.sym.Variable("x"), name="anchors").list_outputs() == ["anchors_output"]


# ------------------------------------------------------------------ what MXNet 1.9.1 reads as something that cannot run
@pytest.mark.parametrize("version", [900, 10901, 20000])
def test_inputs_are_listed_since_0_9(version):
    with pytest.raises(FormatError, match=r"nodes\[1\] 'fc' inputs(.|\n)*3: data, weight, bias"):
        read(variable_node("x"), node("FullyConnected", "fc", 0, attr={"num_hidden": "3"}), version=version)


def test_attribute_of_an_input_that_is_not_there():
    with pytest.raises(FormatError, match=r"nodes\[3\] 'fc'(.|\n)*__lr_mult__ of 'foo'(.|\n)*data, weight, bias"):
        read(*connected(attr={"num_hidden": "3", "foo_lr_mult": "7"}))


def test_attribute_of_a_computed_input():
    fc = node("FullyConnected", "fc", 0, 1, 2, attr={"num_hidden": "3", "weight_lr_mult": "7"})
    with pytest.raises(FormatError, match=r"nodes\[3\] 'fc' inputs\[1\](.|\n)*__lr_mult__ of sin 'w'"):
        read(variable_node("x"), node("sin", "w", 0), variable_node("b"), fc)


# ------------------------------------------------------------------ the file, not a version, decides about spellings
@pytest.mark.parametrize("version", [None, 1201, 10901])
def test_entries_of_two_or_three_numbers(version):
    for entry in ([0, 0], [0, 0, 0], [0, 0, 3]):
        top = graph(variable_node("x"), node("sin", "s", entry), version=version, heads=[[1, *entry[1:]]])
        assert from_json(json.dumps(top)).tojson().count("[0, 0, 0]") == 1


def test_subgraphs_are_as_old_as_the_file():
    inner = graph(variable_node("d", attr={"lr_mult": "2"}), node("argmax", "a", 0, attr={"axis": "-1"}))
    for version, attributes in ((904, [{"__lr_mult__": "2"}, {}]), (10901, [{"lr_mult": "2"}, {"axis": "-1"}])):
        symbol = read(variable_node("x"), node("Loop", "loop", 0, subgraphs=[inner]), version=version)
        written = json.loads(symbol.tojson())["nodes"][1]["subgraphs"][0]["nodes"]
        assert [each.get("attrs", {}) for each in written] == attributes


# ------------------------------------------------------------------------------------------------ under np_shape
@pytest.mark.parametrize(
    ("text", "wanted", "shape"),
    [
        ("(0, 3)", "[-1,3]", (-1, 3)),
        ("(2L, 0L)", "[2,-1]", (2, -1)),
        ("()", "None", None),
        ("(2, 3)", "[2,3]", (2, 3)),
        ("3", "[3]", (3,)),
        ("[-1, 2]", "[-1,2]", (-1, 2)),
    ],
)
def test_zero_in_a_declared_shape_is_unknown_unless_the_file_says_otherwise(text, wanted, shape):
    top = graph(variable_node("x", attr={"__shape__": text}), node("sin", "s", 0, attr={"__shape__": "(0, 1)"}), version=10901)
    assert from_json(json.dumps(top)).attr_dict()["x"] == {"__shape__": text}
    with np_shape():
        symbol = from_json(json.dumps(top))
        assert symbol.attr_dict() == {"x": {"__shape__": wanted}, "s": {"__shape__": "(0, 1)"}}
        assert symbol.infer_shape_partial()[0] == [shape]
        top["attrs"]["is_np_shape"] = ["int", 1]
        assert from_json(json.dumps(top)).attr_dict()["x"] == {"__shape__": text}
