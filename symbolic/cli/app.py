"""The group of commands, each loaded when it is called; and what all have in common: how errors are told."""

from __future__ import annotations

import functools
import importlib
import sys
import traceback as tracebacks
import warnings
from collections.abc import Callable
from typing import Any

import click

from symbolic import __version__
from symbolic.errors import MXNetError

__all__ = ["cli", "command", "main"]

FAULT = 1  # exit code if the file or graph is at fault; click's own, for wrong usage, is 2

COMMANDS = {
    "info": "Tell what is in a file: operators, inputs, outputs, arrays.",
    "summary": "Tabulate layers, shapes, parameters, bytes and FLOPs.",
    "infer": "Infer shapes and types from those of the inputs.",
    "plot": "Draw the graph as PNG, SVG, PDF or DOT.",
    "page": "Write a page to look around in with a browser.",
    "run": "Compute outputs, from files, zeros or random numbers.",
    "diff": "Tell in what two graphs differ.",
    "upgrade": "Rewrite an old graph as MXNet 1.9.1 writes it.",
    "convert": "Convert .params to .npz and back, a graph to DOT or GraphML.",
    "replay": "Run what mx.debug.nans() saved.",
    "completion": "Print the script that completes commands in a shell.",
}


class Commands(click.Group):
    """A group whose commands are files of this folder; help names them without loading any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f"symbolic.cli.{cmd_name}").command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            difflib = importlib.import_module("difflib")
            near = difflib.get_close_matches(args[0], COMMANDS, n=2)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(COMMANDS)}."
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="symbind")
def cli() -> None:
    """Look at, run and convert graphs of Apache MXNet 1.x.

    FILE is a graph, net-symbol.json; arrays, net-0012.params; or what both names begin with, net. Arrays are looked for
    beside the graph, those of the last epoch unless --epoch says which.

    Exit codes: 0 done, 1 the file or graph is at fault, or differs, 2 wrong usage.
    """


def command(name: str, *options: Callable[[Any], Any], epilog: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command of a function: with options, ``--traceback``, and errors told without one.

    Parameters
    ----------
    name : str
        As in `COMMANDS`.
    *options : decorators
        Click's options and arguments, in the order of the help.
    epilog : str, optional
        Examples, shown below the help as they stand.
    """

    def decorate(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def guarded(*args: Any, traceback: bool, **kwargs: Any) -> None:
            with warnings.catch_warnings():
                warnings.simplefilter("default")
                warnings.showwarning = _warned
                try:
                    function(*args, **kwargs)
                except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
                    raise
                except Exception as error:
                    if traceback:
                        tracebacks.print_exc()
                    else:
                        click.echo(f"symbind {name}: {_told(error)}", err=True)
                    raise click.exceptions.Exit(FAULT) from None

        made: Any = guarded
        for option in (click.option("--traceback", is_flag=True, help="Show where in the code an error comes from."), *reversed(options)):
            made = option(made)
        text = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in epilog.strip().splitlines()) if epilog else None
        return click.command(name, epilog=text, context_settings={"help_option_names": ["-h", "--help"]})(made)

    return decorate


def _told(error: Exception) -> str:
    if isinstance(error, MXNetError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'file'}: {error.strerror}"
    return f"{type(error).__name__}: {error}\n  --traceback shows where"


def _warned(message: Any, *_: Any, **__: Any) -> None:
    click.echo(f"warning: {message}", err=True)


def main(args: list[str] | None = None) -> None:
    """Run the command line, and end the process with its exit code."""
    sys.exit(cli.main(args, prog_name="symbind", standalone_mode=True))
