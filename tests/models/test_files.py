"""Every symbol file found in public loads, names its values as MXNet does, and survives being written.

The files lie outside the project (``../shared/models``), since most state no licence; its README tells their format.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import symbolic as mx

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
if not MODELS.is_dir():
    pytest.skip("../shared/models is not there", allow_module_level=True)


def files():
    for path in sorted(MODELS.glob("*/model.json")):
        graphs = [other for other in path.parent.glob("*.json") if other != path]
        if graphs:
            yield pytest.param(graphs[0], json.loads(path.read_text()), id=path.parent.name)


def cut(symbol, model):
    """Cut the graph where the description does, because MXNet cannot run it whole."""
    if not model.get("heads"):
        return symbol
    nodes = {node.name: node for node in symbol.graph.nodes}
    return mx.sym.Symbol([(nodes[name], index) for name, index in model["heads"]])


@pytest.mark.parametrize(("path", "model"), list(files()))
def test_names(path, model):
    symbol = cut(mx.sym.load(path), model)
    assert symbol.list_arguments() == model["arg_names"]
    assert symbol.list_auxiliary_states() == model["aux_names"]
    assert symbol.list_outputs() == model["out_names"]


@pytest.mark.parametrize(("path", "model"), list(files()))
def test_written_and_read_again(path, model):
    symbol = mx.sym.load(path)
    again = mx.sym.load_json(symbol.tojson())
    assert again.tojson() == symbol.tojson()
    assert again.attr_dict() == symbol.attr_dict()
    assert again.get_internals().list_outputs() == symbol.get_internals().list_outputs()
    assert cut(again, model).list_inputs() == cut(symbol, model).list_inputs()


@pytest.mark.parametrize(("path", "model"), list(files()))
def test_nothing_in_the_file_is_lost(path, model):
    """Names, operators and attributes are those of the file, where it is as new as the layout that is written."""
    before, after = json.loads(path.read_text(encoding="utf-8")), json.loads(mx.sym.load(path).tojson())
    if before.get("attrs", {}).get("mxnet_version", [0, 0])[1] < 1201:
        assert len(after["nodes"]) >= len(before["nodes"])
        return
    assert len(after["nodes"]) == len(before["nodes"])
    for old, new in zip(before["nodes"], after["nodes"], strict=True):
        assert (new["op"], new["name"]) == (old["op"], old["name"])
        assert new.get("attrs", {}) == old.get("attrs", old.get("attr", {}))
        assert [entry[:2] for entry in new["inputs"]] == [entry[:2] for entry in old["inputs"]]
    assert [head[:2] for head in after["heads"]] == [head[:2] for head in before["heads"]]
