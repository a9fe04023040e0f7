"""Cases of quantized_rnn.

The reference's front end cannot compose it (the inputs are documented under names that it does not know), its plain
build refuses it, and oneDNN finds no kernel where the processor has instructions for products of bytes. What is
expected was checked against what its ``nd`` gives with ``DNNL_MAX_CPU_ISA=AVX2``, on data that does not saturate there:
the same but for layers behind the first, whose weights the reference rounds with factors of other layers.
"""

import numpy as np

from tests.ops.case import Case, integers, normal, uniform, values

WHY = "the reference finds no kernel for it"


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(data, parameters, state, cell, scale, shift, size, layers, directions):
    """Run the network in double precision, one step after the other."""
    matrices, place = [], 0
    for layer in range(layers):
        inputs = data.shape[2] if layer == 0 else directions * size
        for columns in (inputs, size) * directions:
            matrices.append(parameters[place : place + 4 * size * columns].reshape(4 * size, columns).astype("float64"))
            place += 4 * size * columns
    biases = parameters[place:].reshape(layers * directions, 2, 4 * size).sum(1)

    def rounded(x):
        return np.rint(x * scale + shift).clip(0, 255) - shift

    features, states, cells = data - shift, [], []
    for layer in range(layers):
        own = matrices[2 * directions * layer : 2 * directions * (layer + 1)]
        factors = 127 / np.max([np.abs(matrix).max(1) for matrix in own], axis=0)
        traces = []
        for direction in range(directions):
            inner, recurrent = (np.rint(matrix * factors[:, None]) for matrix in own[2 * direction : 2 * direction + 2])
            index = layer * directions + direction
            h, c = rounded(state[index]), cell[index].astype("float64")
            trace = [None] * len(features)
            for t in range(len(features))[:: -1 if direction else 1]:
                gates = (features[t] @ inner.T + h @ recurrent.T) / (factors * scale) + biases[index]
                write, forget, news, read = np.split(gates, 4, axis=1)
                c = sigmoid(forget) * c + sigmoid(write) * np.tanh(news)
                h = trace[t] = rounded(sigmoid(read) * np.tanh(c))
            traces.append(np.array(trace))
            states.append(h / scale)
            cells.append(c)
        features = np.concatenate(traces, axis=2)
    return [x.astype("float32") for x in (features / scale, np.array(states), np.array(cells))]


def rnn(steps, batch, inputs, size, layers=1, bidirectional=False, scale=63.5, shift=128.0, seed=0, **params):
    directions = 1 + bidirectional
    first, later = 4 * size * (inputs + size + 2), 4 * size * (directions * size + size + 2)
    makes = [
        integers(0, 256, steps, batch, inputs, dtype="uint8", seed=seed),
        normal(directions * (first + (layers - 1) * later), seed=seed, scale=0.4),
        uniform(-1, 1, layers * directions, batch, size, seed=seed),
        normal(layers * directions, batch, size, seed=seed),
        values([scale]),
        values([shift]),
    ]
    params = {"state_size": size, "num_layers": layers, "bidirectional": bidirectional, "mode": "lstm", "state_outputs": True, **params}
    found = lstm(*[make.array() for make in makes[:4]], scale, shift, size, layers, directions)
    count = 3 if params["state_outputs"] else 1
    expect = {f"output{place}": value for place, value in enumerate(found[:count])}
    return Case("_contrib_quantized_rnn", makes, params, gradient=False, expect=expect, why=WHY)


def refused(dtype="uint8", size=56, **params):
    makes = [integers(0, 9, 1, 1, 3, dtype=dtype), normal(size), normal(1, 1, 2), normal(1, 1, 2, seed=1), values([64]), values([128])]
    params = {"state_size": 2, "num_layers": 1, "mode": "lstm", **params}
    return Case("_contrib_quantized_rnn", makes, params, gradient=False, refused=True)


CASES = [
    rnn(1, 1, 3, 2),
    rnn(4, 2, 5, 3),
    rnn(4, 2, 5, 3, state_outputs=False),
    rnn(4, 2, 5, 3, scale=20.3, shift=63.0),
    rnn(5, 3, 7, 4, bidirectional=True),
    rnn(4, 2, 5, 3, layers=3),
    rnn(4, 2, 5, 3, layers=2, bidirectional=True),
    rnn(4, 2, 5, 3, p=0.5, lstm_state_clip_min=-0.1, lstm_state_clip_max=0.1),
    *[refused(mode=mode) for mode in ("gru", "rnn_tanh", "rnn_relu")],
    *[refused(dtype) for dtype in ("int8", "float32")],
    refused(size=57),
    refused(projection_size=1),
    refused(use_sequence_length=True),
]
