"""Images of another size: bilinear interpolation, and means over the cells of a grid.

Both are linear maps along the rows and along the columns, in which each result depends on a few neighbours: a sparse matrix,
a list of terms ``result[i] += share * source[j]``. The gradient is its transpose.
"""

from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np

from executors.numpy.kernels.nn.steps import Room, computing_dtype, narrowed, run_all, widened
from executors.numpy.table import kernel

PIECE_ELEMENTS = 128 << 10  # of the larger images: they and the terms stay in the cache


@kernel("_contrib_BilinearResize2D", prepared=True)
def bilinear_resize(op, data, output, scratch):
    maps = [interpolation(*lengths, op.align_corners) for lengths in zip(data.shape[2:], output.shape[2:], strict=True)]
    return run_all(mapped(data, output, maps, scratch))


@kernel("_backward__contrib_BilinearResize2D", prepared=True)
def bilinear_resize_gradient(op, d_output, d_data, d_like, scratch):
    lengths = zip(d_data.shape[2:], d_output.shape[2:], strict=True)
    maps = [interpolation(*pair, op.align_corners).transposed() for pair in lengths]
    steps = mapped(d_output, d_data, maps, scratch)
    return run_all(steps if d_like is None else [*steps, partial(d_like.fill, 0)])


@kernel("_contrib_AdaptiveAvgPooling2D", prepared=True)
def adaptive_average(op, data, output, scratch):
    if output.shape[2:] == (1, 1):
        return partial(np.mean, data, (2, 3), computing_dtype(data.dtype), output, True)
    maps = [cells(*lengths) for lengths in zip(data.shape[2:], output.shape[2:], strict=True)]
    return run_all(mapped(data, output, maps, scratch))


@kernel("_backward__contrib_AdaptiveAvgPooling2D", prepared=True)
def adaptive_average_gradient(op, d_output, d_data, scratch):
    if d_output.shape[2:] == (1, 1):
        share = computing_dtype(d_data.dtype).type(1 / prod(d_data.shape[2:]))
        return partial(np.multiply, d_output, share, out=d_data, casting="same_kind")
    maps = [cells(*lengths).transposed() for lengths in zip(d_data.shape[2:], d_output.shape[2:], strict=True)]
    return run_all(mapped(d_output, d_data, maps, scratch))


@dataclass(frozen=True)
class Map:
    """A linear map along one axis, from ``before`` to ``after`` numbers: ``result[to] += share * source[of]``, term by term."""

    before: int
    after: int
    of: np.ndarray
    to: np.ndarray
    share: np.ndarray

    def transposed(self):
        return Map(self.after, self.before, self.to, self.of, self.share)

    def table(self):
        """Arrange the terms in rows, each with one term for each result: ``(of, share)``, both ``(rows, after)``.

        Results with fewer terms are filled up with a share of zero in a source nearby.
        """
        used = np.flatnonzero(self.share)
        order = used[np.lexsort((self.of[used], self.to[used]))]
        to = self.to[order]
        row = np.arange(len(to)) - np.searchsorted(to, to)  # how many terms of the same result came before
        of = np.empty((row.max(initial=0) + 1, self.after), np.intp)
        of[...] = np.arange(self.after) * self.before // self.after
        share = np.zeros(of.shape)
        of[row, to], share[row, to] = self.of[order], self.share[order]
        return of, share


def interpolation(before, after, align_corners):
    """Interpolate between two neighbours.

    Pixels are points, those in the corners stay; or squares that cover the same area, the centres of which are compared.
    A single result takes the first pixel, in both ways.
    """
    to = np.arange(after)
    if after == 1:
        place = np.zeros(1)
    elif align_corners:
        place = to * ((before - 1) / (after - 1))
    else:
        place = np.maximum((to + 0.5) * (before / after) - 0.5, 0)
    low = np.minimum(place.astype(np.intp), before - 1)
    high = np.minimum(low + 1, before - 1)
    return Map(before, after, np.concatenate([low, high]), np.concatenate([to, to]), np.concatenate([1 - place + low, place - low]))


def cells(before, after):
    """Average over cells that cover the axis evenly, rounded outwards to whole pixels: neighbours may share one."""
    to = np.arange(after)
    start, end = to * before // after, -(-(to + 1) * before // after)
    lengths = end - start
    to = np.repeat(to, lengths)
    return Map(before, after, start[to] + np.arange(len(to)) - np.repeat(np.cumsum(lengths) - lengths, lengths), to, 1 / lengths[to])


def mapped(source, target, maps, scratch):
    """Make the steps that map rows and columns of ``(n, c, *before)`` to ``(n, c, *after)``, the axis that shrinks first."""
    planes = prod(source.shape[:2])
    source, target = (array.reshape(planes, *array.shape[2:]) for array in (source, target))
    axes = sorted((1, 2), key=lambda axis: target.shape[axis] / source.shape[axis])
    tables = {axis: maps[axis - 1].table() for axis in axes}
    steps, rooms = [], [Room(scratch, computing_dtype(source.dtype)) for _ in range(5)]
    each = max(1, PIECE_ELEMENTS // max(1, *(prod(array.shape[1:]) for array in (source, target))))
    for start in range(0, planes, each):
        part = slice(start, min(start + each, planes))
        values, place = widened(source[part], rooms[0], steps), target[part]
        between = [len(values), *values.shape[1:]]
        between[axes[0]] = place.shape[axes[0]]
        half = rooms[1].of(between)
        result = place if place.dtype == half.dtype else rooms[2].of(place.shape)
        steps += along_axis(axes[0], tables[axes[0]], values, half, rooms[3])
        steps += along_axis(axes[1], tables[axes[1]], half, result, rooms[4])
        steps += narrowed(result, place)
    return steps


def along_axis(axis, table, source, target, room):
    """Make the steps that sum the terms of one map, row by row of its table."""
    steps = []
    for of, share in zip(*table, strict=True):
        term = target if not steps else room.of(target.shape)
        steps.append(partial(np.take, source, of, axis, term, "clip"))
        if (share != 1).any():
            share = share.astype(target.dtype).reshape([-1 if other == axis else 1 for other in range(target.ndim)])
            steps.append(partial(np.multiply, term, share, out=term))
        if term is not target:
            steps.append(partial(np.add, target, term, out=target))
    return steps
