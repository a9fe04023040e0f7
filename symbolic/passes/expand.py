"""Open composites: their bodies take their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symbolic import ops
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import derive
from symbolic.operator.body import copy_recipe, recipe_of
from symbolic.operator.op import Op
from symbolic.scope import apart
from symbolic.symbol.handle import Symbol

__all__ = ["expand", "is_float", "widest", "without_gradient"]

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


def without_gradient(op: Op) -> bool:
    """Whether the gradient pass needs a composite opened."""
    return op.gradient is None and op.differentiable


def expand(graph: Graph, wanted: Callable[[Op], bool], is_train: bool = False, dtypes: Sequence[Any] | None = None) -> Graph:
    """Put bodies in the place of the composites that are ``wanted``::

        x -> softrelu -> y     =>     x -> abs -> negative -> exp -> log1p -> add -> y
                                       \\-> max ----------------------------/

    Parameters
    ----------
    wanted : callable
        Says whether an operator is to be opened.
    is_train : bool
        The mode, for bodies that depend on it.
    dtypes : sequence, optional
        The type of each value. A body computes in the widest floating-point type of its inputs, at least float32:
        they are widened to it, and results narrowed to their type.
    """

    def make(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
        op = node.op
        if op is None or op.body is None or not wanted(op):
            return None
        recipe = recipe_of(op, node.params, is_train)
        if dtypes is None or node not in graph.index or op.own_types or op.subgraphs:  # what is in it widens for itself
            return copy_recipe(recipe, node, inputs)
        place = graph.index[node]
        first = graph.first[place]
        before = [dtypes[number] for number in graph.inputs[place]]
        wide = widest(before)
        after = dtypes[first : first + node.params._layout.size]
        inputs = tuple([_cast(entry, wide) if is_float(t) and t != wide else entry for entry, t in zip(inputs, before, strict=True)])
        return [
            _cast(value, t) if is_float(t) and t != wide else value
            for value, t in zip(copy_recipe(recipe, node, inputs), after, strict=True)
        ]

    while any(op.body is not None and wanted(op) for op in graph.ops):
        graph, dtypes = derive(graph, make), None  # what was widened outside is wide within
    return graph


def is_float(dtype: Any) -> bool:
    """Whether a type is one of floating-point numbers."""
    return dtype is not None and dtype.kind not in "iub"


def widest(dtypes: Sequence[Any]) -> Any:
    """Return the type in which a body computes: the widest floating-point one, at least float32."""
    return FLOAT64 if FLOAT64 in dtypes else FLOAT32


def _cast(entry: Entry, dtype: np.dtype) -> Entry:
    with apart():
        return ops.Cast(Symbol([entry]), dtype=dtype, name=f"{entry[0].name}.cast")._entries[0]
