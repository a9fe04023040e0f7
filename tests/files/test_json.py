"""Graphs as JSON: written as MXNet writes them, read back whole, within limits and in silence."""

import copy
import io
import json
import pathlib
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, FileError, FormatError
from symbolic.files.json import Limits, from_json, load, save, to_json
from symbolic.graph.graph import depth_first
from tests.files.compositions import COMPOSITIONS, NESTED
from tests.files.old_files import graph, node, variable_node
from tests.files.record_json import RECORDED, text

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = json.loads(RECORDED.read_text(encoding="utf-8"))
# MXNet built with oneDNN counts a workspace among the outputs of max pooling; here the states of an RNN are kept in one more.
COUNTED_OTHERWISE = ("max_pooling", "recurrent")


def without_counts(written):
    return {key: value for key, value in json.loads(written).items() if key != "node_row_ptr"}


# ------------------------------------------------------------------ as MXNet writes
@pytest.mark.parametrize("name", COMPOSITIONS)
def test_written_as_mxnet_does(name):
    recorded, ours = WRITTEN["compositions"][name], text(mx, COMPOSITIONS[name])
    if name in COUNTED_OTHERWISE:
        assert without_counts(ours) == without_counts(recorded)
        assert ours != recorded, "take it off the list"
    else:
        assert ours == recorded


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_read_from_mxnet(name):
    symbol = from_json(WRITTEN["compositions"][name])
    with mx.name.NameManager():
        composed = COMPOSITIONS[name](mx)
    if name != "casts_left_out":
        assert symbol.list_inputs() == composed.list_inputs()
        assert symbol.list_auxiliary_states() == composed.list_auxiliary_states()
        assert symbol.attr_dict() == composed.attr_dict()
        assert symbol.get_internals().list_outputs() == composed.get_internals().list_outputs()
    assert symbol.list_outputs() == composed.list_outputs()
    assert symbol.tojson() == composed.tojson()


@pytest.mark.parametrize("name", NESTED)
def test_graphs_in_graphs(name):
    recorded = WRITTEN["nested"][name]
    symbol = from_json(recorded)
    assert symbol.tojson() == recorded
    assert pickle.loads(pickle.dumps(symbol)).tojson() == recorded
    assert copy.deepcopy(symbol).tojson() == recorded


def test_under_np_shape():
    with mx.np_shape():
        written = mx.sym.Variable("x").tojson()
    assert written.endswith('"attrs": {\n    "is_np_shape": ["int", 1], \n    "mxnet_version": ["int", 10901]\n  }\n}')
    assert from_json(written).list_arguments() == ["x"]


def test_keys_of_attributes_are_escaped():
    """MXNet writes them as they are, and then cannot read its own file."""
    symbol = mx.sym.Variable("x", attr={'__a "b"\n__': "c"})
    assert json.loads(symbol.tojson(), strict=False)["nodes"][0]["attrs"] == {'__a "b"\n__': "c"}
    assert from_json(symbol.tojson()).attr_dict() == symbol.attr_dict()


def test_any_escape_is_read():
    """``json.dumps`` writes ``\\u00e9``, which MXNet refuses."""
    symbol = mx.sym.Variable("é漢🦉\x07\x1b", attr={"__k__": "\t\u2028"})
    respelled = json.dumps(json.loads(symbol.tojson(), strict=False))
    assert respelled.isascii()
    assert from_json(respelled).tojson() == symbol.tojson()
    assert from_json(respelled.encode()).tojson() == symbol.tojson()


# ------------------------------------------------------------------ casts, annotations, pickles
def mixed(mx):
    """Compose casts under and above other nodes, one of which is a head."""
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    both = mx.sym.amp_multicast(mx.sym.amp_cast(x, dtype="float16", name="a"), mx.sym.sin(y, name="s"), num_outputs=2, name="m")
    return mx.sym.Group([mx.sym.amp_cast(both[1] * both[0], dtype="float32", name="head"), both[1]])


def operators(symbol):
    return [each.op.name for each in symbol.graph.nodes if each.op is not None]


