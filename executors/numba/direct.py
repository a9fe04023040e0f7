"""Convolution without a matrix of patches: data is laid out with its padding, and tiles of machine code read it where it lies.

With strides, the elements that one tap reads are brought together: of a stride of 2 come two planes for each axis, those of the
even and those of the odd elements. Where rows of the output are shorter than those that are read, their ends are left out by a
copy::

    data --> planes with padding --(tiles)--> rows that are too long --> output
         (none: data itself)                  (rows as long: the output itself)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from executors.numba.tiles import convolve, used
from executors.numpy.kernels.nn.matrices import borders
from executors.numpy.kernels.nn.steps import run_all
from executors.numpy.kernels.nn.windows import Window
from executors.parallel import parallel, shares
from symbolic.limits import num_threads

__all__ = ["direct", "filters_of", "is_direct", "turned"]

CHUNK = 8 << 20  # bytes of the planes of some images, which stay in the cache until they are read
WORTH_THREADS = 1 << 16  # elements copied
LEAST_USED = 0.5  # part of the tiles' positions that count
LEAST_USED_OF_POINTS = 0.7  # where a window has one element, so that a product needs no patches
FEWEST = 4  # filters of a group; with fewer a tile does little for each number that it reads


def filters_of(weight: np.ndarray, groups: int, is_turned: bool = False) -> np.ndarray:
    """View weights ``(o, c, *kernel)`` as ``(groups, o, c, taps)``; turned, as what maps outputs to inputs: ``(groups, c, o, taps)``."""
    filters = weight.reshape(groups, weight.shape[0] // groups, weight.shape[1], -1)
    return filters.swapaxes(1, 2) if is_turned else filters


def turned(window: Window) -> Window | None:
    """Find the window that gives the gradient of the data, with its taps from last to first; ``None`` if there is none."""
    pad = tuple([dilate * (kernel - 1) - pad for kernel, dilate, pad in zip(window.kernel, window.dilate, window.pad, strict=True)])
    return Window(window.kernel, window.stride, window.dilate, pad) if {*window.stride} == {1} and min(pad) >= 0 else None


def is_direct(window: Window, filters: np.ndarray, data: np.ndarray, output: np.ndarray) -> bool:
    """Whether this is faster than the product of a matrix of patches; arrays have their channels first."""
    if filters.shape[1] < FEWEST:
        return False
    if not all(array.size and array.dtype == data.dtype for array in (data, filters, output)):
        return False
    if (
        data.dtype not in (np.float32, np.float64)
        or not data.dtype.isnative
        or not data.flags.c_contiguous
        or not output.flags.c_contiguous
    ):
        return False
    plan = Plan(window, data, output)
    useful = math.prod(plan.counts) / plan.positions
    least = LEAST_USED_OF_POINTS if window.is_point else LEAST_USED
    return useful * used(plan.positions, filters.shape[1], data.dtype, filters.strides[1]) >= least


class Plan:
    """The sizes of a convolution's planes."""

    def __init__(self, window: Window, data: np.ndarray, output: np.ndarray):
        self.window, self.counts = window, output.shape[2:]
        spans = window.spans(self.counts)
        self.lengths = tuple([-(-span // stride) for span, stride in zip(spans, window.stride, strict=True)])
        self.steps = [math.prod(self.lengths[axis + 1 :]) for axis in range(len(self.lengths))]  # from one element of an axis to the next
        self.positions = 1 + sum((count - 1) * step for count, step in zip(self.counts, self.steps, strict=True))
        self.is_copied = spans != data.shape[2:] or set(window.stride) != {1}
        self.is_cut = self.lengths[1:] != self.counts[1:]

    def reach(self) -> np.ndarray:
        """How far from a position each tap reads."""
        plane = math.prod(self.lengths)
        found = []
        for tap in itertools.product(*map(range, self.window.kernel)):
            far = [t * dilate for t, dilate in zip(tap, self.window.dilate, strict=True)]
            phase = 0
            for at, stride in zip(far, self.window.stride, strict=True):
                phase = phase * stride + at % stride
            found.append(
                phase * plane + sum(at // stride * step for at, stride, step in zip(far, self.window.stride, self.steps, strict=True))
            )
        return np.array(found, np.int64)

    def filled(self, planes: np.ndarray, data: np.ndarray) -> list[Callable[[], Any]]:
        """Make the steps that lay images out as ``(n, c, *phases, *lengths)``."""
        stride, pad, sizes = self.window.stride, self.window.pad, data.shape[2:]
        steps: list[Callable[[], Any]] = []
        for phase in itertools.product(*map(range, stride)):
            target = planes[(slice(None), slice(None), *phase)]
            inside, taken = [], []
            for number, step, before, size, length in zip(phase, stride, pad, sizes, self.lengths, strict=True):
                first = max(0, -((number - before) // step))  # the first element of the plane that lies in the data
                end = max(first, min(length, (size - 1 + before - number) // step + 1))
                begin = first * step + number - before
                inside.append(slice(first, end))
                taken.append(slice(begin, begin + (end - first - 1) * step + 1 if end > first else begin, step))
            steps += [partial(target[(..., *border)].fill, 0) for border in borders(inside, self.lengths)]
            if all(part.start < part.stop for part in inside):
                steps.append(partial(np.copyto, target[(..., *inside)], data[(..., *taken)]))
        return steps


def direct(
    window: Window,
    weights: np.ndarray,
    data: np.ndarray,
    bias: np.ndarray | None,
    output: np.ndarray,
    scratch: Callable[[tuple[int, ...], np.dtype], np.ndarray],
    backwards: bool = False,
) -> Callable[[], Any]:
    """Prepare a convolution of arrays for which `is_direct` holds; taps are taken from last to first if ``backwards``."""
    plan, dtype = Plan(window, data, output), data.dtype
    images, channels, filters, groups = len(data), data.shape[1], output.shape[1], len(weights)
    added = np.zeros(filters, dtype) if bias is None else bias
    planes_shape = (channels, *window.stride, *plan.lengths)
    rows_shape = (filters, plan.counts[0], *plan.lengths[1:])
    size = dtype.itemsize * (math.prod(planes_shape) * plan.is_copied + math.prod(rows_shape) * plan.is_cut)
    together = max(1, min(images, CHUNK // max(size, 1)))
    planes = scratch((together, *planes_shape), dtype) if plan.is_copied else data
    rows = scratch((together, *rows_shape), dtype) if plan.is_cut else output
    reach, steps = plan.reach()[:: -1 if backwards else 1].copy(), []
    for first in range(0, images, together):
        part = slice(first, min(first + together, images))
        count = part.stop - part.start
        x, y = planes[:count] if plan.is_copied else data[part], rows[:count] if plan.is_cut else output[part]
        if plan.is_copied:
            steps.append(shared(lambda cut, x=x, part=part: plan.filled(x[:, cut], data[part, cut]), x))
        x, y = x.reshape(count, groups, channels // groups, -1), y.reshape(count, groups, filters // groups, -1)
        for group in range(groups):
            own = added.reshape(groups, -1)[group]
            steps.append(convolve(weights[group], x[:, group], own, y[:, group], reach, plan.positions, num_threads()))
        if plan.is_cut:
            useful = rows[(slice(count), slice(None), slice(None), *map(slice, plan.counts[1:]))]
            steps.append(shared(lambda cut, useful=useful, part=part: [partial(np.copyto, output[part, cut], useful[:, cut])], useful))
    return run_all(steps)


def shared(prepare: Callable[[slice], list[Callable[[], Any]]], array: np.ndarray) -> Callable[[], Any]:
    """Deal the channels of ``(n, channels, ...)`` out to threads."""
    parts = shares(array.shape[1], num_threads() if array.size >= WORTH_THREADS else 1)
    return parallel([run_all(prepare(slice(part.start, part.stop))) for part in parts])
