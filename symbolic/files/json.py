"""Graphs as JSON text: read as MXNet of every age wrote it, written so that MXNet 1.9.1 reads it.

Reading goes in two passes: all of the text is checked (``json_text.py``, ``json_layout.py``, ``upgrade.py``), then nodes are made
(``json_build.py``). Nothing in it is evaluated, and no operator of it can reach files, processes or memory.
"""

from __future__ import annotations

import sys
from typing import Any

from symbolic import ops
from symbolic.errors import ArgumentError, FormatError, describe
from symbolic.files import atomic
from symbolic.files.json_build import build
from symbolic.files.json_layout import read_layout
from symbolic.files.json_text import Limits, parsed
from symbolic.files.json_write import written
from symbolic.files.source import opened
from symbolic.files.upgrade import upgrade
from symbolic.graph.graph import resting_collector
from symbolic.symbol.handle import Symbol

__all__ = ["Limits", "from_json", "load", "pickled", "save", "to_json", "unpickled"]

_ = ops  # all operators are declared from here on


def load(origin: Any, *, limits: Limits | None = None) -> Symbol:
    """Read a graph from a file.

    Parameters
    ----------
    origin : str, os.PathLike, bytes-like or binary file object
        A path; or the content of the file; or an open file, read from where it stands to its end.
    limits : Limits, optional
        What is refused for its size.

    Raises
    ------
    FormatError
        If the content is broken or no graph; the message says where.
    FileError
        If the file cannot be opened or read.
    """
    limits = limits or Limits()
    with opened(origin, limits.file_bytes) as source:
        content, name = source.read(0, source.size), source.name
    return _graph(content, name, limits)


def from_json(text: str | bytes, *, limits: Limits | None = None) -> Symbol:
    """Read a graph from JSON text.

    Raises
    ------
    FormatError
        If the text is broken or no graph; the message says where: ``nodes[17] 'fc1' inputs[2]``.
    """
    if not isinstance(text, (str, bytes)):
        raise ArgumentError(describe("cannot read a graph from this", facts={"json_str": repr(text), "needed": "str (JSON), or bytes"}))
    return _graph(text, "<text>", limits or Limits())


@resting_collector()
def _graph(content: str | bytes, name: str, limits: Limits, exact: bool = False) -> Symbol:
    graphs = read_layout(parsed(content, name, limits), name, limits)
    for graph in graphs:
        upgrade(graph)
    return build(graphs, name, limits, exact)


@resting_collector()
def to_json(symbol: Symbol, remove_amp_cast: bool = True) -> str:
    """Write a graph as JSON text that MXNet 1.9.1 loads.

    An annotation of an operator must be spelled ``__mood__`` there; one called ``mood`` is written so.
    """
    return written(symbol, remove_amp_cast)


@resting_collector()
def pickled(symbol: Symbol) -> str:
    """Write a graph for a pickle: with all that it has."""
    return written(symbol, remove_amp_cast=False, exact=True)


def unpickled(text: str) -> Symbol:
    """Read what `pickled` wrote; without limits, for a pickle needs trust anyway."""
    return _graph(text, "<pickle>", Limits(*[sys.maxsize] * 6), exact=True)


def save(symbol: Symbol, path: atomic.PathLike, remove_amp_cast: bool = True) -> None:
    """Write a graph to a file, whole or not at all.

    Raises
    ------
    FileError
        If the system refuses; the old file is then as it was.
    FormatError
        If a name or an attribute is no text that a file can hold; nothing is touched.
    """
    text = to_json(symbol, remove_amp_cast)
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        facts = {"found": repr(text[max(error.start - 30, 0) : error.end + 10]), "needed": "names and attributes without lone surrogates"}
        raise FormatError(describe("this graph cannot be written as JSON", name=symbol.name, facts=facts)) from None
    atomic.write(path, [content])
