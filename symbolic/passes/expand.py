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

__all__ = ["expand", "without_gradient"]

NARROW = ("float16", "bfloat16")


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
        The type of each value. Bodies of narrow floating-point types compute in float32: their inputs are widened,
        their results narrowed.
    """
    narrow = [] if dtypes is None else [dtype is not None and dtype.name in NARROW for dtype in dtypes]
    if not any(narrow):
        narrow = []

    def make(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
        op = node.op
        if op is None or op.body is None or not wanted(op):
            return None
        recipe = recipe_of(op, node.params, is_train)
        if narrow and dtypes is not None and node in graph.index:
            place = graph.index[node]
            first, numbers = graph.first[place], graph.inputs[place]
            results = range(first, first + node.params._layout.size)
            if any(narrow[number] for number in (*numbers, *results)):
                inputs = tuple([_cast(entry, np.dtype("float32")) if narrow[n] else entry for entry, n in zip(inputs, numbers, strict=True)])
                values = copy_recipe(recipe, node, inputs)
                return [_cast(value, dtypes[n]) if narrow[n] else value for value, n in zip(values, results, strict=True)]
        return copy_recipe(recipe, node, inputs)

    while True:
        opened = derive(graph, make)
        if opened is graph:
            return graph
        graph, narrow = opened, []  # what was widened outside is wide within


def _cast(entry: Entry, dtype: np.dtype) -> Entry:
    with apart():
        return ops.Cast(Symbol([entry]), dtype=dtype, name=f"{entry[0].name}.cast")._entries[0]
