"""Graphs that nodes hold: what a loop repeats, and how a node's inputs and outputs belong to such graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node

__all__ = ["CELL", "ROW", "SAME", "Loop", "Tie", "ties_of", "written_variables"]

SAME, ROW, CELL = range(3)
Tie = tuple[int, Entry, int]
"""A slot of the node (inputs, then outputs), a value of its graph, and how they belong together: they are the same, or the
slot has a row for each step; where rows of a vector are no scalars but vectors of one element, as in MXNet, it is `CELL`."""


@dataclass(frozen=True, eq=False)
class Loop:
    """What a loop repeats::

        sliced x[t] --\\            /--> stacked y[t]
        carried s   ---+-- body --+
        free w      --/            \\--> new s

    Attributes
    ----------
    sliced, carried, free : tuple of Node
        The variables of the body: one row of an input at each step; what one step hands to the next; what never changes.
    stacked : tuple of Entry
        What is collected, a row at each step.
    new : tuple of Entry
        The next values of ``carried``.
    condition : Entry, optional
        A value of ``carried`` and ``free``; where it is zero, the loop ends.
    limit : int
        The largest number of steps, where there is nothing to slice.
    reverse : bool
        Whether the last row comes first.
    counted : bool
        Whether one more input of the node, the last, says how many steps are made.
    cells : frozenset of Node
        Those of ``sliced`` whose rows, where the whole is a vector, are vectors of one element.
    """

    sliced: tuple[Node, ...]
    carried: tuple[Node, ...]
    free: tuple[Node, ...]
    stacked: tuple[Entry, ...]
    new: tuple[Entry, ...]
    condition: Entry | None = None
    limit: int = 0
    reverse: bool = False
    counted: bool = False
    cells: frozenset[Node] = frozenset()

    @property
    def variables(self) -> tuple[Node, ...]:
        """All variables, in the order of the inputs of a loop node."""
        return (*self.sliced, *self.carried, *self.free)

    @cached_property
    def graph(self) -> Graph:
        """The body."""
        return Graph([*self.stacked, *self.new])

    @cached_property
    def written(self) -> tuple[int, ...]:
        """Places among ``variables`` of those that the body rewrites: states of its operators."""
        found = written_variables(self.graph)
        start = len(self.sliced) + len(self.carried)
        return tuple([start + place for place, node in enumerate(self.free) if node in found])


def written_variables(graph: Graph) -> set[Node]:
    """Find the variables that nodes of a graph rewrite."""
    return {node.inputs[position][0] for node in graph.nodes if node.op is not None for position, _ in node.params._layout.versions}


def ties_of(loop: Loop, sources: Sequence[int], first: int) -> list[tuple[Graph, list[Tie]]]:
    """List how the slots of a loop node belong to values of its graphs.

    Parameters
    ----------
    sources : sequence of int
        For each variable the input of the node that it gets.
    first : int
        The number of inputs, after which outputs are counted.
    """
    start, outputs = len(loop.sliced), first + len(loop.stacked)
    inputs = list(zip(sources, loop.variables, strict=True))
    ties: list[Tie] = [
        (source, (variable, 0), SAME if place >= start else CELL if variable in loop.cells else ROW)
        for place, (source, variable) in enumerate(inputs)
    ]
    condition = ties[start:]
    ties += [(first + place, entry, ROW) for place, entry in enumerate(loop.stacked)]
    for place, (entry, variable) in enumerate(zip(loop.new, loop.carried, strict=True)):
        # what goes in comes out, and goes in again
        ties += [(outputs + place, entry, SAME), (outputs + place, (variable, 0), SAME), (sources[start + place], entry, SAME)]
    graphs = [(Graph([*loop.stacked, *loop.new, *[(variable, 0) for variable in loop.variables]]), ties)]
    if loop.condition is not None:
        graphs.append((Graph([loop.condition, *[(variable, 0) for variable in loop.variables[start:]]]), condition))
    return graphs
