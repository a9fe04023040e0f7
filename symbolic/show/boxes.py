"""What stands in a box, and how it looks: nodes, groups, and the words on arrows."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import graphviz

from symbolic.cost.work import Cost
from symbolic.errors import printable
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.show.groups import JOIN, Group
from symbolic.show.heat import Heat, short
from symbolic.show.label import family_of, phrases, shape_text, wrapped
from symbolic.show.phases import Phase

__all__ = [
    "GROUP",
    "PHASE_LOOKS",
    "TIMES",
    "VARIABLES",
    "Facts",
    "box_of_group",
    "box_of_node",
    "inline",
    "output_name",
    "quotable",
    "title_of",
]

VARIABLES = {
    "input": {"shape": "oval", "style": "filled", "fillcolor": "#FFFFFF", "color": "#333333"},
    "label": {"shape": "oval", "style": "filled,dashed", "fillcolor": "#FFFFFF", "color": "#333333"},
    "weight": {"shape": "oval", "style": "filled", "fillcolor": "#E8EEF5", "color": "#41719C"},
    "parameter": {"shape": "oval", "style": "filled", "fillcolor": "#E8EEF5", "color": "#41719C"},
    "state": {"shape": "oval", "style": "filled,dashed", "fillcolor": "#E8EEF5", "color": "#41719C"},
}
TIMES = "\u00d7"
GROUP = {"shape": "box", "style": "filled", "fillcolor": "#F3F3FA", "color": "#555577", "peripheries": "2"}
PHASE_LOOKS: dict[Phase, dict[str, str]] = {  # of borders; Paul Tol's "muted" wine and green, told apart by more than colour
    "forward": {},
    "gradient": {"color": "#882255", "style": "filled,dashed"},
    "update": {"color": "#117733", "penwidth": "2.2"},
}
LONGEST_NAME = 44  # characters of a name in a box; the whole name is its tooltip
KINDS_SAID = 3  # operators that the box of a group names
SIDES_SAID = 2  # values that come into a group, and that leave it


@dataclass
class Facts:
    """What is known of a graph that is drawn.

    Attributes
    ----------
    graph : Graph
        The graph.
    shapes, dtypes : sequence
        For each value, by its number.
    roles : dict of Node to str
        What variables are for.
    hidden : set of Node
        What is left out.
    phases : dict of Node to str
        Empty where all nodes are of the forward part.
    found : list of Cost, optional
        For each node.
    heat : Heat, optional
        The colours, if they are to say amounts.
    """

    graph: Graph
    shapes: Sequence[Any]
    dtypes: Sequence[Any]
    roles: Mapping[Node, str]
    hidden: set[Node] = field(default_factory=set)
    phases: Mapping[Node, Phase] = field(default_factory=dict)
    found: Sequence[Cost] | None = None
    heat: Heat | None = None

    def __post_init__(self) -> None:
        self.values = [_value_text(*facts) for facts in zip(self.shapes, self.dtypes, strict=True)]
        self.heads: dict[Node, list[int]] = {}
        for node, index in dict.fromkeys(self.graph.heads):
            self.heads.setdefault(node, []).append(index)

    def said(self, entry: Entry) -> str:
        """Say the shape and type of a value, as far as they are known."""
        return self.values[self.graph.number(entry)]


def box_of_node(facts: Facts, node: Node, more: str = "") -> dict[str, str]:
    """Say how a node looks; outputs of the graph have a bold border and say their shapes.

    Parameters
    ----------
    more : str
        One more line.
    """
    if node.op is None:
        looks = dict(VARIABLES[facts.roles[node]])
    else:
        family = family_of(node)
        looks = {"fillcolor": family.fill, "color": family.line, "style": family.style}
    looks |= _of_phase(facts, node, looks)
    amount = ""
    if facts.heat is not None and node.op is not None:
        heat = facts.heat.of([node])
        looks |= facts.heat.looks(heat)
        amount = facts.heat.text(heat)
    if node in facts.heads:
        looks["penwidth"] = "3"
    made = [(index, facts.said((node, index))) for index in facts.heads.get(node, ())]
    lines = [*_lines(node, made), *(_small(line) for line in (amount, more) if line)]
    return {**looks, "label": f"<{'<br/>'.join(lines)}>", "tooltip": quotable(_tooltip(node))}


def _of_phase(facts: Facts, node: Node, looks: Mapping[str, str]) -> dict[str, str]:
    phase = facts.phases.get(node, "forward")
    border = dict(PHASE_LOOKS[phase]) if node.op is not None else {}
    if "style" in border and "rounded" in looks.get("style", ""):
        border["style"] += ",rounded"
    return border


def box_of_group(facts: Facts, group: Group) -> dict[str, str]:
    """Say how a closed group looks: what it holds, what it costs, what goes in and out."""
    nodes = list(group.every_node())
    operators = [node for node in nodes if node.op is not None]
    kinds = Counter(node.op.name for node in operators).most_common()
    lines = [f'<font point-size="11"><b>{inline(_shortened(title_of(group)))}</b></font>']
    counted = [f"{count} {name}" for name, count in kinds[:KINDS_SAID]] + (["…"] if len(kinds) > KINDS_SAID else [])
    about = f"{len(nodes)} nodes"
    lines += [inline(line) for line in wrapped([f"{about}: {counted[0]}", *counted[1:]] if counted else [about])]
    lines += [_small(line) for line in (_cost(facts, operators), _sides(facts, nodes)) if line]
    looks = dict(GROUP)
    looks |= PHASE_LOOKS[facts.phases.get(nodes[0], "forward")] if nodes else {}
    if facts.heat is not None:
        amount = facts.heat.of(operators)
        looks |= facts.heat.looks(amount)
        lines += [_small(facts.heat.text(amount))] if amount is not None else []
    if any(node in facts.heads for node in nodes):
        looks["penwidth"] = "3"
    tooltip = f"{group.name}: {len(nodes)} nodes\n" + "\n".join(f"{count} {name}" for name, count in kinds)
    return {**looks, "label": f"<{'<br/>'.join(lines)}>", "tooltip": quotable(tooltip)}


def title_of(group: Group) -> str:
    """Name a group, and say what repeats in it: ``unit2 … unit8`` and how often."""
    if group.repeats == 1:
        return group.label
    label = group.label
    if JOIN not in label and group.groups:
        label = f"{label}: {group.groups[0].label}{JOIN}{group.groups[-1].label}"
    return f"{label} {TIMES} {group.repeats}"


def _cost(facts: Facts, operators: Sequence[Node]) -> str:
    """Say what a group learns and computes: ``1.2M parameters, 3.4 GFLOP``."""
    if facts.found is None:
        return ""
    costs = [facts.found[facts.graph.index[node]] for node in operators]
    said = []
    if parameters := sum(cost.parameters or 0 for cost in costs):
        said.append(f"{short(parameters)} parameters")
    if (flops := sum(cost.flops or 0 for cost in costs)) and (facts.heat is None or facts.heat.kind != "flops"):
        said.append(f"{short(flops)} FLOP")
    return ", ".join(said)


def _sides(facts: Facts, nodes: Sequence[Node]) -> str:
    """Say the shapes that go into a group and come out: ``64x56x56 → 256x56x56``."""
    inside = set(nodes)
    entering = dict.fromkeys(
        entry for node in nodes for entry in node.inputs if entry[0] not in inside and entry[0] not in facts.hidden and facts.said(entry)
    )
    graph = facts.graph
    leaving: dict[Entry, None] = {}
    for node in nodes:
        first = graph.first[graph.index[node]]
        for index in range(graph.sizes[graph.index[node]]):
            read = any(graph.nodes[reader] not in inside for reader in graph.readers[first + index])
            if facts.said((node, index)) and (read or index in facts.heads.get(node, ())):
                leaving[node, index] = None
    sides = [list(dict.fromkeys(facts.said(entry) for entry in side)) for side in (entering, leaving)]
    if not all(sides):
        return ""
    return " → ".join(", ".join(side[:SIDES_SAID]) + (", …" if len(side) > SIDES_SAID else "") for side in sides)


def output_name(entry: Entry) -> str:
    """Name the output that an entry picks, if there is more than one to pick from."""
    node, index = entry
    if node.op is None:
        return ""
    layout = node.params._layout
    names = (*layout.outputs, *layout.hidden)
    return "" if len(layout.outputs) == 1 and index == 0 else names[index]


def _value_text(shape: Any, dtype: Any) -> str:
    return " ".join(filter(None, (shape_text(shape), dtype.name if dtype is not None else "")))


def _tooltip(node: Node) -> str:
    """Say everything: name, operator, each parameter that was given, or each annotation of a variable."""
    words = node.attrs if node.op is None else node.params._words
    return "\n".join(
        [f"{node.name} ({'variable' if node.op is None else node.op.name})", *(f"{word} = {text}" for word, text in words.items())]
    )


def _lines(node: Node, made: Iterable[tuple[int, str]]) -> Iterator[str]:
    """Lay out what stands in a box, as lines of an HTML-like label: operator, what matters, name, and the shapes of outputs."""
    name = _shortened(node.name)
    if node.op is None:
        yield f"<b>{inline(name)}</b>"
    else:
        yield f'<font point-size="11"><b>{inline(node.op.name)}</b></font>'
        for line in wrapped(phrases(node)):
            yield inline(line)
        yield f'<font point-size="9" color="#333333">{inline(name)}</font>'
    for index, said in made:
        if said:
            yield _small(" ".join(filter(None, (output_name((node, index)) or "output", said))))


def _small(text: str) -> str:
    return f'<font point-size="9">{inline(text)}</font>'


def _shortened(name: str) -> str:
    name = printable(name, limit=1000)
    if len(name) <= LONGEST_NAME:
        return name
    half = LONGEST_NAME // 2
    return f"{name[:half]}…{name[-half:]}"


def inline(text: str) -> str:
    """Write text so that an HTML-like label shows it; these read ``\\N`` as the node's name. Empty elements are refused."""
    return html.escape(printable(text, limit=300), quote=False).replace("\\", "\\\\") or " "


def quotable(text: str) -> str:
    """Write text so that a quoted attribute shows it: entities and backslashes mean something there, too.

    The word joiner after a backslash keeps ``\\N`` from being read as the node's name: tooltips are read twice.
    """
    lines = (printable(line, limit=300).replace("&", "&amp;").replace("\\", "\\\u2060") for line in text.split("\n"))
    return graphviz.escape("&#10;".join(lines))
