"""An order of nodes in which those of one name follow one another as far as what they read allows."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

__all__ = ["runs"]


def runs(places: Sequence[int], names: Sequence[str | None], inputs: Sequence[Sequence[int]]) -> list[tuple[str | None, list[int]]]:
    """Order places, inputs before readers, so that few runs of equal names come out.

    Parameters
    ----------
    places : sequence of int
        In an order with inputs before readers.
    names : sequence of str or None
        What group each is to be in; ``None`` for one that stays alone.
    inputs : sequence of sequence of int
        For each place, in all, those it reads; what is not among ``places`` does not count.

    Returns
    -------
    list of (str or None, list of int)
        The runs. A name comes more than once where its nodes cannot all be together: ``a1 -> b -> a2``.
    """
    group_of: dict[int, int] = {}
    numbers: dict[str, int] = {}
    titles: list[str | None] = []
    for place, name in zip(places, names, strict=True):
        if name is None or name not in numbers:
            if name is not None:
                numbers[name] = len(titles)
            group_of[place] = len(titles)
            titles.append(name)
        else:
            group_of[place] = numbers[name]
    waiting: dict[int, int] = {}  # inputs of a place still to come
    outside = [0] * len(titles)  # inputs of a group from other groups still to come
    readers: dict[int, list[int]] = {}
    for place in places:
        below = [source for source in inputs[place] if source in group_of]
        waiting[place] = len(below)
        for source in below:
            readers.setdefault(source, []).append(place)
            outside[group_of[place]] += group_of[source] != group_of[place]

    ready: list[list[int]] = [[] for _ in titles]  # places of each group that can come next
    whole: list[tuple[int, int]] = []  # groups that can come as one run, by their first place
    some: list[int] = []  # places that can come, for when no group can as a whole
    for place in places:
        if waiting[place] == 0:
            group = group_of[place]
            heappush(ready[group], place)
            heappush(some, place)
            if outside[group] == 0:
                heappush(whole, (place, group))

    found: list[tuple[str | None, list[int]]] = []
    left = len(waiting)
    while left:
        while whole and not ready[whole[0][1]]:
            heappop(whole)
        if whole:
            group = whole[0][1]
        else:
            while waiting[some[0]] < 0:  # done already
                heappop(some)
            group = group_of[some[0]]
        run: list[int] = []
        while ready[group]:
            place = heappop(ready[group])
            run.append(place)
            waiting[place] = -1
            for reader in readers.get(place, ()):
                waiting[reader] -= 1
                other = group_of[reader]
                outside[other] -= other != group
                if waiting[reader] == 0:
                    heappush(ready[other], reader)
                    if other != group:
                        heappush(some, reader)
                if outside[other] == 0 and ready[other] and other != group:
                    heappush(whole, (ready[other][0], other))
        left -= len(run)
        found.append((titles[group], run))
    return found
