"""From boxes, frames and arrows to the words of Graphviz."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symbolic.errors import printable
from symbolic.graph.node import Entry, Node, input_names
from symbolic.show.boxes import TIMES, Facts, box_of_group, box_of_node, inline, output_name, quotable, title_of
from symbolic.show.columns import between_columns
from symbolic.show.details import details_of
from symbolic.show.phases import PHASES
from symbolic.show.roles import roles_of
from symbolic.show.subgraphs import Inner, held_by, inner_values
from symbolic.show.view import Arrow, Box, Frame, Names, View

__all__ = ["Drawing", "Gates"]

FRAME = {
    "style": "rounded,filled",
    "color": "#AAAAAA",
    "fillcolor": "#FAFAFA",
    "fontsize": "11",
    "labeljust": "l",
    "labelloc": "b",
    "margin": "10",
}
REPEATED = {**FRAME, "color": "#41719C", "fillcolor": "#F0F5FA", "penwidth": "2"}
PHASED = {
    "forward": {**FRAME, "fillcolor": "#FDFDFD"},
    "gradient": {**FRAME, "color": "#882255", "fillcolor": "#FBF3F6"},
    "update": {**FRAME, "color": "#117733", "fillcolor": "#F1F8F3"},
}
HELD = {**FRAME, "color": "#AA7700", "fillcolor": "#FFFBF0", "penwidth": "1.5"}
AGAIN = {"style": "dashed", "constraint": "false", "color": "#AA7700", "fontcolor": "#AA7700"}
TEST = {"fillcolor": "#FFFFFF", "color": "#AA7700", "style": "filled"}
ACROSS = {"color": "#AAAAAA", "fontcolor": "#888888"}  # from one phase to another
DEEPEST = 3  # levels of loops in loops that are drawn
MOST_HELD = 60  # boxes of a graph within a node
VALUES_SAID = 2  # on an arrow that stands for many


class Drawing:
    """Writes views into a picture.

    Parameters
    ----------
    picture : graphviz.Digraph
        Where to.
    names : Names
        Gives the ids, so that those of graphs within nodes are others.
    given : dict of str to str
        Attributes that the user gave for all nodes, which win.
    """

    def __init__(self, picture: Any, names: Names, given: Mapping[str, str]):
        self.picture = picture
        self.names = names
        self.given = given
        self.frames = 0
        self.phases: dict[str, str] = {}  # the frame of each

    def draw(self, facts: Facts, view: View, level: int = 0, words: Mapping[Node, str] | None = None) -> Gates:
        """Draw boxes in their frames, then the arrows.

        Parameters
        ----------
        level : int
            In how many nodes' graphs this is.
        words : dict of Node to str, optional
            A further line for some nodes.

        Returns
        -------
        Gates
            What stands for nodes that hold graphs.
        """
        gates = Gates({}, {})
        stack: list[Frame | None] = [view.root]
        while stack:
            frame = stack.pop()
            if frame is None:
                self._close()
                continue
            if frame is not view.root:
                title, looks = _title(frame)
                if facts.heat is not None:
                    title += f"   {facts.heat.text(facts.heat.of(frame.group.every_node()))}"
                self._open(title, looks)
                if frame.group.name in PHASES:
                    self.phases[frame.group.name] = f"cluster_{self.frames}"
                stack.append(None)
            for box in frame.boxes:
                node = box.node
                held = held_by(node) if node is not None and node.op is not None and level < DEEPEST else []
                if held and node is not None:
                    self._held(facts, node, held, gates, level)
                elif node is not None:
                    self._box(box.id, box_of_node(facts, node, (words or {}).get(node, "")))
                elif box.group is not None:
                    self._box(box.id, box_of_group(facts, box.group))
            stack.extend(reversed(frame.frames))
        self._arrows(facts, view, gates)
        return gates

    def _box(self, name: str, looks: dict[str, str]) -> None:
        self.picture.node(name, _attributes={key: value for key, value in looks.items() if key == "label" or key not in self.given})

    def _open(self, title: str, looks: Mapping[str, str]) -> None:
        """Begin a frame; it lasts till it is closed."""
        self.frames += 1
        written = " ".join(f'{key}="{value}"' for key, value in looks.items())
        self.picture.body.append(f"\tsubgraph cluster_{self.frames} {{\n\tgraph [label=<{inline(title)}> {written}]\n")

    def _close(self) -> None:
        self.picture.body.append("\t}\n")

    def _arrows(self, facts: Facts, view: View, gates: Gates) -> None:
        arrows = view.arrows()
        joint: dict[tuple[str, str], list[Arrow]] = {}
        if facts.phases and view.closed:
            for arrow in arrows:
                if (ends := (_phase(facts, arrow.reader), _phase(facts, arrow.source))) and ends[0] != ends[1]:
                    joint.setdefault(ends, []).append(arrow)
            arrows = [arrow for arrow in arrows if _phase(facts, arrow.reader) == _phase(facts, arrow.source)]
        aside = between_columns(view, arrows) if view.closed and not facts.phases else set()
        readers = Counter(arrow.source for arrow in arrows)
        inputs = Counter(arrow.reader for arrow in arrows)
        for arrow in arrows:
            looks = _one(facts, arrow) if len(arrow.read) == 1 else _many(facts, arrow)
            if readers[arrow.source] == inputs[arrow.reader] == 1:
                looks["weight"] = "2"  # chains straight, bends elsewhere
            if arrow in aside:
                looks |= {"constraint": "false", "weight": "1"}
            if facts.phases and _phase(facts, arrow.source) != _phase(facts, arrow.reader):
                looks |= ACROSS
            ends = dict.fromkeys(
                (reader, source)
                for node, place, entry in arrow.read
                for reader in gates.inputs.get((node, place), [arrow.reader.id] if node not in gates.inside else [])
                for source in gates.outputs.get(entry, [arrow.source.id] if entry[0] not in gates.inside else [])
            )
            for reader, source in ends:
                self.picture.edge(reader, source, _attributes=looks)
        if joint:
            self.picture.graph_attr["compound"] = "true"
        for ends, several in joint.items():
            self._joint(facts, *ends, several)

    def _joint(self, facts: Facts, reading: str, read: str, arrows: list[Arrow]) -> None:
        """Draw one arrow from a phase to another for all between them: each would lead past all the rest."""
        count = len({entry for arrow in arrows for _, _, entry in arrow.read})
        looks = {"label": f" {count} values ", "constraint": "false", "penwidth": "3", **ACROSS}
        looks["tooltip"] = f"{reading} reads {count} values of {read}"
        for side, phase in (("ltail", reading), ("lhead", read)):
            if phase in self.phases:
                looks[side] = self.phases[phase]
        middle = arrows[len(arrows) // 2]
        self.picture.edge(middle.reader.id, middle.source.id, _attributes=looks)

    # -- graphs within nodes ------------------------------------------------------------------------------------------

    def _held(self, facts: Facts, node: Node, held: list[Inner], gates: Gates, level: int) -> None:
        """Draw the graphs of a node in a frame that stands for it."""
        gates.inside.add(node)
        self._open(f"{node.op.name}  {printable(node.name)}" + (f": {held[0].title}" if len(held) == 1 else ""), HELD)
        for inner in held:
            if len(held) > 1:
                self._open(inner.title, FRAME)
            self._inner(facts, node, inner, gates, level)
            if len(held) > 1:
                self._close()
        self._close()

    def _inner(self, outer: Facts, node: Node, inner: Inner, gates: Gates, level: int) -> None:
        numbers = outer.graph.inputs[outer.graph.index[node]]
        shapes, dtypes = inner_values(inner, [outer.shapes[n] for n in numbers], [outer.dtypes[n] for n in numbers])
        graph = inner.graph
        roles = roles_of(graph)
        facts = Facts(graph, shapes, dtypes, roles)
        facts.heads = {entry[0]: [] for entry, place in inner.outputs if place in outer.heads.get(node, ())}
        known = {number for number in numbers if node.inputs[numbers.index(number)][0] in outer.hidden}
        sources = {variable: place for variable, place, _ in inner.inputs}
        facts.hidden = {v for v in details_of(graph, roles) if v not in sources or numbers[sources[v]] in known}
        shown = [below for below in graph.nodes if below not in facts.hidden]
        view = View(graph, shown, MOST_HELD // 2 if len(shown) > MOST_HELD else None, names=self.names)
        words = {variable: {"row": "a row each time", "state": "handed on"}.get(word, "") for variable, _, word in inner.inputs}
        within = self.draw(facts, view, level + 1, words)

        def ids(entry: Entry) -> list[str]:
            return within.outputs.get(entry) or [view.box_of[entry[0]].id]

        for variable, place, _ in inner.inputs:
            if variable in view.box_of:
                gates.inputs.setdefault((node, place), []).append(view.box_of[variable].id)
            else:
                gates.inputs.setdefault((node, place), [])
        for entry, place in inner.outputs:
            gates.outputs.setdefault((node, place), []).extend(ids(entry))
        for entry, variable in inner.again:
            if variable in view.box_of and entry[0] in view.box_of and entry[0] is not variable:
                for name in ids(entry):
                    self.picture.edge(view.box_of[variable].id, name, _attributes={**AGAIN, "label": " next "})
        if inner.test is not None:
            name = self.names.take(f"{node.name} goes on")
            self.picture.node(name, _attributes={"shape": "diamond", "label": "true?" if len(inner.outputs) == 0 else "goes on?", **TEST})
            for below in ids(inner.test):
                self.picture.edge(name, below)


@dataclass
class Gates:
    """For nodes that are frames: which boxes get an input, and which give an output.

    Attributes
    ----------
    inputs : dict of (Node, int) to list of str
        Ids by node and number of the input; none where what it fills is left out.
    outputs : dict of Entry to list of str
        Ids by value.
    inside : set of Node
        The nodes that are frames.
    """

    inputs: dict[tuple[Node, int], list[str]]
    outputs: dict[Entry, list[str]]
    inside: set[Node] = field(default_factory=set)


def _phase(facts: Facts, box: Box) -> str:
    return facts.phases.get(next(box.nodes()), "forward")


def _title(frame: Frame) -> tuple[str, Mapping[str, str]]:
    group = frame.group
    if group.name in PHASES:
        return group.name, PHASED[group.name]
    if group.repeats > 1:
        return f"{title_of(group)}: one of them", REPEATED
    return group.label, FRAME


def _one(facts: Facts, arrow: Arrow) -> dict[str, str]:
    """Say what one input is."""
    node, place, entry = arrow.read[0]
    said = facts.said(entry)
    looks = {"tooltip": quotable(f"{entry[0].name} -> {node.name}: {input_names(node)[place]}{said and ', '}{said}")}
    if label := " ".join(filter(None, (output_name(entry), said))):
        looks["label"] = quotable(f" {label} ")  # the blanks keep it off the line
    return looks


def _many(facts: Facts, arrow: Arrow) -> dict[str, str]:
    """Say what several values are, by their shapes."""
    entries = list(dict.fromkeys(entry for _, _, entry in arrow.read))
    shapes = Counter(said for entry in entries if (said := facts.said(entry)))
    words = [f"{count} {TIMES} {said}" if count > 1 else said for said, count in shapes.most_common(VALUES_SAID)]
    words += ["…"] if len(shapes) > VALUES_SAID else []
    if len(entries) > 1 and not shapes:
        words = [f"{len(entries)} values"]
    looks = {"tooltip": quotable("\n".join(f"{entry[0].name} -> {node.name}" for node, _, entry in arrow.read[:10]))}
    if words:
        looks["label"] = quotable(f" {', '.join(words)} ")
    return looks
