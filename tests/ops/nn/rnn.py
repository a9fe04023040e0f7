"""Cases of RNN and _rnn_param_concat.

The reference's float32 kernels run through oneDNN only (without it the operator finds the wrong number of arrays there); its
float64 kernels are its plain ones. It has no float16, no gradient of the projection, and ignores clipping and lengths:
there the same network, written step by step, states what is expected.
"""

import numpy as np

from tests.ops.case import Case, integers, normal, values

CASES = []
ROWS = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}


# ------------------------------------------------------------------------------------- the network, step by step


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def where_positive(x):
    return np.where(x.real > 0, x, 0 * x)


def one_step(mode, x, h, c, wx, wh, wr, bx, bh, clip):
    """Take one step of one cell, arrays ``(..., n, k)``."""
    i, s = x @ wx + bx, h @ wh + bh
    if mode in ("rnn_relu", "rnn_tanh"):
        return (np.tanh if mode == "rnn_tanh" else where_positive)(i + s), c
    size = wh.shape[-1] // ROWS[mode]
    gates = range(ROWS[mode])
    i, s = [i[..., g * size : (g + 1) * size] for g in gates], [s[..., g * size : (g + 1) * size] for g in gates]
    if mode == "gru":
        reset, keep = sigmoid(i[0] + s[0]), sigmoid(i[1] + s[1])
        news = np.tanh(i[2] + reset * s[2])
        return (1 - keep) * news + keep * h, c
    write, forget, read = (sigmoid(i[g] + s[g]) for g in (0, 1, 3))
    c = forget * c + write * np.tanh(i[2] + s[2])
    low, high, clips_nan = clip
    if clips_nan:
        c = np.where(np.isnan(c.real), low, c)
    c = np.where(c.real < low, low, np.where(c.real > high, high, c))
    h = read * np.tanh(c)
    return (h if wr is None else h @ wr), c


def unrolled(params, data, parameters, state, state_cell=None, sequence_length=None):
    """Run the network; leading axes of the inputs (but the lengths) are kept."""
    mode, size, layers = params["mode"], params["state_size"], params["num_layers"]
    directions, out = 1 + params.get("bidirectional", False), params.get("projection_size") or size
    clip = params.get("lstm_state_clip_min", -np.inf), params.get("lstm_state_clip_max", np.inf), params.get("lstm_state_clip_nan", False)
    steps, batch = data.shape[-3:-1]
    lengths = np.full(batch, steps) if sequence_length is None else sequence_length
    rows, position = ROWS[mode] * size, 0

    def take(*shape):
        nonlocal position
        count = int(np.prod(shape))
        piece = parameters[..., position : position + count].reshape(*parameters.shape[:-1], *shape)
        position += count
        return np.swapaxes(piece, -1, -2)

    matrices = [
        (take(rows, columns), take(rows, out), take(out, size) if "projection_size" in params else None)
        for columns in [data.shape[-1]] + [directions * out] * (layers - 1)
        for _ in range(directions)
    ]
    biases = [(take(rows, 1), take(rows, 1)) for _ in matrices]
    last, last_cell = [], []
    for layer in range(layers):
        outputs = []
        for direction in range(directions):
            index = layer * directions + direction
            h = state[..., index, :, :]
            c = None if state_cell is None else state_cell[..., index, :, :]
            trace = [None] * steps
            for t in range(steps) if direction == 0 else reversed(range(steps)):
                is_there = (t < lengths)[:, None]
                h_new, c_new = one_step(mode, data[..., t, :, :], h, c, *matrices[index], *biases[index], clip)
                h = np.where(is_there, h_new, h)
                c = None if c is None else np.where(is_there, c_new, c)
                trace[t] = np.where(is_there, h, 0)
            outputs.append(np.stack(trace, -3))
            last.append(h)
            last_cell.append(c)
        data = np.concatenate(outputs, -1)
    results = [data]
    if params.get("state_outputs"):
        results.append(np.stack(last, -3))
        if mode == "lstm":
            results.append(np.stack(last_cell, -3))
    return results


