"""Control flow: operators that hold graphs. ``symbol/control.py`` composes them, ``autodiff/loops.py`` differentiates them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbolic import ops, registry
from symbolic.errors import GradientError, ParameterError, describe
from symbolic.graph.graph import Graph
from symbolic.graph.loop import SAME, Loop, Tie, ties_of, written_variables
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import substitute
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensors, param, result, tensors
from symbolic.operator.layout import Layout
from symbolic.symbol.handle import Symbol

__all__ = ["Backward", "loop_node", "loop_parameters"]


def _misfit(params: Any, what: str) -> ParameterError:
    return ParameterError(describe(what, operator=params._op.name, facts=params._words))


def _of_graph(params: Any, graph: Symbol, locs: Sequence[int], most: int, name: str) -> list[Node]:
    """List the variables of a held graph, one for each number that the parameters give it."""
    variables = graph.graph.variables
    if len(locs) != len(variables):
        raise _misfit(params, f"{name} has {len(locs)} numbers for {len(variables)} variables")
    if any(not 0 <= place < most for place in locs):
        raise _misfit(params, f"{name} has a number that is none of an input: there are {most}")
    return variables


def _rewriting(params: Any, positions: Sequence[int]) -> None:
    """Let a node give new values to some inputs: states of operators within, which are arguments of the graph outside."""
    layout = params._layout
    names = [f"new_{layout.inputs[position]}" for position in positions]
    size = layout.size
    params._layout = layout._replace(
        hidden=(*layout.hidden, *names),
        versions=tuple([(position, size + place) for place, position in enumerate(positions)]),
        places={**layout.places, **{name: len(layout.inputs) + size + place for place, name in enumerate(names)}},
        size=size + len(names),
    )


def _looping(params: Any, loop: Loop, sources: Sequence[int]) -> None:
    """Make a node's parameters those of a loop."""
    params._loop, params._sources = loop, tuple(sources)
    _rewriting(params, [sources[place] for place in loop.written])
    count = len(params._layout.inputs)
    params._ties = ties_of(loop, sources, count)
    params._length = loop.limit or None
    places = [count - 1] if loop.counted else []
    places += [count + len(loop.stacked) + len(loop.new)] if params._op.name == "_loop" and loop.condition is not None else []
    params._fixed = {place: ((1,), np.dtype(np.int64)) for place in places}
    states = set(loop.graph.states)
    params._marks = tuple(
        sorted({source for source, variable in zip(sources, loop.variables, strict=True) if variable in states})
    )  # as files show them


def _not_recorded(params: Any) -> TypeError:
    return TypeError(f"{params._op.name}: loops are differentiated after autodiff.record_loops")


@dataclass
class Backward:
    """The loop that computes the gradients of another, and what it is fed with.

    Attributes
    ----------
    params
        Parameters of its node.
    heads : list of int
        Collected outputs whose gradients are sliced.
    rows : list of int
        Sliced inputs that are sliced again.
    history : list of int
        Collected outputs, rows kept by the forward loop, that are sliced.
    states : list of int
        Carried values whose gradients are carried.
    sums : list of int
        Inputs that stay whose gradients are added up.
    free : list of int
        Inputs that stay and are read again.
    wrt : list of int
        Sliced inputs whose gradients are collected.
    """

    params: Any
    heads: list[int]
    rows: list[int]
    history: list[int]
    states: list[int]
    sums: list[int]
    free: list[int]
    wrt: list[int]

    def compose(
        self, forward: Any, data: list[Symbol], output: list[Symbol], steps: Symbol | None, d_output: list[Symbol]
    ) -> list[Symbol | None]:
        """Make the node; return the gradient of each input of the forward one."""
        found: list[Symbol | None] = [None] * len(data)
        if self.params is None:  # nothing depends on anything
            return found
        loop = forward._loop
        inputs = (
            [d_output[place] for place in self.heads] + [data[place] for place in self.rows] + [output[place] for place in self.history]
        )
        inputs += [d_output[len(loop.stacked) + place] for place in self.states] + [ops.zeros_like(data[place]) for place in self.sums]
        inputs += [data[place] for place in self.free]
        if self.params._loop.counted:
            inputs.append(data[-1] if steps is None else steps)
        below = output[0]._entries[0][0]
        made = loop_node(self.params, f"{below.name}.backward", [symbol._entries[0] for symbol in inputs], below.origin)
        targets = [*self.wrt, *[len(loop.sliced) + place for place in self.states], *self.sums]
        for place, symbol in zip(targets, made, strict=False):
            found[place] = ops.reshape_like(symbol, data[place]) if place in self.wrt else symbol
        return found


