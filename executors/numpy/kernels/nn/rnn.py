"""The fused recurrent network: layers of plain, LSTM or GRU cells, in one or both directions of time.

One product projects the input of all steps; at each step remain the product with the previous state and the cell
(Appleyard, Kocisky and Blunsom 2016, *Optimizing performance of recurrent neural networks on GPUs*).

With lengths, a sequence's state stands still at the steps behind its end, in either direction, and its output there is
zero: the second direction begins at the last step with its initial state, as if the padding were not there.
"""

import numpy as np

from executors.numpy.blas import threaded_product
from executors.numpy.blas_threads import steady
from executors.numpy.kernels.nn import gru, lstm, plain_rnn
from executors.numpy.kernels.nn.recurrence import Layout, Pass, PassBack, Program
from executors.numpy.kernels.nn.steps import run_all
from executors.numpy.table import kernel

CELLS = {"rnn_relu": plain_rnn, "rnn_tanh": plain_rnn, "lstm": lstm, "gru": gru}


def map_steps(program, matrix, features, target, bias=None):
    """Multiply ``matrix`` to each step of ``features``: in one product where the batch is 1, since steps then are rows."""
    if features.shape[2] == 1:
        program.append(threaded_product(features[:, :, 0], matrix.T, target[:, :, 0]))
    else:
        program.append(threaded_product(matrix, features, target))
    if bias is not None:
        wide = program.empty(*target.shape[1:])  # so that NumPy adds whole steps, not rows as short as a batch
        program.add(np.copyto, wide, bias[:, None])
        program.add(np.add, target, wide, target)


@kernel("RNN", prepared=True)
def rnn(
    op,
    data,
    parameters,
    state,
    state_cell,
    sequence_length,
    output,
    state_output,
    statecell_output,
    reserve,
    is_train,
    rng,
    scratch,
    cells=CELLS,
    map_steps=map_steps,
):
    layout = Layout.of(op, data)
    program = Program(scratch, layout.dtype)
    network = Network(op, layout, program, cells, map_steps, parameters, state, state_cell, sequence_length)
    records = layout.scratch_records(is_train, scratch) if reserve is None else layout.records(reserve)
    features = program.turned(data)
    for layer, record in enumerate(records):
        for direction in range(layout.directions):
            index = layer * layout.directions + direction
            one = network.one_pass(record, layer, direction)
            project(network, one.weights, features, record, direction)
            program.append(steady(network.cell.forward(op, one, program.empty), *network.factors(one)))
            if state_output is not None:
                program.add(np.copyto, state_output[index], [one.start, *one.trace][-1].T)
            if statecell_output is not None:
                program.add(np.copyto, statecell_output[index], [one.start_cell, *one.cells][-1].T)
        if record.mask is not None:
            program.add(draw_mask, rng, op.p if is_train else 0, record.mask)
        features = network.passed_on(record)
    program.add(np.copyto, output, features.transpose(0, 2, 1))
    return run_all(program)


class Network:
    """What the forward and the backward pass set up alike: weights, initial states, lengths."""

    def __init__(self, op, layout, program, cells, map_steps, parameters, state, state_cell, sequence_length):
        self.layout, self.program, self.cell, self.map_steps = layout, program, cells[op.mode], map_steps
        self.weights = layout.weights(program.widened(parameters))
        self.starts = program.turned(state)
        self.start_cells = None if state_cell is None else program.turned(state_cell)
        self.shared = {}
        self.absent = None
        if sequence_length is not None:
            self.absent = program.scratch((layout.steps, layout.batch), bool)
            program.add(np.greater, np.arange(1, layout.steps + 1)[:, None], sequence_length, self.absent)  # a length counts whole steps

    def scratch(self, name, *shape):
        """Give the array of this name and shape, whose content lasts until the next layer or direction."""
        if (name, shape) not in self.shared:
            self.shared[name, shape] = self.program.empty(*shape)
        return self.shared[name, shape]

    def one_pass(self, record, layer, direction):
        """Put together what a cell needs for one direction of one layer."""
        layout = self.layout
        index = layer * layout.directions + direction
        steps = [None] * layout.steps
        return Pass(
            weights=self.weights[layer][direction],
            start=self.starts[index],
            start_cell=None if self.start_cells is None else self.start_cells[index],
            gates=layout.in_order(record.gates[direction], direction),
            trace=layout.in_order(rows_of(record.trace, direction, layout.out), direction),
            cells=layout.in_order(record.cells[direction], direction) if layout.mode == "lstm" else steps,
            absent=steps if self.absent is None else layout.in_order(self.absent, direction),
        )

    def factors(self, one, back=None):
        """List the matrices that a pass multiplies at each step."""
        if not self.layout.steps:
            return []
        matrices = [one.weights.recurrent, *([one.weights.projection] if self.layout.is_projected else [])]
        if back is None:
            return list(zip(matrices, [one.start, one.start_cell], strict=False))
        return [(matrix.T, factor[: len(matrix)]) for matrix, factor in zip(matrices, [back.gates[0], back.trace[0]], strict=False)]

    def passed_on(self, record):
        """Derive a layer's output from its states: zero where absent, and some dropped on the way to the next layer."""
        if record.mask is None and self.absent is None:
            return record.trace
        features = self.program.empty(*record.trace.shape)
        self.program.add(np.copyto, features, record.trace)
        self.clear_absent(features)
        if record.mask is not None:
            self.program.add(np.multiply, features, record.mask, features)
        return features

    def clear_absent(self, features):
        """Write zeros where a sequence has ended."""
        if self.absent is not None:
            self.program.add(np.copyto, features, 0, where=self.absent[:, None])


