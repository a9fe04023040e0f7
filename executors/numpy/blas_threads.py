"""How many threads BLAS itself uses: one while its products run on ours, else as many as it has.

OpenBLAS's own threads go on spinning for 25 ms after a product, for the case that there is another: meanwhile the
threads that share our other steps find the processors taken (on two, ResNet-18 takes 52 ms in place of 31). And where
a product's threads do not all get a processor at once, it waits for the last. But a product that comes soon after
another one begins at once, where our threads have to be woken up.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, NamedTuple

import numpy as np

from symbolic.limits import num_threads

__all__ = ["LONG", "LONG_VECTOR", "agrees", "alone", "one_thread", "steady"]

LONG, LONG_VECTOR = 1 << 18, 1 << 13  # multiplications from which on OpenBLAS, some version of it, uses threads of its own
LARGEST, LARGEST_MATRIX = 1 << 30, 1 << 25  # multiplications, and elements of a matrix, up to which it is tried out what they do
MOST_REMEMBERED = 4096
SAMPLE = 65521  # a prime: rows of no usual length begin at the same place of the sample
AFFIXES = [(before, behind) for before in ("", "scipy_") for behind in ("", "64_", "_64")]  # builds of OpenBLAS name their functions so


class _Inside(threading.local):
    """How many steps that asked for one thread this thread is in."""

    depth = 0


_inside = _Inside()
_lock = threading.Lock()
_quiet = threading.Condition(_lock)  # told when no step runs that asked for one thread, or a trial is over
_trials = 0  # that wait for it, and let no other step begin
_running = 0  # steps that asked for one thread, in all threads of the user
_lowered: list[tuple[Callable[[int], Any], int]] = []  # what sets a library's threads, and how many it had when the first of them began
_libraries: list[Library] | None = None
_tried: dict[Any, bool] = {}


class Library(NamedTuple):
    """A BLAS: how many threads it uses."""

    get: Callable[[], int]
    set: Callable[[int], Any]

    @classmethod
    def of(cls, controller: Any) -> Library:
        """Take OpenBLAS's own functions, which cost 0.1 µs; other libraries' come from threadpoolctl.

        For OpenBLAS threadpoolctl takes 1 µs a call, and obeys only the first thread that sets a number, as long as that lives:
        `_run` counts who asks. Of an OpenBLAS built with OpenMP each thread has a number of its own, which is threadpoolctl's business.
        """
        if controller.internal_api == "openblas" and controller.threading_layer == "pthreads":
            for before, behind in AFFIXES:
                names = [f"{before}openblas_{verb}_num_threads{behind}" for verb in ("get", "set")]
                if all(hasattr(controller.dynlib, name) for name in names):
                    get, put = (ctypes.cast(getattr(controller.dynlib, name), ctypes.c_void_p).value or 0 for name in names)
                    return cls(ctypes.PYFUNCTYPE(ctypes.c_int)(get), ctypes.PYFUNCTYPE(None, ctypes.c_int)(put))  # keep Python's lock
        return cls(controller.get_num_threads, controller.set_num_threads)


def alone(call: Callable[[], Any]) -> Callable[[], None]:
    """Make a callable that runs ``call`` while BLAS uses one thread."""
    libraries()
    return partial(_run, call)


def one_thread(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a kernel whose results would depend on how many threads BLAS or LAPACK takes."""

    @wraps(function)
    def run(*arguments: Any) -> None:
        alone(partial(function, *arguments))()

    return run


def libraries() -> list[Library]:
    """List what NumPy's products may come from."""
    global _libraries
    if _libraries is None:
        from threadpoolctl import ThreadpoolController  # not for every import of the library: it looks through all that is loaded

        _libraries = [Library.of(controller) for controller in ThreadpoolController().select(user_api="blas").lib_controllers]
    return _libraries


