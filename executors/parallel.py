"""Threads that share the work of one step."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

__all__ = ["parallel", "shares"]

_pool: ThreadPoolExecutor | None = None


def parallel(parts: Sequence[Callable[[], Any]]) -> Callable[[], None]:
    """Make one callable that runs all parts at the same time, the first one in the caller's thread."""
    if len(parts) == 1:
        return parts[0]
    return partial(_run, parts[0], tuple(parts[1:]))


def _run(mine: Callable[[], Any], others: tuple[Callable[[], Any], ...]) -> None:
    global _pool
    pool = _pool
    if pool is None:
        pool = _pool = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), "symbolic", _quiet)
    waiting = [pool.submit(part) for part in others]
    try:
        mine()
        for future, part in zip(waiting, others, strict=True):
            if future.cancel():  # the helpers are busy with somebody else's work
                part()
    finally:
        for future in waiting:  # nobody returns while another still writes
            if not future.cancel():
                future.exception()
    for future in waiting:
        if not future.cancelled():
            future.result()


def _quiet() -> None:
    """Let overflow and nan pass, as the caller's thread does."""
    np.seterr(all="ignore")


def _forget() -> None:
    """Start anew in a forked process, which has none of its parent's threads."""
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def shares(count: int, workers: int) -> list[range]:
    """Cut ``count`` pieces of work into runs of neighbours, one for each worker that gets any."""
    workers = max(1, min(workers, count))
    return [range(count * worker // workers, count * (worker + 1) // workers) for worker in range(workers)]
