"""What a picture leaves out unless asked for: what only serves layers."""

from __future__ import annotations

from collections.abc import Mapping

from symbolic.graph.graph import Graph
from symbolic.graph.node import Node, input_names
from symbolic.show.roles import PARAMETER_SLOTS, roles_of
from symbolic.show.subgraphs import held_by

__all__ = ["details_of"]

DEEPEST = 8  # loops within loops


def details_of(graph: Graph, roles: Mapping[Node, str], level: int = 0) -> set[Node]:
    """Find what only serves layers: weights and states, and operators that do no more than prepare them.

    ::

        w -> cast -> FullyConnected(weight)          both w and cast are details
        w -> FullyConnected(weight), w -> square     w is none: the penalty reads it
        w -> sgd_update                              none: this is what the update works on
        w -> loop with FullyConnected(weight)        w is one, in the loop and outside

    Parameters
    ----------
    roles : dict of Node to str
        What variables are for, as `roles_of` says.
    """
    readings: dict[Node, list[tuple[Node, str]]] = {}
    made = {node for node, role in roles.items() if role in ("weight", "state")}  # of nothing else
    for node in graph.nodes:
        names = input_names(node)
        updates = not PARAMETER_SLOTS.isdisjoint(names[:1])
        within = _within(node, level)
        for place, (below, _) in enumerate(node.inputs):
            held = names[place] in PARAMETER_SLOTS or place in node.params._layout.states or place in within
            readings.setdefault(below, []).append((node, "update" if updates else "layer" if held else "other"))
        if node.inputs and all(below in made for below, _ in node.inputs):
            made.add(node)
    heads = {head for head, _ in graph.heads}
    details: set[Node] = set()
    for node in reversed(graph.nodes):
        if node in made and node not in heads:
            kinds = ["layer" if reader in details else kind for reader, kind in readings.get(node, [(node, "other")])]
            named = node.op is None and "layer" not in kinds  # a weight by its name alone, as MXNet tells them
            if "update" not in kinds and ("other" not in kinds or named):
                details.add(node)
    return details


def _within(node: Node, level: int) -> set[int]:
    """Find the inputs of a node that are details of all graphs that it holds."""
    inners = held_by(node) if node.op is not None and level < DEEPEST else []
    hidden: set[int] = set()
    seen: set[int] = set()
    for inner in inners:
        details = details_of(inner.graph, roles_of(inner.graph), level + 1)
        for variable, source, _ in inner.inputs:
            (hidden if variable in details else seen).add(source)
    return hidden - seen
