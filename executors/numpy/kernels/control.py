"""Loops and conditions: the graphs that a node holds, compiled once and run at each step.

A graph's variables lie in buffers: rows are copied in and out, what is carried is copied from where it is made to where it
is read. What stays the same from step to step is read where it lies.
"""

from functools import partial

import numpy as np

from executors.kernel import run
from executors.numpy.compile import compile_graph
from executors.numpy.table import kernel, table
from symbolic.errors import NotSupported, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.graph.rewrite import derive
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.passes.pipeline import lower
from symbolic.values.shape import complete, np_shape

FLOAT32 = np.dtype(np.float32)


class Held:
    """A held graph, compiled for given buffers.

    Attributes
    ----------
    results : list of array
        Where its outputs are after `step`.
    """

    def __init__(self, entries, variables, owner, is_train, kept):
        graph = derive(Graph(entries), partial(renamed, owner))
        shapes, dtypes = {node: array.shape for node, array in variables.items()}, {node: array.dtype for node, array in variables.items()}
        with np_shape():
            found = shapes_of(graph, shapes, declared=False)
        for number, shape in enumerate(found):
            if not complete(shape):
                node = graph.nodes[graph.producers[number]]
                raise NotSupported(describe("shapes within a loop or a condition cannot depend on values", node=node))
        types = [FLOAT32 if dtype is None else dtype for dtype in dtypes_of(graph, dtypes)]
        lowered = lower(graph, found, types, variables, lambda op: op.name in table, is_train)
        self.results = [np.empty(found[number], types[number]) for number in map(graph.number, graph.heads)]
        heads = zip(lowered.graph.heads, self.results, strict=True)
        self.program = compile_graph(lowered, table, variables, [*heads], [], is_train, kept)

    def step(self):
        run(self.program.forward, self.program.forward_nodes)
        return self.results


class Steps:
    """What kernels within a loop keep, for each step apart: what step ``t`` left, the way back finds at step ``t``."""

    def __init__(self, kept):
        self.kept = {} if kept is None else kept
        self.t = 0

    def get(self, owner):
        return self.kept.get((owner, self.t))

    def __setitem__(self, owner, value):
        self.kept[owner, self.t] = value


def renamed(owner, node, inputs):
    """Let random nodes of two loops draw apart, although they may have one name."""
    if node.op is None or not node.op.random or node.op.foreign:
        return None
    twin = Node(node.op, node.params, f"{owner}/{node.name}", inputs, node.attrs, node.origin)
    return [(twin, index) for index in range(node.params._layout.size)]


def needed_states(loop, collected, finals):
    """Find which carried values anybody asks for, at the end or on the way."""
    wanted = {place for place, array in enumerate(finals) if array is not None}
    entries = [entry for entry, array in zip(loop.stacked, collected, strict=True) if array is not None]
    entries += [] if loop.condition is None else [loop.condition]
    while True:
        nodes = set(Graph([*entries, *[loop.new[place] for place in wanted]]).nodes)
        more = {place for place, node in enumerate(loop.carried) if node in nodes} - wanted
        if not more:
            return sorted(wanted)
        wanted |= more


