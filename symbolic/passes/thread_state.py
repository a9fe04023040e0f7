"""States become values with versions: after this pass the graph is pure."""

from __future__ import annotations

from collections.abc import Container

from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import Replacement, mapped

__all__ = ["thread_state"]


def thread_state(graph: Graph, settled: Container[Node] = ()) -> Graph:
    """Hand each reader of a state the newest version, in saved order::

        n -> rmsprop_update -> w'        n -> rmsprop_update -> w'      updates: n = new_n
        n -> square -> q           =>          \\ new_n -> square -> q

    Parameters
    ----------
    settled : container of Node
        Nodes that were threaded before, with what they read; only mutating nodes outside it are considered, and only
        such nodes see their versions (gradient operators, which write moving statistics one after the other).

    Returns
    -------
    Graph
        With ``updates``: variable -> its last version.
    """
    if not any(node.op is not None and node.params._layout.versions and node not in settled for node in graph.nodes):
        return graph
    first_time = not settled
    newest: dict[Node, Entry] = dict(graph.updates)
    replaced: Replacement = {}
    for node in graph.nodes:
        if node.op is None:
            continue
        layout = node.params._layout
        mutates = bool(layout.versions) and node not in settled
        inputs = [mapped(entry, replaced) for entry in node.inputs] if replaced else list(node.inputs)
        if newest and (first_time or mutates):
            inputs = [newest.get(below, (below, index)) if below.op is None else (below, index) for below, index in inputs]
        current = node
        if tuple(inputs) != node.inputs:
            current = Node(node.op, node.params, node.name, tuple(inputs), node.attrs, node.origin)
            replaced[node] = [(current, index) for index in range(layout.size)]
        if mutates:
            for position, version in layout.versions:
                variable = _variable_of(node.inputs[position])
                if variable is not None:
                    newest[variable] = (current, version)
    heads = [mapped(entry, replaced) for entry in graph.heads]
    if first_time:
        heads = [newest.get(node, (node, index)) if node.op is None else (node, index) for node, index in heads]
    updates = {variable: mapped(entry, replaced) for variable, entry in newest.items()}
    return Graph(heads, updates)


def _variable_of(entry: Entry) -> Node | None:
    """Return the variable whose state an input is, ``None`` for a computed value."""
    return entry[0] if entry[0].op is None else None
