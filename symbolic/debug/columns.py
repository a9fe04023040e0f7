"""Tables in plain text."""

from __future__ import annotations

from collections.abc import Sequence

from symbolic.errors import printable

__all__ = ["columns"]

LONGEST = 44  # characters of a cell


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]], right: str = "") -> list[str]:
    """Lay out a table, as wide as its cells ask for.

    Parameters
    ----------
    heads : sequence of str
        What stands above each column.
    rows : sequence of sequence of str
        The cells; of long ones the middle is left out.
    right : str
        For each column ``"r"`` if it is flush right, as numbers are, or another letter.
    """
    cells = [[_shortened(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    flush = [place < len(right) and right[place] == "r" for place in range(len(heads))]
    lines = []
    for row in cells:
        told = [cell.rjust(width) if end else cell.ljust(width) for cell, width, end in zip(row, widths, flush, strict=True)]
        lines.append("  ".join(told).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return lines


def _shortened(cell: str) -> str:
    cell = printable(cell, 1000)
    half = LONGEST // 2
    return cell if len(cell) <= LONGEST else f"{cell[: half - 1]}…{cell[-half:]}"