def stated(inputs, params, why, **keywords):
    """Make a case whose values are those of the unrolled network; gradients by complex steps (Squire and Trapp 1998)."""
    case = Case("RNN", inputs, params, **keywords)
    given = case.arrays()
    dtype = given["data"].dtype
    arrays = {slot: array.astype(np.float64) for slot, array in given.items()}
    expect = {}
    outputs = [output.astype(dtype) for output in unrolled(params, **arrays)]
    for index, output in enumerate(outputs):
        expect[f"output{index}"] = output
    slots = [slot for slot in arrays if slot != "sequence_length"] if case.gradient else []
    heads = [case.head_gradient(index, output.shape, dtype).astype(np.float64) for index, output in enumerate(outputs)]
    for slot in slots:
        array = arrays[slot]
        moved = array + 1e-30j * np.eye(array.size).reshape(array.size, *array.shape)
        results = unrolled(params, **{**arrays, slot: moved})
        slopes = sum((result.imag * head).reshape(array.size, -1).sum(1) for result, head in zip(results, heads, strict=True))
        expect[f"grad/{slot}"] = (slopes / 1e-30).reshape(array.shape).astype(dtype)
    if case.gradient and "sequence_length" in arrays and given["sequence_length"].dtype.kind == "f":
        expect["grad/sequence_length"] = np.zeros_like(given["sequence_length"])
    return Case("RNN", inputs, params, expect=expect, why=why, **keywords)


# ------------------------------------------------------------------------------------------------------- the cases


def length_of_parameters(mode, inputs, size, layers, directions, projection=None):
    rows, out = ROWS[mode] * size, projection or size
    first, later = (rows * (k + out + 2) + (projection or 0) * size for k in (inputs, directions * out))
    return directions * (first + (layers - 1) * later)


def network(steps, batch, inputs, dtype="float32", lengths=None, scale=0.5, **params):
    """Make inputs and parameters that fit each other."""
    mode, size, layers, projection = params["mode"], params["state_size"], params["num_layers"], params.get("projection_size")
    directions = 1 + params.get("bidirectional", False)
    slots = {
        "data": normal(steps, batch, inputs, dtype=dtype),
        "parameters": normal(length_of_parameters(mode, inputs, size, layers, directions, projection), dtype=dtype, scale=scale),
        "state": normal(layers * directions, batch, projection or size, dtype=dtype, seed=1),
    }
    if mode == "lstm":
        slots["state_cell"] = normal(layers * directions, batch, size, dtype=dtype, seed=2)
    if lengths is not None:
        slots["sequence_length"] = lengths
        params["use_sequence_length"] = True
    return slots, params


MODES = ("rnn_relu", "rnn_tanh", "lstm", "gru")
NO_FLOAT16 = "the reference has no float16 product"
IGNORED = "the reference ignores it on the CPU"

for mode in MODES:
    one = {"mode": mode, "state_size": 3, "num_layers": 1, "state_outputs": True}
    deep = {"mode": mode, "state_size": 2, "num_layers": 2, "bidirectional": True, "state_outputs": True}
    for dtype in ("float32", "float64"):
        cases = [
            (network(4, 2, 3, dtype, **one), {}),
            (network(4, 2, 3, dtype, **one), {"train": True}),
            (network(3, 2, 2, dtype, **deep), {}),
            (network(3, 1, 2, dtype, **deep), {}),
            (network(3, 2, 2, dtype, **{**deep, "state_outputs": False}), {}),
            (network(2, 3, 2, dtype, **{**one, "num_layers": 3}), {}),
            (network(1, 2, 3, dtype, **{**one, "state_outputs": False}), {}),
            (network(5, 1, 1, dtype, **{**one, "state_size": 1}), {}),
            # Dropout acts between layers and in training only.
            (network(3, 2, 2, dtype, p=0.5, **deep), {"gradient": False}),
            (network(3, 2, 2, dtype, p=0.5, **one), {"train": True}),
            # Gates and states far out.
            (network(3, 2, 2, dtype, scale=30.0, **one), {"gradient": False}),
        ]
        for (slots, params), keywords in cases:
            if dtype == "float64" and mode == "rnn_relu":
                CASES.append(stated(slots, params, "the reference rounds to float32 on the way", **keywords))
            elif dtype == "float64" and mode == "rnn_tanh" and params["num_layers"] == 3:
                CASES.append(stated(slots, params, "the reference loses the gradient of a layer in the middle", **keywords))
            else:
                CASES.append(Case("RNN", slots, params, onednn=dtype == "float32", **keywords))
    CASES += [
        stated(*network(3, 2, 2, "float16", **one), NO_FLOAT16, finite=False),
        stated(*network(2, 2, 2, "float16", **deep), NO_FLOAT16, finite=False),
        stated(*network(4, 3, 2, lengths=values([2, 4, 0]), **one), IGNORED),
        stated(*network(3, 2, 2, "float64", lengths=values([1, 3], "int32"), **deep), IGNORED),
        stated(*network(3, 2, 2, lengths=values([2, 7], "int64"), **{**deep, "state_outputs": False}), IGNORED),
        stated(*network(3, 1, 2, lengths=values([2], "int32"), **deep), IGNORED),
    ]

