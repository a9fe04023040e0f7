"""The cell of the long short-term memory as one loop over its gates; see `executors.numpy.kernels.nn.lstm` for the formulas."""

from functools import partial

import numpy as np

from executors.numba.functions import SPECIAL, sigmoid
from executors.numba.kernels.nn.lanes import in_lanes
from executors.numba.region import loop_call
from executors.numpy.kernels.nn import lstm
from executors.numpy.kernels.nn.lstm import GRADIENT_ROWS, blocks, input_bias, split
from executors.numpy.kernels.nn.steps import in_turn

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
    share = empty(4 * size, batch)
    return in_lanes(batch, share.dtype, partial(forward_lane, layer, share))


def forward_lane(layer, share, lane, product):
    share, size = share[:, lane], len(layer.start_cell)
    before = zip([layer.start, *layer.trace], [layer.start_cell, *layer.cells], strict=True)
    steps = []
    for old, gate, *new, absent in zip(before, layer.gates, layer.trace, layer.cells, layer.absent, strict=False):
        (hidden, cell), (next_hidden, next_cell) = [[array[:, lane] for array in pair] for pair in (old, new)]
        gates = split(gate[:, lane], size)
        call = loop_call(step, [*gates, *split(share, size), cell], [*gates, next_cell, next_hidden])
        is_absent = None if absent is None else absent[lane]
        steps.append((product(layer.weights.recurrent, hidden, share), call, hidden, cell, next_hidden, next_cell, is_absent))

    def run():
        for multiply, call, hidden, cell, next_hidden, next_cell, is_absent in steps:
            multiply()
            call()
            if is_absent is not None:
                np.copyto(next_hidden, hidden, where=is_absent)
                np.copyto(next_cell, cell, where=is_absent)

    return run


def backward(op, layer, gradient, empty):
    """Prepare a pass back over time."""
    if not is_plain(op, layer) or any(absent is not None for absent in layer.absent):
        return lstm.backward(op, layer, gradient, empty)
    return in_lanes(layer.start_cell.shape[1], gradient.state.dtype, partial(backward_lane, layer, gradient))


def backward_lane(layer, gradient, lane, product):
    size, d_state, d_cell = len(layer.start_cell), gradient.state[:, lane], gradient.cell[:, lane]
    before = [layer.start_cell, *layer.cells]
    calls = []
    for arrays in zip(before, layer.cells, layer.gates, gradient.trace, gradient.gates, strict=False):
        cell, next_cell, gate, total, d_gate = [array[:, lane] for array in arrays]
        reads = [total, d_state, d_cell, cell, next_cell, *split(gate, size)]
        calls.append(product(layer.weights.recurrent.T, d_gate, d_state))
        calls.append(loop_call(step_back, reads, [*split(d_gate, size), d_cell]))
    return partial(in_turn, calls[::-1])
