"""Arguments and options that several commands have."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

from symbolic.errors import MXNetError
from symbolic.values.dtype import dtype_of

__all__ = ["AS_JSON", "DTYPE", "EPOCH", "FILE", "OUTPUT", "SHAPE", "named"]


def named(what: str, read: Callable[[str], Any]) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], dict[str, Any]]:
    """Make the reader of ``name=value`` options, which gives a dictionary.

    Parameters
    ----------
    what : str
        How they are spelled, for messages.
    read : callable
        Reads a value, or raises ValueError.
    """

    def callback(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for text in given:
            name, equals, value = text.rpartition("=")
            if not equals or not name:
                raise click.BadParameter(f"{text!r} has to be spelled {what}", ctx, param)
            if name in found:
                raise click.BadParameter(f"{name!r} is given twice", ctx, param)
            try:
                found[name] = read(value)
            except (ValueError, MXNetError) as error:
                raise click.BadParameter(f"{text!r} has to be spelled {what}: {error}", ctx, param) from None
        return found

    return callback


def sizes(text: str) -> tuple[int, ...]:
    """Read a shape: ``1,3,224,224``, ``(1, 3)``, ``1x3x224x224``; ``?`` or 0 is an unknown size."""
    inner = text.strip().removeprefix("(").removesuffix(")").strip()
    parts = [part.strip() for part in re.split(r"[,xX]", inner)]
    if parts and not parts[-1]:
        parts.pop()  # "(3,)"
    if not parts:
        raise ValueError("a shape has at least one size")
    for part in parts:
        if part != "?" and not (part.isascii() and part.isdigit()):
            raise ValueError(f"{part!r} is no size")
    return tuple(0 if part == "?" else int(part) for part in parts)


FILE = click.argument("file", metavar="FILE", type=click.Path())
EPOCH = click.option("-e", "--epoch", type=click.IntRange(min=0), metavar="N", help="Take the arrays of this epoch, not of the last one.")
SHAPE = click.option(
    "-s", "--shape", "shapes", multiple=True, metavar="NAME=SIZES", callback=named("data=1,3,224,224", sizes),
    help="Shape of an input, as data=1,3,224,224. Repeat it for more inputs.",
)  # fmt: skip
DTYPE = click.option(
    "--dtype", "dtypes", multiple=True, metavar="NAME=TYPE", callback=named("data=float32", dtype_of),
    help="Type of an input, as data=int32. Repeat it for more inputs.",
)  # fmt: skip
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
OUTPUT = click.option("-o", "--output", type=click.Path(), metavar="PATH", help="Where to write; told if left out.")
