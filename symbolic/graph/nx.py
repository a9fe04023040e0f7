"""A graph as a `networkx.MultiDiGraph`, for its algorithms and for other tools, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from symbolic.errors import ArgumentError, FormatError, MXNetError, UnknownName, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import NO_ATTRS, Entry, Node
from symbolic.registry import find

__all__ = ["from_networkx", "to_networkx"]


def to_networkx(symbol: Any, shapes: Sequence[Any] | None = None, dtypes: Sequence[Any] | None = None) -> nx.MultiDiGraph:
    """Make a multigraph of a symbol's graph, as `Symbol.to_networkx` does.

    Its nodes are numbered in the order of saved files, for names need not be unique. It holds no arrays.

    Parameters
    ----------
    symbol : Symbol
        The graph.
    shapes, dtypes : list, optional
        Of each value of ``symbol.graph``, by number; they become ``shape`` and ``dtype`` of edges and ``shapes`` and ``dtypes`` of nodes.

    Returns
    -------
    networkx.MultiDiGraph
        Of a node: ``name``; ``op``, the operator's name, or ``"null"`` of a variable; ``params`` and ``attrs``, the parameters and
        the annotations as text; ``line``, the user's file and line that made it, if known; ``role``, ``"argument"`` or ``"state"`` of
        variables, ``"operator"`` of the others; and ``subgraphs``, multigraphs too, if the operator holds any.
        Of an edge, from the node that makes a value to the one that reads it: ``input``, the position among the reader's inputs,
        which is also the edge's key; ``slot``, its name there; and ``output``, which of the maker's outputs it is.
        Of the graph: ``heads``, a list of ``(node, output)``.

    Examples
    --------
    >>> import networkx
    >>> net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="fc")
    >>> [data["slot"] for _, _, data in net.to_networkx().in_edges(3, data=True)]
    ['data', 'weight', 'bias']
    >>> networkx.dag_longest_path_length(net.to_networkx())
    1
    """
    graph: Graph = symbol.graph
    states = set(graph.states)
    made = nx.MultiDiGraph(heads=[(graph.index[node], output) for node, output in graph.heads])
    for number, node in enumerate(graph.nodes):
        facts: dict[str, Any] = {"name": node.name, "op": "null", "params": {}, "attrs": dict(node.attrs), "line": node.line}
        facts["role"] = "operator" if node.op is not None else "state" if node in states else "argument"
        if node.op is not None:
            facts.update(op=node.op.name, params=dict(node.params._words))
            inner = getattr(node.params, "_subgraphs", ())
            if inner:
                facts["subgraphs"] = [to_networkx(one) for one in inner]
            if not _is_registered(node.op):
                facts["outputs"] = node.params._layout.size
        values = slice(graph.first[number], graph.first[number] + graph.sizes[number])
        for key, known in (("shapes", shapes), ("dtypes", dtypes)):
            if known is not None:
                facts[key] = list(known[values])
        made.add_node(number, **facts)
    for number, node in enumerate(graph.nodes):
        slots = () if node.op is None else node.params._layout.inputs
        for position, (below, output) in enumerate(node.inputs):
            edge: dict[str, Any] = {"input": position, "slot": slots[position], "output": output}
            value = graph.base[below] + output
            for key, known in (("shape", shapes), ("dtype", dtypes)):
                if known is not None:
                    edge[key] = known[value]
            made.add_edge(graph.index[below], number, key=position, **edge)
    return made


def _is_registered(op: Any) -> bool:
    try:
        return find(op.name).canonical is op.canonical
    except MXNetError:
        return False


def from_networkx(graph: nx.MultiDiGraph, make: Any, opaque: Any) -> list[Entry]:
    """Make the values of a graph that has the form of `to_networkx`; see `symbolic.symbol.functions.from_networkx`.

    Parameters
    ----------
    make : callable
        Makes a symbol of values, for subgraphs.
    opaque : callable ``(name, words, inputs, outputs) -> (Op, Operator)``
        Makes what stands for an operator that is not known.
    """
    if not isinstance(graph, nx.DiGraph):
        raise ArgumentError(describe("this is no directed graph", facts={"got": type(graph).__name__, "expected": "networkx.MultiDiGraph"}))
    heads = graph.graph.get("heads")
    if not heads or not all(isinstance(head, (tuple, list)) and len(head) == 2 for head in heads):
        facts = {"got": repr(heads), "expected": "a list of (node, output)"}
        raise FormatError(describe("graph.graph['heads'] tells which values a symbol has", facts=facts))
    made: dict[Any, Node] = {}
    for key in _ordered(graph):
        made[key] = _node(graph, key, made, make, opaque)
    for key, output in heads:
        if key not in made:
            raise UnknownName(describe("a head is no node of the graph", facts={"got": key, "expected": "a node"}))
        _check_output(made[key], output, "heads", key)
    return [(made[key], output) for key, output in heads]


def _ordered(graph: nx.DiGraph) -> list[Any]:
    """Order the nodes, inputs first; of several orders the one that is nearest to that of the nodes' own."""
    place = {key: number for number, key in enumerate(graph.nodes)}
    try:
        return list(nx.lexicographical_topological_sort(graph, key=place.__getitem__))
    except nx.NetworkXUnfeasible:
        cycle = [edge[0] for edge in nx.find_cycle(graph)]
        names = [str(graph.nodes[key].get("name", key)) for key in (*cycle[:8], cycle[0])]
        facts = {
            "found": f"{' -> '.join(names[:-1])}{' -> ...' if len(cycle) > 8 else ''} -> {names[-1]}",
            "expected": "a graph without cycles",
        }
        raise FormatError(describe("a value cannot depend on itself", facts=facts)) from None


