"""Plans: the way back through one form of tape, and the program that runs it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from symbolic.autodiff.gradient import gradients
from symbolic.autodiff.loops import record_loops
from symbolic.backends import executor_class
from symbolic.graph.graph import Graph, depth_first, resting_collector
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import mapped, rebuild
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.call import computed, copy_into, evaluate
from symbolic.nd.function import FUNCTION_BACKWARD, run_backward
from symbolic.nd.mode import RECORDING, mode, switched
from symbolic.nd.tape import Recorded, entry_of, record, record_as
from symbolic.passes.expand import expand, without_gradient
from symbolic.passes.pipeline import lower
from symbolic.values.context import Context, current_context

__all__ = ["Plan"]

HEAD = -1  # the place of what enters at the heads


class Plan:
    """How the gradients of a tape are computed; good for every tape of the same form.

    Attributes
    ----------
    wanted : list of int
        The places of the variables whose gradients are wanted.
    found : list of Entry or None
        The gradient of each wanted variable, ``None`` where it is zero.
    sources : dict of Node to (int, int)
        For each variable of the gradients what it is bound to: the place of a node on the tape, and which of its values;
        or `HEAD`, and which head.
    """

    def __init__(self, order: Sequence[Recorded], heads: Sequence[tuple[int, int]], wanted: Sequence[int], is_train: bool):
        self.wanted = list(wanted)
        self.is_train = is_train
        self.sources: dict[Node, tuple[int, int]] = {}
        self.owners: dict[int, int] = {}  # of parameters that a single node has, by identity: its place
        self.kept: list[Any] = []  # keeps these identities
        with resting_collector():
            self.found = self._differentiated(order, heads, wanted)
        self._program: Program | None = None

    def _differentiated(self, order: Sequence[Recorded], heads: Sequence[tuple[int, int]], wanted: Sequence[int]) -> list[Entry | None]:
        twins: list[Node] = []
        place_of: dict[Node, int] = {}
        types: dict[Node, list[np.dtype]] = {}
        for place, node in enumerate(order):
            place_of[node] = place
            if node.op is None:
                twin = Node(None, None, f"value{place}")
                self.sources[twin] = place, 0
            else:
                inputs = tuple([(twins[place_of[below]], index) for below, index in node.inputs])
                params = self._without_call(node.params, place) if node.op.foreign else node.params
                twin = Node(node.op, params, f"{node.op.hint}{place}", inputs, origin=node.origin)
            types[twin] = [values.dtype for values in node.values]
            twins.append(twin)
        place_of_twin = {twin: place for place, twin in enumerate(twins)}
        recorded = [(twin, index) for twin in twins if twin.op is not None for index in range(len(types[twin]))]
        graph = Graph([*[(twins[place], index) for place, index in heads], *recorded])
        # composites without a gradient are differentiated through their bodies; so are those whose hidden results were read,
        # by a gradient that is now differentiated itself, for their own rules know nothing of that
        opened = {below.op for twin in twins for below, index in twin.inputs if _is_hidden(below, index)}
        dtypes = [dtype for node in graph.nodes for dtype in types[node]]
        graph = expand(graph, lambda op: without_gradient(op) or op in opened, self.is_train, dtypes)
        graph = record_loops(graph)
        entering = [Node(None, None, f"head_grad_{number}") for number in range(len(heads))]
        self.sources.update({node: (HEAD, number) for number, node in enumerate(entering)})
        found = gradients(graph.heads[: len(heads)], [(node, 0) for node in entering], [(twins[place], 0) for place in wanted])
        places = [(place_of_twin[twin], index) for twin, index in recorded]
        values = dict(zip(graph.heads[len(heads) :], places, strict=True))
        return self._cut(found, values)

    def _without_call(self, params: Any, place: int) -> Any:
        """Copy parameters that a single call has, without what is that call's own; see `owner`."""
        plain = copy.copy(params)
        plain._same = plain
        for own in ("_kept", "_function"):
            vars(plain).pop(own, None)
        self.owners[id(plain)] = place
        self.kept.append(plain)
        return plain

    def _cut(self, found: Sequence[Entry | None], values: dict[Entry, tuple[int, int]]) -> list[Entry | None]:
        """Put variables in the place of what the forward run has computed."""
        variables: dict[Node, dict[int, Node]] = {}
        for (node, index), source in values.items():
            if node.op is not None:
                variable = Node(None, None, f"recorded{source[0]}_{source[1]}")
                self.sources[variable] = source
                variables.setdefault(node, {})[index] = variable

        def make(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
            known = variables.get(node)
            if known is None:
                return None
            twin = Node(node.op, node.params, node.name, inputs, node.attrs, node.origin)
            return [(known[index], 0) if index in known else (twin, index) for index in range(node.params._layout.size)]

        replaced = rebuild(depth_first([entry for entry in found if entry is not None]), make)
        return [None if entry is None else mapped(entry, replaced) for entry in found]

    # -- running ------------------------------------------------------------------------------------------------------

    def run(self, order: Sequence[Recorded], heads: Sequence[np.ndarray]) -> list[np.ndarray | None]:
        """Compute the gradients; each lies in memory of its own."""
        if self._program is None:
            with resting_collector():
                self._program = Program(self, order, heads)
        return self._program.run(order, heads)

    def replay(self, order: Sequence[Recorded], heads: Sequence[NDArray], context: Context) -> list[NDArray]:
        """Compute the gradients call by call, so that the mode of the thread may record them."""
        made: dict[Node, list[NDArray]] = {}
        for node in depth_first([entry for entry in self.found if entry is not None]):
            if node.op is None:
                place, index = self.sources[node]
                made[node] = [heads[index] if place == HEAD else _on_tape(order[place], index, context)]
                continue
            inputs = [made[below][index] for below, index in node.inputs]
            if node.op.foreign:
                results = self._foreign(node, inputs, order, context)
            else:
                results = computed(node.op, node.params, inputs, context, mode.flags)
            for position, version in node.params._layout.versions:
                copy_into(inputs[position], results[version], node.op.name, node.params._layout.inputs[position])
            made[node] = results
        results = []
        for entry, place in zip(self.found, self.wanted, strict=True):
            variable = _on_tape(order[place], 0, context)
            found = wrap(np.zeros_like(variable._data), context) if entry is None else made[entry[0]][entry[1]]
            if entry_of(found) is None:  # it is differentiable, with a gradient of zero
                found = wrap(found._data, context)
                record_as("_identity_with_attr_like_rhs", {}, [found, variable], found)
            results.append(found)
        return results

    def _foreign(self, node: Node, inputs: list[NDArray], order: Sequence[Recorded], context: Context) -> list[NDArray]:
        owner, params = self.owner(node, order)
        flags = mode.flags
        with switched(flags & ~RECORDING):
            if node.op is FUNCTION_BACKWARD:
                results = [wrap(data, context) for data in run_backward(owner, [array._data for array in inputs], context)]
            else:
                results = evaluate(node.op, params, inputs, context, self.is_train)
        record(node.op, params, inputs, results)
        return results

    def owner(self, node: Node, order: Sequence[Recorded]) -> tuple[Any, Any]:
        """Find the parameters of the forward node whose object a gradient node shares, and make its own from them."""
        forward = getattr(node.params, "_forward", None)
        place = None if forward is None else self.owners.get(id(forward[0]))
        if place is None:
            return node.params, node.params
        found = order[place].params
        params = copy.copy(node.params)
        params._forward, params._kept = (found, ""), getattr(found, "_kept", None)
        return found, params


def _is_hidden(node: Node, index: int) -> bool:
    """Whether a value is a hidden result of a composite that can be differentiated."""
    op = node.op
    return op is not None and op.body is not None and op.differentiable and index >= len(node.params._layout.outputs)


def _on_tape(node: Recorded, index: int, context: Context) -> NDArray:
    array = wrap(node.values[index], context)
    array._entry = node, index
    return array


class Program:
    """The gradients as calls of an executor, which remembers what it made of them.

    The executor sees the whole as the body of a composite: the second run is noted down, and repeated from then on.
    """

    def __init__(self, plan: Plan, order: Sequence[Recorded], heads: Sequence[np.ndarray]):
        self.plan = plan
        self._same = self  # what the executor remembers it by
        self.executor = executor_class("numpy")
        made = list(dict.fromkeys([entry for entry in plan.found if entry is not None and entry[0].op is not None]))
        graph = Graph(made)
        arrays = {node: _bound(plan.sources[node], order, heads) for node in graph.variables}
        shapes = shapes_of(graph, {node: array.shape for node, array in arrays.items()}, declared=False)
        types = dtypes_of(graph, {node: array.dtype for node, array in arrays.items()})
        lowered = lower(graph, shapes, types, arrays, self.executor.claims, plan.is_train)
        graph = lowered.graph
        self.size = graph.size
        self.inputs = [(graph.number((node, 0)), plan.sources[node]) for node in graph.variables]
        self.steps = [
            (node, reads, first, [])
            for node, reads, first in zip(graph.nodes, graph.inputs, graph.first, strict=True)
            if node.op is not None
        ]
        ends = dict.fromkeys([head for head in graph.heads if head[0].op is not None])
        self.heads = [graph.number(head) for head in ends]
        places = {head: place for place, head in enumerate(ends)}
        # where each gradient is: a result of the program, or what a variable is bound to
        self.where: dict[Entry, int | tuple[int, int]] = {
            entry: plan.sources[head[0]] if head[0].op is None else places[head] for entry, head in zip(made, graph.heads, strict=True)
        }
        self.where.update({entry: plan.sources[entry[0]] for entry in plan.found if entry is not None and entry[0].op is None})
        self.updates = [(plan.sources[variable], graph.number(entry)) for variable, entry in graph.updates.items()]
        self._let_go(graph)
        self.varies = any(node.op.foreign or node.op.dynamic for node, *_ in self.steps)

    def _let_go(self, graph: Graph) -> None:
        """Note after which step a value is not needed any more."""
        last = {number: place for place, (_, reads, _, _) in enumerate(self.steps) for number in reads}
        for number in (*self.heads, *[number for _, number in self.updates]):
            last.pop(number, None)
        for number, place in last.items():
            self.steps[place][3].append(number)

    def run(self, order: Sequence[Recorded], heads: Sequence[np.ndarray]) -> list[np.ndarray | None]:
        """Compute the gradients."""
        seen: set[int] = set()
        inputs = []
        for _, source in self.inputs:
            array = _bound(source, order, heads)
            if id(array) in seen:
                array = array.view()  # the executor tells arrays apart by identity
            seen.add(id(array))
            inputs.append(array)
        body = partial(self._body, inputs, order)
        if not self.steps:
            made = []
        elif self.varies:
            made = body()
        else:
            made = self.executor.compute_composite(None, self, inputs, self.plan.is_train, body)
        count = len(self.heads)
        for (source, _), values in zip(self.updates, made[count:], strict=True):
            np.copyto(_bound(source, order, heads), values, casting="unsafe")
        results: list[np.ndarray | None] = []
        taken: set[int] = set()
        for entry in self.plan.found:
            if entry is None:
                results.append(None)
                continue
            where = self.where[entry]
            if isinstance(where, tuple):
                results.append(_bound(where, order, heads).copy())
            else:
                results.append(made[where].copy() if where in taken else made[where])
                taken.add(where)
        return results

    def _body(self, inputs: Sequence[np.ndarray], order: Sequence[Recorded]) -> list[np.ndarray]:
        values: list[Any] = [None] * self.size
        for (number, _), array in zip(self.inputs, inputs, strict=True):
            values[number] = array
        compute, is_train = self.executor.compute, self.plan.is_train
        for node, reads, first, over in self.steps:
            arrays = [values[number] for number in reads]
            params = node.params
            if node.op.foreign:
                owner, params = self.plan.owner(node, order)
            if node.op is FUNCTION_BACKWARD:
                made = run_backward(owner, arrays, current_context())
            else:
                made = compute(node.op, params, arrays, is_train)
            values[first : first + len(made)] = made
            for number in over:
                values[number] = None
        return [values[number] for number in (*self.heads, *[number for _, number in self.updates])]


def _bound(source: tuple[int, int], order: Sequence[Recorded], heads: Sequence[np.ndarray]) -> np.ndarray:
    place, index = source
    return heads[index] if place == HEAD else order[place].values[index]
