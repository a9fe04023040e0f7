"""The ways to derive a graph from a graph; nothing here changes the one that is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from symbolic.graph.graph import Graph, depth_first
from symbolic.graph.node import Entry, Node

__all__ = ["Replacement", "derive", "mapped", "rebuild", "substitute"]

Made = Sequence[Entry] | None
Replacement = dict[Node, Sequence[Entry]]  # node -> the value that stands for each of its outputs


def mapped(entry: Entry, replaced: Replacement) -> Entry:
    """Follow one value through a rewriting."""
    values = replaced.get(entry[0])
    return entry if values is None else values[entry[1]]


def rebuild(nodes: Iterable[Node], make: Callable[[Node, tuple[Entry, ...]], Made], replaced: Replacement | None = None) -> Replacement:
    """Walk ``nodes`` in order and replace some.

    Parameters
    ----------
    nodes
        Inputs before readers.
    make
        Gets a node and its inputs as they are now; returns the values that stand for its outputs, or ``None`` to
        keep it (it is copied if its inputs changed).
    replaced
        What is replaced already.
    """
    replaced = {} if replaced is None else replaced
    for node in nodes:
        if node in replaced:
            continue
        inputs = node.inputs
        if replaced:
            for below, _ in inputs:
                if below in replaced:
                    inputs = tuple([mapped(entry, replaced) for entry in inputs])
                    break
        values = make(node, inputs)
        if values is not None:
            replaced[node] = values
        elif inputs is not node.inputs:
            copy = Node(node.op, node.params, node.name, inputs, node.attrs, node.origin)
            replaced[node] = [(copy, index) for index in range(copy.params._layout.size)]
    return replaced


def derive(graph: Graph, make: Callable[[Node, tuple[Entry, ...]], Made]) -> Graph:
    """Make the graph in which some nodes are replaced (see `rebuild`); the same graph if none is."""
    replaced = rebuild(graph.nodes, make)
    if not replaced:
        return graph
    return Graph(
        [mapped(entry, replaced) for entry in graph.heads],
        {variable: mapped(entry, replaced) for variable, entry in graph.updates.items()},
    )


def substitute(heads: Sequence[Entry], values: Mapping[Node, Entry]) -> list[Entry]:
    """Put values in the place of variables."""
    replaced: Replacement = {variable: [entry] for variable, entry in values.items()}
    rebuild(depth_first(heads), lambda node, inputs: None, replaced)
    return [mapped(entry, replaced) for entry in heads]
