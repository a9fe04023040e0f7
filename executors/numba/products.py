"""Products of matrices: by tiles of machine code where they are faster, else by BLAS, which copies its factors into another order first.

Which way is chosen follows from shapes and strides alone. The limits below were measured against `executors.numpy.blas` on two cores, by
shapes of 1 to 4,096: within them tiles take 0.2 to 1.2 times as long, 0.8 in the median.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from executors.numba.inner import inner
from executors.numba.tiles import multiplied, used
from executors.numpy import blas
from executors.numpy.kernels.nn.fully_connected import adding
from symbolic.limits import num_threads

__all__ = ["affine", "product"]

LONG = 128  # elements that are summed; with fewer, adding up the parts of a register costs too much
FEW = 4  # rows for which no factor that is not in the cache should be read with gaps
LEAST_USED = 0.8  # part of the tiles that there is
CACHED = 1 << 20  # bytes


def product(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> Callable[[], Any]:
    """Make the callable that computes ``out = a @ b``, as `executors.numpy.blas.product` does, which is asked if need be."""
    if is_inner(a, b, out):
        return inner(a, b.T, out, workers(a, b))
    return multiplied(a, b[None], out[None], workers(a, b)) if is_plain(a, b, out) else blas.product(a, b, out)


def affine(x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, y: np.ndarray, scratch: Any) -> tuple[Callable[[], Any], ...]:
    """Make the callables that compute ``y = x @ weight.T + bias``."""
    if is_inner(x, weight.T, y) and (bias is None or (bias.dtype == y.dtype and bias.flags.carray)):
        return (inner(x, weight, y, workers(x, weight.T), bias),)
    return product(x, weight.T, y), *(() if bias is None else adding(bias, y, scratch))


def workers(a: np.ndarray, b: np.ndarray) -> int:
    """Count the threads that share a product."""
    return num_threads() if a.size * b.shape[1] >= blas.WORTH_THREADS else 1


def is_inner(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> bool:
    """Whether rows of ``a`` and columns of ``b`` are read where they lie."""
    if not are_matrices(a, b, out) or a.strides[1] != a.itemsize or b.strides[0] != b.itemsize:
        return False
    smaller, depth = min(len(a), b.shape[1]), a.shape[1]
    return b.shape[1] >= FEW and (smaller == 1 or LONG <= depth >= 4 * smaller) and smaller * depth * a.itemsize <= 2 * CACHED


def is_plain(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> bool:
    """Whether rows of ``b`` are read where they lie, and numbers of ``a``, one after another."""
    if not are_matrices(a, b, out) or b.strides[1] != b.itemsize or used(out.shape[1], len(out), out.dtype) < LEAST_USED:
        return False
    if len(a) < FEW:
        return b.nbytes <= CACHED
    if a.strides[1] != a.itemsize and a.nbytes > 2 * CACHED:
        return False
    return b.nbytes <= (8 if len(b) <= 512 else 4) * CACHED


def are_matrices(*arrays: np.ndarray) -> bool:
    """Whether these are matrices of one type that machine code knows; the last one's rows have no gaps."""
    out = arrays[-1]
    return (
        out.dtype in (np.float32, np.float64)
        and all(x.ndim == 2 and x.size and x.dtype == out.dtype and x.flags.aligned and min(x.strides) > 0 for x in arrays)
        and out.strides[1] == out.itemsize
    )
