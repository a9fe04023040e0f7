"""Columns of text side by side, within the width of a terminal."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbolic.errors import printable

__all__ = ["Column", "cut", "laid_out", "terminal_width", "width_of"]

GAP = 2  # blanks between columns


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    title : str
        What stands above it.
    cells : list of str
        One for each row.
    right : bool
        Whether cells end at the same place, as numbers do.
    least : int
        The width down to which its cells may be cut, in places of a terminal; 0 if they may not.
    rank : int
        Where there is no room, columns of the highest rank are left out first; 0 always stays.
    """

    title: str
    cells: list[str]
    right: bool = False
    least: int = 0
    rank: int = 0

    @property
    def width(self) -> int:
        """Places that the widest cell takes."""
        return max(map(width_of, (self.title, *self.cells)))


def width_of(text: str) -> int:
    """Count the places that a text takes on a terminal: two for a wide character (漢), none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Shorten a text to so many places; what is left out of its middle is shown as ``…``."""
    if width_of(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    tail = (width - 1) * 2 // 3  # names differ at their ends
    front = _front(text, width - 1 - tail)
    return front + "…" + _front(text[::-1], tail)[::-1]


def _front(text: str, width: int) -> str:
    taken = 0
    for place, character in enumerate(text):
        taken += _width(character)
        if taken > width:
            return text[:place]
    return text


def terminal_width() -> int:
    """Places in a line of the terminal, or what ``COLUMNS`` says; 120 where there is none."""
    return shutil.get_terminal_size((120, 24)).columns


def laid_out(columns: Sequence[Column], width: int) -> tuple[int, Iterator[str]]:
    """Lay columns side by side; what does not fit is cut, or left out.

    Returns
    -------
    int
        Places that the lines take at most.
    iterator of str
        The titles, then the rows.
    """
    columns = [Column(c.title, [printable(cell, limit=2000) for cell in c.cells], c.right, c.least, c.rank) for c in columns]
    kept, widths = _fitted(columns, width)

    def line(cells: Sequence[str]) -> str:
        parts = []
        for column, cell, room in zip(kept, cells, widths, strict=True):
            text = cut(cell, room)
            blanks = " " * (room - width_of(text))
            parts.append(blanks + text if column.right else text + blanks)
        return (" " * GAP).join(parts).rstrip()

    lines = (line(cells) for cells in zip(*[(column.title, *column.cells) for column in kept], strict=True))
    return sum(widths) + GAP * (len(widths) - 1), lines


def _fitted(columns: Sequence[Column], width: int) -> tuple[list[Column], list[int]]:
    """Choose columns and their widths: those of high rank give way first; if that is not enough, they are left out."""
    kept = list(columns)
    natural = {id(column): column.width for column in kept}
    while True:
        widths = [natural[id(column)] for column in kept]
        least = [min(room, column.least or room) for column, room in zip(kept, widths, strict=True)]
        room = width - GAP * (len(kept) - 1)
        if sum(least) <= room or not any(column.rank for column in kept):
            break
        kept.remove(max(kept, key=lambda column: column.rank))
    excess = sum(widths) - room
    for place in sorted(range(len(kept)), key=lambda place: -kept[place].rank):
        given = max(0, min(excess, widths[place] - least[place]))
        widths[place] -= given
        excess -= given
    return kept, widths
