"""A long picture side by side, as a newspaper sets its text: so that it fits a page."""

from __future__ import annotations

from collections.abc import Sequence

from symbolic.show.view import Arrow, Box, Frame, View

__all__ = ["between_columns"]

TALL = 24  # boxes one above the other that a page holds
LONGEST_FRAME = 16  # of these; a longer frame has columns inside
MOST = 4  # columns
MOST_CROSSING = 2  # arrows from one column to the next
SLACK = 0.35  # of a column: how far a cut may be from where columns were equal


def between_columns(view: View, arrows: Sequence[Arrow]) -> set[Arrow]:
    """Find the arrows that lead from one column to the next, where a picture is long enough to be cut.

    Parameters
    ----------
    view : View
        Boxes and frames; only a frame that is itself too long is cut.
    arrows : sequence of Arrow
        All of them.

    Returns
    -------
    set of Arrow
        Those that must not say what is below what; empty for most pictures.
    """
    ranks = _ranks(view, arrows)
    height = max(ranks.values(), default=0) + 1
    count = min(-(-height // TALL), MOST)
    if count < 2:
        return set()
    solid = _solid(view.root, ranks)
    lengths = [(ranks[arrow.source], ranks[arrow.reader]) for arrow in arrows]
    places = []
    for number in range(1, count):
        ideal, slack = number * height / count, SLACK * height / count
        near = [
            (crossing, abs(place - ideal), place)
            for place in range(max(1, round(ideal - slack)), min(height - 1, round(ideal + slack)) + 1)
            if not any(low < place <= high for low, high in solid)
            and (crossing := sum(low < place <= high for low, high in lengths)) <= MOST_CROSSING
        ]
        if near:
            places.append(min(near)[2])
    return {arrow for arrow, (low, high) in zip(arrows, lengths, strict=True) if any(low < place <= high for place in places)}


def _ranks(view: View, arrows: Sequence[Arrow]) -> dict[Box, int]:
    """Say how many boxes are above each, on the longest way."""
    waiting = dict.fromkeys(view.boxes, 0)
    readers: dict[Box, list[Box]] = {}
    for arrow in arrows:
        waiting[arrow.reader] += 1
        readers.setdefault(arrow.source, []).append(arrow.reader)
    ranks = dict.fromkeys(view.boxes, 0)
    ready = [box for box, count in waiting.items() if count == 0]
    while ready:
        box = ready.pop()
        for reader in readers.get(box, ()):
            ranks[reader] = max(ranks[reader], ranks[box] + 1)
            waiting[reader] -= 1
            if waiting[reader] == 0:
                ready.append(reader)
    return ranks


def _solid(root: Frame, ranks: dict[Box, int]) -> list[tuple[int, int]]:
    """List where frames reach that are to stay in one column."""
    found = []
    stack = list(root.frames)
    while stack:
        frame = stack.pop()
        low, high = _extent(frame, ranks)
        if high - low < LONGEST_FRAME:
            found.append((low, high))
        else:
            stack += frame.frames
    return found


def _extent(frame: Frame, ranks: dict[Box, int]) -> tuple[int, int]:
    """Say from which rank to which a frame reaches."""
    inside: list[int] = []
    stack = [frame]
    while stack:
        inner = stack.pop()
        inside += [ranks[box] for box in inner.boxes]
        stack += inner.frames
    return min(inside, default=0), max(inside, default=0)
