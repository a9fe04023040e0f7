"""Products of matrices: on our threads, with one BLAS thread in each, or on BLAS's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from math import prod
from typing import Any

import numpy as np

from executors.numpy.blas_threads import LONG, LONG_VECTOR, agrees, alone, steady
from executors.parallel import parallel, shares
from symbolic.limits import num_threads

__all__ = ["WORTH_THREADS", "product", "threaded_product"]

Cut = tuple[Any, Any, Any]  # what to take of both factors and of the result

WORTH_THREADS = 1 << 24  # multiplications: about 0.2 ms
HEAD_START = 1 << 22  # multiplications: what the caller does more than a thread that has to wake up first, and be waited for
EVEN = 16  # rows or columns: as many as a register of BLAS holds
SMALL = 1 << 16  # multiplications below which ndarray.dot, which makes the same calls of BLAS, saves some of the 0.6 µs before them

NARROW, NARROWEST = 32, 8  # rows up to which a product with a transposed matrix is cut small; the latter if that is large:
HEAVY = 1 << 27  # its bytes times the rows
UNCOPIED, UNCOPIED_RESULT = 10**6, 1200  # multiplications and elements of a result up to which OpenBLAS copies no factor before;
UNCOPIED_DEPTH = 32  # and elements that are summed, from which on

MOST_REMEMBERED = 1024


def threaded_product(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> Callable[[], Any]:
    """Make the callable that computes ``out = a @ b`` on BLAS's own threads, or as `product` does if the result would depend on them.

    Either may be a stack of matrices. That is for what stands between other products which leave BLAS's threads awake.
    """
    if agrees(a, b):
        return steady(partial(np.matmul, a, b, out), (a, b))
    left, right = (np.broadcast_to(x, (*out.shape[:-2], *x.shape[-2:])) for x in (a, b))
    return product(left, right, out)


def product(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> Callable[[], Any]:
    """Make the callable that computes ``out = a @ b``, of matrices or of stacks of one shape.

    Where it is cut depends on shapes alone: the result does not depend on how many threads there are.
    """
    work = out.size * a.shape[-1]
    width = _narrow(a, b, out)
    if width:
        parts = [partial(np.matmul, a, b[:, start : start + width], out[:, start : start + width]) for start in range(0, b.shape[1], width)]
        call = parallel(_dealt(parts, num_threads() if work >= WORTH_THREADS >> 1 else 1))
        return alone(call) if len(a) * a.shape[1] * width >= LONG else call
    if work < WORTH_THREADS or out.ndim < 2:
        is_vector = out.ndim < 2 or min(out.shape[-2:]) == 1
        if work < SMALL and out.ndim == 2 and out.flags.c_contiguous and all(x.flags.forc for x in (a, b)):
            call = partial(np.ndarray.dot, a, b, out)
        else:
            call = partial(np.matmul, a, b, out)  # outputs by place: by word they cost twice the call
        return alone(call) if work >= (LONG_VECTOR if is_vector else LONG) else call
    cuts = _cuts(out.shape, a.shape[-1])
    return alone(parallel([_multiplying(a, b, out, cuts[mine.start : mine.stop]) for mine in shares(len(cuts), num_threads())]))


def _multiplying(a: np.ndarray, b: np.ndarray, out: np.ndarray, cuts: Sequence[Cut]) -> Callable[[], Any]:
    """Multiply parts one after the other; views of several are made at each run: for hundreds of layers they take a megabyte."""
    if len(cuts) > 1:
        return partial(_multiply, a, b, out, cuts)
    [(of_a, of_b, of_out)] = cuts
    return partial(np.matmul, a[of_a], b[of_b], out[of_out])


def _multiply(a: np.ndarray, b: np.ndarray, out: np.ndarray, cuts: Sequence[Cut]) -> None:
    for of_a, of_b, of_out in cuts:
        np.matmul(a[of_a], b[of_b], out[of_out])


def _narrow(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> int:
    """Choose how many columns to compute at once where a few rows meet a transposed matrix: the weights of a dense layer; 0 for all.

    OpenBLAS copies all of the matrix before it multiplies, which for 4 rows takes six times as long, but not for small results.
    """
    if out.ndim != 2 or out.dtype not in (np.float32, np.float64) or not a.dtype == b.dtype == out.dtype:
        return 0
    rows, depth = a.shape
    if not 1 < rows <= (NARROW if rows * b.nbytes <= HEAVY else NARROWEST) or depth < UNCOPIED_DEPTH:
        return 0
    if not (a.strides[1] == b.strides[0] == out.strides[1] == out.itemsize):
        return 0
    width = min(UNCOPIED_RESULT, UNCOPIED // depth) // rows
    return width if EVEN // 2 <= width < b.shape[1] else 0


def _dealt(parts: Sequence[Callable[[], Any]], workers: int) -> list[Callable[[], Any]]:
    """Deal parts out to threads."""
    calls = [parts[mine.start : mine.stop] for mine in shares(len(parts), workers)]
    return [call[0] if len(call) == 1 else partial(_in_turn, call) for call in calls]


@lru_cache(MOST_REMEMBERED)
def _cuts(shape: tuple[int, ...], depth: int) -> tuple[Cut, ...]:
    """Cut a stack of results of this shape, or else the longer axis of the matrices."""
    work = prod(shape) * depth
    count = 2 if work < WORTH_THREADS << 2 else 4 if work < WORTH_THREADS << 4 else 8
    if prod(shape[:-2]) > 1:
        axis = max(range(len(shape) - 2), key=shape.__getitem__)
        runs = [(slice(None),) * axis + (slice(part.start, part.stop),) for part in shares(shape[axis], count)]
        return tuple([(part, part, part) for part in runs])
    rows, columns = shape[-2:]
    if rows >= columns:
        runs = [(..., part, slice(None)) for part in _slices(rows, count, work)]
        return tuple([(part, ..., part) for part in runs])
    runs = [(..., part) for part in _slices(columns, count, work)]
    return tuple([(..., part, part) for part in runs])


def _slices(length: int, count: int, work: int) -> list[slice]:
    """Cut an axis; of two parts the first is the larger one."""
    if count > 2:
        return [slice(part.start, part.stop) for part in shares(length, count)]
    first = min(length, -(-length * (work + HEAD_START) // (2 * work * EVEN)) * EVEN)
    return [slice(0, first), slice(first, length)]


def _in_turn(calls: Sequence[Callable[[], Any]]) -> None:
    for call in calls:
        call()
