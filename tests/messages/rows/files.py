"""Loading and saving: wrong calls, and what each message must say."""

from __future__ import annotations

import json

import numpy as np

import symbolic as mx
from symbolic.errors import FileError, FormatError, ShapeError, UnknownOperator
from tests.messages.nets import mlp
from tests.messages.row import wrong

S, nd = mx.sym, mx.nd


def broken(**changed):
    """JSON of a small graph, with a part of its second node changed."""
    node = {
        "op": "FullyConnected",
        "name": "fc",
        "attrs": {"num_hidden": "3", "no_bias": "True"},
        "inputs": [[0, 0, 0], [1, 0, 0]],
    } | changed
    nodes = [{"op": "null", "name": "x", "inputs": []}, {"op": "null", "name": "w", "inputs": []}, node]
    return json.dumps({"nodes": nodes, "arg_nodes": [0, 1], "heads": [[2, 0, 0]]})


LOAD = [
    wrong(
        lambda: S.load("/nonexistent/net-symbol.json"),
        FileError,
    ),
    wrong(
        lambda: nd.load("/nonexistent/x.params"),
        OSError,
    ),
    wrong(lambda: S.load(3), TypeError, got="3", expected="str"),
    wrong(lambda: S.load_json(3), TypeError, got="3", expected="str"),
    wrong(
        lambda: S.load_json("{}"),
        FormatError,
    ),
    wrong(
        lambda: S.load_json(broken(attrs={"num_hiden": "3"})),
        FormatError,
        argument="num_hiden",
        got="'3'",
        expected="num_hidden",
        like="num_hidden",
    ),
    wrong(
        lambda: S.load_json(broken(attrs={"num_hidden": "many"})), FormatError, argument="num_hidden", got="'many'", expected="an integer"
    ),
    wrong(
        lambda: S.load_json(broken(inputs=[[0, 0, 0], [9, 0, 0]])),
        FormatError,
    ),
    wrong(
        lambda: S.load_json(broken(op="FullyConected")).simple_bind(mx.cpu(), x=(2, 3)),
        UnknownOperator,
        op="FullyConected",
        node="fc",
        like="FullyConnected",
        way="get_internals",
    ),
    wrong(
        lambda: S.load_json(broken()).infer_shape(x=(2, 3), w=(3, 4)),
        ShapeError,
        op="FullyConnected",
        node="fc",
        argument="weight from variable 'w'",
        got="(3, 4)",
        expected="(3, 3)",
        chain=("4 is from w (3, 4)", "3 is from x (2, 3)"),
        way="(3, 3)",
    ),
    wrong(
        lambda: mx.model.load_checkpoint("/nonexistent/m", 1),
        FileError,
    ),
    wrong(lambda: mx.model.load_checkpoint("/nonexistent/m", "one"), TypeError, argument="epoch", got="'one'", expected="int"),
]

SAVE = [
    wrong(
        lambda: mlp().save("/nonexistent/net.json"),
        FileError,
    ),
    wrong(lambda: mlp().save(3), TypeError, got="3", expected="str"),
    wrong(
        lambda: nd.save("/nonexistent/x", {"a": nd.ones(1)}),
        OSError,
    ),
    wrong(lambda: nd.save("/tmp/x", 3), TypeError, argument="data", got="3 (int)", expected="NDArray"),
    wrong(lambda: nd.save("/tmp/x", {"a": np.ones(1)}), TypeError, argument="data", got="ndarray", expected="NDArray"),
    wrong(lambda: nd.save("/tmp/x", {3: nd.ones(1)}), TypeError, argument="data", got="3 (int)", expected="str"),
    wrong(
        lambda: mx.model.save_checkpoint("/nonexistent/m", 1, mlp(), {"w": 3}, {}),
        TypeError,
        argument="arg_params['w']",
        got="3",
        expected="NDArray",
    ),
]
