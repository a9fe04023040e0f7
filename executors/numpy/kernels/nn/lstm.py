"""The long short-term memory of Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000)::

i, f, g, o = Wx x[t] + bx + Wh h[t-1] + bh           rows of the weights, in this order
c[t] = sigmoid(f) c[t-1] + sigmoid(i) tanh(g)        clipped, if there are bounds
h[t] = sigmoid(o) tanh(c[t])                         or Wr times that: the projection of Sak et al. (2014)
"""

import numpy as np

from executors.numpy.kernels.nn.recurrence import sigmoid

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
    """Prepare a pass back over time."""
    size, batch = layer.start_cell.shape
    recurrent, d_state, d_cell = layer.weights.recurrent.T, gradient.state, gradient.cell
    projection = None if layer.weights.projection is None else layer.weights.projection.T
    kept, slope = empty(*d_state.shape), empty(4 * size, batch)
    kept_cell, squashed, inner, d_unprojected = (empty(size, batch) for _ in range(4))
    slope_news = split(slope, size)[2]
    one, clip = d_cell.dtype.type(1), clipping(op)
    cells = zip([layer.start_cell, *layer.cells], layer.cells, strict=False)
    steps = [
        (*cell, gate, *split(gate, size), absent, total, d_gate, *split(d_gate, size), unprojected)
        for cell, gate, absent, total, d_gate, unprojected in zip(
            cells, layer.gates, layer.absent, gradient.trace, gradient.gates, gradient.unprojected, strict=True
        )
    ][::-1]

    def run():
        for (
            cell,
            next_cell,
            gate,
            write,
            forget,
            news,
            read,
            absent,
            total,
            d_gate,
            d_write,
            d_forget,
            d_news,
            d_read,
            unprojected,
        ) in steps:
            np.add(total, d_state, total)
            if absent is not None:
                np.copyto(kept, d_state)
                np.copyto(kept_cell, d_cell)
                np.copyto(total, 0, where=absent)
            np.tanh(next_cell, squashed)
            d_hidden = total
            if projection is not None:
                np.multiply(read, squashed, unprojected)
                d_hidden = np.dot(projection, total, d_unprojected)

            np.multiply(squashed, squashed, inner)
            np.subtract(one, inner, inner)
            np.multiply(inner, read, inner)
            np.multiply(inner, d_hidden, inner)
            np.add(d_cell, inner, d_cell)
            if clip is not None:
                np.copyto(d_cell, 0, where=clip[1](next_cell))

            np.subtract(one, gate, slope)
            np.multiply(slope, gate, slope)
            np.multiply(news, news, slope_news)
            np.subtract(one, slope_news, slope_news)
            np.multiply(d_cell, news, d_write)
            np.multiply(d_cell, cell, d_forget)
            np.multiply(d_cell, write, d_news)
            np.multiply(d_hidden, squashed, d_read)
            np.multiply(d_gate, slope, d_gate)
            np.multiply(d_cell, forget, d_cell)
            if absent is not None:
                np.copyto(d_gate, 0, where=absent)
            np.dot(recurrent, d_gate, d_state)
            if absent is not None:
                np.copyto(d_state, kept, where=absent)
                np.copyto(d_cell, kept_cell, where=absent)

    return run
