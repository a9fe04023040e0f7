"""How many threads executors may use."""

from __future__ import annotations

import os

from symbolic.errors import ArgumentError, describe

__all__ = ["num_threads", "set_num_threads"]

_chosen: int | None = None


def num_threads() -> int:
    """Return how many threads an executor bound now may use: as many as there are processors, unless set."""
    return _chosen if _chosen is not None else _default()


def set_num_threads(count: int | None) -> None:
    """Let executors bound from now on use ``count`` threads, and BLAS too.

    Results do not depend on it. The environment variables SYMBOLIC_NUM_THREADS and OMP_NUM_THREADS set it from outside.

    Parameters
    ----------
    count : int or None
        At least 1; ``None`` goes back to the number of processors.

    Raises
    ------
    ArgumentError
        If ``count`` is no whole number above zero.
    """
    global _chosen
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
        facts = {"argument": "count", "got": repr(count), "expected": "a whole number above zero, or None"}
        raise ArgumentError(describe("no number of threads", facts=facts))
    _chosen = count
    from threadpoolctl import threadpool_limits

    threadpool_limits(num_threads(), user_api="blas")


def _default() -> int:
    for name in ("SYMBOLIC_NUM_THREADS", "OMP_NUM_THREADS"):
        text = os.environ.get(name, "")
        if text.isdecimal() and int(text) > 0:
            return int(text)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