@kernel("_foreach", "_while_loop", "_loop", prepared=True)
def loop(node, inputs, outputs, is_train, kept):
    op = node.params
    body, layout = op._loop, op._layout
    given = [inputs[source] for source in op._sources]
    count = len(body.stacked)
    collected, finals = outputs[:count], outputs[count : count + len(body.new)]
    tells = len(layout.outputs) > count + len(body.new)
    steps = outputs[count + len(body.new)] if tells else None
    first, stop = len(body.sliced), len(body.sliced) + len(body.carried)
    length = len(given[0]) if first else body.limit
    states = needed_states(body, collected, finals)

    rows, variables = [], {}
    for variable, array in zip(body.sliced, given, strict=False):
        read = length > 0 and array.strides != (0,) * array.ndim  # else only its shape counts
        shape = (1,) if array.ndim == 1 and variable in body.cells else array.shape[1:]
        buffer = np.empty(shape, array.dtype) if read else np.broadcast_to(np.zeros((), array.dtype), shape)
        variables[variable] = buffer
        if read:
            rows.append((buffer, array))
    starts = []
    for place, (variable, array) in enumerate(zip(body.carried, given[first:stop], strict=True)):
        variables[variable] = np.empty(array.shape, array.dtype)
        if place in states:
            starts.append((variables[variable], array))
    versions = dict(layout.versions)
    ends = []
    for place, (variable, array) in enumerate(zip(body.free, given[stop:], strict=True), stop):
        variables[variable] = array
        if place in body.written:  # the body steps it in place
            variables[variable] = np.empty(array.shape, array.dtype)
            starts.append((variables[variable], array))
            new = outputs[versions[op._sources[place]]]
            ends += [] if new is None else [(new, variables[variable])]
    ends += [(final, variables[body.carried[place]]) for place, final in enumerate(finals) if final is not None]
    read = [place for place, array in enumerate(collected) if array is not None]
    entries = [*[body.stacked[place] for place in read], *[body.new[place] for place in states]]
    kept = Steps(kept)
    made = Held(entries, variables, node.name, is_train, kept) if length and entries else None
    results = [] if made is None else made.results
    saves = [(collected[place], result) for place, result in zip(read, results, strict=False)]
    carries = [(variables[body.carried[place]], result) for place, result in zip(states, results[len(read) :], strict=False)]
    test = Held([body.condition], variables, node.name, is_train, kept) if made and body.condition is not None else None
    limit = inputs[-1] if body.counted else None
    zeros = [array for array in collected if array is not None] if body.counted or body.condition is not None else []
    order = range(length - 1, -1, -1) if body.reverse else range(length)
    return partial(run_loop, made, test, kept, limit, order, zeros, starts, rows, saves, carries, ends, steps)


def run_loop(made, test, kept, limit, order, zeros, starts, rows, saves, carries, ends, steps):
    for target, source in starts:
        np.copyto(target, source)
    for array in zeros:  # rows of steps that are not made
        array.fill(0)
    if limit is not None:
        count = min(int(limit.item()), len(order))
        order = order[len(order) - count :] if order.step < 0 else order[:count]
    done = 0
    if made is not None:
        for t in order:
            kept.t = t
            if test is not None and not test.step()[0].any():
                break
            for target, source in rows:
                target[...] = source[t]
            made.step()
            for target, source in saves:
                target[t] = source
            for target, source in carries:
                np.copyto(target, source)
            done += 1
    for target, source in ends:
        np.copyto(target, source)
    if steps is not None:
        steps[0] = done


@kernel("_cond", prepared=True)
def condition(node, inputs, outputs, is_train, kept):
    op = node.params
    count = op.num_outputs
    versions = dict(op._layout.versions)
    held, starts, ends = [], [], []
    copies = {}
    for position, version in versions.items():
        copies[position] = np.empty_like(inputs[position])
        starts.append((copies[position], inputs[position]))
        ends += [] if outputs[version] is None else [(outputs[version], copies[position])]
    wanted = [place for place in range(count) if outputs[place] is not None]
    for graph, sources in zip(op._subgraphs, op._sources, strict=True):
        variables = {variable: copies.get(source, inputs[source]) for variable, source in zip(graph.graph.variables, sources, strict=True)}
        entries = graph._entries if not held else [graph._entries[place] for place in wanted]
        held.append(Held(entries, variables, node.name, is_train, kept))
    return partial(run_condition, *held, [outputs[place] for place in wanted], starts, ends)


def run_condition(decision, then, other, outputs, starts, ends):
    for target, source in starts:
        np.copyto(target, source)
    results = (then if decision.step()[0].any() else other).step()
    for target, source in (*zip(outputs, results, strict=True), *ends):
        np.copyto(target, source)
