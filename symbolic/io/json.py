"""Graphs as JSON text, as MXNet of every age wrote it; written so that MXNet 1.9.1 reads it.

Reading goes in two passes: the whole text is parsed and checked, then nodes are made. Nothing in it is evaluated.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from symbolic import ops, registry
from symbolic.errors import ArgumentError, FileError, FormatError, MXNetError, printable
from symbolic.graph.graph import depth_first, resting_collector
from symbolic.graph.node import NO_ATTRS, Entry, Node
from symbolic.io import atomic
from symbolic.io.upgrade import NodeText, upgrade
from symbolic.operator.opaque import opaque_node_params
from symbolic.scope import HIDDEN_KEYS
from symbolic.symbol.handle import Symbol

__all__ = ["from_json", "load", "save", "to_json"]

VERSION = 10901
MOST_BYTES = 2**30
MOST_NODES = 2_000_000
MOST_DEPTH = 64
MOST_NAME = 65536
MOST_ATTRIBUTES = 32 * 2**20
TOP_KEYS = {"nodes", "arg_nodes", "heads", "node_row_ptr", "attrs", "attr"}
NODE_KEYS = {"op", "name", "attrs", "attr", "param", "inputs", "control_deps", "backward_source_id", "subgraphs"}
_ = ops


def broken(place: str, problem: str, got: Any = None, expected: str | None = None) -> FormatError:
    """Make the error for a fault in a file: what kind of file, where, what was found and what was expected."""
    text = f"symbol JSON, {printable(place, 200)}: {problem}"
    if got is not None or expected is not None:
        text += f"\n  got       {printable(_spelled(got), 200)}"
    if expected is not None:
        text += f"\n  expected  {printable(expected, 400)}"
    return FormatError(text)


def _spelled(value: Any) -> str:
    return repr(value) if not isinstance(value, (dict, list)) or len(value) < 20 else f"{type(value).__name__} of {len(value)}"


# -- reading ----------------------------------------------------------------------------------------------------------


def load(path: Any) -> Symbol:
    """Read a graph from a file; see ``mx.sym.load``."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise ArgumentError(f"load needs a path, not {type(path).__name__}")
    try:
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileError(f"cannot read {printable(os.fsdecode(path), 500)}: {error.strerror}", error) from None
    except ValueError as error:
        raise ArgumentError(f"cannot read {os.fsdecode(path)!r}: {error}") from None
    return from_json(content)


@resting_collector()
def from_json(text: Any) -> Symbol:
    """Read a graph from JSON text.

    Raises
    ------
    FormatError
        Saying where the fault is: ``nodes[17] 'fc1'``, ``inputs[2]``.
    """
    if isinstance(text, (bytes, bytearray)):
        if len(text) > MOST_BYTES:
            raise broken("file", "too large", len(text), f"at most {MOST_BYTES} bytes")
        try:
            text = bytes(text).decode("utf-8")
        except UnicodeDecodeError as error:
            raise broken(f"byte {error.start}", "not UTF-8", bytes(error.object[error.start : error.start + 4])) from None
    if not isinstance(text, str):
        raise ArgumentError(f"load_json needs a string, not {type(text).__name__}")
    top = _parse(text)
    nodes, heads = _checked(top)
    return _build(nodes, heads)


def _parse(text: str) -> dict[str, Any]:
    if not text.strip():
        raise broken("start", "the file is empty", text[:20], "a JSON object")
    try:
        top = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise broken(f"line {error.lineno} column {error.colno} (char {error.pos})", error.msg, text[error.pos : error.pos + 20]) from None
    except RecursionError:
        raise broken("start", "nested too deeply", None, f"at most {MOST_DEPTH} levels") from None
    if not isinstance(top, dict):
        raise broken("top", "not an object", type(top).__name__, "an object with nodes, arg_nodes and heads")
    return top


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise broken(f"key {key!r}", "stands twice in one object")
            seen.add(key)
    return made


def _no_constant(word: str) -> Any:
    raise broken(word, "is no JSON number", word, "a finite number")


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise broken(digits[:30], "number too large", digits[:30], "at most 20 digits")
    return int(digits)


