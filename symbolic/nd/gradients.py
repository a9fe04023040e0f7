"""Gradients of recorded arrays: the way back through the tape, planned once for each form that a tape has.

A tape is looked at as a graph whose values are all there. Its gradient is made by `autodiff.gradients`; wherever that reads a
value of the forward computation, a variable takes the value's place::

    x -> exp -> y       dx = dy * y      =>     dy, y -> multiply -> dx         y is bound to what was recorded

so nothing is computed twice: draws, masks and states are those of the forward run. Only what lies within a composite that was
computed whole is computed again, if the gradient needs it. The plan is kept under the tape's form: operators, parameters,
connections, shapes and types of the variables. A training loop that records the same form finds its plan again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, GradientError, InputError, ShapeError, UnknownName, describe
from symbolic.graph.graph import depth_first
from symbolic.graph.node import Entry
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.backward import Plan
from symbolic.nd.mode import RECORDING, TRAINING, switched
from symbolic.nd.tape import Recorded, entry_of, mark, release
from symbolic.values.shape import is_np_shape

__all__ = ["REQUESTS", "attach", "differentiate", "mark_variables"]

REQUESTS = ("null", "write", "add")
MOST_REMEMBERED = 256

plans: dict[Any, Plan] = {}


def attach(array: NDArray, request: str, stype: str | None = None) -> None:
    """Do ``NDArray.attach_grad``."""
    _check_request(request, "attach_grad")
    with switched(0):
        gradient = wrap(np.zeros(array.shape, array.dtype), array._context)
        if (stype or array.stype) != "default":
            gradient = gradient.tostype(stype or array.stype)
    mark(array, gradient, request)


def mark_variables(variables: Any, gradients: Any, grad_reqs: str | Sequence[str] = "write") -> None:
    """Give arrays a gradient, as `NDArray.attach_grad`, in arrays of the user's choice.

    Parameters
    ----------
    variables, gradients : NDArray or list of NDArray
        One gradient for each variable, of its shape.
    grad_reqs : str or list of str
        ``"write"``, ``"add"`` or ``"null"``, for all or for each.

    Raises
    ------
    InputError
        If there are not as many gradients, or requests, as variables.
    ShapeError
        If a gradient has another shape than its variable.
    UnknownName
        If there is no such request.
    """
    if isinstance(variables, NDArray):
        if not isinstance(gradients, NDArray):
            facts = {"argument": "gradients", "got": type(gradients).__name__, "expected": "NDArray, as variables"}
            raise InputError(describe("one variable has one gradient", operator="mark_variables", facts=facts))
        variables, gradients = [variables], [gradients]
    requests = [grad_reqs] * len(variables) if isinstance(grad_reqs, str) else list(grad_reqs)
    if not len(variables) == len(gradients) == len(requests):
        facts = {"variables": len(variables), "gradients": len(gradients), "grad_reqs": len(requests)}
        raise InputError(describe("each variable needs a gradient and a request", operator="mark_variables", facts=facts))
    for variable, gradient, request in zip(variables, gradients, requests, strict=True):
        _check_request(request, "mark_variables")
        if not (isinstance(variable, NDArray) and isinstance(gradient, NDArray)) or variable.shape != gradient.shape:
            facts = {"variable": getattr(variable, "shape", type(variable)), "gradient": getattr(gradient, "shape", type(gradient))}
            raise ShapeError(describe("variable and gradient must be arrays of one shape", operator="mark_variables", facts=facts))
    for variable, gradient, request in zip(variables, gradients, requests, strict=True):
        mark(variable, gradient, request)


def _check_request(request: Any, operator: str) -> None:
    if request not in REQUESTS:
        facts = {"argument": "grad_req", "got": repr(request), "expected": ", ".join(REQUESTS)}
        raise UnknownName(describe("there is no such request", operator=operator, facts=facts))


# -- backward ---------------------------------------------------------------------------------------------------------


def differentiate(
    heads: Sequence[NDArray],
    head_gradients: Sequence[NDArray | None],
    variables: Sequence[NDArray] | None,
    retain_graph: bool,
    create_graph: bool,
    train_mode: bool,
) -> list[NDArray]:
    """Run backward from ``heads``; fill the gradients of what is marked, or return those of ``variables``.

    Raises
    ------
    GradientError
        If a head was not recorded, its record is gone, nothing below needs a gradient, or an operator has none.
    """
    entries = [_recorded(head) for head in heads]
    given = [_fitting(gradient, head) for gradient, head in zip(head_gradients, heads, strict=True)]
    order: list[Recorded] = depth_first(entries)  # type: ignore[assignment]
    if any(node.op is not None and not node.alive for node in order):
        raise _gone("a part of the graph has been differentiated already, and let go")
    places = {node: place for place, node in enumerate(order)}
    if variables is None:
        wanted = [place for place, node in enumerate(order) if node.mark is not None and node.mark.request != "null"]
        if not wanted:
            hint = "call attach_grad() on arrays before they are computed with"
            raise GradientError(describe("nothing that the heads were computed from needs a gradient", operator="backward", hint=hint))
    else:
        wanted = [_place_of(variable, number, places) for number, variable in enumerate(variables)]
    plan = _plan(order, places, entries, wanted, bool(train_mode))
    if create_graph:
        with switched(RECORDING + bool(train_mode)):
            found = plan.replay(order, given, heads[0]._context)
    else:
        with switched(TRAINING if train_mode else 0), np.errstate(all="ignore"):
            found = plan.run(order, [gradient._data for gradient in given])
    results = []
    for place, value in zip(wanted, found, strict=True):
        node = order[place]
        if variables is None:
            _deliver(node, None if value is None else value._data if isinstance(value, NDArray) else value)
        else:
            results.append(_result(value, node, heads[0]))
    if not retain_graph:
        release(entries)
    return results


def _recorded(head: Any) -> Entry:
    if not isinstance(head, NDArray):
        facts = {"argument": "heads", "got": type(head).__name__, "expected": "NDArray or list of NDArray"}
        raise ArgumentError(describe("only arrays are differentiated", operator="backward", facts=facts))
    entry = entry_of(head)
    if entry is None:
        raise _gone("the array is not part of a recorded computation")
    return entry


def _gone(what: str) -> GradientError:
    hint = "compute it within autograd.record(); to differentiate the same graph twice, pass retain_graph=True to backward"
    return GradientError(describe(what, operator="backward", hint=hint))


def _fitting(gradient: NDArray | None, head: NDArray) -> NDArray:
    """See that a head gradient fits; ones are the default."""
    if gradient is None:
        return wrap(np.ones(head.shape, head.dtype), head._context)
    if not isinstance(gradient, NDArray):
        facts = {"argument": "head_grads", "got": type(gradient).__name__, "expected": "NDArray or None"}
        raise ArgumentError(describe("head gradients are arrays", operator="backward", facts=facts))
    if gradient.shape != head.shape:
        facts = {"argument": "head_grads", "got": gradient.shape, "expected": head.shape}
        raise ShapeError(describe("a head gradient has the shape of its head", operator="backward", facts=facts))
    return gradient if gradient.dtype == head.dtype else gradient.astype(head.dtype)


def _place_of(variable: Any, number: int, places: dict[Any, int]) -> int:
    entry = entry_of(variable) if isinstance(variable, NDArray) else None
    if entry is None or entry[0].mark is None:
        why, hint = f"variables[{number}] has no gradient", "call attach_grad() on it before it is computed with"
    elif entry[0] not in places:
        why, hint = f"the heads do not depend on variables[{number}]", None
    else:
        return places[entry[0]]
    raise GradientError(describe(why, operator="grad", hint=hint))


def _deliver(node: Recorded, value: np.ndarray | None) -> None:
    """Write a gradient where the user wants it."""
    goal = node.mark
    assert goal is not None
    goal.fresh = True
    gradient = goal.gradient
    if gradient.stype != "default":
        with switched(0):
            new = np.zeros(gradient.shape, gradient.dtype) if value is None else value
            gradient._data = (new if goal.request == "write" else gradient._data + new).astype(gradient.dtype)
    elif goal.request == "add":
        if value is not None:
            np.add(gradient._data, value, out=gradient._data, casting="unsafe")
    elif value is None:
        gradient._data[...] = 0
    else:
        np.copyto(gradient._data, value, casting="unsafe")


def _result(value: Any, node: Recorded, head: NDArray) -> NDArray:
    if isinstance(value, NDArray):
        return value
    assert node.mark is not None
    return wrap(np.zeros_like(node.values[0]) if value is None else value, node.mark.gradient._context)


# -- plans ------------------------------------------------------------------------------------------------------------


def _plan(order: Sequence[Recorded], places: dict[Any, int], entries: Sequence[Entry], wanted: Sequence[int], is_train: bool) -> Plan:
    """Find the plan of a tape of this form, or make it."""
    heads = tuple([(places[node], index) for node, index in entries])
    form = tuple([_form(node, places) for node in order])
    key = (form, heads, tuple(wanted), is_train, is_np_shape())
    found = plans.get(key)
    if found is None:
        if len(plans) >= MOST_REMEMBERED:
            plans.clear()
        found = plans[key] = Plan(order, heads, wanted, is_train)
    return found


def _form(node: Recorded, places: dict[Any, int]) -> Any:
    """Describe a node so that the plan for one is good for all that are alike."""
    op = node.op
    if op is None:
        values = node.values[0]
        return values.shape, values.dtype
    inputs = [(places[below], index) for below, index in node.inputs]
    if op.foreign:  # each call has parameters of its own; what comes out is its affair
        words = tuple(sorted(node.params._words.items()))
        kind = type(getattr(node.params, "_prop", None))
        return (op.name, kind, words, *inputs, *[(values.shape, values.dtype) for values in node.values])
    if op.dynamic:
        return (node.params._same, *inputs, *[values.shape for values in node.values])
    return (node.params._same, *inputs)