def test_casts_are_left_out_or_kept(tmp_path):
    symbol = mixed(mx)
    assert operators(from_json(symbol.tojson())) == ["sin", "elemwise_mul", "amp_cast", "amp_multicast"]
    kept = ["amp_cast", "sin", "amp_multicast", "elemwise_mul", "amp_cast"]
    assert sorted(operators(from_json(symbol.tojson(remove_amp_cast=False)))) == sorted(kept)
    symbol.save(tmp_path / "a.json", remove_amp_cast=False)
    assert sorted(operators(load(tmp_path / "a.json"))) == sorted(kept)
    assert operators(pickle.loads(pickle.dumps(symbol))) == operators(symbol)
    assert from_json(symbol.tojson()).list_outputs() == symbol.list_outputs()


def test_annotations_of_operators():
    """MXNet admits ``mood`` for operators without parameters only; in a file it could not be told from a mistake."""
    symbol = mx.sym.sin(mx.sym.Variable("x", attr={"mood": "calm"}), name="s", attr={"mood": "wild"})
    again = from_json(symbol.tojson())
    assert again.attr_dict() == {"x": {"mood": "calm"}, "s": {"__mood__": "wild"}}
    assert pickle.loads(pickle.dumps(symbol)).attr_dict() == symbol.attr_dict()


def test_hidden_outputs_can_be_heads():
    top = graph(variable_node("x"), node("Dropout", "d", 0), node("sin", "s", (1, 1)), version=10901, heads=[[1, 1, 0], [2, 0, 0]])
    symbol = from_json(json.dumps(top))
    assert symbol.list_outputs() == ["d_mask", "s_output"]
    assert json.loads(symbol.tojson())["heads"] == [[1, 1, 0], [2, 0, 0]]


def test_pickles_know_no_limits():
    symbol = mx.sym.Variable("n" * (Limits.name_bytes + 1))
    with pytest.raises(FormatError, match="name_bytes"):
        from_json(symbol.tojson())
    assert pickle.loads(pickle.dumps(symbol)).name == symbol.name


# ------------------------------------------------------------------ where a graph is read from
SYMBOL = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2, name="fc")


@pytest.mark.parametrize("kind", [str, pathlib.Path])
def test_paths(kind, tmp_path):
    path = kind(tmp_path / "é.json")
    SYMBOL.save(path)
    assert Path(path).read_bytes() == SYMBOL.tojson().encode()
    assert mx.sym.load(path).tojson() == SYMBOL.tojson()
    with open(path, "rb") as file:
        assert load(file).tojson() == SYMBOL.tojson()


@pytest.mark.parametrize("kind", [bytes, bytearray, io.BytesIO])
def test_content(kind):
    assert load(kind(SYMBOL.tojson().encode())).tojson() == SYMBOL.tojson()


@pytest.mark.parametrize("text", [3, None, ["{}"], io.StringIO("{}")])
def test_no_text(text):
    with pytest.raises(ArgumentError, match=r"json_str(.|\n)*str"):
        mx.sym.load_json(text)
    with pytest.raises(ArgumentError, match=r"path(.|\n)*str"):
        mx.sym.load(text)


def test_missing_file(tmp_path):
    with pytest.raises(FileError, match=r"nowhere\.json'.*No such file"):
        mx.sym.load(tmp_path / "nowhere.json")
    with pytest.raises(FileError, match=r"nowhere.*No such file"):
        SYMBOL.save(tmp_path / "nowhere" / "a.json")
    with pytest.raises(ArgumentError, match=r"str, bytes or os\.PathLike"):
        SYMBOL.save(3)


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_names_that_no_file_can_hold(name, tmp_path):
    (tmp_path / "a.json").write_text("old")
    with pytest.raises(FormatError, match="cannot be written as JSON"):
        save(mx.sym.Variable(name), tmp_path / "a.json")
    assert (tmp_path / "a.json").read_text() == "old"


def test_silent(capfd, tmp_path):
    SYMBOL.save(tmp_path / "a.json")
    mx.sym.load(tmp_path / "a.json")
    from_json(json.dumps(graph(variable_node("x", attr={"lr_mult": "1"}))))
    from_json(json.dumps(graph(variable_node("x"), version=990000)))
    assert capfd.readouterr() == ("", "")


