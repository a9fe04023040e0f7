"""What a picture draws of a graph: which groups are open, which are one box, and which box stands for which node."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.show.groups import Group, grouped
from symbolic.show.phases import PHASES, phases_of

__all__ = ["Arrow", "Box", "Frame", "Names", "View"]

SMALL = 3  # nodes of a group that is not worth a box


@dataclass(eq=False)
class Box:
    """One box: a node, or a group that is closed."""

    id: str
    node: Node | None = None
    group: Group | None = None

    def nodes(self) -> Iterator[Node]:
        """Yield the nodes that it stands for."""
        if self.node is not None:
            yield self.node
        elif self.group is not None:
            yield from self.group.every_node()


@dataclass(eq=False)
class Frame:
    """Boxes within one border, and the frames within; of what repeats only one copy is inside."""

    group: Group
    boxes: list[Box] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)


@dataclass(eq=False)
class Arrow:
    """What a box reads of another: reader, which of its inputs, and the value; between nodes it is one, of groups there may be many."""

    reader: Box
    source: Box
    read: list[tuple[Node, int, Entry]]


class Names:
    """Gives ids: a name without what means something to DOT, ``fc1 #2`` where names repeat."""

    def __init__(self) -> None:
        self.uses: Counter[str] = Counter()

    def take(self, name: str) -> str:
        """Return an id that was not given before."""
        stem = re.sub(r"[^\w.\-/+ ]", "_", name) or "node"  # no "#" in it: a made id is no other's
        self.uses[stem] += 1
        return stem if self.uses[stem] == 1 else f"{stem} #{self.uses[stem]}"


class View:
    """The boxes of a graph.

    Parameters
    ----------
    graph : Graph
        What is drawn.
    shown : sequence of Node
        Its nodes, but for those that are left out, in order.
    most : int, optional
        How many boxes there may be; groups are opened, the largest first, as long as there are no more. By default every
        node is a box and there are no groups.
    depth : int, optional
        How many levels of groups are open, in place of ``most``.

    Attributes
    ----------
    root : Frame
        The whole.
    boxes : list of Box
        In the order of the graph.
    box_of : dict of Node to Box
        For each node shown. Nodes of the second copy of what repeats are in the boxes of the first.
    closed : int
        How many boxes are groups.
    """

    def __init__(self, graph: Graph, shown: Sequence[Node], most: int | None = None, depth: int | None = None, names: Names | None = None):
        self.graph, self.shown = graph, shown
        self._names = names or Names()
        self._copies: dict[Node, tuple[tuple[Group, int], ...]] = {}
        self.box_of: dict[Node, Box] = {}
        if most is None and depth is None:
            self.root = self._plain()
        else:
            whole = grouped(graph, shown)
            self.root = self._framed(whole, _to_depth(whole, depth) if depth is not None else _to_size(whole, most or 1))
        self.boxes = list(dict.fromkeys(self.box_of.values()))
        self.closed = sum(box.group is not None for box in self.boxes)

    def _plain(self) -> Frame:
        """Make every node a box; only phases have frames."""
        phases = phases_of(self.graph)
        used = {phases[node] for node in self.shown}
        frames = {phase: Frame(Group(phase, phase)) for phase in PHASES if phase in used}
        for node in self.shown:
            frames[phases[node]].boxes.append(self._place(Box(self._names.take(node.name), node)))
        if len(frames) == 1:
            return next(iter(frames.values()))
        return Frame(Group("", ""), frames=list(frames.values()))

    def _place(self, box: Box) -> Box:
        for node in box.nodes():
            self.box_of[node] = box
        return box

    def _framed(self, whole: Group, opened: set[Group]) -> Frame:
        """Make frames of open groups and boxes of closed ones."""
        root = Frame(whole)
        stack = [(whole, root)]
        later: list[Group] = []
        while stack:
            group, frame = stack.pop()
            repeated = group.repeats > 1 and bool(group.groups)
            if repeated:
                later.append(group)
            nodes, groups = _content(group)
            frame.boxes += [self._place(Box(self._names.take(node.name), node)) for node in nodes]
            for below in groups:
                if below in opened:
                    frame.frames.append(Frame(below))
                    stack.append((below, frame.frames[-1]))
                else:
                    frame.boxes.append(self._place(Box(self._names.take(below.name), group=below)))
        for group in reversed(later):  # inner ones first: the first copy has all its boxes then
            first = list(group.groups[0].every_node())
            for number, copy in enumerate(group.groups):
                for node, twin in zip(copy.every_node(), first, strict=False):
                    self.box_of[node] = self.box_of[twin]
                    self._copies[node] = (*self._copies.get(node, ()), (group, number))
        place = {node: number for number, node in enumerate(self.shown)}
        self.box_of = dict(sorted(self.box_of.items(), key=lambda item: place[item[0]]))
        return root

    def arrows(self) -> list[Arrow]:
        """List what boxes read of each other. Between two nodes each reading has its own arrow; elsewhere one stands for all."""
        found: list[Arrow] = []
        joined: dict[tuple[Box, Box], Arrow] = {}
        for node in self.shown:
            reader = self.box_of[node]
            for slot, entry in enumerate(node.inputs):
                source = self.box_of.get(entry[0])
                if source is None or source is reader or self._seen_in_first_copy(node, entry[0]):
                    continue
                if reader.node is node and source.node is entry[0] and node not in self._copies and entry[0] not in self._copies:
                    found.append(Arrow(reader, source, [(node, slot, entry)]))
                elif (reader, source) in joined:
                    joined[reader, source].read.append((node, slot, entry))
                else:
                    joined[reader, source] = Arrow(reader, source, [(node, slot, entry)])
                    found.append(joined[reader, source])
        return found

    def _seen_in_first_copy(self, reader: Node, source: Node) -> bool:
        """Whether both are in what repeats, so that the first copy shows it, or the frame: what one copy reads of another."""
        if reader not in self._copies or source not in self._copies:
            return False
        of_source = dict(self._copies[source])
        return any(group in of_source and (of_source[group] != number or number > 0) for group, number in self._copies[reader])


