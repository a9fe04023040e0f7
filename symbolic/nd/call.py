"""Operators called on arrays at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic import registry
from symbolic.backends import run_operator
from symbolic.errors import ArgumentError, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.infer.dtype import dtypes_of
from symbolic.nd.array import NDArray
from symbolic.operator.body import run_body
from symbolic.operator.fields import Tensors
from symbolic.passes.expand import is_float, widest
from symbolic.scope import on_arrays as bodies_on_arrays
from symbolic.values.context import Context

__all__ = ["ArrayOperator", "call", "on_arrays", "reshaped"]


class ArrayOperator:
    """An operator as a function of arrays: what ``mx.nd.<name>`` is."""

    def __init__(self, op: Any):
        self._op = op
        self.__name__ = self.__qualname__ = op.__name__
        self.__module__ = op.__module__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return call(self._op, args, kwargs)

    def __repr__(self) -> str:
        return f"<operator {self._op.name} on arrays>"

    @property
    def __signature__(self) -> Any:
        return self._op.__signature__

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return self._op.__doc__


_functions: dict[str, ArrayOperator] = {}


def on_arrays(name: str) -> ArrayOperator:
    """Find an operator by name, as a function of arrays."""
    found = _functions.get(name)
    if found is None:
        found = _functions[name] = ArrayOperator(registry.find(name))
    return found


def call(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Match arguments, compute, and return an NDArray, or a list of them.

    ``out`` receives the results. States (``mutated`` inputs) are rewritten in their arrays.
    """
    kwargs.pop("name", None)
    kwargs.pop("attr", None)
    out = kwargs.pop("out", None)
    context = kwargs.pop("ctx", None)
    given, words = _matched(op, args, kwargs)
    params = op.parameters(words)
    layout = params._layout
    arrays = []
    for slot in layout.inputs:
        value = given.pop(slot, None)
        if value is None:
            raise ArgumentError(
                describe(f"input {slot!r} is missing", operator=op.name, facts={"argument": slot, "got": "nothing", "expected": "NDArray"})
            )
        arrays.append(_array(value, op, slot))
    if given:
        slot = next(iter(given))
        raise ArgumentError(
            describe(f"there is no input {slot!r} with these parameters", operator=op.name, facts={"argument": slot, "expected": ", ".join(layout.inputs)})
        )
    results = evaluate(op.canonical, params, arrays)
    for position, version in layout.versions:
        np.copyto(arrays[position]._data, results[version]._data, casting="unsafe")
    visible = results[: len(layout.outputs)]
    if isinstance(context, Context):
        visible = [NDArray(array._data, context) for array in visible]
    if out is not None:
        targets = list(out) if isinstance(out, (list, tuple)) else [out]
        if len(targets) > len(visible):
            raise ArgumentError(describe("more arrays to write to than outputs", operator=op.name, facts={"argument": "out", "got": len(targets), "expected": len(visible)}))
        for target, result in zip(targets, visible, strict=False):
            target[:] = result
        return out
    return visible[0] if len(visible) == 1 else visible


def evaluate(op: Any, params: Any, arrays: list[NDArray], is_train: bool = False) -> list[NDArray]:
    """Compute every output: a composite's body runs on the arrays, a primitive's kernel is called."""
    if op.body is None:
        return [NDArray(x) for x in run_operator(op, params, [a._data for a in arrays], is_train)]
    types = [array._data.dtype for array in arrays]
    wide = widest(types)
    mixed = any(is_float(dtype) and dtype != wide for dtype in types)
    inputs = [a.astype(wide) if is_float(t) and t != wide else a for a, t in zip(arrays, types, strict=True)] if mixed else arrays
    with bodies_on_arrays(call):
        results = run_body(op, params, [*inputs, *[None] * params._layout.size], is_train)
    if not mixed:
        return results
    return [r if r._data.dtype == t else r.astype(t) for r, t in zip(results, _types(op, params, arrays), strict=True)]


def _types(op: Any, params: Any, arrays: list[NDArray]) -> list[np.dtype]:
    variables = [Node(None, None, slot) for slot in params._layout.inputs]
    node = Node(op, params, op.hint, tuple([(v, 0) for v in variables]))
    graph = Graph([(node, 0)])
    facts = dtypes_of(graph, {v: a._data.dtype for v, a in zip(variables, arrays, strict=True)})
    first = graph.number((node, 0))
    return facts[first : first + params._layout.size]


def _matched(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Match positional and keyword arguments to inputs and parameters."""
    given: dict[str, Any] = {}
    words: dict[str, Any] = {}
    many: list[Any] | None = None
    rest = list(args)
    if op.variadic is not None and rest:
        fixed = [slot for slot, field in op.inputs.items() if not isinstance(field, Tensors)]
        if len(rest) == 1 and isinstance(rest[0], (list, tuple)):
            rest = list(rest[0])
        given.update(zip(fixed, rest, strict=False))
        many, rest = rest[len(fixed) :], []
    for slot, value in zip(op._slots, rest, strict=False):
        if value is not None:
            (given if slot in op.inputs else words)[slot] = value
    if len(rest) > len(op._slots):
        raise ArgumentError(describe("too many positional arguments", operator=op.name, facts={"got": len(rest), "expected": ", ".join(op._slots)}))
    for key, value in kwargs.items():
        field = op.inputs.get(key)
        if isinstance(field, Tensors):
            many = list(value)
        elif field is not None:
            if value is not None:
                given[key] = value
        elif isinstance(value, NDArray) and op.variadic is not None:
            given[key] = value
        elif value is not None or key in op.params:
            words[key] = value
    if op.count_name is not None and op.count_name not in words and (many is not None or given):
        words[op.count_name] = len(many or ()) + len([k for k in given if k not in op.inputs])
    if many is not None:
        layout = op.parameters(words)._layout
        place = layout.places[op.variadic.name]
        names = layout.inputs[place.start : place.stop]
        if len(many) != len(names):
            raise ArgumentError(describe("wrong number of inputs", operator=op.name, facts={"got": len(many), "expected": len(names)}))
        given.update(zip(names, many, strict=True))
    return given, words


def _array(value: Any, op: Any, slot: str) -> NDArray:
    if isinstance(value, NDArray):
        return value
    if isinstance(value, np.ndarray):
        return NDArray(value)
    raise ArgumentError(
        describe(
            f"input {slot!r} must be an NDArray, not {type(value).__name__}",
            operator=op.name,
            facts={"argument": slot, "got": repr(value), "expected": "NDArray or numpy.ndarray"},
        )
    )


def reshaped(array: NDArray, **kwargs: Any) -> NDArray:
    """Do ``NDArray.reshape``: like the operator, but on the same memory."""
    shape = call(registry.find("Reshape"), (array,), kwargs).shape
    return NDArray(array._data.reshape(shape), array._context)
