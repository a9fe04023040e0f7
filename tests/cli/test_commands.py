"""Each command on a small network: what it prints, as text and as JSON, what it writes, and its exit code."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

import symbolic as mx
from symbolic.cli.app import COMMANDS


def test_info(call, net):
    text = call("info", net).out
    assert "operators  FullyConnected 2, Activation 1, BatchNorm 1, SoftmaxOutput 1" in text
    assert "input      data" in text and "label      softmax_label" in text and "outputs    softmax_output" in text
    facts = call("info", net, "--json").json
    assert facts["graph"]["nodes"] == 15 and facts["arrays"]["count"] == 8 and facts["arrays"]["elements"] == 24 + 15 + 12
    assert facts["without_array"] == [] and facts["without_variable"] == []
    roles = {one["name"]: one["role"] for one in facts["graph"]["variables"]}
    assert roles["data"] == "input" and roles["bn_moving_var"] == "state" and roles["fc1_weight"] == "weight"


def test_info_tells_what_does_not_fit(call, net):
    arrays = mx.nd.load(f"{net}-0007.params")
    arrays["arg:stranger"] = arrays.pop("arg:fc1_bias")
    mx.nd.save(f"{net}-0007.params", arrays)
    answer = call("info", net)
    assert "variables without an array: fc1_bias" in answer.err and "arrays without a variable: stranger" in answer.err


def test_info_of_arrays_alone(call, tmp_path):
    mx.nd.save(str(tmp_path / "some.params"), {"w": mx.nd.ones((2, 3))})
    answer = call("info", tmp_path / "some.params")
    assert "w     2,3    float32" in answer.out and answer.code == 0


def test_infer(call, net):
    answer = call("infer", net, "--shape", "data=2,5", "--json")
    assert answer.code == 0
    values = {one["name"]: one for one in answer.json["values"]}
    assert values["fc1_weight"]["shape"] == [4, 5] and values["softmax_output"] == {
        "name": "softmax_output", "role": "output", "shape": [2, 3], "dtype": "float32"}  # fmt: skip
    every = call("infer", net, "-s", "data=(2, 5)", "--all", "--json").json["values"]
    assert {"relu1_output", "bn_output", "bn_gamma"} <= {one["name"] for one in every}
    assert "fc1_weight      weight  4,5    float32" in call("infer", net, "-s", "data=2x5").out


def test_infer_says_what_to_give(call, net):
    answer = call("infer", net)
    assert answer.code == 1 and "give --shape data=..." in answer.err and "fc1_weight" in answer.out
    assert "data" in call("infer", net, "--json").json["unknown"]


def test_infer_names_the_node_at_fault(call, net):
    answer = call("infer", net, "-s", "fc1_weight=9,9", "-s", "data=2,5")
    assert answer.code == 1 and "fc1 (FullyConnected)" in answer.err and "Traceback" not in answer.err
    assert call("infer", net, "-s", "dta=1,2").code == 1


def test_summary(call, net):
    assert call("summary", net, "-s", "data=2,5").out.count("FullyConnected") == 2
    assert call("summary", net, "-s", "data=2,5", "--json").json["totals"]["parameters"] == 24 + 15 + 6


@pytest.mark.parametrize(("ending", "head"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("dot", b"digraph")])
def test_plot(call, net, tmp_path, ending, head):
    path = tmp_path / f"picture.{ending}"
    answer = call("plot", net, "-s", "data=2,5", "-o", path)
    assert answer.code == 0 and answer.err.strip() == str(path)
    assert path.read_bytes().startswith(head)


def test_page(call, net):
    assert call("page", net, "-s", "data=2,5").code == 0
    assert "fc1" in Path(f"{net}.html").read_text()


def test_run_from_files(call, net, tmp_path):
    data = np.random.default_rng(1).standard_normal((2, 5))
    np.save(tmp_path / "x.npy", data)
    answer = call("run", net, "--input", f"data={tmp_path / 'x.npy'}", "-o", tmp_path / "out.npz", "--json")
    symbol, arguments, states = mx.model.load_checkpoint(net, 7)
    label = mx.nd.zeros((2,))
    expected = symbol.bind(mx.cpu(), {**arguments, "data": mx.nd.array(data), "softmax_label": label}, aux_states=states).forward()[0]
    with np.load(tmp_path / "out.npz") as written:
        np.testing.assert_array_equal(written["softmax_output"], expected.asnumpy())
    [output] = answer.json["outputs"]
    assert output["shape"] == [2, 3] and output["mean"] == pytest.approx(1 / 3) and output["not_finite"] == 0
    assert answer.json["sources"]["data"] == "file" and answer.json["sources"]["fc1_weight"] == "parameters"


def test_run_on_random_numbers_is_repeatable(call, net, tmp_path):
    paths = [tmp_path / f"{name}.npz" for name in "abc"]
    for path, seed in zip(paths, (5, 5, 6), strict=True):
        assert call("run", net, "-s", "data=2,5", "--seed", seed, "-o", path).code == 0
    one, same, other = (np.load(path)["softmax_output"] for path in paths)
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_run_without_arrays(call, net, tmp_path):
    mx.sym.load(f"{net}-symbol.json").save(tmp_path / "bare-symbol.json")
    answer = call("run", tmp_path / "bare", "-s", "data=2,5")
    assert answer.code == 1 and "--fill random" in answer.err and "fc1_weight" in answer.err
    answer = call("run", tmp_path / "bare", "-s", "data=2,5", "--fill", "random", "--repeat", 3)
    assert answer.code == 0 and "median of 3 runs" in answer.err and "softmax_output" in answer.out
    answer = call("run", tmp_path / "bare", "--fill", "zeros")
    assert answer.code == 1 and "the shape of 'data' is not known" in answer.err


def test_run_needs_what_it_is_given_to_fit(call, net, tmp_path):
    np.savez(tmp_path / "x.npz", nothing=np.ones(2))
    answer = call("run", net, "-i", tmp_path / "x.npz")
    assert answer.code == 1 and f"say which input it is: data={tmp_path / 'x.npz'}" in answer.err
    np.savez(tmp_path / "y.npz", dta=np.ones((2, 5)), fc1_bias=np.ones(4))
    answer = call("run", net, "-i", tmp_path / "y.npz")
    assert answer.code == 1 and "did you mean 'data'" in answer.err
    (tmp_path / "z.npz").write_bytes(b"no zip")
    answer = call("run", net, "-i", tmp_path / "z.npz")
    assert answer.code == 1 and "broken" in answer.err and "Traceback" not in answer.err


def test_pickles_are_not_loaded(call, net, tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object), allow_pickle=True)
    answer = call("run", net, "-i", f"data={tmp_path / 'x.npy'}")
    assert answer.code == 1 and "x.npy" in answer.err


def test_values_inside_the_graph(call, net):
    answer = call("run", net, "-s", "data=2,5", "--head", "relu1_output", "--head", "fc2_output", "--json")
    assert [one["name"] for one in answer.json["outputs"]] == ["relu1_output", "fc2_output"]
    answer = call("run", net, "-s", "data=2,5", "--head", "relu_output")
    assert answer.code == 1 and "did you mean 'relu1_output'" in answer.err


def test_check_names_the_first_node_that_differs(call, net, tmp_path):
    names = ["fc1_output", "relu1_output", "fc2_output", "bn_output", "softmax_output"]
    heads = [word for name in names for word in ("--head", name)]
    path = tmp_path / "recorded.npz"
    assert call("run", net, "-s", "data=2,5", *heads, "-o", path).code == 0
    answer = call("run", net, "-s", "data=2,5", "--check", path)
    assert answer.code == 0 and "equal: 5 recorded values" in answer.out
    with np.load(path) as written:
        arrays = dict(written)
    arrays["bn_output"][1, 2] += 0.5
    arrays["fc2_output"][1, 2] += 0.25
    np.savez(path, **arrays)
    answer = call("run", net, "-s", "data=2,5", "--check", path, "--json")
    assert answer.code == 1 and answer.json["check"]["first"] == "fc2_output"
    told = answer.json["check"]["told"]
    assert "after 2 equal ones" in told and "1 of 6 elements; most at (1, 2)" in told
    assert call("run", net, "-s", "data=2,5", "--check", path, "--atol", 1).code == 0


def test_check_takes_outputs_by_number_and_refuses_strangers(call, net, tmp_path):
    call("run", net, "-s", "data=2,5", "-o", tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as written:
        np.savez(tmp_path / "b.npz", **{"output/0": written["softmax_output"]})
    assert call("run", net, "-s", "data=2,5", "--check", tmp_path / "b.npz").code == 0
    np.savez(tmp_path / "c.npz", stranger=np.ones(2))
    assert "no value of this graph" in call("run", net, "-s", "data=2,5", "--check", tmp_path / "c.npz").err


def test_upgrade(call, tmp_path):
    old = {
        "nodes": [
            {"op": "null", "param": {}, "name": "x", "inputs": [], "backward_source_id": -1},
            {"op": "BatchNorm", "param": {"eps": "0.01"}, "name": "bn", "inputs": [[0, 0], [2, 0], [3, 0]], "backward_source_id": -1},
            {"op": "null", "param": {}, "name": "bn_gamma", "inputs": [], "backward_source_id": -1},
            {"op": "null", "param": {}, "name": "bn_beta", "inputs": [], "backward_source_id": -1},
        ],
        "arg_nodes": [0, 2, 3],
        "heads": [[1, 0]],
    }
    path = tmp_path / "old-symbol.json"
    path.write_text(json.dumps(old))
    assert call("upgrade", path, "-o", tmp_path / "new-symbol.json").code == 0
    new = json.loads((tmp_path / "new-symbol.json").read_text())
    assert new["attrs"]["mxnet_version"] == ["int", 10901] and "bn_moving_mean" in {node["name"] for node in new["nodes"]}
    assert json.loads(call("upgrade", path, "-o", "-").out) == new
    assert call("upgrade", path, "--in-place").code == 0 and json.loads(path.read_text()) == new


def test_convert_arrays_there_and_back(call, net, tmp_path):
    assert call("convert", f"{net}-0007.params", tmp_path / "a.npz").code == 0
    with np.load(tmp_path / "a.npz") as arrays:
        assert np.array_equal(arrays["aux:bn_moving_var"], np.ones(3)) and "arg:fc1_weight" in arrays
    assert call("convert", tmp_path / "a.npz", tmp_path / "b.params").code == 0
    assert (tmp_path / "b.params").read_bytes() == Path(f"{net}-0007.params").read_bytes()


def test_convert_a_graph(call, net, tmp_path):
    assert call("convert", net, tmp_path / "a.dot").code == 0 and (tmp_path / "a.dot").read_text().startswith("digraph")
    assert call("convert", net, tmp_path / "a.graphml").code == 0
    ElementTree.parse(tmp_path / "a.graphml")
    graph = nx.read_graphml(tmp_path / "a.graphml", force_multigraph=True)
    assert {data["name"] for _, data in graph.nodes(data=True)} >= {"fc1", "data", "softmax"}
    assert call("convert", net, tmp_path / "c.json").code == 0
    assert mx.sym.load(tmp_path / "c.json").tojson() == mx.sym.load(f"{net}-symbol.json").tojson()


def test_a_target_is_written_whole_or_not_at_all(call, net, tmp_path):
    (tmp_path / "a.npz").write_bytes(b"old")
    (tmp_path / "bad.params").write_bytes(Path(f"{net}-0007.params").read_bytes()[:-9])
    assert call("convert", tmp_path / "bad.params", tmp_path / "a.npz").code == 1
    assert (tmp_path / "a.npz").read_bytes() == b"old"


def test_diff(call, net, tmp_path):
    answer = call("diff", net, net)
    assert answer.code == 0
    mx.sym.Activation(mx.sym.load(f"{net}-symbol.json").get_internals()["fc1_output"], act_type="tanh", name="relu1").save(
        tmp_path / "b.json"
    )
    answer = call("diff", net, tmp_path / "b.json", "-o", tmp_path / "d.svg")
    assert answer.code == 1 and "relu1" in answer.out and (tmp_path / "d.svg").exists()
    facts = call("diff", net, tmp_path / "b.json", "--json").json
    assert not facts["equal"] and "fc2" in {node["name"] for node in facts["removed"]}


def test_replay(call, tmp_path):
    x = mx.sym.Variable("x")
    mx.debug.nans(mx.sym.log(x - 1, name="log"), save=tmp_path / "bad.params", x=mx.nd.array([0.5, 3]))
    answer = call("replay", tmp_path / "bad.params")
    assert answer.code == 1 and "log" in answer.out
    assert call("replay", tmp_path / "bad.params", "--json").json["finite"] is False
    (tmp_path / "other.params").write_bytes(b"nothing")
    assert call("replay", tmp_path / "other.params").code == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(call, shell):
    assert "_SYMBIND_COMPLETE" in call("completion", shell).out


@pytest.mark.parametrize("name", COMMANDS)
def test_help(call, name):
    answer = call(name, "--help")
    assert answer.code == 0 and "--traceback" in answer.out and "Examples:" in answer.out


def test_json_has_the_keys_that_it_had(call, net):
    """Other programs read them."""
    assert list(call("info", net, "--json").json) == ["graph", "arrays", "without_array", "without_variable"]
    assert list(call("infer", net, "-s", "data=2,5", "--json").json) == ["values", "unknown"]
    assert list(call("run", net, "-s", "data=2,5", "--json").json) == ["seconds", "sources", "outputs"]
    assert list(call("diff", net, net, "--json").json) == ["equal", "alike", "added", "removed", "changed", "outputs"]
