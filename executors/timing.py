"""How long each step of a run takes: the steps that `forward` and `backward` make, timed one by one."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from executors.batch import Batch
from executors.fuse import Region
from executors.kernel import named
from executors.outputs import Outputs
from executors.schedule import Step
from symbolic.errors import NotReady, NotSupported, describe
from symbolic.graph.node import Node
from symbolic.nd.array import NDArray
from symbolic.passes.pipeline import Lowered
from symbolic.values.shape import complete

__all__ = ["Part", "Timed", "Timing", "Timings"]


class Part(NamedTuple):
    """One call of the run loop: the step that it belongs to, ``None`` for a copy; its node; what is called."""

    step: Step | None
    node: Node
    call: Callable[[], Any]


@dataclass
class Timed:
    """One step of a run.

    Attributes
    ----------
    kind : str
        ``"step"``, ``"region"`` (fused), ``"batch"`` (equal formulas at once) or ``"copy"``.
    nodes : list of (Node, float)
        What it computes, and the share of each: of elements written.
    backward : bool
        The phase.
    calls : int
        Calls that it takes.
    nbytes : int
        Bytes of the values that go in and out; what stays within a region is not counted.
    begins, seconds : list of float
        For each run: when, since the first, and how long.
    """

    kind: str
    nodes: list[tuple[Node, float]]
    backward: bool
    nbytes: int
    calls: int = 0
    begins: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@dataclass
class Timings:
    """All steps of a mode, in the order of the run.

    Attributes
    ----------
    lowered : Lowered
        The graph that ran.
    untimed : list of float
        Seconds of whole runs in which no step is timed, in turn with the others.
    """

    steps: list[Timed]
    lowered: Lowered
    untimed: list[float]
    is_train: bool


class Timing:
    """The methods of an executor that time it."""

    _symbol: Any
    _mode: bool | None
    _seen: Any
    _lock: Any
    _wants_gradients: bool
    _keeps: Callable[[bool], bool]
    outputs: Outputs
    aux_arrays: list[NDArray]
    grad_arrays: list[NDArray | None]

    def timings(self, runs: int = 10, backward: bool = False, is_train: bool | None = None) -> Timings:
        """Run, and time each step; outputs, gradients, states and random streams are afterwards as before.

        Parameters
        ----------
        runs : int
            How often, after one run that is not counted.
        backward : bool
            Time the backward phase, too.
        is_train : bool, optional
            The mode; that of the last run, or training if ``backward``.

        Raises
        ------
        NotReady
            If ``backward`` is asked for and nothing has a gradient.
        """
        if backward and not self._wants_gradients:
            hint = "bind with grad_req='write'"
            raise NotReady(describe("there is no backward phase to time", name=self._symbol.name, hint=hint))
        if is_train is None:
            is_train = self._mode if self._mode is not None else backward
        with self._lock:
            arrays = [array._data for array in (*self.outputs, *self.grad_arrays, *self.aux_arrays) if array is not None]
            held = [array.copy() for array in arrays]
            states = [(array._data, array._data.copy()) for array in self.aux_arrays]
            restore, lowered, phases = self._parts(is_train, backward)
            try:
                return _measured(lowered, phases if backward else phases[:1], runs, states, is_train)
            finally:
                for array, values in zip(arrays, held, strict=True):
                    np.copyto(array, values)
                restore()

    def _parts(self, is_train: bool, differentiated: bool) -> tuple[Callable[[], Any], Lowered, Sequence[Sequence[Part]]]:
        """Return the calls of a forward and a backward run, and what puts the executor back when they have run."""
        what = f"{type(self).__name__} does not tell its steps, so that they cannot be timed"
        raise NotSupported(describe(what, operator="profile", hint="bind with executor='numpy', or give the executor a method _parts"))


def _measured(
    lowered: Lowered, phases: Sequence[Sequence[Part]], runs: int, states: Sequence[tuple[np.ndarray, np.ndarray]], is_train: bool
) -> Timings:
    parts = [part for phase in phases for part in phase]
    found: list[Timed] = []
    places: list[int] = []  # of the step of each part
    last: Any = None
    for backward, phase in enumerate(phases):
        for part in phase:
            if part.step is None or part.step is not last:
                found.append(_described(part, bool(backward), lowered))
            last = part.step
            found[-1].calls += 1
            places.append(len(found) - 1)
    calls = [part.call for part in parts]
    untimed: list[float] = []
    clock = statistics.median(_clock() for _ in range(101))
    start = perf_counter()
    with np.errstate(all="ignore"):
        for run in range(max(1, runs) + 1):
            _put_back(states)
            begin = perf_counter()
            for call in calls:
                call()
            untimed.append(perf_counter() - begin)
            _put_back(states)
            stamps = _stamped(parts)
            for step in found:
                step.seconds.append(0.0)
                step.begins.append(math.inf)
            for place, (begin, end) in zip(places, stamps, strict=True):
                step = found[place]
                step.seconds[-1] += max(0.0, end - begin - clock)
                step.begins[-1] = min(step.begins[-1], begin - start)
            if run == 0:  # caches and threads are cold
                untimed.clear()
                for step in found:
                    step.seconds.clear()
                    step.begins.clear()
    return Timings(found, lowered, untimed, is_train)


def _stamped(parts: Sequence[Part]) -> list[tuple[float, float]]:
    """Run, and note when each call begins and ends."""
    stamps = []
    part = None
    try:
        for part in parts:
            call = part.call
            begin = perf_counter()
            call()
            stamps.append((begin, perf_counter()))
    except Exception as error:
        assert part is not None
        raise named(error, part.node) from error.__cause__
    return stamps


def _clock() -> float:
    """Seconds that looking at the clock takes."""
    begin = perf_counter()
    return perf_counter() - begin


def _put_back(states: Iterable[tuple[np.ndarray, np.ndarray]]) -> None:
    for array, values in states:
        np.copyto(array, values)


def _described(part: Part, backward: bool, lowered: Lowered) -> Timed:
    """Describe a step before it is timed."""

    def nbytes(values: Iterable[int]) -> int:
        return sum(math.prod(lowered.shapes[value]) * lowered.dtypes[value].itemsize for value in {*values} if _known(lowered, value))

    step = part.step
    if step is None:
        return Timed("copy", [(part.node, 1.0)], backward, 0)
    if isinstance(step, Region):
        kind, members = "region", step.members
    elif isinstance(step, Batch):
        kind, members = "batch", [member for formula in step.formulas for member in formula.members]
    else:
        return Timed("step", [(step.node, 1.0)], backward, nbytes(step.reads) + nbytes(step.writes))
    sizes = [sum(math.prod(lowered.shapes[value]) for value in member.writes) for member in members]
    whole = sum(sizes) or 1
    shares = [(member.node, size / whole) for member, size in zip(members, sizes, strict=True)]
    return Timed(kind, shares, backward, nbytes(step.reads) + nbytes(step.writes))


def _known(lowered: Lowered, value: int) -> bool:
    return complete(lowered.shapes[value])
