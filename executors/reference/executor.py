"""The reference executor: one node at a time on arrays of its own, nothing planned. The yardstick in tests."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from executors.contract import Executor
from executors.kernel import Kernel, bound, run
from executors.numpy.scratch import Scratch, shape_only
from executors.numpy.table import table
from executors.schedule import Step, schedule
from executors.timing import Part
from symbolic.errors import GradientError, MissingKernel, describe, out_of_memory
from symbolic.infer.shape import SHAPE
from symbolic.infer.solve import answer
from symbolic.nd.array import NDArray
from symbolic.operator.op import Op
from symbolic.passes.pipeline import Lowered, lower
from symbolic.random import stream
from symbolic.values.shape import complete

__all__ = ["ReferenceExecutor"]


def _opened_least(op: Op) -> bool:
    """Whether an operator stays whole: a primitive, or draws, whose kernel decides what is drawn.

    The other composites run through their bodies here, so that a kernel that claims one is held against its formula.
    """
    return op.body is None or (op.random and table.claims(op))


class ReferenceExecutor(Executor):
    """Computes what the NumPy executor computes, without buffers shared, steps in place, or expressions merged."""

    def __init__(self, *args: Any):
        super().__init__(*args)
        self._lowered: dict[tuple[bool, bool, bool], Lowered] = {}
        self._values: dict[int, np.ndarray] = {}
        self._kept: dict[Any, Any] = {}
        self._streams: dict[str, Any] = {}
        self._last: tuple[bool, bool, bool] | None = None
        self._places: dict[str, Any] = {}  # where streams stood before the last forward run

    def _mode_of(self, is_train: bool, differentiated: bool, watched: bool = False) -> tuple[bool, bool, bool]:
        key = (is_train, differentiated, watched)
        if key not in self._lowered:
            wanted = [place for place, request in enumerate(self._requests) if request != "null"] if differentiated else None
            self._lowered[key] = lower(
                self._graph, self._shapes, self._dtypes, self._bound, _opened_least, is_train, wanted, watched, optimise=False
            )
        return key

    def _run(self, key: tuple[bool, bool, bool], backward: bool) -> None:
        lowered = self._lowered[key]
        self._last = None  # until all is well
        graph = lowered.graph
        order = schedule(graph, graph.heads[: lowered.outputs], lowered.forward_updates)
        if not backward:
            self._values = {graph.number((node, 0)): array.copy() for node, array in self._bound.items() if node in graph.index}
        if backward or key[2]:
            for node, array in zip(lowered.entering, self._head_gradients, strict=False):
                if node in graph.index:
                    self._values[graph.number((node, 0))] = array.copy()
        for step in order.steps:
            if step.backward is backward:
                self._step(step, lowered, key[0])
        updates = order.backward_updates if backward else order.forward_updates
        for variable, number in updates.items():
            np.copyto(self._bound[variable], self._values[number])
        self._last = key

    def _step(self, step: Step, lowered: Lowered, is_train: bool) -> None:
        kernel = table.find(step.node.op)
        if kernel is None:
            raise MissingKernel(describe("the executor has no kernel for this operator", node=step.node))
        values = self._values
        inputs = [values[n] if n in values else shape_only(lowered.shapes[n], lowered.dtypes[n]) for n in step.inputs]
        shapes = self._shapes_of(step, lowered, kernel, inputs)
        places = zip(step.outputs, shapes, strict=True)
        try:
            outputs = [np.empty(shape, lowered.dtypes[n]) if n in step.writes else None for n, shape in places]
        except MemoryError as error:
            raise out_of_memory(error, node=step.node) from None
        rng = self._streams.setdefault(step.node.name, stream(step.node.name)) if step.node.op.random else None  # it goes on at each run
        calls = bound(kernel, step.node, inputs, outputs, is_train, Scratch(), rng, self._kept)
        run(calls, [step.node] * len(calls))
        self._values.update({n: array for n, array in zip(step.outputs, outputs, strict=True) if array is not None})

    @staticmethod
    def _shapes_of(step: Step, lowered: Lowered, kernel: Kernel, inputs: list[np.ndarray]) -> list[Any]:
        """Find the shapes of a step's outputs; those that depend on values, from the values."""
        shapes = [lowered.shapes[n] for n in step.outputs]
        if all(complete(shape) for shape in shapes):
            return shapes
        if kernel.measure is not None:
            return [kernel.measure(step.node.params, *inputs)]
        known = [*[x.shape for x in inputs], *shapes]
        for position, shape in answer(step.node, tuple(known), SHAPE):
            known[position] = shape
        return known[len(inputs) :]

    def _forward(self, is_train: bool) -> None:
        try:
            key = self._mode_of(is_train, self._keeps(is_train))
        except GradientError:
            key = self._mode_of(is_train, False)
        fresh = stream("").place
        self._places = {node.name: fresh for node in self._lowered[key].graph.nodes if node.op is not None and node.op.random}
        self._places.update({name: each.place for name, each in self._streams.items()})
        self._run(key, False)
        graph = self._lowered[key].graph
        for place, (entry, output) in enumerate(zip(graph.heads, self.outputs, strict=False)):
            value = self._values[graph.number(entry)]
            if output.shape != value.shape:  # as many as there were this time
                output = self.outputs[place] = NDArray(np.empty_like(value), self._ctx)
                self._head_gradients[place] = np.empty_like(value)
            np.copyto(output._data, value)

    def _backward(self, head_gradients: list[np.ndarray | None]) -> None:
        assert self._mode is not None
        key = self._mode_of(self._mode, True)
        lowered = self._lowered[key]
        self._enter(head_gradients, lowered.reached)
        if self._last != key:
            self._run(key, False)
        self._run(key, True)
        graph = lowered.graph
        for place, entry in zip(lowered.wrt, graph.heads[lowered.outputs :], strict=True):
            target = self.grad_arrays[place]
            assert target is not None
            value = self._values[graph.number(entry)]
            target._data[...] = target._data + value if self._requests[place] == "add" else value
        self._clear(lowered.without)

    def _internals(self, is_train: bool) -> list[np.ndarray]:
        return self._watched(self._mode_of(is_train, False, True))

    def _sent(self) -> list[tuple[str, np.ndarray]]:
        assert self._mode is not None
        key = self._mode_of(self._mode, True, True)
        return list(zip(self._lowered[key].names, self._watched(key), strict=True))

    def _watched(self, key: tuple[bool, bool, bool]) -> list[np.ndarray]:
        """Run a mode for the monitor, with what the last forward run drew; return its heads. All else stays as it was."""
        saved = [array._data.copy() for array in self.aux_arrays]
        kept, places = (self._values, self._last), {name: each.place for name, each in self._streams.items()}
        for name, place in self._places.items():
            self._streams.setdefault(name, stream(name)).place = place
        try:
            self._run(key, False)
            self._run(key, True)
            graph = self._lowered[key].graph
            return [self._values[graph.number(entry)] for entry in graph.heads]
        finally:
            for array, values in zip(self.aux_arrays, saved, strict=True):
                np.copyto(array._data, values)
            for name, place in places.items():
                self._streams[name].place = place
            self._values, self._last = kept

    def drawn(self) -> dict[Any, Any]:
        """Tell where the streams of random numbers stood before the last forward run."""
        return {stream(name)._key: [place] for name, place in self._places.items()}

    def _parts(self, is_train: bool, differentiated: bool) -> tuple[Any, Lowered, tuple[list[Part], list[Part]]]:
        key = self._mode_of(is_train, differentiated or self._keeps(is_train))
        lowered = self._lowered[key]
        graph = lowered.graph
        kept = self._values, self._last
        places = {name: each.place for name, each in self._streams.items()}
        entering = zip(lowered.entering, self._head_gradients, strict=False)
        self._values = {graph.number((node, 0)): array for node, array in (*self._bound.items(), *entering) if node in graph.index}
        order = schedule(graph, graph.heads[: lowered.outputs], lowered.forward_updates)
        parts: tuple[list[Part], list[Part]] = [], []
        for step in order.steps:
            parts[step.backward].append(Part(step, step.node, partial(self._step, step, lowered, is_train)))

        def restore() -> None:
            self._values, self._last = kept
            self._streams = {name: self._streams[name] for name in places}
            for name, place in places.items():
                self._streams[name].place = place

        return restore, lowered, parts
