"""Products of matrices on our threads, with one BLAS thread in each.

OpenBLAS's own threads go on spinning for 25 ms after a product, for the case that there is another: meanwhile the
threads that share our other steps find the processors taken (on two, ResNet-18 takes 52 ms in place of 31). And where
a product's threads do not all get a processor at once, it waits for the last.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from executors.parallel import parallel, shares
from symbolic.limits import num_threads

__all__ = ["WORTH_THREADS", "alone", "product"]

WORTH_THREADS = 1 << 24  # multiplications: about 0.2 ms
HEAD_START = 1 << 22  # multiplications: what the caller does more than a thread that has to wake up first, and be waited for
EVEN = 16  # rows or columns: as many as a register of BLAS holds
LONG, LONG_VECTOR = 1 << 18, 1 << 13  # multiplications from which on OpenBLAS, some version of it, uses threads of its own
SMALL = 1 << 16  # multiplications below which ndarray.dot, which makes the same calls of BLAS, saves some of the 0.6 µs before them

NARROW, NARROWEST = 32, 8  # rows up to which a product with a transposed matrix is cut small; the latter if that is large:
HEAVY = 1 << 27  # its bytes times the rows
UNCOPIED, UNCOPIED_RESULT = 10**6, 1200  # multiplications and elements of a result up to which OpenBLAS copies no factor before;
UNCOPIED_DEPTH = 32  # and elements that are summed, from which on

AFFIXES = [(before, behind) for before in ("", "scipy_") for behind in ("", "64_", "_64")]  # builds of OpenBLAS name their functions so

_lock = Lock()
_running = 0  # steps that asked for one thread, in all threads of the user
_lowered: list[tuple[Callable[[int], Any], int]] = []  # what sets a library's threads, and how many it had when the first of them began
_libraries: list[Library] | None = None


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
    global _libraries
    if _libraries is None:
        from threadpoolctl import ThreadpoolController  # not for every import of the library: it looks through all that is loaded

        _libraries = [Library.of(controller) for controller in ThreadpoolController().select(user_api="blas").lib_controllers]
    return partial(_run, call)


def product(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> Callable[[], Any]:
    """Make the callable that computes ``out = a @ b``, of matrices or of stacks of one shape.

    Where it is cut depends on shapes alone: the result does not depend on how many threads there are.
    """
    work = out.size * a.shape[-1]
    width = _narrow(a, b, out)
    if width:
        parts = [partial(np.matmul, a, b[:, start : start + width], out[:, start : start + width]) for start in range(0, b.shape[1], width)]
        call = parallel(_dealt(parts, num_threads() if work >= WORTH_THREADS >> 1 else 1))
        return alone(call) if len(a) * a.shape[1] * width >= LONG else call
    if work < WORTH_THREADS or out.ndim < 2:
        is_vector = out.ndim < 2 or min(out.shape[-2:]) == 1
        if work < SMALL and out.ndim == 2 and out.flags.c_contiguous and all(x.flags.forc for x in (a, b)):
            call = partial(np.ndarray.dot, a, b, out)
        else:
            call = partial(np.matmul, a, b, out)  # outputs by place: by word they cost twice the call
        return alone(call) if work >= (LONG_VECTOR if is_vector else LONG) else call
    count = 2 if work < WORTH_THREADS << 2 else 4 if work < WORTH_THREADS << 4 else 8
    parts = [partial(np.matmul, *part) for part in _cut(a, b, out, count)]
    return alone(parallel(_dealt(parts, num_threads())))


def _narrow(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> int:
    """Choose how many columns to compute at once where a few rows meet a transposed matrix: the weights of a dense layer; 0 for all.

    OpenBLAS copies all of the matrix before it multiplies, which for 4 rows takes six times as long, but not for small results.
    """
    if out.ndim != 2 or out.dtype not in (np.float32, np.float64) or not a.dtype == b.dtype == out.dtype:
        return 0
    rows, depth = a.shape
    if not 1 < rows <= (NARROW if rows * b.nbytes <= HEAVY else NARROWEST) or depth < UNCOPIED_DEPTH:
        return 0
    if not (a.strides[1] == b.strides[0] == out.strides[1] == out.itemsize):
        return 0
    width = min(UNCOPIED_RESULT, UNCOPIED // depth) // rows
    return width if EVEN // 2 <= width < b.shape[1] else 0


def _dealt(parts: Sequence[Callable[[], Any]], workers: int) -> list[Callable[[], Any]]:
    """Deal parts out to threads."""
    calls = [parts[mine.start : mine.stop] for mine in shares(len(parts), workers)]
    return [call[0] if len(call) == 1 else partial(_in_turn, call) for call in calls]


def _cut(a: np.ndarray, b: np.ndarray, out: np.ndarray, count: int) -> list[tuple[np.ndarray, ...]]:
    """Cut a stack, or else the longer axis of the matrices."""
    if prod(out.shape[:-2]) > 1:
        axis = max(range(out.ndim - 2), key=out.shape.__getitem__)
        runs = [(slice(None),) * axis + (slice(part.start, part.stop),) for part in shares(out.shape[axis], count)]
        return [(a[part], b[part], out[part]) for part in runs]
    rows, columns = out.shape[-2:]
    if rows >= columns:
        runs = [(..., part, slice(None)) for part in _slices(rows, count, out.size * a.shape[-1])]
        return [(a[part], b, out[part]) for part in runs]
    runs = [(..., part) for part in _slices(columns, count, out.size * a.shape[-1])]
    return [(a, b[part], out[part]) for part in runs]


def _slices(length: int, count: int, work: int) -> list[slice]:
    """Cut an axis; of two parts the first is the larger one."""
    if count > 2:
        return [slice(part.start, part.stop) for part in shares(length, count)]
    first = min(length, -(-length * (work + HEAD_START) // (2 * work * EVEN)) * EVEN)
    return [slice(0, first), slice(first, length)]


def _in_turn(calls: Sequence[Callable[[], Any]]) -> None:
    for call in calls:
        call()


def _run(call: Callable[[], Any]) -> None:
    global _running
    with _lock:
        _running += 1
        if _running == 1:
            for library in _libraries or ():
                count = library.get()
                if count != 1:
                    library.set(1)
                    _lowered.append((library.set, count))
    try:
        call()
    finally:
        with _lock:
            _running -= 1
            if not _running:
                _restore()


def _restore() -> None:
    while _lowered:
        put, count = _lowered.pop()
        put(count)


def _forget() -> None:
    """Start anew in a forked process: nothing runs in it."""
    global _lock, _running
    _lock = Lock()
    if _running:
        _running = 0
        _restore()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
