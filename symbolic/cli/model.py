"""From the FILE of a command to a graph and its arrays, which are looked for beside each other."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from symbolic.errors import FileError, FormatError, closest, describe
from symbolic.files import npz, params
from symbolic.files.json import load as load_graph
from symbolic.symbol.handle import Symbol

__all__ = ["Model", "find", "read_arrays"]

SYMBOL = "-symbol.json"
ARRAYS = re.compile(r"(?P<prefix>.*)-(?P<epoch>\d{4,})\.params", re.DOTALL)


@dataclass
class Model:
    """Files of a network.

    Attributes
    ----------
    graph_path, arrays_path : Path or None
        Where they are; at least one is.
    epochs : list of int
        Those of which there are arrays beside the graph.
    """

    graph_path: Path | None
    arrays_path: Path | None
    epochs: list[int] = field(default_factory=list)

    @cached_property
    def symbol(self) -> Symbol:
        """The graph.

        Raises
        ------
        FileError
            If there is none.
        """
        if self.graph_path is None:
            hint = "name the graph: net-symbol.json"
            raise FileError(describe(f"{self.arrays_path}: these are arrays; there is no graph beside them", hint=hint))
        return load_graph(self.graph_path)

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays by name as it stands in the file, ``arg:fc_weight``; none if there is no file."""
        return {} if self.arrays_path is None else read_arrays(self.arrays_path)

    @cached_property
    def values(self) -> dict[str, np.ndarray]:
        """The arrays by the name of the variable, without ``arg:`` and ``aux:``."""
        return {plain_name(name): array for name, array in self.arrays.items()}


def plain_name(name: str) -> str:
    """Leave out what tells arguments, states and inputs apart."""
    for kind in ("arg:", "aux:", "input/"):
        name = name.removeprefix(kind)
    return name


def find(text: str, epoch: int | None = None) -> Model:
    """Find graph and arrays.

    Parameters
    ----------
    text : str
        ``net-symbol.json``, ``net-0012.params``, ``net``, or a folder with one graph.
    epoch : int, optional
        Of the arrays; the last one if left out.

    Raises
    ------
    FileError
        If there are no such files; the message names those that look alike.
    """
    path = Path(text)
    if path.is_dir():
        path = _only_graph(path)
    if path.suffix == ".params":
        return _of_arrays(path)
    named = path.name.endswith(".json")
    if not named and Path(f"{text}{SYMBOL}").is_file():
        path = Path(f"{text}{SYMBOL}")
    if not path.is_file():
        raise _missing(path, text)
    prefix = path.name.removesuffix(SYMBOL) if path.name.endswith(SYMBOL) else path.name.removesuffix(".json")
    epochs = _epochs(path.parent, prefix)
    if epoch is not None and epoch not in epochs:
        known = f"there are {', '.join(map(str, sorted(epochs)))}" if epochs else "there are none"
        raise FileError(
            describe(f"no arrays of epoch {epoch} beside {path}", facts={"needed": f"{prefix}-{epoch:04d}.params", "found": known})
        )
    chosen = epoch if epoch is not None else max(epochs, default=None)
    return Model(path, epochs[chosen] if chosen is not None else None, sorted(epochs))


def _of_arrays(path: Path) -> Model:
    if not path.is_file():
        raise _missing(path, str(path))
    found = ARRAYS.fullmatch(path.name)
    graph = path.with_name(f"{found['prefix'] if found else path.stem}{SYMBOL}")
    return Model(graph if graph.is_file() else None, path, [int(found["epoch"])] if found else [])


def _epochs(folder: Path, prefix: str) -> dict[int, Path]:
    """Find arrays beside a graph: epoch -> path."""
    found = {}
    try:
        names = os.listdir(folder)
    except OSError:
        return {}
    for name in names:
        match = ARRAYS.fullmatch(name)
        if match and match["prefix"] == prefix:
            found[int(match["epoch"])] = folder / name
    return found


def _only_graph(folder: Path) -> Path:
    graphs = sorted(folder.glob(f"*{SYMBOL}"))
    if len(graphs) == 1:
        return graphs[0]
    arrays = sorted(folder.glob("*.params"))
    if not graphs and len(arrays) == 1:
        return arrays[0]
    names = ", ".join(path.name for path in graphs[:8]) or "none"
    raise FileError(describe(f"{folder}: a folder, of which one graph is needed", facts={"found": names, "needed": f"one *{SYMBOL}"}))


def _missing(path: Path, text: str) -> FileError:
    try:
        names = [name for name in os.listdir(path.parent) if name.endswith((".json", ".params"))]
    except OSError:
        return FileError(describe(f"{text}: there is no folder {str(path.parent)!r}"))
    facts = {"looked for": f"{path.name}{'' if path.suffix in ('.json', '.params') else f', {path.name}{SYMBOL}'}"}
    if names:
        facts["found"] = ", ".join(sorted(names)[:8]) + (", ..." if len(names) > 8 else "")
    return FileError(describe(f"{text}: there is no such file{closest(path.name, names)}", facts=facts))


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read named arrays from a ``.params``, ``.npz`` or ``.npy`` file; what has no name is called by its number.

    Raises
    ------
    FileError
        If it cannot be read.
    FormatError
        If it is broken or of another kind.
    """
    reader = _READERS.get(path.suffix, _from_params)
    return reader(path)


def _from_params(path: Path) -> dict[str, np.ndarray]:
    found = params.load(path)
    names = found.names if found.names is not None else [str(place) for place in range(len(found.arrays))]
    if len({*names}) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise FormatError(describe(f"{path}: two arrays have one name", facts={"found": twice}))
    return {name: array for name, array in zip(names, found.arrays, strict=True) if array is not None}


_READERS: dict[str, Callable[[Path], dict[str, np.ndarray]]] = {".npz": npz.load, ".npy": npz.load}
