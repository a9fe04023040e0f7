"""Recurrent layers, of every kind, depth and direction."""

from tests.ops.case import Case
from tests.sweep.draw import array, chance, drawn, one_of

GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}
DOUBLE = {"rtol": 1e-6, "atol": 1e-7, "why": "the reference rounds here and there to float32"}
SINGLE = {"rtol": 1e-4, "atol": 1e-5, "why": "steps of float32 add up"}


def spoiled(rs, params, inputs):
    """Put one wrong thing among parameters and inputs."""
    wrong = [{"mode": "elman"}, {"p": -0.1}, {"p": 1.5}, {"num_layers": 0}, {"state_size": 0}, {"num_layers": "two"}, {"hidden": 3}]
    if chance(rs, 0.5):
        return {**params, **one_of(rs, wrong)}, inputs
    slot = one_of(rs, list(inputs))
    first, *rest = inputs[slot].array().shape
    return params, {**inputs, slot: array(rs, (first + 1, *rest) if slot != "data" else (first, *rest[:-1]), "float32")}


def draw(rs):
    mode = one_of(rs, list(GATES))
    size, layers, directions = int(rs.randint(1, 4)), one_of(rs, (1, 1, 2, 3)), one_of(rs, (1, 1, 2))
    steps, batch, features = (int(rs.randint(1, 5)) for _ in range(3))
    # Without oneDNN, which takes float32 only, the reference's vanilla layers go wrong in several ways.
    dtype = one_of(rs, ("float32", "float64")) if mode in ("lstm", "gru") else "float32"
    params = {"mode": mode, "state_size": size, "num_layers": layers}
    if directions == 2 or chance(rs, 0.3):
        params["bidirectional"] = directions == 2
    if chance(rs, 0.6):
        params["state_outputs"] = one_of(rs, (True, False, 1))
    if chance(rs, 0.3):
        params["p"] = one_of(rs, (0, 0.0, "0", 0.5))
    out = size
    gradient = params.get("p") != 0.5  # of which nothing is seen in inference
    if mode == "lstm" and chance(rs, 0.2):  # whose gradient it lacks
        out = params["projection_size"] = int(rs.randint(1, 4))
        gradient = False
        params["state_outputs"] = True
    rows = GATES[mode] * size
    kept = size * out if "projection_size" in params else 0
    first, later = (rows * (k + out + 2) + kept for k in (features, directions * out))
    inputs = {
        "data": array(rs, (steps, batch, features), dtype),
        "parameters": array(rs, (directions * (first + (layers - 1) * later),), dtype, -0.8, 0.8),
        "state": array(rs, (layers * directions, batch, out), dtype),
    }
    if mode == "lstm":
        inputs["state_cell"] = array(rs, (layers * directions, batch, size), dtype)
    wrong = chance(rs, 0.04)
    if wrong:
        params, inputs = spoiled(rs, params, inputs)
    bounds = SINGLE if dtype == "float32" else DOUBLE
    return Case("RNN", inputs, params, train=chance(rs, 0.3) and gradient, gradient=gradient, onednn=dtype == "float32", **bounds)


CASES = drawn(draw, 80)
