"""A table as HTML, for notebooks: no script, no colours but those of the page."""

from __future__ import annotations

import html
from collections.abc import Sequence

from symbolic.errors import printable
from symbolic.show.table_text import Column, cut

__all__ = ["html_table"]

LONGEST = 60  # places of a cell; the whole text is its tooltip
NUMBER = ' style="text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding:0 .6em"'
TEXT = ' style="text-align:left;white-space:nowrap;padding:0 .6em"'


def html_table(columns: Sequence[Column], feet: Sequence[tuple[str, str]]) -> str:
    """Spell columns, and the sums below them, as one ``<table>``."""
    styles = [NUMBER if column.right else TEXT for column in columns]
    titles = "".join(f'<th scope="col"{style}>{html.escape(column.title)}</th>' for column, style in zip(columns, styles, strict=True))
    rows = [
        "<tr>" + "".join(f"<td{style}{_content(cell)}</td>" for cell, style in zip(cells, styles, strict=True)) + "</tr>"
        for cells in zip(*[column.cells for column in columns], strict=True)
    ]
    sums = [
        f'<tr><th scope="row"{TEXT}>{html.escape(name)}</th><td colspan="{len(columns) - 1}"{TEXT}>{html.escape(value)}</td></tr>'
        for name, value in feet
    ]
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{''.join(rows)}</tbody><tfoot>{''.join(sums)}</tfoot></table>"


def _content(cell: str) -> str:
    """Spell a cell from the end of its tag on."""
    text = printable(cell, limit=2000)
    short = cut(text, LONGEST)
    tooltip = f' title="{html.escape(text)}"' if short != text else ""
    return f"{tooltip}>{html.escape(short)}"