for dtype in ("float32", "float64"):
    onednn = dtype == "float32"
    for projection in (2, 3, 4):
        one = {"mode": "lstm", "state_size": 3, "num_layers": 1, "projection_size": projection, "state_outputs": True}
        CASES += [
            Case("RNN", *network(3, 2, 2, dtype, **one), gradient=False, onednn=onednn),
            stated(*network(2, 2, 2, dtype, **one), "the reference has no gradient of the projection on the CPU", train=True),
        ]
    deep = {"mode": "lstm", "state_size": 3, "num_layers": 2, "projection_size": 2, "bidirectional": True, "state_outputs": True}
    CASES += [
        Case("RNN", *network(3, 2, 2, dtype, **deep), gradient=False, onednn=onednn),
        Case("RNN", *network(3, 1, 2, dtype, **deep), gradient=False, onednn=onednn),
    ]
deep = {"mode": "lstm", "state_size": 3, "num_layers": 2, "projection_size": 2, "bidirectional": True, "state_outputs": True}
CASES += [
    stated(*network(2, 2, 2, **deep), "the reference has no gradient of the projection on the CPU"),
    stated(*network(3, 1, 2, **{**deep, "state_outputs": False}), "the reference crashes"),
    stated(*network(3, 2, 2, lengths=values([3, 1]), **deep), IGNORED),
]

one = {"mode": "lstm", "state_size": 3, "num_layers": 1, "state_outputs": True}
deep = {"mode": "lstm", "state_size": 2, "num_layers": 2, "bidirectional": True, "state_outputs": True}
CASES += [
    stated(*network(3, 2, 2, lstm_state_clip_min=-0.2, lstm_state_clip_max=0.3, **one), IGNORED),
    stated(*network(3, 2, 2, lstm_state_clip_min=-0.2, lstm_state_clip_max=0.3, **deep), IGNORED),
    stated(*network(3, 2, 2, lstm_state_clip_min=0.1, **one), IGNORED),
    stated(*network(3, 2, 2, "float64", lstm_state_clip_max=0.1, **one), IGNORED),
    stated(*network(3, 2, 2, lstm_state_clip_min=-0.1, lstm_state_clip_max=0.1, lstm_state_clip_nan=True, **one), IGNORED),
    stated(*network(3, 2, 2, lstm_state_clip_min=-0.2, lstm_state_clip_max=0.3, lengths=values([2, 3]), **one), IGNORED),
    Case("RNN", *network(3, 2, 2, lstm_state_clip_nan=True, **one), onednn=True),
]

# nan in one sequence of two stays there.
HOLED = [[[1, 2], [0, np.nan]], [[1, 2], [0, 1]]]
for mode in MODES:
    slots, params = network(2, 2, 2, mode=mode, state_size=2, num_layers=1)
    slots["data"] = values(HOLED)
    if mode == "rnn_relu":
        with np.errstate(invalid="ignore"):
            whole = unrolled(params, **{slot: make.array().astype(np.float64) for slot, make in slots.items()})[0].astype("float32")
        whole[:, 1] = np.nan
        CASES.append(Case("RNN", slots, params, gradient=False, expect={"output0": whole}, why="relu(nan) is 0 in the reference"))
    else:
        CASES.append(Case("RNN", slots, params, gradient=False, onednn=True))
