"""Composing with a graph: ``net(data=other)`` puts values in the place of variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symbolic.errors import ArgumentError, UnknownName, closest, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import Replacement, mapped, rebuild

__all__ = ["substituted"]


def substituted(graph: Graph, symbols: Sequence[Any], named: Mapping[str, Any], owner: str | None, name: str | None) -> list[Entry]:
    """Put one-output symbols in the place of variables.

    Parameters
    ----------
    graph : Graph
        What is composed; it stays as it is.
    symbols : sequence of Symbol
        By position, in the order of the arguments.
    named : mapping of str to Symbol
        By name; every variable of that name is replaced.
    owner : str or None
        Name of what is composed, for messages.
    name : str, optional
        A new name for the node of the first head, wherever it is read.

    Returns
    -------
    list of Entry
        The new heads.
    """
    if symbols and named:
        raise ArgumentError(describe("compose with positional or with keyword symbols, not both", name=owner))
    if name is not None and not isinstance(name, str):
        raise ArgumentError(
            describe("the name of a node must be a string", name=owner, facts={"argument": "name", "got": repr(name), "expected": "str"})
        )
    wanted = graph.variables if named else graph.arguments
    names = [node.name for node in wanted]
    if len(symbols) > len(wanted):
        raise ArgumentError(
            describe("too many symbols", name=owner, facts={"got": len(symbols), "expected": f"at most {len(wanted)}: {names}"})
        )
    replaced: Replacement = {node: [_single(value, node.name, owner)] for node, value in zip(wanted, symbols, strict=False)}
    for key, value in named.items():
        found = [node for node in wanted if node.name == key]
        if not found:
            facts = {"argument": key, "expected": names}
            raise UnknownName(describe(f"no variable is called {key!r}{closest(key, names)}", name=owner, facts=facts))
        replaced.update(dict.fromkeys(found, (_single(value, key, owner),)))
    renamed = graph.heads[0][0] if name is not None else None

    def make(node: Node, inputs: tuple[Entry, ...]) -> list[Entry] | None:
        if node is not renamed or node.op is None:
            return None
        twin = Node(node.op, node.params, str(name), inputs, node.attrs, node.origin)
        return [(twin, index) for index in range(node.params._layout.size)]

    rebuild(graph.nodes, make, replaced)
    return [mapped(entry, replaced) for entry in graph.heads]


def _single(value: Any, argument: str, owner: str | None) -> Entry:
    """Take the one value of a symbol."""
    facts = {"argument": argument, "got": repr(value), "expected": "Symbol"}
    if not hasattr(value, "list_outputs"):
        raise ArgumentError(describe("compose with Symbols", name=owner, facts=facts))
    if len(value) != 1:
        facts |= {"got": value.list_outputs(), "expected": "one output"}
        raise ArgumentError(describe("pick one output to compose with", name=owner, facts=facts))
    return value._entries[0]
