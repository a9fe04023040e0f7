"""The long short-term memory of Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000)::

i, f, g, o = Wx x[t] + bx + Wh h[t-1] + bh           rows of the weights, in this order
c[t] = sigmoid(f) c[t-1] + sigmoid(i) tanh(g)        clipped, if there are bounds
h[t] = sigmoid(o) tanh(c[t])                         or Wr times that: the projection of Sak et al. (2014)
"""

from functools import partial

import numpy as np

from executors.numpy.kernels.nn.recurrence import sigmoid
from executors.numpy.kernels.nn.steps import dealt

GRADIENT_ROWS = 4  # rows of the gates' gradient, per feature of the state


def blocks(size):
    """Pair the rows of the weights with those of the gates' gradient: of the input's weights, of the recurrent ones."""
    everything = [(slice(None), slice(None))]
    return everything, everything


def input_bias(weights, total):
    """Add up the biases that join the input's share."""
    np.add(weights.input_bias, weights.recurrent_bias, total)


def split(gates, size):
    """View the rows of ``i``, ``f``, ``g`` and ``o``."""
    return gates[:size], gates[size : 2 * size], gates[2 * size : 3 * size], gates[3 * size :]


def clipping(op):
    """Make the functions that hold a cell between its bounds and tell where it lies on one; ``None`` if it is free.

    ``fmax`` and ``fmin`` turn nan into a bound, ``maximum`` and ``minimum`` let it through.
    """
    low, high = op.lstm_state_clip_min, op.lstm_state_clip_max
    if low is None and high is None:
        return None
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    at_least, at_most = (np.fmax, np.fmin) if op.lstm_state_clip_nan else (np.maximum, np.minimum)

    def hold(cell):
        at_most(at_least(cell, low, out=cell), high, out=cell)

    def is_held(cell):
        return (cell <= low) | (cell >= high)

    return hold, is_held


def forward(op, layer, empty):
    """Prepare a pass over time; the input's share lies in the gates."""
    size, batch = layer.start_cell.shape
    recurrent, projection = layer.weights.recurrent, layer.weights.projection
    share, inner = empty(4 * size, batch), empty(size, batch)
    one, clip = inner.dtype.type(1), clipping(op)
    before = zip([layer.start, *layer.trace], [layer.start_cell, *layer.cells], strict=True)
    after = zip(layer.trace, layer.cells, layer.absent, strict=True)
    steps = [(*old, gate, gate[: 2 * size], *split(gate, size), *new) for old, gate, new in zip(before, layer.gates, after, strict=False)]

    def run():
        for hidden, cell, gate, write_and_forget, write, forget, news, read, next_hidden, next_cell, absent in steps:
            np.dot(recurrent, hidden, share)
            np.add(gate, share, gate)
            sigmoid(write_and_forget, one)
            np.tanh(news, news)
            sigmoid(read, one)
            np.multiply(write, news, inner)
            np.multiply(forget, cell, next_cell)
            np.add(next_cell, inner, next_cell)
            if clip is not None:
                clip[0](next_cell)
            np.tanh(next_cell, inner)
            if projection is None:
                np.multiply(read, inner, next_hidden)
            else:
                np.multiply(read, inner, inner)
                np.dot(projection, inner, next_hidden)
            if absent is not None:
                np.copyto(next_hidden, hidden, where=absent)
                np.copyto(next_cell, cell, where=absent)

    return run


def backward(op, layer, gradient, empty):
    """Prepare a pass back over time: what depends on the forward pass alone is computed for all steps at first, by several threads."""
    size, batch = layer.start_cell.shape
    recurrent, d_state, d_cell = layer.weights.recurrent.T, gradient.state, gradient.cell
    projection = None if layer.weights.projection is None else layer.weights.projection.T
    kept, kept_cell, inner, d_unprojected = empty(*d_state.shape), *(empty(size, batch) for _ in range(3))
    is_held = None if clipping(op) is None else clipping(op)[1]
    slopes = empty(len(layer.gates), size, batch)
    cells = [layer.start_cell, *layer.cells]
    facts = list(zip(cells, layer.cells, layer.gates, gradient.gates, slopes, gradient.unprojected, strict=False))
    prepare = dealt(facts, slopes.size * 16, lambda part: [partial(slope, part, size, empty(size, batch))], has_products=False)
    steps = [
        (total, absent, next_cell, factor, d_gate, d_gate[: 3 * size].reshape(3, size, batch), d_gate[3 * size :], gate[size : 2 * size])
        for total, absent, (_, next_cell, gate, d_gate, factor, _) in zip(gradient.trace, layer.absent, facts, strict=True)
    ][::-1]

    def run():
        for call in prepare:
            call()
        for total, absent, next_cell, factor, d_gate, d_others, d_read, forget in steps:
            np.add(total, d_state, total)
            if absent is not None:
                np.copyto(kept, d_state)
                np.copyto(kept_cell, d_cell)
                np.copyto(total, 0, where=absent)
            d_hidden = total if projection is None else np.dot(projection, total, d_unprojected)
            np.multiply(factor, d_hidden, inner)
            np.add(d_cell, inner, d_cell)
            if is_held is not None:
                np.copyto(d_cell, 0, where=is_held(next_cell))
            np.multiply(d_others, d_cell, d_others)
            np.multiply(d_read, d_hidden, d_read)
            np.multiply(d_cell, forget, d_cell)
            if absent is not None:
                np.copyto(d_gate, 0, where=absent)
            np.dot(recurrent, d_gate, d_state)
            if absent is not None:
                np.copyto(d_state, kept, where=absent)
                np.copyto(d_cell, kept_cell, where=absent)

    return run


def slope(steps, size, squashed):
    """Write how the gates follow the cell, the output gate the state, and the cell the state; and what a projection multiplies."""
    for cell, next_cell, gate, d_gate, factor, unprojected in steps:
        write, _, news, read = split(gate, size)
        d_write, d_forget, d_news, d_read = split(d_gate, size)
        one = gate.dtype.type(1)
        np.tanh(next_cell, squashed)
        if unprojected is not None:
            np.multiply(read, squashed, unprojected)
        np.subtract(one, gate, d_gate)
        np.multiply(d_gate, gate, d_gate)
        np.multiply(d_write, news, d_write)
        np.multiply(d_forget, cell, d_forget)
        np.multiply(d_read, squashed, d_read)
        np.multiply(news, news, d_news)
        np.subtract(one, d_news, d_news)
        np.multiply(d_news, write, d_news)
        np.multiply(squashed, squashed, factor)
        np.subtract(one, factor, factor)
        np.multiply(factor, read, factor)
