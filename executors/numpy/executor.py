"""The NumPy executor: one compiled program per mode, made at first use."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any, ClassVar

import numpy as np

from executors.contract import Executor
from executors.forget import cheap, segments
from executors.kernel import KernelTable, run
from executors.numpy.arena import Arena
from executors.numpy.at_once import compute, compute_composite
from executors.numpy.compile import Program, compile_graph, planned_bytes
from executors.numpy.flat import laid_end_to_end
from executors.numpy.table import table
from executors.timing import Part
from symbolic.errors import GradientError
from symbolic.graph.graph import resting_collector
from symbolic.graph.node import Entry
from symbolic.limits import memory_budget, recomputes_cheap_values
from symbolic.passes.pipeline import Lowered, lower
from symbolic.passes.recompute import recompute
from symbolic.random import made_streams, places, put

__all__ = ["NumpyExecutor"]


class NumpyExecutor(Executor):
    """Runs a graph as a flat tuple of NumPy calls on prepared buffers.

    Attributes
    ----------
    kernels : KernelTable
        What it runs; executors of the same plan put their own in its place.
    """

    kernels: ClassVar[KernelTable] = table

    def __init__(self, *args: Any):
        super().__init__(*args)
        self._programs: dict[tuple[bool, bool, bool], Program] = {}
        self._arena = Arena()
        self._kept: dict[Any, Any] = {}
        self._places: dict[Any, Any] = {}  # where the streams of random numbers stood before the last forward run

    def _program(self, is_train: bool, differentiated: bool, watched: bool = False) -> Program:
        """Compile a mode, or look it up.

        Parameters
        ----------
        is_train : bool
            The mode that bodies and kernels see.
        differentiated : bool
            Whether it has a backward phase.
        watched : bool
            Whether every value of the composed graph is kept, for the monitor.
        """
        key = (is_train, differentiated, watched)
        found = self._programs.get(key)
        if found is None:
            with resting_collector(), made_streams() as streams:
                found = self._programs[key] = self._compile(*key)
                found.streams = streams
        return found

    def _compile(self, is_train: bool, differentiated: bool, watched: bool) -> Program:
        wanted = [place for place, request in enumerate(self._requests) if request != "null"] if differentiated else None
        lowered = lower(self._graph, self._shapes, self._dtypes, self._bound, self.kernels.claims, is_train, wanted, watched)
        arrays = dict(self._bound)
        arrays.update(zip(lowered.entering, self._head_gradients, strict=False))
        heads = lowered.graph.heads
        outputs: list[tuple[Entry, np.ndarray | None]]
        if watched:
            outputs = [(entry, None) for entry in heads]
        else:
            outputs = [(entry, array._data) for entry, array in zip(heads, self.outputs, strict=False)]
        gradients = []
        for place, entry in zip(lowered.wrt, heads[lowered.outputs :], strict=False):
            array = self.grad_arrays[place]
            assert array is not None
            gradients.append((entry, array._data, self._requests[place]))
        if differentiated and wanted:
            lowered = self._lighter(lowered, arrays, outputs, gradients, is_train)
            ends = lowered.graph.heads[lowered.outputs :]
            gradients = [(entry, array, request) for entry, (_, array, request) in zip(ends, gradients, strict=True)]
        return compile_graph(
            lowered, self.kernels, arrays, outputs, gradients, is_train, self._kept, self._move, None if watched else self._arena
        )

    def _lighter(self, lowered: Lowered, arrays: Any, outputs: Any, gradients: Any, is_train: bool) -> Lowered:
        """Forget values of the forward pass, as the environment or the budget asks."""
        if recomputes_cheap_values():
            return recompute(lowered, cheap(lowered))
        budget = memory_budget()
        if budget is None:
            return lowered
        best, least = lowered, planned_bytes(lowered, self.kernels, arrays, outputs, gradients, is_train)
        for forgotten in segments(lowered) if least > budget else ():
            other = recompute(lowered, forgotten)
            ends = other.graph.heads[other.outputs :]
            requests = [(entry, array, request) for entry, (_, array, request) in zip(ends, gradients, strict=True)]
            nbytes = planned_bytes(other, self.kernels, arrays, outputs, requests, is_train)
            if nbytes < least:
                best, least = other, nbytes
            if nbytes <= budget:
                break
        if least > budget:
            logging.getLogger("symbolic").warning("a training program needs %d bytes, more than the budget of %d", least, budget)
        return best

    def _move(self, arrays: list[np.ndarray]) -> list[np.ndarray] | None:
        """Lay arrays of arguments, states or outputs end to end, if they are held here and nowhere else."""
        nodes = {id(array): node for node, array in self._bound.items()}
        owners = {id(owner._data): owner for owner in (*self.arg_arrays, *self.aux_arrays, *self.outputs)}
        if any(id(array) not in owners for array in arrays):
            return None
        moved = laid_end_to_end(arrays, 3 if id(arrays[0]) in nodes else 2)
        for old, new in zip(arrays, moved or [], strict=False):
            owners[id(old)]._data = new
            if id(old) in nodes:
                self._bound[nodes[id(old)]] = new
        return moved

    def _share(self, other: Executor) -> None:
        if isinstance(other, NumpyExecutor):
            self._arena, self._lock = other._arena, other._lock

    # -- running ------------------------------------------------------------------------------------------------------

    def _program_of_forward(self, is_train: bool) -> Program:
        try:
            return self._program(is_train, self._keeps(is_train))
        except GradientError:
            return self._program(is_train, False)  # the error is backward's to raise

    def _forward(self, is_train: bool) -> None:
        program = self._program_of_forward(is_train)
        self._places = places(program.streams) if program.streams else {}
        self._arena.current = None
        run(program.forward, program.forward_nodes)
        self._arena.current = program

    def _backward(self, head_gradients: list[np.ndarray | None]) -> None:
        assert self._mode is not None
        program = self._program(self._mode, True)
        self._enter(head_gradients, program.lowered.reached)
        if self._arena.current is not program:  # what gradients need was not kept, or another program has run since: run again
            saved = [array._data.copy() for array in self.aux_arrays]  # that run has stepped the states already
            put(program.streams, self._places)  # and drawn
            run(program.forward, program.forward_nodes)
            for array, values in zip(self.aux_arrays, saved, strict=True):
                np.copyto(array._data, values)
            self._arena.current = program
        run(program.backward, program.backward_nodes)
        self._clear(program.lowered.without)

    def _internals(self, is_train: bool) -> list[np.ndarray]:
        return self._watched(self._program(is_train, False, True))

    def _sent(self) -> list[tuple[str, np.ndarray]]:
        assert self._mode is not None
        program = self._program(self._mode, True, True)
        if self._given:  # else backward has not run, and heads are zero
            self._enter(self._given, program.lowered.reached)
        return list(zip(program.lowered.names, self._watched(program), strict=True))

    def _watched(self, program: Program) -> list[np.ndarray]:
        """Run a program for the monitor; return its heads."""
        saved = [array._data.copy() for array in self.aux_arrays]  # this second run must not step states again
        put(program.streams, self._places)  # and draws what the first one drew
        run(program.forward, program.forward_nodes)
        run(program.backward, program.backward_nodes)
        for array, values in zip(self.aux_arrays, saved, strict=True):
            np.copyto(array._data, values)
        graph = program.lowered.graph
        return [program.arrays[graph.number(entry)] for entry in graph.heads]

    # -- looking ------------------------------------------------------------------------------------------------------

    def _parts(self, is_train: bool, differentiated: bool) -> tuple[Any, Lowered, tuple[list[Part], list[Part]]]:
        program = self._program(is_train, True) if differentiated else self._program_of_forward(is_train)
        now = places(program.streams)
        self._arena.current = None  # a backward run is to begin with a forward one again
        forward = zip(program.forward_steps, program.forward_nodes, program.forward, strict=True)
        backward = zip(program.backward_steps, program.backward_nodes, program.backward, strict=True)
        return partial(put, program.streams, now), program.lowered, ([Part(*part) for part in forward], [Part(*part) for part in backward])

    @property
    def planned_bytes(self) -> int:
        """Bytes of the buffers of all modes compiled so far, with those shared with other executors."""
        apart = sum(program.bytes - (0 if watched else program.plan.bytes) for (_, _, watched), program in self._programs.items())
        return apart + self._arena.bytes

    def plan(self, is_train: bool) -> int:
        """Compile what `forward` runs in a mode, and do not run it; return `planned_bytes`."""
        self._program_of_forward(is_train)
        return self.planned_bytes

    def debug_str(self) -> str:
        """Describe the graph, and the bytes of each compiled mode; what `forward` runs is compiled, if nothing has run yet."""
        if not self._programs:
            self._program_of_forward(self._wants_gradients)
        lines = [super().debug_str()]
        for (is_train, differentiated, _), program in self._programs.items():
            name = ("training" if is_train else "inference") + (" with gradients" if differentiated else "")
            lines.append(f"{name}: {program.bytes} bytes, {len(program.plan.sizes)} buffers, {program.steps} steps")
        lines.append(f"Total {self.planned_bytes >> 20} MB allocated")
        return "\n".join(lines)

    # -- operators at once --------------------------------------------------------------------------------------------

    @staticmethod
    def run_operator(op: Any, params: Any, inputs: list[np.ndarray], is_train: bool) -> list[np.ndarray]:
        """Compute one primitive on arrays at once; return every output, hidden ones too."""
        with np.errstate(all="ignore"):
            return compute(op, params, inputs, is_train)

    compute = staticmethod(compute)
    compute_composite = staticmethod(compute_composite)

    @staticmethod
    def claims(op: Any) -> bool:
        """Whether a composite is computed whole, by a kernel of its own."""
        return table.claims(op)