@operator
class _foreach(Operator):
    """Run a graph once for each row of some inputs, handing states from one to the next."""

    data: Tensors = tensors(
        "Inputs of the graph: rows, states, and what it uses besides.",
        count=lambda op: op.num_args - 1,
        counted="num_args",
        names=lambda op, place: f"data{place}",
    )
    num_args: int = param("How many inputs, with the graph.", ge=1)
    num_outputs: int = param("How many outputs the graph has.", ge=1)
    num_out_data: int = param("How many of them are collected, row by row; the others are the new states.", ge=0)
    in_state_locs: tuple[int, ...] = param("For each state its place among the variables of the graph.")
    in_data_locs: tuple[int, ...] = param("For each input that is taken row by row its place there.")
    remain_locs: tuple[int, ...] = param("For each other input its place there.")
    output: Tensors = result("Collected rows, then the last states.", count=lambda op: op.num_outputs)

    subgraphs = 1
    random = True  # what is in it may be
    _subgraphs: list[Symbol]

    def held(self):
        body = self._subgraphs[0]
        locs = (*self.in_data_locs, *self.in_state_locs, *self.remain_locs)
        variables = _of_graph(self, body, locs, len(locs), "in_data_locs, in_state_locs and remain_locs")
        if sorted(locs) != list(range(len(variables))) or len(locs) != self.num_args - 1:
            raise _misfit(self, f"its inputs do not match the {len(variables)} variables of its graph")
        if len(body) != self.num_outputs or self.num_outputs - self.num_out_data != len(self.in_state_locs) or not self.in_data_locs:
            raise _misfit(self, f"its outputs do not match the {len(body)} of its graph")
        rows, states, rest = (
            tuple([variables[place] for place in part]) for part in (self.in_data_locs, self.in_state_locs, self.remain_locs)
        )
        entries = body._entries
        loop = Loop(rows, states, rest, entries[: self.num_out_data], entries[self.num_out_data :], cells=frozenset(rows))
        _looping(self, loop, range(len(locs)))

    def gradient(self):
        raise _not_recorded(self)


@operator
class _while_loop(Operator):
    """Run a graph again and again while another says so, handing variables from one run to the next."""

    data: Tensors = tensors(
        "Inputs of both graphs.", count=lambda op: op.num_args - 2, counted="num_args", names=lambda op, place: f"data{place}"
    )
    num_args: int = param("How many inputs, with the graphs.", ge=2)
    num_outputs: int = param("How many outputs the second graph has.", ge=1)
    num_out_data: int = param("How many of them are collected, row by row; the others are the new variables.", ge=0)
    max_iterations: int = param("The largest number of runs.", ge=1)
    cond_input_locs: tuple[int, ...] = param("For each variable of the first graph an input.")
    func_input_locs: tuple[int, ...] = param("For each variable of the second graph an input.")
    func_var_locs: tuple[int, ...] = param("For each variable of the loop its place among those of the second graph.")
    output: Tensors = result("Collected rows, zero after the last run; then the last variables.", count=lambda op: op.num_outputs)

    subgraphs = 2
    random = True
    _subgraphs: list[Symbol]

    def held(self):
        cond, func = self._subgraphs
        inputs = self.num_args - 2
        readers = _of_graph(self, cond, self.cond_input_locs, inputs, "cond_input_locs")
        variables = _of_graph(self, func, self.func_input_locs, inputs, "func_input_locs")
        carried = self.func_var_locs
        if len(set(carried)) < len(carried) or any(not 0 <= place < len(variables) for place in carried) or not carried:
            raise _misfit(self, "func_var_locs does not list variables of its graph")
        if len(func) != self.num_outputs or self.num_outputs - self.num_out_data != len(carried) or len(cond) != 1:
            raise _misfit(self, f"its outputs do not match the {len(func)} and {len(cond)} of its graphs")
        free = [place for place in range(len(variables)) if place not in carried]
        sources = [self.func_input_locs[place] for place in (*carried, *free)]
        used = [variables[place] for place in (*carried, *free)]
        # both graphs are to speak of the same variables
        of_input = dict(reversed(list(zip(sources, used, strict=True))))
        extra: dict[int, Node] = {}
        same: dict[Node, Entry] = {}
        for reader, source in zip(readers, self.cond_input_locs, strict=True):
            same[reader] = (of_input.get(source) or extra.setdefault(source, reader), 0)
        condition = substitute(cond._entries, {reader: entry for reader, entry in same.items() if entry[0] is not reader})[0]
        count = len(carried)
        loop = Loop(
            (),
            tuple(used[:count]),
            (*used[count:], *extra.values()),
            func._entries[: self.num_out_data],
            func._entries[self.num_out_data :],
            condition,
            self.max_iterations,
        )
        _looping(self, loop, (*sources, *extra))

    def gradient(self):
        raise _not_recorded(self)


