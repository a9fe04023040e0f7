"""Checkpoints: a graph in ``prefix-symbol.json`` and its arrays in ``prefix-0000.params``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from symbolic.errors import ArgumentError, FormatError, describe
from symbolic.io import json, params
from symbolic.nd.array import NDArray
from symbolic.symbol.handle import Symbol

__all__ = ["load_checkpoint", "load_params", "save_checkpoint"]


def _paths(prefix: Any, epoch: int) -> tuple[str, str]:
    prefix = os.fsdecode(prefix)
    return f"{prefix}-symbol.json", f"{prefix}-{int(epoch):04d}.params"


def save_checkpoint(
    prefix: Any,
    epoch: int,
    symbol: Symbol | None,
    arg_params: Mapping[str, NDArray],
    aux_params: Mapping[str, NDArray],
    remove_amp_cast: bool = True,
) -> None:
    """Write a graph and its arrays; each file whole or not at all.

    Parameters
    ----------
    prefix : path
        ``prefix-symbol.json`` and ``prefix-<epoch>.params`` are written.
    epoch : int
        Number in the second name, four digits.
    symbol : Symbol, optional
        The graph; left as it is on disk if ``None``.
    arg_params, aux_params : dict of NDArray
        Arguments and auxiliary states.
    """
    graph, arrays = _paths(prefix, epoch)
    names = [*(f"arg:{name}" for name in arg_params), *(f"aux:{name}" for name in aux_params)]
    values = [*arg_params.values(), *aux_params.values()]
    for name, value in zip(names, values, strict=True):
        if not isinstance(value, NDArray):
            raise ArgumentError(describe(f"{name!r} is no NDArray", facts={"argument": name, "got": type(value).__name__, "expected": "NDArray"}))
    if symbol is not None:
        json.save(symbol, graph)
    params.save(arrays, names, [value._data for value in values])


def load_params(prefix: Any, epoch: int) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Read the arrays of a checkpoint.

    Returns
    -------
    arg_params, aux_params : dict of NDArray
        Names without ``arg:`` and ``aux:``; arrays without such a prefix are arguments.
    """
    path = _paths(prefix, epoch)[1]
    found = params.load(path)
    if found.names is None and found.arrays:
        raise FormatError(f"{path}: its {len(found.arrays)} arrays have no names; read it with mx.nd.load")
    arguments: dict[str, NDArray] = {}
    states: dict[str, NDArray] = {}
    for name, array in zip(found.names or [], found.arrays, strict=True):
        kind, _, rest = name.partition(":")
        if array is None:
            raise FormatError(f"{path}: array {name!r} is empty")
        if kind == "aux" and rest:
            states[rest] = NDArray(array)
        else:
            arguments[rest if kind == "arg" and rest else name] = NDArray(array)
    return arguments, states


def load_checkpoint(prefix: Any, epoch: int) -> tuple[Symbol, dict[str, NDArray], dict[str, NDArray]]:
    """Read a graph and its arrays, written by MXNet of any version or by this library.

    Returns
    -------
    symbol : Symbol
        The graph.
    arg_params, aux_params : dict of NDArray
        Arguments and auxiliary states.
    """
    symbol = json.load(_paths(prefix, epoch)[0])
    return (symbol, *load_params(prefix, epoch))
