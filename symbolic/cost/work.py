"""What each node of a graph costs: floating-point operations, bytes read and written, parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from symbolic.cost.rules import WORK
from symbolic.graph.graph import Graph
from symbolic.graph.loop import CELL, ROW
from symbolic.graph.node import Node
from symbolic.infer.shape import SHAPE
from symbolic.infer.solve import solve
from symbolic.operator.body import recipe_of
from symbolic.operator.layout import slots_of
from symbolic.show.roles import Role, roles_of
from symbolic.values.shape import NO_RANK, complete

__all__ = ["Cost", "costs"]

HELD = ("weight", "parameter")
VIEWS = frozenset({"Reshape", "Flatten", "expand_dims", "squeeze", "reshape_like", "_restore_axes", "_on_axis", "_insert_axes"})


class Cost(NamedTuple):
    """What one run of a node costs; ``None`` where it does not follow from what is known.

    Attributes
    ----------
    flops : int or None
        Floating-point operations: a multiply-add is two, a comparison or a function such as ``exp`` one; see `rules`.
    read, written : int or None
        Bytes of the values that it reads, each once, and of those that it makes. A node that only gives a value another
        shape moves none. What an executor saves by computing several nodes at once is not known here.
    parameters : int or None
        Elements of the parameters that it is the first to read; a shared one counts at its first reader. States are none.
    """

    flops: int | None
    read: int | None
    written: int | None
    parameters: int | None


NOTHING = Cost(0, 0, 0, 0)


def costs(
    graph: Graph, shapes: Sequence[Any], dtypes: Sequence[Any], roles: Mapping[Node, Role] | None = None, is_train: bool = False
) -> list[Cost]:
    """Count what each node costs.

    Parameters
    ----------
    graph : Graph
        As composed, or after any pass.
    shapes, dtypes : sequence
        For each value, by its number. An unknown type counts as float32, which binding would make it.
    roles : dict of Node to str, optional
        What the variables are for, as `show.roles.roles_of` says.
    is_train : bool
        The mode: dropout and the statistics of batch normalisation cost nothing in inference.

    Returns
    -------
    list of Cost
        One for each of ``graph.nodes``. A variable costs nothing.
    """
    roles = roles_of(graph) if roles is None else roles
    read_somewhere = _read_values(graph)
    meter = _Meter(is_train)
    sizes = [_bytes(shape, dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
    counted: set[Node] = set()
    found = []
    for node, numbers, start in zip(graph.nodes, graph.inputs, graph.first, strict=True):
        if node.op is None:
            found.append(NOTHING)
            continue
        layout = node.params._layout
        new = [below for below, _ in dict.fromkeys(node.inputs) if below not in counted and roles.get(below) in HELD]
        counted.update(new)
        made = range(start, start + layout.size)
        wanted = [number in read_somewhere for number in made]
        read = written = 0
        if node.op.name not in VIEWS:
            seen = {number for place, number in enumerate(numbers) if place not in layout.only_shape}
            versions = {version for _, version in layout.versions}
            read = total(sizes[number] for number in seen)
            written = total(sizes[number] for index, number in enumerate(made) if wanted[index] or index in versions)
        values = (*[shapes[number] for number in numbers], *[shapes[number] for number in made])
        found.append(Cost(meter.flops(node, values, wanted), read, written, total(_elements(shapes[graph.number((v, 0))]) for v in new)))
    return found


def total(parts: Any) -> int | None:
    """Add up; ``None`` if one is."""
    added = 0
    for part in parts:
        if part is None:
            return None
        added += part
    return added


def _elements(shape: Any) -> int | None:
    return prod(shape) if complete(shape) else None


def _bytes(shape: Any, dtype: Any) -> int | None:
    return prod(shape) * (4 if dtype is None else dtype.itemsize) if complete(shape) else None


def _read_values(graph: Graph) -> set[int]:
    """Find the values that somebody reads: what a node makes besides, executors leave out."""
    found = {graph.number(entry) for entry in (*graph.heads, *graph.updates.values())}
    for numbers in graph.inputs:
        found.update(numbers)
    return found


class _Meter:
    """Counts operations, once for nodes that are alike."""

    def __init__(self, is_train: bool):
        self.is_train = is_train
        self.known: dict[Any, int | None] = {}

    def flops(self, node: Node, values: tuple[Any, ...], wanted: Sequence[bool]) -> int | None:
        """Count the operations of one node, from the shapes of its inputs and outputs; of gradients those that are wanted."""
        rule = WORK.get(node.op.name)
        if rule is None and node.op.body is None and not node.op.subgraphs:
            return None
        key = (node.params._same, values, tuple(wanted))
        if key not in self.known:
            if rule is not None:
                self.known[key] = self._by_rule(rule, node.params, values, wanted)
            elif node.op.body is not None:
                self.known[key] = self._of_body(node, values)
            else:
                self.known[key] = self._of_loop(node.params, values)
        return self.known[key]

    def _by_rule(self, rule: Any, params: Any, values: tuple[Any, ...], wanted: Sequence[bool]) -> int | None:
        layout = params._layout
        start = len(layout.inputs)
        gradients = params._op.name.startswith("_backward_")
        given = [None if gradients and place >= start and not wanted[place - start] else value for place, value in enumerate(values)]
        slots = slots_of(layout, given)
        slots["is_train"] = self.is_train
        for name in rule.names:
            shape = slots[name]
            for each in shape if isinstance(shape, list) else (shape,):
                if each is not None and not isinstance(each, bool) and not complete(each):
                    return None
        return rule(params, slots)

    def _of_body(self, node: Node, values: tuple[Any, ...]) -> int | None:
        """Add up the nodes of a composite's body."""
        recipe = recipe_of(node.op, node.params, self.is_train)
        graph = recipe.graph
        facts = [NO_RANK] * graph.size
        entries = [*[(variable, 0) for variable in recipe.inputs], *recipe.results]
        for entry, shape in zip(entries, values, strict=True):
            if facts[graph.number(entry)] is NO_RANK:
                facts[graph.number(entry)] = shape
        return self._of_graph(graph, solve(graph, facts, SHAPE))

    def _of_loop(self, params: Any, values: tuple[Any, ...]) -> int | None:
        """Multiply the graphs of a loop by its steps: as many as there are rows, or the most that there may be."""
        if not hasattr(params, "_ties"):
            return None
        steps: int | None = params._length
        parts: list[int | None] = []
        for graph, ties in params._ties:
            facts = [NO_RANK] * graph.size
            for place, entry, kind in ties:
                number, shape = graph.number(entry), values[place]
                if kind in (ROW, CELL) and shape is not NO_RANK:
                    if steps is None and place < len(params._layout.inputs) and complete(shape[:1]):
                        steps = shape[0]
                    shape = (1,) if kind == CELL and len(shape) == 1 else shape[1:]
                if facts[number] is NO_RANK:
                    facts[number] = shape
            parts.append(self._of_graph(graph, solve(graph, facts, SHAPE)))
        body = total(parts)
        return None if body is None or steps is None else body * steps

    def _of_graph(self, graph: Graph, shapes: list[Any]) -> int | None:
        wanted = _read_values(graph)
        return total(
            self.flops(
                node,
                (*[shapes[number] for number in numbers], *shapes[start : start + size]),
                [number in wanted for number in range(start, start + size)],
            )
            for node, numbers, start, size in zip(graph.nodes, graph.inputs, graph.first, graph.sizes, strict=True)
            if node.op is not None
        )
