"""Loops over windows of planes, ``(planes, rows, columns)``, for a run of planes: what one thread does."""

from __future__ import annotations

import numpy as np
from numba import njit  # type: ignore[import-not-found]

__all__ = ["route"]


@njit(nogil=True, cache=True, error_model="numpy")
def route(x, y, dy, dx, kernel, stride, pad, start, stop):  # type: ignore[no-untyped-def]
    """Give each window's gradient to its greatest element, the first in memory if several are.

    Windows are searched from their end, whole: a search that may stop early is guessed wrong by the processor.
    """
    columns = np.int64(x.shape[2])
    for plane in range(start, stop):
        target, source = dx[plane].reshape(-1), x[plane].reshape(-1)
        target[:] = 0
        for i in range(y.shape[1]):
            top = i * stride[0] - pad[0]
            row0, row1 = max(top, 0), min(top + kernel[0], x.shape[1])
            for j in range(y.shape[2]):
                left = j * stride[1] - pad[1]
                column0, column1 = max(left, 0), min(left + kernel[1], columns)
                wanted = y[plane, i, j]
                found = -1
                for row in range(row1 - 1, row0 - 1, -1):
                    begin = row * columns
                    for place in range(begin + column1 - 1, begin + column0 - 1, -1):
                        found = place if source[np.uint64(place)] == wanted else found
                if found >= 0:
                    target[np.uint64(found)] += dy[plane, i, j]
