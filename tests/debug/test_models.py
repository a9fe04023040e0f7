"""Looking into real models, which lie outside the project; ``tests/models/test_run.py`` tells more of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import symbolic as mx

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
if not MODELS.is_dir():
    pytest.skip("../shared/models is not there", allow_module_level=True)

pytestmark = pytest.mark.long


def described():
    from tests.models import test_run

    return test_run.described()


@pytest.mark.parametrize(("folder", "model"), list(described()))
def test_model(folder, model, tmp_path):
    from tests.models import test_run

    symbol, arguments, states = test_run.load(folder, model)
    inputs = test_run.generator().make_inputs(model)
    bound = symbol.simple_bind(mx.cpu(), grad_req="null", **{name: value.shape for name, value in inputs.items()})
    known = {**bound.arg_dict, **bound.aux_dict}
    for name, value in {**arguments, **states, **inputs}.items():
        if name in known:
            known[name][:] = value.reshape(known[name].shape)
    bound.forward(is_train=False)
    before = [output.asnumpy() for output in bound.outputs]
    again = bound._again(False)
    for (node, index), output in zip(bound._graph.heads, before, strict=True):
        scale = np.abs(output).max(initial=1e-6)
        np.testing.assert_allclose(again[node][index], output, 1e-3, 1e-4 * scale, equal_nan=True)
    assert mx.debug.nans(bound, save=None) is None
    found = mx.debug.profile(bound, runs=1)
    assert set(found) >= {node.name for node in symbol.graph.nodes if node.op is not None}
    assert str(found)
    again = mx.sym.load_json(symbol.tojson())
    assert not mx.debug.difference(symbol, again)
    assert mx.debug.first_difference(bound, bound.values()) is None
    for output, held in zip(bound.outputs, before, strict=True):
        np.testing.assert_array_equal(output.asnumpy(), held)
