"""The groups of a page as a list: those that names and repetition make, and a group for each graph that a node holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symbolic.graph.node import Node
from symbolic.show.groups import Group

__all__ = ["Tree"]

MOST = 60  # boxes in one group; more are cut into runs
DEEPEST = 40  # groups around a node; what lies deeper stays in the last


@dataclass
class _Open:
    """A group whose members have yet to be listed."""

    group: Group
    place: int
    depth: int


class Tree:
    """Groups as rows, each after the one around it.

    Attributes
    ----------
    rows : list of dict
        ``name``, ``label``, ``parent`` (place of the group around it; ``None`` for the first, which holds everything), ``repeats``,
        ``owner`` (place of the node whose graph it shows, or ``None``).
    of : dict of int to int
        Place of a node -> place of the group that it stands in.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.of: dict[int, int] = {}
        self.depths: list[int] = []

    def add(self, name: str, label: str, parent: int | None, repeats: int = 1, owner: int | None = None) -> int:
        """Add a group; return its place."""
        self.rows.append({"name": name, "label": label, "parent": parent, "repeats": repeats, "owner": owner})
        self.depths.append(0 if parent is None else self.depths[parent] + 1)
        return len(self.rows) - 1

    def fill(self, place: int, root: Group, places: Mapping[Node, int]) -> None:
        """Put what is in ``root`` into the group at ``place``."""
        waiting = [(root, place)]
        while waiting:
            group, here = waiting.pop()
            members = _members(group, places)
            for start, stop, target in self._runs(here, members):
                for _, member in members[start:stop]:
                    if isinstance(member, Node):
                        self.of[places[member]] = target
                    elif self.depths[target] < DEEPEST:
                        waiting.append((member, self.add(member.name, member.label, target, member.repeats)))
                    else:
                        self.of.update((places[node], target) for node in member.every_node())

    def _runs(self, here: int, members: Sequence[tuple[int, Group | Node]]) -> Iterator[tuple[int, int, int]]:
        """Cut a long group into groups of neighbours, so that none has more than `MOST` boxes."""
        count = len(members)
        if count <= MOST or self.depths[here] >= DEEPEST:
            yield 0, count, here
            return
        size = MOST
        while size * MOST < count:
            size *= MOST
        parts = -(-count // size)
        for number in range(parts):
            start, stop = number * count // parts, (number + 1) * count // parts
            part = self.add(f"{_name(members[start][1])} … {_name(members[stop - 1][1])}", f"{start + 1} to {stop}", here)
            for below, above, target in self._runs(part, members[start:stop]):
                yield start + below, start + above, target


def _name(member: Group | Node) -> str:
    return member.name


def _members(group: Group, places: Mapping[Node, int]) -> list[tuple[int, Group | Node]]:
    """List nodes and groups in the order of the graph."""
    found: list[tuple[int, Group | Node]] = [(places[node], node) for node in group.nodes]
    for inner in group.groups:
        first = next(inner.every_node(), None)
        if first is not None:
            found.append((min(places[node] for node in inner.every_node()) if len(inner.groups) else places[first], inner))
    return sorted(found, key=lambda pair: pair[0])