def rows_of(array, direction, size):
    """View the rows of one direction in ``(t, directions * size, n)``."""
    return array[:, direction * size : (direction + 1) * size]


def draw_mask(rng, p, mask):
    """Draw dropout's factors: 0 with probability ``p``, else what keeps the expectation."""
    rng.random(dtype=mask.dtype, out=mask)
    np.greater_equal(mask, p, mask)
    np.multiply(mask, 1 / (1 - p) if p < 1 else 0, mask)


def project(network, weights, features, record, direction):
    """Compute the input's share of all steps, bias included, to where the cell expects it."""
    layout, program, rows = network.layout, network.program, len(weights.input)
    kept = record.gates[direction]
    target = kept[:, :rows] if kept.shape[1] else rows_of(record.trace, direction, layout.out)
    bias = program.empty(rows)
    program.add(network.cell.input_bias, weights, bias)
    network.map_steps(program, weights.input, features, target, bias)


def sum_steps(network, d_gates, sums):
    """Write ``sum over t of d_gates[t, rows] @ x[t]`` for each of ``sums``, which are rows, ``x`` as ``(t * n, k)`` and target."""
    stack = stacked(network, "stack", d_gates)
    for rows, x, target in sums:
        network.program.append(threaded_product(stack[rows], x, target))


@kernel("_backward_RNN", prepared=True)
def rnn_gradient(
    op,
    data,
    parameters,
    state,
    state_cell,
    sequence_length,
    reserve,
    d_output,
    d_state_output,
    d_statecell_output,
    d_data,
    d_parameters,
    d_state,
    d_state_cell,
    d_sequence_length,
    scratch,
    cells=CELLS,
    map_steps=map_steps,
    sum_steps=sum_steps,
):
    layout = Layout.of(op, data)
    program = Program(scratch, layout.dtype)
    network = Network(op, layout, program, cells, map_steps, parameters, state, state_cell, sequence_length)
    records = layout.records(reserve)
    d_vector = d_parameters
    if d_parameters is not None and d_parameters.dtype != layout.dtype:
        d_vector = program.empty(*d_parameters.shape)
    d_weights = None if d_vector is None else layout.weights(d_vector)

    d_features = program.empty(*records[-1].trace.shape)
    fill(program, d_features, d_output, (0, 2, 1))
    for layer, record in reversed(list(enumerate(records))):
        network.clear_absent(d_features)
        inputs = None if d_weights is None else input_rows(network, data, records, layer)
        d_inputs = program.empty(layout.steps, network.weights[layer][0].input.shape[1], layout.batch)
        for direction in range(layout.directions):
            index = layer * layout.directions + direction
            one = network.one_pass(record, layer, direction)
            d_gates, back = pass_back(network, d_features, one, direction)
            fill(program, back.state, None if d_state_output is None else d_state_output[index], (1, 0))
            if network.start_cells is not None:
                fill(program, back.cell, None if d_statecell_output is None else d_statecell_output[index], (1, 0))
            program.append(steady(network.cell.backward(op, one, back, program.empty), *network.factors(one, back)))
            if d_state is not None:
                program.add(np.copyto, d_state[index], back.state.T)
            if d_state_cell is not None:
                program.add(np.copyto, d_state_cell[index], back.cell.T)
            if d_weights is not None:
                previous = previous_rows(network, record, one, direction)
                weight_gradients(network, d_weights[layer][direction], d_gates, inputs, previous, sum_steps)
                projection_gradient(network, d_weights[layer][direction], rows_of(d_features, direction, layout.out))
            if layer > 0 or d_data is not None:
                input_gradient(network, one.weights, d_gates, d_inputs, adds=direction > 0)
        if layer > 0 and records[layer - 1].mask is not None:
            program.add(np.multiply, d_inputs, records[layer - 1].mask, d_inputs)
        d_features = d_inputs

    if d_data is not None:
        program.add(np.copyto, d_data, d_features.transpose(0, 2, 1))
    if d_vector is not d_parameters:
        program.add(np.copyto, d_parameters, d_vector)
    if d_sequence_length is not None:
        program.add(d_sequence_length.fill, 0)
    return run_all(program)


