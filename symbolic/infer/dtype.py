"""Types of every value of a graph, from some of them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symbolic.errors import DTypeError, describe
from symbolic.graph.graph import Graph, resting_collector
from symbolic.graph.node import Node
from symbolic.infer.missing import advice
from symbolic.infer.shape import Known, match_arguments, shortened
from symbolic.infer.solve import Attribute, carry, explained, says_nothing, solve
from symbolic.infer.trace import verb_of
from symbolic.values.dtype import dtype_of

__all__ = ["DTYPE", "dtypes_of", "infer_for_user"]


def _join(a: Any, b: Any) -> Any:
    if a is None or a is b:
        return b
    if b is None:
        return a
    if a != b:
        raise DTypeError(f"{a.name} is not {b.name}")
    return a


DTYPE = Attribute("type", None, _join, "infer_dtype", DTypeError)


def dtypes_of(
    graph: Graph, given: Mapping[Node, Any], default: np.dtype | None = None, known: Known = None, source: str | None = None
) -> list[Any]:
    """Infer the type of each value from those of some variables, and from what variables declare (``__dtype__``).

    Parameters
    ----------
    default : numpy.dtype, optional
        The type of variables for which none follows.
    known : (Graph, list), optional
        A graph that shares nodes with this one, and its complete types.
    source : str, optional
        How the user gives types, as ``"given to infer_type"``: an error then tells where each clashing type is from. Empty for
        arrays that an operator is called on.
    """
    facts = _known_at_first(graph, given)
    try:
        told = any(facts[graph.base[node]] is not None for node in graph.variables)
        if told or known is not None or not says_nothing(graph, DTYPE):
            solve(graph, facts, DTYPE, None if known is None else carry(graph, facts, *known))
        if default is not None and None in facts:
            open_ = [start for node, start in zip(graph.nodes, graph.first, strict=True) if node.op is None and facts[start] is None]
            if open_:
                for start in open_:
                    facts[start] = default
                solve(graph, facts, DTYPE)
    except DTypeError as error:
        if source is None:
            raise
        texts = {node: f"{node.name} {dtype.name}" + (f", {source}" if source else "") for node, dtype in given.items()}
        for node in graph.variables:
            if node not in texts and "__dtype__" in node.attrs:
                texts[node] = f"{node.name}, declared" + (f" at {node.line}" if node.line else "")
        raise explained(error, graph, _known_at_first(graph, given), DTYPE, texts, given, verb_of(source)) from None
    return facts


def _known_at_first(graph: Graph, given: Mapping[Node, Any]) -> list[Any]:
    """List for each value what is known before any rule is asked."""
    facts: list[Any] = [None] * graph.size
    for node, start in zip(graph.nodes, graph.first, strict=True):
        if node.op is None:
            found = given.get(node)
            if found is None and "__dtype__" in node.attrs and node.attrs["__dtype__"] != "-1":
                found = dtype_of(node.attrs["__dtype__"], f"__dtype__ of {node.name!r}")
            facts[start] = found
    return facts


@resting_collector()
def infer_for_user(symbol: Any, args: Sequence[Any], kwargs: Mapping[str, Any], partial: bool) -> tuple[Any, Any, Any]:
    """Do `Symbol.infer_type` and its partial form."""
    graph = symbol.graph
    matched = match_arguments(symbol, graph, args, kwargs, "type", graph.variables)
    given = {node: _read(value, node) for node, value in matched.items() if value is not None}
    facts = dtypes_of(graph, given, source=f"given to infer_type{'_partial' if partial else ''}")
    values = [[facts[graph.number((node, 0))] for node in group] for group in (graph.arguments, graph.states)]
    outputs = [facts[graph.number(entry)] for entry in graph.heads]
    if not partial and any(dtype is None for group in (*values, outputs) for dtype in group):
        missing = [(node.name, "unknown") for node in graph.variables if facts[graph.number((node, 0))] is None]
        what = f"cannot decide the types of {len(missing)} arguments from what is given"
        if not missing:
            what = "cannot decide the types of the outputs"
        hint = advice(graph, facts, DTYPE) if missing else None
        warnings.warn(describe(what, operator="infer_type", name=symbol.name, facts=shortened(missing), hint=hint), stacklevel=4)
        return None, None, None
    arguments, states = ([_spelled(dtype) for dtype in group] for group in values)
    return arguments, [_spelled(dtype) for dtype in outputs], states


def _read(value: Any, node: Node) -> np.dtype:
    """Read a type that a user gives; a number would be a size put there by mistake."""
    if isinstance(value, int):
        raise DTypeError(
            describe(
                "a type must be a name or a NumPy type", node=node, facts={"argument": node.name, "got": repr(value), "expected": "dtype"}
            )
        )
    return dtype_of(value, f"type of {node.name!r}")


def _spelled(dtype: Any) -> Any:
    return None if dtype is None else dtype.type
