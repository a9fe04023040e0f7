"""``symbind plot``: the graph as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from symbolic.cli.app import command as make
from symbolic.cli.model import find
from symbolic.cli.words import DTYPE, FILE, OUTPUT, SHAPE
from symbolic.files import atomic
from symbolic.show.dot import plot_network

__all__ = ["command", "write_picture"]

FORMATS = {".png": "png", ".svg": "svg", ".pdf": "pdf", ".dot": "dot", ".gv": "dot"}


@make(
    "plot",
    FILE,
    OUTPUT,
    SHAPE,
    DTYPE,
    click.option("--weights", is_flag=True, help="Show weights and states, too."),
    click.option("-d", "--depth", type=click.IntRange(min=1), metavar="N", help="Open N levels of groups of nodes."),
    click.option("--boxes", type=click.IntRange(min=1), metavar="N", help="Join nodes until there are at most N boxes."),
    click.option("--heat", type=click.Choice(["bytes", "flops"]), help="Colour boxes by what they take."),
    epilog="""
symbind plot net-symbol.json -o net.png
symbind plot resnet-50 -s data=1,3,224,224 --heat flops -o resnet.svg
""",
)
def command(
    file: str,
    output: str | None,
    shapes: dict[str, Any],
    dtypes: dict[str, Any],
    weights: bool,
    depth: int | None,
    boxes: int | None,
    heat: str | None,
) -> None:
    """Draw FILE's graph as PNG, SVG, PDF or DOT: the ending of the output's name tells which. PDF needs the program dot."""
    path = Path(output if output is not None else f"{file.removesuffix('.json').removesuffix('-symbol').rstrip('/')}.svg")
    kind_of(path)
    symbol = find(file).symbol
    shape = shapes or ({} if heat else None)
    picture = plot_network(
        symbol, title=path.stem, shape=shape, dtype=dtypes or None, hide_weights=not weights, collapse=boxes, depth=depth, heat=heat
    )
    write_picture(picture, path)


def kind_of(path: Path) -> str:
    """Tell a format by the ending of a name.

    Raises
    ------
    click.BadParameter
        If no format has that ending.
    """
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise click.BadParameter(f"{path.name!r} ends in none of {', '.join(FORMATS)}", param_hint="--output")
    return kind


def write_picture(picture: Any, path: Path) -> None:
    """Write a picture in the format that the name's ending tells, whole or not at all."""
    kind = kind_of(path)
    atomic.write(path, [picture.source.encode() if kind == "dot" else picture.pipe(format=kind)])
    click.echo(str(path), err=True)
