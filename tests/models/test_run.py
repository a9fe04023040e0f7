"""Real models, found in public, give what MXNet computed for them.

They lie outside the project (``../shared/models``), since most state no licence; its README tells their format.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import symbolic as mx

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
if not MODELS.is_dir():
    pytest.skip("../shared/models is not there", allow_module_level=True)


def described():
    for path in sorted(MODELS.glob("*/model.json")):
        model = json.loads(path.read_text())
        if (path.parent / f"{path.parent.name}-symbol.json").exists() and model.get("arg_shapes"):
            yield pytest.param(path.parent, model, id=path.parent.name)


def generator():
    spec = importlib.util.spec_from_file_location("gen", MODELS / "gen.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load(folder, model):
    """Load the graph, cut where the model says, and its arrays, read or made."""
    symbol = mx.sym.load(folder / f"{folder.name}-symbol.json")
    if model.get("heads"):
        inner = symbol.get_internals()
        places = {(node.name, index): place for place, (node, index) in enumerate(inner._entries)}
        symbol = mx.sym.Group([inner[places[name, index]] for name, index in model["heads"]])
    files = sorted(folder.glob("*.params"))
    if model["gain"] is None and files:
        arguments, states = mx.model.load_params(str(files[0])[: -len("-0000.params")], int(files[0].stem[-4:]))
        return symbol, {n: a.asnumpy() for n, a in arguments.items()}, {n: a.asnumpy() for n, a in states.items()}
    arguments, states = generator().make_params(model)
    return symbol, arguments, states


@pytest.mark.parametrize(("folder", "model"), list(described()))
def test_model(folder, model):
    symbol, arguments, states = load(folder, model)
    assert symbol.list_arguments() == model["arg_names"]
    assert symbol.list_auxiliary_states() == model["aux_names"]
    assert symbol.list_outputs() == model["out_names"]

    inputs = generator().make_inputs(model)
    arg_shapes, out_shapes, aux_shapes = symbol.infer_shape(**{name: value.shape for name, value in inputs.items()})
    assert dict(zip(model["arg_names"], arg_shapes, strict=True)) == {n: tuple(s) for n, s in model["arg_shapes"].items()}
    assert dict(zip(model["aux_names"], aux_shapes, strict=True)) == {n: tuple(s) for n, s in model["aux_shapes"].items()}
    assert out_shapes == [tuple(shape) for shape in model["out_shapes"]]
    if model["oracle"] == "load_only" or not (folder / "expected.npz").exists():
        return

    executor = symbol.simple_bind(mx.cpu(), grad_req="null", **{name: value.shape for name, value in inputs.items()})
    known = {**executor.arg_dict, **executor.aux_dict}
    for name, value in {**arguments, **states, **inputs}.items():
        if name in known:
            known[name][:] = value.reshape(known[name].shape)
    outputs = executor.forward(is_train=False)
    with np.load(folder / "expected.npz") as expected:
        for place, output in enumerate(outputs):
            compare(output.asnumpy(), place, expected, model)


def compare(found, place, expected, model):
    """Admit ten times the noise between two settings of MXNet, or 1e-4 relative."""
    noise = (model.get("noise") or [[0, 0]] * (place + 1))[place]
    scale = float(expected[f"output_stats/{place}"][3])
    bound = max(10 * noise[0], 1e-4 * scale)
    flat = found.reshape(-1).astype(np.float64)
    if f"output/{place}" in expected:
        wanted = expected[f"output/{place}"].reshape(-1)
        np.testing.assert_allclose(flat, wanted, rtol=max(10 * noise[1], 1e-4), atol=bound * 1e-1, equal_nan=True)
        return
    for kind, part in (("output_head", flat[:1000]), ("output_tail", flat[-1000:])):
        wanted = expected[f"{kind}/{place}"].reshape(-1)
        np.testing.assert_allclose(
            part[: len(wanted)] if kind == "output_head" else part[-len(wanted) :], wanted, rtol=max(10 * noise[1], 1e-4), atol=bound * 1e-1
        )
    _, mean, std, largest = expected[f"output_stats/{place}"]
    assert abs(flat.mean() - mean) <= bound
    assert abs(flat.std() - std) <= bound
    assert abs(np.abs(flat).max() - largest) <= bound
