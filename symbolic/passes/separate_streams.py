"""Random nodes that are called alike draw apart."""

from __future__ import annotations

from collections.abc import Sequence

from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import derive

__all__ = ["separate_streams"]


def separate_streams(graph: Graph) -> Graph:
    """Make the names of nodes unique, since a random node's stream is its name::

        x -> Dropout d -> a            x -> Dropout d   -> a
        x -> Dropout d -> b     =>     x -> Dropout d#1 -> b

    It comes before bodies are opened and gradients made, so that copies of a node share its stream.
    """
    names = [node.name for node in graph.nodes if node.op is not None]
    if len(set(names)) == len(names):
        return graph
    taken = set(names)
    seen: set[str] = set()

    def make(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
        if node.op is None or node.name not in seen:
            seen.add(node.name)
            return None
        number = 1
        while (name := f"{node.name}#{number}") in taken:
            number += 1
        taken.add(name)
        twin = Node(node.op, node.params, name, inputs, node.attrs, node.origin)
        return [(twin, index) for index in range(node.params._layout.size)]

    return derive(graph, make)
