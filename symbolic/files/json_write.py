"""A graph as JSON text, in the layout of MXNet 1.9.1, character for character."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import NamedTuple

from symbolic.errors import FormatError, describe
from symbolic.files.upgrade import is_annotation
from symbolic.graph.graph import depth_first
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import mapped, rebuild
from symbolic.operator.op import Operator
from symbolic.symbol.handle import Symbol
from symbolic.values.shape import is_np_shape

__all__ = ["written"]

_VERSION = 10901  # of MXNet, whose layout this is
_MOST_IN_A_LINE = 10  # members of a list
_CASTS = ("amp_cast", "amp_multicast")  # copy each input to the output of its number, in another type
_ESCAPES = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}


def written(symbol: Symbol, remove_amp_cast: bool = True, exact: bool = False) -> str:
    """Write a graph, and those that stand in its nodes.

    Parameters
    ----------
    remove_amp_cast : bool, default True
        Leave out the casts of automatic mixed precision but those that are heads, as MXNet does: the weights are in full
        precision.
    exact : bool, default False
        Write annotations of operators as they are: for pickles. In files one called ``mood`` could not be told from a
        misspelt parameter, and is ``__mood__`` there.
    """
    outer = _Writer(symbol._entries, exact)
    if remove_amp_cast and any(map(_is_cast, outer.nodes)):
        outer = _Writer(_without_casts(outer.nodes, outer.heads), exact)
    graphs, texts = [outer], {}
    for graph in graphs:  # grows
        graphs += [_Writer(inner._entries, exact, inner) for node in graph.nodes for inner in getattr(node.params, "_subgraphs", ())]
    for graph in reversed(graphs):  # inner ones first
        texts[id(graph.symbol)] = graph.text(texts)
    version = f'"mxnet_version": ["int", {_VERSION}]'
    attributes = f'{{\n    "is_np_shape": ["int", 1], \n    {version}\n  }}' if is_np_shape() else f"{{{version}}}"
    text = f'{texts[id(None)]}, \n  "attrs": {attributes}\n}}'
    if "\0" in text:
        facts = {"found": "NUL in a name or an attribute", "needed": "text without NUL"}
        raise FormatError(describe("this graph cannot be written as JSON", name=symbol.name, facts=facts))
    return text


def _is_cast(node: Node) -> bool:
    return node.op is not None and node.op.name in _CASTS


def _without_casts(nodes: Sequence[Node], heads: Sequence[Entry]) -> Sequence[Entry]:
    replaced = rebuild(nodes, lambda node, inputs: inputs if _is_cast(node) else None)
    kept = {
        node: Node(node.op, node.params, node.name, tuple([mapped(entry, replaced) for entry in node.inputs]), node.attrs)
        for node, _ in heads
        if _is_cast(node)
    }
    return [(kept[node], index) if node in kept else mapped((node, index), replaced) for node, index in heads]


class _Spelling(NamedTuple):
    """What nodes with the same parameters have in common.

    Attributes
    ----------
    before, after : str
        The text of a node up to its name, and from there to its inputs.
    outputs : int
        How many it has, hidden ones too.
    states : tuple of int
        The inputs that it rewrites.
    """

    before: str
    after: str
    outputs: int
    states: tuple[int, ...]


def _spelling(params: Operator, annotations: Mapping[str, str]) -> _Spelling:
    layout = params._layout
    before = f'    {{\n      "op": {_quoted(params._op.name)}, \n      "name": '
    return _Spelling(
        before, _attributes({**params._words, **annotations}), layout.size - len(layout.versions), getattr(params, "_marks", layout.states)
    )


def _underlined(annotations: Mapping[str, str]) -> dict[str, str]:
    return {key if is_annotation(key) else f"__{key}__": text for key, text in annotations.items()}


def _attributes(attributes: Mapping[str, str]) -> str:
    """Spell what stands between a node's name and its inputs."""
    pairs = [f"{_quoted(key)}: {_quoted(attributes[key])}" for key in sorted(attributes)]
    if not pairs:
        return ', \n      "inputs": '
    joined = pairs[0] if len(pairs) == 1 else "\n        " + ", \n        ".join(pairs) + "\n      "
    return f', \n      "attrs": {{{joined}}}, \n      "inputs": '


