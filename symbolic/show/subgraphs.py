"""Graphs that nodes hold, loops and branches, as what a picture shows: what goes in, what comes out, what goes round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symbolic.errors import MXNetError
from symbolic.graph.graph import Graph
from symbolic.graph.loop import Loop
from symbolic.graph.node import Entry, Node
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.values.shape import NO_RANK

__all__ = ["Inner", "held_by", "inner_values"]


@dataclass(frozen=True)
class Inner:
    """One graph that a node holds.

    Attributes
    ----------
    title : str
        What it is there for: ``"body"``, ``"then"``.
    graph : Graph
        The graph.
    inputs : list of (Node, int, str)
        A variable of it, which input of the node fills it, and how: ``"row"`` of it, ``"state"`` that steps hand on, or ``""``.
    outputs : list of (Entry, int)
        A value of it, and which output of the node it becomes.
    again : list of (Entry, Node)
        A value of it, and the variable that has it at the next step.
    test : Entry, optional
        The value that ends the loop where it is zero.
    """

    title: str
    graph: Graph
    inputs: list[tuple[Node, int, str]]
    outputs: list[tuple[Entry, int]]
    again: list[tuple[Entry, Node]]
    test: Entry | None = None


def held_by(node: Node) -> list[Inner]:
    """List the graphs that a node holds; none for almost all."""
    params = node.params
    if not getattr(params, "_subgraphs", None):
        return []
    loop: Loop | None = getattr(params, "_loop", None)
    if loop is not None:
        return [_of_loop(loop, params._sources)]
    variables: Sequence[Sequence[Node]] | None = getattr(params, "_variables", None)
    if variables is None:
        return []
    found = []
    for title, graph, members, sources in zip(("condition", "then", "else"), params._subgraphs, variables, params._sources, strict=False):
        inputs = [(variable, source, "") for variable, source in zip(members, sources, strict=True)]
        outputs = [] if title == "condition" else [(entry, place) for place, entry in enumerate(graph._entries)]
        found.append(Inner(title, graph.graph, inputs, outputs, [], graph._entries[0] if title == "condition" else None))
    return found


def _of_loop(loop: Loop, sources: Sequence[int]) -> Inner:
    words = ["row"] * len(loop.sliced) + ["state"] * len(loop.carried) + [""] * len(loop.free)
    heads = [*loop.stacked, *loop.new]
    graph = Graph([*heads, *([] if loop.condition is None else [loop.condition])])
    return Inner(
        f"at most {loop.limit} times" if loop.condition is not None else "last row first" if loop.reverse else "for each row",
        graph,
        [(variable, source, word) for variable, source, word in zip(loop.variables, sources, words, strict=True)],
        [(entry, place) for place, entry in enumerate(heads)],
        list(zip(loop.new, loop.carried, strict=True)),
        loop.condition,
    )


def inner_values(inner: Inner, shapes: Sequence[Any] | None, dtypes: Sequence[Any] | None) -> tuple[list[Any], list[Any]]:
    """Infer the values of a held graph from those of the inputs of its node, as far as they follow.

    Parameters
    ----------
    shapes, dtypes : sequence, optional
        For each input of the node; by default nothing is known.
    """
    graph = inner.graph
    known = set(graph.variables)
    found_shapes, found_dtypes = [NO_RANK] * graph.size, [None] * graph.size
    try:
        if shapes is not None:
            given = {
                v: shapes[s][1:] if word == "row" else shapes[s] for v, s, word in inner.inputs if shapes[s] is not NO_RANK and v in known
            }
            found_shapes = shapes_of(graph, given)
        if dtypes is not None:
            found_dtypes = dtypes_of(graph, {v: dtypes[s] for v, s, _ in inner.inputs if dtypes[s] is not None and v in known})
    except (MXNetError, TypeError):  # what a picture cannot say it leaves out
        pass
    return found_shapes, found_dtypes
