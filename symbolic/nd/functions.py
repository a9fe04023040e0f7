"""Functions of ``mx.nd`` that rearrange arrays and are no operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, InputError, NotSupported, describe
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.call import on_arrays
from symbolic.operator.match import shown

__all__ = ["concatenate", "histogram", "imdecode", "moveaxis", "onehot_encode", "split_v2", "waitall"]


def concatenate(arrays: Sequence[NDArray], axis: int = 0, always_copy: bool = True) -> NDArray:
    """Join arrays along an axis.

    Parameters
    ----------
    arrays : list of NDArray
        Alike in type, and in shape but for the axis.
    axis : int
        Along which.
    always_copy : bool
        Whether a single array is copied.
    """
    if not isinstance(arrays, (list, tuple)) or not arrays or not all(isinstance(array, NDArray) for array in arrays):
        facts = {"argument": "arrays", "got": shown(arrays), "expected": "a list of one NDArray or more"}
        raise InputError(describe("there is nothing to join", operator="concatenate", facts=facts))
    if len(arrays) == 1 and not always_copy:
        return arrays[0]
    return on_arrays("Concat")(*arrays, dim=axis)


def moveaxis(tensor: NDArray, source: int | Sequence[int], destination: int | Sequence[int]) -> NDArray:
    """Move axes to other places; the rest stay in order."""
    try:
        axes = np.moveaxis(np.empty(range(tensor.ndim)), source, destination).shape  # of axes as long as their number
    except (ValueError, TypeError) as error:
        facts = {"argument": "source, destination", "got": f"{source}, {destination}", "expected": f"axes of the shape {tensor.shape}"}
        raise ArgumentError(describe(str(error), operator="moveaxis", facts=facts)) from None
    return on_arrays("transpose")(tensor, axes=axes)


def histogram(a: NDArray, bins: int | NDArray = 10, range: tuple[float, float] | None = None) -> Any:
    """Count values in bins.

    Parameters
    ----------
    bins : int or NDArray
        How many, or their edges.
    range : (float, float), optional
        From where to where; by default from the smallest to the largest value.

    Returns
    -------
    list of NDArray
        Counts, and edges. Without edges and ``range`` a tuple, and the counts are float32, as in the reference.
    """
    if isinstance(bins, NDArray):
        return on_arrays("_histogram")(a, bins)
    if not isinstance(bins, int):
        facts = {"argument": "bins", "got": shown(bins), "expected": "int or NDArray"}
        raise ArgumentError(describe("bins are counted, or given by their edges", operator="histogram", facts=facts))
    if range is None:
        counts, edges = np.histogram(a._data, bins)
        return wrap(counts.astype(np.float32), a._context), wrap(edges.astype(np.float32), a._context)
    return on_arrays("_histogram")(a, bin_cnt=bins, range=range)


def split_v2(ary: NDArray, indices_or_sections: int | Sequence[int], axis: int = 0, squeeze_axis: bool = False) -> Any:
    """Split along an axis.

    Parameters
    ----------
    indices_or_sections : int or tuple of int
        Into how many equal sections, or before which indices.
    squeeze_axis : bool
        Drop the axis, if every section has the length 1.
    """
    split = on_arrays("_split_v2")
    if isinstance(indices_or_sections, (tuple, list)):
        return split(ary, indices=(0, *indices_or_sections), axis=axis, squeeze_axis=squeeze_axis)
    if not isinstance(indices_or_sections, int):
        facts = {"argument": "indices_or_sections", "got": shown(indices_or_sections), "expected": "int or tuple of int"}
        raise ArgumentError(describe("say into how many sections, or where to split", operator="split_v2", facts=facts))
    length = ary.shape[axis] if -ary.ndim <= axis < ary.ndim else 0
    if indices_or_sections < 1 or length % indices_or_sections:
        facts = {
            "argument": "indices_or_sections",
            "got": indices_or_sections,
            "expected": f"a divisor of {length}, the length of axis {axis}",
        }
        raise ArgumentError(describe("the sections would not be equal", operator="split_v2", facts=facts))
    return split(ary, indices=(), axis=axis, squeeze_axis=squeeze_axis, sections=indices_or_sections)


def onehot_encode(indices: NDArray, out: NDArray) -> NDArray:
    """Write one-hot rows of ``indices`` into ``out``."""
    return on_arrays("one_hot")(indices, depth=out.shape[1], dtype=out.dtype, out=out)


def imdecode(*_: Any, **__: Any) -> Any:
    """Refuse: images are read by `mx.image.imdecode`."""
    raise NotSupported(describe("images are not read here", operator="imdecode", hint="mx.image.imdecode(buffer) reads one"))


def waitall() -> None:
    """Return at once: values are computed when they are asked for."""
