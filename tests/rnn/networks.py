"""Cells of every kind, and what a network of them answers: names, shapes, values, gradients. Runs in MXNet too."""

from __future__ import annotations

import functools
import hashlib
import json

import numpy as np

BATCH, STEPS, INPUTS = 2, 3, 4
LONGEST = 1500  # characters of a structure that is recorded as it is


def composing(function):
    """Run a scenario with names counted from zero."""

    @functools.wraps(function)
    def run(mx, *args):
        with mx.name.NameManager():
            return function(mx, *args)

    return run


def listed(mx, outputs):
    """Make one Symbol of what ``unroll`` returned.

    Each output stands in it once: of one that stands twice, MXNet loses a gradient.
    """
    if isinstance(outputs, mx.sym.Symbol):
        return outputs
    flat, waiting = [], list(outputs)
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, mx.sym.Symbol):
            flat.extend(found)
        else:
            waiting[:0] = list(found)
    return mx.sym.Group(list({str(found.list_outputs()): found for found in flat}.values()))


def structure(net):
    """Spell every node: operator, name and inputs."""
    nodes = json.loads(net.tojson())["nodes"]
    text = "\n".join(f"{node['op']} {node['name']} {[(i[0], i[1]) for i in node['inputs']]}" for node in nodes)
    return text if len(text) < LONGEST else f"{len(nodes)} nodes, {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def filled(shapes, seed=3):
    """Draw arrays for names."""
    rng = np.random.RandomState(seed)
    return {name: rng.uniform(-0.7, 0.7, shape).astype("float32") for name, shape in shapes.items()}


def answers(mx, net, train=False, values=None, **shapes):
    """Bind a network; say its names and shapes, and compute outputs and gradients."""
    arguments, outputs, _ = net.infer_shape(**shapes)
    sizes = dict(zip(net.list_arguments(), arguments, strict=True))
    text = {"arguments": sizes, "outputs": dict(zip(net.list_outputs(), outputs, strict=True)), "nodes": structure(net)}
    executor = net.simple_bind(mx.cpu(), grad_req="write", **shapes)
    for name, value in {**filled(sizes), **(values or {})}.items():
        executor.arg_dict[name][:] = value
    executor.forward(is_train=train)
    found = [_some(output) for output in executor.outputs]
    executor.forward(is_train=True)
    executor.backward([mx.nd.ones(output.shape) for output in executor.outputs])
    found += [_some(executor.grad_dict[name]) for name in sorted(sizes)]
    return [str(text), np.concatenate(found)]


def _some(array):
    """Take at most 40 numbers, evenly spread, and the sum of all."""
    flat = array.asnumpy().ravel()
    return np.append(flat[:: -(-flat.size // 40)], flat.sum())


CELLS = {
    "rnn": lambda mx, **words: mx.rnn.RNNCell(5, **words),
    "relu": lambda mx, **words: mx.rnn.RNNCell(5, activation="relu", **words),
    "softrelu": lambda mx, **words: mx.rnn.RNNCell(5, lambda data, **more: mx.sym.Activation(data, act_type="softrelu", **more), **words),
    "lstm": lambda mx, **words: mx.rnn.LSTMCell(5, **words),
    "gru": lambda mx, **words: mx.rnn.GRUCell(5, **words),
}


def sequence(mx, layout, form):
    """Give the inputs of three steps as one variable, as a list of variables or as a split one; and their shapes."""
    if form == "list":
        return [mx.sym.Variable(f"t{t}_data") for t in range(STEPS)], {f"t{t}_data": (BATCH, INPUTS) for t in range(STEPS)}
    shape = {"N": BATCH, "T": STEPS, "C": INPUTS}
    data = mx.sym.Variable("data")
    if form == "split":
        data = list(mx.sym.split(data, axis=layout.find("T"), num_outputs=STEPS, squeeze_axis=1))
    return data, {"data": tuple(shape[axis] for axis in layout)}


def unrolled(mx, cell, layout="NTC", form="one", merge=None, train=False, **words):
    """Unroll a cell, and answer for outputs and last states."""
    data, shapes = sequence(mx, layout, form)
    outputs, states = cell.unroll(STEPS, data, layout=layout, merge_outputs=merge, **words)
    kinds = str([type(outputs).__name__, [type(state).__name__ for state in states]])
    nets = [listed(mx, outputs), *([listed(mx, states)] if states else [])]
    return [kinds, *answers(mx, listed(mx, nets), train, **shapes)]