def fill(program, target, source, axes):
    """Copy a transposed gradient, or zero where there is none."""
    program.add(np.copyto, target, 0 if source is None else source.transpose(axes))


def pass_back(network, d_features, one, direction):
    """Put together the gradients of one direction of one layer; return those of the gates in the order of time, too."""
    layout = network.layout
    d_gates = network.scratch("gates", layout.steps, network.cell.GRADIENT_ROWS * layout.size, layout.batch)
    unprojected = [None] * layout.steps
    if layout.is_projected:
        unprojected = layout.in_order(network.scratch("unprojected", layout.steps, layout.size, layout.batch), direction)
    return d_gates, PassBack(
        trace=layout.in_order(rows_of(d_features, direction, layout.out), direction),
        gates=layout.in_order(d_gates, direction),
        state=network.program.empty(*one.start.shape),
        cell=None if one.start_cell is None else network.program.empty(*one.start_cell.shape),
        unprojected=unprojected,
    )


def stacked(network, name, array):
    """Lay the steps of ``(t, k, n)`` side by side: ``(k, t * n)``."""
    steps, rows, batch = array.shape
    if batch == 1:
        return array[:, :, 0].T
    copy = network.scratch(name, rows, steps, batch)
    network.program.add(np.copyto, copy, array.transpose(1, 0, 2))
    return copy.reshape(rows, steps * batch)


def input_rows(network, data, records, layer):
    """Lay the input of a layer out by rows, ``(t * n, k)``; zero where absent, lest what the padding holds count."""
    program = network.program
    if layer > 0:
        rows = network.passed_on(records[layer - 1]).transpose(0, 2, 1)
        copy = network.scratch("inputs", *rows.shape)
        program.add(np.copyto, copy, rows)
    elif network.absent is None:
        copy = program.widened(data)
    else:
        copy = network.scratch("data", *data.shape)
        program.add(np.copyto, copy, data)
        program.add(np.copyto, copy, 0, where=network.absent[:, :, None])
    return copy.reshape(network.layout.steps * network.layout.batch, copy.shape[2])


def previous_rows(network, record, one, direction):
    """Lay the state before each step out by rows, ``(t * n, out)``."""
    layout, program = network.layout, network.program
    trace = rows_of(record.trace, direction, layout.out).transpose(0, 2, 1)
    copy = network.scratch("previous", *trace.shape)
    if layout.steps:
        first, rest, source = (0, copy[1:], trace[:-1]) if direction == 0 else (-1, copy[:-1], trace[1:])
        program.add(np.copyto, copy[first], one.start.T)
        program.add(np.copyto, rest, source)
    return copy.reshape(layout.steps * layout.batch, layout.out)


def weight_gradients(network, d_weights, d_gates, inputs, previous, sum_steps):
    """Sum the gradients of matrices and biases over all steps."""
    program = network.program
    of_input, of_state = network.cell.blocks(network.layout.size)
    sums = [(source, inputs, d_weights.input[target]) for target, source in of_input]
    sum_steps(network, d_gates, sums + [(source, previous, d_weights.recurrent[target]) for target, source in of_state])
    over_time = network.scratch("over time", *d_gates.shape[1:])
    program.add(np.add.reduce, d_gates, 0, None, over_time)
    for blocks, d_bias in ((of_input, d_weights.input_bias), (of_state, d_weights.recurrent_bias)):
        for target, source in blocks:
            program.add(np.add.reduce, over_time[source], 1, None, d_bias[target])


def projection_gradient(network, d_weights, d_states):
    """Sum the gradient of the projection over all steps."""
    if d_weights.projection is not None:
        unprojected = network.scratch("unprojected", network.layout.steps, network.layout.size, network.layout.batch)
        d_stack = stacked(network, "states", d_states)
        network.program.append(threaded_product(d_stack, stacked(network, "cells", unprojected).T, d_weights.projection))


def input_gradient(network, weights, d_gates, d_inputs, adds):
    """Write the gradient of the layer's input, or add to it."""
    for target, source in network.cell.blocks(network.layout.size)[0]:
        share = network.scratch("share", *d_inputs.shape) if adds else d_inputs
        network.map_steps(network.program, weights.input[target].T, d_gates[:, source], share)
        if adds:
            network.program.add(np.add, d_inputs, share, d_inputs)
        adds = True
