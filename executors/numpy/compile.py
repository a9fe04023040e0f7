"""Schedule, buffers and kernels become a flat tuple of zero-argument callables."""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from executors.batch import Batch
from executors.fuse import Region
from executors.kernel import KernelTable, bound, run
from executors.memory import Plan
from executors.numpy.arena import Arena
from executors.numpy.flat import batch_calls
from executors.numpy.place import Placement
from executors.numpy.region import region_calls
from executors.numpy.scratch import Scratch, shape_only
from executors.schedule import Step
from symbolic.errors import MissingKernel, OutOfMemory, describe, out_of_memory
from symbolic.graph.node import Entry, Node
from symbolic.limits import num_threads
from symbolic.passes.pipeline import Lowered

__all__ = ["Program", "compile_graph", "planned_bytes"]


@dataclass
class Program:
    """A compiled mode: what to call, and where its values lie.

    Attributes
    ----------
    lowered : Lowered
        What was compiled.
    plan : Plan
        The buffers.
    arrays : dict
        Value -> array, for those that lie in memory.
    bytes : int
        Bytes of all memory that was allocated: buffers, constants, and what steps work in.
    forward, backward : tuple of callable
        The run loops.
    forward_nodes, backward_nodes : list of Node
        The node behind each callable, for messages.
    forward_steps, backward_steps : list of Step or None
        The step of which each callable is a part; ``None`` for copies.
    streams : list of Stream
        Where its random numbers come from.
    """

    lowered: Lowered
    plan: Plan
    arrays: dict[int, np.ndarray]
    bytes: int
    forward: tuple[Callable[[], Any], ...]
    backward: tuple[Callable[[], Any], ...]
    forward_nodes: list[Node]
    backward_nodes: list[Node]
    forward_steps: list[Step | None]
    backward_steps: list[Step | None]
    streams: list[Any] = field(default_factory=list)

    @property
    def steps(self) -> int:
        """How many calls a forward and a backward run make."""
        return len(self.forward) + len(self.backward)


def compile_graph(
    lowered: Lowered,
    table: KernelTable,
    variables: dict[Node, np.ndarray],
    heads: list[tuple[Entry, np.ndarray | None]],
    gradients: list[tuple[Entry, np.ndarray, str]],
    is_train: bool,
    kept: dict[Any, Any] | None = None,
    move: Callable[[list[np.ndarray]], list[np.ndarray] | None] | None = None,
    arena: Arena | None = None,
) -> Program:
    """Compile a pure graph whose shapes and types are all known.

    Parameters
    ----------
    variables : mapping
        Where the values of variables lie.
    heads : list of (Entry, array or None)
        Outputs and the arrays they go to; ``None`` leaves the place to the plan (a monitored value).
    gradients : list of (Entry, array, str)
        Gradients, where they go, and ``"write"`` or ``"add"``.
    kept : dict, optional
        What kernels keep as long as the executor lives, whatever the mode.
    move : callable, optional
        Asks the arrays' owner to lay some end to end; returns where they lie now, ``None`` if they stay.
    arena : Arena, optional
        Where buffers come from; other programs may use them when this one has run.
    """
    builder = _Builder(lowered, table, variables, [entry for entry, _ in heads], is_train, kept)
    builder.fuse({lowered.graph.number(entry) for entry, *_ in (*heads, *gradients)})
    if move is not None:
        builder.rehome(heads, move)
    builder.place(heads, gradients)
    return builder.build(arena or Arena())


def planned_bytes(
    lowered: Lowered,
    table: KernelTable,
    variables: dict[Node, np.ndarray],
    heads: list[tuple[Entry, np.ndarray | None]],
    gradients: list[tuple[Entry, np.ndarray, str]],
    is_train: bool,
) -> int:
    """Count the bytes of the buffers that `compile_graph` would allocate; nothing is allocated."""
    builder = _Builder(lowered, table, variables, [entry for entry, _ in heads], is_train)
    builder.fuse({lowered.graph.number(entry) for entry, *_ in (*heads, *gradients)})
    builder.place(heads, gradients)
    return builder.plan().bytes


