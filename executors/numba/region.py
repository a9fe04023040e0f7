"""A region becomes one call of machine code, or one on each thread."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from executors.fuse import Region
from executors.numba.formula import HEADER, Compiled, Formula, compiled, looped
from executors.numba.machine import LANES, REGISTER
from executors.numba.together import on_blocks
from executors.numba.vector import type_of
from executors.numpy.region import Bind, collapsed
from executors.numpy.region import region_calls as numpy_region_calls
from executors.parallel import shares

__all__ = ["loop_call", "region_calls"]

WORTH_THREADS = 150_000  # nanoseconds
WORTH_STREAMING = 40 << 20  # bytes of all arrays
ROWS_EACH = 8  # rows for each thread, from which on they are dealt out whole


def region_calls(
    region: Region,
    array_of: Callable[[int], np.ndarray],
    dtypes: Sequence[Any],
    bind: Bind,
    inplace: Callable[[Any], Sequence[int]],
    workers: int,
    scratches: Sequence[Any],
) -> list[Callable[[], Any]]:
    """Compile a region; parameters and result are those of `executors.numpy.region.region_calls`, which is asked if need be."""
    shape, arrays = collapsed(region.shape, [array_of(value) for value in (*region.reads, *region.writes)])
    whole = [array.shape[-1] == shape[-1] for array in arrays]
    code, first = None, 0
    if all(array.flags.aligned and (array.strides[-1] == array.itemsize or not fits) for array, fits in zip(arrays, whole, strict=True)):
        places, first = streamed(region, shape, arrays)
        code = compiled(region, dtypes, tuple([not fits for fits in whole]), len(shape), places)
    if code is None:
        return numpy_region_calls(region, array_of, dtypes, bind, inplace, workers, scratches)
    cost = nanoseconds(code, shape, arrays)
    calls = [called(code, [(0, 1, 0, first)], shape, arrays, 0)] if first else []
    return [*calls, called(code, divided(shape, workers if cost >= WORTH_THREADS else 1, first), shape, arrays, cost)]


def nanoseconds(code: Compiled, shape: tuple[int, ...], arrays: Sequence[np.ndarray]) -> float:
    """Guess how long a region takes on one thread."""
    return math.prod(shape[:-1]) * -(-shape[-1] // LANES) * (code.work / 8 + 3 * len(arrays))


def streamed(region: Region, shape: tuple[int, ...], arrays: Sequence[np.ndarray]) -> tuple[tuple[int, ...], int]:
    """List the places of written arrays that should not go through the cache, as what is so large does not stay there.

    Returns
    -------
    places : tuple of int
        They all begin at the same distance from a cache line.
    first : int
        Columns before that line.
    """
    if len(shape) > 1 or math.prod(shape) <= REGISTER or sum(array.nbytes for array in arrays) < WORTH_STREAMING:
        return (), 0
    count = len(region.reads)
    read = {array.ctypes.data for array in arrays[:count]}
    found: dict[int, list[int]] = {}
    for place, array in enumerate(arrays[count:], count):
        start = array.ctypes.data
        if array.itemsize * LANES == REGISTER and start not in read:
            found.setdefault(-start % REGISTER // array.itemsize, []).append(place)
    first, places = max(found.items(), key=lambda item: len(item[1]), default=(0, []))
    return tuple(places), first


def loop_call(formula: Formula, reads: Sequence[np.ndarray], writes: Sequence[np.ndarray]) -> Callable[[], Any]:
    """Prepare a call of a formula on arrays of one shape, or stretching to it, for kernels that have such a loop within."""
    shape, arrays = collapsed(writes[0].shape, [*reads, *writes])
    kinds = tuple([type_of(array.dtype) or "" for array in arrays])
    code = looped(formula, kinds, tuple([array.shape[-1] != shape[-1] for array in arrays]), len(shape))
    return called(code, [(0, math.prod(shape[:-1]), 0, shape[-1])], shape, arrays, nanoseconds(code, shape, arrays))


def divided(shape: tuple[int, ...], workers: int, first: int = 0) -> list[tuple[int, int, int, int]]:
    """Deal out rows and columns from ``first`` on: first row, end, first column, end for each thread."""
    rows, columns = math.prod(shape[:-1]), shape[-1]
    if workers == 1 or rows >= ROWS_EACH * workers:
        return [(part.start, part.stop, first, columns) for part in shares(rows, workers)]
    vectors = -(-(columns - first) // LANES)
    return [(0, rows, first + part.start * LANES, min(first + part.stop * LANES, columns)) for part in shares(vectors, workers)]


def called(
    code: Compiled, parts: Sequence[tuple[int, int, int, int]], shape: tuple[int, ...], arrays: Sequence[np.ndarray], cost: float
) -> Callable[[], Any]:
    """Prepare a call of machine code on parts of arrays, each on a thread."""
    words = [*[array.ctypes.data for array in arrays], *code.words, *shape[:-1]]
    for array in arrays:
        words += [0 if length == 1 else stride for length, stride in zip(array.shape[:-1], array.strides[:-1], strict=True)]
    assert all(len(part) == HEADER for part in parts)
    return on_blocks(code.address, [np.array([*part, *words], np.int64) for part in parts], arrays, cost)
