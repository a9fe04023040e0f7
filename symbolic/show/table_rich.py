"""A table for the library rich, where it is installed: ``rich.print(symbol.summary(...))``."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from symbolic.errors import printable
from symbolic.show.table_text import Column

__all__ = ["rich_table"]


def rich_table(columns: Sequence[Column], feet: Sequence[tuple[str, str]]) -> Any:
    """Make a ``rich.table.Table`` with the sums below it; only rich calls this."""
    table = importlib.import_module("rich.table").Table(show_edge=False, pad_edge=False)
    text = importlib.import_module("rich.text").Text  # names are no markup
    for place, column in enumerate(columns):
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=column.right,
            overflow="fold",
            style="bold" if place == 0 else None,
        )
    for cells in zip(*[column.cells for column in columns], strict=True):
        table.add_row(*[text(printable(cell, limit=2000)) for cell in cells])
    sums = importlib.import_module("rich.table").Table.grid(padding=(0, 2))
    for name, value in feet:
        sums.add_row(text(name, style="bold"), text(value))
    return importlib.import_module("rich.console").Group(table, sums)
