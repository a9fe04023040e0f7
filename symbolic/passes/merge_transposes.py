"""Join what only moves elements or renames axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbolic import registry
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import derive

__all__ = ["merge_transposes"]


def merge_transposes(graph: Graph) -> Graph:
    """Do several transposes in a row at once, or not at all; of reshapes in a row only the last::

        x -> transpose (0, 2, 3, 1) -> transpose (0, 3, 1, 2) -> exp        =>     x -> exp
        x -> transpose (1, 0, 2)    -> transpose (2, 0, 1)    -> exp        =>     x -> transpose (2, 1, 0) -> exp
        x -> Reshape (0, -1)        -> Reshape (8, 4, -1)     -> exp        =>     x -> Reshape (8, 4, -1) -> exp

    Transposes that leave the order of axes to be reversed go in pairs; reshapes whose target speaks of the input's axes
    (0, -2, -3, -4) stay.
    """
    transpose, reshape = registry.find("transpose"), registry.find("Reshape")

    if transpose not in graph.ops and reshape not in graph.ops:
        return graph

    def make(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
        if node.op not in (transpose, reshape):
            return None
        below = inputs[0][0]
        if node.op is transpose and below.op is transpose:
            return _joined(node, _axes(below.params), _axes(node.params), below.inputs[0])
        if node.op is reshape and below.op is reshape and _speaks_for_itself(node.params):
            return [(Node(node.op, node.params, node.name, below.inputs, node.attrs, node.origin), 0)]
        return None

    def _joined(node: Node, first: tuple[int, ...], then: tuple[int, ...], source: Entry) -> Sequence[Entry] | None:
        if bool(first) != bool(then):  # how many axes are reversed is not said
            return None
        if not first:
            return [source]
        order = tuple([first[axis] for axis in then])
        if order == tuple(range(len(order))):
            return [source]
        return [(Node(transpose, transpose.parameters({"axes": order}), node.name, (source,), node.attrs, node.origin), 0)]

    return derive(graph, make)


def _axes(params: Any) -> tuple[int, ...]:
    """Spell the axes from 0 on."""
    return tuple([axis % len(params.axes) for axis in params.axes])


def _speaks_for_itself(params: Any) -> bool:
    """Whether the target needs to know no axis of the input; one ``-1`` takes what is left."""
    return bool(params.shape) and not params.reverse and all(size > 0 or size == -1 for size in params.shape)
