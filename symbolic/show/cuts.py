"""Where a long row is cut: at what repeats in it, and where few values cross."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Repeat", "cuts", "repeats"]

LONGEST_PERIOD = 512  # members of a block that is looked for; of transformers and unrolled steps the largest have some 200
WINDOW = 0.35  # of a part's length: how far a cut may be from where parts were equal


@dataclass(frozen=True)
class Repeat:
    """Copies in a row: ``count`` of them, each ``period`` long, the first of which begins at ``start``."""

    start: int
    period: int
    count: int

    @property
    def end(self) -> int:
        """Where the last one ends."""
        return self.start + self.period * self.count


def repeats(kinds: Sequence[int]) -> list[Repeat]:
    """Find what repeats without a gap, the longest stretches first taken; no two overlap.

    Parameters
    ----------
    kinds : sequence of int
        What stands at each place; equal numbers are alike.

    Returns
    -------
    list of Repeat
        In order. Of a stretch that repeats in several ways it is the shortest period.
    """
    row = np.asarray(kinds, dtype=np.int64)
    found: list[tuple[int, int, int]] = []  # length, period, start
    for period in range(1, min(len(row) // 2, LONGEST_PERIOD) + 1):
        same = np.concatenate(([False], row[period:] == row[:-period], [False]))
        edges = np.flatnonzero(same[1:] != same[:-1])
        starts, lengths = edges[::2], edges[1::2] - edges[::2]
        for place in np.flatnonzero(lengths >= period):
            count = int(lengths[place]) // period + 1
            found.append((count * period, period, int(starts[place])))
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    taken = np.zeros(len(row) + 1, dtype=bool)
    kept = []
    for length, period, start in found:
        free = taken[start : start + length]
        if free.any():
            begin = int(np.argmin(free))  # what is left of it, at its beginning or its end
            rest = free[begin:]
            length = int(np.argmax(rest)) if rest.any() else len(rest)
            start += begin
            if length < 2 * period or taken[start]:
                continue
        count = length // period
        taken[start : start + count * period] = True
        kept.append(Repeat(start, period, count))
    return sorted(kept, key=lambda repeat: repeat.start)


def cuts(count: int, spans: Iterable[tuple[int, int]], parts: int) -> list[int]:
    """Cut a row into parts of about equal length, where the fewest values cross.

    Parameters
    ----------
    count : int
        Length of the row.
    spans : iterable of (int, int)
        For each value the place where it is made and the place of its last reader.
    parts : int
        How many parts, 2 or more, but no more than ``count``.

    Returns
    -------
    list of int
        Where parts begin, but for the first: growing, between 1 and ``count - 1``.
    """
    change = np.zeros(count + 1, dtype=np.int64)
    for made, read in spans:
        change[made + 1] += 1
        change[read + 1] -= 1
    crossing = np.cumsum(change)  # at i: the values that cross a cut before place i
    chosen: list[int] = []
    length = count / parts
    for number in range(1, parts):
        ideal = number * length
        low = max(int(ideal - WINDOW * length), chosen[-1] + 1 if chosen else 1)
        high = min(int(ideal + WINDOW * length), count - 1)
        if low > high:
            continue
        places = np.arange(low, high + 1)
        order = np.lexsort((np.abs(places - ideal), crossing[low : high + 1]))
        chosen.append(int(places[order[0]]))
    return chosen
