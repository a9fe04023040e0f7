"""How many bytes lie in memory at each step of a run: a plan of lifetimes, without an executor.

The graph is lowered as for binding: states become versions, gradients are added, composites opened. Steps run in order, the
gradient of a weight as soon as its inputs are there. A value lives from the step that makes it to the last that reads it;
what only has another shape lies where its source lies, and a step that works element by element takes over an input that
nobody reads later. What an executor needs besides is not known here: room to work in (columns of a convolution), gaps
between buffers of unequal sizes; nor what it saves by computing several steps at once. On real models the buffers and outputs
of the NumPy executor take 0.85 to 1.5 times as much in training, and 1 to 2 times in inference (`tests/cost/test_formula.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from symbolic.backends import executor_class
from symbolic.cost.work import VIEWS
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.passes.pipeline import Lowered, lower

__all__ = ["Run", "run_of"]

# Operators that may write over an input of the size of the output, besides all of ``symbolic.ops.elemwise``.
INPLACE = frozenset(
    {"BatchNorm", "_backward_BatchNorm", "Dropout", "softmax", "log_softmax", "_backward_SoftmaxOutput", "SequenceMask", "relu", "where"}
)


class _Array(NamedTuple):
    """What stands for an array that is not there."""

    shape: tuple[int, ...]
    dtype: Any


@dataclass
class Run:
    """A run in one mode.

    Attributes
    ----------
    lowered : Lowered
        What is computed.
    computed : list of int
        Places of the nodes that are, in order.
    live : list of int
        For each of them, the bytes of the values that lie in buffers while it runs.
    outputs, gradients : int
        Bytes of the arrays that the results go to.
    """

    lowered: Lowered
    computed: list[int]
    live: list[int]
    outputs: int
    gradients: int


def run_of(graph: Graph, shapes: Sequence[Any], dtypes: Sequence[Any], wrt: Collection[Node] | None, is_train: bool) -> Run:
    """Plan a run.

    Parameters
    ----------
    graph : Graph
        As composed.
    shapes, dtypes : sequence
        Of each value, all of them known.
    wrt : collection of Node, optional
        The arguments whose gradients are computed; ``None`` for a forward run alone.
    is_train : bool
        The mode.
    """
    arrays: Any = {node: _Array(shapes[graph.number((node, 0))], dtypes[graph.number((node, 0))]) for node in graph.variables}
    places = None if wrt is None else [place for place, node in enumerate(graph.arguments) if node in wrt]
    lowered = lower(graph, shapes, dtypes, arrays, executor_class("numpy").claims, is_train, places)
    graph = lowered.graph
    nbytes = [prod(shape) * dtype.itemsize for shape, dtype in zip(lowered.shapes, lowered.dtypes, strict=True)]
    for node, start in zip(graph.nodes, graph.first, strict=True):
        if node.op is not None and node.op.name == "_number_like":  # executors keep one number
            nbytes[start] = 0
    heads = [graph.number(entry) for entry in graph.heads]
    phases = _phases(lowered)
    order = [place for phase in (1, 2) for place, node in enumerate(graph.nodes) if phases[place] == phase and node.op is not None]
    order = _hurried(lowered, order, phases)
    live = _live(lowered, order, phases, nbytes)
    count = lowered.outputs
    return Run(lowered, order, live, sum(nbytes[head] for head in heads[:count]), sum(nbytes[head] for head in heads[count:]))


def _reads(graph: Graph, place: int) -> Sequence[int]:
    """List the values of which a node reads more than the shape."""
    skipped = graph.nodes[place].params._layout.only_shape
    numbers = graph.inputs[place]
    return [number for position, number in enumerate(numbers) if position not in skipped] if skipped else numbers


def _phases(lowered: Lowered) -> bytearray:
    """Tell for each node whether the forward phase computes it (1), the backward phase (2), or nothing (0)."""
    graph = lowered.graph
    phases = bytearray(len(graph.nodes))
    ends = [(1, graph.heads[: lowered.outputs]), (1, lowered.forward_updates.values()), (2, graph.heads), (2, graph.updates.values())]
    for phase, entries in ends:
        wanted = [graph.index[node] for node, _ in entries]
        while wanted:
            place = wanted.pop()
            if not phases[place]:
                phases[place] = phase
                if graph.nodes[place].op is not None:
                    wanted += [graph.producers[number] for number in _reads(graph, place)]
    return phases


def _hurried(lowered: Lowered, order: list[int], phases: Sequence[int]) -> list[int]:
    """Let nodes whose values all go to the user run as soon as their inputs are there; see `executors.schedule.hurried`."""
    graph = lowered.graph
    waiting: dict[int, list[int]] = {}  # node -> ends that read it
    missing: dict[int, int] = {}
    backward = {place for place in order if phases[place] == 2}
    for place in backward:
        made = range(graph.first[place], graph.first[place] + graph.sizes[place])
        if not any(graph.readers[number] for number in made):
            below = {graph.producers[number] for number in _reads(graph, place)} & backward
            missing[place] = len(below)
            for source in below:
                waiting.setdefault(source, []).append(place)
    found: list[int] = []
    gone: set[int] = set()
    for place in order:
        if place in gone:
            continue
        found.append(place)
        for end in waiting.get(place, ()):
            missing[end] -= 1
            if not missing[end]:
                found.append(end)
                gone.add(end)
    return found


def _elementwise(node: Node) -> bool:
    return node.op.name in INPLACE or node.op.__module__.startswith("symbolic.ops.elemwise")


def _regions(lowered: Lowered, order: list[int], phases: Sequence[int], root: Sequence[int]) -> list[list[int]]:
    """Put element-wise steps of one shape together where nothing between them is in the way; executors run them as one.

    A step joins the latest region of its shape if all that it reads is there before the region, or is made in it.
    """
    graph = lowered.graph
    made: dict[int, int] = {}  # value -> place of the region that makes it
    found: list[list[int]] = []
    latest: dict[tuple[Any, int], int] = {}
    for place in order:
        here = len(found)
        if graph.nodes[place].op.name in VIEWS:
            made[graph.first[place]] = made.get(root[graph.first[place]], -1)
            continue
        if _elementwise(graph.nodes[place]):
            key = lowered.shapes[graph.first[place]], phases[place]
            there = latest.get(key, -1)
            reads = [made.get(value, -1) for number in _reads(graph, place) for value in (number, root[number])]
            if there >= 0 and max(reads, default=there) <= there and (there in reads or there == here - 1):
                here = there
                found[there].append(place)
            else:
                latest[key] = here
                found.append([place])
        else:
            found.append([place])
        for number in range(graph.first[place], graph.first[place] + graph.sizes[place]):
            made[number] = here
    return found


def _live(lowered: Lowered, order: list[int], phases: Sequence[int], nbytes: Sequence[int]) -> list[int]:
    """Count for each step the bytes in buffers and outputs; variables and gradients lie in arrays of their own."""
    graph = lowered.graph
    root = list(range(graph.size))
    for place in order:
        if graph.nodes[place].op.name in VIEWS:
            root[graph.first[place]] = root[graph.inputs[place][0]]
    regions = _regions(lowered, order, phases, root)
    heads = [graph.number(entry) for entry in graph.heads]
    outside = {*heads[lowered.outputs :], *[graph.number(entry) for entry in graph.updates.values()]} - set(heads[: lowered.outputs])
    boundary = next((turn for turn, region in enumerate(regions) if phases[region[0]] == 2), len(regions))
    last: dict[int, int] = {}
    for turn, region in enumerate(regions):
        for place in region:
            for number in _reads(graph, place):
                base = root[number]
                stays = turn >= boundary and phases[graph.producers[base]] == 1  # `backward` may run twice
                last[base] = len(regions) if stays else turn
    last.update((root[head], len(regions)) for head in heads[: lowered.outputs])
    dying: dict[int, list[int]] = {}
    for number, turn in last.items():
        dying.setdefault(turn, []).append(number)
    held: set[int] = set()  # values in memory now
    now = 0
    live = []
    for turn, region in enumerate(regions):
        own = [number for place in region for number in range(graph.first[place], graph.first[place] + graph.sizes[place])]
        made = [number for number in own if root[number] == number and number not in outside and last.get(number, -1) > turn]
        ending = [number for number in dying.get(turn, ()) if number in held]
        now += sum(nbytes[number] for number in made)
        gone = Counter(nbytes[number] for number in ending)
        taken = gone & Counter(nbytes[number] for number in made) if _elementwise(graph.nodes[region[0]]) else Counter()
        live.append(now - sum(taken.elements()))
        now -= sum(nbytes[number] for number in ending)
        held.update(made)
        held.difference_update(ending)
    return live
