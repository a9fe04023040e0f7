"""Many arrays as one: seen through a single view where they lie end to end, gathered and put back where they do not."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from executors.batch import Batch
from executors.fuse import Region
from executors.numpy.region import region_calls
from executors.numpy.scratch import aligned

__all__ = ["adjacent", "batch_calls", "laid_end_to_end"]


def adjacent(arrays: Sequence[np.ndarray]) -> np.ndarray | None:
    """Return one flat view of arrays that lie end to end in one block of memory; ``None`` if they do not."""
    base = arrays[0].base
    if base is None or not base.flags.c_contiguous:
        return None
    place = start = arrays[0].ctypes.data
    for array in arrays:
        if array.base is not base or not array.flags.c_contiguous or array.ctypes.data != place:
            return None
        place += array.nbytes
    block = base.reshape(-1).view(np.uint8)
    first = start - block.ctypes.data
    return block[first : first + place - start].view(arrays[0].dtype)


def laid_end_to_end(arrays: Sequence[np.ndarray], references: int) -> list[np.ndarray] | None:
    """Copy arrays into one new block, unless somebody else holds one of them.

    Parameters
    ----------
    references : int
        How many references to each array the caller knows of, the sequence included.

    Returns
    -------
    list of numpy.ndarray or None
        Views of the block, to be used in their place.
    """
    for array in arrays:
        base = array.base
        others = 0 if base is None else sys.getrefcount(base) - 3  # the array, ``base`` and the question itself
        if others or sys.getrefcount(array) > references + 2 or not array.flags.c_contiguous:
            return None
    block = aligned(sum(array.nbytes for array in arrays)).view(arrays[0].dtype)
    made, start = [], 0
    for array in arrays:
        made.append(block[start : start + array.size].reshape(array.shape))
        np.copyto(made[-1], array)
        start += array.size
    return made


def batch_calls(
    step: Batch,
    array_of: Callable[[int], np.ndarray],
    dtypes: Sequence[Any],
    bind: Any,
    inplace: Any,
    workers: int,
    scratches: Sequence[Any],
    allocate: Callable[[int], np.ndarray],
    regions: Callable[..., Any] = region_calls,
) -> list[Callable[[], Any]]:
    """Compile a batch: gather what lies apart, run the formula once, put the results back.

    Parameters and results are those of `executors.numpy.region.region_calls`; ``allocate`` makes a block of bytes, and
    ``regions`` compiles the formula.
    """
    first = step.formulas[0]
    before: list[Callable[[], Any]] = []
    after: list[Callable[[], Any]] = []
    flats: dict[int, np.ndarray] = {}
    for values, slots in ((first.reads, [f.reads for f in step.formulas]), (first.writes, [f.writes for f in step.formulas])):
        for n, value in enumerate(values):
            parts = [array_of(slot[n]) for slot in slots]
            flat = adjacent(parts)
            sizes = [math.prod(formula.shape) for formula in step.formulas]
            if [part.size for part in parts] != sizes:  # numbers, one for each array
                flats[value], fill = spread(parts, flat, sizes, allocate)
                before += fill
                continue
            if flat is None:
                flat = allocate(sum(part.nbytes for part in parts)).view(parts[0].dtype)
                if values is first.reads:
                    before.append(gathering(parts, flat))
                else:
                    after += putting_back(flat, parts)
            flats[value] = flat
    whole = Region(step.node, (), first.reads, range(0), first.writes, step.backward, (flats[first.writes[0]].size,), first.members)

    def flat_of(value: int) -> np.ndarray:
        return flats[value] if value in flats else array_of(value)

    return [*before, *regions(whole, flat_of, dtypes, bind, inplace, workers, scratches), *after]


def spread(
    parts: Sequence[np.ndarray], numbers: np.ndarray | None, sizes: Sequence[int], allocate: Callable[[int], np.ndarray]
) -> tuple[np.ndarray, list[Callable[[], Any]]]:
    """Prepare repeating each number for all elements of its array."""
    dtype = parts[0].dtype
    flat = allocate(sum(sizes) * dtype.itemsize).view(dtype)
    fill: list[Callable[[], Any]] = []
    if numbers is None:
        numbers = np.empty(len(parts), dtype)
        fill.append(gathering(parts, numbers))
    places = np.repeat(np.arange(len(parts)), sizes)
    return flat, [*fill, partial(np.take, numbers, places, out=flat, mode="clip")]  # "raise" would buffer its output


def gathering(parts: Sequence[np.ndarray], flat: np.ndarray) -> Callable[[], Any]:
    """Prepare copying arrays to one behind the other."""
    if all(part.flags.c_contiguous for part in parts):
        return partial(np.concatenate, [part.reshape(-1) for part in parts], out=flat)

    def gather() -> None:
        start = 0
        for part in parts:
            flat[start : start + part.size].reshape(part.shape)[...] = part
            start += part.size

    return gather


def putting_back(flat: np.ndarray, parts: Sequence[np.ndarray]) -> list[Callable[[], Any]]:
    """Prepare copying from one flat array to many."""
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + math.prod(part.shape))
    return [
        partial(np.copyto, part, flat[start : start + part.size].reshape(part.shape)) for start, part in zip(starts, parts, strict=False)
    ]
