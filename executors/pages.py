"""Memory of large arrays: pages of their own from the system, huge ones where there are such.

An array somewhere in the middle of a heap begins and ends in the middle of a huge page (2 MiB), all of which becomes resident; and
what is freed there may stay so. Here a large array begins on a huge page, takes no memory before it is written, and
gives all back.
"""

from __future__ import annotations

import contextlib
import mmap

import numpy as np

__all__ = ["HUGE", "zeros"]

HUGE = 1 << 21  # bytes of a huge page, of most systems; smaller arrays are left to NumPy
HAS_HUGE = hasattr(mmap, "MADV_HUGEPAGE")  # Linux


def zeros(nbytes: int) -> np.ndarray:
    """Make an array of bytes that are zero.

    Raises
    ------
    MemoryError
        If there is no memory for it.
    """
    try:
        if nbytes < HUGE or not HAS_HUGE:
            return np.zeros(nbytes, np.uint8)
        pages = mmap.mmap(-1, nbytes + HUGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)  # a forked process gets a copy
    except (OSError, OverflowError, ValueError) as error:
        raise MemoryError(str(error)) from None
    array = np.frombuffer(pages, np.uint8)
    start = -array.ctypes.data % HUGE
    with contextlib.suppress(OSError):  # a system without
        pages.madvise(mmap.MADV_HUGEPAGE, start, nbytes // HUGE * HUGE)
    return array[start : start + nbytes]
