"""Broken graphs in JSON: one clear error, which names the place; never another exception, and nothing is made."""

import copy
import json
import random

import pytest

from symbolic.errors import FormatError, MXNetError
from symbolic.files import json_build
from symbolic.files.json import from_json, load
from tests.files.old_files import graph, node, variable_node
from tests.files.test_foreign import FOREIGN


def whole():
    """A graph in which every kind of thing stands; ``fc`` is node 3."""
    inner = graph(variable_node("d"), node("sin", "s", 0))
    return graph(
        variable_node("x", attrs={"__shape__": "(2, 3)"}),
        variable_node("w"),
        variable_node("b"),
        node("FullyConnected", "fc", 0, 1, 2, attrs={"num_hidden": "3"}),
        node("SliceChannel", "split", 3, attrs={"num_outputs": "3"}),
        node("elemwise_add", "sum", (4, 0), (4, 2)),
        node("Loop", "loop", 5, attrs={"num_args": "1"}, subgraphs=[inner]),
        version=10901,
        heads=[[6, 0, 0], [6, 1, 0]],
        node_row_ptr=[0, 1, 2, 3, 4, 7, 8, 10],
    )


def fails(content, *words):
    with pytest.raises(FormatError) as caught:
        from_json(content) if isinstance(content, str) else load(content)
    message = str(caught.value)
    assert isinstance(caught.value, MXNetError)
    assert len(message) <= 2000
    assert all(line.isprintable() for line in message.split("\n")), repr(message)
    for word in ("broken symbol JSON: ", "\n  place  ", *words):
        assert word in message, message
    return message


def test_whole_graph_is_sound():
    symbol = from_json(json.dumps(whole()))
    assert symbol.list_outputs() == ["loop_output0", "loop_output1"]


# ------------------------------------------------------------------ text
TEXTS = {
    "": ["there is nothing in it", "empty text"],
    " \n": ["there is nothing in it"],
    "{": ["line 1 column 2", "the end"],
    "[]": ["no graph", "top"],
    "null": ["no graph"],
    '"x"': ["no graph"],
    "{}": ["'nodes' is missing"],
    '{"nodes": [1,}': ["line 1 column 14", "'}'"],
    '{"nodes": []} {}': ["extra data", "column 15"],
    '{"nodes": [}': ["expecting value", '"nodes": [}'],
    '{"heads": [[+1, 0]]}': ["'+'", "heads"],
    '{"heads": [[01, 0]]}': ["'1'", "heads"],
    "{'nodes': 1}": ["line 1 column 2"],
    '{"nodes": [], "nodes": []}': ["duplicate key", "'nodes'"],
    '{"nodes": [{"name": "fc", "op": "a", "op": "b"}]}': ["duplicate key", "'op' of 'fc'"],
    "[" * 100_000: ["too deep", "100000 levels", "at most 136"],
    '{"a":' * 100_000 + "1" + "}" * 100_000: ["too deep"],
    '{"nodes": "' + "[" * 1000 + '"}': ["'nodes' must be a list"],  # brackets in strings do not nest
    '{"nodes": "\\\\" , "a": [' + "[" * 1000: ["too deep"],
    "\ud800": ["no UTF-8", "character 0"],
    '{"nodes": [{"op": "null", "name": "\\ud800", "inputs": []}], "arg_nodes": [0], "heads": [[0, 0]]}': [
        "UTF-8",
        "nodes[0]",
        "surrogates",
    ],
}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:40]))
def test_text(text):
    fails(text, *TEXTS[text])


BYTES = {
    b'{"nodes": "\xff"}': ["not UTF-8", "byte offset 11 of 14", "ff 22 7d"],
    b"\xef\xbb\xbf{}": ["byte order mark", "byte offset 0"],
    '{"nodes": 1}'.encode("utf-16"): ["not UTF-8"],
    b"\x12\x01\0\0\0\0\0\0" + bytes(16): ["MXNet parameters; nd.load reads them"],
}


@pytest.mark.parametrize("content", BYTES)
def test_bytes(content):
    fails(content, *BYTES[content])


