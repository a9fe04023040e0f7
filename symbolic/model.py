"""Checkpoints: a graph in ``prefix-symbol.json`` and its arrays in ``prefix-0000.params``."""

from __future__ import annotations

import errno
import importlib
import logging
import operator
import os
import re
from collections import namedtuple
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.errors import ArgumentError, FileError, FormatError, describe, printable
from symbolic.files import json, params
from symbolic.nd.array import NDArray
from symbolic.symbol.handle import Symbol

if TYPE_CHECKING:
    from symbolic.training.feedforward import FeedForward

__all__ = ["BatchEndParam", "FeedForward", "load_checkpoint", "load_params", "save_checkpoint"]

BatchEndParam = namedtuple("BatchEndParams", ["epoch", "nbatch", "eval_metric", "locals"])
BatchEndParam.__doc__ = """What a callback is told after a batch: where training is, what is measured, and the loop's variables."""

_LATER = {  # what is learned with is loaded when it is asked for: a checkpoint is often read to be used
    "FeedForward": ("feedforward", "FeedForward"),
    "_create_kvstore": ("module.updating", "create_store"),
    "_initialize_kvstore": ("module.updating", "fill_store"),
    "_update_params": ("module.updating", "update"),
    "_update_params_on_kvstore": ("module.updating", "update_through_store"),
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'symbolic.model' has no attribute {name!r}")
    module, attribute = _LATER[name]
    found = globals()[name] = getattr(importlib.import_module(f"symbolic.training.{module}"), attribute)
    return found


PathLike = str | bytes | os.PathLike
_KINDS = ("arg", "aux")


def save_checkpoint(
    prefix: PathLike,
    epoch: int,
    symbol: Symbol | None,
    arg_params: Mapping[str, NDArray],
    aux_params: Mapping[str, NDArray],
    remove_amp_cast: bool = True,
) -> None:
    """Write a graph and its arrays; each file whole or not at all.

    Parameters
    ----------
    prefix : str, bytes or os.PathLike
        ``prefix-symbol.json`` and ``prefix-<epoch>.params`` are written.
    epoch : int
        Number in the second name, four digits.
    symbol : Symbol, optional
        The graph; left as it is on disk if ``None``.
    arg_params, aux_params : dict of NDArray
        Arguments and auxiliary states.
    remove_amp_cast : bool, default True
        Leave out the casts of automatic mixed precision.

    Raises
    ------
    ArgumentError
        If something is of the wrong kind; nothing is touched.
    FileError
        If the system refuses.
    """
    graph, arrays = _graph_path(prefix), _arrays_path(prefix, epoch)
    if symbol is not None and not isinstance(symbol, Symbol):
        raise ArgumentError(
            describe("cannot save this as a graph", facts={"argument": "symbol", "found": repr(symbol), "needed": "Symbol or None"})
        )
    values: dict[str, np.ndarray] = {}
    for kind, given in zip(_KINDS, (arg_params, aux_params), strict=True):
        if not isinstance(given, Mapping):
            facts = {"argument": f"{kind}_params", "found": repr(given), "needed": "dict of str to NDArray"}
            raise ArgumentError(describe("cannot save these arrays", facts=facts))
        for name, value in given.items():
            if not isinstance(name, str) or not isinstance(value, NDArray):
                facts = {"argument": f"{kind}_params[{name!r}]", "found": repr(value), "needed": "a name, and an NDArray"}
                raise ArgumentError(describe("cannot save this as an array of a checkpoint", facts=facts))
            values[f"{kind}:{name}"] = value._data
    if symbol is not None:
        json.save(symbol, graph, remove_amp_cast)
    params.save(arrays, list(values), list(values.values()))
    logging.info('Saved checkpoint to "%s"', arrays)


def load_params(prefix: PathLike, epoch: int) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Read the arrays of a checkpoint.

    Returns
    -------
    arg_params, aux_params : dict of NDArray
        Arguments and auxiliary states, named without ``arg:`` and ``aux:``.

    Raises
    ------
    FileError
        If there is no such file; the message tells which epochs there are.
    FormatError
        If it is broken, or its names do not tell arguments from states; ``mx.nd.load`` reads such files.
    """
    path = _arrays_path(prefix, epoch)
    try:
        found = params.load(path)
    except FileError as error:
        raise _missing(error, _epochs_beside(path)) from error
    if found.names is None and found.arrays:
        facts = {"found": f"{len(found.arrays)} arrays without names", "needed": "names that begin with 'arg:' or 'aux:'"}
        raise FormatError(describe(f"{printable(path, 300)}: not the arrays of a checkpoint", facts=facts, hint=_AS_IT_IS))
    by_kind: dict[str, dict[str, NDArray]] = {kind: {} for kind in _KINDS}
    for place, (name, array) in enumerate(zip(found.names or (), found.arrays, strict=True)):
        kind, colon, rest = name.partition(":")
        if not colon or kind not in by_kind or array is None:
            needed = "an array whose name begins with 'arg:' or 'aux:'"
            facts = {"found": f"array {place} {name!r}{' that is none' if array is None else ''}", "needed": needed}
            raise FormatError(describe(f"{printable(path, 300)}: not the arrays of a checkpoint", facts=facts, hint=_AS_IT_IS))
        by_kind[kind][rest] = NDArray(array)
    return by_kind["arg"], by_kind["aux"]


def load_checkpoint(prefix: PathLike, epoch: int) -> tuple[Symbol, dict[str, NDArray], dict[str, NDArray]]:
    """Read a graph and its arrays, written by MXNet of any version or by this library.

    Returns
    -------
    symbol : Symbol
        The graph.
    arg_params, aux_params : dict of NDArray
        Arguments and auxiliary states.

    Raises
    ------
    FileError, FormatError
        As `load_params`, and if the graph's file is missing or broken.
    """
    _arrays_path(prefix, epoch)  # a wrong epoch shows before a large graph is read
    return (json.load(_graph_path(prefix)), *load_params(prefix, epoch))


_AS_IT_IS = "mx.nd.load reads the file as it is"


def _graph_path(prefix: PathLike) -> str:
    if not isinstance(prefix, PathLike):
        raise ArgumentError(
            describe("this is no path", facts={"argument": "prefix", "found": repr(prefix), "needed": "str, bytes or os.PathLike"})
        )
    return f"{os.fsdecode(prefix)}-symbol.json"


def _arrays_path(prefix: PathLike, epoch: int) -> str:
    try:
        number = operator.index(int(epoch) if isinstance(epoch, float) and epoch.is_integer() else epoch)
    except TypeError:
        raise ArgumentError(
            describe("an epoch must be an integer", facts={"argument": "epoch", "found": repr(epoch), "needed": "int"})
        ) from None
    return f"{_graph_path(prefix).removesuffix('-symbol.json')}-{number:04d}.params"


def _epochs_beside(path: str) -> list[int]:
    """List the epochs for which there are arrays, or nothing if the folder cannot be read."""
    folder, name = os.path.split(path)
    of_this = re.compile(re.escape(name.rpartition("-")[0]) + r"-(\d{4,})\.params")
    try:
        names = os.listdir(folder or ".")
    except OSError:
        return []
    return sorted(int(found[1]) for found in map(of_this.fullmatch, names) if found)


def _missing(error: FileError, epochs: list[int]) -> FileError:
    """Say which epochs there are, if that is the trouble."""
    if error.errno != errno.ENOENT or not epochs:
        return error
    shown = ", ".join(map(str, epochs[-10:]))
    hinted = FileError(f"{error}; epochs here: {'..., ' if len(epochs) > 10 else ''}{shown}", None)
    hinted.errno, hinted.strerror, hinted.filename = error.errno, error.strerror, error.filename
    return hinted
