"""Large arrays computed at once: element by element, piece by piece, by several threads, right where the results belong."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from executors.numpy.scratch import address, aligned
from executors.parallel import parallel, shares
from symbolic.limits import num_threads

if TYPE_CHECKING:
    from executors.numpy.at_once import Routine

__all__ = ["LARGE", "Pieces"]

LARGE = 1 << 16  # elements from which on it is worth while
WORTH_THREADS = 1 << 21  # elements times steps: about 0.3 ms; twice what it is for a region: threads meet more often at Python's lock
PIECE = 1 << 18  # elements of the largest piece; calls cost more here than in a region, whose calls are bound before

Arrays = list[np.ndarray]


class _Room(threading.local):
    """Memory for pieces, which each thread keeps: new memory would cost more than what is computed in it."""

    def __init__(self) -> None:
        self.blocks: list[np.ndarray] = []
        self.taken = 0

    def empty(self, size: int, dtype: np.dtype) -> np.ndarray:
        """Hand out the next block."""
        nbytes = size * dtype.itemsize
        if self.taken == len(self.blocks):
            self.blocks.append(aligned(nbytes))
        elif self.blocks[self.taken].nbytes < nbytes:
            self.blocks[self.taken] = aligned(nbytes)
        self.taken += 1
        return self.blocks[self.taken - 1][:nbytes].view(dtype)


_room = _Room()


class Pieces(NamedTuple):
    """A routine that goes element by element, run on pieces of large arrays, which stay in the cache, by several threads.

    Attributes
    ----------
    routine : Routine
        What is done.
    dtypes : tuple of dtype
        Types of the results.
    read_later : tuple of set of int
        For each result the inputs that are still read once it is being written.
    """

    routine: Routine
    dtypes: tuple[np.dtype, ...]
    read_later: tuple[set[int], ...]

    @classmethod
    def of(cls, routine: Routine, results: Arrays) -> Pieces:
        """Look through a routine."""
        made = {made[0]: number for number, step in enumerate(routine.steps) for made in step.made}
        written = [made[place] for place in routine.results]
        at = [start if isinstance(routine.steps[start].function, np.ufunc) else start - 1 for start in written]
        later = [{place for step in routine.steps[start + 1 :] for place in step.places} for start in at]
        return cls(routine, tuple([x.dtype for x in results]), tuple(later))

    def run(self, inputs: Sequence[np.ndarray], into: Sequence[np.ndarray | None]) -> Arrays:
        """Compute the results, in the arrays ``into`` where these can take them."""
        if not all(x.flags.c_contiguous for x in inputs):
            return self.routine.run(inputs)
        shape, size = inputs[0].shape, inputs[0].size
        starts = [address(x) for x in inputs]
        results: Arrays = []
        direct = []  # at once; others wait until all is read
        for target, dtype, later in zip(into or [None] * len(self.dtypes), self.dtypes, self.read_later, strict=False):
            fits = target is not None and target.shape == shape and target.dtype == dtype and target.flags.c_contiguous
            if target is None or not fits or not _apart(target, inputs, results):
                target = np.empty(shape, dtype)
            results.append(target)
            start = address(target)
            direct.append(not any(start == other and place in later for place, other in enumerate(starts)))
        read, written = [x.reshape(-1) for x in inputs], [x.reshape(-1) for x in results]
        workers = num_threads() if size * len(self.routine.steps) >= WORTH_THREADS else 1
        count = workers * -(-size // (workers * PIECE))
        cuts = [slice(part.start, part.stop) for part in shares(size, count)]
        parts = shares(count, workers)
        parallel([partial(self._part, read, written, direct, cuts[part.start : part.stop]) for part in parts])()
        return results

    def _part(self, read: Arrays, written: Arrays, direct: list[bool], cuts: list[slice]) -> None:
        room, (rest, steps, results) = _room, self.routine
        for cut in cuts:
            size = cut.stop - cut.start
            values = [*[x[cut] for x in read], *rest]
            targets = {place: x[cut] for place, x in zip(results, written, strict=True)}
            at_once = {place: targets[place] for place, now in zip(results, direct, strict=True) if now}
            room.taken = 0
            for made, function, _, pick, out, _, _ in steps:
                for place, _, dtype, source in made:
                    if place in at_once:
                        values[place] = at_once[place]
                    else:
                        values[place] = room.empty(size, dtype) if source is None else values[source]
                if out is None:
                    function(*pick(values))
                else:
                    function(*pick(values), out=values[out])
            for place, target in targets.items():
                if place not in at_once:
                    np.copyto(target, values[place])


def _apart(target: np.ndarray, inputs: Sequence[np.ndarray], results: Arrays) -> bool:
    """Whether an array shares no memory with the results, and with each input all of it or none; they are contiguous."""
    start = address(target)
    for number, other in enumerate((*inputs, *results)):
        first = address(other)
        same = first == start and other.dtype == target.dtype and number < len(inputs)
        if not same and first < start + target.nbytes and start < first + other.nbytes:
            return False
    return True
