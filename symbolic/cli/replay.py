"""``symbind replay``: what ``mx.debug.nans()`` saved, run again."""

from __future__ import annotations

import click

from symbolic.cli.app import FAULT
from symbolic.cli.app import command as make
from symbolic.cli.lines import print_json
from symbolic.debug.rerun import replay

__all__ = ["command"]


@make(
    "replay",
    click.argument("capsule", metavar="CAPSULE", type=click.Path()),
    click.option("--executor", metavar="NAME", help="Which executor runs it; numpy by default."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs."),
    epilog="""
symbind replay nans-exp0.params
symbind replay nans-exp0.params --executor reference
""",
)
def command(capsule: str, executor: str | None, as_json: bool) -> None:
    """Run the node that made a NaN or an infinity on the inputs it had, from the CAPSULE that mx.debug.nans() saved.

    The exit code is 1 if it makes one again.
    """
    found = replay(capsule, executor)
    if as_json:
        print_json({"finite": found is None, "found": None if found is None else str(found)})
    else:
        click.echo("all values are finite this time" if found is None else str(found))
    if found is not None:
        raise click.exceptions.Exit(FAULT)