slots, params = network(2, 2, 2, lstm_state_clip_min=-0.5, lstm_state_clip_max=0.5, lstm_state_clip_nan=True, **one)
slots["state_cell"] = values([[[np.nan] * 3, [0.1, 0.2, 0.3]]])
CASES.append(stated(slots, params, IGNORED, gradient=False))

# No steps: the states pass through.
for mode in MODES:
    slots, params = network(0, 2, 3, mode=mode, state_size=2, num_layers=1, state_outputs=True)
    expect = {"output0": np.zeros((0, 2, 2), "float32"), "output1": slots["state"].array()}
    if mode == "lstm":
        expect["output2"] = slots["state_cell"].array()
    CASES.append(Case("RNN", slots, params, gradient=False, expect=expect, why="the reference leaves the states unwritten"))

slots, params = network(4, 2, 3, mode="gru", state_size=3, num_layers=1)
CASES += [
    Case("RNN", slots, {**params, "p": -0.1}, refused=True),
    Case("RNN", slots, {**params, "p": 1.5}, refused=True),
    Case("RNN", slots, {**params, "mode": "elman"}, refused=True),
    Case("RNN", slots, {"mode": "gru", "num_layers": 1}, refused=True),
    Case("RNN", slots, {"mode": "gru", "state_size": 3}, refused=True),
    Case("RNN", slots, {**params, "num_layers": 0}, refused=True),
    Case("RNN", {**slots, "parameters": normal(71)}, params, refused=True),
    Case("RNN", {**slots, "state": normal(1, 3, 3)}, params, refused=True),
    Case("RNN", {**slots, "state": normal(2, 2, 3)}, params, refused=True),
    Case("RNN", {**slots, "data": normal(4, 2)}, params, refused=True),
    Case("RNN", {**slots, "state_cell": normal(1, 2, 3)}, params, refused=True),
    Case("RNN", {**slots, "state": normal(1, 2, 3, dtype="float64")}, params, refused=True),
    Case("RNN", {slot: integers(-2, 3, *make.array().shape, dtype="int32") for slot, make in slots.items()}, params, refused=True),
]
slots, params = network(4, 2, 3, mode="lstm", state_size=3, num_layers=1)
CASES += [
    Case("RNN", {**slots, "state_cell": normal(1, 2, 4)}, params, refused=True),
    Case("RNN", {**slots, "sequence_length": values([1, 2, 3])}, {**params, "use_sequence_length": True}, refused=True),
]

CASES += [
    Case("_rnn_param_concat", [normal(3), normal(4, seed=1)], {"dim": 0}),
    Case("_rnn_param_concat", [normal(5)], {"dim": 0}),
    Case("_rnn_param_concat", [normal(3, dtype="float64"), normal(4, dtype="float64", seed=1), normal(3, dtype="float64")], {"dim": 0}),
    Case("_rnn_param_concat", [normal(2, 3), normal(4, 3, seed=1)], {"dim": 0}),
    Case("_rnn_param_concat", [normal(2, 3), normal(2, 1, seed=1)]),
    Case("_rnn_param_concat", [normal(2, 3), normal(2, 1, seed=1)], {"dim": 1}),
    Case("_rnn_param_concat", [normal(2, 3, 2), normal(2, 3, 2, seed=1)], {"dim": -1}),
    Case("_rnn_param_concat", [normal(3, dtype="float16"), normal(4, dtype="float16", seed=1)], {"dim": 0}),
    Case("_rnn_param_concat", [integers(0, 9, 3, dtype="int32"), integers(0, 9, 4, dtype="int32", seed=1)], {"dim": 0}),
    Case("_rnn_param_concat", [normal(3), normal(4)], refused=True),
    Case("_rnn_param_concat", [normal(2, 3), normal(3, 4)], {"dim": 1}, refused=True),
    Case("_rnn_param_concat", [normal(3), normal(3, 4)], {"dim": 0}, refused=True),
]
