"""``mx.nd.contrib``: operators, and loops and conditions, which on arrays are those of Python."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, IndexingError, InputError, describe
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.call import on_arrays
from symbolic.nd.updates import OWN as UPDATES
from symbolic.symbol.control import at_least_one, flattened, limit_of, regrouped

__all__ = ["cond", "foreach", "while_loop"]


def foreach(body: Callable[[Any, Any], tuple[Any, Any]], data: Any, init_states: Any) -> tuple[Any, Any]:
    """Run a function on each row of some arrays, handing states from one run to the next.

    Parameters
    ----------
    body : callable
        Takes one row of ``data`` and the states, in the form in which they are given; returns outputs, in any form, and
        the new states.
    data : NDArray or nested list of NDArray
        What is taken apart along its first axis.
    init_states : NDArray or nested list of NDArray
        The states before the first run.

    Returns
    -------
    outputs, states
        The outputs of all runs stacked along a new first axis, and the last states.
    """
    rows, row_form = flattened(data, NDArray, "foreach", "data")
    states, state_form = flattened(init_states, NDArray, "foreach", "init_states")
    lengths = {len(array) for array in rows}
    if len(lengths) != 1 or lengths == {0}:
        facts = {"argument": "data", "got": [array.shape for array in rows], "expected": "arrays of one length, 1 or more"}
        raise IndexingError(describe("there is no loop over such arrays", operator="foreach", facts=facts))
    collected: list[list[NDArray]] = []
    output_form: Any = None
    for place in range(lengths.pop()):
        made = body(regrouped([array[place] for array in rows], row_form), regrouped(states, state_form))
        outputs, output_form, states = _taken(made, states, "foreach")
        collected.append(outputs)
    return regrouped(_stacked(collected), output_form), regrouped(states, state_form)


def while_loop(
    cond: Callable[..., Any], func: Callable[..., tuple[Any, Any]], loop_vars: Any, max_iterations: int | None = None
) -> tuple[Any, Any]:
    """Run a function again and again while another says so.

    Parameters
    ----------
    cond : callable
        Takes the variables of the loop; returns an array of one element, or a number.
    func : callable
        Takes the variables of the loop; returns outputs (``None``, an array or a list) and the variables' new values.
    loop_vars : NDArray or list of NDArray
        Where the variables start.
    max_iterations : int
        The largest number of runs.

    Returns
    -------
    outputs, states
        The outputs of all runs stacked along a new first axis of size ``max_iterations``, zero in the rows of runs that
        were not made (an empty list if there was none); and the last values of the variables.
    """
    limit = limit_of(max_iterations)
    states, form = flattened(loop_vars, NDArray, "while_loop", "loop_vars")
    at_least_one(states)
    collected: list[list[NDArray]] = []
    output_form: Any = []
    while len(collected) < limit and _decided(cond(*_arguments(states, form)), "while_loop"):
        outputs, output_form, states = _taken(func(*_arguments(states, form)), states, "while_loop")
        collected.append(outputs)
    return regrouped(_stacked(collected, limit), output_form), regrouped(states, form)


def cond(pred: Any, then_func: Callable[[], Any], else_func: Callable[[], Any]) -> Any:
    """Run one of two functions.

    Parameters
    ----------
    pred : NDArray of one element, or a number
        Whether it is not zero decides.
    then_func, else_func : callable
        Without arguments; they return an array or nested lists of arrays.
    """
    outputs, form = flattened((then_func if _decided(pred, "cond") else else_func)(), NDArray, "cond", "outputs")
    return regrouped(outputs, form)


def _arguments(states: Sequence[NDArray], form: Any) -> list[Any]:
    grouped = regrouped(states, form)
    return grouped if isinstance(grouped, list) else [grouped]


def _decided(value: Any, operator: str) -> bool:
    if isinstance(value, NDArray) and value.size != 1:
        facts = {"got": f"an array of shape {value.shape}", "expected": "one element"}
        raise ArgumentError(describe("what decides is not a scalar", operator=operator, facts=facts))
    return bool(value)


def _taken(made: Any, states: Sequence[NDArray], operator: str) -> tuple[list[NDArray], Any, list[NDArray]]:
    """Take apart what a function returned: outputs, their form, new states."""
    if not isinstance(made, (tuple, list)) or len(made) != 2:
        raise ArgumentError(
            describe("the function must return outputs and states", operator=operator, facts={"got": repr(made), "expected": "a pair"})
        )
    outputs, form = flattened([] if made[0] is None else made[0], NDArray, operator, "outputs")
    new, _ = flattened(made[1], NDArray, operator, "states")
    if len(new) != len(states):
        facts = {"got": f"{len(new)} states", "expected": len(states)}
        raise InputError(describe("the new states do not have the form of those before", operator=operator, facts=facts))
    return outputs, form, new


def _stacked(collected: Sequence[Sequence[NDArray]], length: int = 0) -> list[NDArray]:
    """Stack the outputs of all runs, up to a length with zeros."""
    stacked = []
    for members in zip(*collected, strict=True):
        joined = on_arrays("stack")(*members, axis=0)
        if length > len(members):
            rest = wrap(np.zeros((length - len(members), *joined.shape[1:]), joined.dtype), joined.ctx)
            joined = on_arrays("Concat")(joined, rest, dim=0)
        stacked.append(joined)
    return stacked


def __getattr__(name: str) -> Any:
    """Find an operator: ``mx.nd.contrib.box_iou``."""
    return getattr(importlib.import_module("symbolic.nd.namespace").operators("contrib"), name)


def __dir__() -> list[str]:
    return dir(importlib.import_module("symbolic.nd.namespace").operators("contrib"))


OWN = {"cond": cond, "foreach": foreach, "while_loop": while_loop, **UPDATES}
