"""One wrong call, and what its message must say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Row", "wrong"]


@dataclass
class Row:
    """A wrong call.

    Attributes
    ----------
    call : callable
        The call.
    error : type
        What it raises; a class of the library, or the built-in that MXNet raised there.
    op, node, argument, got, expected : str
        What must stand at the place of each in the message; empty where there is none.
    made : str
        Mark of the line in `nets.py` that made the node.
    way : str
        What the last lines propose.
    chain : tuple of str
        Ways on which sizes or types came, in the order of the message.
    like : str
        What the message takes a misspelt name for.
    """

    call: Callable[[], Any]
    error: type[Exception]
    op: str = ""
    node: str = ""
    argument: str = ""
    got: str = ""
    expected: str = ""
    made: str = ""
    way: str = ""
    chain: tuple[str, ...] = ()
    like: str = ""


def wrong(call: Callable[[], Any], error: type[Exception], **parts: Any) -> Row:
    """Make a row."""
    return Row(call, error, **parts)
