"""Two graphs in one picture: what was added, removed and changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import graphviz

from symbolic.errors import ArgumentError, describe, printable
from symbolic.graph.node import Node, input_names
from symbolic.show.label import phrases
from symbolic.show.render import Picture

__all__ = ["drawn"]

FONT = "Helvetica"
GRAPH = {"rankdir": "BT", "nodesep": "0.3", "ranksep": "0.25", "fontname": FONT}
NODE = {"shape": "box", "style": "rounded,filled", "fontname": FONT, "fontsize": "10", "margin": "0.15,0.07", "height": "0.3"}
EDGE = {"dir": "back", "fontname": FONT, "fontsize": "9", "color": "#888888", "arrowsize": "0.7"}
# told apart by the colour-blind, by the sign before the name, and by the border in print
LOOKS = {
    "added": {"fillcolor": "#BBE5D4", "color": "#24735C", "penwidth": "2"},
    "removed": {"fillcolor": "#F6CDBF", "color": "#A8502F", "penwidth": "2", "style": "rounded,filled,dashed"},
    "changed": {"fillcolor": "#F3E7B0", "color": "#8A7A22", "penwidth": "2"},
    "same": {"fillcolor": "#F4F4F4", "color": "#999999", "fontcolor": "#666666"},
}
SIGNS = {"added": "+ ", "removed": "- ", "changed": "~ ", "same": ""}
WIRES = {"added": {"color": "#24735C", "penwidth": "2"}, "removed": {"color": "#A8502F", "penwidth": "2", "style": "dashed"}, "same": {}}
MOST = 150  # nodes that are shown whole
NEAR = 2
MOST_FACTS = 5

Wire = tuple[Node, Node, str, int]  # reader, what it reads, slot, which output


def drawn(found: Any, title: str, context: int | None) -> Picture:
    """Draw a `Difference`; nodes of the second graph stand for their counterparts."""
    if context is not None and (not isinstance(context, int) or context < 0):
        facts = {"argument": "context", "got": repr(context), "expected": "int from 0, or None"}
        raise ArgumentError(describe("context is a number of edges", operator="Difference.plot", facts=facts))
    states = dict.fromkeys(found.second.nodes, "same")
    states.update(dict.fromkeys(found.added, "added"))
    facts = {change.after: change.facts() for change in found.changed}
    states.update(dict.fromkeys(facts, "changed"))
    states.update(dict.fromkeys(found.removed, "removed"))
    wires = _wires(found)
    if context is None and len(states) > MOST:
        context = NEAR
    shown = set(states) if context is None else _near({node for node, state in states.items() if state != "same"}, wires, context)
    picture = Picture(
        graphviz.escape(printable(title, limit=500)), filename=f"{title}.gv", graph_attr=GRAPH, node_attr=NODE, edge_attr=EDGE
    )
    ids = _ids(states)
    for node, state in states.items():
        if node in shown:
            looks = dict(LOOKS[state])
            if node.op is None:
                looks.update(shape="oval", style=looks.get("style", "filled").replace("rounded,", ""))
            picture.node(ids[node], graphviz.escape(_label(node, state, facts.get(node, ()))), **looks)
    hidden: set[Node] = set()
    for (node, below, slot, _), state in wires.items():
        if node in shown and below in shown:
            picture.edge(ids[node], ids[below], tooltip=graphviz.escape(printable(slot)), **WIRES[state])
        elif node in shown or below in shown:
            hidden.add(node if node in shown else below)
    for node in hidden:  # there is more beyond
        picture.node(f"{ids[node]} ...", "...", shape="plaintext", style="", height="0.1", fontcolor="#666666")
        picture.edge(ids[node], f"{ids[node]} ...", style="dotted", dir="none")
    return picture


def _wires(found: Any) -> dict[Wire, str]:
    """List the edges of both graphs, and whether each is in both."""
    after: dict[Node, Node] = found.after
    old: dict[Wire, None] = {}
    for node in found.first.nodes:
        for slot, (below, index) in zip(input_names(node), node.inputs, strict=True):
            old[after.get(node) or node, after.get(below) or below, slot, index] = None
    wires: dict[Wire, str] = {}
    for node in found.second.nodes:
        for slot, (below, index) in zip(input_names(node), node.inputs, strict=True):
            wire = (node, below, slot, index)
            wires[wire] = "same" if wire in old else "added"
    return wires | {wire: "removed" for wire in old if wire not in wires}


def _near(seeds: set[Node], wires: Iterable[Wire], steps: int) -> set[Node]:
    """Find the nodes at most so many edges away."""
    neighbours: dict[Node, list[Node]] = {}
    for node, below, *_ in wires:
        neighbours.setdefault(node, []).append(below)
        neighbours.setdefault(below, []).append(node)
    found, edge = set(seeds), list(seeds)
    for _ in range(steps):
        edge = [other for node in edge for other in neighbours.get(node, ()) if other not in found]
        found.update(edge)
    return found


def _ids(nodes: Iterable[Node]) -> dict[Node, str]:
    uses: Counter[str] = Counter()
    ids = {}
    for node in nodes:
        stem = re.sub(r"[^\w.\-/+ ]", "_", node.name) or "node"
        uses[stem] += 1
        ids[node] = stem if uses[stem] == 1 else f"{stem} #{uses[stem]}"
    return ids


def _label(node: Node, state: str, facts: Iterable[str]) -> str:
    lines = [f"{SIGNS[state]}{printable(node.name, 44)}"]
    if node.op is not None:
        lines.append(" ".join([node.op.name, *phrases(node)[:3]]))
    facts = [printable(fact, 60) for fact in facts]
    lines += facts[:MOST_FACTS] + (["..."] if len(facts) > MOST_FACTS else [])
    return "\n".join(lines)
