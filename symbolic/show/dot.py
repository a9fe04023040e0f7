"""``mx.viz``: a graph as a picture, `plot_network`, and as a table, `print_summary`."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import graphviz

from symbolic.errors import ArgumentError, closest, describe, printable
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node, input_names
from symbolic.show.label import family_of, phrases, shape_text, wrapped
from symbolic.show.render import Picture
from symbolic.show.roles import PARAMETER_SLOTS, checked_symbol, given_dtypes, given_shapes, roles_of
from symbolic.show.summary import print_summary
from symbolic.values.shape import NO_RANK

__all__ = ["plot_network", "print_summary"]

FONT = "Helvetica"  # graphviz-pure brings a face of the same widths
GRAPH = {"rankdir": "BT", "nodesep": "0.3", "ranksep": "0.25", "fontname": FONT}
NODE = {"shape": "box", "fontname": FONT, "fontsize": "10", "margin": "0.15,0.07", "height": "0.3", "penwidth": "1.2"}
EDGE = {"dir": "back", "fontname": FONT, "fontsize": "9", "fontcolor": "#555555", "color": "#666666", "arrowsize": "0.7"}
VARIABLES = {
    "input": {"shape": "oval", "style": "filled", "fillcolor": "#FFFFFF", "color": "#333333"},
    "label": {"shape": "oval", "style": "filled,dashed", "fillcolor": "#FFFFFF", "color": "#333333"},
    "weight": {"shape": "oval", "style": "filled", "fillcolor": "#E8EEF5", "color": "#41719C"},
    "parameter": {"shape": "oval", "style": "filled", "fillcolor": "#E8EEF5", "color": "#41719C"},
    "state": {"shape": "oval", "style": "filled,dashed", "fillcolor": "#E8EEF5", "color": "#41719C"},
}
LONGEST_NAME = 44  # characters of a name in a box; the whole name is its tooltip


def plot_network(
    symbol: Any,
    title: str = "plot",
    save_format: str = "pdf",
    shape: Mapping[str, Any] | None = None,
    dtype: Mapping[str, Any] | None = None,
    node_attrs: Mapping[str, Any] = {},
    hide_weights: bool = True,
) -> Picture:
    """Draw the graph of a symbol.

    Parameters
    ----------
    symbol : Symbol
        What to draw; a group may have any number of outputs. Outputs have a bold border.
    title : str
        Name of the graph; ``render`` writes ``<title>.gv`` and ``<title>.gv.<save_format>``.
    save_format : str
        What ``render`` and ``view`` write: ``"svg"``, ``"png"``, ..., or ``"pdf"``, which needs the program ``dot``.
    shape : dict of str to tuple, optional
        Shapes of inputs. Those of all other values are inferred and stand on the edges, as far as they follow; ``{}``
        infers from the shapes that variables declare.
    dtype : dict of str to type, optional
        Types of inputs, likewise.
    node_attrs : dict of str to str
        Graphviz attributes for all nodes, ``{"shape": "box", "fixedsize": "false"}``; they win over the built-in look.
    hide_weights : bool
        Leave out weights and states of layers: found by the slots that they fill, whatever their name. Those that
        something else reads, or an update rewrites, stay, and so do those that are outputs themselves.

    Returns
    -------
    Picture
        A `graphviz.Digraph`: notebooks show it; ``.view()`` opens it, ``.render()`` writes it, ``.source`` is its text.
        As in MXNet an edge is ``reader -> input``, drawn with its arrow at the reader. A box's id is the node's name, made
        unique where names repeat.

    Raises
    ------
    ArgumentError
        If an argument is of the wrong kind.
    UnknownName
        If ``shape`` or ``dtype`` names no argument.
    ShapeError, DTypeError
        If they contradict the graph.

    Examples
    --------
    >>> import symbolic as mx
    >>> x = mx.sym.Variable("data")
    >>> mx.viz.plot_network(mx.sym.exp(x, name="power"), shape={"data": (2, 3)}).body[-1]
    '\\tpower -> data [label=" 2x3 " tooltip="data -> power: data, 2x3" weight=2]\\n'
    """
    symbol = checked_symbol(symbol, "plot_network")
    attributes = _checked(title, save_format, node_attrs)
    graph = symbol.graph
    given, shapes = (set(), [NO_RANK] * graph.size) if shape is None else given_shapes(symbol, graph, shape)
    dtypes = [None] * graph.size if dtype is None else given_dtypes(symbol, graph, dtype)
    values = [_value_text(*facts) for facts in zip(shapes, dtypes, strict=True)]
    roles = roles_of(graph, given)
    hidden = _details(graph, roles) if hide_weights else set()
    shown = [node for node in graph.nodes if node not in hidden]
    ids = _ids(shown)

    picture = Picture(
        graphviz.escape(printable(title, limit=500)),
        filename=f"{title}.gv",
        format=save_format,
        graph_attr=GRAPH,
        node_attr={**NODE, **attributes},
        edge_attr=EDGE,
    )
    for node, looks in _boxes(graph, shown, values, roles):
        picture.node(ids[node], _attributes={key: value for key, value in looks.items() if key == "label" or key not in attributes})
    for node, below, looks in _arrows(graph, shown, values, hidden):
        picture.edge(ids[node], ids[below], _attributes=looks)
    return picture


def _boxes(graph: Graph, shown: list[Node], values: list[str], roles: Mapping[Node, str]) -> Iterator[tuple[Node, dict[str, str]]]:
    """Yield nodes with their attributes; outputs of the graph have a bold border and say their shapes."""
    heads: dict[Node, list[int]] = {}
    for node, index in dict.fromkeys(graph.heads):
        heads.setdefault(node, []).append(index)
    for node in shown:
        looks = dict(VARIABLES[roles[node]]) if node.op is None else _family_looks(node)
        if node in heads:
            looks["penwidth"] = "3"
        made = [(index, values[graph.number((node, index))]) for index in heads.get(node, ())]
        yield node, {**looks, "label": _label(node, made), "tooltip": _quotable(_tooltip(node))}


def _arrows(graph: Graph, shown: list[Node], values: list[str], hidden: set[Node]) -> Iterator[tuple[Node, Node, dict[str, str]]]:
    """Yield reader, input and attributes of each edge."""
    drawn = [
        (node, slot, entry) for node in shown for slot, entry in zip(input_names(node), node.inputs, strict=True) if entry[0] not in hidden
    ]
    readers = Counter(below for _, _, (below, _) in drawn)
    inputs = Counter(node for node, _, _ in drawn)
    for node, slot, entry in drawn:
        below, said = entry[0], values[graph.number(entry)]
        looks = {"tooltip": _quotable(f"{below.name} -> {node.name}: {slot}{said and ', '}{said}")}
        if label := " ".join(filter(None, (_output_name(entry), said))):
            looks["label"] = _quotable(f" {label} ")  # the blanks keep it off the line
        if readers[below] == inputs[node] == 1:
            looks["weight"] = "2"  # chains straight, bends elsewhere
        yield node, below, looks


def _checked(title: Any, save_format: Any, node_attrs: Any) -> dict[str, str]:
    """Check how the picture is asked for; return the attributes as text."""

    def wrong(argument: str, got: Any, expected: str) -> ArgumentError:
        facts = {"argument": argument, "got": f"{type(got).__name__} {got!r}", "expected": expected}
        return ArgumentError(describe(f"{argument} cannot be {got!r}", name="plot_network", facts=facts))

    if not isinstance(title, str) or "\0" in title:
        raise wrong("title", title, "str")
    if not isinstance(save_format, str) or save_format.lower() not in graphviz.FORMATS:
        near = closest(save_format, graphviz.FORMATS) if isinstance(save_format, str) else ""
        raise wrong("save_format", save_format, f"'pdf', 'svg', 'png', ...{near}")
    if not isinstance(node_attrs, Mapping) or not all(isinstance(key, str) for key in node_attrs):
        raise wrong("node_attrs", node_attrs, "dict of Graphviz attributes, such as {'shape': 'box'}")
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in node_attrs.items()}


def _details(graph: Graph, roles: Mapping[Node, str]) -> set[Node]:
    """Find what only serves layers: weights and states, and operators that do no more than prepare them::

    w -> cast -> FullyConnected(weight)          both w and cast are details
    w -> FullyConnected(weight), w -> square     w is none: the penalty reads it
    w -> sgd_update                              none: this is what the update works on
    """
    readings: dict[Node, list[tuple[Node, str]]] = {}
    made = {node for node, role in roles.items() if role in ("weight", "state")}  # of nothing else
    for node in graph.nodes:
        names = input_names(node)
        updates = not PARAMETER_SLOTS.isdisjoint(names[:1])
        for place, (below, _) in enumerate(node.inputs):
            held = names[place] in PARAMETER_SLOTS or place in node.params._layout.states
            readings.setdefault(below, []).append((node, "update" if updates else "layer" if held else "other"))
        if node.inputs and all(below in made for below, _ in node.inputs):
            made.add(node)
    heads = {head for head, _ in graph.heads}
    details: set[Node] = set()
    for node in reversed(graph.nodes):
        if node in made and node not in heads:
            kinds = ["layer" if reader in details else kind for reader, kind in readings[node]]
            named = node.op is None and "layer" not in kinds  # a weight by its name alone, as MXNet tells them
            if "update" not in kinds and ("other" not in kinds or named):
                details.add(node)
    return details


def _ids(nodes: list[Node]) -> dict[Node, str]:
    """Give each node an id of its own: its name, without what means something to DOT; ``fc1 #2`` where names repeat."""
    ids: dict[Node, str] = {}
    uses: Counter[str] = Counter()
    for node in nodes:
        stem = re.sub(r"[^\w.\-/+ ]", "_", node.name) or "node"  # no "#" in it: a made id is no other's
        uses[stem] += 1
        ids[node] = stem if uses[stem] == 1 else f"{stem} #{uses[stem]}"
    return ids


