"""``symbind diff``: in what two graphs differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from symbolic.cli.app import FAULT
from symbolic.cli.app import command as make
from symbolic.cli.lines import print_json
from symbolic.cli.model import find
from symbolic.cli.plot import write_picture
from symbolic.debug.comparing import Difference, difference
from symbolic.graph.node import Node

__all__ = ["command"]


@make(
    "diff",
    click.argument("before", metavar="BEFORE", type=click.Path()),
    click.argument("after", metavar="AFTER", type=click.Path()),
    click.option("-o", "--output", type=click.Path(), metavar="PATH", help="Draw the difference, too: a .svg, .png, .pdf or .dot file."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs."),
    epilog="""
symbind diff net-v1-symbol.json net-v2-symbol.json
symbind diff net-v1 net-v2 -o difference.svg
""",
)
def command(before: str, after: str, output: str | None, as_json: bool) -> None:
    """Tell in what the graph AFTER differs from BEFORE: nodes that came, went or changed. The exit code is 1 if it does."""
    found = difference(find(before).symbol, find(after).symbol)
    if as_json:
        print_json(_plain(found))
    else:
        click.echo(str(found))
    if output is not None:
        write_picture(found.plot(title=Path(output).stem), Path(output))
    if found:
        raise click.exceptions.Exit(FAULT)


def _plain(found: Difference) -> dict[str, Any]:
    def named(node: Node) -> dict[str, str]:
        return {"name": node.name, "operator": "variable" if node.op is None else node.op.name}

    return {
        "equal": not found,
        "alike": found.same,
        "added": [named(node) for node in found.added],
        "removed": [named(node) for node in found.removed],
        "changed": [{**named(change.after), "facts": change.facts()} for change in found.changed],
        "outputs": None if found.outputs is None else {"before": found.outputs[0], "after": found.outputs[1]},
    }
