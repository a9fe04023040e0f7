"""Every name of MXNet's operator table is here, with its inputs, parameters, order, kinds and defaults, or listed with a reason.

The table (``../shared/spec/operators.json``) is the reference's own; it lies outside the project.
"""

from __future__ import annotations

import json
import math
import typing
from pathlib import Path

import pytest

from symbolic import registry
from symbolic.operator.fields import REQUIRED, DType, Tensors
from symbolic.operator.text import Unreadable, reader

TABLE = Path(__file__).resolve().parents[3] / "shared" / "spec" / "operators.json"
if not TABLE.is_file():
    pytest.skip("../shared/spec/operators.json is not there", allow_module_level=True)
SPEC = json.loads(TABLE.read_text())["operators"]

LEFT_OUT = {
    "_np": "the NumPy-interface namespace",
    "_contrib_dgl_": "graph sampling of the DGL library",
    "_contrib_tvm_": "operators compiled by TVM",
    "_TensorRT": "TensorRT subgraphs",
    "_sg_": "oneDNN subgraphs, which MXNet makes at bind and never saves",
    "_cv": "decoding of image files",
    "_imdecode": "decoding of image files",
    "_Native": "addresses of another process",
    "_NDArray": "addresses of another process",
    "_CachedOp": "the engine's own",
    "_CustomFunction": "the tape of MXNet's autograd",
    "_broadcast_backward": "a gradient operator of the reference",
    "_split_v2_backward": "a gradient operator of the reference",
    "_NoGradient": "a mark in the reference's gradient graphs",
    "_copyto": "copies between devices, an engine's work",
    "_FusedOp": "fusion for GPUs",
}
PENDING: set[str] = set()  # named by issue 3, not written yet
STATED = {  # where the table itself is wrong, or a difference is meant
    "BatchNorm_v1": "the table leaves out its states",
    "IdentityAttachKLSparseReg": "the table leaves out its state",
    "_ravel_multi_index": "a shape is needed: the table's default, None, fails when it runs",
    "_unravel_index": "a shape is needed: the table's default, None, fails when it runs",
    "_scatter_set_nd": "its shape is that of lhs, and may be left out",
    "_contrib_SparseEmbedding": "the table leaves out deterministic",
    "_CrossDeviceCopy": "the table leaves out its input",
    "_linspace": "the table's parameters are those of _arange; the operator takes start, stop, num, endpoint, ctx, dtype",
}


def reason(name):
    canonical = SPEC[name].get("alias_of") or name
    return next((why for prefix, why in LEFT_OUT.items() if name.startswith(prefix) or canonical.startswith(prefix)), None)


NAMES = [name for name in sorted(SPEC) if reason(name) is None]


@pytest.mark.parametrize("name", NAMES)
def test_name_is_known(name):
    """Or listed as pending: the list is honest, too."""
    assert registry.known(name) is not (name in PENDING)


@pytest.mark.parametrize("name", [name for name in NAMES if registry.known(name) and "alias_of" not in SPEC[name]])
def test_signature_is_the_reference(name):
    if name in STATED:
        return
    op, spec = registry.find(name), SPEC[name]
    inputs = [slot["name"] for slot in spec["inputs"]]
    assert list(op.inputs) == inputs or any(isinstance(field, Tensors) for field in op.inputs.values()), (
        f"inputs {list(op.inputs)}, not {inputs}"
    )
    if op.rest:
        return
    words = [word for word in op.params if word != op.count_name or word in spec["params"]]
    assert words == list(spec["params"]), f"parameters {words}, not {list(spec['params'])}"
    for word, wanted in spec["params"].items():
        field = op.params[word]
        if wanted["required"]:
            assert field.default is REQUIRED or word == op.count_name, f"{word} is required"
            continue
        if "default" not in wanted:
            continue
        assert field.default is not REQUIRED, f"{word} has the default {wanted['default']}"
        try:
            default = reader(field)(wanted["default"])
        except Unreadable:
            default = wanted["default"]
        assert same(default, field.default), f"{word} defaults to {field.default!r}, not {default!r}"
        if "choices" in wanted and field.type is not DType:
            found = {str(choice) for choice in choices(field.type)} | ({"None"} if type(None) in typing.get_args(field.type) else set())
            if found and DType not in typing.get_args(field.type):
                assert found == set(wanted["choices"]), f"{word} admits {sorted(found)}, not {wanted['choices']}"


def choices(annotation):
    if typing.get_origin(annotation) is typing.Literal:
        return typing.get_args(annotation)
    return [choice for part in typing.get_args(annotation) for choice in choices(part)]


def same(found, wanted):
    if isinstance(found, float) and isinstance(wanted, (int, float)):
        return math.isclose(found, wanted, rel_tol=1e-6) or found == wanted
    if wanted in ((), None) and found in ((), None, "", "None"):
        return True
    return found == wanted or str(found) == str(wanted)