@operator
class _loop(Operator):
    """Run a graph for each row of some inputs, or while it says so: what ``_foreach`` and ``_while_loop`` become.

    Inputs: those sliced, those carried, those that stay, and maybe how many steps are made. Outputs: what is collected,
    what is carried, and the number of steps, if a condition ended the loop. See `graph.loop.Loop`.
    """

    data: Tensors = tensors("Inputs of the graph.", count=lambda op: op.num_inputs, names=lambda op, place: f"data{place}")
    num_inputs: int = param("How many inputs.", ge=0)
    num_outputs: int = param("How many outputs the graph has, but for the condition.", ge=1)
    num_out_data: int = param("How many of them are collected, row by row.", ge=0)
    num_sliced: int = param("How many inputs are taken row by row.", ge=0)
    locs: tuple[int, ...] = param("For each variable of the loop its place among those of the graph, or -1.")
    conditional: bool = param("Whether the last output of the graph ends the loop where it is zero.", default=False)
    limit: int = param("The largest number of steps, where there is nothing to slice.", default=0, ge=0)
    cells: tuple[int, ...] = param("The sliced inputs whose rows are vectors of one element where the whole is a vector.", default=())
    reverse: bool = param("Whether the last row comes first.", default=False)
    counted: bool = param("Whether the last input says how many steps are made.", default=False)
    output: Tensors = result("Collected rows, then what is carried.", count=lambda op: op.num_outputs, numbered=True)
    steps: Tensors = result("How many steps were made.", shape="(1,)", when=lambda op: op.conditional)

    subgraphs = 1
    random = True
    _subgraphs: list[Symbol]
    _backward: Backward | GradientError | None = None

    def held(self):
        body = self._subgraphs[0]
        variables = body.graph.variables
        locs, states = self.locs, self.num_outputs - self.num_out_data
        counts = (len(body), self.num_inputs) == (self.num_outputs + self.conditional, len(locs) + self.counted)
        if not counts or states < 0 or len(locs) < self.num_sliced + states:
            raise _misfit(self, "its parameters do not match its graph")
        if sorted(place for place in locs if place != -1) != list(range(len(variables))) or not (self.num_sliced or self.limit):
            raise _misfit(self, f"its parameters do not match the {len(variables)} variables of its graph")
        nodes = [variables[place] if place >= 0 else Node(None, None, f"unused{number}") for number, place in enumerate(locs)]
        parts = (nodes[: self.num_sliced], nodes[self.num_sliced : self.num_sliced + states], nodes[self.num_sliced + states :])
        stacked, new = body._entries[: self.num_out_data], body._entries[self.num_out_data : self.num_outputs]
        condition = body._entries[-1] if self.conditional else None
        if any(not 0 <= place < self.num_sliced for place in self.cells):
            raise _misfit(self, "cells lists what is no sliced input")
        cells = frozenset([nodes[place] for place in self.cells])
        sliced, carried, free = map(tuple, parts)
        loop = Loop(sliced, carried, free, stacked, new, condition, self.limit, self.reverse, self.counted, cells)
        _looping(self, loop, range(len(locs)))

    def gradient(self, data, output, steps, d_output):
        if self._backward is None:
            raise _not_recorded(self)
        if isinstance(self._backward, GradientError):
            raise self._backward
        yield "data", self._backward.compose(self, data, output, steps, d_output)


