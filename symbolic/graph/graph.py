"""Graph: what a Symbol is turned into when work begins. Nodes in order, values numbered."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import accumulate
from typing import Any

from symbolic.graph.node import Entry, Node

__all__ = ["Graph", "depth_first", "resting_collector"]


@contextmanager
def resting_collector() -> Iterator[None]:
    """Keep the garbage collector from walking a growing graph again and again (a half of the time of long passes)."""
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            gc.enable()


def depth_first(heads: Iterable[Entry]) -> list[Node]:
    """Order all nodes below ``heads``, inputs before their readers, left to right: the order of saved files."""
    seen: set[Node] = set()
    order: list[Node] = []
    stack: list[Any] = [node for node, _ in heads][::-1]
    while stack:
        node = stack.pop()
        if node is None:  # the one below it has all its inputs in the order
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            waits = False
            for below, _ in node.inputs[::-1]:
                if below not in seen:
                    if not waits:
                        waits = True
                        stack.append(node)
                        stack.append(None)
                    stack.append(below)
            if not waits:
                order.append(node)
    return order


class Graph:
    """Heads, the nodes below them in saved order, and a number for every value.

    Attributes
    ----------
    heads : list of Entry
        The values asked for.
    updates : dict of Node to Entry
        Variable -> the value that it holds after a run; filled by ``passes.thread_state``.
    nodes : list of Node
        Inputs before readers.
    sizes : list of int
        For each node, how many values it makes.
    first : list of int
        For each node, the number of its first value; a node's values are numbered in a row.
    base : dict of Node to int
        The same by node.
    inputs : list of tuple of int
        For each node, the numbers of the values it reads.
    size : int
        How many values there are.
    """

    @resting_collector()
    def __init__(self, heads: Sequence[Entry], updates: dict[Node, Entry] | None = None):
        self.heads = list(heads)
        self.updates = updates or {}
        self.nodes = depth_first([*self.heads, *self.updates.values()] if self.updates else self.heads)
        if self.updates:  # a state may be written without being read
            present = set(self.nodes)
            self.nodes = [*[variable for variable in self.updates if variable not in present], *self.nodes]
        self.sizes = [1 if node.op is None else node.params._layout.size for node in self.nodes]
        *self.first, self.size = accumulate(self.sizes, initial=0)
        self.base = base = dict(zip(self.nodes, self.first, strict=True))
        self.inputs = [tuple([base[below] + index for below, index in node.inputs]) for node in self.nodes]

    @cached_property
    def ops(self) -> set[Any]:
        """The operators of its nodes: what concerns none of them need not be asked for each node."""
        found = {node.op for node in self.nodes}
        found.discard(None)
        return found

    @cached_property
    def index(self) -> dict[Node, int]:
        """Node -> its place in ``nodes``."""
        return {node: place for place, node in enumerate(self.nodes)}

    def number(self, entry: Entry) -> int:
        """Number of a value."""
        return self.base[entry[0]] + entry[1]

    @cached_property
    def producers(self) -> list[int]:
        """For each value, the place of the node that makes it."""
        return [place for place, size in enumerate(self.sizes) for _ in range(size)]

    @cached_property
    def readers(self) -> list[list[int]]:
        """For each value, the places of the nodes that read it."""
        readers: list[list[int]] = [[] for _ in range(self.size)]
        for place, numbers in enumerate(self.inputs):
            for number in numbers:
                readers[number].append(place)
        return readers

    @cached_property
    def variables(self) -> list[Node]:
        """Every variable, in order."""
        return [node for node in self.nodes if node.op is None]

    @cached_property
    def states(self) -> list[Node]:
        """The variables that some node declares as its state: the auxiliary ones, in order."""
        found = {
            node.inputs[position][0]
            for node in self.nodes
            if node.op is not None and node.params._layout.states
            for position in node.params._layout.states
            if node.inputs[position][0].op is None
        }
        return [node for node in self.variables if node in found]

    @cached_property
    def arguments(self) -> list[Node]:
        """The variables that are not states."""
        states = set(self.states)
        return [node for node in self.variables if node not in states]
