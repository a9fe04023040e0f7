"""Where the values of a program lie, and which of its steps run together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from executors.batch import Batch, batch
from executors.fuse import Region, fuse
from executors.kernel import KernelTable
from executors.memory import Plan, plan
from executors.numpy.flat import adjacent
from executors.numpy.scratch import aligned
from executors.schedule import Schedule, Step, hurried, schedule
from symbolic.graph.node import Entry, Node
from symbolic.operator.op import Op
from symbolic.passes.pipeline import Lowered
from symbolic.switches import is_on

__all__ = ["Placement"]


class Placement:
    """Decides, before anything is allocated, which steps run together and in which memory values lie.

    Attributes
    ----------
    outside : dict of int to numpy.ndarray
        Values in arrays of the user, and those that keep memory of their own.
    views : dict of int to int
        Value -> the value of which it is another view.
    copies : list
        What is copied at the end of a phase: value, array, phase, request, node.
    before_forward : list
        Calls that save what the forward phase overwrites too early, with their nodes.
    root : callable
        The value in whose memory a value lies.
    constants : set of Node
        Computed once, when the program is made.
    bytes : int
        Allocated so far.
    """

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
        self.shadows: dict[int, np.ndarray] = {}  # states' old values, for steps of the backward phase
        self.before: dict[int, np.ndarray] = {}  # the same, for states that take them over
        self.rewritten: set[int] = set()
        self.targets: set[int] = set()
        self.lenders: set[int] = set()
        self.entering: list[int] = []
        self.bytes = 0
        self.pairs: dict[int, tuple[Mapping[int, Sequence[int]], Counter[int]]] = {}
        self.kernels = {op: table.find(op) for op in graph.ops}
        self.inplace: dict[Op, list[int]] = {}  # positions of inputs, for operators whose nodes all have the same slots
        for node in graph.variables:
            if node in variables:
                self.outside[graph.base[node]] = variables[node]
        self.constants: set[Node] = set()
        self.roots = list(range(graph.size))  # value -> the value in whose memory it lies
        self.root = self.roots.__getitem__
        fixed: set[int] = set()
        viewing = {op for op in graph.ops if table.has_views(op)}
        for step in self.order.steps:
            op = step.node.op
            if op in viewing:
                self._find_view(step)
            if fixed.issuperset(step.reads) and not op.random and not op.foreign:
                self.constants.add(step.node)
                fixed.update(step.writes)

    def _find_view(self, step: Step) -> None:
        """Note a step whose output is its input's memory under another shape."""
        if not step.reads or step.writes != [*step.outputs[:1]]:
            return
        source, target = step.inputs[0], step.outputs[0]
        if self.dtypes[source] != self.dtypes[target]:
            return
        if not self.table.is_view(step.node.op, step.node.params, self.shapes[source], self.shapes[target]):
            return
        base = self.root(source)
        if base in self.outside and not self.outside[base].flags.c_contiguous:
            return
        self.views[target] = source
        self.roots[target] = base

    def fuse(self, heads: set[int]) -> None:
        """Put element-wise steps together."""
        updates = {*self.order.forward_updates.values(), *self.order.backward_updates.values()}
        needed = heads | updates
        needed |= {self.root(value) for value in needed}
        views = [step for step in self.order.steps if self._is_view(step)] if self.views else []
        steps = hurried(self._steps(), heads, self.root)
        smallest = self.table.smallest_region
        if smallest is None and is_on("fuse"):
            steps = fuse(steps, self.shapes, self._elementwise, self.root, needed)
        if is_on("batch"):
            steps = batch(steps, self.shapes, self.dtypes, self._elementwise, self.root, needed)
        if smallest is not None and is_on("fuse"):  # so small that nothing would be left to batch
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
        kernel = self.kernels[step.node.op]
        if kernel is None or not kernel.elementwise or isinstance(step, (Region, Batch)):
            return False
        if step.node in self.constants or step.node in self.lowered.late:  # done before; or not to be moved up
            return False
        shapes, shape = self.shapes, self.shapes[step.writes[0]]
        for value in step.reads:
            other = shapes[value]
            if other is not shape and len(other) != len(shape) and math.prod(other) != 1:
                return False
        return True

    def place(self, heads: list[tuple[Entry, np.ndarray | None]], gradients: list[tuple[Entry, np.ndarray, str]]) -> None:
        """Decide which values lie in arrays of the user, and what has to be copied there."""
        number = self.graph.number
        kept: list[int] = []
        for entry, array in heads:
            if array is None:
                kept.append(number(entry))
            elif self._aim(number(entry), array, False, "write", entry[0]):
                self.lenders.add(self.root(number(entry)))
        if all(array is not None for _, array in heads):  # else they are looked at afterwards
            self.entering = [self.graph.base[node] for node in self.lowered.entering if node in self.graph.index]
        for entry, array, request in gradients:
            self._aim(number(entry), array, True, request, entry[0])
        if self.order.forward_updates or self.order.backward_updates:
            self._aim_states()
        # what is monitored, and what never changes, must not be overwritten: it gets memory of its own
        kept += [value for step in self.order.steps if step.node in self.constants for value in step.writes] if self.constants else []
        for value in kept:
            base = self.root(value)
            if base not in self.outside:
                self.outside[base] = self._own(base)

    def _aim_states(self) -> None:
        """Decide where the new values of states lie."""
        number = self.graph.number
        readers: dict[int, list[int]] = {}
        for place, step in enumerate(self.order.steps):
            for read in step.reads:
                readers.setdefault(self.root(read), []).append(place)
        made = {n: place for place, step in enumerate(self.order.steps) for n in step.writes}
        copied = {self.root(value) for value, *_ in self.copies}
        self.rewritten = {number((variable, 0)) for variable in (*self.order.forward_updates, *self.order.backward_updates)}
        for updates, backward in ((self.order.forward_updates, False), (self.order.backward_updates, True)):
            for variable, value in updates.items():
                if backward and variable in self.order.forward_updates:  # written in both phases: the place is taken
                    self.copies.append((value, self.variables[variable], True, "write", variable))
                    continue
                self._aim_state(variable, value, backward, readers, made, copied)

    def _own(self, value: int) -> np.ndarray:
        shape, dtype = self.shapes[value], self.dtypes[value]
        return self._allocate(math.prod(shape) * dtype.itemsize).view(dtype).reshape(shape)

    def _allocate(self, nbytes: int) -> np.ndarray:
        self.bytes += nbytes
        return aligned(nbytes)

    def _aim(self, value: int, array: np.ndarray, backward: bool, request: str, node: Node) -> bool:
        base = self.root(value)
        if request == "write" and base not in self.outside and array.flags.c_contiguous:
            self.outside[base] = array.reshape(self.shapes[base])
            self.targets.add(base)
            return True
        self.copies.append((value, array, backward, request, node))
        return False

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
        if base != old and base in self.rewritten:  # another state's old value, which is overwritten meanwhile
            if base not in self.before:
                source = self.outside[base]
                self.before[base] = np.empty_like(source)
                self.before_forward.append((partial(np.copyto, self.before[base], source), variable))
            self.copies.append((value, array, backward, "write", variable))
            return
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
            known = self.pairs[id(step)] = self._overwritable(step), Counter(map(self.root, step.reads))
        return old in known[0].get(value, ()) and known[1][old] == 1

    def _overwritable(self, step: Step) -> Mapping[int, Sequence[int]]:
        """For each output the inputs that may lie in the same memory."""
        if type(step) is Step:
            return {step.writes[0]: self._inplace(step)}
        assert isinstance(step, (Region, Batch))
        found: dict[int, list[int]] = {}
        for old, new in step.overwritable(self._inplace, self.root):
            if isinstance(step, Batch) or self.shapes[old] == step.shape:
                found.setdefault(new, []).append(old)
        return found

    def _inplace(self, step: Step) -> Sequence[int]:
        """The inputs whose memory the step's first output may take over."""
        op = step.node.op
        positions = self.inplace.get(op)
        if positions is None:
            kernel, layout = self.kernels[op], step.node.params._layout
            slots = () if kernel is None else kernel.inplace
            if slots == ("*",):
                return step.reads
            places = [layout.places.get(slot) for slot in slots]
            listed = [place if isinstance(place, range) else (place,) for place in places if place is not None]
            positions = [position for each in listed for position in each if position < len(layout.inputs)]
            if op.has_one_layout:
                self.inplace[op] = positions
        return [step.inputs[position] for position in positions]

    def plan(self) -> Plan:
        """Give each value its place."""
        nbytes = [math.prod(shape) * dtype.itemsize for shape, dtype in zip(self.shapes, self.dtypes, strict=True)]
        return plan([*self._steps(), *self._holding()], nbytes, self.outside, self.root, self._overwritable, self.lenders, self.entering)

    def _steps(self) -> list[Step]:
        """The steps that compute something; views lie where they lie."""
        return [step for step in self.order.steps if not self._is_view(step)] if self.views else self.order.steps

    def _holding(self) -> list[Step]:
        """Stand for the copies at the end, which read values as steps do."""
        return [Step(node, (value,), [value], range(0), [], True) for value, _, _, _, node in self.copies]
