"""Opening a composite: its body is run once for each set of parameters, and the recipe is copied from then on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symbolic.graph.graph import Graph, depth_first
from symbolic.graph.node import NO_ATTRS, Entry, Node
from symbolic.operator.layout import slots_of
from symbolic.operator.op import MOST_REMEMBERED, Op, Operator
from symbolic.scope import apart
from symbolic.symbol.handle import Symbol

__all__ = ["Recipe", "copy_recipe", "recipe_of"]


@dataclass(slots=True)
class Recipe:
    """A composite's body as a graph.

    Attributes
    ----------
    inputs : list of Node
        A variable for each input of the node.
    results : list of Entry
        A value for each output of the node, hidden ones and new states too.
    steps : list of Node
        The inner nodes, inputs before readers.
    graph : Graph
        All of it, for inference through the body.
    """

    inputs: list[Node]
    results: list[Entry]
    steps: list[Node]
    graph: Graph


def recipe_of(op: Op, params: Operator, is_train: bool = False) -> Recipe:
    """Open the body of a composite, or look it up."""
    assert op.body is not None
    key = (params._same, is_train and "is_train" in op.body.names)
    found = op._templates.get(key)
    if found is None:
        if len(op._templates) >= MOST_REMEMBERED:
            op._templates.clear()
        found = op._templates[key] = _open(op, params, is_train)
    return found


def _open(op: Op, params: Operator, is_train: bool) -> Recipe:
    layout = params._layout
    inputs = [Node(None, None, slot) for slot in layout.inputs]
    symbols = [Symbol([(node, 0)]) for node in inputs]
    with apart():
        yielded = run_body(op, params, [*symbols, *[None] * layout.size], is_train)
    results: list[Entry] = []
    for index, value in enumerate(yielded):
        if value is None:
            names = (*layout.outputs, *layout.hidden)
            raise TypeError(f"{op.name}: the body yields no {names[index]!r}")
        results.append(value._entries[0])
    steps = [node for node in depth_first(results) if node not in inputs]
    variable = next((node for node in steps if node.op is None), None)
    if variable is not None:
        raise TypeError(f"{op.name}: the body leaves an input open ({variable.name})")
    graph = Graph([*results, *[(node, 0) for node in inputs]])
    return Recipe(inputs, results, steps, graph)


def run_body(op: Op, params: Operator, values: list[Any], is_train: bool) -> list[Any]:
    """Run a body on Symbols or arrays; return a value for each output, ``None`` where it yields none.

    A state that the body does not yield keeps its value.
    """
    assert op.body is not None
    layout = params._layout
    slots = slots_of(layout, values)
    slots["is_train"] = is_train
    start = len(layout.inputs)
    results: list[Any] = [None] * layout.size
    for position, version in layout.versions:
        results[version] = values[position]
    for slot, value in op.body(params, slots):
        name = slot if slot in layout.places and slot not in op.inputs else f"new_{slot}"
        if name not in layout.places:
            raise TypeError(f"{op.name}: the body yields {slot!r}, which is no output and no state")
        place = layout.places[name]
        if isinstance(place, range):
            for index, member in zip(place, value, strict=True):
                results[index - start] = member
        elif place is not None:
            results[place - start] = value
    return results


def copy_recipe(recipe: Recipe, node: Node, inputs: tuple[Entry, ...]) -> list[Entry]:
    """Copy a body's nodes for one node of the graph; they are called ``<node>.<number>``."""
    made: dict[Node, Node] = {}
    outer = dict(zip(recipe.inputs, inputs, strict=True))
    name, place = node.name, node.origin
    for number, step in enumerate(recipe.steps):
        entries = tuple([outer[n] if n in outer else (made[n], i) for n, i in step.inputs])
        made[step] = Node(step.op, step.params, f"{name}.{number}", entries, NO_ATTRS, place)
    return [outer[n] if n in outer else (made[n], i) for n, i in recipe.results]
