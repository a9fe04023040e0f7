"""A region becomes calls on pieces of its arrays, dealt out to threads."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from executors.fuse import Region
from executors.parallel import parallel, shares

__all__ = ["pieces", "region_calls"]

PIECE = 1 << 16  # elements, on one thread
SHARED_PIECE = 1 << 17  # elements, on several: they meet at Python's lock less often
MOST_PIECES = 1 << 9
WORTH_THREADS = 1 << 20  # elements times steps: about 0.2 ms

Bind = Callable[[Any, Sequence[Any], Sequence[Any], Any], Sequence[Callable[[], Any]]]


def region_calls(
    region: Region,
    array_of: Callable[[int], np.ndarray],
    dtypes: Sequence[Any],
    bind: Bind,
    inplace: Callable[[Any], Sequence[int]],
    workers: int,
    scratches: Sequence[Any],
) -> list[Callable[[], Any]]:
    """Compile a region.

    Parameters
    ----------
    array_of : callable
        The array of a value that lies in the plan's memory, or stands for one that is not computed.
    bind : callable ``(step, inputs, outputs, scratch) -> calls``
        Fits a step's kernel with arrays.
    inplace : callable
        The inputs of a step that its output may overwrite.
    workers : int
        The most threads.
    scratches : list of Scratch
        Working memory, one for each thread.

    Returns
    -------
    list of callable
        Run the region.
    """
    outside = [*region.reads, *region.writes]
    shape, arrays = collapsed(region.shape, [array_of(value) for value in outside])
    unread = {value: array_of(value) for step in region.members for value in step.inputs if value not in step.reads}
    size = math.prod(shape)
    if size * len(region.members) < WORTH_THREADS:
        workers = 1
    target = max(PIECE if workers == 1 else min(SHARED_PIECE, -(-size // workers)), -(-size // MOST_PIECES))
    cuts = list(pieces(shape, target))
    parts = shares(len(cuts), workers)
    places = Places(region, dtypes, inplace)
    largest = max(math.prod(s.stop - s.start for s in cut) for cut in cuts)
    calls = []
    for part, scratch in zip(parts, scratches, strict=False):
        scratch.begin()
        blocks = [scratch((width * largest,), np.uint8) for width in places.widths]
        behind = scratch.used
        mine: list[Callable[[], Any]] = []
        for cut in (cuts[number] for number in part):
            values = {**unread, **{value: piece_of(array, cut) for value, array in zip(outside, arrays, strict=True)}}
            within = tuple([s.stop - s.start for s in cut])
            for value, (slot, dtype) in places.slots.items():
                values[value] = blocks[slot][: math.prod(within) * dtype.itemsize].view(dtype).reshape(within)
            for step in region.members:
                scratch.begin(behind)
                outputs = [values[v] if v in step.writes else None for v in step.outputs]
                mine.extend(bind(step, [values[v] for v in step.inputs], outputs, scratch))
        calls.append(in_turn(tuple(mine)))
    return [parallel(calls)]


def in_turn(calls: tuple[Callable[[], Any], ...]) -> Callable[[], None]:
    """Make one callable of several."""

    def run() -> None:
        for call in calls:
            call()

    return run


def _inside(region: Region) -> list[int]:
    return [value for step in region.members for value in step.writes if value not in region.writes]


class Places:
    """Where the values that stay within a region lie: few blocks, each as large as a piece.

    Attributes
    ----------
    slots : dict of int to (int, dtype)
        Value -> block and type.
    """

    def __init__(self, region: Region, dtypes: Sequence[Any], inplace: Callable[[Any], Sequence[int]]):
        inside = set(_inside(region))
        last = {value: place for place, step in enumerate(region.members) for value in (*step.writes, *step.reads)}
        self.slots: dict[int, tuple[int, np.dtype]] = {}
        self.widths: list[int] = []
        free: list[int] = []
        for place, step in enumerate(region.members):
            dying = {self.slots[value][0] for value in step.reads if value in inside and last[value] == place}
            for value in step.writes:
                if value not in inside:
                    continue
                heirs = [v for v in inplace(step) if v in self.slots and dtypes[v] == dtypes[value] and step.reads.count(v) == 1]
                taken = next((self.slots[v][0] for v in heirs if self.slots[v][0] in dying), None)
                if taken is not None:
                    dying.discard(taken)
                elif free:
                    taken = free.pop()
                else:
                    taken = len(self.widths)
                    self.widths.append(0)
                self.slots[value] = (taken, dtypes[value])
                self.widths[taken] = max(self.widths[taken], dtypes[value].itemsize)
                if last[value] == place:
                    dying.add(taken)
            free += dying


def collapsed(shape: tuple[int, ...], arrays: Sequence[np.ndarray]) -> tuple[tuple[int, ...], list[np.ndarray]]:
    """Join neighbouring axes along which every array either has all elements or stretches::

    (8, 64, 56, 56) with (64, 1, 1)   =>   (8, 64, 3136) with (1, 64, 1)
    """
    rank = len(shape)
    padded = [array.reshape((1,) * (rank - array.ndim) + array.shape) if array.ndim < rank else array for array in arrays]
    whole = [tuple(length == size for length, size in zip(array.shape, shape, strict=True)) for array in padded]
    groups: list[list[int]] = []
    can_join = all(array.flags.c_contiguous for array in padded)
    for axis in range(rank):
        if shape[axis] == 1 and can_join:
            continue
        if groups and can_join and all(w[axis] == w[groups[-1][-1]] for w in whole):
            groups[-1].append(axis)
        else:
            groups.append([axis])
    if not can_join:
        return shape, padded
    groups = groups or [[]]
    lengths = [tuple([math.prod([array.shape[axis] for axis in group]) for group in groups]) for array in padded]
    made = [array.reshape(size) for array, size in zip(padded, lengths, strict=True)]
    return tuple([math.prod([shape[axis] for axis in group]) for group in groups]), made


def pieces(shape: tuple[int, ...], target: int) -> Any:
    """Cut an array of this shape into pieces of about ``target`` elements, each a tuple of slices."""
    axis = 0
    while axis < len(shape) - 1 and math.prod(shape[axis + 1 :]) > target:
        axis += 1
    step = max(1, target // max(1, math.prod(shape[axis + 1 :])))
    rest = tuple([slice(0, size) for size in shape[axis + 1 :]])
    for leading in itertools.product(*[range(size) for size in shape[:axis]]):
        for start in range(0, shape[axis], step):
            yield (*[slice(i, i + 1) for i in leading], slice(start, min(start + step, shape[axis])), *rest)


def piece_of(array: np.ndarray, cut: tuple[slice, ...]) -> np.ndarray:
    """Take a piece of an array; along axes of length one it stretches."""
    return array[tuple([slice(0, 1) if size == 1 else part for size, part in zip(array.shape, cut, strict=True)])]
