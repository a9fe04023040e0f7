"""Buffers that programs use in turn: those of one executor's modes, of buckets, of one network under other shapes."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

import numpy as np

from executors.numpy.scratch import aligned

__all__ = ["Arena"]


class Arena:
    """Memory for the values between inputs and outputs, which no program needs when another has run.

    Attributes
    ----------
    blocks : list of numpy.ndarray
        The buffers, by size.
    current : Program or None
        Whose values they hold: its backward phase may run. Any other has to run its forward phase again.
    """

    def __init__(self) -> None:
        self.blocks: list[np.ndarray] = []
        self.current: Any = None

    @property
    def bytes(self) -> int:
        """Bytes of all buffers."""
        return sum(block.nbytes for block in self.blocks)

    def take(self, sizes: Sequence[int]) -> list[np.ndarray]:
        """Give a program its buffers, each the smallest that is large enough; what is missing is allocated."""
        free = list(self.blocks)
        taken: list[np.ndarray] = [aligned(0)] * len(sizes)
        for place in sorted(range(len(sizes)), key=lambda place: -sizes[place]):
            if not sizes[place]:
                continue
            at = bisect.bisect_left(free, sizes[place], key=lambda block: block.nbytes)
            if at < len(free):
                taken[place] = free.pop(at)
            else:
                taken[place] = aligned(sizes[place])
                bisect.insort(self.blocks, taken[place], key=lambda block: block.nbytes)
        return taken
