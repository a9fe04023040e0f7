"""Rows of a table joined by the words that their names begin with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symbolic.cost.work import total

if TYPE_CHECKING:
    from symbolic.show.table import Layer

__all__ = ["grouped_rows"]

_WORD = re.compile(r"[^_./]*[_./]*")  # stage2_ | unit3_ | conv1


def _members(layers: Sequence[Layer], depth: int) -> list[tuple[str, list[Layer]]]:
    """Sort rows into groups, which stand where their first row stood; inputs stay alone."""
    words = {layer.name: [word for word in _WORD.findall(layer.name) if word] for layer in layers if layer.operator != "input"}
    shared = _shared(list(words.values()))
    groups: dict[str, list[Layer]] = {}
    for layer in layers:
        own = words.get(layer.name)
        name = layer.name if own is None or layer.operator == "input" else "".join(own[: shared + depth]).rstrip("_./")
        groups.setdefault(name or layer.name, []).append(layer)
    return list(groups.items())


def _shared(names: list[list[str]]) -> int:
    """Count the words that all names begin with."""
    if len(names) < 2:
        return 0
    low, high = min(names), max(names)  # what the first and the last share, all share
    count = 0
    while count < min(len(low), len(high)) - 1 and low[count] == high[count]:
        count += 1
    return count


def grouped_rows(layers: Sequence[Layer], depth: int) -> list[Layer]:
    """Make one row of all whose names share ``depth`` words, after those that all names share."""
    groups = [(name if len(group) > 1 else group[0].name, group) for name, group in _members(layers, depth)]
    place = {layer.name: name for name, group in groups for layer in group}
    return [_joined(name, group, place) for name, group in groups]


def _joined(name: str, group: list[Layer], place: Mapping[str, str]) -> Layer:
    """Make one row of many: sums, the last one's output, and the groups that are read."""
    reads = tuple(dict.fromkeys(place.get(read, read) for layer in group for read in layer.reads if place.get(read) != name))
    if len(group) == 1:
        return replace(group[0], reads=reads)
    measured = [layer.seconds for layer in group if layer.seconds is not None]
    return replace(
        group[-1],
        name=name,
        operator=f"{len(group)} nodes",
        parameters=total(layer.parameters for layer in group),
        states=total(layer.states for layer in group),
        bytes=total(layer.bytes for layer in group),
        flops=total(layer.flops for layer in group),
        reads=reads,
        seconds=sum(measured) if measured else None,
        nodes=len(group),
    )