@pytest.mark.parametrize("what", [what for what in FOREIGN if "JSON" not in what])
def test_files_of_other_programs(what, tmp_path):
    (tmp_path / "a\n.json").write_bytes(FOREIGN[what])
    with pytest.raises(FormatError, match=r"a\\n\.json: broken symbol JSON: ") as caught:
        load(tmp_path / "a\n.json")
    assert len(str(caught.value)) <= 2000


# ------------------------------------------------------------------ structure
def put(*path):
    """Make a change: put the last of ``path`` where the others lead."""
    *way, last, value = path

    def change(top):
        for step in way:
            top = top[step]
        top[last] = value

    return change


def drop(*path):
    def change(top):
        for step in path[:-1]:
            top = top[step]
        del top[path[-1]]

    return change


FC, INNER = ("nodes", 3), ("nodes", 6, "subgraphs", 0)
HERE = "nodes[3] 'fc'"
CHANGES = [
    *[(drop(key), [f"'{key}' is missing", f"key '{key}'"]) for key in ("nodes", "arg_nodes", "heads")],
    *[(put(key, {}), [f"'{key}' must be a list"]) for key in ("nodes", "arg_nodes", "heads")],
    (put("nodes", []), ["the graph has no nodes"]),
    (put("heads", []), ["the graph has no heads"]),
    (put("__proto__", {}), ["unknown key of a graph", "'__proto__'", "arg_nodes"]),
    (put("attr", {}), ["unknown key of a graph", "'attr'"]),
    *[
        (put("attrs", wrong), ["attrs", '["int", 10901]'])
        for wrong in (None, [], "x", {"mxnet_version": "10901"}, {"mxnet_version": []}, {"a": 1})
    ],
    *[(put("attrs", "mxnet_version", ["int", wrong]), ["mxnet_version"]) for wrong in (-1, 2**31, 2**70, "1", 1.5, True, None)],
    (put("attrs", "mxnet_version", ["str", "x"]), ["mxnet_version"]),
    *[(put("nodes", 3, wrong), ["nodes[3]", "must be an object"]) for wrong in (None, 3, "x", [], True)],
    *[(drop(*FC, key), ["nodes[3]", f"'{key}' of a node is missing"]) for key in ("op", "name", "inputs")],
    *[(put(*FC, key, wrong), ["nodes[3]", key]) for key in ("op", "name") for wrong in (None, True, 3, [], {}, 2**70, float("nan"))],
    *[
        (put(*FC, "inputs", wrong), [HERE, "inputs"])
        for wrong in (None, True, 3, "x", {}, [1, 2], ["0"], [[None, 0, 0]], [["0", 0, 0]], [[0.5, 0, 0]])
    ],
    *[(put(*FC, "op", wrong), [HERE, "op"]) for wrong in ("", " ", "a\0b")],
    (put(*FC, "op", "A" * 70_000), [HERE, "too long", "70000 bytes", "name_bytes"]),
    (put(*FC, "name", "é" * 40_000), ["nodes[3]", "too long", "80000 bytes"]),
    (put(*FC, "name", "a\0b"), ["nodes[3]", "NUL", "name"]),
    (put(*FC, "evil", 1), [HERE, "unknown key of a node", "'evil'"]),
    (put(*FC, "op", "null"), [HERE, "a variable has no inputs"]),
    (put(*FC, "attr", {}), [HERE, "stand in two places"]),
    *[(put(*FC, "attrs", wrong), [HERE, "attrs"]) for wrong in (None, 3, "x", [], True, {"a": 1}, {"a": None}, {"a": {}})],
    (put(*FC, "attrs", "num_hidden", "3\0"), [HERE, "NUL", "num_hidden"]),
    (put("nodes", 0, "attrs", "__shape__", 3), ["nodes[0] 'x'", "'__shape__'", "must be a string"]),
    *[
        (put(*FC, "inputs", 1, 0, wrong), [HERE, "inputs[1]", "there is no such node", str(wrong), "0 to 6"])
        for wrong in (7, -1, 2**31, 2**64)
    ],
    *[
        (put(*FC, "inputs", 1, wrong), [HERE, "inputs[1]"])
        for wrong in ([], [0], [0, 0, 0, 0], 0, {}, [[0], 0, 0], [0, True], [0, -1], [0, 2**31], [0, 0, -1])
    ],
    *[(put(*FC, "inputs", 1, 1, wrong), [HERE, "inputs[1]", f"output {wrong}", "0 to 0", "nodes[1] 'w'"]) for wrong in (1, 99, 2**16)],
    (put("nodes", 5, "inputs", 0, 1, 3), ["nodes[5] 'sum'", "inputs[0]", "output 3", "0 to 2", "nodes[4] 'split'"]),
    (put("heads", 1, 1, 2), ["heads[1]", "output 2", "0 to 1", "nodes[6] 'loop'"]),
    *[
        (put("heads", 1, wrong), ["heads[1]"])
        for wrong in ([], [0], None, "x", ["0", 0], [0, None], [7, 0], [-1, 0], [2**64, 0], [float("inf"), 0])
    ],
    (put("nodes", 3, "inputs", 0, 0, 3), ["nodes[3] 'fc'", "cycle", "'fc' feeds nodes[3] 'fc'"]),
    (put("nodes", 3, "inputs", 0, 0, 6), ["cycle", "'fc' feeds", "'split' feeds", "'loop' feeds"]),
    *[
        (put("arg_nodes", wrong), ["arg_nodes"])
        for wrong in ([], [0] * 5, [10**9], [-1], [0, 1, 2, 3], [None, 1, 2], ["0", 1, 2], [0.0, 1, 2], [False, 1, 2])
    ],
    *[
        (put("node_row_ptr", wrong), ["node_row_ptr"])
        for wrong in ([], [0] * 8, [5, 4], "x", {}, None, [None] * 8, [0, 1, 2, 3, 4, 7, 8, 2**70])
    ],
    (put("node_row_ptr", 2, 3), ["node_row_ptr[2]", "nodes[1] 'w'"]),
    (put("node_row_ptr", 7, 2_000_000), ["nodes[6] 'loop'", "1999992 outputs", "at most 1048576", "outputs=..."]),
    (put("nodes", 4, "attrs", "num_outputs", str(2**40)), ["nodes[4] 'split'", "too many inputs or outputs", str(2**40)]),
    *[(put(*FC, "backward_source_id", wrong), [HERE, "backward_source_id"]) for wrong in (-2, 7, "0", None)],
    *[(put(*FC, "control_deps", wrong), [HERE, "control_deps"]) for wrong in (None, 0, [7], [0.5])],
    # what operators say
    (put(*FC, "attrs", {}), [HERE, "FullyConnected", "num_hidden"]),
    (put(*FC, "attrs", "num_hiden", "3"), [HERE, "FullyConnected", "num_hiden", "did you mean 'num_hidden'"]),
    *[
        (put(*FC, "attrs", "num_hidden", wrong), [HERE, "num_hidden", wrong[:5]])
        for wrong in ("many", "-1", "", "1e9", "(3,)", "9" * 400, "x" * 5000)
    ],
    (put("nodes", 5, "attrs", {"mood": "calm"}), ["nodes[5] 'sum'", "mood"]),
    (put(*FC, "inputs", [[0, 0, 0]]), [HERE, "too few inputs", "3: data, weight, bias"]),
    (put(*FC, "inputs", [[0, 0, 0]] * 1000), [HERE, "too many inputs", "1000"]),
    (put(*FC, "subgraphs", [whole()]), [HERE, "this operator takes no graphs", "FullyConnected"]),
    *[(put(*FC, "op", wrong), [HERE, "never loaded", wrong]) for wrong in ("_Native", "_NDArray", "_CustomFunction")],
    # graphs in graphs
    *[(put("nodes", 6, "subgraphs", wrong), ["nodes[6] 'loop'", "subgraphs"]) for wrong in (None, 3, "x", {}, [1], [[]])],
    (drop(*INNER, "heads"), ["nodes[6] 'loop' subgraphs[0] key 'heads'", "'heads' is missing"]),
    (put(*INNER, "nodes", 1, "inputs", 0, 0, 5), ["nodes[6] 'loop' subgraphs[0] nodes[1] 's' inputs[0]", "0 to 1"]),
    (put(*INNER, "nodes", 1, "inputs", 0, 1, 5), ["nodes[6] 'loop' subgraphs[0] nodes[1] 's' inputs[0]", "output 5"]),
    (put(*INNER, "nodes", 1, "inputs", 0, 0, 1), ["nodes[6] 'loop' subgraphs[0] nodes[1] 's'", "cycle"]),
    (put(*INNER, "nodes", 1, "attrs", {"a": "1"}), ["nodes[6] 'loop' subgraphs[0] nodes[1] 's'", "unknown parameter 'a'"]),
    (put(*INNER, "heads", [[2, 0]]), ["nodes[6] 'loop' subgraphs[0] heads[0]"]),
]


