"""Schedule, buffers and kernels become a flat tuple of zero-argument callables."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from executors.kernel import Kernel, KernelTable, run
from executors.memory import Plan, plan
from executors.schedule import Schedule, Step, schedule
from symbolic.errors import BindError, MissingKernel, MXNetError, describe
from symbolic.graph.node import Entry, Node
from symbolic.passes.pipeline import Lowered
from symbolic.random import stream

__all__ = ["Program", "compile_graph"]

ALIGNMENT = 64


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
    forward, backward : tuple of callable
        The run loops.
    forward_nodes, backward_nodes : list of Node
        The node behind each callable, for messages.
    """

    lowered: Lowered
    plan: Plan
    arrays: dict[int, np.ndarray]
    forward: tuple[Callable[[], Any], ...]
    backward: tuple[Callable[[], Any], ...]
    forward_nodes: list[Node]
    backward_nodes: list[Node]

    @property
    def steps(self) -> int:
        """How many calls a forward and a backward run make."""
        return len(self.forward) + len(self.backward)


class Scratch:
    """Working memory of steps; each may use all of it, since only one runs at a time."""

    def __init__(self) -> None:
        self.block = np.empty(0, np.uint8)
        self._used = 0

    def begin(self) -> None:
        """Start handing out memory for another step."""
        self._used = 0

    def __call__(self, shape: Any, dtype: Any = np.float32) -> np.ndarray:
        """Return an uninitialised array that is valid while the step runs."""
        dtype = np.dtype(dtype)
        nbytes = math.prod(shape) * dtype.itemsize if isinstance(shape, tuple) else int(shape) * dtype.itemsize
        if self._used + nbytes > self.block.nbytes:
            self.block = aligned(max(nbytes, self.block.nbytes))
            self._used = 0
        start = self._used
        self._used = -(-(start + nbytes) // ALIGNMENT) * ALIGNMENT
        return self.block[start : start + nbytes].view(dtype).reshape(shape)


def aligned(nbytes: int) -> np.ndarray:
    """Allocate bytes that begin on a cache line."""
    block = np.empty(nbytes + ALIGNMENT, np.uint8)
    start = -block.ctypes.data % ALIGNMENT
    return block[start : start + nbytes]


def compile_graph(
    lowered: Lowered,
    table: KernelTable,
    variables: Mapping[Node, np.ndarray],
    heads: list[tuple[Entry, np.ndarray | None]],
    gradients: list[tuple[Entry, np.ndarray, str]],
    is_train: bool,
    kept: dict[Any, Any] | None = None,
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
    """
    order = schedule(lowered.graph, [entry for entry, _ in heads], lowered.forward_updates)
    builder = _Builder(lowered, table, variables, order, is_train, kept)
    builder.place(heads, gradients)
    return builder.build()


class _Builder:
    """What the parts of a compilation share."""

    def __init__(
        self,
        lowered: Lowered,
        table: KernelTable,
        variables: Mapping[Node, np.ndarray],
        order: Schedule,
        is_train: bool,
        kept: dict[Any, Any] | None = None,
    ):
        graph = lowered.graph
        self.lowered, self.graph, self.shapes, self.dtypes = lowered, graph, lowered.shapes, lowered.dtypes
        self.table, self.variables, self.order, self.is_train, self.kept = table, variables, order, is_train, kept
        self.views: dict[int, int] = {}
        self.outside: dict[int, np.ndarray] = {}
        self.before_forward: list[tuple[Callable[[], Any], Node]] = []
        self.copies: list[tuple[int, np.ndarray, bool, str, Node]] = []
        self.shadows: dict[int, np.ndarray] = {}
        self.targets: set[int] = set()
        for node, start in zip(graph.nodes, graph.first, strict=True):
            if node.op is None and node in variables:
                self.outside[start] = variables[node]
        self.constants: set[Node] = set()
        for step in order.steps:
            self._find_view(step)
            if not step.reads and not step.node.op.random:  # computed once, here and now
                self.constants.add(step.node)

    def root(self, number: int) -> int:
        """The value in whose memory this one lies."""
        views = self.views
        while number in views:
            number = views[number]
        return number

    def _find_view(self, step: Step) -> None:
        """Note a step whose output is its input's memory under another shape."""
        name = step.node.op.name
        if name not in self.table.views or not step.reads:
            return
        condition = self.table.views[name]
        source, target = step.inputs[0], step.outputs[0]
        if step.writes != [target] or self.dtypes[source] != self.dtypes[target]:
            return
        if condition is not None and not condition(step.node.params, self.shapes[source], self.shapes[target]):
            return
        base = self.root(source)
        if base in self.outside and not self.outside[base].flags.c_contiguous:
            return
        self.views[target] = source

    def place(self, heads: list[tuple[Entry, np.ndarray | None]], gradients: list[tuple[Entry, np.ndarray, str]]) -> None:
        """Decide which values lie in arrays of the user, and what has to be copied there."""
        number = self.graph.number
        kept: list[int] = []
        for entry, array in heads:
            if array is None:
                kept.append(number(entry))
            else:
                self._aim(number(entry), array, False, "write", entry[0])
        for entry, array, request in gradients:
            self._aim(number(entry), array, True, request, entry[0])
        readers: dict[int, list[int]] = {}
        for place, step in enumerate(self.order.steps):
            for read in step.reads:
                readers.setdefault(self.root(read), []).append(place)
        made = {n: place for place, step in enumerate(self.order.steps) for n in step.writes}
        copied = {self.root(value) for value, *_ in self.copies}
        for updates, backward in ((self.order.forward_updates, False), (self.order.backward_updates, True)):
            for variable, value in updates.items():
                if backward and variable in self.order.forward_updates:  # written in both phases: the place is taken
                    self.copies.append((value, self.variables[variable], True, "write", variable))
                    continue
                self._aim_state(variable, value, backward, readers, made, copied)
        # what is monitored, and what never changes, must not be overwritten: it gets memory of its own
        kept += [value for step in self.order.steps if step.node in self.constants for value in step.writes]
        for value in kept:
            base = self.root(value)
            if base not in self.outside:
                self.outside[base] = self._own(base)

    def _own(self, value: int) -> np.ndarray:
        shape, dtype = self.shapes[value], self.dtypes[value]
        return aligned(math.prod(shape) * dtype.itemsize).view(dtype).reshape(shape)

    def _aim(self, value: int, array: np.ndarray, backward: bool, request: str, node: Node) -> None:
        base = self.root(value)
        if request == "write" and base not in self.outside and array.flags.c_contiguous:
            self.outside[base] = array.reshape(self.shapes[base])
            self.targets.add(base)
        else:
            self.copies.append((value, array, backward, request, node))

    def _aim_state(
        self, variable: Node, value: int, backward: bool, readers: dict[int, list[int]], made: dict[int, int], copied: set[int]
    ) -> None:
        """Let a state's new value be written into the variable's own array, if nobody reads the old one afterwards."""
        old = self.graph.number((variable, 0))
        array = self.variables[variable]
        if value == old:
            return
        base = self.root(value)
        steps = self.order.steps
        late = [place for place in readers.get(old, ()) if steps[place].backward and not backward]
        if late:  # the backward phase reads what the forward phase has overwritten by then
            shadow = np.empty_like(array)
            self.shadows[old] = shadow
            self.before_forward.append((partial(np.copyto, shadow, array), variable))
        producer = made.get(base)
        if base not in self.outside and producer is not None and old not in copied and array.flags.c_contiguous:
            reads = [place for place in readers.get(old, ()) if not (steps[place].backward and not backward)]
            step = steps[producer]
            same = [place for place in reads if place == producer]
            if all(place <= producer for place in reads) and (not same or self._may_overwrite(step, old)):
                self.outside[base] = array.reshape(self.shapes[base])
                self.targets.add(base)
                return
        self.copies.append((value, array, backward, "write", variable))

    def _aimed(self, step: Step) -> bool:
        """Whether a constant lies in memory that the user may write to, and has to be written at each run."""
        return any(value in self.targets for value in step.writes)

    def _may_overwrite(self, step: Step, old: int) -> bool:
        return old in self._inplace(step) and sum(self.root(read) == old for read in step.reads) == 1 and len(step.writes) == 1

    def _inplace(self, step: Step) -> list[int]:
        """The inputs whose memory the step's first output may take over."""
        kernel = self.table.get(step.node.op.name)
        if kernel is None or not kernel.inplace:
            return []
        if kernel.inplace == ("*",):
            return list(step.reads)
        places = step.node.params._layout.places
        found = []
        for slot in kernel.inplace:
            place = places.get(slot)
            for position in place if isinstance(place, range) else () if place is None else (place,):
                if position < len(step.inputs):
                    found.append(step.inputs[position])
        return found

    # -- building -----------------------------------------------------------------------------------------------------

    def build(self) -> Program:
        """Allocate buffers, prepare kernels, and lay the calls in a row."""
        steps = [step for step in self.order.steps if not (step.writes and step.writes[0] in self.views)]
        nbytes = [0] * self.graph.size
        for step in self.order.steps:
            for value in step.writes:
                nbytes[value] = math.prod(self.shapes[value]) * self.dtypes[value].itemsize
        planned = plan([*steps, *self._holding()], nbytes, self.outside, self.root, self._inplace)
        try:
            buffers = [aligned(size) for size in planned.sizes]
        except (MemoryError, ValueError):
            raise BindError(
                describe("there is no memory for the buffers of this graph", facts={"needs": f"{planned.bytes} bytes"})
            ) from None
        arrays: dict[int, np.ndarray] = dict(self.outside)
        for value, buffer in planned.buffer.items():
            arrays[value] = buffers[buffer][: nbytes[value]].view(self.dtypes[value]).reshape(self.shapes[value])
        for step in self.order.steps:
            for value in step.writes:
                if value in self.views:
                    arrays[value] = arrays[self.views[value]].reshape(self.shapes[value])
        scratch = Scratch()
        calls: tuple[list[Any], list[Any]] = ([call for call, _ in self.before_forward], [])
        nodes: tuple[list[Node], list[Node]] = ([node for _, node in self.before_forward], [])
        for step in steps:
            scratch.begin()
            made = self._call(step, arrays, scratch)
            if step.node in self.constants and not self._aimed(step):
                run(made, [step.node] * len(made))
            else:
                calls[step.backward].extend(made)
                nodes[step.backward].extend([step.node] * len(made))
        for value, array, backward, request, node in self.copies:
            source = arrays[value].reshape(array.shape)
            call = partial(np.add, array, source, out=array) if request == "add" else partial(np.copyto, array, source)
            calls[backward].append(call)
            nodes[backward].append(node)
        return Program(self.lowered, planned, arrays, tuple(calls[0]), tuple(calls[1]), *nodes)

    def _holding(self) -> list[Step]:
        """Stand for the copies at the end, which read values as steps do."""
        return [Step(node, (value,), [value], range(0), [], True) for value, _, _, _, node in self.copies]

    def _call(self, step: Step, arrays: dict[int, np.ndarray], scratch: Scratch) -> tuple[Callable[[], Any], ...]:
        node = step.node
        kernel = self.table.get(node.op.name)
        if kernel is None:
            raise MissingKernel(
                describe(
                    "the executor has no kernel for this operator",
                    node=node,
                    hint="load and draw work; a cut below it can run: get_internals()",
                )
            )
        shadows = self.shadows if step.backward else {}
        inputs = [
            shadows[n] if n in shadows else arrays[n] if n in arrays else shape_only(self.shapes[n], self.dtypes[n]) for n in step.inputs
        ]
        wanted = set(step.writes)
        outputs = [arrays[n] if n in wanted else None for n in step.outputs]
        return bound(kernel, node, inputs, outputs, self.is_train, scratch, None, self.kept)


def shape_only(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Stand for a value that is not computed, since only its shape is asked for: zeros that take no memory."""
    return np.broadcast_to(np.zeros((), dtype), shape)


def bound(
    kernel: Kernel,
    node: Node,
    inputs: list[Any],
    outputs: list[Any],
    is_train: bool,
    scratch: Callable[..., np.ndarray],
    rng: Any = None,
    kept: dict[Any, Any] | None = None,
) -> tuple[Callable[[], Any], ...]:
    """Fit a kernel with its arrays; the results take no argument, and are called in order."""
    if kernel.slots == ("*",):
        return (kernel.function(inputs, outputs),)
    layout = node.params._layout
    values = [*inputs, *outputs]
    arguments: list[Any] = []
    for slot in kernel.slots:
        if slot in layout.places:
            place = layout.places[slot]
            arguments.append(None if place is None else [values[i] for i in place] if isinstance(place, range) else values[place])
        elif slot == "op":
            arguments.append(node.params)
        elif slot == "is_train":
            arguments.append(is_train)
        elif slot == "rng":
            arguments.append(rng or stream(node.name))
        elif slot == "scratch":
            arguments.append(scratch)
        elif slot == "inputs":
            arguments.append(inputs)
        elif slot == "outputs":
            arguments.append(outputs)
        elif slot == "node":
            arguments.append(node)
        elif slot == "kept":
            arguments.append({} if kept is None else kept)
        else:
            raise MXNetError(f"kernel of {node.op.name} asks for {slot!r}, which is no slot")
    if not kernel.prepared:
        return (partial(kernel.function, *arguments),)
    made = kernel.function(*arguments)
    return made if isinstance(made, tuple) else () if made is None else (made,)
