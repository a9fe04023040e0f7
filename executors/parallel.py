"""Threads that share the work of one step."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any

import numpy as np

__all__ = ["parallel", "shares"]

Part = Callable[[], Any]
Job = tuple["deque[Part]", "SimpleQueue[BaseException | None]"]  # parts that nobody has begun; word of each that is finished

HELPERS = max(1, (os.cpu_count() or 2) - 1)  # threads, besides the user's

linger: Callable[[SimpleQueue[Job]], Any] | None = None  # what helpers do before they wait for jobs, for a short while
recall: Callable[[], Any] | None = None  # ends it, as there is a job

_jobs: SimpleQueue[Job] = SimpleQueue()
_are_there = False


def parallel(parts: Sequence[Part]) -> Part:
    """Make one callable that runs all parts, at the same time if threads are free, the first one in the caller's thread.

    Whoever is free takes the next part, the caller too: where helpers come late, nobody waits for them.
    """
    if len(parts) == 1:
        return parts[0]
    return partial(_run, tuple(parts))


def _run(parts: tuple[Part, ...]) -> None:
    job: Job = deque(parts), SimpleQueue()
    if not _are_there:
        _begin()
    for _ in range(min(len(parts) - 1, HELPERS)):
        _jobs.put(job)
    if recall is not None:
        recall()
    _work(*job)
    finished = [job[1].get() for _ in parts]  # nobody returns while another still writes
    for error in finished:
        if error is not None:
            raise error


def _work(left: deque[Part], finished: SimpleQueue[BaseException | None]) -> None:
    """Run parts until all are begun."""
    while left:
        try:
            part = left.popleft()
        except IndexError:
            return
        error = None
        try:
            part()
        except BaseException as caught:
            error = caught
        finished.put(error)


def _help(jobs: SimpleQueue[Job]) -> None:
    np.seterr(all="ignore")  # let overflow and nan pass, as the caller's thread does
    while True:
        _work(*jobs.get())
        if linger is not None:
            linger(jobs)


def _begin() -> None:
    """Start the helpers, which live as long as the process."""
    global _are_there
    _are_there = True
    for number in range(HELPERS):
        Thread(target=_help, args=(_jobs,), name=f"symbolic-{number}", daemon=True).start()


def _forget() -> None:
    """Start anew in a forked process, which has none of its parent's threads."""
    global _jobs, _are_there
    _jobs, _are_there = SimpleQueue(), False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def shares(count: int, workers: int) -> list[range]:
    """Cut ``count`` pieces of work into runs of neighbours, one for each worker that gets any."""
    workers = max(1, min(workers, count))
    return [range(count * worker // workers, count * (worker + 1) // workers) for worker in range(workers)]
