"""Kernels as lists of prepared steps: how they are joined, where their intermediate values live, what they compute in."""

from collections.abc import Callable
from functools import partial
from math import prod

import numpy as np

from executors.numpy.blas import WORTH_THREADS
from executors.numpy.blas_threads import LONG_VECTOR, alone
from executors.parallel import parallel, shares
from symbolic.limits import num_threads

Step = Callable[[], object]


def run_all(steps):
    """Join steps to one callable."""
    steps = tuple(steps)
    return steps[0] if len(steps) == 1 else partial(in_turn, steps)


def in_turn(steps):
    for step in steps:
        step()


def dealt(pieces, work, prepare, worth=WORTH_THREADS, has_products=True):
    """Deal pieces out to threads.

    Parameters
    ----------
    pieces : sequence
        Cut by shapes alone: results must not depend on how many threads there are.
    work : int
        From ``worth`` on, threads share it.
    prepare : callable
        Lists the steps for a run of pieces; asks for scratch of its own.
    has_products : bool
        Whether steps call BLAS, with no more multiplications than ``work``.
    """
    has_products = has_products and work >= LONG_VECTOR
    parts = shares(len(pieces), num_threads() if work >= worth else 1)
    calls = [run_all(prepare(pieces[part.start : part.stop])) for part in parts if part]
    if len(calls) < 2:
        return [alone(call) for call in calls] if has_products else calls
    return [alone(parallel(calls)) if has_products else parallel(calls)]


def computing_dtype(dtype):
    """Choose the type to compute in: float16 would lose digits, and BLAS does not know it."""
    return np.dtype(np.float32) if dtype == np.float16 else np.dtype(dtype)


class Room:
    """One scratch array, handed out from its beginning again and again: best if the first request is the largest."""

    def __init__(self, scratch, dtype):
        self.scratch = scratch
        self.dtype = dtype
        self.flat = None

    def of(self, shape):
        """Give an array of ``shape``, valid until the next request."""
        size = prod(shape)
        if self.flat is None or size > self.flat.size:
            self.flat = self.scratch((size,), self.dtype)
        return self.flat[:size].reshape(shape)


def widened(array, room, steps):
    """Give ``array`` in the type of ``room``; append the step that converts it, if one is needed."""
    if array.dtype == room.dtype:
        return array
    copy = room.of(array.shape)
    steps.append(partial(np.copyto, copy, array))
    return copy


def narrowed(array, target):
    """Make the step that writes ``array`` to ``target``, if that is another one."""
    return [] if array is target else [partial(np.copyto, target, array, casting="same_kind")]
