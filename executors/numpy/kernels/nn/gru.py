"""The gated recurrent unit of Cho et al. (2014), its reset gate applied behind the product with the state::

    r, z, n = Wx x[t] + bx                               rows of the weights, in this order
    u, v, w = Wh h[t-1] + bh
    m = tanh(n + sigmoid(r + u) w)
    h[t] = m + sigmoid(z + v) (h[t-1] - m)

The gates keep four blocks of rows: ``sigmoid(r + u)``, ``sigmoid(z + v)``, ``m`` and ``w``.
"""

import numpy as np

from executors.numpy.kernels.nn.recurrence import sigmoid

GRADIENT_ROWS = 4  # rows of the gates' gradient, per feature of the state: n, r, z, w


def blocks(size):
    """Pair the rows of the weights with those of the gates' gradient: of the input's weights, of the recurrent ones."""
    of_input = [(slice(0, 2 * size), slice(size, 3 * size)), (slice(2 * size, 3 * size), slice(0, size))]
    return of_input, [(slice(None), slice(size, 4 * size))]


def input_bias(weights, total):
    """Add up the biases that join the input's share: not that of ``w``, which is multiplied first."""
    np.copyto(total, weights.input_bias)
    rows = len(total) // 3 * 2
    np.add(total[:rows], weights.recurrent_bias[:rows], total[:rows])


def forward(op, layer, empty):
    """Prepare a pass over time; the input's share lies in the first three blocks of the gates."""
    size, batch = layer.start.shape
    recurrent, bias = layer.weights.recurrent, layer.weights.recurrent_bias[2 * size :, None]
    share = empty(3 * size, batch)
    gate_share, news_share = share[: 2 * size], share[2 * size :]
    one = share.dtype.type(1)
    steps = [
        (before, gate[: 2 * size], gate[:size], gate[size : 2 * size], gate[2 * size : 3 * size], gate[3 * size :], after, absent)
        for before, gate, after, absent in zip([layer.start, *layer.trace], layer.gates, layer.trace, layer.absent, strict=False)
    ]

    def run():
        for before, reset_and_keep, reset, keep, news, past, after, absent in steps:
            np.dot(recurrent, before, share)
            np.add(reset_and_keep, gate_share, reset_and_keep)
            sigmoid(reset_and_keep, one)
            np.add(news_share, bias, past)
            np.multiply(reset, past, news_share)
            np.add(news, news_share, news)
            np.tanh(news, news)
            np.subtract(before, news, after)
            np.multiply(after, keep, after)
            np.add(after, news, after)
            if absent is not None:
                np.copyto(after, before, where=absent)

    return run


def backward(op, layer, gradient, empty):
    """Prepare a pass back over time."""
    size = len(layer.start)
    recurrent, d_state = layer.weights.recurrent.T, gradient.state
    kept, one = empty(*d_state.shape), d_state.dtype.type(1)
    slope = empty(2 * size, d_state.shape[1])
    steps = [
        (
            before,
            gate[: 2 * size],
            gate[:size],
            gate[size : 2 * size],
            gate[2 * size : 3 * size],
            gate[3 * size :],
            absent,
            total,
            d_gate,
            d_gate[:size],
            d_gate[size : 3 * size],
            d_gate[size : 2 * size],
            d_gate[2 * size : 3 * size],
            d_gate[3 * size :],
            d_gate[size:],
        )
        for before, gate, absent, total, d_gate in zip(
            [layer.start, *layer.trace], layer.gates, layer.absent, gradient.trace, gradient.gates, strict=False
        )
    ][::-1]

    def run():
        for (
            before,
            reset_and_keep,
            reset,
            keep,
            news,
            past,
            absent,
            total,
            d_gate,
            d_news,
            d_reset_and_keep,
            d_reset,
            d_keep,
            d_past,
            d_share,
        ) in steps:
            np.add(total, d_state, total)
            np.subtract(one, keep, d_past)
            np.multiply(news, news, d_news)
            np.subtract(one, d_news, d_news)
            np.multiply(d_news, d_past, d_news)
            np.multiply(d_news, total, d_news)
            np.multiply(d_news, past, d_reset)
            np.multiply(d_news, reset, d_past)
            np.subtract(before, news, d_keep)
            np.multiply(d_keep, total, d_keep)
            np.subtract(one, reset_and_keep, slope)
            np.multiply(slope, reset_and_keep, slope)
            np.multiply(d_reset_and_keep, slope, d_reset_and_keep)
            if absent is not None:
                np.copyto(kept, d_state)
                np.copyto(d_gate, 0, where=absent)
            np.dot(recurrent, d_share, d_state)
            np.multiply(total, keep, total)
            np.add(d_state, total, d_state)
            if absent is not None:
                np.copyto(d_state, kept, where=absent)

    return run
