"""The structure of a graph in JSON: check all of it but what operators say, make nothing.

::

    graph = {"nodes": [node], "arg_nodes": [number of a variable], "heads": [entry], "node_row_ptr": [number], "attrs": {"mxnet_version": ["int", 10901]}}
    node  = {"op": "null" for a variable, "name": text, "attrs": {text: text}, "inputs": [entry], "subgraphs": [graph]}
    entry = [number of a node, number of its output, version]

Of 2015 are ``param`` for an operator's parameters beside ``attr`` for annotations, entries of two numbers, and no ``node_row_ptr``.
Then ``attr`` stood for both, since 0.12 ``attrs``. ``control_deps`` and ``backward_source_id`` say nothing about what a graph
computes; versions, of variables that operators rewrite, follow from the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from symbolic.errors import FormatError
from symbolic.files.json_text import Limits, broken, shown

__all__ = ["GraphText", "NodeText", "read_layout"]

UNSTATED = 800  # the version of files that state none: 0.8 and before
VARIABLE = "null"
_TOP_KEYS = frozenset({"nodes", "arg_nodes", "heads", "node_row_ptr", "attrs"})
_NODE_KEYS = frozenset({"op", "name", "attrs", "attr", "param", "inputs", "control_deps", "backward_source_id", "subgraphs"})
_NONE: dict[str, str] = {}
_LARGEST = 2**31 - 1  # numbers of outputs and versions


@dataclass(slots=True)
class NodeText:
    """A node as it stands in a file.

    Attributes
    ----------
    op, name : str
        As written.
    inputs : list of list of int
        Node and output, perhaps a version.
    attributes : dict of str
        Parameters and annotations.
    annotations : dict of str
        What the file tells from parameters, as in 2015; `upgrade` joins them.
    subgraphs : list of GraphText
        Graphs that stand in it.
    """

    op: str
    name: str
    inputs: list[list[int]]
    attributes: dict[str, str]
    annotations: dict[str, str]
    subgraphs: Sequence[GraphText] = ()


@dataclass(slots=True)
class GraphText:
    """A graph as it stands in a file.

    Attributes
    ----------
    place : str
        Where: nothing, or ``"nodes[3] 'loop' subgraphs[0] "``.
    version : int
        Of the MXNet that wrote it: 10901 is 1.9.1.
    np_shape : bool
        Whether it was written under ``np_shape``, where 0 is a length.
    nodes : list of NodeText
        All nodes.
    heads : list of list of int
        Node and output.
    outputs : list of int or None
        How many outputs each node has, hidden ones too; old files do not tell.
    """

    place: str
    version: int = UNSTATED
    nodes: list[NodeText] = field(default_factory=list)
    heads: list[list[int]] = field(default_factory=list)
    outputs: list[int] | None = None
    np_shape: bool = False

    def shown(self, number: int) -> str:
        """Say which node: ``nodes[17] 'fc1'``."""
        return f"{self.place}nodes[{number}] {shown(self.nodes[number].name)}"


def read_layout(top: dict[str, Any], name: str, limits: Limits) -> list[GraphText]:
    """Check a graph and those that stand in it; each comes before the ones within it."""
    graphs = [GraphText("")]
    waiting = [(graphs[0], top, 0)]
    count = _Count(limits)
    while waiting:
        graph, raw, level = waiting.pop()
        if level > limits.subgraphs:
            facts = [("found", f"{level} levels"), ("needed", f"at most {limits.subgraphs}")]
            raise broken(name, graph.place.rstrip(), "graphs stand too deep in graphs", facts, "limits=Limits(subgraphs=...) allows more")
        for node, within in _Check(name, graph, count).check(raw):
            node.subgraphs = [GraphText(f"{place} ", graph.version, np_shape=graph.np_shape) for place, _ in within]
            graphs += node.subgraphs
            waiting += [(inner, raw, level + 1) for inner, (_, raw) in zip(node.subgraphs, within, strict=True)]
    return graphs


class _Count:
    """What a file may still have of what is limited, and the limits."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.nodes = limits.nodes
        self.attribute_bytes = limits.attribute_bytes


