"""A graph as a tree of groups, so that a large one is drawn as few boxes: by names, by blocks that repeat, else by place.

Every level of the tree keeps one promise: of its members, nodes and groups, none reads another that reads it, however far round.
So whichever groups are drawn as one box, the drawn graph has no cycles. It holds because a level is cut from one order of the
nodes, inputs before readers, in which members follow one another as runs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.show.cuts import Repeat, cuts, repeats
from symbolic.show.phases import PHASES, phases_of
from symbolic.show.runs import runs

__all__ = ["JOIN", "Group", "grouped"]

MOST = 24  # members of a level; more are cut into parts
PART = 8  # members of a part, about
MOST_PARTS = 12
DEEPEST = 6  # levels that names make
JOIN = " … "  # of the first and the last of what has no name of its own
FEW = 4  # single nodes in a row are worth a group from here
_PART = re.compile(r"[^_./:\-]+")
_NUMBER = re.compile(r"\d+$")


@dataclass(eq=False)
class Group:
    """Nodes that belong together, and the groups within.

    Attributes
    ----------
    name : str
        Of no other group: the prefix that its nodes share, ``"stage2_unit3"``, or names of the first and the last of them.
        Empty for the root.
    label : str
        What a box says: the name without what the group around it says already.
    nodes : list of Node
        Those in no group within, in the order of the graph.
    groups : list of Group
        The groups within, inputs before readers.
    repeats : int
        How many times the same is here: its ``groups``, or its ``nodes`` where there are no groups, are equal in structure
        and one after the other. 1 if they are not.
    """

    name: str
    label: str
    nodes: list[Node] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    repeats: int = 1

    def walk(self) -> Iterator[Group]:
        """Yield this group and those within, at any depth, outer ones first."""
        stack: list[Group] = [self]
        while stack:
            group = stack.pop()
            yield group
            stack.extend(reversed(group.groups))

    def every_node(self) -> Iterator[Node]:
        """Yield the nodes here and in all groups within."""
        for group in self.walk():
            yield from group.nodes


def grouped(graph: Graph, shown: Collection[Node] | None = None) -> Group:
    """Arrange the nodes of a graph as a tree of groups.

    Parameters
    ----------
    graph : Graph
        Any graph.
    shown : collection of Node, optional
        The nodes to arrange; by default all.

    Returns
    -------
    Group
        The root. Each node shown is in one group.

    Notes
    -----
    Forward, gradient and update nodes come apart first, if there is more than one kind. Then names decide, part by part:
    ``stage2_unit3_conv1`` is in ``unit3`` in ``stage2``; a node that its operator named (``_plus0``) goes with what it reads.
    Neighbours of equal structure, named or not, become a group that `repeats`. What is still long is cut where the fewest values
    cross. Time grows with the number of nodes times its logarithm.
    """
    chosen = set(graph.nodes if shown is None else shown)
    return _Arranger(graph, [node for node in graph.nodes if node in chosen]).root()


@dataclass(eq=False)
class _Member:
    """Of a level: a node, or the nodes of a group, by their places; ``kind`` is equal where structure is."""

    places: list[int]
    kind: int
    group: Group | None = None


class _Arranger:
    """Places are the nodes' numbers in the order of the graph, of those shown."""

    def __init__(self, graph: Graph, nodes: list[Node]):
        self.nodes = nodes
        place = {node: number for number, node in enumerate(nodes)}
        self.inputs = [sorted({place[below] for below, _ in node.inputs if below in place}) for node in nodes]
        self.beyond = [any(below not in place for below, _ in node.inputs) for node in nodes]  # reads what is not shown
        self.paths, self.turned = _places_first(nodes, self._paths())
        phases = phases_of(graph)
        self.phased = len({phases[node] for node in nodes}) > 1
        if self.phased:
            self.paths = [(phases[node], *path) for node, path in zip(nodes, self.paths, strict=True)]
        self.numbers: dict[Any, int] = {}  # of kinds
        self.kinds, self.operators = self._kinds()

    def _paths(self) -> list[tuple[str, ...]]:
        """Split names into parts; a node named by its operator is where that is which it reads last."""
        paths: list[tuple[str, ...]] = []
        made_up: set[int] = set()
        for number, node in enumerate(self.nodes):
            below = self.inputs[number]
            if below and _made_up(node):
                made_up.add(number)
                last = max(below, key=lambda source: (bool(self.inputs[source]), source))  # rather not a variable or a constant
                paths.append(paths[last] if last in made_up else paths[last][:-1])
            else:
                paths.append(_path(node))
        return paths

    def _kinds(self) -> tuple[list[int], list[int]]:
        """Number what nodes are: operator and parameters; and the operator alone."""
        known: dict[int, int] = {}
        kinds, operators = [], []
        for node in self.nodes:
            if node.op is None:
                known[0] = self._number("variable")
                kinds.append(known[0])
                operators.append(known[0])
                continue
            key = id(node.params)
            if key not in known:
                words = tuple(sorted((word, str(value)) for word, value in node.params._words.items()))
                known[key] = self._number((node.op.name, words))
            kinds.append(known[key])
            operators.append(self._number((node.op.name,)))
        return kinds, operators

    def _number(self, kind: Any) -> int:
        return self.numbers.setdefault(kind, len(self.numbers))

    def root(self) -> Group:
        group = Group("", "")
        self._fill(group, list(range(len(self.nodes))), 0)
        group.name = group.label = ""
        _finish(group)
        return group

    # -- by name ------------------------------------------------------------------------------------------------------

    def _fill(self, group: Group, places: list[int], depth: int) -> int:
        """Arrange places in a group, by the parts of their names from ``depth`` on; return the kind of the whole."""
        while True:
            keys = [self.paths[place][depth] if len(self.paths[place]) > depth else None for place in places]
            counts = Counter(keys)
            if None in counts or len(counts) > 1 or not places:
                break
            if len(places) == 1:
                break
            depth += 1
            if not (self.phased and depth == 1):
                self._rename(group, places, depth)
        names = [key if key is not None and counts[key] > 1 else None for key in keys]
        members = []
        for name, run in runs(places, names, self.inputs):
            if name is None or len(run) == 1:
                members += [_Member([place], self.kinds[place]) for place in run]
                continue
            inner = Group("", "")
            self._rename(inner, run, depth + 1)
            members.append(_Member(run, self._fill(inner, run, depth + 1), inner))
        self._settle(group, members)
        return self._structure(members)

    def _rename(self, group: Group, places: list[int], depth: int) -> None:
        """Name a group by the first ``depth`` parts of the names within."""
        if self.phased and depth == 1:
            group.name = self.paths[places[0]][0]
            return
        skipped = int(self.phased)
        path = self.paths[places[0]][:depth]
        named = next((place for place in places if not _made_up(self.nodes[place])), places[0])
        ends = [found.end() for found in _PART.finditer(self.nodes[named].name)][: depth - skipped]
        whole = len(ends) == depth - skipped and named not in self.turned
        group.name = self.nodes[named].name[: ends[-1]] if whole else "_".join(path[skipped:])

    # -- by structure -------------------------------------------------------------------------------------------------

    def _settle(self, group: Group, members: list[_Member]) -> None:
        """Put members into a group: first what repeats, as one, then, if they are still many, in parts."""
        many = len(members) > MOST
        if many or any(member.group is not None for member in members):
            members = self._repeated(group, members, many)
            if group.repeats > 1:
                return
        if len(members) > MOST:
            members = self._blocks(members)
        if len(members) > MOST:
            parts = min(MOST_PARTS, -(-len(members) // PART))
            starts = [0, *cuts(len(members), self._spans(members), parts), len(members)]
            members = [self._joined(members[start:end]) for start, end in pairwise(starts)]
        for member in members:
            if member.group is None:
                group.nodes += [self.nodes[place] for place in member.places]
            else:
                group.groups.append(member.group)

    def _repeated(self, group: Group, members: list[_Member], many: bool) -> list[_Member]:
        """Join copies that stand in a row; if they are all there is, the group itself is their repetition."""
        result: list[_Member] = []
        end = 0
        for repeat in repeats([member.kind for member in members]):
            found = self._copies(members, repeat, many)
            if not found:
                continue
            first, copies = found
            result += members[end:first]
            end = first + len(copies) * repeat.period
            if len(copies) * repeat.period == len(members) and not group.groups:
                self._hold(group, copies)
                return []
            joined = Group("", "")
            self._hold(joined, copies)
            self._name_by_ends(joined, [copy.group for copy in copies], copies)
            result.append(_Member([place for copy in copies for place in copy.places], self._structure(copies), joined))
        return result + members[end:]

    def _copies(self, members: list[_Member], repeat: Repeat, many: bool) -> tuple[int, list[_Member]] | None:
        """Make the copies of a repetition members; wired differently, they are none: the longest row that is equal counts."""
        one = members[repeat.start]
        if repeat.period == 1 and one.group is None:
            if not many or repeat.count < FEW:
                return None
            return repeat.start, members[repeat.start : repeat.end]
        if not many and all(member.group is None for member in members[repeat.start : repeat.start + repeat.period]):
            return None
        blocks = [
            members[start : start + repeat.period] for start in range(repeat.start, repeat.end, repeat.period)
        ]  # of one member each, they are groups whose kinds are equal
        rows = [list(row) for _, row in groupby(enumerate(blocks), lambda numbered: self._structure(numbered[1]))]
        row = max(rows, key=len)
        if len(row) < 2:
            return None
        return repeat.start + row[0][0] * repeat.period, [self._joined(block) for _, block in row]

    def _hold(self, group: Group, copies: list[_Member]) -> None:
        group.repeats = len(copies)
        for copy in copies:
            if copy.group is None:
                group.nodes += [self.nodes[place] for place in copy.places]
            else:
                group.groups.append(copy.group)

    def _blocks(self, members: list[_Member]) -> list[_Member]:
        """Join what repeats but for sizes: ``Convolution, Activation`` with ever more filters."""
        row = [self.operators[member.places[0]] if member.group is None else -member.kind - 1 for member in members]
        result: list[_Member] = []
        end = 0
        for repeat in repeats(row):
            if repeat.period > 1:
                result += members[end : repeat.start]
                result += [self._joined(members[start : start + repeat.period]) for start in range(repeat.start, repeat.end, repeat.period)]
                end = repeat.end
        return result + members[end:]

    def _joined(self, members: Sequence[_Member]) -> _Member:
        """Make some members in a row one."""
        members = list(members)
        if len(members) == 1:
            return members[0]
        group = Group("", "")
        kind = self._structure(members)
        self._settle(group, members)
        self._name_by_ends(group, [member.group for member in members], members)
        return _Member([place for member in members for place in member.places], kind, group)

    def _name_by_ends(self, group: Group, groups: Sequence[Group | None], members: Sequence[_Member]) -> None:
        ends = [(groups[0], members[0].places[0]), (groups[-1], members[-1].places[-1])]
        names = [inner.name if inner is not None else self.nodes[place].name for inner, place in ends]
        group.name = JOIN.join(_outer(*names))

    def _structure(self, members: Sequence[_Member]) -> int:
        """Number the structure of a row: kinds of all members, and which of them reads which."""
        where = {place: number for number, member in enumerate(members) for place in member.places}
        shape = []
        for number, member in enumerate(members):
            read = {where.get(source, -1) for place in member.places for source in self.inputs[place]}
            read.discard(number)
            if any(self.beyond[place] for place in member.places):
                read.add(-1)
            shape.append((member.kind, tuple(sorted(read))))
        return shape[0][0] if len(shape) == 1 else self._number(tuple(shape))

    def _spans(self, members: Sequence[_Member]) -> Iterator[tuple[int, int]]:
        """For each member that another reads, itself and its last reader."""
        where = {place: number for number, member in enumerate(members) for place in member.places}
        last: dict[int, int] = {}
        for number, member in enumerate(members):
            for place in member.places:
                for source in self.inputs[place]:
                    if where.get(source, number) != number:
                        last[where[source]] = number
        yield from last.items()


def _finish(root: Group) -> None:
    """Make names unique, and shorten labels by what the group around says."""
    used: Counter[str] = Counter()
    stack = [(group, "") for group in reversed(root.groups)]
    while stack:
        group, outside = stack.pop()
        ends = group.name.split(JOIN)
        group.label = JOIN.join(_shortened(end, outside) for end in ends)
        inner = group.name if len(ends) == 1 and group.name not in PHASES else outside
        stack += [(below, inner) for below in reversed(group.groups)]
        used[group.name] += 1
        if used[group.name] > 1:
            group.name = f"{group.name} ({used[group.name]})"


def _shortened(name: str, outside: str) -> str:
    """Leave out of a name the prefix that the group around has, and what Gluon puts last."""
    if outside and name.startswith(outside):
        name = name[len(outside) :].lstrip("_./:-") or name
    return name.removesuffix("_fwd")


def _outer(first: str, last: str) -> tuple[str, ...]:
    """Take the ends of what two names say: ``a … c`` of ``a … b`` and ``b … c``."""
    first, last = first.split(JOIN)[0], last.split(JOIN)[-1]
    return (first,) if first == last else (first, last)


def _places_first(nodes: Sequence[Node], paths: list[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], set[int]]:
    """Put what says only the operator last, where most names begin with it: ``conv_3a_proj``, ``bn_3a_proj``, ``relu_3a_proj``.

    Returns
    -------
    list of tuple of str
        The paths.
    set of int
        Which were changed.
    """
    turned: set[int] = set()
    for _ in range(DEEPEST // 2):
        kinds: dict[str, set[Any]] = {}
        members: Counter[str] = Counter()
        long = [number for number, path in enumerate(paths) if len(path) > 1 and nodes[number].op is not None]
        for number in long:
            kinds.setdefault(paths[number][0], set()).add(nodes[number].op)
            members[paths[number][0]] += 1
        telling = {part for part, found in kinds.items() if len(found) == 1 and members[part] >= FEW}
        telling = {part for part in telling if not part[-1].isdigit()}
        changed = [number for number in long if paths[number][0] in telling]
        operators = {nodes[number].op for number in changed}
        if not changed or (not turned and (2 * len(changed) < len(long) or len(operators) < 2)):
            break
        for number in changed:
            paths[number] = (*paths[number][1:], paths[number][0])
        turned.update(changed)
    return paths, turned


def _path(node: Node) -> tuple[str, ...]:
    """Split a name into parts; the operator's own, at the end, is one: ``net_slice_axis0`` is ``net``, ``slice_axis0``."""
    name, last = node.name, ()
    if node.op is not None:
        stem = _NUMBER.sub("", name)
        if stem.lower().endswith(node.op.name.lower()):
            start = len(stem) - len(node.op.name)
            name, last = name[:start], (name[start:],)
    return (*_PART.findall(name)[:DEEPEST], *last)


def _made_up(node: Node) -> bool:
    """Whether the operator named the node, as ``_plus0`` or ``activation3``."""
    if node.op is None or not node.name[-1:].isdigit():
        return False
    stem = _NUMBER.sub("", node.name)
    return stem[:1] == "_" or stem == node.op.name.lower()
