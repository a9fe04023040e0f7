"""``symbind convert``: arrays between .params and .npz, a graph to DOT, GraphML, or another format of networkx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import networkx as nx
import numpy as np

from symbolic.cli.app import command as make
from symbolic.cli.lines import count, progress, size
from symbolic.cli.model import find, read_arrays
from symbolic.cli.words import FILE
from symbolic.errors import ArgumentError, describe
from symbolic.files import atomic, params
from symbolic.files.json import to_json
from symbolic.show.dot import plot_network
from symbolic.symbol.handle import Symbol

__all__ = ["command", "write_arrays"]

OF_ARRAYS = (".params", ".npz")
OF_GRAPHS = (".json", ".dot", ".gv", ".graphml")


@make(
    "convert",
    FILE,
    click.argument("target", metavar="TARGET", type=click.Path()),
    epilog="""
symbind convert net-0012.params net.npz
symbind convert net.npz net-0012.params
symbind convert net-symbol.json net.dot
symbind convert net-symbol.json net.graphml
""",
)
def command(file: str, target: str) -> None:
    """Convert FILE to TARGET; the endings of both names tell what to. TARGET is written whole or not at all.

    Arrays: .params and .npz. A graph: .json, .dot and .graphml. The names of arrays stay: arg:fc_weight.
    """
    source, path = Path(file), Path(target)
    if path.suffix in OF_ARRAYS:
        is_graph = source.suffix == ".json"
        arrays = find(file).arrays if not source.suffix or is_graph else read_arrays(source)
        if not arrays and is_graph:
            raise click.UsageError(f"{file} is a graph, of which no arrays were found; {path.suffix} holds arrays.")
        write_arrays(path, arrays)
        click.echo(f"{path}: {count(len(arrays), 'array')}, {size(sum(array.nbytes for array in arrays.values()))}", err=True)
    elif path.suffix in OF_GRAPHS:
        symbol = find(file).symbol
        atomic.write(path, [_text(symbol, path.suffix, path.stem).encode()])
        click.echo(f"{path}: {count(len(symbol.graph.nodes), 'node')}", err=True)
    else:
        raise click.UsageError(f"{path.name!r} ends in none of {', '.join((*OF_ARRAYS, *OF_GRAPHS))}.")


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    if path.suffix == ".params":
        params.save(path, list(arrays), list(arrays.values()))
        return
    for name, array in arrays.items():
        if array.dtype.name not in np.sctypeDict:
            facts = {"found": f"{name}: {array.dtype.name}", "needed": "a type of NumPy's own"}
            raise ArgumentError(describe("a .npz file cannot hold this", facts=facts))
    atomic.write(path, _zipped(arrays))


def _zipped(arrays: Mapping[str, np.ndarray]) -> Iterator[bytes]:
    """Make the content of a .npz file, an array at a time, as `numpy.savez` would."""
    buffer = _Forward()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, array in progress(arrays.items(), len(arrays), "writing"):
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
            yield buffer.taken()
    yield buffer.taken()


class _Forward(io.RawIOBase):
    """A file that is only written, from which what is finished is taken."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(self.parts[-1])

    def taken(self) -> bytes:
        """Take what was written since the last time."""
        taken, self.parts = b"".join(self.parts), []
        return taken


def _text(symbol: Symbol, kind: str, title: str) -> str:
    if kind == ".json":
        return to_json(symbol)
    if kind != ".graphml":
        return plot_network(symbol, title=title, hide_weights=False, collapse=False).source
    graph = symbol.to_networkx()
    plain = nx.MultiDiGraph()
    for number, data in graph.nodes(data=True):
        words = {f"param:{key}": text for key, text in data["params"].items()} | {
            f"attr:{key}": text for key, text in data["attrs"].items()
        }
        plain.add_node(number, name=data["name"], op=data["op"], role=data["role"], **words)
    for below, number, key, data in graph.edges(keys=True, data=True):
        plain.add_edge(below, number, key=key, **data)
    return "\n".join(nx.generate_graphml(plain)) + "\n"
