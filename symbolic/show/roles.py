"""What each variable of a graph is for: an input, a label, a weight of a layer, a state."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Literal

from symbolic.errors import ArgumentError, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node, input_names
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import match_arguments, shapes_of
from symbolic.symbol.handle import Symbol
from symbolic.values.dtype import dtype_of
from symbolic.values.shape import from_user

__all__ = ["PARAMETER_SLOTS", "Role", "checked_symbol", "given_dtypes", "given_shapes", "roles_of"]

Role = Literal["input", "label", "weight", "parameter", "state"]

PARAMETER_SLOTS = frozenset({"weight", "bias", "gamma", "beta", "parameters"})  # what layers of the API call what they learn
_LEARNT_NAME = re.compile(r"(^|[_.])(weight|bias|gamma|beta|parameters)$")
_STATE_NAME = re.compile(r"(^|[_.])(moving|running)_(mean|var)$")


def roles_of(graph: Graph, given: Collection[Node] = ()) -> dict[Node, Role]:
    """Tell what each variable is for, by where its value goes; names decide only where nothing else does.

    Parameters
    ----------
    given : collection of Node
        The variables whose shapes the user gave: inputs, unless an operator takes them as its weights.

    Notes
    -----
    A *state* is what an operator declares as one. A *weight* fills a slot for parameters, itself or through operators
    that have none of their own (``_rnn_param_concat``, a cast). Another *parameter* says how to be trained (``__init__``)
    or, where inputs are given, declares its shape: what layers by hand are made of, ``x * scale + shift``.
    """
    direct, learnt = _learnt(graph)
    labels = {entry[0] for node in graph.nodes for slot, entry in zip(input_names(node), node.inputs, strict=True) if slot == "label"}
    states = set(graph.states)

    def role(node: Node) -> Role:
        if node in states or _STATE_NAME.search(node.name):
            return "state"
        if node in direct or _LEARNT_NAME.search(node.name):
            return "weight"
        if node in labels or node.name.endswith("label"):
            return "label"
        if node in given:
            return "input"
        if node in learnt:
            return "weight"
        trained = "__init__" in node.attrs or {"__lr_mult__", "__wd_mult__"} <= node.attrs.keys() or (given and "__shape__" in node.attrs)
        return "parameter" if trained else "input"

    return {node: role(node) for node in graph.variables}


def _learnt(graph: Graph) -> tuple[set[Node], set[Node]]:
    """Find what fills slots for parameters: itself, and itself or through operators without such slots."""
    direct: set[Node] = set()
    learnt: set[Node] = set()
    for node in reversed(graph.nodes):
        names = input_names(node)
        passes_on = node in learnt and PARAMETER_SLOTS.isdisjoint(names)
        for slot, (below, _) in zip(names, node.inputs, strict=True):
            if slot in PARAMETER_SLOTS and not node.op.random:
                direct.add(below)
                learnt.add(below)
            elif passes_on:
                learnt.add(below)
    return direct, learnt


def checked_symbol(symbol: Any, function: str) -> Symbol:
    """Return ``symbol`` if it is one.

    Raises
    ------
    ArgumentError
        If not.
    """
    if isinstance(symbol, Symbol):
        return symbol
    raise ArgumentError(
        describe(
            "symbol must be a Symbol",
            name=function,
            facts={"argument": "symbol", "got": f"{type(symbol).__name__} {symbol!r}", "expected": "Symbol"},
        )
    )


def given_shapes(symbol: Symbol, graph: Graph, shape: Any) -> tuple[set[Node], list[Any]]:
    """Infer the shape of every value from those the user gives by name: the variables named, and a shape for each value."""
    matched = match_arguments(symbol, graph, (), _by_name(symbol, shape, "shape", "{'data': (32, 784)}"), "shape", graph.variables)
    for node, value in matched.items():
        if not isinstance(value, (tuple, list)):
            facts = {"argument": node.name, "got": repr(value), "expected": "tuple of int"}
            raise ArgumentError(describe("a shape must be a tuple", name=symbol.name, facts=facts))
    given = {node: from_user(value, f"shape of {node.name!r}") for node, value in matched.items()}
    return set(given), shapes_of(graph, given)


def given_dtypes(symbol: Symbol, graph: Graph, dtype: Any) -> list[Any]:
    """Infer the type of every value from those the user gives by name."""
    matched = match_arguments(symbol, graph, (), _by_name(symbol, dtype, "dtype", "{'data': 'float32'}"), "type", graph.variables)
    return dtypes_of(graph, {node: dtype_of(value, f"type of {node.name!r}") for node, value in matched.items()})


def _by_name(symbol: Symbol, value: Any, argument: str, example: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return value
    raise ArgumentError(
        describe(
            f"{argument} must be a dict, argument name -> {argument}",
            name=symbol.name,
            facts={"argument": argument, "got": f"{type(value).__name__} {value!r}", "expected": f"dict, such as {example}"},
        )
    )
