"""What commands print: tables in columns, numbers for people, JSON for programs, and bars of progress."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import click

__all__ = ["count", "print_json", "print_table", "progress", "shape_text", "size"]

T = TypeVar("T")
LONGEST = 60  # characters of a cell


def print_json(value: Any) -> None:
    """Print a value as JSON; sizes that are not known are null."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> None:
    """Print rows in columns; those of ``right`` are aligned to the right."""
    shown = [[_cut(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in shown) for column in range(len(head))]
    to_right = set(right)
    for row in shown:
        cells = [
            cell.rjust(width) if place in to_right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST else f"{cell[: LONGEST // 2 - 2]}...{cell[-LONGEST // 2 + 1 :]}"


def shape_text(shape: Sequence[int | None] | None) -> str:
    """Spell a shape as ``--shape`` reads it: ``1,3,224,224``; ``?`` where a size is not known."""
    if shape is None:
        return "?"
    return ",".join("?" if size is None else str(size) for size in shape) or "()"


def count(many: int, what: str) -> str:
    """Spell how many: ``1 node``, ``2 nodes``."""
    return f"{many:,} {what}{'' if many == 1 else 's'}"


def size(many: int) -> str:
    """Spell a number of bytes."""
    units = ("bytes", "KiB", "MiB", "GiB", "TiB")
    step = min((max(many, 1).bit_length() - 1) // 10, len(units) - 1)
    return f"{many / 1024**step:.1f} {units[step]}" if step else f"{many} bytes"


def progress(work: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Go through work, with a bar on the terminal if it takes longer than a moment."""
    if not sys.stderr.isatty():
        yield from work
        return
    try:
        tqdm = importlib.import_module("tqdm").tqdm
    except ImportError:  # the bar is an extra: pip install 'symbind[progress]'
        yield from work
        return
    yield from tqdm(work, total=total, desc=what, file=sys.stderr, delay=0.5, leave=False)
