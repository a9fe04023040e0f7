"""The fused LSTM on unsigned integers: the products of `nn.rnn`, in integers that float32 holds.

Inputs and states are kept as integers less the shift, so that zero is zero: products need no correction.
"""

from dataclasses import replace

import numpy as np

from executors.numpy.blas_threads import steady
from executors.numpy.kernels.nn.recurrence import Layout, sigmoid
from executors.numpy.table import kernel

MOST = np.float32(127)  # of a weight
ONE = np.float32(1)


@kernel("_contrib_quantized_rnn", prepared=True)
def rnn(op, data, parameters, state, state_cell, data_scale, data_shift, output, state_output, statecell_ouput, scratch):
    layout = replace(Layout.of(op, data), dtype=np.dtype(np.float32))
    source = features = scratch(data.shape, np.float32)
    layers = []
    for layer, directions in enumerate(layout.weights(parameters)):
        trace = scratch((layout.steps, layout.batch, layout.directions * layout.size), np.float32)
        passes = [Pass(weights, layout, source, trace, direction, scratch) for direction, weights in enumerate(directions)]
        layers.append((layer * layout.directions, passes))
        source = trace

    def run():
        scale, shift = data_scale[0], data_shift[0]
        np.subtract(data, shift, features)
        for first, passes in layers:
            factors = factors_of(passes)
            for index, one in enumerate(passes, first):
                one.run(state[index], state_cell[index], factors, scale, shift)
                if state_output is not None:
                    np.divide(one.hidden, scale, state_output[index])
                if statecell_ouput is not None:
                    np.copyto(statecell_ouput[index], one.cell)
        np.divide(source, scale, output)

    return steady(run, *[pair for _, passes in layers for one in passes for pair in one.factors()])


def factors_of(passes):
    """Choose, for each row, the factor that takes its greatest weight to 127; both directions share it."""
    greatest = np.max([np.abs(matrix).max(1) for one in passes for matrix in (one.weights.input, one.weights.recurrent)], axis=0)
    return MOST / np.where(greatest > 0, greatest, MOST)


class Pass:
    """One direction of one layer, and room for what it computes."""

    def __init__(self, weights, layout, source, trace, direction, scratch):
        size, batch = layout.size, layout.batch
        own = slice(direction * size, (direction + 1) * size)
        self.weights, self.source, self.size = weights, source, size
        self.input, self.recurrent = (scratch(matrix.shape, np.float32) for matrix in (weights.input, weights.recurrent))
        self.gates = scratch((layout.steps, batch, 4 * size), np.float32)
        self.share = scratch((batch, 4 * size), np.float32)
        self.hidden, self.cell, self.inner = (scratch((batch, size), np.float32) for _ in range(3))
        self.steps = list(zip(layout.in_order(self.gates, direction), layout.in_order(trace[..., own], direction), strict=True))

    def factors(self):
        """List the matrices that it multiplies."""
        return [(self.source, self.input.T), (self.hidden, self.recurrent.T)]

    def run(self, state, cell, factors, scale, shift):
        """Write the trace, and the last state and cell."""
        for target, matrix in ((self.input, self.weights.input), (self.recurrent, self.weights.recurrent)):
            np.multiply(matrix, factors[:, None], target)
            np.rint(target, target)
        bias = self.weights.input_bias + self.weights.recurrent_bias
        unit = ONE / (factors * scale)
        np.matmul(self.source, self.input.T, self.gates)
        np.copyto(self.cell, cell)
        self.round(state, scale, shift)
        for gates, hidden in self.steps:
            np.matmul(self.hidden, self.recurrent.T, self.share)
            np.add(gates, self.share, gates)
            np.multiply(gates, unit, gates)
            np.add(gates, bias, gates)
            self.step(gates)
            self.round(self.inner, scale, shift)
            np.copyto(hidden, self.hidden)

    def step(self, gates):
        """Compute the new cell, and the state before it is rounded."""
        write, forget, news, read = (gates[:, place * self.size : (place + 1) * self.size] for place in range(4))
        for gate in (write, forget, read):
            sigmoid(gate, ONE)
        np.tanh(news, news)
        np.multiply(write, news, news)
        np.multiply(self.cell, forget, self.cell)
        np.add(self.cell, news, self.cell)
        np.tanh(self.cell, self.inner)
        np.multiply(self.inner, read, self.inner)

    def round(self, state, scale, shift):
        """Round a state to an unsigned integer of eight bits, and keep that less the shift."""
        np.multiply(state, scale, self.hidden)
        np.add(self.hidden, shift, self.hidden)
        np.rint(self.hidden, self.hidden)
        np.clip(self.hidden, 0, 255, self.hidden)
        np.subtract(self.hidden, shift, self.hidden)
