"""How many threads and how much memory executors may use."""

from __future__ import annotations

import os

from symbolic.errors import ArgumentError, describe

__all__ = ["memory_budget", "num_threads", "recomputes_cheap_values", "set_memory_budget", "set_num_threads"]

_chosen: int | None = None
_budget: int | None = None


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
    from threadpoolctl import threadpool_limits  # only who sets a number pays for the import

    threadpool_limits(num_threads(), user_api="blas")


def memory_budget() -> int | None:
    """Return the bytes that a training program bound now may plan for; ``None`` for as many as the fastest one needs."""
    return _budget


def set_memory_budget(nbytes: int | None) -> None:
    """Let training programs compiled from now on trade time for memory.

    A program that needs more forgets values of the forward pass and computes them again for the gradients, from those it
    keeps: about one more forward pass of time. Results are the same to the bit. What lies in arrays that the user bound
    is not counted. If nothing brings a program within the budget, it takes what is least, and says so in the log
    ``symbolic``.

    Parameters
    ----------
    nbytes : int or None
        Bytes of one program's own memory; ``None`` for no bound.

    Raises
    ------
    ArgumentError
        If ``nbytes`` is no whole number above zero.
    """
    global _budget
    if nbytes is not None and (isinstance(nbytes, bool) or not isinstance(nbytes, int) or nbytes < 1):
        facts = {"argument": "nbytes", "got": repr(nbytes), "expected": "a whole number above zero, or None"}
        raise ArgumentError(describe("no number of bytes", facts=facts))
    _budget = nbytes


def recomputes_cheap_values() -> bool:
    """Whether the environment asks, as MXNet's users do, that what is cheap is computed again for the gradients."""
    return os.environ.get("MXNET_BACKWARD_DO_MIRROR", "0") not in ("", "0")


def _default() -> int:
    for name in ("SYMBOLIC_NUM_THREADS", "OMP_NUM_THREADS"):
        text = os.environ.get(name, "")
        if text.isdecimal() and int(text) > 0:
            return int(text)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
