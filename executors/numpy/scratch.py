"""Memory that steps work in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from executors.pages import HUGE, zeros

__all__ = ["Scratch", "address", "aligned", "shape_only"]

ALIGNMENT = 64


def address(array: np.ndarray) -> int:
    """Tell where an array begins."""
    return array.__array_interface__["data"][0]


def aligned(nbytes: int) -> np.ndarray:
    """Allocate bytes that begin on a cache line."""
    if nbytes >= HUGE:
        return zeros(nbytes)
    block = np.empty(nbytes + ALIGNMENT, np.uint8)
    start = -block.ctypes.data % ALIGNMENT
    return block[start : start + nbytes]


def shape_only(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Stand for a value that is not computed, since only its shape is asked for: zeros that take no memory."""
    return np.broadcast_to(np.zeros((), dtype), shape)


class Scratch:
    """Working memory of steps; each may use all of it, since only one runs at a time."""

    def __init__(self) -> None:
        self.block = np.empty(0, np.uint8)
        self.bytes = 0
        self._used = 0

    def begin(self, used: int = 0) -> None:
        """Start handing out memory for another step, behind the first ``used`` bytes."""
        self._used = used

    def join(self) -> None:
        """Take one block as large as all that were needed: what is asked of it again, in the same order, fits."""
        if self.bytes > self.block.nbytes:
            self.block = aligned(self.bytes)

    @property
    def used(self) -> int:
        """Bytes handed out since `begin`."""
        return self._used

    def __call__(self, shape: Any, dtype: Any = np.float32) -> np.ndarray:
        """Return an uninitialised array that is valid while the step runs."""
        dtype = np.dtype(dtype)
        nbytes = math.prod(shape) * dtype.itemsize if isinstance(shape, tuple) else int(shape) * dtype.itemsize
        if self._used + nbytes > self.block.nbytes:
            self.block = aligned(max(nbytes, self.block.nbytes))
            self.bytes += self.block.nbytes  # the older one is still in use
            self._used = 0
        start = self._used
        self._used = -(-(start + nbytes) // ALIGNMENT) * ALIGNMENT
        return np.ndarray(shape, dtype, self.block, start)