def agrees(a: np.ndarray, b: np.ndarray, count: int = 2) -> bool:
    """Tell whether BLAS makes ``a @ b``, or each of a stack, to the same bits with ``count`` threads of its own as with one.

    How it deals a product out, and in which order it adds up, depends on sizes, layout and the number of threads: that is
    tried out, once for each of them.
    """
    if _is_short(a, b):
        return True
    (rows, depth), columns = a.shape[-2:], b.shape[-1]
    is_large = rows * depth * columns > LARGEST or max(rows * depth, depth * columns, rows * columns) > LARGEST_MATRIX
    if is_large or np.may_share_memory(a, b):  # the latter is another function of BLAS
        return False
    return _agree((rows, depth, columns, *[x.strides[-1] != x.itemsize for x in (a, b)], a.dtype, count))


def steady(call: Callable[[], Any], *factors: tuple[np.ndarray, np.ndarray]) -> Callable[[], Any]:
    """Let a callable's products, whose factors are given, come out the same whatever the number of threads: by one if need be."""
    count = num_threads()
    if all(_is_short(a, b) for a, b in factors) or (count > 1 and all(agrees(a, b, count) for a, b in factors)):
        return call
    return alone(call)


def _is_short(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether BLAS takes one thread for ``a @ b`` anyway."""
    (rows, depth), columns = a.shape[-2:], b.shape[-1]
    return rows * depth * columns < (LONG_VECTOR if 1 in (rows, columns) else LONG)


def _agree(key: Any) -> bool:
    found = _tried.get(key)
    if found is None:
        rows, depth, columns, *turned, dtype, count = key
        left, right = (_sample(*sizes, dtype) for sizes in ((rows, depth, turned[0]), (depth, columns, turned[1])))
        by_one, by_several = _tried_out(left, right, (1, count))
        found = np.array_equal(by_one, by_several)
        if len(_tried) >= MOST_REMEMBERED:
            _tried.clear()
        _tried[key] = found
    return found


def _tried_out(left: np.ndarray, right: np.ndarray, counts: Sequence[int]) -> list[np.ndarray]:
    """Multiply on some numbers of threads, while nobody runs who asked for one."""
    global _trials
    results, used = [], libraries()
    with _lock:
        _trials += 1
        try:
            while _running and not _inside.depth:
                _quiet.wait()
            had = [library.get() for library in used]
            try:
                for count in counts:
                    for library in used:
                        library.set(count)
                    results.append(left @ right)
            finally:
                for library, count in zip(used, had, strict=True):
                    library.set(count)
        finally:
            _trials -= 1
            _quiet.notify_all()
    return results


def _sample(rows: int, columns: int, is_turned: bool, dtype: np.dtype) -> np.ndarray:
    """Make a matrix of numbers with all their digits, in which no sum comes out the same in another order but by chance."""
    numbers = np.sin(np.arange(1, min(SAMPLE, rows * columns) + 1, dtype=np.float64)).astype(dtype)
    return np.resize(numbers, (columns, rows)).T if is_turned else np.resize(numbers, (rows, columns))


def _run(call: Callable[[], Any]) -> None:
    global _running
    with _lock:
        while _trials and not _inside.depth:
            _quiet.wait()
        _running += 1
        if _running == 1:
            for library in _libraries or ():
                count = library.get()
                if count != 1:
                    library.set(1)
                    _lowered.append((library.set, count))
    _inside.depth += 1
    try:
        call()
    finally:
        _inside.depth -= 1
        with _lock:
            _running -= 1
            if not _running:
                _restore()
                if _trials:
                    _quiet.notify_all()


def _restore() -> None:
    while _lowered:
        put, count = _lowered.pop()
        put(count)


def _forget() -> None:
    """Start anew in a forked process: nothing runs in it."""
    global _lock, _quiet, _running, _trials
    _lock = threading.Lock()
    _quiet = threading.Condition(_lock)
    _trials = 0
    if _running:
        _running = 0
        _restore()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
