"""Forget values of the forward pass, and compute them again when gradients need them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from symbolic.graph.graph import Graph, depth_first
from symbolic.graph.node import Entry, Node
from symbolic.passes.pipeline import Lowered

__all__ = ["forward_nodes", "may_be_forgotten", "recompute"]


def forward_nodes(lowered: Lowered) -> list[Node]:
    """List the nodes that the forward phase computes, inputs before readers."""
    return depth_first([*lowered.graph.heads[: lowered.outputs], *lowered.forward_updates.values()])


def may_be_forgotten(node: Node) -> bool:
    """Whether computing a node twice gives the same twice and writes nothing."""
    op = node.op
    if op is None or op.random or op.foreign or op.subgraphs or op.dynamic or not node.inputs:
        return False
    return not node.params._layout.versions


def recompute(lowered: Lowered, forgotten: Collection[Node]) -> Lowered:
    """Let the backward phase read copies of the ``forgotten`` nodes, which are computed when it needs them::

        x -> a -> b -> loss            x -> a -> b -> loss
             |    |                    |
             d_a  d_b           =>      \\-> a' -> b'
                                            |     |
                                            d_a   d_b

    Parameters
    ----------
    lowered : Lowered
        With gradients among its heads.
    forgotten : collection of Node
        Of its forward nodes; those for which `may_be_forgotten` holds.
    """
    graph = lowered.graph
    forward = set(forward_nodes(lowered))
    needed: set[Node] = set()
    waiting = [below for node in graph.nodes if node not in forward for below, _ in node.inputs if below in forgotten]
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting += [below for below, _ in node.inputs if below in forgotten]
    stands_for: dict[Node, Node] = {}
    copies: set[Node] = set()
    for node in graph.nodes:
        is_backward = node not in forward
        if node.op is None or not (is_backward or node in needed):
            continue
        inputs = tuple([(stands_for.get(below, below), index) for below, index in node.inputs])
        if is_backward and inputs == node.inputs:
            continue
        made = Node(node.op, node.params, node.name if is_backward else f"{node.name}.again", inputs, node.attrs, node.origin)
        stands_for[node] = made
        if not is_backward:
            copies.add(made)

    def moved(entry: Entry) -> Entry:
        node, index = entry
        return (node if node in forward else stands_for.get(node, node), index)

    heads = [*graph.heads[: lowered.outputs], *map(moved, graph.heads[lowered.outputs :])]
    written = lowered.forward_updates
    updates = {variable: entry if written.get(variable) == entry else moved(entry) for variable, entry in graph.updates.items()}
    whole = Graph(heads, updates)
    originals: dict[Node, Node] = {made: node for node, made in stands_for.items()}

    def carried(values: list[Any]) -> list[Any]:
        found: list[Any] = []
        for node, size in zip(whole.nodes, whole.sizes, strict=True):
            first = graph.base[originals.get(node, node)]
            found += values[first : first + size]
        return found

    return replace(lowered, graph=whole, shapes=carried(lowered.shapes), dtypes=carried(lowered.dtypes), late=copies)
