"""What a notebook shows of a symbol or an executor: a picture that is made in no time, and text where it is not."""

from __future__ import annotations

import html
import re
from contextlib import suppress
from typing import Any

from symbolic.errors import MXNetError, printable
from symbolic.show.dot import plot_network

__all__ = ["executor_bundle", "inline", "mime_bundle"]

PATIENCE = 5.0  # seconds for a picture that nobody asked for
MOST_NODES = 10_000  # beyond, even the collapsed picture would take long to work out
TALLEST = 640  # pixels; what is taller scrolls
_PROLOGUE = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)  # of an SVG file: HTML takes the element alone


def mime_bundle(symbol: Any) -> dict[str, str]:
    """Show a symbol as notebooks want it: every form of it, the notebook picks.

    Parameters
    ----------
    symbol : Symbol
        What the cell's last line gave.

    Returns
    -------
    dict of str to str
        ``text/plain`` always; ``text/html`` always, too, and ``image/svg+xml`` where a picture can be made within `PATIENCE`
        seconds.

    Notes
    -----
    This never raises: where there is no program that draws, or a graph is too large, the cell shows text and says why.
    Shapes are those that variables declare. Large graphs are collapsed, as in ``symbol.plot()``.
    """
    return _shown(repr(symbol), symbol, {})


def executor_bundle(executor: Any) -> dict[str, str]:
    """Show an executor: its graph, with the shapes and types that are bound.

    Parameters
    ----------
    executor : Executor
        What ``bind`` and ``simple_bind`` return.

    Returns
    -------
    dict of str to str
        As `mime_bundle`.
    """
    arrays = {}
    with suppress(MXNetError):  # two arguments of one name
        arrays = {**executor.arg_dict, **executor.aux_dict}
    return _shown(repr(executor), executor._symbol, {name: array.shape for name, array in arrays.items()})


def _shown(text: str, symbol: Any, shape: dict[str, Any]) -> dict[str, str]:
    try:
        count = len(symbol.graph.nodes)
        if count > MOST_NODES:
            return _excused(text, f"{count} nodes: symbol.plot(), symbol.summary() or mx.viz.save_page(symbol, 'net.html') show them")
        svg = _drawn(symbol, shape)
    except Exception as error:  # a notebook must show its cell, whatever the graph or the machine
        return _excused(text, f"no picture: {str(error).splitlines()[0] if str(error) else type(error).__name__}")
    return {"text/plain": text, "text/html": inline(svg), "image/svg+xml": svg}


def _drawn(symbol: Any, shape: dict[str, Any]) -> str:
    title = (symbol.name or "graph").replace("\0", "")
    try:
        picture = plot_network(symbol, title=title, save_format="svg", shape=shape)
    except MXNetError:  # shapes that contradict the graph: it is shown without them
        picture = plot_network(symbol, title=title, save_format="svg")
    picture.timeout = PATIENCE
    return picture.pipe(format="svg", encoding="utf-8")


def inline(svg: str) -> str:
    """Make an SVG file an element of a page, in a frame that scrolls where the picture is larger."""
    return f'<div style="max-height:{TALLEST}px;overflow:auto;background:#ffffff">{_PROLOGUE.sub("", svg)}</div>'


def _excused(text: str, reason: str) -> dict[str, str]:
    reason = printable(reason, limit=300)
    return {"text/plain": text, "text/html": f"<pre>{html.escape(text)}</pre><p><small>{html.escape(reason)}</small></p>"}