class _Check:
    """A way through the values of one graph; each method raises where something is not as it must be."""

    def __init__(self, file: str, graph: GraphText, left: _Count):
        self.file = file
        self.graph = graph
        self.left = left
        self.count = 0
        self.operators: set[str] = set()  # names that were checked
        self.number = -1  # of the node at hand
        self.name: str | None = None
        self.short = left.limits.name_bytes // 4  # characters that are not too long in any spelling

    def check(self, raw: dict[str, Any]) -> list[tuple[NodeText, list[tuple[str, dict[str, Any]]]]]:
        """Check everything; return the nodes in which graphs stand, with the place and the value of each."""
        graph = self.graph
        for key in raw:
            if key not in _TOP_KEYS:
                raise self.broken(f"key {shown(key)}", "unknown key of a graph", shown(key), ", ".join(sorted(_TOP_KEYS)))
        nodes, arguments, heads = (self.listed(raw, key) for key in ("nodes", "arg_nodes", "heads"))
        if "attrs" in raw:
            graph.version = self.version(raw["attrs"])
            graph.np_shape = raw["attrs"].get("is_np_shape", ("int", 0))[1] not in (0, False)
        self.left.nodes -= len(nodes)
        if self.left.nodes < 0:
            raise self.beyond("nodes", "too many nodes", len(nodes), "nodes")
        self.count = len(nodes)
        nested = []
        for number, node in enumerate(nodes):
            self.number = number
            graph.nodes.append(self.node(node))
            if "subgraphs" in node:
                nested.append((graph.nodes[-1], self.subgraphs(node["subgraphs"])))
        self.number, self.name = -1, None
        self.arguments(arguments)
        for position, head in enumerate(heads):
            self.entry(head, "heads", position)
        graph.heads = heads
        if "node_row_ptr" in raw:
            graph.outputs = self.outputs(raw["node_row_ptr"])
        return nested

    def listed(self, raw: dict[str, Any], key: str) -> list[Any]:
        """Check that a key holds a list; all but that of variables need a member."""
        found = raw.get(key)
        if type(found) is not list:
            what = f"'{key}' must be a list" if key in raw else f"'{key}' is missing"
            raise self.broken(f"key '{key}'", what, shown(found) if key in raw else "nothing", "a list")
        if not found and key != "arg_nodes":
            raise self.broken(f"key '{key}'", f"the graph has no {key}", "[]", "one or more")
        return found

    def version(self, attributes: Any) -> int:
        """Read the version of the program that wrote the file."""
        needed = '{"mxnet_version": ["int", 10901]}'
        if type(attributes) is not dict:
            raise self.broken("key 'attrs'", "'attrs' of a graph must be an object", shown(attributes), needed)
        for key, value in attributes.items():
            if type(value) is not list or len(value) != 2 or type(value[0]) is not str:
                raise self.broken(f"attrs {shown(key)}", "an attribute of a graph must be a type and a value", shown(value), needed)
        kind, version = attributes.get("mxnet_version", ("int", UNSTATED))
        if kind != "int" or type(version) is not int or not 0 <= version <= _LARGEST:
            raise self.broken("attrs 'mxnet_version'", "the version cannot be read", shown([kind, version]), needed)
        return version

    def node(self, node: Any) -> NodeText:
        """Check a node."""
        self.name = None
        if type(node) is not dict:
            raise self.broken("", "a node must be an object", shown(node), "an object with op, name and inputs")
        name = node.get("name")
        if type(name) is not str:
            raise self.lacking(node, "name", "a string")
        self.name = name
        if not name.isascii() or "\0" in name or len(name) > self.short:
            self.title(name, "name")
        op, inputs = node.get("op"), node.get("inputs")
        if type(op) is not str:
            raise self.lacking(node, "op", "the name of an operator, or 'null' for a variable")
        if op not in self.operators:
            self.operator(op)
        if type(inputs) is not list:
            raise self.lacking(node, "inputs", "a list of [node, output, version]")
        count = self.count
        for position, entry in enumerate(inputs):
            if type(entry) is list and len(entry) == 3:  # as `entry` does, without a call: most are sound
                number, index, version = entry
                if (
                    type(number) is type(index) is type(version) is int
                    and 0 <= number < count
                    and 0 <= index < 1024
                    and 0 <= version < 1024
                ):
                    continue
            self.entry(entry, "inputs", position)
        if inputs and op == VARIABLE:
            raise self.broken("inputs", "a variable has no inputs", shown(inputs), "[]")
        if len(node) == 3:
            return NodeText(op, name, inputs, _NONE, _NONE)
        if len(node) == 4 and "attrs" in node:
            return NodeText(op, name, inputs, self.texts("attrs", node["attrs"]), _NONE)
        return NodeText(op, name, inputs, *self.rare(node))

    def operator(self, op: str) -> None:
        """Check the name of an operator, once."""
        self.title(op, "op")
        if not op.strip():
            raise self.broken("op", "'op' of a node is empty", shown(op), "the name of an operator, or 'null' for a variable")
        self.operators.add(op)

    def title(self, text: str, key: str) -> None:
        """Check a name: it must be text that a file can hold, and short."""
        if not text.isascii() or "\0" in text:
            self.spelling(text, key)
        limit = self.left.limits.name_bytes
        if 4 * len(text) > limit and (length := len(text.encode())) > limit:
            raise self.beyond(key, f"the {key} of a node is too long", f"{length} bytes", "name_bytes")

    def spelling(self, text: str, place: str) -> None:
        """Check text that is not plain."""
        if "\0" in text:
            raise self.broken(place, "NUL in a text", shown(text), "no NUL")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise self.broken(place, "a text is not UTF-8", shown(text), "no lone surrogates") from None

    def entry(self, entry: Any, key: str, position: int) -> None:
        """Check a reference to an output of a node; how many outputs that has, its operator knows."""
        if type(entry) is list and 2 <= len(entry) <= 3:
            number, index, version = entry[0], entry[1], entry[-1]
            if type(number) is type(index) is type(version) is int:
                if 0 <= number < self.count and 0 <= index <= _LARGEST and 0 <= version <= _LARGEST:
                    return
                if not 0 <= number < self.count:
                    raise self.broken(f"{key}[{position}]", "there is no such node", number, f"0 to {self.count - 1}")
        needed = "[node, output, version], integers from 0; the last may be left out"
        raise self.broken(f"{key}[{position}]", "this is no value of a node", shown(entry), needed)

    def texts(self, group: str, found: Any) -> dict[str, str]:
        """Check names and texts of attributes."""
        if type(found) is not dict:
            raise self.broken(group, f"'{group}' must be an object", shown(found), "names and texts")
        length = 0
        for key, text in found.items():
            if type(text) is not str:
                raise self.broken(f"{group} {shown(key)}", "an attribute must be a string", shown(text), "a string")
            if not text.isascii() or not key.isascii() or "\0" in text or "\0" in key:
                self.spelling(key, f"{group} {shown(key)}")
                self.spelling(text, f"{group} {shown(key)}")
            length += len(key) + len(text)
        self.left.attribute_bytes -= length
        if self.left.attribute_bytes < 0:
            raise self.beyond(group, "the attributes of all nodes are too long", f"{length} bytes here", "attribute_bytes")
        return found

    def rare(self, node: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """Check the keys of a node of an unusual kind; return attributes, and those that the file tells to be annotations."""
        for key in node:
            if key not in _NODE_KEYS:
                raise self.broken(f"key {shown(key)}", "unknown key of a node", shown(key), ", ".join(sorted(_NODE_KEYS)))
        source = node.get("backward_source_id", -1)
        if type(source) is not int or not -1 <= source < self.count:
            raise self.broken("backward_source_id", "there is no such node", shown(source), f"-1 to {self.count - 1}")
        earlier = node.get("control_deps", [])
        if type(earlier) is not list or any(type(number) is not int or not 0 <= number < self.count for number in earlier):
            raise self.broken("control_deps", "there are no such nodes", shown(earlier), f"a list of numbers from 0 to {self.count - 1}")
        if "attrs" in node and "attr" in node:
            raise self.broken("keys 'attr' and 'attrs'", "attributes stand in two places", "both", "one of them")
        shared = next((self.texts(key, node[key]) for key in ("attrs", "attr") if key in node), _NONE)
        return (self.texts("param", node["param"]), shared) if "param" in node else (shared, _NONE)

    def subgraphs(self, found: Any) -> list[tuple[str, dict[str, Any]]]:
        """Check that graphs stand in a node; return the place of each, and the graph as it is."""
        if type(found) is not list:
            raise self.broken("subgraphs", "'subgraphs' must be a list", shown(found), "a list of graphs")
        for position, graph in enumerate(found):
            if type(graph) is not dict:
                raise self.broken(
                    f"subgraphs[{position}]", "a subgraph must be an object", shown(graph), "an object with nodes, arg_nodes and heads"
                )
        return [(self.place(f"subgraphs[{position}]"), graph) for position, graph in enumerate(found)]

    def arguments(self, found: list[Any]) -> None:
        """Compare ``arg_nodes`` with the variables there are."""
        variables = [number for number, node in enumerate(self.graph.nodes) if node.op == VARIABLE]
        if found == variables and all(type(number) is int for number in found):
            return
        for position, number in enumerate(found):
            if type(number) is not int or not 0 <= number < self.count:
                raise self.broken(f"arg_nodes[{position}]", "there is no such node", shown(number), f"0 to {self.count - 1}")
        if sorted(found) != variables:
            raise self.broken("arg_nodes", "'arg_nodes' does not list the variables", shown(found), f"{shown(variables)}, in any order")

    def outputs(self, found: Any) -> list[int]:
        """Read from ``node_row_ptr`` how many outputs each node has: it adds them up."""
        needed = f"{self.count + 1} integers that grow from 0, by 1 at variables"
        if type(found) is not list or any(type(number) is not int for number in found):
            raise self.broken("node_row_ptr", "'node_row_ptr' must be a list of integers", shown(found), needed)
        if len(found) != self.count + 1 or found[0] != 0:
            raise self.broken("node_row_ptr", "'node_row_ptr' does not fit the nodes", f"{len(found)} numbers: {shown(found)}", needed)
        outputs = [after - before for before, after in pairwise(found)]
        for number, (size, node) in enumerate(zip(outputs, self.graph.nodes, strict=True)):
            if size < 1 or (size > 1 and node.op == VARIABLE):
                place = f"node_row_ptr[{number + 1}], behind {self.graph.shown(number)}"
                raise self.broken(place, "'node_row_ptr' does not fit the nodes", found[number + 1], needed)
        return outputs

    def place(self, part: str) -> str:
        """Spell where in the file something is."""
        node = f"nodes[{self.number}] " if self.number >= 0 else ""
        name = f"{shown(self.name)} " if self.name is not None else ""
        return f"{self.graph.place}{node}{name}{part}".rstrip()

    def lacking(self, node: dict[str, Any], key: str, needed: str) -> FormatError:
        what = f"'{key}' of a node is {'of the wrong kind' if key in node else 'missing'}"
        return self.broken(key, what, shown(node[key]) if key in node else "nothing", needed)

    def beyond(self, part: str, what: str, found: Any, limit: str) -> FormatError:
        facts = [("found", found), ("needed", f"at most {getattr(self.left.limits, limit)}")]
        return broken(self.file, self.place(part), what, facts, f"limits=Limits({limit}=...) allows more")

    def broken(self, part: str, what: str, found: Any, needed: Any) -> FormatError:
        return broken(self.file, self.place(part), what, [("found", found), ("needed", needed)])