# ------------------------------------------------------------------ limits
LIMITED = {
    "file_bytes": (SYMBOL.tojson(), len(SYMBOL.tojson())),
    "nodes": (SYMBOL.tojson(), 4),
    "name_bytes": (mx.sym.Variable("é" * 50).tojson(), 100),
    "attribute_bytes": (SYMBOL.tojson(), 3 * len("num_hidden2")),
    "outputs": (json.dumps(graph(node("Mine", "m"), version=10901, heads=[[0, 6, 0]])), 7),
    "subgraphs": (WRITTEN["nested"]["loop_in_a_loop"], 2),
}


@pytest.mark.parametrize("limit", LIMITED)
def test_limits(limit):
    written, least = LIMITED[limit]
    from_json(written, limits=Limits(**{limit: least}))
    mx.sym.load_json(written, limits=Limits(**{limit: least}))
    with pytest.raises(FormatError, match=rf"limits=Limits\({limit}=...\) allows more"):
        from_json(written, limits=Limits(**{limit: least - 1}))
    with pytest.raises(FormatError, match=rf"Limits\({limit}=...\)"):
        load(written.encode(), limits=Limits(**{limit: least - 1}))


def nested(levels):
    inner = graph(variable_node("x"))
    for _ in range(levels):
        inner = graph(variable_node("x"), node("Loop", "loop", 0, subgraphs=[inner]))
    return json.dumps(inner)


def test_limit_of_nesting():
    assert from_json(nested(Limits.subgraphs)).tojson().count('"Loop"') == Limits.subgraphs
    with pytest.raises(FormatError, match="too deep"):
        from_json(nested(Limits.subgraphs + 1))
    assert from_json(nested(40), limits=Limits(subgraphs=40)).list_arguments() == ["x"]


# ------------------------------------------------------------------ scale
DEEP = """
import json, sys
sys.setrecursionlimit(200)
import symbolic as mx
from symbolic.files.json import from_json, to_json
from tests.files.old_files import graph, node, variable_node

LENGTH = 3000

def chain(first, step):  # a variable, then nodes that read the one before; first and step say where they stand
    nodes = [None] * (LENGTH + 1)
    nodes[first] = variable_node('x')
    for number in range(1, LENGTH + 1):
        place = first + step * number
        nodes[place] = node('_plus_scalar', f'n{number}', place - step, attrs={'scalar': '1'})
    return graph(*nodes, heads=[[place, 0]], version=800 if step < 0 else 10901)

for top in (chain(0, 1), chain(LENGTH, -1)):
    symbol = from_json(json.dumps(top))
    assert symbol.name == f'n{LENGTH}' and len(symbol.graph.nodes) == LENGTH + 1
    assert from_json(to_json(symbol)).name == symbol.name

top['nodes'][LENGTH - 1]['inputs'] = [[0, 0]]
try:
    from_json(json.dumps(top))
except mx.MXNetError as error:
    assert 'cycle' in str(error) and len(str(error)) <= 2000, error
else:
    raise SystemExit('a cycle was loaded')

wide = mx.sym.add_n(*[mx.sym.Variable(f'v{place}') for place in range(LENGTH)])
assert from_json(to_json(wide)).list_arguments() == wide.list_arguments()
twice = mx.sym.Variable('x')
for _ in range(60):
    twice = twice + twice
assert len(from_json(to_json(twice)).graph.nodes) == 61
"""


def test_long_graphs_without_recursion():
    done = subprocess.run([sys.executable, "-c", DEEP], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_order_is_that_of_depth_first_walks():
    x = mx.sym.Variable("x")
    symbol = mx.sym.cos(x, name="c") + mx.sym.sin(x, name="s") * mx.sym.Variable("y")
    written = json.loads(to_json(symbol))
    assert [each["name"] for each in written["nodes"]] == [each.name for each in depth_first(symbol._entries)]
    backwards = graph(node("sin", "s", 1), node("cos", "c", 2), variable_node("x"), version=10901, heads=[[0, 0]])
    assert [each["name"] for each in json.loads(from_json(json.dumps(backwards)).tojson())["nodes"]] == ["x", "c", "s"]
