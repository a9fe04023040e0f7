"""``symbind summary``: layers as a table."""

from __future__ import annotations

from typing import Any

import click

from symbolic.cli.app import command as make
from symbolic.cli.model import find
from symbolic.cli.words import AS_JSON, DTYPE, FILE, SHAPE
from symbolic.show.table import summary

__all__ = ["command"]


@make(
    "summary",
    FILE,
    SHAPE,
    DTYPE,
    click.option(
        "-d", "--depth", type=click.IntRange(min=1), metavar="N", help="Join nodes whose names share N words: 1 makes a row of each stage."
    ),
    click.option("-w", "--width", type=click.IntRange(min=20), metavar="N", help="Places in a line; those of the terminal by default."),
    AS_JSON,
    epilog="""
symbind summary resnet-50 --shape data=1,3,224,224
symbind summary resnet-50 -s data=1,3,224,224 --depth 1
""",
)
def command(file: str, shapes: dict[str, Any], dtypes: dict[str, Any], depth: int | None, width: int | None, as_json: bool) -> None:
    """Tabulate FILE's layers: shapes, parameters, bytes, FLOPs, and the sums of these."""
    table = summary(find(file).symbol, shapes or None, dtypes or None, depth=depth)
    click.echo(table.to_json(indent=2) if as_json else table.text(width))