@pytest.mark.parametrize("place", range(len(CHANGES)))
def test_structure(place, monkeypatch):
    change, words = CHANGES[place]
    top = whole()
    change(top)
    monkeypatch.setattr(json_build, "Node", None)  # nothing is made before all is checked
    fails(json.dumps(top), *words)


def test_names_from_files_are_escaped():
    top = graph(variable_node("\x1b[31m\n\u202e" + "x" * 60_000), node("sin", "s", (0, 1)), version=10901)
    message = fails(json.dumps(top), "\\x1b[31m\\n\\u202e", "output 1")
    assert len(message) < 900


def test_a_long_cycle_is_shortened():
    nodes = [node("sin", f"n{number}", (number + 1) % 50) for number in range(50)]
    message = fails(json.dumps(graph(*nodes, version=10901)), "cycle", "'n0'", "45 more")
    assert message.count(" feeds ") == 6


def test_what_is_no_fault():
    for change in (
        put("arg_nodes", [2, 0, 1]),  # in any order
        put("nodes", 3, "inputs", 1, [1, 0, 7]),  # a version
        put(*FC, "control_deps", [0]),
        put(*FC, "backward_source_id", -1),
        put(*FC, "subgraphs", []),
        put(*FC, "attrs", "__mood__", ""),
        put("attrs", "is_np_shape", ["int", 1]),
        put("attrs", "mxnet_version", ["int", 99_999_999]),
        drop("node_row_ptr"),
        drop("nodes", 6, "subgraphs"),
    ):
        top = whole()
        change(top)
        assert from_json(json.dumps(top)).list_arguments() == ["x", "w", "b"]
    dead = whole()
    dead["nodes"].append(variable_node("dead"))
    dead["arg_nodes"].append(7)
    dead["node_row_ptr"].append(11)
    assert from_json(json.dumps(dead)).list_arguments() == ["x", "w", "b"]