def _checked(top: dict[str, Any]) -> tuple[list[NodeText], list[tuple[int, int]]]:
    """Check everything but what operators say: keys, types, names, references, cycles."""
    for key in top:
        if key not in TOP_KEYS:
            raise broken(f"key {key!r}", "unknown at the top", key, ", ".join(sorted(TOP_KEYS)))
    for key in ("nodes", "arg_nodes", "heads"):
        if not isinstance(top.get(key), list):
            problem = "is missing" if key not in top else "must be a list"
            raise broken(f"key {key!r}", problem, top.get(key), "a list")
    raw, heads = top["nodes"], top["heads"]
    if not raw:
        raise broken("nodes", "the graph has no nodes", [], "one node or more")
    if not heads:
        raise broken("heads", "the graph has no heads", [], "one head or more")
    if len(raw) > MOST_NODES:
        raise broken("nodes", "too many nodes", len(raw), f"at most {MOST_NODES}")
    version = _version(top)
    total = 0
    nodes = []
    for place, node in enumerate(raw):
        text = _node(place, node, len(raw))
        total += text.weight
        if total > MOST_ATTRIBUTES:
            raise broken(f"nodes[{place}]", "attributes too large in all", total, f"at most {MOST_ATTRIBUTES} bytes")
        nodes.append(text)
    variables = [place for place, node in enumerate(nodes) if node.op == "null"]
    arguments = top["arg_nodes"]
    for place, number in enumerate(arguments):
        _identifier(number, len(nodes), f"arg_nodes[{place}]")
    if sorted(arguments) != variables:
        odd = next(iter(set(arguments) ^ set(variables)), None)
        raise broken(f"arg_nodes ({odd})", "does not list the variables", arguments[:20], f"{variables[:20]}")
    if arguments != variables:
        raise broken("arg_nodes", "is not in order", arguments[:20], f"{variables[:20]}")
    entries = [_entry(value, len(nodes), f"heads[{place}]") for place, value in enumerate(heads)]
    _row_pointers(top.get("node_row_ptr"), nodes)
    upgrade(nodes, version)
    return nodes, entries


def _version(top: Mapping[str, Any]) -> int:
    attributes = top.get("attrs", top.get("attr", {}))
    if not isinstance(attributes, dict):
        raise broken("attrs", "must be an object", attributes, '{"mxnet_version": ["int", 10901]}')
    found = attributes.get("mxnet_version")
    if found is None:
        return 0 if "attrs" not in top else VERSION if "attrs" in top and not attributes else 0
    if isinstance(found, list) and len(found) == 2 and found[0] == "int" and type(found[1]) is int and 0 <= found[1] < 2**31:
        return found[1]
    raise broken("attrs.mxnet_version", "cannot be read", found, '["int", 10901]')


def _row_pointers(pointers: Any, nodes: list[NodeText]) -> None:
    if pointers is None:
        return
    if not isinstance(pointers, list) or any(type(p) is not int for p in pointers):
        raise broken("node_row_ptr", "must be a list of integers", pointers, "integers that grow")
    if len(pointers) != len(nodes) + 1 or pointers[0] != 0 or any(a > b for a, b in zip(pointers, pointers[1:], strict=False)):
        raise broken("node_row_ptr", "does not fit the nodes", pointers[:20], f"{len(nodes) + 1} integers that grow from 0")


def _identifier(value: Any, count: int, place: str) -> int:
    if type(value) is not int:
        raise broken(place, "a node's number must be an integer", value, f"0 to {count - 1}")
    if not 0 <= value < count:
        raise broken(place, "there is no such node", value, f"0 to {count - 1}")
    return value


def _entry(value: Any, count: int, place: str) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) not in (2, 3):
        raise broken(place, "must be [node, output] or [node, output, version]", value, "two or three integers")
    number = _identifier(value[0], count, place)
    if type(value[1]) is not int or not 0 <= value[1] < 2**31:
        raise broken(place, "an output's number must be an integer from 0", value[1], "0 or more")
    if len(value) == 3 and (type(value[2]) is not int or not 0 <= value[2] < 2**31):
        raise broken(place, "a version must be an integer from 0", value[2], "0")
    return number, value[1]