def _inputs(graph: nx.DiGraph, key: Any, made: Mapping[Any, Node], name: str) -> tuple[Entry, ...]:
    found: dict[int, Entry] = {}
    for below, _, edge in graph.in_edges(key, data=True):
        position, output = edge.get("input"), edge.get("output", 0)
        if not isinstance(position, int) or isinstance(position, bool) or position < 0:
            facts = {"edge": f"{below} -> {key}", "got": repr(position), "expected": "the position among the inputs: 0, 1, ..."}
            raise FormatError(describe("an edge needs an attribute 'input'", name=name, facts=facts))
        if position in found:
            facts = {"got": f"from {found[position][0].name} and from {made[below].name}", "expected": "one edge"}
            raise FormatError(describe(f"two edges lead to input {position}", name=name, facts=facts))
        _check_output(made[below], output, name, below)
        found[position] = (made[below], output)
    missing = [position for position in range(len(found)) if position not in found]
    if missing:
        facts = {"got": f"inputs {sorted(found)}", "expected": f"{missing[0]}, too"}
        raise FormatError(describe("an input is missing", name=name, facts=facts))
    return tuple(found[position] for position in range(len(found)))


def _check_output(node: Node, output: Any, reader: str, key: Any) -> None:
    size = 1 if node.op is None else node.params._layout.size
    if not isinstance(output, int) or isinstance(output, bool) or not 0 <= output < size:
        facts = {"node": f"{key} {node.name!r}", "got": repr(output), "expected": f"0 to {size - 1}"}
        raise FormatError(describe("there is no such output", name=reader, facts=facts))


def _words(facts: Mapping[str, Any], key: str, name: str) -> dict[str, str]:
    words = facts.get(key) or {}
    if not isinstance(words, Mapping) or not all(isinstance(k, str) and isinstance(v, str) for k, v in words.items()):
        raise FormatError(describe(f"'{key}' of a node are text", name=name, facts={"got": repr(words), "expected": "dict of str to str"}))
    return dict(words)


def _node(graph: nx.DiGraph, key: Any, made: Mapping[Any, Node], make: Any, opaque: Any) -> Node:
    """Make one node, whose inputs are made."""
    facts = graph.nodes[key]
    name, op_name = facts.get("name"), facts.get("op")
    if not isinstance(name, str) or not isinstance(op_name, str):
        what = "a node that an edge leads to or from was never added" if not facts else "a node needs 'name' and 'op'"
        got = {"node": repr(key), "got": repr(dict(facts)), "expected": "name: str, op: str ('null' of a variable)"}
        raise FormatError(describe(what, facts=got))
    inputs = _inputs(graph, key, made, name)
    attrs = _words(facts, "attrs", name) or NO_ATTRS
    if op_name == "null":
        if inputs:
            raise FormatError(describe("a variable has no inputs", name=name, facts={"got": f"{len(inputs)} edges", "expected": "none"}))
        return Node(None, None, name, (), attrs)
    words = _words(facts, "params", name)
    inner = [make(from_networkx(one, make, opaque)) for one in facts.get("subgraphs", ())]
    if "outputs" in facts:
        op, params = opaque(op_name, words, len(inputs), int(facts["outputs"]))
        params._subgraphs = inner
    else:
        op = find(op_name).canonical
        params = op.parameters(words, name)
        if op.subgraphs or inner:
            op.hold(params, inner)
    slots = params._layout.inputs
    if len(inputs) != len(slots):
        got = {"got": f"{len(inputs)} inputs", "expected": f"{len(slots)}: {', '.join(slots[:8])}"}
        raise FormatError(describe("the inputs do not fit the operator", operator=op_name, name=name, facts=got))
    return Node(op, params, name, inputs, attrs)
