"""`save_page`: a graph as one HTML file that needs nothing else, no network either."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from symbolic.errors import ArgumentError, describe, printable
from symbolic.files.atomic import PathLike, write
from symbolic.show.page.model import page_model
from symbolic.show.roles import checked_symbol

__all__ = ["page_text", "save_page"]

VENDORED = ("svg-pan-zoom.min.js", "dagre.min.js")


def save_page(
    symbol: Any,
    path: PathLike,
    shape: Mapping[str, Any] | None = None,
    dtype: Mapping[str, Any] | None = None,
    profile: Mapping[str, float] | None = None,
    title: str | None = None,
) -> None:
    """Write the graph of a symbol as a page to explore in a browser.

    The page is one file. It loads nothing, from no network, and works from a disk. One can zoom and search it, open and close
    groups of nodes, see all that is known of a node, follow what it is made of and what is made of it, and colour it by bytes,
    floating-point operations or time. The key ``?`` lists the keys.

    Parameters
    ----------
    symbol : Symbol
        What to show; a group may have any number of outputs.
    path : str, bytes or os.PathLike
        The file, ``"net.html"``. An older one is replaced by a whole new one, or stays.
    shape : dict of str to tuple, optional
        Shapes of inputs. All others are inferred as far as they follow; without any, from what variables declare.
    dtype : dict of str to type, optional
        Types of inputs, likewise.
    profile : mapping of str to float, optional
        Seconds a run by name of node, as ``mx.debug.profile`` measures them.
    title : str, optional
        Stands above the graph; by default the symbol's name.

    Raises
    ------
    ArgumentError
        If an argument is of the wrong kind.
    UnknownName
        If ``shape`` or ``dtype`` names no argument.
    ShapeError, DTypeError
        If they contradict the graph.
    FileError
        If the file cannot be written.

    Examples
    --------
    >>> import symbolic as mx, tempfile, os
    >>> net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=10, name="fc")
    >>> mx.viz.save_page(net, os.path.join(tempfile.mkdtemp(), "net.html"), shape={"data": (32, 64)})
    """
    text = page_text(symbol, shape, dtype, profile, title)
    write(path, [text.encode("ascii", "xmlcharrefreplace")])


def page_text(symbol: Any, shape: Any = None, dtype: Any = None, profile: Any = None, title: Any = None) -> str:
    """Make the text of the page that `save_page` writes."""
    symbol = checked_symbol(symbol, "save_page")
    if title is not None and not isinstance(title, str):
        facts = {"argument": "title", "got": f"{type(title).__name__} {title!r}", "expected": "str"}
        raise ArgumentError(describe("title must be text", name="save_page", facts=facts))
    model = page_model(symbol, shape, dtype, profile)
    model["title"] = title = printable(title or symbol.name or "graph", limit=200)
    script = _script()
    parts = {
        "title": html.escape(title),
        "policy": f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_digest(script)}'; base-uri 'none'; form-action 'none'",
        "style": _file("page.css"),
        "graph": embedded(model),
        "script": script,
    }
    pieces = _file("page.html").split("{{")  # one pass: what is filled in is not searched again
    return pieces[0] + "".join(parts[name] + rest for name, _, rest in (piece.partition("}}") for piece in pieces[1:]))


def embedded(model: Any) -> str:
    """Spell a value as JSON that no HTML parser takes for anything else: ASCII, and no ``<``, ``>`` or ``&``."""
    text = json.dumps(model, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _file(*names: str) -> str:
    return resources.files("symbolic.show.page").joinpath(*names).read_text("utf-8")


@cache
def _script() -> str:
    """Join the libraries and the page's own modules, in the order of their names, into one script; ASCII, as the page is."""
    own = sorted(file.name for file in resources.files("symbolic.show.page").joinpath("script").iterdir() if file.name.endswith(".js"))
    libraries = [_file("vendor", name) for name in VENDORED]
    text = "\n".join([*libraries, "(() => {", '"use strict";', *[_file("script", name) for name in own], "})();", ""])
    return "".join(letter if letter.isascii() else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    """Spell a letter of a script's text or comment in ASCII."""
    return "".join(f"\\u{int.from_bytes(pair, 'big'):04x}" for pair in _pairs(letter.encode("utf-16-be")))


def _pairs(data: bytes) -> list[bytes]:
    return [data[start : start + 2] for start in range(0, len(data), 2)]


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