def _content(group: Group) -> tuple[list[Node], list[Group]]:
    """List what is seen of a group that is opened: of copies the first; of small groups their nodes."""
    first = group.groups[0] if group.repeats > 1 and group.groups else group
    if first.repeats > 1:  # a copy that is a repetition itself
        return [], [first]
    nodes = list(first.nodes)
    groups: list[Group] = []
    for below in first.groups:
        if below.repeats == 1 and not below.groups and len(below.nodes) <= SMALL:
            nodes += below.nodes
        else:
            groups.append(below)
    return nodes, groups


def _can_open(group: Group) -> bool:
    return bool(group.groups) or group.repeats == 1


def _to_depth(root: Group, depth: int) -> set[Group]:
    """Open so many levels below the first."""
    opened: set[Group] = set()
    level: Iterable[Group] = [root]
    for _ in range(depth + 1):
        level = [group for group in level if _can_open(group)]
        opened.update(level)
        level = [below for group in level for below in _content(group)[1]]
    return opened


def _to_size(root: Group, most: int) -> set[Group]:
    """Open the largest groups first, as long as there are no more than ``most`` boxes."""
    opened: set[Group] = set()
    sizes = _sizes(root)
    heap: list[tuple[int, int, Group]] = [(0, 0, root)]
    count = number = 1
    while heap:
        _, _, group = heappop(heap)
        nodes, groups = _content(group)
        more = len(nodes) + len(groups) - 1
        if not _can_open(group) or (count + more > most and group is not root and group.name not in PHASES):
            continue
        opened.add(group)
        count += more
        for below in groups:
            heappush(heap, (-sizes[below] - (below.name in PHASES) * sizes[root], number, below))  # phases are always open
            number += 1
    return opened


def _sizes(root: Group) -> dict[Group, int]:
    """Count the nodes of every group."""
    sizes: dict[Group, int] = {}
    for group in reversed(list(root.walk())):
        sizes[group] = len(group.nodes) + sum(sizes[below] for below in group.groups)
    return sizes
