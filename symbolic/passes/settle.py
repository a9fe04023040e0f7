"""What was inferred for a node without inputs becomes its parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import derive
from symbolic.values.shape import complete

__all__ = ["settle"]


def settle(graph: Graph, shapes: Sequence[Any], dtypes: Sequence[Any]) -> Graph:
    """Write inferred shapes and types into the creating nodes, so that forward inference alone finds them again::

        _zeros(shape=(0, 4)) -> + <- x (3, 4)      =>      _zeros(shape=(3, 4)) -> + <- x (3, 4)

    Without it, equal nodes of different inferred shapes would be taken for one.
    """

    def make(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
        if node.op is None or inputs or "shape" not in node.op.params:
            return None
        number = graph.first[graph.index[node]]
        shape = shapes[number]
        if not complete(shape) or complete_words(node, shape):
            return None
        params = node.op.parameters({**node.params._words, "shape": shape})
        twin = Node(node.op, params, node.name, (), node.attrs, node.origin)
        return [(twin, index) for index in range(params._layout.size)]

    if all(node.op is None or node.inputs for node in graph.nodes):
        return graph
    return derive(graph, make)


def complete_words(node: Node, shape: tuple[int, ...]) -> bool:
    """Whether the node's own parameter says the shape already."""
    return tuple(getattr(node.params, "shape", ()) or ()) == shape
