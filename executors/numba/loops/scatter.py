"""Sums of rows that have one number, for a run of those numbers: what one thread does."""

from __future__ import annotations

import numpy as np
from numba import njit  # type: ignore[import-not-found]

__all__ = ["add_rows"]


@njit(nogil=True, cache=True, error_model="numpy")
def add_rows(rows, places, sums, start, stop):  # type: ignore[no-untyped-def]
    """Write to ``sums[p]`` the sum of all ``rows[i]`` with ``places[i] == p``, in their order, for ``p`` in a range."""
    sums[start:stop] = 0
    for i in range(places.size):
        place = places[i]
        if start <= place < stop:
            target, row = sums[np.uint64(place)], rows[i]
            for j in range(target.size):
                target[j] += row[j]
