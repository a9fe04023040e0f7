"""The plain recurrent cell of Elman (1990), *Finding structure in time*::

    h[t] = act(Wx x[t] + bx + Wh h[t-1] + bh)            act: relu or tanh

The states are all that the backward pass needs: both slopes follow from ``h``.
"""

import numpy as np

GRADIENT_ROWS = 1  # rows of the gates' gradient, per feature of the state


def blocks(size):
    """Pair the rows of the weights with those of the gates' gradient: of the input's weights, of the recurrent ones."""
    everything = [(slice(None), slice(None))]
    return everything, everything


def input_bias(weights, total):
    """Add up the biases that join the input's share."""
    np.add(weights.input_bias, weights.recurrent_bias, total)


def forward(op, layer, empty):
    """Prepare a pass over time; the input's share lies in the trace."""
    recurrent = layer.weights.recurrent
    share = empty(*layer.start.shape)
    zero = share.dtype.type(0)
    is_relu = op.mode == "rnn_relu"
    steps = list(zip([layer.start, *layer.trace], layer.trace, layer.absent, strict=False))

    def run():
        for before, after, absent in steps:
            np.dot(recurrent, before, share)
            np.add(after, share, after)
            if is_relu:
                np.maximum(after, zero, out=after)
            else:
                np.tanh(after, after)
            if absent is not None:
                np.copyto(after, before, where=absent)

    return run


def backward(op, layer, gradient, empty):
    """Prepare a pass back over time."""
    recurrent, d_state = layer.weights.recurrent.T, gradient.state
    kept, one = empty(*d_state.shape), d_state.dtype.type(1)
    is_relu = op.mode == "rnn_relu"
    steps = list(zip(layer.trace, layer.absent, gradient.trace, gradient.gates, strict=True))[::-1]

    def run():
        for after, absent, total, d_gate in steps:
            np.add(total, d_state, total)
            if is_relu:
                np.sign(after, d_gate)
            else:
                np.multiply(after, after, d_gate)
                np.subtract(one, d_gate, d_gate)
            np.multiply(d_gate, total, d_gate)
            if absent is not None:
                np.copyto(kept, d_state)
                np.copyto(d_gate, 0, where=absent)
            np.dot(recurrent, d_gate, d_state)
            if absent is not None:
                np.copyto(d_state, kept, where=absent)

    return run
