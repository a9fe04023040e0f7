"""Every operator by name and alias, with did-you-mean."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any

from symbolic.errors import UnknownOperator, closest

__all__ = ["add", "find", "known", "left_out", "names", "unknown"]

# Beginnings of names that MXNet has and this library does not, on purpose.
_LEFT_OUT = {
    ("_np_", "_npi_", "_npx_"): "MXNet's NumPy interface (mx.np, mx.npx) is left out: this library has the operators of mx.sym and mx.nd",
    ("_contrib_dgl_",): "the sampling of graphs for DGL is left out: DGL itself no longer runs on MXNet",
    ("_contrib_tvm_",): "operators compiled by TVM are left out: a file holds their names only",
    ("_TensorRT",): "TensorRT's subgraphs are left out: they hold engines compiled for one GPU",
    ("_sg_",): "oneDNN's subgraphs are left out: MXNet makes them when it binds; save the graph before that",
    (
        "_cvim",
        "_cvcopy",
        "_imdecode",
    ): "OpenCV's reading of image files is left out: read them with Pillow or OpenCV, and hand on the array",
}

_table: dict[str, Any] = {}
_complete: list[bool] = []  # not empty once every file is loaded
_places: dict[str, str] = {}  # name -> file that declares it, where a list of the package ``ops`` says so


def add(op: Any) -> Any:
    """Enter an operator under its name and its aliases."""
    for name in (op.name, *op.aliases):
        if name in _table:
            raise ValueError(f"two operators are called {name}")
    _table[op.name] = op
    for alias in op.aliases:
        _table[alias] = op.under(alias)
    return op


def find(name: str) -> Any:
    """Return the operator of this name.

    Raises
    ------
    UnknownOperator
        If there is none; the message offers the closest names.
    """
    found = _table.get(name) or _loaded(name) or _declared().get(name)
    if found is None:
        raise unknown(f"no operator is called {name!r}", name, name, _table)
    return found


def left_out(name: str) -> str | None:
    """Say why an operator of MXNet, or the namespace of some, is left out, if it is."""
    name = {"np": "_np_", "numpy": "_np_", "npx": "_npx_", "numpy_extension": "_npx_"}.get(name, name)
    return next((why for beginnings, why in _LEFT_OUT.items() if name.startswith(beginnings)), None)


def unknown(what: str, name: str, registered: str, among: Iterable[str]) -> UnknownOperator:
    """Make the error about a name: with the reason if it is left out on purpose, else with those that look like it.

    Parameters
    ----------
    what : str
        What is wrong.
    name, registered : str
        As the user spells it, and as it would be registered.
    among : iterable of str
        What there is.
    """
    why = left_out(registered)
    return UnknownOperator(f"{what}: {why}" if why else what + closest(name, among))


def known(name: str) -> bool:
    """Whether an operator has this name."""
    return name in _table or _loaded(name) is not None or name in _declared()


def names() -> list[str]:
    """List all names and aliases, sorted."""
    return sorted(_declared())


def _loaded(name: str) -> Any:
    """Load the one file that declares an operator: a process that needs a few does not wait for all."""
    if not _places:
        files = importlib.import_module("symbolic.ops._files").FILES
        _places.update({each: f"symbolic.ops.{path}" for path, declared in files.items() for each in declared.split()})
    if name in _places:
        importlib.import_module(_places[name])
    return _table.get(name)


def _declared() -> dict[str, Any]:
    """The table, once all operators are in it."""
    if not _complete:
        package = importlib.import_module("symbolic.ops")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
        _complete.append(True)
    return _table
