"""Shapes of every value of a graph, from some of them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from symbolic.errors import ArgumentError, ShapeError, UnknownName, closest, describe
from symbolic.graph.graph import Graph, resting_collector
from symbolic.graph.node import Node
from symbolic.infer.missing import advice
from symbolic.infer.solve import Attribute, carry, explained, solve
from symbolic.infer.trace import verb_of
from symbolic.operator.text import Unreadable, read_shape
from symbolic.values.shape import NO_RANK, complete, from_user, to_user, unify

__all__ = ["SHAPE", "infer_for_user", "match_arguments", "shapes_of", "shortened"]

MOST_LISTED = 20  # unknown arguments that a message shows
Known = tuple[Graph, Sequence[Any]] | None
SHAPE = Attribute("shape", NO_RANK, unify, "infer_shape", ShapeError)


def shapes_of(graph: Graph, given: Mapping[Node, Any], declared: bool = True, known: Known = None, source: str | None = None) -> list[Any]:
    """Infer the shape of each value from those of some variables, and from what variables declare (``__shape__``).

    Parameters
    ----------
    known : (Graph, list), optional
        A graph that shares nodes with this one, and its complete shapes.
    source : str, optional
        How the user gives shapes, as ``"given to infer_shape"``: an error then tells where each clashing size is from. Empty for
        arrays that an operator is called on.

    Returns
    -------
    list
        For each value a tuple, with ``UNKNOWN`` sizes where they do not follow, or ``NO_RANK``.
    """
    facts = _known_at_first(graph, given, declared)
    try:
        return solve(graph, facts, SHAPE, None if known is None else carry(graph, facts, *known))
    except ShapeError as error:
        if source is None:
            raise
        texts = {node: f"{node.name} {to_user(shape)}" + (f", {source}" if source else "") for node, shape in given.items()}
        for node in graph.variables:
            if node not in texts and "__shape__" in node.attrs:
                texts[node] = f"{node.name}, declared as {node.attrs['__shape__']}" + (f" at {node.line}" if node.line else "")
        raise explained(error, graph, _known_at_first(graph, given, declared), SHAPE, texts, given, verb_of(source)) from None


def _known_at_first(graph: Graph, given: Mapping[Node, Any], declared: bool) -> list[Any]:
    """List for each value what is known before any rule is asked."""
    facts = [NO_RANK] * graph.size
    for node, start in zip(graph.nodes, graph.first, strict=True):
        if node.op is not None:
            continue
        shape = given.get(node, NO_RANK)
        if declared and "__shape__" in node.attrs:
            declaration = declared_shape(node)
            with suppress(ShapeError):  # where they contradict each other, what is given counts, as in the reference
                shape = unify(shape, declaration)
        facts[start] = shape
    return facts


def shortened(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Cut a long list of facts."""
    return pairs if len(pairs) <= MOST_LISTED else [*pairs[:MOST_LISTED], ("...", f"{len(pairs) - MOST_LISTED} more")]


def declared_shape(node: Node) -> Any:
    """Read a variable's ``__shape__``; MXNet spells an unknown rank ``None``."""
    text = node.attrs["__shape__"]
    if text == "None":
        return NO_RANK
    try:
        return from_user(read_shape(text), f"__shape__ of {node.name!r}")
    except Unreadable:
        raise ShapeError(
            describe(f"attribute __shape__ cannot be {text!r}", node=node, facts={"expected": "a tuple of integers"})
        ) from None


def match_arguments(
    symbol: Any, graph: Graph, args: Sequence[Any], kwargs: Mapping[str, Any], what: str, known: Sequence[Node]
) -> dict[Node, Any]:
    """Match what a user gives by position or by name to variables.

    Raises
    ------
    ArgumentError
        If both ways are used, or too many are given.
    UnknownName
        If a name is no argument's.
    """
    if args and kwargs:
        raise ArgumentError(describe(f"give {what}s by position or by name, not both", operator=f"infer_{what}", name=symbol.name))
    arguments = graph.arguments
    if len(args) > len(arguments):
        raise ArgumentError(
            describe(
                f"too many {what}s",
                operator=f"infer_{what}",
                name=symbol.name,
                facts={"got": len(args), "expected": f"{len(arguments)}, for {', '.join(n.name for n in arguments)}"},
            )
        )
    matched = {node: value for node, value in zip(arguments, args, strict=False) if value is not None}
    if kwargs:
        by_name: dict[str, list[Node]] = {}
        for node in known:
            by_name.setdefault(node.name, []).append(node)
        for name, value in kwargs.items():
            if name not in by_name:
                raise UnknownName(
                    describe(
                        f"no argument is called {name!r}{closest(name, by_name)}",
                        operator=f"infer_{what}",
                        name=symbol.name,
                        facts={"argument": name, "got": f"{what} {value!r}", "expected": ", ".join(by_name)},
                    )
                )
            matched.update(dict.fromkeys(by_name[name], value))
    return matched


def _read(shape: Any, node: Node, name: str | None) -> Any:
    """Read a shape that a user gives."""
    facts = {"argument": node.name, "got": f"{shape!r} ({type(shape).__name__})", "expected": "tuple of int"}
    if not isinstance(shape, (tuple, list)):
        raise ArgumentError(describe("a shape must be a tuple", operator="infer_shape", name=name, facts=facts))
    try:
        return from_user(shape)
    except (ArgumentError, ShapeError) as error:
        raise type(error)(describe(str(error), operator="infer_shape", name=name, facts=facts)) from None


@resting_collector()
def infer_for_user(symbol: Any, args: Sequence[Any], kwargs: Mapping[str, Any], partial: bool) -> tuple[Any, Any, Any]:
    """Do `Symbol.infer_shape` and its partial form."""
    graph = symbol.graph
    matched, name = match_arguments(symbol, graph, args, kwargs, "shape", graph.variables), symbol.name
    given = {node: _read(shape, node, name) for node, shape in matched.items()}
    facts = shapes_of(graph, given, source=f"given to infer_shape{'_partial' if partial else ''}")
    values = [[facts[graph.number((node, 0))] for node in group] for group in (graph.arguments, graph.states)]
    outputs = [facts[graph.number(entry)] for entry in graph.heads]
    if not partial and not all(complete(shape) for group in (*values, outputs) for shape in group):
        open_ = [(node, facts[graph.number((node, 0))]) for node in graph.variables]
        missing = [(node.name, to_user(shape)) for node, shape in open_ if not complete(shape)]
        if missing:
            what = f"cannot decide the shapes of {len(missing)} arguments from what is given (0 is an unknown size)"
            text = describe(what, operator="infer_shape", name=name, facts=shortened(missing), hint=advice(graph, facts, SHAPE))
        else:
            number = next(number for number, shape in enumerate(facts) if not complete(shape))
            text = describe("its rule does not tell the shape of its output", node=graph.nodes[graph.producers[number]])
        warnings.warn(text, stacklevel=4)
        return None, None, None
    arguments, states = ([to_user(shape) for shape in group] for group in values)
    return arguments, [to_user(shape) for shape in outputs], states
