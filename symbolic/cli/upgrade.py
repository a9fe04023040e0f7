"""``symbind upgrade``: an old graph as MXNet 1.9.1 writes it."""

from __future__ import annotations

from pathlib import Path

import click

from symbolic.cli.app import command as make
from symbolic.cli.lines import count
from symbolic.cli.model import find
from symbolic.cli.words import FILE
from symbolic.errors import FileError, describe
from symbolic.files import atomic
from symbolic.files.json import to_json

__all__ = ["command"]


@make(
    "upgrade",
    FILE,
    click.option("-o", "--output", type=click.Path(), metavar="PATH", help="Where to write; - for the terminal."),
    click.option("--in-place", is_flag=True, help="Replace FILE itself."),
    epilog="""
symbind upgrade old-symbol.json -o new-symbol.json
symbind upgrade --in-place old-symbol.json
""",
)
def command(file: str, output: str | None, in_place: bool) -> None:
    """Rewrite FILE's graph, of MXNet 0.5 to 1.9, as MXNet 1.9.1 writes it.

    A file is replaced whole or not at all.
    """
    if (output is None) == (not in_place):
        raise click.UsageError("Say where to write: -o PATH, or --in-place.")
    model = find(file)
    text = to_json(model.symbol)
    if output == "-":
        click.echo(text, nl=False)
        return
    path = model.graph_path if output is None else Path(output)
    assert path is not None
    if output is not None and path.exists() and path.is_dir():
        raise FileError(describe(f"{path}: a folder; name the file to write"))
    atomic.write(path, [text.encode()])
    click.echo(f"{path}: {count(len(model.symbol.graph.nodes), 'node')}", err=True)
