"""Boxes dropped one after the other."""

from __future__ import annotations

import numpy as np
from numba import njit  # type: ignore[import-not-found]

__all__ = ["survivors"]


@njit(nogil=True, cache=True, error_model="numpy")
def survivors(sides, sizes, kinds, threshold):  # type: ignore[no-untyped-def]
    """Drop, from the first box on, those behind of its kind that overlap it by more than ``threshold``; list which stay."""
    count = sizes.size
    left, top, right, bottom = sides[0], sides[1], sides[2], sides[3]
    stays = np.ones(count, np.bool_)
    zero = sizes.dtype.type(0)
    for i in range(count):
        if stays[i]:
            for j in range(i + 1, count):
                width = np.maximum(np.minimum(right[i], right[j]) - np.maximum(left[i], left[j]), zero)
                height = np.maximum(np.minimum(bottom[i], bottom[j]) - np.maximum(top[i], top[j]), zero)
                shared = width * height
                union = sizes[i] + sizes[j] - shared
                drops = shared / union > threshold and union != 0 and kinds[i] == kinds[j]
                stays[j] = stays[j] and not drops
    return stays
