"""Control flow: operators that hold graphs. ``symbol/control.py`` composes them, ``autodiff/loops.py`` differentiates them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbolic.errors import GradientError, ParameterError, describe
from symbolic.graph.loop import Loop, ties_of
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import substitute
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensors, param, result, tensors
from symbolic.symbol.handle import Symbol

__all__ = ["hold", "loop_node"]


def hold(params: Any, graphs: Sequence[Symbol]) -> None:
    """Give the parameters of a node the graphs that it holds.

    Raises
    ------
    ParameterError
        If graphs and parameters do not fit together.
    """
    params._subgraphs = list(graphs)
    if len(graphs) != params._op.subgraphs:
        raise _misfit(params, f"it holds {len(graphs)} graphs, not {params._op.subgraphs}")
    params.held()


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
    params._ties = ties_of(loop, sources, len(params._layout.inputs))
    params._length = loop.limit or None


def _not_recorded(params: Any) -> None:
    raise TypeError(f"{params._op.name}: loops are differentiated after autodiff.record_loops")


@operator
class _foreach(Operator):
    """Run a graph once for each row of some inputs, handing states from one to the next."""

    data: Tensors = tensors(
        "Inputs of the graph: rows, states, and what it uses besides.",
        count=lambda op: op.num_args - 1,
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

    def held(self):
        body = self._subgraphs[0]
        locs = (*self.in_data_locs, *self.in_state_locs, *self.remain_locs)
        variables = _of_graph(self, body, locs, len(locs), "in_data_locs, in_state_locs and remain_locs")
        if sorted(locs) != list(range(len(variables))) or len(locs) != self.num_args - 1:
            raise _misfit(self, f"its inputs do not match the {len(variables)} variables of its graph")
        if len(body) != self.num_outputs or self.num_outputs - self.num_out_data != len(self.in_state_locs) or not self.in_data_locs:
            raise _misfit(self, f"its outputs do not match the {len(body)} of its graph")
        parts = [tuple([variables[place] for place in part]) for part in (self.in_data_locs, self.in_state_locs, self.remain_locs)]
        entries = body._entries
        _looping(self, Loop(*parts, entries[: self.num_out_data], entries[self.num_out_data :]), range(len(locs)))

    def gradient(self):
        _not_recorded(self)
        yield


@operator
class _while_loop(Operator):
    """Run a graph again and again while another says so, handing variables from one run to the next."""

    data: Tensors = tensors("Inputs of both graphs.", count=lambda op: op.num_args - 2, names=lambda op, place: f"data{place}")
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
        _not_recorded(self)
        yield


@operator
class _loop(Operator):
    """Run a graph for each row of some inputs, or while another graph says so: what ``_foreach`` and ``_while_loop`` become.

    Inputs: those sliced, those carried, those that stay, and maybe how many steps are made. Outputs: what is collected,
    what is carried, and the number of steps, if a condition ended the loop.
    """

    data: Tensors = tensors("Inputs of the graphs.", count=lambda op: op.num_inputs, names=lambda op, place: f"data{place}")
    num_inputs: int = param("How many inputs.", ge=0)
    num_outputs: int = param("How many outputs the graph has.", ge=0)
    num_out_data: int = param("How many of them are collected, row by row.", ge=0)
    body_locs: tuple[int, ...] = param("For each variable of the loop its place among those of the graph, or -1.")
    cond_locs: tuple[int, ...] = param("The same for the graph of the condition.", default=())
    num_sliced: int = param("How many inputs are taken row by row.", ge=0)
    limit: int = param("The largest number of steps, where there is nothing to slice.", default=0, ge=0)
    reverse: bool = param("Whether the last row comes first.", default=False)
    counted: bool = param("Whether the last input says how many steps are made.", default=False)
    output: Tensors = result("Collected rows, then what is carried.", count=lambda op: op.num_outputs, numbered=True)
    steps: Tensors = result("How many steps were made.", shape="(1,)", when=lambda op: bool(op.cond_locs))

    subgraphs = 1
    random = True

    _loop: Loop
    _backward: Backward | GradientError | None = None

    def held(self):
        body = self._subgraphs[0]
        cut = len(body) - 1 if self.cond_locs else len(body)
        variables = body.graph.variables
        locs = self.body_locs
        states = self.num_outputs - self.num_out_data
        if cut != self.num_outputs or states < 0 or self.num_inputs != len(locs) + self.counted or len(locs) < self.num_sliced + states:
            raise _misfit(self, "its parameters do not match its graph")
        if sorted(place for place in locs if place >= 0) != list(range(len(variables))):
            raise _misfit(self, f"body_locs does not list the {len(variables)} variables of its graph")
        nodes = [variables[place] if place >= 0 else Node(None, None, f"unused{number}") for number, place in enumerate(locs)]
        parts = (nodes[: self.num_sliced], nodes[self.num_sliced : self.num_sliced + states], nodes[self.num_sliced + states :])
        entries = body._entries[:cut]
        condition = body._entries[cut] if self.cond_locs else None
        loop = Loop(
            *map(tuple, parts),
            entries[: self.num_out_data],
            entries[self.num_out_data :],
            condition,
            self.limit,
            self.reverse,
            self.counted,
        )
        _looping(self, loop, range(len(locs)))

    def gradient(self, data, output, steps, d_output):
        if isinstance(self._backward, GradientError):
            raise self._backward
        if self._backward is None:
            _not_recorded(self)
        yield "data", self._backward.compose(data, output, steps, d_output)