# ------------------------------------------------------------------ blind damage
@pytest.mark.parametrize("seed", range(8))
def test_damage(seed):
    """Whatever is done to a file, it loads or fails with the one error."""
    chance = random.Random(seed)
    sound = json.dumps(whole()).encode()
    for _ in range(150):
        content = bytearray(sound)
        for _ in range(chance.choice([1, 1, 2, 5])):
            content[chance.randrange(len(content))] = chance.choice([*b'{}[]:,"\\0129-tfn \0\xff', chance.randrange(256)])
        try:
            load(bytes(content[: chance.choice([None, None, chance.randrange(len(content))])])).tojson()
        except FormatError as error:
            assert len(str(error)) <= 2000
            assert str(error).startswith("<bytes>: broken symbol JSON: ")


@pytest.mark.parametrize("seed", range(8))
def test_misplaced_values(seed):
    """The same for values of the wrong kind, or of another place."""
    chance = random.Random(seed)
    values = [None, True, 0, -1, 2**31, 2**70, 1e300, "", "x", "null", "\ud800", [], {}, [[]], [0, 0], whole(), whole()["nodes"][3]]
    for _ in range(150):
        top = whole()
        places = []
        waiting = [top]
        while waiting:
            holder = waiting.pop()
            for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
                places.append((holder, key))
                if isinstance(value, (dict, list)):
                    waiting.append(value)
        holder, key = chance.choice(places)
        holder[key] = copy.deepcopy(chance.choice(values))
        try:
            from_json(json.dumps(top)).tojson()
        except FormatError as error:
            assert len(str(error)) <= 2000
