"""Which nodes of two graphs are one another's counterparts, whatever they are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from symbolic.files.json import to_json
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node

__all__ = ["Pairing", "graphs_of", "parameters_of"]


def parameters_of(node: Node) -> dict[str, Any]:
    """List what a node's operator is told, defaults too; a graph that it holds is text."""
    if node.op is None:
        return {}
    params = node.params
    if node.op.params:
        found = {name: getattr(params, name) for name in node.op.params}
        found.update(getattr(params, "_rest", {}))
    else:  # of an operator that nobody knows
        found = dict(params._words)
    for place, graph in enumerate(graphs_of(node)):
        found[f"graph {place}"] = to_json(graph, remove_amp_cast=False)
    return found


def graphs_of(node: Node) -> Sequence[Any]:
    """List the graphs that a loop or a condition holds."""
    return () if node.op is None else getattr(node.params, "_subgraphs", ())


def _kind(node: Node) -> str:
    return "variable" if node.op is None else node.op.canonical.name


def _told(node: Node) -> Any:
    """What two nodes share that compute alike: types count, since ``1``, ``1.0`` and ``True`` are equal in Python."""
    return _kind(node), tuple([(name, type(value).__name__, repr(value)) for name, value in parameters_of(node).items()])


class Pairing:
    """Counterparts in two graphs, found in time that grows as the graphs do.

    First come nodes that compute the same from the same variables; then those of one name and operator, or of one name; what
    is left is renamed, and found by its neighbours: what reads or feeds counterparts in the same slots; at last those of a
    kind, in order, where there are as many of them.

    Attributes
    ----------
    after : dict of Node to Node
        Node of the first graph -> its counterpart.
    before : dict of Node to Node
        The same the other way round.
    """

    def __init__(self, first: Graph, second: Graph):
        self.after: dict[Node, Node] = {}
        self.before: dict[Node, Node] = {}
        known: dict[int, Any] = {}  # by the parameters, which nodes share
        told: dict[Node, Any] = {}
        for node in (*first.nodes, *second.nodes):
            key = id(node.params)
            if node.op is None or key not in known:
                known[key] = _told(node)
            told[node] = known[key]
        numbers: dict[Any, int] = {}
        same = [self._numbered(graph, told, numbers) for graph in (first, second)]
        self._by_key(first.nodes, second.nodes, lambda node: (same[0].get(node, same[1].get(node)), node.name))
        self._by_key(first.nodes, second.nodes, lambda node: (_kind(node), node.name))
        self._by_key(first.nodes, second.nodes, lambda node: same[0].get(node, same[1].get(node)))
        self._by_key(first.nodes, second.nodes, lambda node: (node.op is None, node.name))
        for key in (told.__getitem__, _kind):
            self._upwards(first, second, key)
            self._downwards(first, second)
        for key in (told.__getitem__, _kind):
            mine, others = self._equally_many(first, second, key)
            self._by_key(mine, others, key)
            self._downwards(first, second)

    @staticmethod
    def _numbered(graph: Graph, told: dict[Node, Any], numbers: dict[Any, int]) -> dict[Node, int]:
        """Number nodes so that equal numbers mean equal computations of equally named variables."""
        found: dict[Node, int] = {}
        for node in graph.nodes:
            below = tuple([(found[other], index) for other, index in node.inputs])
            key = (node.name,) if node.op is None else (told[node], below)
            found[node] = numbers.setdefault(key, len(numbers))
        return found

    def _pair(self, one: Node, other: Node) -> None:
        self.after[one], self.before[other] = other, one

    def _by_key(self, first: Iterable[Node], second: Iterable[Node], key: Any) -> None:
        """Pair nodes with equal keys, in order."""
        waiting: dict[Any, list[Node]] = {}
        for node in second:
            if node not in self.before:
                waiting.setdefault(key(node), []).append(node)
        for nodes in waiting.values():
            nodes.reverse()
        for node in first:
            if node not in self.after:
                nodes = waiting.get(key(node))
                if nodes:
                    self._pair(node, nodes.pop())

    def _equally_many(self, first: Graph, second: Graph, key: Any) -> tuple[list[Node], list[Node]]:
        """List, of each graph, the operators without counterparts of which the other has as many."""
        rest = [
            [node for node in graph.nodes if node.op is not None and node not in found]
            for graph, found in ((first, self.after), (second, self.before))
        ]
        counts = [Counter(map(key, nodes)) for nodes in rest]
        mine, others = ([node for node in nodes if counts[0][key(node)] == counts[1][key(node)]] for nodes in rest)
        return mine, others

    def _upwards(self, first: Graph, second: Graph, key: Any) -> None:
        """Pair nodes that compute alike from counterparts."""
        waiting: dict[Any, list[Node]] = {}
        for node in reversed(second.nodes):
            if node.op is not None and node not in self.before:
                waiting.setdefault((key(node), node.inputs), []).append(node)
        for node in first.nodes:
            if node.op is None or node in self.after or any(below not in self.after for below, _ in node.inputs):
                continue
            nodes = waiting.get((key(node), tuple([(self.after[below], index) for below, index in node.inputs])))
            if nodes:
                self._pair(node, nodes.pop())

    def _downwards(self, first: Graph, second: Graph) -> None:
        """Pair what stands in the same place below counterparts, from the outputs down."""
        below: list[tuple[Node, Node]] = [
            (one, other) for (one, place), (other, there) in zip(first.heads, second.heads, strict=False) if place == there
        ]
        for one, other in below:
            self._pair_below(one, other)
        for node in reversed(first.nodes):
            other = self.after.get(node)
            if other is None:
                continue
            for (one, place), (two, there) in zip(node.inputs, other.inputs, strict=False):
                if place == there:
                    self._pair_below(one, two)

    def _pair_below(self, one: Node, other: Node) -> None:
        if one not in self.after and other not in self.before and _kind(one) == _kind(other):
            self._pair(one, other)
