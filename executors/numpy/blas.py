"""One BLAS thread in each of ours.

BLAS's own threads wait for each other within every product. Where our threads share a step, each of them needs
products of its own; and a product whose threads do not all get a processor at once waits for the last.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any

__all__ = ["alone"]

_lock = Lock()
_running = 0  # steps that asked for one thread, in all threads of the user
_before: list[int] = []  # threads of each library when the first of them began
_libraries: list[Any] | None = None


def alone(call: Callable[[], Any]) -> Callable[[], None]:
    """Make a callable that runs ``call`` while BLAS uses one thread."""
    global _libraries
    if _libraries is None:
        from threadpoolctl import ThreadpoolController

        _libraries = ThreadpoolController().select(user_api="blas").lib_controllers
    return partial(_run, call)


def _run(call: Callable[[], Any]) -> None:
    global _running, _before
    with _lock:
        _running += 1
        if _running == 1:
            _before = [library.get_num_threads() for library in _libraries or ()]
            _set([1] * len(_before))
    try:
        call()
    finally:
        with _lock:
            _running -= 1
            if not _running:
                _set(_before)


def _set(counts: list[int]) -> None:
    for library, count, before in zip(_libraries or (), counts, _before, strict=True):
        if before != 1:
            library.set_num_threads(count)


def _forget() -> None:
    """Start anew in a forked process: nothing runs in it."""
    global _lock, _running
    _lock = Lock()
    if _running:
        _running = 0
        _set(_before)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
