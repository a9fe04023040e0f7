"""The gated recurrent unit as one loop over its gates; see `executors.numpy.kernels.nn.gru` for the formulas."""

import numpy as np

from executors.numba.functions import SPECIAL, sigmoid
from executors.numba.region import loop_call
from executors.numpy.kernels.nn import gru
from executors.numpy.kernels.nn.gru import GRADIENT_ROWS, blocks, input_bias

__all__ = ["GRADIENT_ROWS", "backward", "blocks", "forward", "input_bias"]

tanh = SPECIAL["tanh"]


def step(reset, keep, news, share_reset, share_keep, share_news, bias, before):
    """Write the gates, the past and the new state."""
    reset, keep, past = sigmoid(reset + share_reset), sigmoid(keep + share_keep), share_news + bias
    news = tanh(news + reset * past)
    return [reset, keep, news, past, (before - news) * keep + news]


def step_back(total, d_state, reset, keep, news, past, before):
    """Write the state's gradient where it is kept, and the gradients of what enters the gates."""
    total = total + d_state
    d_news = (1.0 - news * news) * (1.0 - keep) * total
    d_reset, d_keep = d_news * past * ((1.0 - reset) * reset), (before - news) * total * ((1.0 - keep) * keep)
    return [total * keep, d_news, d_reset, d_keep, d_news * reset]


def quarters(gate, size):
    return [gate[start : start + size] for start in range(0, 4 * size, size)]


def forward(op, layer, empty):
    """Prepare a pass over time; the input's share lies in the first three blocks of the gates."""
    size, batch = layer.start.shape
    recurrent, bias = layer.weights.recurrent, layer.weights.recurrent_bias[2 * size :, None]
    share = empty(3 * size, batch)
    shares = [share[:size], share[size : 2 * size], share[2 * size :]]
    steps = []
    for before, gate, after, absent in zip([layer.start, *layer.trace], layer.gates, layer.trace, layer.absent, strict=False):
        reset, keep, news, past = quarters(gate, size)
        call = loop_call(step, [reset, keep, news, *shares, bias, before], [reset, keep, news, past, after])
        steps.append((before, call, after, absent))

    def run():
        for before, call, after, absent in steps:
            np.dot(recurrent, before, share)
            call()
            if absent is not None:
                np.copyto(after, before, where=absent)

    return run


def backward(op, layer, gradient, empty):
    """Prepare a pass back over time."""
    if any(absent is not None for absent in layer.absent):
        return gru.backward(op, layer, gradient, empty)
    size = len(layer.start)
    recurrent, d_state = layer.weights.recurrent.T, gradient.state
    steps = []
    for before, gate, total, d_gate in zip([layer.start, *layer.trace], layer.gates, gradient.trace, gradient.gates, strict=False):
        call = loop_call(step_back, [total, d_state, *quarters(gate, size), before], [total, *quarters(d_gate, size)])
        steps.append((call, d_gate[size:], total))
    steps.reverse()

    def run():
        for call, d_share, total in steps:
            call()
            np.dot(recurrent, d_share, d_state)
            np.add(d_state, total, d_state)

    return run
