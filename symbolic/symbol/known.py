"""What is known of a symbol while it is composed: shape and type, as far as its variables declare them.

NumPy's functions ask: where ``np.matmul`` multiplies stacks, how many axes ``np.moveaxis`` permutes, whether ``np.mean`` is of integers.
What variables do not declare is taken for floating-point numbers, as everywhere; a function that cannot do without the
number of axes says so.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from symbolic.errors import ArgumentError, MXNetError, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.values.shape import NO_RANK, UNKNOWN

__all__ = ["is_integer", "known_shape", "known_type", "rank_of"]


class Facts(NamedTuple):
    """Shape and type of each output of a node."""

    shapes: tuple[Any, ...]
    types: tuple[Any, ...]


_facts: WeakKeyDictionary[Node, Facts] = WeakKeyDictionary()  # nodes never change, so neither do these
_blind: dict[Any, Facts] = {}  # parameters -> what follows from them alone: the usual case, where nothing is declared
MOST_REMEMBERED = 4096


def _of_node(node: Node) -> Facts:
    """Infer one node from what is known of its inputs."""
    size = 1 if node.op is None else node.params._layout.size
    nothing = Facts((NO_RANK,) * size, (None,) * size)
    if node.op is None and "__shape__" not in node.attrs and "__dtype__" not in node.attrs:
        return nothing
    given = [(_facts[below].shapes[index], _facts[below].types[index]) for below, index in node.inputs]
    blind = node.op is not None and not node.op.foreign and all(shape is NO_RANK and dtype is None for shape, dtype in given)
    if blind and node.params._same in _blind:
        return _blind[node.params._same]
    alone = node
    variables = [Node(None, None, f"input{place}") for place in range(len(given))]
    if given:  # the node on variables of its own: what lies below has been inferred before
        alone = Node(node.op, node.params, node.name, tuple([(variable, 0) for variable in variables]))
    graph = Graph([(alone, 0)])
    found: list[Any] = []
    for place, (module, function, unknown) in enumerate(_RULES):
        try:
            infer = getattr(importlib.import_module(module), function)  # inference stands above symbols
            values = infer(graph, {variable: pair[place] for variable, pair in zip(variables, given, strict=True)})
            start = graph.base[alone]
            found.append(tuple(values[start : start + size]))
        except MXNetError:  # told to whoever infers or binds the graph
            found.append((unknown,) * size)
    if blind:
        if len(_blind) >= MOST_REMEMBERED:
            _blind.clear()
        _blind[node.params._same] = Facts(*found)
    return Facts(*found)


_RULES = (("symbolic.infer.shape", "shapes_of", NO_RANK), ("symbolic.infer.dtype", "dtypes_of", None))


def _known(entry: Entry) -> tuple[Any, Any]:
    node, index = entry
    stack = [node]
    while stack:
        top = stack[-1]
        if top in _facts:
            stack.pop()
            continue
        missing = [below for below, _ in top.inputs if below not in _facts]
        if missing:
            stack.extend(missing)
        else:
            _facts[top] = _of_node(stack.pop())
    facts = _facts[node]
    return facts.shapes[index], facts.types[index]


def known_shape(symbol: Any) -> Any:
    """Return the shape of a symbol with one output: a tuple, with ``UNKNOWN`` sizes, or ``NO_RANK``."""
    return _known(symbol._entries[0])[0]


def known_type(symbol: Any) -> np.dtype | None:
    """Return the type of a symbol with one output, if variables declare it."""
    return _known(symbol._entries[0])[1]


def is_integer(symbol: Any) -> bool:
    """Whether a symbol is known to hold integers or truth values."""
    dtype = known_type(symbol)
    return dtype is not None and dtype.kind in "iub"


def rank_of(symbol: Any, who: str) -> int:
    """Count the axes of a symbol.

    Raises
    ------
    ArgumentError
        If they are not known; the message says how to declare them.
    """
    shape = known_shape(symbol)
    if shape is NO_RANK:
        raise ArgumentError(
            describe(
                f"{who} has to know how many axes {symbol.name or 'this symbol'} has",
                operator=who,
                facts={"got": f"{symbol!r} of unknown shape", "expected": "a symbol whose variables declare their shapes"},
                hint="declare them: mx.sym.Variable('x', shape=(0, 3, 0)); a size of 0 may stay unknown",
            )
        )
    return len(shape)


def size_of(symbol: Any, axis: int) -> int | None:
    """Return the size of an axis, if it is known."""
    shape = known_shape(symbol)
    if shape is NO_RANK or not -len(shape) <= axis < len(shape) or shape[axis] is UNKNOWN:
        return None
    return shape[axis]
