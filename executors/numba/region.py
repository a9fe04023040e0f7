"""A region becomes one call of machine code, or one on each thread."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from executors.fuse import Region
from executors.numba.formula import HEADER, Compiled, compiled
from executors.numba.machine import LANES
from executors.numpy.region import Bind, collapsed
from executors.numpy.region import region_calls as numpy_region_calls
from executors.parallel import parallel, shares

__all__ = ["region_calls"]

WORTH_THREADS = 1 << 19  # about 0.15 ms: instructions of vectors, or cache lines
WORTH_RELEASING = 1 << 14  # about 5 us: below, giving Python's lock away and taking it back costs more than it gives others
ROWS_EACH = 8  # rows for each thread, from which on they are dealt out whole

HOLDING = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)
RELEASING = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


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
    code = None
    if all(array.flags.aligned and (array.strides[-1] == array.itemsize or not fits) for array, fits in zip(arrays, whole, strict=True)):
        code = compiled(region, dtypes, tuple([not fits for fits in whole]), len(shape))
    if code is None:
        return numpy_region_calls(region, array_of, dtypes, bind, inplace, workers, scratches)
    work = math.prod(shape) // LANES * (code.work + len(arrays))
    kind = RELEASING if work >= WORTH_RELEASING else HOLDING
    parts = divided(shape, workers) if work >= WORTH_THREADS else [(0, math.prod(shape[:-1]), 0, shape[-1])]
    return [parallel([call(kind, code, part, shape, arrays) for part in parts])]


def divided(shape: tuple[int, ...], workers: int) -> list[tuple[int, int, int, int]]:
    """Deal out rows and columns: first row, end, first column, end for each thread."""
    rows, columns = math.prod(shape[:-1]), shape[-1]
    if rows >= ROWS_EACH * workers:
        return [(part.start, part.stop, 0, columns) for part in shares(rows, workers)]
    vectors = -(-columns // LANES)
    return [(0, rows, part.start * LANES, min(part.stop * LANES, columns)) for part in shares(vectors, workers)]


def call(
    kind: Any, code: Compiled, part: tuple[int, int, int, int], shape: tuple[int, ...], arrays: Sequence[np.ndarray]
) -> Callable[[], Any]:
    """Prepare a call of machine code on a part of arrays."""
    words = [*part, *[array.ctypes.data for array in arrays], *code.words, *shape[:-1]]
    for array in arrays:
        words += [0 if length == 1 else stride for length, stride in zip(array.shape[:-1], array.strides[:-1], strict=True)]
    block = np.array(words, np.int64)
    assert HEADER == len(part)
    function = kind(code.address)
    function.kept = block, arrays  # as long as somebody may call it
    return partial(function, block.ctypes.data)
