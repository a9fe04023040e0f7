"""Gradients that each node of a composed graph sends to its inputs, as a monitor shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from symbolic import ops
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.scope import apart
from symbolic.symbol.handle import Symbol

__all__ = ["Sent", "watch_gradients"]


class Sent(NamedTuple):
    """One contribution to a gradient.

    Attributes
    ----------
    node : Node
        Who sent it.
    position : int
        To which of its inputs.
    value : Symbol
        The contribution.
    """

    node: Node
    position: int
    value: Symbol


def watch_gradients(graph: Graph, shapes: Sequence[Any], dtypes: Sequence[Any], sent: Sequence[Sent]) -> tuple[list[str], list[Entry]]:
    """Sort contributions by the nodes of the graph as composed.

    A composite that was opened sent its through inner nodes, called ``<node>.<number>``: those that leave it are added up.

    Parameters
    ----------
    graph : Graph
        As composed.
    shapes, dtypes : sequence
        Of its values.
    sent : sequence of Sent
        In the order in which they were made, from the heads down.

    Returns
    -------
    names : list of str
        ``fc1_backward_output0``, one for each input; ``act_backward_output`` if there is one input only.
    entries : list of Entry
        The values.
    """
    known = {node.name: node for node in graph.nodes}

    def owner(name: str) -> str:
        while name not in known and "." in name:
            name = name.rpartition(".")[0]
        return name

    found: dict[str, dict[object, list[Symbol]]] = {}
    for node, position, value in sent:
        composed = owner(node.name)
        below = node.inputs[position][0]
        if composed not in known or (composed != node.name and owner(below.name) == composed):
            continue
        key = position if composed == node.name else owner(below.name)
        found.setdefault(composed, {}).setdefault(key, []).append(value)
    names, entries = [], []
    with apart():
        for name, parts in found.items():
            node = known[name]
            assert node.params is not None
            places = [place for place in range(len(node.inputs)) if place not in node.params._layout.states]
            ends = {value._entries[0] for values in parts.values() for value in values}
            if len(ends) == 1 < len(places) == sum(map(len, parts.values())):
                continue  # a sum hands on what arrives
            for number, place in enumerate(places):
                values = parts.get(place) or parts.get(node.inputs[place][0].name)
                if not values:
                    below = graph.number(node.inputs[place])
                    values = [ops._zeros(shape=shapes[below], dtype=dtypes[below].name)]
                value = values[0] if len(values) == 1 else ops.add_n(*values)
                names.append(f"{name}_backward_output{number if len(places) > 1 else ''}")
                entries.append(value._entries[0])
    return names, entries
