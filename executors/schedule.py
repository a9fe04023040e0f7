"""The order of steps: what has to be computed, in which phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node

__all__ = ["Schedule", "Step", "schedule"]


@dataclass(slots=True)
class Step:
    """One node to be computed.

    Attributes
    ----------
    node : Node
        The node.
    inputs : tuple of int
        Numbers of all values it names; those in ``reads`` are really read.
    reads : sequence of int
        Numbers of the values whose elements it reads.
    outputs : range
        Numbers of its values; a kernel gets ``None`` for those not in ``writes``.
    writes : list of int
        Numbers of the values somebody needs.
    backward : bool
        The phase.
    """

    node: Node
    inputs: tuple[int, ...]
    reads: Sequence[int]
    outputs: range
    writes: list[int]
    backward: bool


@dataclass(slots=True)
class Schedule:
    """All steps, forward ones first, and who writes which state when."""

    steps: list[Step]
    forward_updates: dict[Node, int] = field(default_factory=dict)
    backward_updates: dict[Node, int] = field(default_factory=dict)


def schedule(graph: Graph, forward_heads: list[Entry], forward_updates: dict[Node, Entry]) -> Schedule:
    """Order the steps of a graph: what ``forward_heads`` and ``forward_updates`` need, then the rest.

    A value that is only asked for its shape is not computed.
    """
    nodes, first, sizes, producers = graph.nodes, graph.first, graph.sizes, graph.producers
    reads: list[Sequence[int]] = [*graph.inputs]
    for place, node in enumerate(nodes):
        if node.op is not None and (skipped := node.params._layout.only_shape):
            reads[place] = [number for position, number in enumerate(graph.inputs[place]) if position not in skipped]
    needed = bytearray(graph.size)
    phase = bytearray(len(nodes))  # 0: not computed, 1: forward, 2: backward

    def mark(entries: list[Entry], mine: int) -> None:
        wanted = [graph.number(entry) for entry in entries]
        while wanted:
            number = wanted.pop()
            needed[number] = 1
            place = producers[number]
            if not phase[place]:
                phase[place] = mine
                wanted += reads[place]

    mark([*forward_heads, *forward_updates.values()], 1)
    later = {variable: entry for variable, entry in graph.updates.items() if forward_updates.get(variable) != entry}
    mark([*graph.heads, *later.values()], 2)
    steps: tuple[list[Step], list[Step]] = ([], [])
    for place, node in enumerate(nodes):
        if phase[place] and node.op is not None:
            outputs = range(first[place], first[place] + sizes[place])
            writes = [first[place]] if sizes[place] == 1 else [number for number in outputs if needed[number]]
            steps[phase[place] - 1].append(Step(node, graph.inputs[place], reads[place], outputs, writes, phase[place] == 2))
    return Schedule(
        [*steps[0], *steps[1]],
        {variable: graph.number(entry) for variable, entry in forward_updates.items()},
        {variable: graph.number(entry) for variable, entry in later.items()},
    )
