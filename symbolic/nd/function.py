"""Functions with a gradient of their own, written in Python, as nodes of the tape: what `autograd.Function` records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from symbolic.errors import InputError, ShapeError, describe
from symbolic.graph.node import Node
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.tape import check_target, record
from symbolic.operator.layout import Layout
from symbolic.operator.op import Op, Operator, Rule
from symbolic.symbol.handle import Symbol

__all__ = ["FUNCTION_BACKWARD", "record_function", "run_backward"]

Like = tuple[tuple[int, ...], np.dtype]


class _Call(Operator):
    """One call of a function."""

    _function: Any
    _like: list[Like]  # shapes and types of its inputs
    _forward: tuple[Any, str]  # in the backward node: parameters of the forward one


def _gradient(params: Any, data: list[Symbol], output: list[Symbol], d_output: list[Symbol]) -> Iterator[tuple[str, Any]]:
    forward = output[0]._entries[0][0]
    below = _laid_out(FUNCTION_BACKWARD, ("d_output", len(d_output)), ("d_data", len(data)))
    below._like, below._forward = params._like, (params, "")
    node = Node(FUNCTION_BACKWARD, below, f"{forward.name}.backward", tuple([symbol._entries[0] for symbol in d_output]))
    yield "data", [Symbol([(node, place)]) for place in range(len(data))]


def _operator(name: str) -> Op:
    """Make an operator that only the tape knows: its nodes run code of the user, not a kernel."""
    op = Op(_Call, name, {}, ())
    op.foreign = op.random = True
    op.infer_shape = op.infer_dtype = Rule(lambda params: iter(()), ())
    return op


FUNCTION, FUNCTION_BACKWARD = _operator("_CustomFunction"), _operator("_backward_CustomFunction")
FUNCTION.gradient = Rule(_gradient, ("data", "output", "d_output"))
FUNCTION_BACKWARD.infer_shape = Rule(lambda params: iter([("d_data", [shape for shape, _ in params._like])]), ())
FUNCTION_BACKWARD.infer_dtype = Rule(lambda params: iter([("d_data", [dtype for _, dtype in params._like])]), ())
FUNCTION_BACKWARD.differentiable = False


def _laid_out(op: Op, inputs: tuple[str, int], outputs: tuple[str, int]) -> Any:
    params = _Call()
    params._op, params._spelled, params._same = op, {}, params
    (data, taken), (result, made) = inputs, outputs
    params._layout = Layout(
        tuple([f"{data}{place}" for place in range(taken)]),
        tuple([f"{result}{place}" for place in range(made)]),
        (),
        (),
        (),
        frozenset(),
        {data: range(taken), result: range(taken, taken + made)},
        made,
    )
    return params


def record_function(function: Any, inputs: Sequence[NDArray], outputs: Sequence[NDArray]) -> None:
    """Put a call on the tape.

    Raises
    ------
    GradientError
        If an output is an array that is on the tape already: an input, mostly.
    """
    for output in outputs:
        check_target(output, inputs, type(function).__name__)
    params = _laid_out(FUNCTION, ("data", len(inputs)), ("output", len(outputs)))
    params._function = function
    params._like = [(array.shape, array._data.dtype) for array in inputs]
    record(FUNCTION, params, inputs, outputs)


def run_backward(params: Any, heads: Sequence[np.ndarray], context: Any) -> list[np.ndarray]:
    """Call the user's ``backward``; return a gradient for each input, in memory of its own.

    Raises
    ------
    InputError
        If it returns anything but one array for each input.
    ShapeError
        If an array does not fit its input.
    """
    function = params._function
    found = function.backward(*[wrap(head, context) for head in heads])
    found = [found] if isinstance(found, NDArray) else list(found) if isinstance(found, (tuple, list)) else [found]
    name = f"{type(function).__name__}.backward"
    if len(found) != len(params._like) or not all(isinstance(gradient, NDArray) for gradient in found):
        facts = {"got": [type(gradient).__name__ for gradient in found], "expected": f"{len(params._like)} NDArray, one for each input"}
        raise InputError(describe("it must return a gradient for each input of forward", operator=name, facts=facts))
    results = []
    for place, (gradient, (shape, dtype)) in enumerate(zip(found, params._like, strict=True)):
        made = np.empty(shape, dtype)
        try:
            made[...] = gradient._data
        except ValueError:
            facts = {"gradient": place, "got": gradient.shape, "expected": shape}
            raise ShapeError(describe("a gradient has the shape of its input", operator=name, facts=facts)) from None
        results.append(made)
    return results