class _Builder(Placement):
    """Turns placed steps into calls."""

    def build(self, arena: Arena) -> Program:
        """Allocate buffers, prepare kernels, and lay the calls in a row."""
        steps, planned = self._steps(), self.plan()
        try:
            buffers = arena.take(planned.sizes)
            for buffer, lender in planned.lent.items():
                buffers[buffer] = self.outside[lender].reshape(-1).view(np.uint8)
        except (MemoryError, ValueError) as error:
            largest = max(planned.buffer, key=self._nbytes)
            all_bytes = f"{planned.bytes} bytes for all buffers, {self._nbytes(largest)} for this one"
            raise self._lacking(error, largest, "there is no memory for the buffers of this graph; the largest is its", all_bytes) from None
        arrays: dict[int, np.ndarray] = dict(self.outside)
        made: dict[Any, np.ndarray] = {}  # values of one kind in one buffer may share the array object
        for value, buffer in planned.buffer.items():
            key = buffer, self.shapes[value], self.dtypes[value]
            array = made.get(key)
            if array is None:
                array = made[key] = np.ndarray(key[1], key[2], buffers[buffer])
            arrays[value] = array
        for value, source in self.views.items():  # in the order of steps
            arrays[value] = arrays[source].reshape(self.shapes[value])
        scratches = [Scratch() for _ in range(num_threads())]
        calls: tuple[list[Any], list[Any]] = ([call for call, _ in self.before_forward], [])
        nodes: tuple[list[Node], list[Node]] = ([node for _, node in self.before_forward], [])
        origins: tuple[list[Step | None], list[Step | None]] = ([None] * len(calls[0]), [])
        shadowed = ChainMap(self.shadows, arrays) if self.shadows else arrays
        done: set[int] = set()  # values that are computed already
        for step in steps:
            node, phase = step.node, step.backward
            try:
                fitted = self._calls(step, arrays, shadowed if phase else arrays, scratches)
            except MemoryError as error:
                raise out_of_memory(error, "there is no memory for what it works in", node=node) from None
            if node in self.constants and not self._aimed(step) and done.issuperset(map(self.root, step.reads)):
                run(fitted, [node] * len(fitted))
                done.update(step.writes)
                continue
            for call in fitted:
                calls[phase].append(call)
                nodes[phase].append(node)
                origins[phase].append(step)
        for value, array, backward, request, node in self.copies:
            source = self.before.get(self.root(value), arrays[value]).reshape(array.shape)
            call = partial(np.add, array, source, out=array) if request == "add" else partial(np.copyto, array, source)
            calls[backward].append(call)
            nodes[backward].append(node)
            origins[backward].append(None)
        self.bytes += planned.bytes + sum(scratch.bytes for scratch in scratches)
        return Program(self.lowered, planned, arrays, self.bytes, tuple(calls[0]), tuple(calls[1]), *nodes, *origins)

    def _own(self, value: int) -> np.ndarray:
        try:
            return super()._own(value)
        except (MemoryError, ValueError) as error:
            raise self._lacking(error, value, "there is no memory for this value", f"{self._nbytes(value)} bytes") from None

    def _nbytes(self, value: int) -> int:
        return math.prod(self.shapes[value]) * self.dtypes[value].itemsize

    def _lacking(self, error: Exception, value: int, what: str, needs: str) -> OutOfMemory:
        node = self.graph.nodes[self.graph.producers[value]]
        return out_of_memory(error, what, node=node, got=f"{self.shapes[value]} {self.dtypes[value]}", needs=needs)

    def _calls(
        self, step: Step, arrays: Mapping[int, np.ndarray], seen: Mapping[int, np.ndarray], scratches: list[Scratch]
    ) -> Sequence[Callable[[], Any]]:
        """Fit a step with its arrays; ``seen`` are those that it reads."""

        def array_of(value: int) -> np.ndarray:
            return seen[value] if value in seen else shape_only(self.shapes[value], self.dtypes[value])

        if isinstance(step, (Region, Batch)):
            regions: Callable[..., Any] = self.table.regions or region_calls
            if isinstance(step, Region):
                return regions(step, array_of, self.dtypes, self._bind, self._inplace, len(scratches), scratches)
            return batch_calls(step, array_of, self.dtypes, self._bind, self._inplace, len(scratches), scratches, self._allocate, regions)
        scratches[0].begin()
        outputs = [arrays[n] if n in step.writes else None for n in step.outputs]
        return self._bind(step, [seen[n] if n in seen else array_of(n) for n in step.inputs], outputs, scratches[0])

    def _bind(self, step: Step, inputs: list[Any], outputs: list[Any], scratch: Scratch) -> tuple[Callable[[], Any], ...]:
        kernel = self.kernels[step.node.op]
        if kernel is None:
            raise MissingKernel(
                describe(
                    "the executor has no kernel for this operator",
                    node=step.node,
                    hint="load and draw work; a cut below it can run: get_internals()",
                )
            )
        return bound(kernel, step.node, inputs, outputs, self.is_train, scratch, None, self.kept)
