"""Parts of a batch: cut for contexts, copied to their arrays, joined again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symbolic.errors import ShapeError, describe
from symbolic.nd.array import NDArray
from symbolic.nd.sparse_array import BaseSparseNDArray

__all__ = ["by_input", "dense", "joined", "load"]


def dense(array: Any) -> np.ndarray:
    """Return the values of an array, to be read; of a sparse one, all of them."""
    if isinstance(array, BaseSparseNDArray):
        return array._whole()
    return array._data if isinstance(array, NDArray) else np.asarray(array)


def by_input(batches: list[Any], what: str) -> list[list[Any]]:
    """Turn a list of batches, one for each context, into a list of inputs, each with one array for each context."""
    return [list(arrays) for arrays in zip(*[getattr(batch, what) for batch in batches], strict=True)]


def load(sources: Sequence[Any], targets: Sequence[Any], axes: Sequence[int]) -> None:
    """Copy arrays into those of the contexts.

    Parameters
    ----------
    sources : list of NDArray, or of lists of NDArray
        Whole batches, or the part of each context.
    targets : list
        For each source a list over the contexts, of arrays or of (slice, array).
    """
    for source, target, axis in zip(sources, targets, axes, strict=False):
        for place, each in enumerate(target):
            part, array = each if isinstance(each, tuple) else (slice(None), each)
            if isinstance(source, (list, tuple)):
                values = dense(source[place])
            else:
                values = dense(source)
                if axis >= 0 and len(target) > 1:
                    values = values[(slice(None),) * axis + (part,)]
            if values.shape != array.shape:
                facts = {"got": values.shape, "bound": array.shape}
                raise ShapeError(describe("an array of the batch has another shape than was bound", operator="forward", facts=facts))
            np.copyto(array._data, values, casting="unsafe")


def joined(blocks: Sequence[Sequence[NDArray]], axes: Sequence[int]) -> list[NDArray]:
    """Join what the contexts made along the axis of the batch; without such an axis the first stands for all."""
    return [
        block[0] if axis < 0 or len(block) == 1 else NDArray(np.concatenate([each._data for each in block], axis), block[0].context)
        for block, axis in zip(blocks, axes, strict=True)
    ]
