"""The order of steps: what has to be computed, in which phase."""

from __future__ import annotations

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
    reads : list of int
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
    reads: list[int]
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
    nodes, inputs, first = graph.nodes, graph.inputs, graph.first
    needed = bytearray(graph.size)
    phase = [0] * len(nodes)  # 0: not computed, 1: forward, 2: backward

    def mark(entries: list[Entry], mine: int) -> None:
        for entry in entries:
            number = graph.number(entry)
            needed[number] = 1
            place = graph.producers[number]
            phase[place] = phase[place] or mine
        for place in range(len(nodes) - 1, -1, -1):
            node = nodes[place]
            if phase[place] != mine or node.op is None:
                continue
            skipped = node.params._layout.only_shape
            for position, number in enumerate(inputs[place]):
                if position not in skipped:
                    needed[number] = 1
                    producer = graph.producers[number]
                    phase[producer] = phase[producer] or mine

    mark([*forward_heads, *forward_updates.values()], 1)
    later = {variable: entry for variable, entry in graph.updates.items() if forward_updates.get(variable) != entry}
    mark([*graph.heads, *later.values()], 2)
    steps: list[Step] = []
    for wanted in (1, 2):
        for place, node in enumerate(nodes):
            if phase[place] != wanted or node.op is None:
                continue
            skipped = node.params._layout.only_shape
            numbers = inputs[place]
            reads = [n for position, n in enumerate(numbers) if position not in skipped] if skipped else list(numbers)
            outputs = range(first[place], first[place] + node.params._layout.size)
            steps.append(Step(node, numbers, reads, outputs, [n for n in outputs if needed[n]], wanted == 2))
    return Schedule(
        steps,
        {variable: graph.number(entry) for variable, entry in forward_updates.items()},
        {variable: graph.number(entry) for variable, entry in later.items()},
    )