def _node(place: int, node: Any, count: int) -> NodeText:
    where = f"nodes[{place}]"
    if not isinstance(node, dict):
        raise broken(where, "must be an object", node, "an object with op, name and inputs")
    name, op = node.get("name"), node.get("op")
    if not isinstance(name, str):
        raise broken(f"{where} name", "must be a string" if "name" in node else "is missing", name, "a string")
    if len(name) > MOST_NAME:
        raise broken(f"{where} name", "too long", len(name), f"at most {MOST_NAME} characters")
    where = f"nodes[{place}] {name[:100]!r}"
    if not isinstance(op, str) or not op:
        raise broken(f"{where} op", "must be a string" if "op" in node else "is missing", op, "the name of an operator")
    for key in node:
        if key not in NODE_KEYS:
            raise broken(f"{where} key {key!r}", "unknown in a node", key, ", ".join(sorted(NODE_KEYS)))
    weight = 0
    groups: dict[str, dict[str, str]] = {}
    for key in ("attrs", "attr", "param"):
        found = node.get(key)
        if found is None and key not in node:
            continue
        if not isinstance(found, dict):
            raise broken(f"{where} {key}", "must be an object", found, "names and texts")
        for word, text in found.items():
            if not isinstance(text, str):
                raise broken(f"{where} {key} {word!r}", "must be a string", text, "a string")
            weight += len(word) + len(text)
        groups[key] = found
    inputs = node.get("inputs")
    if not isinstance(inputs, list):
        raise broken(f"{where} inputs", "must be a list" if "inputs" in node else "is missing", inputs, "a list of [node, output, version]")
    entries = [_entry(value, count, f"{where} inputs[{position}]") for position, value in enumerate(inputs)]
    if op == "null" and entries:
        raise broken(f"{where} inputs", "a variable has no inputs", entries, "[]")
    source = node.get("backward_source_id", -1)
    if type(source) is not int or not -1 <= source < count:
        raise broken(f"{where} backward_source_id", "is no node", source, f"-1 to {count - 1}")
    dependencies = node.get("control_deps", [])
    if not isinstance(dependencies, list) or any(type(d) is not int or not 0 <= d < count for d in dependencies):
        raise broken(f"{where} control_deps", "must be a list of nodes", dependencies, f"0 to {count - 1}")
    subgraphs = node.get("subgraphs", [])
    if not isinstance(subgraphs, list):
        raise broken(f"{where} subgraphs", "must be a list", subgraphs, "a list of graphs")
    for inner, graph in enumerate(subgraphs):
        if not isinstance(graph, dict) or "nodes" not in graph or "heads" not in graph:
            raise broken(f"{where} subgraphs[{inner}]", "must be a graph", graph, "an object with nodes and heads")
        _checked(graph)
    return NodeText(op, name, groups, entries, subgraphs, weight)


def _order(nodes: list[NodeText]) -> list[int]:
    """Order nodes so that inputs come first; the file's order mostly is one already.

    Raises
    ------
    FormatError
        If there is a cycle; it is spelled out.
    """
    if all(number < place for place, node in enumerate(nodes) for number, _ in node.inputs):
        return list(range(len(nodes)))
    state = bytearray(len(nodes))
    order = []
    for start in range(len(nodes)):
        if state[start]:
            continue
        state[start] = 1
        stack = [(start, iter(nodes[start].inputs))]
        while stack:
            place, rest = stack[-1]
            for number, _ in rest:
                if state[number] == 1:
                    cycle = [p for p, _ in stack]
                    cycle = [*cycle[cycle.index(number) :], number]
                    names = " -> ".join(f"nodes[{p}] {nodes[p].name[:40]!r}" for p in reversed(cycle[-8:]))
                    raise broken(f"nodes[{place}] {nodes[place].name[:100]!r} inputs", "the graph has a cycle", names, "no cycle")
                if not state[number]:
                    state[number] = 1
                    stack.append((number, iter(nodes[number].inputs)))
                    break
            else:
                state[place] = 2
                order.append(place)
                stack.pop()
    return order


def _build(texts: list[NodeText], heads: list[tuple[int, int]]) -> Symbol:
    """Make the nodes; the second pass, after everything was checked."""
    made: list[Any] = [None] * len(texts)
    widest = [0] * len(texts)
    for text in texts:
        for number, index in text.inputs:
            widest[number] = max(widest[number], index)
    for number, index in heads:
        widest[number] = max(widest[number], index)
    for place in _order(texts):
        text = texts[place]
        try:
            made[place] = _make(text, made, widest[place])
        except FormatError as error:
            raise FormatError(f"symbol JSON, nodes[{place}] {printable(repr(text.name))}: {error}"[:2000]) from None
        except MXNetError as error:
            raise FormatError(f"symbol JSON, nodes[{place}] {printable(repr(text.name))}: {error}"[:2000]) from None
        limit = 1 if made[place].op is None else made[place].params._layout.size
        if widest[place] >= limit:
            reader, position = _reader_of(texts, heads, place, limit)
            raise broken(
                f"{reader} {position}", f"nodes[{place}] {text.name[:100]!r} has no output {widest[place]}", widest[place], f"0 to {limit - 1}"
            )
    return Symbol([(made[number], index) for number, index in heads])


def _reader_of(texts: list[NodeText], heads: list[tuple[int, int]], place: int, limit: int) -> tuple[str, str]:
    for reader, text in enumerate(texts):
        for position, (number, index) in enumerate(text.inputs):
            if number == place and index >= limit:
                return f"nodes[{reader}] {text.name[:100]!r}", f"inputs[{position}]"
    position = next(p for p, (number, index) in enumerate(heads) if number == place and index >= limit)
    return "heads", f"heads[{position}]"


