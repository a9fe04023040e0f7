"""Gradients of loops: a loop backwards over the rows that the forward one kept.

The body is differentiated once, as a graph. What its gradient reads of the forward body, the forward loop collects row
by row, as if it were an output; the backward loop slices these rows from the last to the first, carries the gradients of
what was carried, and adds up those of what stayed::

    forward    s[t+1], y[t], h[t] = body(x[t], s[t], w)
    backward   ds[t], dx[t], dw  += gradient of body(ds[t+1], dy[t], h[t], w)

Nothing is computed twice, so random draws, and operators that users write, are met once at each step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbolic import ops
from symbolic.autodiff.gradient import gradients
from symbolic.errors import GradientError
from symbolic.graph.graph import Graph
from symbolic.graph.loop import Loop
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import Replacement, derive, mapped, rebuild
from symbolic.infer.dtype import dtypes_of
from symbolic.ops.control import Backward, loop_node, loop_parameters
from symbolic.passes.expand import expand, without_gradient
from symbolic.scope import apart
from symbolic.symbol.handle import Symbol

__all__ = ["record_loops"]


def record_loops(graph: Graph, dtypes: Sequence[Any] | None = None) -> Graph:
    """Put loops that keep what their gradients need in the place of the others::

        x -> _foreach -> y     =>     x -> _loop -> y
                                             \\-> rows for the way back

    Conditions are loops of one step or none by now (`passes.expand`).

    Parameters
    ----------
    dtypes : sequence, optional
        The type of each value, for bodies that must be widened.
    """

    def make(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
        if node.op is None or not hasattr(node.params, "_loop"):
            return None
        loop = node.params._loop
        numbers = graph.inputs[graph.index[node]]
        types = (
            None if dtypes is None else {v: dtypes[numbers[source]] for v, source in zip(loop.variables, node.params._sources, strict=True)}
        )
        params = _recorded(loop, types)
        entries = [inputs[source] for source in node.params._sources] + ([inputs[-1]] if loop.counted else [])
        twin = loop_node(params, node.name, entries, node.origin)
        kept = len(params._loop.stacked) - len(loop.stacked)
        stop = len(loop.stacked)
        visible = [*twin[:stop], *twin[stop + kept :]]  # collected, carried, steps, versions
        if loop.condition is not None and len(node.params._layout.outputs) == stop + len(loop.new):
            del visible[stop + len(loop.new)]  # a node that does not tell its steps
        return [symbol._entries[0] for symbol in visible]

    return derive(graph, make)


def _recorded(loop: Loop, types: dict[Node, Any] | None) -> Any:
    """Make the parameters of a loop that keeps rows, with its way back; or with the reason why there is none."""
    body = expand(loop.graph, without_gradient, dtypes=None if types is None else dtypes_of(loop.graph, types))
    body = record_loops(body, None if types is None else dtypes_of(body, types))
    stacked, new = body.heads[: len(loop.stacked)], body.heads[len(loop.stacked) :]
    d_heads = [Node(None, None, f"d_{place}") for place in range(len(body.heads))]
    try:
        found = gradients(body.heads, [(node, 0) for node in d_heads], [(variable, 0) for variable in loop.variables])
    except GradientError as error:
        params = loop_parameters(_with(loop, stacked, new))
        params._backward = error
        return params
    way = _WayBack(loop, body, d_heads, found)
    params = loop_parameters(_with(loop, [*stacked, *way.kept], new))
    params._backward = way.made()
    return params


def _with(loop: Loop, stacked: Sequence[Entry], new: Sequence[Entry]) -> Loop:
    return Loop(
        loop.sliced, loop.carried, loop.free, tuple(stacked), tuple(new), loop.condition, loop.limit, loop.reverse, loop.counted, loop.cells
    )


class _WayBack:
    """The backward loop while it is made.

    Attributes
    ----------
    kept : list of Entry
        What the forward loop has to collect.
    """

    def __init__(self, loop: Loop, body: Graph, d_heads: list[Node], found: Sequence[Entry | None]):
        self.loop, self.d_heads, self.found = loop, d_heads, found
        self.kept: list[Entry] = []
        self.rows: dict[Entry, Node] = {}  # what is kept -> the variable of its rows
        self.read: set[Node] = set()  # variables whose values are read, not just their shapes
        self.present: set[Node] = set()  # variables that are there
        forward = {*body.nodes, *loop.variables}
        self.replaced: Replacement = {}
        graph = Graph([entry for entry in found if entry is not None])
        for node in graph.nodes:
            if node not in forward and node.op is not None:
                for position, entry in enumerate(node.inputs):
                    self.meet(entry, entry[0] in forward, position not in node.params._layout.only_shape)
        for entry in graph.heads:
            self.meet(entry, entry[0] in forward, True)
        rebuild([node for node in graph.nodes if node not in forward], lambda node, inputs: None, self.replaced)

    def meet(self, entry: Entry, forward: bool, read: bool) -> None:
        """Note a value that the gradient reads; rows of it are kept if it changes from step to step."""
        node, _ = entry
        if forward and (node.op is not None or node in self.loop.carried):
            if entry not in self.rows:
                self.rows[entry] = Node(None, None, f"kept_{len(self.kept)}")
                self.kept.append(entry)
                size = 1 if node.op is None else node.params._layout.size
                self.replaced[node] = [(self.rows.get((node, index)) or node, 0) for index in range(size)]
            node = self.rows[entry]
        if node.op is None:
            self.present.add(node)
            if read:
                self.read.add(node)

    def made(self) -> Backward | GradientError | None:
        """Lay out the loop."""
        loop = self.loop
        gradient = {
            node: None if entry is None else mapped(entry, self.replaced) for node, entry in zip(loop.variables, self.found, strict=True)
        }
        first, states = len(loop.stacked), len(loop.sliced)
        heads = [place for place in range(first) if self.d_heads[place] in self.present]
        carried = [
            place for place, node in enumerate(loop.carried) if gradient[node] is not None or self.d_heads[first + place] in self.present
        ]
        rows = [place for place, node in enumerate(loop.sliced) if node in self.present]
        wrt = [place for place, node in enumerate(loop.sliced) if gradient[node] is not None]
        free = [place for place, node in enumerate(loop.variables) if place >= states + len(loop.carried) and node in self.present]
        sums = [place for place, node in enumerate(loop.variables) if place >= states + len(loop.carried) and gradient[node] is not None]
        if not (wrt or carried or sums):
            return Backward(None, [], [], [], [], [], [], [])
        if not (heads or rows or self.kept or loop.limit):
            rows = [0]  # its rows are counted, if nothing else
        totals = [Node(None, None, f"sum_{place}") for place in sums]
        sliced = [*[self.d_heads[place] for place in heads], *[loop.sliced[place] for place in rows], *self.rows.values()]
        with apart():
            new = [self.next_state(place, gradient[loop.carried[place]]) for place in carried]
            new += [_sum(total, gradient[loop.variables[place]]) for total, place in zip(totals, sums, strict=True)]
        way = Loop(
            tuple(sliced),
            (*[self.d_heads[first + place] for place in carried], *totals),
            tuple([loop.variables[place] for place in free]),
            tuple([gradient[loop.sliced[place]] for place in wrt]),  # type: ignore[misc]
            tuple(new),
            limit=loop.limit,
            reverse=not loop.reverse,
            counted=loop.counted or loop.condition is not None,
            cells=loop.cells.intersection(sliced),
        )
        params = loop_parameters(way, [place for place, node in enumerate(sliced) if node not in self.read])
        history = range(first, first + len(self.kept))
        return Backward(params, heads, rows, list(history), carried, sums, free, wrt)

    def next_state(self, place: int, gradient: Entry | None) -> Entry:
        if gradient is not None:
            return gradient
        return ops.zeros_like(Symbol([(self.d_heads[len(self.loop.stacked) + place], 0)]))._entries[0]


def _sum(total: Node, gradient: Entry | None) -> Entry:
    assert gradient is not None
    return ops.elemwise_add(Symbol([(total, 0)]), Symbol([gradient]))._entries[0]
