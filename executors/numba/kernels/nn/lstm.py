"""The cell of the long short-term memory as one loop over its gates; see `executors.numpy.kernels.nn.lstm` for the formulas."""

import numpy as np

from executors.numba.functions import SPECIAL, sigmoid
from executors.numba.region import loop_call
from executors.numpy.kernels.nn import lstm
from executors.numpy.kernels.nn.lstm import GRADIENT_ROWS, blocks, input_bias, split

__all__ = ["GRADIENT_ROWS", "backward", "blocks", "forward", "input_bias"]

tanh = SPECIAL["tanh"]


def step(i, f, g, o, share_i, share_f, share_g, share_o, cell):
    """Write the gates, the new cell and the new state."""
    i, f, g, o = sigmoid(i + share_i), sigmoid(f + share_f), tanh(g + share_g), sigmoid(o + share_o)
    cell = f * cell + i * g
    return [i, f, g, o, cell, o * tanh(cell)]


def step_back(total, d_state, d_cell, cell, next_cell, i, f, g, o):
    """Write the gradients of what enters the gates, and of the old cell."""
    total, squashed = total + d_state, tanh(next_cell)
    d_cell = d_cell + (1.0 - squashed * squashed) * o * total
    d_i, d_f = d_cell * g * ((1.0 - i) * i), d_cell * cell * ((1.0 - f) * f)
    d_g, d_o = d_cell * i * (1.0 - g * g), total * squashed * ((1.0 - o) * o)
    return [d_i, d_f, d_g, d_o, d_cell * f]


def is_plain(op, layer):
    """Whether nothing happens between the gates and the state."""
    return lstm.clipping(op) is None and layer.weights.projection is None


def forward(op, layer, empty):
    """Prepare a pass over time; the input's share lies in the gates."""
    if not is_plain(op, layer):
        return lstm.forward(op, layer, empty)
    size, batch = layer.start_cell.shape
    recurrent, share = layer.weights.recurrent, empty(4 * size, batch)
    before = zip([layer.start, *layer.trace], [layer.start_cell, *layer.cells], strict=True)
    steps = []
    for (hidden, cell), gate, next_hidden, next_cell, absent in zip(
        before, layer.gates, layer.trace, layer.cells, layer.absent, strict=False
    ):
        gates = split(gate, size)
        call = loop_call(step, [*gates, *split(share, size), cell], [*gates, next_cell, next_hidden])
        steps.append((hidden, cell, call, next_hidden, next_cell, absent))

    def run():
        for hidden, cell, call, next_hidden, next_cell, absent in steps:
            np.dot(recurrent, hidden, share)
            call()
            if absent is not None:
                np.copyto(next_hidden, hidden, where=absent)
                np.copyto(next_cell, cell, where=absent)

    return run


def backward(op, layer, gradient, empty):
    """Prepare a pass back over time."""
    if not is_plain(op, layer) or any(absent is not None for absent in layer.absent):
        return lstm.backward(op, layer, gradient, empty)
    size = len(layer.start_cell)
    recurrent, d_state, d_cell = layer.weights.recurrent.T, gradient.state, gradient.cell
    before = [layer.start_cell, *layer.cells]
    steps = []
    for cell, next_cell, gate, total, d_gate in zip(before, layer.cells, layer.gates, gradient.trace, gradient.gates, strict=False):
        reads = [total, d_state, d_cell, cell, next_cell, *split(gate, size)]
        steps.append((loop_call(step_back, reads, [*split(d_gate, size), d_cell]), d_gate))
    steps.reverse()

    def run():
        for call, d_gate in steps:
            call()
            np.dot(recurrent, d_gate, d_state)

    return run