def _make(text: NodeText, made: list[Any], widest: int) -> Node:
    inputs: list[Entry] = [(made[number], index) for number, index in text.inputs]
    words, attributes = text.words, text.attributes
    if text.op == "null":
        return Node(None, None, text.name, (), {**words, **attributes} or NO_ATTRS)
    if text.op in REFUSED:
        raise FormatError(f"operator {text.op} carries addresses of another process and is never loaded")
    if not registry.known(text.op):
        if widest >= 4096:
            raise FormatError(f"output {widest} of an unknown operator {printable(text.op)}\n  expected  at most 4096 outputs")
        params = opaque_node_params(text.op, words, len(inputs), widest + 1, text.subgraphs)
        return Node(params._op, params, text.name, tuple(inputs), attributes or NO_ATTRS)
    op = registry.find(text.op).canonical
    kept = dict(words)
    for word in list(kept):
        if word not in op.params and not op.rest:
            if word[:2] == "__" or word in HIDDEN_KEYS:
                attributes = {**attributes, (f"__{word}__" if word in HIDDEN_KEYS else word): kept.pop(word)}
    params = op.parameters(kept, text.name)
    slots = params._layout.inputs
    if len(inputs) > len(slots):
        raise FormatError(f"{op.name} has too many inputs\n  got       {len(inputs)}\n  expected  {len(slots)}: {', '.join(slots[:20])}")
    if len(inputs) < len(slots):
        if not text.completed:
            raise FormatError(f"{op.name} has too few inputs\n  got       {len(inputs)}\n  expected  {len(slots)}: {', '.join(slots[:20])}")
        for slot in slots[len(inputs) :]:
            inputs.append((Node(None, None, f"{text.name}_{slot}"), 0))
    for slot, changes in text.for_inputs.items():
        if slot in slots:
            variable = inputs[slots.index(slot)][0]
            if variable.op is None:
                variable.attrs = {**variable.attrs, **changes}
    return Node(op, params, text.name, tuple(inputs), attributes or NO_ATTRS)


REFUSED = ("_Native", "_NDArray")

# -- writing ----------------------------------------------------------------------------------------------------------


@resting_collector()
def to_json(symbol: Symbol) -> str:
    """Write a graph in the layout of MXNet 1.9.1."""
    nodes = depth_first(symbol._entries)
    index = {node: place for place, node in enumerate(nodes)}
    lines = []
    pointers = [0]
    arguments = []
    quoted = json.encoder.encode_basestring
    for place, node in enumerate(nodes):
        attributes = {**(node.params._words if node.op is not None else {}), **node.attrs}
        parts = [
            f'      "op": {quoted(node.op.name) if node.op is not None else chr(34) + "null" + chr(34)}',
            f'      "name": {quoted(node.name)}',
        ]
        if len(attributes) == 1:
            key, value = next(iter(attributes.items()))
            parts.append(f'      "attrs": {{{quoted(key)}: {quoted(value)}}}')
        elif attributes:
            inner = ", \n".join(f"        {quoted(key)}: {quoted(attributes[key])}" for key in sorted(attributes))
            parts.append(f'      "attrs": {{\n{inner}\n      }}')
        entries = ", ".join([f"[{index[below]}, {output}, 0]" for below, output in node.inputs])
        parts.append(f'      "inputs": [{entries}]')
        subgraphs = getattr(node.params, "_subgraphs", None)
        if subgraphs:
            parts.append(f'      "subgraphs": {json.dumps(subgraphs, ensure_ascii=False)}')
        lines.append("    {\n" + ", \n".join(parts) + "\n    }")
        if node.op is None:
            arguments.append(place)
            pointers.append(pointers[-1] + 1)
        else:
            layout = node.params._layout
            pointers.append(pointers[-1] + layout.size - len(layout.versions))
    heads = ", ".join([f"[{index[node]}, {output}, 0]" for node, output in symbol._entries])
    return (
        '{\n  "nodes": [\n'
        + ", \n".join(lines)
        + f'\n  ], \n  "arg_nodes": {_row(arguments)}, \n  "node_row_ptr": {_row(pointers)}, \n  "heads": [{heads}], \n'
        + f'  "attrs": {{"mxnet_version": ["int", {VERSION}]}}\n}}'
    )


def _row(numbers: list[int]) -> str:
    if len(numbers) <= 11:
        return "[" + ", ".join(map(str, numbers)) + "]"
    rows = [numbers[start : start + 1] for start in range(len(numbers))]
    return "[\n" + ", \n".join("    " + ", ".join(map(str, row)) for row in rows) + "\n  ]"


def save(symbol: Symbol, path: Any) -> None:
    """Write a graph to a file, whole or not at all."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise ArgumentError(f"fname must be a path, not {type(path).__name__}")
    atomic.write(path, [to_json(symbol).encode("utf-8")])


