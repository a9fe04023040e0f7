"""Whose work an inner node does: composites are opened, gradients made, but the user knows the nodes that he composed."""

from __future__ import annotations

from symbolic.graph.graph import Graph

__all__ = ["Owners"]


class Owners:
    """Finds the composed node behind the name of one that the passes made.

    Inner nodes of a composite are called ``fc1.0``, those of its gradient ``fc1.d0``; of two nodes with one name the second
    is ``fc1#1``. What belongs to no node, as the sum of two gradients, keeps its own name.

    Parameters
    ----------
    graph : Graph
        As composed.
    """

    def __init__(self, graph: Graph):
        self.names = [node.name for node in graph.nodes if node.op is not None]
        self.known = {node.name for node in graph.nodes}

    def of(self, name: str) -> str:
        """Return the name of the composed node."""
        found = name
        while found not in self.known:
            head, dot, _ = found.rpartition(".")
            if not dot:
                twin, number, digits = found.rpartition("#")
                return twin if number and digits.isdigit() and twin in self.known else name
            found = head
        return found
