"""Kernels as lists of prepared steps: how they are joined, where their intermediate values live, what they compute in."""

from collections.abc import Callable
from functools import partial
from math import prod

import numpy as np

Step = Callable[[], object]


def run_all(steps):
    """Join steps to one callable."""
    steps = tuple(steps)
    if len(steps) == 1:
        return steps[0]

    def run():
        for step in steps:
            step()

    return run


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
