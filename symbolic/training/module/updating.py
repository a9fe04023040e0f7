"""Gradients to new parameters: by an updater here, or by a key-value store where several contexts meet."""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from symbolic.errors import ArgumentError, describe
from symbolic.nd.array import NDArray

__all__ = ["create_store", "fill_store", "update", "update_through_store"]

LARGE = 16 << 20  # elements of a parameter that is rather updated where it is than in a local store

Blocks = Sequence[Sequence[Any]]  # for each parameter the arrays of all contexts


def create_store(kvstore: Any, num_device: int, arg_params: Mapping[str, NDArray]) -> tuple[Any, bool]:
    """Make the store that a user names, if there is anything to share.

    Parameters
    ----------
    kvstore : KVStore, str or None
        A store, or its kind.
    num_device : int
        How many contexts; one needs no local store.
    arg_params : dict of NDArray
        The parameters; with very large ones a local store only adds up gradients.

    Returns
    -------
    store : KVStore or None
    update_on_kvstore : bool
        Whether the store holds the parameters and its optimizer steps them; ``MXNET_UPDATE_ON_KVSTORE=0`` forbids it.

    Raises
    ------
    ArgumentError
        If it is neither a store nor a name.
    """
    on_store = bool(int(os.environ.get("MXNET_UPDATE_ON_KVSTORE", "1")))
    if kvstore is None or (isinstance(kvstore, str) and num_device == 1 and "dist" not in kvstore):
        return None, False
    if isinstance(kvstore, str):
        store = importlib.import_module("symbolic.training.kvstore").create(kvstore)  # one context needs none
        largest = max([math.prod(value.shape) for value in arg_params.values()], default=0)
        on_store &= kvstore != "local" or largest <= LARGE
    elif hasattr(kvstore, "pushpull"):
        store = kvstore
    else:
        facts = {"argument": "kvstore", "got": repr(kvstore), "expected": "KVStore, str or None"}
        raise ArgumentError(describe("this is no key-value store", facts=facts))
    return store, on_store and store.is_capable("optimizer")


def fill_store(kvstore: Any, param_arrays: Blocks, arg_params: Mapping[str, NDArray], param_names: Sequence[str], on_store: bool) -> None:
    """Give a store the first values of the parameters; if it is to update them, all contexts get them from there."""
    for name, block in zip(param_names, param_arrays, strict=True):
        if on_store and arg_params[name].stype == "default":
            kvstore.broadcast(name, arg_params[name], out=list(block))
        else:
            kvstore.init(name, arg_params[name])


def update_through_store(param_arrays: Blocks, grad_arrays: Blocks, kvstore: Any, param_names: Sequence[str]) -> None:
    """Push gradients to a store whose optimizer steps the parameters, and pull these."""
    for index, (name, block, gradients) in enumerate(zip(param_names, param_arrays, grad_arrays, strict=True)):
        if gradients[0] is None:
            continue
        if gradients[0].stype == block[0].stype == "default":
            kvstore.pushpull(name, list(gradients), out=list(block), priority=-index)
        else:
            kvstore.push(name, list(gradients), priority=-index)
            kvstore.pull(name, out=list(block), priority=-index)


def update(
    param_arrays: Blocks,
    grad_arrays: Blocks,
    updater: Any,
    num_device: int,
    kvstore: Any = None,
    param_names: Sequence[str] = (),
) -> None:
    """Step the parameters here, all of a context in one call; a store, if there is one, adds up gradients before.

    The number of a parameter in the updater's states is its place times ``num_device`` plus that of the context.
    """
    steps: list[list[tuple[int, Any, Any]]] = [[] for _ in range(num_device)]
    for index, (block, gradients) in enumerate(zip(param_arrays, grad_arrays, strict=True)):
        if gradients[0] is None:
            continue
        if kvstore is not None:
            name = param_names[index]
            if gradients[0].stype == block[0].stype == "default":
                kvstore.pushpull(name, list(gradients), priority=-index)
            else:
                kvstore.push(name, list(gradients), priority=-index)
                kvstore.pull(name, out=list(gradients), priority=-index)
        for place, (weight, gradient) in enumerate(zip(block, gradients, strict=True)):
            steps[place].append((index * num_device + place, gradient, weight))
    for of_context in steps:
        if of_context:
            indices, gradients, weights = zip(*of_context, strict=True)
            updater(list(indices), list(gradients), list(weights))
