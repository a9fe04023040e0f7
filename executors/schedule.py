"""The order of steps: what has to be computed, in which phase."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node

__all__ = ["Schedule", "Step", "hurried", "schedule"]


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


def schedule(
    graph: Graph, forward_heads: list[Entry], forward_updates: dict[Node, Entry], late: Collection[Node] = frozenset()
) -> Schedule:
    """Order the steps of a graph: what ``forward_heads`` and ``forward_updates`` need, then the rest.

    A value that is only asked for its shape is not computed. Backward steps of ``late`` nodes stand right before the
    first step that reads them.
    """
    nodes, first, sizes = graph.nodes, graph.first, graph.sizes
    reads: list[Sequence[int]] = [*graph.inputs]
    skipping = {op for op in graph.ops if op.subgraphs or any(field.only_shape for field in op.inputs.values())}
    for place, node in enumerate(nodes) if skipping else ():
        if node.op in skipping and (skipped := node.params._layout.only_shape):
            reads[place] = [number for position, number in enumerate(graph.inputs[place]) if position not in skipped]
    needed = bytearray(graph.size)
    phase = bytearray(len(nodes))  # 0: not computed, 1: forward, 2: backward

    def mark(entries: list[Entry], mine: int) -> None:
        wanted = [number for number in map(graph.number, entries) if not needed[number]]
        for number in wanted:
            needed[number] = 1
        for place in range(len(nodes) - 1, -1, -1) if wanted else ():  # readers come before what they read
            if not phase[place] and needed.find(1, first[place], first[place] + sizes[place]) >= 0:
                phase[place] = mine
                for number in reads[place]:
                    needed[number] = 1

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
        [*steps[0], *(_put_off(steps[1], late) if late else steps[1])],
        {variable: graph.number(entry) for variable, entry in forward_updates.items()},
        {variable: graph.number(entry) for variable, entry in later.items()},
    )


def _put_off(steps: list[Step], late: Collection[Node]) -> list[Step]:
    """Move the steps of ``late`` nodes behind everything that does not need them."""
    waiting = {step.node: step for step in steps if step.node in late}
    found: list[Step] = []
    for step in steps:
        if step.node in late:
            continue
        stack = [step]
        while stack:
            below = next((below for below, _ in stack[-1].node.inputs if below in waiting), None)
            if below is None:
                found.append(stack.pop())
            else:
                stack.append(waiting.pop(below))
    return found


def hurried(steps: Sequence[Step], ends: Collection[int], root: Callable[[int], int]) -> list[Step]:
    """Let backward steps whose results go straight to the user run as soon as they can.

    The gradient of a weight frees what only it still reads; left where it is, behind the gradients of all layers below,
    it would keep them all::

        d3, d2, d1, dw3, dw2, dw1     =>     d3, dw3, d2, dw2, d1, dw1

    Parameters
    ----------
    ends : collection of int
        Values that go to the user.
    root : callable
        The value in whose memory a value lies.
    """
    if not steps or not steps[-1].backward:
        return list(steps)
    made = {root(value) for step in steps if step.backward for value in step.writes}
    inner = {root(value) for step in steps for value in step.reads}
    waiting: dict[int, list[Step]] = {}  # value -> ends that read it
    missing: dict[int, int] = {}  # place in memory of an end -> how many of its values are not there yet
    for step in steps:
        if step.backward and step.writes and all(value in ends and root(value) not in inner for value in step.writes):
            values = {root(value) for value in step.reads} & made
            missing[id(step)] = len(values)
            for value in values:
                waiting.setdefault(value, []).append(step)
    found: list[Step] = []
    gone: set[int] = set()
    for step in steps:
        if id(step) in gone:
            continue
        found.append(step)
        for value in step.writes:
            for end in waiting.get(root(value), ()):
                missing[id(end)] -= 1
                if not missing[id(end)]:
                    found.append(end)
                    gone.add(id(end))
    return found
