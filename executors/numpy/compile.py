"""Schedule, buffers and kernels become a flat tuple of zero-argument callables."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from executors.batch import Batch, batch
from executors.fuse import Region, fuse
from executors.kernel import KernelTable, bound, run
from executors.memory import Plan, plan
from executors.numpy.flat import adjacent, batch_calls
from executors.numpy.region import region_calls
from executors.numpy.scratch import Scratch, aligned, shape_only
from executors.schedule import Schedule, Step, hurried, schedule
from symbolic.errors import BindError, MissingKernel, describe
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
    """

    lowered: Lowered
    plan: Plan
    arrays: dict[int, np.ndarray]
    bytes: int
    forward: tuple[Callable[[], Any], ...]
    backward: tuple[Callable[[], Any], ...]
    forward_nodes: list[Node]
    backward_nodes: list[Node]

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
    """
    builder = _Builder(lowered, table, variables, [entry for entry, _ in heads], is_train, kept)
    builder.fuse({lowered.graph.number(entry) for entry, *_ in (*heads, *gradients)})
    if move is not None:
        builder.rehome(heads, move)
    builder.place(heads, gradients)
    return builder.build()


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


class _Builder:
    """What the parts of a compilation share."""

    def __init__(
        self,
        lowered: Lowered,
        table: KernelTable,
        variables: dict[Node, np.ndarray],
        heads: list[Entry],
        is_train: bool,
        kept: dict[Any, Any] | None = None,
    ):
        graph = lowered.graph
        self.lowered, self.graph, self.shapes, self.dtypes = lowered, graph, lowered.shapes, lowered.dtypes
        self.table, self.variables, self.is_train, self.kept = table, variables, is_train, kept
        self.order: Schedule = schedule(graph, heads, lowered.forward_updates, lowered.late)
        self.views: dict[int, int] = {}
        self.outside: dict[int, np.ndarray] = {}
        self.before_forward: list[tuple[Callable[[], Any], Node]] = []
        self.copies: list[tuple[int, np.ndarray, bool, str, Node]] = []
        self.shadows: dict[int, np.ndarray] = {}
        self.targets: set[int] = set()
        self.bytes = 0
        self.pairs: dict[int, tuple[set[tuple[int, int]], Counter[int]]] = {}
        for node, start in zip(graph.nodes, graph.first, strict=True):
            if node.op is None and node in variables:
                self.outside[start] = variables[node]
        self.constants: set[Node] = set()
        for step in self.order.steps:
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

    def fuse(self, heads: set[int]) -> None:
        """Put element-wise steps together."""
        updates = {*self.order.forward_updates.values(), *self.order.backward_updates.values()}
        needed = heads | updates
        needed |= {self.root(value) for value in needed}
        views = [step for step in self.order.steps if self._is_view(step)]
        steps = hurried([step for step in self.order.steps if not self._is_view(step)], heads, self.root)
        smallest = self.table.smallest_region
        if smallest is None:
            steps = fuse(steps, self.shapes, self._elementwise, self.root, needed)
        steps = batch(steps, self.shapes, self.dtypes, self._elementwise, self.root, needed)
        if smallest is not None:  # so small that nothing would be left to batch
            steps = fuse(steps, self.shapes, self._elementwise, self.root, needed, smallest)
        self.order.steps = [*views, *steps]

    def _is_view(self, step: Step) -> bool:
        return bool(step.writes) and step.writes[0] in self.views

    def rehome(self, heads: list[tuple[Entry, np.ndarray | None]], move: Callable[[list[np.ndarray]], list[np.ndarray] | None]) -> None:
        """Lay the arrays of batches end to end, where that is possible, so that nothing has to be gathered."""
        batches = [step for step in self.order.steps if isinstance(step, Batch)]
        if not batches:
            return
        places = {self.graph.number(entry): place for place, (entry, array) in enumerate(heads) if array is not None}
        nodes = {start: node for node, start in zip(self.graph.nodes, self.graph.first, strict=True) if node in self.variables}
        for step in batches:
            for slot in zip(*[formula.reads for formula in step.formulas], strict=True):
                if all(value in nodes for value in slot) and len({*slot}) == len(slot):
                    for value in slot:
                        del self.outside[value]
                    arrays = [self.variables.pop(nodes[value]) for value in slot]
                    moved = arrays if adjacent(arrays) is not None else move(arrays) or arrays
                    for value, array in zip(slot, moved, strict=True):
                        self.outside[value] = self.variables[nodes[value]] = array
            for slot in zip(*[formula.writes for formula in step.formulas], strict=True):
                if all(value in places for value in slot) and len({*slot}) == len(slot):
                    arrays = [array for array in (heads[places[value]][1] for value in slot) if array is not None]
                    for value in slot:
                        heads[places[value]] = heads[places[value]][0], None
                    moved = arrays if adjacent(arrays) is not None else move(arrays) or arrays
                    for value, array in zip(slot, moved, strict=True):
                        heads[places[value]] = heads[places[value]][0], array

    def _elementwise(self, step: Step) -> bool:
        kernel = self.table.get(step.node.op.name)
        if kernel is None or not kernel.elementwise or isinstance(step, (Region, Batch)):
            return False
        if step.node in self.constants or step.node in self.lowered.late:  # done before; or not to be moved up
            return False
        rank = len(self.shapes[step.writes[0]])
        return all(len(self.shapes[value]) == rank for value in step.reads)

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
        return self._allocate(math.prod(shape) * dtype.itemsize).view(dtype).reshape(shape)

    def _allocate(self, nbytes: int) -> np.ndarray:
        self.bytes += nbytes
        return aligned(nbytes)

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
            if all(place <= producer for place in reads) and (not same or self._may_overwrite(step, old, base)):
                self.outside[base] = array.reshape(self.shapes[base])
                self.targets.add(base)
                return
        self.copies.append((value, array, backward, "write", variable))

    def _aimed(self, step: Step) -> bool:
        """Whether a constant lies in memory that the user may write to, and has to be written at each run."""
        return any(value in self.targets for value in step.writes)

    def _may_overwrite(self, step: Step, old: int, value: int) -> bool:
        known = self.pairs.get(id(step))
        if known is None:
            known = self.pairs[id(step)] = {*self._overwritable(step)}, Counter(map(self.root, step.reads))
        return (old, value) in known[0] and known[1][old] == 1

    def _overwritable(self, step: Step) -> list[tuple[int, int]]:
        """Pairs of an input and an output that may lie in the same memory."""
        if isinstance(step, Batch):
            return step.overwritable(self._inplace, self.root)
        if isinstance(step, Region):
            same = [value for value in step.reads if self.shapes[value] == step.shape]
            return [pair for pair in step.overwritable(self._inplace, self.root) if pair[0] in same]
        return [(value, step.writes[0]) for value in self._inplace(step)]

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

    def plan(self) -> Plan:
        """Give each value its place."""
        nbytes = [math.prod(shape) * dtype.itemsize for shape, dtype in zip(self.shapes, self.dtypes, strict=True)]
        return plan([*self._steps(), *self._holding()], nbytes, self.outside, self.root, self._overwritable)

    def _steps(self) -> list[Step]:
        """The steps that compute something; views lie where they lie."""
        return [step for step in self.order.steps if not self._is_view(step)]

    def build(self) -> Program:
        """Allocate buffers, prepare kernels, and lay the calls in a row."""
        steps, planned = self._steps(), self.plan()
        try:
            buffers = [aligned(size) for size in planned.sizes]
        except (MemoryError, ValueError):
            raise BindError(
                describe("there is no memory for the buffers of this graph", facts={"needs": f"{planned.bytes} bytes"})
            ) from None
        arrays: dict[int, np.ndarray] = dict(self.outside)
        for value, buffer in planned.buffer.items():
            shape, dtype = self.shapes[value], self.dtypes[value]
            arrays[value] = buffers[buffer][: math.prod(shape) * dtype.itemsize].view(dtype).reshape(shape)
        for step in self.order.steps:
            for value in step.writes:
                if value in self.views:
                    arrays[value] = arrays[self.views[value]].reshape(self.shapes[value])
        scratches = [Scratch() for _ in range(num_threads())]
        calls: tuple[list[Any], list[Any]] = ([call for call, _ in self.before_forward], [])
        nodes: tuple[list[Node], list[Node]] = ([node for _, node in self.before_forward], [])
        for step in steps:
            made = self._calls(step, arrays, scratches)
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
        self.bytes += planned.bytes + sum(scratch.bytes for scratch in scratches)
        return Program(self.lowered, planned, arrays, self.bytes, tuple(calls[0]), tuple(calls[1]), *nodes)

    def _holding(self) -> list[Step]:
        """Stand for the copies at the end, which read values as steps do."""
        return [Step(node, (value,), [value], range(0), [], True) for value, _, _, _, node in self.copies]

    def _calls(self, step: Step, arrays: dict[int, np.ndarray], scratches: list[Scratch]) -> Sequence[Callable[[], Any]]:
        """Fit a step with its arrays."""

        def array_of(value: int) -> np.ndarray:
            if step.backward and value in self.shadows:
                return self.shadows[value]
            return arrays[value] if value in arrays else shape_only(self.shapes[value], self.dtypes[value])

        regions = self.table.regions or region_calls
        if isinstance(step, Region):
            return regions(step, array_of, self.dtypes, self._bind, self._inplace, len(scratches), scratches)
        if isinstance(step, Batch):
            return batch_calls(step, array_of, self.dtypes, self._bind, self._inplace, len(scratches), scratches, self._allocate, regions)
        wanted = set(step.writes)
        scratches[0].begin()
        return self._bind(
            step, [array_of(n) for n in step.inputs], [arrays[n] if n in wanted else None for n in step.outputs], scratches[0]
        )

    def _bind(self, step: Step, inputs: list[Any], outputs: list[Any], scratch: Scratch) -> tuple[Callable[[], Any], ...]:
        kernel = self.table.get(step.node.op.name)
        if kernel is None:
            raise MissingKernel(
                describe(
                    "the executor has no kernel for this operator",
                    node=step.node,
                    hint="load and draw work; a cut below it can run: get_internals()",
                )
            )
        return bound(kernel, step.node, inputs, outputs, self.is_train, scratch, None, self.kept)