class _Writer:
    """One graph on its way to text."""

    def __init__(self, heads: Sequence[Entry], exact: bool, symbol: Symbol | None = None):
        self.exact = exact
        self.symbol = symbol  # the one that stands in a node
        self.heads = heads
        self.nodes = depth_first(heads)
        self.index: dict[Node, int] = {}
        self.rewritten: dict[Node, int] = {}  # variable -> how many nodes so far rewrite it: the version that readers get

    def text(self, inner: Mapping[int, str]) -> str:
        """Spell everything but the version and the last brace."""
        lines, arguments, pointers = [], [], [0]
        spellings: dict[Operator, _Spelling] = {}
        for place, node in enumerate(self.nodes):
            self.index[node] = place
            if node.op is None:
                arguments.append(place)
                pointers.append(pointers[-1] + 1)
                lines.append(f'    {{\n      "op": "null", \n      "name": {_quoted(node.name)}{_attributes(node.attrs)}[]\n    }}')
                continue
            spelling = spellings.get(node.params)
            if node.attrs:
                spelling = _spelling(node.params, node.attrs if self.exact else _underlined(node.attrs))
            elif spelling is None:
                spelling = spellings[node.params] = _spelling(node.params, {})
            pointers.append(pointers[-1] + spelling.outputs)
            inputs = self.entries(node.inputs, spelling.states, "      ")
            if getattr(node.params, "_subgraphs", None):
                inputs += f', \n      "subgraphs": [\n{self.within(node.params._subgraphs, inner)}\n      ]'
            lines.append(f"{spelling.before}{_quoted(node.name)}{spelling.after}{inputs}\n    }}")
        rows = [_row(map(str, numbers), len(numbers), "  ") for numbers in (arguments, pointers)]
        heads = self.entries(self.heads, (), "  ")
        nodes = ", \n".join(lines)
        return f'{{\n  "nodes": [\n{nodes}\n  ], \n  "arg_nodes": {rows[0]}, \n  "node_row_ptr": {rows[1]}, \n  "heads": {heads}'

    def within(self, subgraphs: Sequence[Symbol], inner: Mapping[int, str]) -> str:
        return ", \n".join("        " + (inner[id(graph)] + "\n}").replace("\n", "\n        ") for graph in subgraphs)

    def entries(self, entries: Sequence[Entry], states: tuple[int, ...], margin: str) -> str:
        """Spell values: node, output, version."""
        index = self.index
        if not states and not self.rewritten:
            if len(entries) == 1:
                ((node, output),) = entries
                return f"[[{index[node]}, {output}, 0]]"
            return _row([f"[{index[node]}, {output}, 0]" for node, output in entries], len(entries), margin)
        spelled = []
        for position, (node, output) in enumerate(entries):
            if position in states and node.op is None:
                self.rewritten[node] = self.rewritten.get(node, 0) + 1
            spelled.append(f"[{index[node]}, {output}, {self.rewritten.get(node, 0)}]")
        return _row(spelled, len(spelled), margin)


def _row(members: Iterable[str], count: int, margin: str) -> str:
    if count <= _MOST_IN_A_LINE:
        return f"[{', '.join(members)}]"
    return f"[\n{margin}  " + f", \n{margin}  ".join(members) + f"\n{margin}]"


def _quoted(text: str) -> str:
    """Spell a string as MXNet does: it knows five escapes, and writes other control characters as they are."""
    spelled = encode_basestring(text)
    if "\\" in spelled and ("\\u" in spelled or "\\b" in spelled or "\\f" in spelled):
        return f'"{text.translate(_ESCAPES)}"'
    return spelled