def _output_name(entry: Entry) -> str:
    """Name the output that an entry picks, if there is more than one to pick from."""
    node, index = entry
    if node.op is None:
        return ""
    layout = node.params._layout
    names = (*layout.outputs, *layout.hidden)
    return "" if len(layout.outputs) == 1 and index == 0 else names[index]


def _value_text(shape: Any, dtype: Any) -> str:
    return " ".join(filter(None, (shape_text(shape), dtype.name if dtype is not None else "")))


def _family_looks(node: Node) -> dict[str, str]:
    family = family_of(node)
    return {"fillcolor": family.fill, "color": family.line, "style": family.style}


def _tooltip(node: Node) -> str:
    """Say everything: name, operator, each parameter that was given, or each annotation of a variable."""
    words = node.attrs if node.op is None else node.params._words
    return "\n".join(
        [f"{node.name} ({'variable' if node.op is None else node.op.name})", *(f"{word} = {text}" for word, text in words.items())]
    )


def _label(node: Node, made: list[tuple[int, str]]) -> str:
    """Lay out what stands in a box, as an HTML-like label: operator, what matters, name, and the shapes of outputs."""
    return f"<{'<br/>'.join(_lines(node, made))}>"


def _lines(node: Node, made: list[tuple[int, str]]) -> Iterator[str]:
    name = _shortened(node.name)
    if node.op is None:
        yield f"<b>{_html(name)}</b>"
    else:
        yield f'<font point-size="11"><b>{_html(node.op.name)}</b></font>'
        for line in wrapped(phrases(node)):
            yield _html(line)
        yield f'<font point-size="9" color="#333333">{_html(name)}</font>'
    for index, said in made:
        if said:
            yield f'<font point-size="9">{_html(" ".join(filter(None, (_output_name((node, index)) or "output", said))))}</font>'


def _shortened(name: str) -> str:
    name = printable(name, limit=1000)
    if len(name) <= LONGEST_NAME:
        return name
    half = LONGEST_NAME // 2
    return f"{name[:half]}…{name[-half:]}"


def _html(text: str) -> str:
    """Write text so that an HTML-like label shows it; these read ``\\N`` as the node's name. Empty elements are refused."""
    return html.escape(printable(text, limit=300), quote=False).replace("\\", "\\\\") or " "


def _quotable(text: str) -> str:
    """Write text so that a quoted attribute shows it: entities and backslashes mean something there, too.

    The word joiner after a backslash keeps ``\\N`` from being read as the node's name: tooltips are read twice.
    """
    lines = (printable(line, limit=300).replace("&", "&amp;").replace("\\", "\\\u2060") for line in text.split("\n"))
    return graphviz.escape("&#10;".join(lines))
