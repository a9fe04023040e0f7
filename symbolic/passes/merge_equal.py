"""Compute equal expressions once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import derive

__all__ = ["merge_equal"]


def merge_equal(graph: Graph) -> Graph:
    """Let the first of equal nodes stand for all::

        x -> exp -> a            x -> exp -> a
        x -> exp -> b     =>              \\-> b

    Nodes are equal that have operator, parameters and inputs in common; random ones their name too, which is their
    stream.
    """
    kinds = [(node.params._same, numbers) for node, numbers in zip(graph.nodes, graph.inputs, strict=True) if node.op is not None]
    if len(set(kinds)) == len(kinds):  # as in most graphs
        return graph
    seen: dict[Any, Node] = {}

    def make(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
        if node.op is None:
            return None
        key = (node.params._same, inputs, node.name) if node.op.random else (node.params._same, inputs)
        if inputs is not node.inputs and key not in seen:
            twin = Node(node.op, node.params, node.name, inputs, node.attrs, node.origin)
            seen[key] = twin
            return [(twin, index) for index in range(node.params._layout.size)]
        found = seen.setdefault(key, node)
        if found is node:
            return None
        return [(found, index) for index in range(node.params._layout.size)]

    return derive(graph, make)
