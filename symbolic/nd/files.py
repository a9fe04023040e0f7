"""``mx.nd.save`` and ``mx.nd.load``: NDArrays in ``.params`` files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.files import params
from symbolic.nd.array import STORAGE, NDArray, wrap
from symbolic.operator.match import shown
from symbolic.values.context import current_context

__all__ = ["load", "load_frombuffer", "save"]


def load(fname: Any) -> list[NDArray] | dict[str, NDArray]:
    """Read a ``.params`` file that MXNet, of any version, or this library wrote.

    Parameters
    ----------
    fname : path, or binary file object
        A file on this machine.

    Returns
    -------
    list or dict of NDArray
        A dictionary if the arrays have names. Sparse ones are dense in memory.

    Raises
    ------
    FileError
        If the file cannot be read.
    FormatError
        If its content is broken, or not that of a ``.params`` file.
    """
    if isinstance(fname, (bytes, bytearray, memoryview)) or not (
        hasattr(fname, "read") or hasattr(fname, "__fspath__") or isinstance(fname, str)
    ):
        facts = {"argument": "fname", "got": shown(fname), "expected": "str, pathlib.Path or a binary file"}
        raise ArgumentError(describe("this is no path", operator="load", facts=facts))
    return _arrays(params.load(fname))


def load_frombuffer(buf: bytes | bytearray | memoryview) -> list[NDArray] | dict[str, NDArray]:
    """Read the content of a ``.params`` file from memory; see `load`."""
    if not isinstance(buf, (bytes, bytearray, memoryview)):
        raise ArgumentError(
            describe("this is no memory", operator="load_frombuffer", facts={"argument": "buf", "got": shown(buf), "expected": "bytes"})
        )
    return _arrays(params.load(buf))


def _arrays(found: params.Parameters) -> list[NDArray] | dict[str, NDArray]:
    context = current_context()
    arrays = [
        wrap(np.zeros((0,), np.float32) if data is None else data, context, STORAGE.get(storage, NDArray))
        for data, storage in zip(found.arrays, found.storage, strict=True)
    ]
    return arrays if found.names is None else dict(zip(found.names, arrays, strict=True))


def save(fname: Any, data: NDArray | list[NDArray] | Mapping[str, NDArray]) -> None:
    """Write arrays to a ``.params`` file that MXNet reads, whole or not at all.

    Parameters
    ----------
    fname : path
        The file; its old content is there until the new one is complete.
    data : NDArray, list, or dict by name
        What is written; on the disk every array is dense.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    if isinstance(data, Mapping):
        names, arrays = list(data), list(data.values())
        for name in names:
            if not isinstance(name, str):
                raise _unfit("the names of arrays are strings", name, "str")
    elif isinstance(data, (NDArray, list, tuple)):
        names, arrays = None, [data] if isinstance(data, NDArray) else list(data)
    else:
        raise _unfit("save takes an NDArray, a list or a dict of them", data, "NDArray, list or dict of NDArray")
    for place, array in enumerate(arrays):
        if not isinstance(array, NDArray):
            raise _unfit(f"{place if names is None else repr(names[place])} is no NDArray", array, "NDArray")
    params.save(fname, names, [array._data for array in arrays])


def _unfit(what: str, got: Any, expected: str) -> ArgumentError:
    return ArgumentError(describe(what, operator="save", facts={"argument": "data", "got": shown(got), "expected": expected}))
