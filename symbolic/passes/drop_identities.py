"""Leave out nodes that hand their input on."""

from __future__ import annotations

from collections.abc import Sequence

from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import derive

__all__ = ["drop_identities"]

NEUTRAL = {"_mul_scalar": 1.0, "_div_scalar": 1.0}  # adding 0 is none: it turns -0 into 0


def drop_identities(graph: Graph) -> Graph:
    """Let readers of a copy, or of a product with 1, read what was copied::

        x -> copy -> times 1 -> exp     =>     x -> exp

    Every bit stays, nan too. Not for graphs of truth values, whose product with a number is an integer.
    """

    if not any(op.name == "_copy" or op.name in NEUTRAL for op in graph.ops):
        return graph

    def make(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
        if node.op is None:
            return None
        name = node.op.name
        if name == "_copy" or (name in NEUTRAL and node.params.scalar == NEUTRAL[name] and node.params.is_int):  # type: ignore[attr-defined]
            return [inputs[0]]
        return None

    return derive(graph, make)
