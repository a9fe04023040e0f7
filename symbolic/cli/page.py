"""``symbind page``: the graph as a page for a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from symbolic.cli.app import command as make
from symbolic.cli.model import find
from symbolic.cli.words import DTYPE, FILE, OUTPUT, SHAPE
from symbolic.show.page.save import save_page

__all__ = ["command"]


@make(
    "page",
    FILE,
    OUTPUT,
    SHAPE,
    DTYPE,
    click.option("--title", metavar="TEXT", help="What stands above the graph; the file's name by default."),
    click.option("--open", "show", is_flag=True, help="Open the page in the browser."),
    epilog="""
symbind page resnet-50 --shape data=1,3,224,224 --open
""",
)
def command(file: str, output: str | None, shapes: dict[str, Any], dtypes: dict[str, Any], title: str | None, show: bool) -> None:
    """Write FILE's graph as one page of HTML, which works without a network: zoom, search, open groups, see shapes and cost."""
    model = find(file)
    name = file.removesuffix(".json").removesuffix("-symbol").rstrip("/")
    path = Path(output if output is not None else f"{name}.html")
    save_page(model.symbol, path, shapes or None, dtypes or None, title=title or Path(name).name)
    click.echo(str(path), err=True)
    if show:
        click.launch(path.resolve().as_uri())