def loop_parameters(loop: Loop, unread: Sequence[int] = ()) -> Any:
    """Make the parameters of a ``_loop`` node; ``unread`` are the inputs of which only the shape counts."""
    body = Symbol([*loop.stacked, *loop.new, *([] if loop.condition is None else [loop.condition])])
    places = {variable: place for place, variable in enumerate(body.graph.variables)}
    words = {
        "num_inputs": len(loop.variables) + loop.counted,
        "num_outputs": len(loop.stacked) + len(loop.new),
        "num_out_data": len(loop.stacked),
        "num_sliced": len(loop.sliced),
        "locs": [places.get(variable, -1) for variable in loop.variables],
        "conditional": loop.condition is not None,
        "limit": loop.limit,
        "cells": [place for place, node in enumerate(loop.sliced) if node in loop.cells],
        "reverse": loop.reverse,
        "counted": loop.counted,
    }
    params = registry.find("_loop").parameters(words)
    params._subgraphs = [body]
    _looping(params, loop, range(len(loop.variables)))
    params._layout = params._layout._replace(only_shape=frozenset(unread))
    return params


def loop_node(params: Any, name: str, inputs: Sequence[Entry], origin: Any = None) -> list[Symbol]:
    """Make a ``_loop`` node; return every output."""
    node = Node(registry.find("_loop"), params, name, tuple(inputs), origin=origin)
    return [Symbol([(node, place)]) for place in range(params._layout.size)]


@operator
class _cond(Operator):
    """Run one of two graphs, as a third one says."""

    data: Tensors = tensors(
        "Inputs of all three graphs.", count=lambda op: op.num_args - 3, counted="num_args", names=lambda op, place: f"data{place}"
    )
    num_args: int = param("How many inputs, with the graphs.", ge=3)
    num_outputs: int = param("How many outputs each of the two graphs has.", ge=1)
    cond_input_locs: tuple[int, ...] = param("For each variable of the graph that decides an input.")
    then_input_locs: tuple[int, ...] = param("For each variable of the graph that runs where it is not zero an input.")
    else_input_locs: tuple[int, ...] = param("For each variable of the other graph an input.")
    output: Tensors = result("Outputs of the graph that ran.", count=lambda op: op.num_outputs)

    subgraphs = 3
    random = True
    _subgraphs: list[Symbol]
    _layout: Layout

    def held(self):
        inputs = self.num_args - 3
        rows = (self.cond_input_locs, self.then_input_locs, self.else_input_locs)
        names = ("cond_input_locs", "then_input_locs", "else_input_locs")
        self._variables = [
            _of_graph(self, graph, locs, inputs, name) for graph, locs, name in zip(self._subgraphs, rows, names, strict=True)
        ]
        self._sources = rows
        decision, then, other = self._subgraphs
        if len(decision) != 1 or len(then) != self.num_outputs or len(other) != self.num_outputs:
            raise _misfit(self, "its outputs do not match those of its graphs")
        self._ties = []
        written = set()
        for graph, variables, sources in zip(self._subgraphs, self._variables, rows, strict=True):
            ties: list[Tie] = [(source, (variable, 0), SAME) for source, variable in zip(sources, variables, strict=True)]
            if graph is not decision:
                ties += [(inputs + place, entry, SAME) for place, entry in enumerate(graph._entries)]
            self._ties.append((Graph([*graph._entries, *[(variable, 0) for variable in variables]]), ties))
            rewritten = written_variables(graph.graph)
            written.update(source for source, variable in zip(sources, variables, strict=True) if variable in rewritten)
        self._length, self._fixed = None, {}
        _rewriting(self, sorted(written))

    def body(self, data):
        """Two loops of one step or none, for which gradients are known."""
        decision = self._subgraphs[0]
        given = {variable: data[source]._entries[0] for variable, source in zip(self._variables[0], self._sources[0], strict=True)}
        answer = ops.Reshape(Symbol(substitute(decision._entries, given)), shape=(1,)) != 0
        steps = ops.Cast(answer, dtype="int64")
        data = list(data)
        results = []
        for place, count in ((1, steps), (2, 1 - steps)):
            loop = Loop((), (), tuple(self._variables[place]), self._subgraphs[place]._entries, (), limit=1, counted=True)
            sources = self._sources[place]
            params = loop_parameters(loop)
            made = loop_node(params, "branch", [symbol._entries[0] for symbol in (*[data[source] for source in sources], count)])
            for position, version in params._layout.versions:
                data[sources[position]] = made[version]
            results.append(made[: self.num_outputs])
        yield "output", [ops.squeeze(ops.where(answer, *pair), axis=0) for pair in zip(*results, strict=True)]
        for position, _ in self._layout.versions:
            yield self._layout.inputs[position], data[position]
