"""Whether this thread records what it computes, and whether it trains: one number, for every call asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["RECORDING", "TRAINING", "mode", "switched"]

TRAINING, RECORDING = 1, 2


class Mode(threading.local):
    """The mode of a thread: ``flags`` is the sum of `TRAINING` and `RECORDING`, as far as they are on."""

    flags = 0


mode = Mode()


@contextmanager
def switched(flags: int) -> Iterator[None]:
    """Be in another mode within the block."""
    before, mode.flags = mode.flags, flags
    try:
        yield
    finally:
        mode.flags = before
