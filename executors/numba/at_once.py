"""Composites computed at once whose elements are computed each by itself, such as updates of weights: one call of machine code."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from executors.fuse import Region
from executors.numba.formula import Compiled, compiled
from executors.numba.region import WORTH_THREADS, divided, nanoseconds
from executors.numba.together import on_blocks
from executors.numpy import at_once
from executors.numpy.parts import Parts, in_parts
from executors.numpy.pieces import Pieces
from executors.numpy.scratch import address
from executors.schedule import Step
from symbolic.limits import num_threads
from symbolic.values.shape import is_np_shape

__all__ = ["Machine", "compute_composite"]

SMALLEST = 1 << 13  # elements; below, preparing the call costs what NumPy's calls do
MOST_REMEMBERED = 4096

Arrays = list[np.ndarray]

_machines: dict[Any, Machine | Pieces | Parts | None] = {}


def compute_composite(
    op: Any, params: Any, inputs: Arrays, is_train: bool, body: Callable[[], Arrays], into: Sequence[np.ndarray | None] = ()
) -> Arrays:
    """Compute a composite like `executors.numpy.at_once.compute_composite`, which is asked if need be."""
    if any(x.size >= SMALLEST for x in inputs) and all(x.flags.carray for x in inputs):
        key = (params._same, is_train, is_np_shape(), *[(x.shape, x.dtype) for x in inputs])
        try:
            machine = _machines[key]
        except KeyError:
            if len(_machines) >= MOST_REMEMBERED:
                _machines.clear()
            machine = _machines[key] = _machine(inputs, body)
        if machine is not None:
            return machine.run(inputs, into)
    return at_once.compute_composite(op, params, inputs, is_train, body, into)


def _machine(inputs: Arrays, body: Callable[[], Arrays]) -> Machine | Pieces | Parts | None:
    """Compile what a body computes; what machine code cannot do is left to NumPy, all of it if this is ``None``."""
    if len({id(x) for x in inputs}) < len(inputs) or (found := at_once.traced(body)) is None:
        return None
    calls, results = found

    def alone(*part: Any) -> Machine | Pieces | None:
        return Machine.of(*part) or at_once.in_pieces(*part)

    return in_parts(calls, inputs, results, alone, at_once.recorded)


class Machine(NamedTuple):
    """Machine code for arrays of one shape.

    Attributes
    ----------
    code : Compiled
        The code.
    cost : float
        Nanoseconds on one thread.
    read : tuple of int
        Places among the inputs of what it reads.
    numbers : tuple of numpy.ndarray
        Arrays without axes that it reads behind these; their values may change from run to run.
    addresses : tuple of int
        Where they lie.
    dtypes : tuple of dtype
        Types of the results.
    """

    code: Compiled
    cost: float
    read: tuple[int, ...]
    numbers: tuple[np.ndarray, ...]
    addresses: tuple[int, ...]
    dtypes: tuple[np.dtype, ...]

    @classmethod
    def of(cls, calls: Sequence[Any], inputs: Arrays, results: Arrays) -> Machine | None:
        """Compile what was traced; ``None`` if that is left to NumPy."""
        if not inputs or inputs[0].size < SMALLEST or any(x.shape != inputs[0].shape for x in inputs):
            return None
        shape, values = inputs[0].shape, [*inputs]
        places = {id(x): place for place, x in enumerate(values)}
        members: list[Step] = []
        for routine, read, made in calls:
            for x in read:
                if id(x) not in places:
                    if x.ndim or x.base is not None:
                        return None
                    places[id(x)] = len(values)
                    values.append(x)
            if len(made) != 1 or made[0].shape != shape:
                return None
            reads = tuple([places[id(x)] for x in read])
            places[id(made[0])] = len(values)
            values.append(made[0])
            members.append(Step(routine.steps[0].node, reads, reads, range(0), [len(values) - 1], False))
        written = [places.get(id(x), 0) for x in results]
        if not members or min(written) < len(inputs) or len({*written}) < len(written):
            return None
        region = Region(members[-1].node, (), [], range(0), [], False, shape, members)
        region.close({place for place in range(len(values)) if place not in written})
        region.writes = written
        arrays = [place for place in region.reads if place < len(inputs)]
        numbers = [place for place in region.reads if place >= len(inputs)]
        region.reads = [*arrays, *numbers]
        code = compiled(region, [x.dtype for x in values], tuple([x.ndim == 0 for x in [values[n] for n in (*region.reads, *written)]]), 1)
        if code is None:
            return None
        cost = nanoseconds(code, (math.prod(shape),), [*inputs, *results])
        kept = tuple([values[place] for place in numbers])
        at = tuple([address(x) for x in kept])
        return cls(code, cost, tuple(arrays), kept, at, tuple([x.dtype for x in results]))

    def run(self, inputs: Arrays, into: Sequence[np.ndarray | None]) -> Arrays:
        """Compute the results, in the arrays ``into`` where these can take them."""
        shape, size = inputs[0].shape, inputs[0].size
        starts = [address(x) for x in inputs]
        pointers = [*[starts[place] for place in self.read], *self.addresses]
        results: Arrays = []
        ends: list[tuple[int, int]] = []
        for target, dtype in zip(into or [None] * len(self.dtypes), self.dtypes, strict=False):
            start = None if target is None else _place_in(target, shape, dtype, inputs, starts, ends)
            if target is None or start is None:
                target = np.empty(shape, dtype)
                start = address(target)
            results.append(target)
            pointers.append(start)
            ends.append((start, start + target.nbytes))
        parts = divided((size,), num_threads() if self.cost >= WORTH_THREADS else 1)
        blocks = [np.array([*part, *pointers, *self.code.words], np.int64) for part in parts]
        on_blocks(self.code.address, blocks, (), self.cost)()
        return results


def _place_in(
    target: np.ndarray, shape: tuple[int, ...], dtype: np.dtype, inputs: Arrays, starts: list[int], ends: list[tuple[int, int]]
) -> int | None:
    """Find where an array lies that can take results; ``None`` if it cannot.

    It shares no memory with other results, and with an input none or all: elements are read before they are overwritten.
    """
    if target.shape != shape or target.dtype != dtype or not target.flags.carray:
        return None
    start = address(target)
    end = start + target.nbytes
    for other, first in zip(inputs, starts, strict=True):
        if (first != start or other.dtype != dtype) and first < end and start < first + other.nbytes:
            return None
    return None if any(first < end and start < last for first, last in ends) else start
