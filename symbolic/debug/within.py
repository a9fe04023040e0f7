"""Which node of a loop's or a condition's graph made a NaN, and at which step: its graph run step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symbolic.debug.ranges import is_finite
from symbolic.graph.node import Entry, Node
from symbolic.nd.array import NDArray
from symbolic.symbol.handle import Symbol
from symbolic.values.context import cpu

__all__ = ["first_step"]


def first_step(node: Node, arrays: Sequence[np.ndarray], is_train: bool) -> tuple[Any, int] | None:
    """Run the graph of a node until a value in it is not finite.

    Parameters
    ----------
    arrays : sequence of numpy.ndarray
        The node's inputs.

    Returns
    -------
    executor : Executor
        Of the graph; its last run is the one that went wrong.
    step : int
        Which step of the loop that was, from 0.
    None, if all steps are finite here: draws within a loop are others each time.
    """
    params = node.params
    loop = getattr(params, "_loop", None)
    if loop is None:
        return _branch(params, arrays, is_train) if hasattr(params, "_subgraphs") else None
    given = dict(zip(loop.variables, [arrays[source] for source in params._sources], strict=True))
    first, stop = len(loop.sliced), len(loop.sliced) + len(loop.carried)
    length = len(given[loop.sliced[0]]) if first else loop.limit
    if loop.counted:
        length = min(length, int(arrays[-1].item()))
    heads = [*loop.new, *loop.stacked, *([] if loop.condition is None else [loop.condition])]
    values = {variable: given[variable] for variable in loop.variables[first:]}
    values.update({variable: _row(given[variable], 0, variable in loop.cells) for variable in loop.sliced if length})
    if not length:
        return None
    exe = _bound(heads, values)
    order = range(length - 1, -1, -1) if loop.reverse else range(length)
    for step, row in enumerate(order):
        for variable in loop.sliced:
            values[variable] = _row(given[variable], row, variable in loop.cells)
        _fill(exe, values)
        outputs = exe.forward(is_train=is_train)
        if loop.condition is not None and not outputs[-1].asnumpy().any():
            return None
        if not all(is_finite(output._data) for output in outputs):
            return exe, step
        for variable, output in zip(loop.variables[first:stop], outputs, strict=False):
            values[variable] = output.asnumpy()
    return None


def _branch(params: Any, arrays: Sequence[np.ndarray], is_train: bool) -> tuple[Any, int] | None:
    """Run the branch that a condition chooses."""

    def run(place: int) -> Any:
        graph, sources = params._subgraphs[place], params._sources[place]
        exe = _bound(graph._entries, {node: arrays[source] for node, source in zip(graph.graph.variables, sources, strict=True)})
        exe.forward(is_train=is_train)
        return exe

    exe = run(1 if run(0).outputs[0].asnumpy().any() else 2)
    return None if all(is_finite(output._data) for output in exe.outputs) else (exe, 0)


def _row(array: np.ndarray, place: int, cell: bool) -> np.ndarray:
    return array[place : place + 1] if cell and array.ndim == 1 else np.asarray(array[place])


def _bound(entries: Sequence[Entry], values: dict[Node, np.ndarray]) -> Any:
    symbol = Symbol(entries)
    arguments = [NDArray(values[node].copy()) for node in symbol.graph.arguments]
    states = [NDArray(values[node].copy()) for node in symbol.graph.states]
    return symbol.bind(cpu(), args=arguments, aux_states=states)


def _fill(exe: Any, values: dict[Node, np.ndarray]) -> None:
    for node, array in zip((*exe._graph.arguments, *exe._graph.states), (*exe.arg_arrays, *exe.aux_arrays), strict=True):
        if node not in exe._graph.states:
            np.copyto(array._data, values[node])
