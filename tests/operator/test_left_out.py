"""What MXNet has and this library leaves out on purpose: refused with the reason, wherever its name turns up."""

from __future__ import annotations

import json

import pytest

import symbolic as mx
from symbolic.errors import UnknownOperator

NAMES = [
    ("_np_transpose", "NumPy interface"),
    ("_npi_add", "NumPy interface"),
    ("_npx_nonzero", "NumPy interface"),
    ("_contrib_dgl_subgraph", "DGL"),
    ("_contrib_dgl_csr_neighbor_uniform_sample", "DGL"),
    ("_contrib_tvm_vadd", "TVM"),
    ("_TensorRT", "TensorRT"),
    ("_sg_mkldnn_conv", "oneDNN"),
    ("_cvimread", "image files"),
    ("_cvcopyMakeBorder", "image files"),
    ("_imdecode", "image files"),
]


@pytest.mark.parametrize(("name", "why"), NAMES)
def test_by_name(name, why):
    for space in (mx.sym, mx.sym._internal, mx.nd, mx.nd._internal):
        with pytest.raises(UnknownOperator, match=f"{name}.*{why}.* left out"):
            getattr(space, name)
        assert not hasattr(space, name)


def test_by_short_name():
    for space in (mx.sym.contrib, mx.nd.contrib):
        with pytest.raises(UnknownOperator, match=r"dgl_adjacency.*DGL"):
            _ = space.dgl_adjacency
    for name in ("np", "npx"):
        with pytest.raises(UnknownOperator, match="NumPy interface"):
            getattr(mx.sym, name)


@pytest.mark.parametrize(("name", "why"), NAMES)
def test_in_a_file(name, why):
    """Such a file loads and prints; what needs the operator tells why it cannot run."""
    nodes = [{"op": "null", "name": "x", "inputs": []}, {"op": name, "name": "y", "inputs": [[0, 0, 0]]}]
    text = json.dumps({"nodes": nodes, "arg_nodes": [0], "heads": [[1, 0, 0]], "attrs": {"mxnet_version": ["int", 10901]}})
    symbol = mx.sym.load_json(text)
    assert name in symbol.tojson()
    with pytest.raises(UnknownOperator, match=rf"y \({name}\)(.|\n)*{why}(.|\n)*left out"):
        symbol.bind(mx.cpu(), {"x": mx.nd.zeros((2, 2))}).forward()
