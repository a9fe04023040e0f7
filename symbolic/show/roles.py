"""What each variable of a graph is for: an input, a label, a parameter that training changes, a state."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Literal

from symbolic.errors import ArgumentError, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import match_arguments, shapes_of
from symbolic.symbol.handle import Symbol
from symbolic.values.dtype import dtype_of
from symbolic.values.shape import from_user

__all__ = ["PARAMETER_SLOTS", "Role", "checked_symbol", "given_dtypes", "given_shapes", "roles_of"]

Role = Literal["input", "label", "parameter", "state"]

PARAMETER_SLOTS = frozenset({"weight", "bias", "gamma", "beta", "parameters"})  # what layers of the API call what they learn
_LEARNT_NAME = re.compile(r"(^|[_.])(weight|bias|gamma|beta|parameters)$")
_STATE_NAME = re.compile(r"(^|[_.])(moving|running)_(mean|var)$")
_LEARNT_MARKS = ("__init__", "__lr_mult__", "__wd_mult__")  # annotations that are about training


def roles_of(graph: Graph, given: Collection[Node] = ()) -> dict[Node, Role]:
    """Tell what each variable is for, by where its value goes; names decide only where nothing else does.

    Parameters
    ----------
    given : collection of Node
        The variables whose shapes the user gave: inputs, unless an operator takes them as parameters.

    Notes
    -----
    A *state* is what an operator declares as one. A *parameter* fills a slot for parameters, itself or through operators
    that have none of their own (``_rnn_param_concat``, a cast), or it says how to be trained (``__init__``), or, where
    inputs are given, it declares its shape.
    """
    slots: dict[Node, set[str]] = {}
    learnt: set[Node] = set()  # values that end in a slot for parameters
    direct: set[Node] = set()
    for node in reversed(graph.nodes):
        if node.op is None:
            continue
        names = node.params._layout.inputs
        passes_on = node in learnt and PARAMETER_SLOTS.isdisjoint(names)
        for slot, (below, _) in zip(names, node.inputs, strict=True):
            slots.setdefault(below, set()).add(slot)
            if slot in PARAMETER_SLOTS and not node.op.random:
                direct.add(below)
                learnt.add(below)
            elif passes_on:
                learnt.add(below)
    states = set(graph.states)
    given = set(given)

    def role(node: Node) -> Role:
        if node in states or _STATE_NAME.search(node.name):
            return "state"
        if node in direct or _LEARNT_NAME.search(node.name) or any(mark in node.attrs for mark in _LEARNT_MARKS):
            return "parameter"
        if "label" in slots.get(node, ()) or node.name.endswith("label"):
            return "label"
        if node in given:
            return "input"
        if node in learnt or (given and "__shape__" in node.attrs):
            return "parameter"
        return "input"

    return {node: role(node) for node in graph.variables}


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
        describe("symbol must be a Symbol", name=function, facts={"argument": "symbol", "got": f"{type(symbol).__name__} {symbol!r}", "expected": "Symbol"})
    )


def given_shapes(symbol: Symbol, graph: Graph, shape: Any) -> tuple[set[Node], list[Any]]:
    """Infer the shape of every value from those the user gives by name: the variables named, and a shape for each value."""
    matched = match_arguments(symbol, graph, (), _by_name(symbol, shape, "shape", "{'data': (32, 784)}"), "shape", graph.variables)
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
