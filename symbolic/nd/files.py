"""``mx.nd.save`` and ``mx.nd.load``: NDArrays in ``.params`` files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.files import params
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.storage import STORAGE, BaseSparseNDArray, stored
from symbolic.operator.match import shown
from symbolic.values.context import Context, current_context

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
        A dictionary if the arrays have names.

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
    return _arrays(params.load(fname, sparse=True))


def load_frombuffer(buf: bytes | bytearray | memoryview) -> list[NDArray] | dict[str, NDArray]:
    """Read the content of a ``.params`` file from memory; see `load`."""
    if not isinstance(buf, (bytes, bytearray, memoryview)):
        raise ArgumentError(
            describe("this is no memory", operator="load_frombuffer", facts={"argument": "buf", "got": shown(buf), "expected": "bytes"})
        )
    return _arrays(params.load(buf, sparse=True))


def _arrays(found: params.Parameters) -> list[NDArray] | dict[str, NDArray]:
    context = current_context()
    arrays = [_array(data, context) for data in found.arrays]
    return arrays if found.names is None else dict(zip(found.names, arrays, strict=True))


def _array(data: Any, context: Context) -> NDArray:
    if isinstance(data, params.Stored):
        *starts, places = data.places
        return stored(STORAGE[data.storage], (data.values, places, *starts), data.shape, context)
    return wrap(np.zeros((0,), np.float32) if data is None else data, context)


def _content(array: NDArray) -> Any:
    if isinstance(array, BaseSparseNDArray):
        values, places, *starts = array._stored()
        return params.Stored(array.stype, array.shape, values, (*starts, places))
    return array._data


def save(fname: Any, data: NDArray | list[NDArray] | Mapping[str, NDArray]) -> None:
    """Write arrays to a ``.params`` file that MXNet reads, whole or not at all.

    Parameters
    ----------
    fname : path
        The file; its old content is there until the new one is complete.
    data : NDArray, list, or dict by name
        What is written; sparse arrays as they are stored.

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
    params.save(fname, names, [_content(array) for array in arrays])


def _unfit(what: str, got: Any, expected: str) -> ArgumentError:
    return ArgumentError(describe(what, operator="save", facts={"argument": "data", "got": shown(got), "expected": expected}))
