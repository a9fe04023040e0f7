"""The gated recurrent unit as one loop over its gates; see `executors.numpy.kernels.nn.gru` for the formulas."""

from functools import partial

import numpy as np

from executors.numba.functions import SPECIAL, sigmoid
from executors.numba.kernels.nn.lanes import in_lanes
from executors.numba.region import loop_call
from executors.numpy.kernels.nn import gru
from executors.numpy.kernels.nn.gru import GRADIENT_ROWS, blocks, input_bias
from executors.numpy.kernels.nn.steps import in_turn

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
    share = empty(3 * size, batch)
    return in_lanes(batch, share.dtype, partial(forward_lane, layer, share))


def forward_lane(layer, share, lane, product):
    size, share = len(layer.start), share[:, lane]
    recurrent, bias = layer.weights.recurrent, layer.weights.recurrent_bias[2 * size :, None]
    shares = [share[:size], share[size : 2 * size], share[2 * size :]]
    steps = []
    for *arrays, absent in zip([layer.start, *layer.trace], layer.gates, layer.trace, layer.absent, strict=False):
        before, gate, after = [array[:, lane] for array in arrays]
        reset, keep, news, past = quarters(gate, size)
        call = loop_call(step, [reset, keep, news, *shares, bias, before], [reset, keep, news, past, after])
        steps.append((product(recurrent, before, share), call, before, after, None if absent is None else absent[lane]))

    def run():
        for multiply, call, before, after, is_absent in steps:
            multiply()
            call()
            if is_absent is not None:
                np.copyto(after, before, where=is_absent)

    return run


def backward(op, layer, gradient, empty):
    """Prepare a pass back over time."""
    if any(absent is not None for absent in layer.absent):
        return gru.backward(op, layer, gradient, empty)
    return in_lanes(layer.start.shape[1], gradient.state.dtype, partial(backward_lane, layer, gradient))


def backward_lane(layer, gradient, lane, product):
    size, d_state = len(layer.start), gradient.state[:, lane]
    calls = []
    for arrays in zip([layer.start, *layer.trace], layer.gates, gradient.trace, gradient.gates, strict=False):
        before, gate, total, d_gate = [array[:, lane] for array in arrays]
        calls.append(partial(np.add, d_state, total, d_state))
        calls.append(product(layer.weights.recurrent.T, d_gate[size:], d_state))
        calls.append(loop_call(step_back, [total, d_state, *quarters(gate, size), before], [total, *quarters(d_gate, size)]))
    return partial(in_turn, calls[::-1])
