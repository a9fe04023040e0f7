"""Affine maps, activations and dropout."""

import numpy as np

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, INTEGERS, array, chance, drawn, one_of, shape

HALF = {"rtol": 5e-3, "atol": 4e-3, "why": "the reference rounds to float16 at each step"}
SINGLE = {"rtol": 1e-6, "atol": 1e-6, "why": "the reference computes with constants and slopes in float32"}
ACTIVATIONS = ("relu", "sigmoid", "softrelu", "softsign", "tanh")


def fully_connected(rs, dtype, wrong):
    data = shape(rs, 1, 4)
    hidden = int(rs.randint(1, 5))
    params = {"num_hidden": hidden}
    if chance(rs, 0.4):
        params["flatten"] = one_of(rs, (True, False, 0, "false"))
    if chance(rs, 0.4):
        params["no_bias"] = one_of(rs, (True, False, 1, "True"))
    flat = params.get("flatten", True) in (True, 1)
    width = int(np.prod(data[1:])) if flat else data[-1]
    dtype = "float32" if dtype == "float16" else dtype  # which it lacks
    inputs = {"data": array(rs, data, dtype), "weight": array(rs, (hidden, width + wrong), dtype)}
    if params.get("no_bias", False) in (False, "False"):
        inputs["bias"] = array(rs, (hidden,), dtype)
    if wrong and chance(rs, 0.5):
        params["num_hidden"] = one_of(rs, (0, -1, hidden + 1, "many"))
    return inputs, params


def activation(rs, dtype, wrong):
    kind = one_of(rs, ACTIVATIONS) if not wrong else one_of(rs, ("gelu", "", "ReLU", "selu"))
    return {"data": array(rs, shape(rs), dtype, -6, 6)}, {"act_type": kind}


def leaky_relu(rs, dtype, wrong):
    kind = one_of(rs, ("leaky", "prelu", "elu", "gelu", "selu", "leaky")) if not wrong else one_of(rs, ("relu", "rrelu6"))
    data = shape(rs)
    params = {"act_type": kind} if chance(rs, 0.9) or kind != "leaky" else {}
    if kind in ("leaky", "elu") and chance(rs, 0.5):
        params["slope"] = one_of(rs, (0.5, 0.1, 1, "0.75", 0, 2))
    inputs = {"data": array(rs, data, dtype)}
    if kind == "prelu":
        channels = data[1] if len(data) > 1 else data[0]
        inputs["gamma"] = array(rs, (one_of(rs, (channels, channels, 1, channels + 1 if chance(rs, 0.1) else channels)),), dtype)
    return inputs, params


def hard_sigmoid(rs, dtype, wrong):
    params = {word: one_of(rs, (0.2, 0.5, 1, "0.25", 0)) for word in ("alpha", "beta") if chance(rs, 0.5)}
    dtype = one_of(rs, INTEGERS) if wrong else dtype
    return {"data": array(rs, shape(rs), dtype, -4, 4)}, params


def dropout(rs, dtype, wrong):
    data = shape(rs)
    params = {"p": one_of(rs, (0, 0.0, 0.5, 0.9, "0.25"))} if chance(rs, 0.8) else {}
    if chance(rs, 0.3):
        params["mode"] = "training" if not wrong else "never"
    if chance(rs, 0.4):
        chosen = rs.permutation(len(data))[: rs.randint(0, len(data) + 1)]
        params["axes"] = tuple(int(place) for place in chosen)
    if wrong and "mode" not in params:
        params["p"] = one_of(rs, (-0.5, 1.5, "half"))
    return {"data": array(rs, data, dtype)}, params


DRAWS = {
    "FullyConnected": fully_connected,
    "Activation": activation,
    "LeakyReLU": leaky_relu,
    "hard_sigmoid": hard_sigmoid,
    "Dropout": dropout,
}


def draw(rs):
    op, dtype = one_of(rs, list(DRAWS)), one_of(rs, FLOATS) if chance(rs, 0.96) else one_of(rs, INTEGERS)
    inputs, params = DRAWS[op](rs, dtype, chance(rs, 0.04))
    data = inputs["data"].array()
    if data.dtype.kind != "f" and data.size == 0:  # the reference finds out when it computes
        return draw(rs)
    gradient, train = True, chance(rs, 0.3)
    if op == "Dropout":  # compared where nothing is drawn
        train = float(params.get("p", 0.5) if params.get("p") != "half" else 1) == 0
        gradient = train
    if params.get("act_type") == "selu":  # what the reference returns is no derivative
        gradient = False
    bounds = {"float16": HALF, "float64": SINGLE}.get(data.dtype.name, {}) if op in ("LeakyReLU", "hard_sigmoid", "Activation") else {}
    return Case(op, inputs, params, train=train, gradient=gradient, onednn=chance(rs, 0.3), **bounds)


CASES = drawn(draw, 160)
