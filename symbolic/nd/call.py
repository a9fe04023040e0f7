"""Operators called on arrays at once."""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from symbolic import registry
from symbolic.backends import executor_at_once
from symbolic.errors import ArgumentError, DTypeError, InputError, OutOfMemory, ShapeError, describe, out_of_memory
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.convert import INT64, converted
from symbolic.nd.mode import RECORDING, TRAINING, mode
from symbolic.nd.tape import check_target, entry_of, record, record_as
from symbolic.operator.body import run_body
from symbolic.operator.compose import _count_members, _name_members, _refuse_absent
from symbolic.operator.match import is_tensor, match, shown, unknown_argument
from symbolic.passes.expand import is_float, widest, without_gradient
from symbolic.scope import HIDDEN_KEYS, _stack
from symbolic.scope import on_arrays as bodies_on_arrays
from symbolic.values.context import Context, current_context

__all__ = ["ArrayOperator", "call", "copy_into", "of_two", "on_arrays", "reshaped", "viewed"]

Into = Sequence[np.ndarray | None]

OUT = "out : NDArray or list of NDArray, optional\n    Receives the results.\n"


class ArrayOperator:
    """An operator as a function of arrays: what ``mx.nd.<name>`` is."""

    def __init__(self, op: Any):
        self._op = op
        self.__name__ = self.__qualname__ = op.__name__
        self.__module__ = op.__module__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return call(self._op, args, kwargs)

    @cached_property
    def plain(self) -> Any:
        """Its parameters where none are given."""
        return self._op.parameters({})

    def __repr__(self) -> str:
        return f"<operator {self._op.name} on arrays>"

    @property
    def __signature__(self) -> inspect.Signature:
        composed: inspect.Signature = self._op.__signature__
        out = inspect.Parameter("out", composed.parameters["name"].kind, default=None, annotation="NDArray or list of NDArray")
        own = [(name, parameter) for name, parameter in composed.parameters.items() if name != "attr"]
        return composed.replace(
            parameters=[part for name, parameter in own for part in ((out, parameter) if name == "name" else (parameter,))]
        )

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        before, name, after = self._op.__doc__.partition("name : str")
        return f"{before}{OUT}{name}{after}".replace("Symbol or NDArray", "NDArray").replace(" : Symbol", " : NDArray")


_functions: dict[str, ArrayOperator] = {}


def on_arrays(name: str) -> ArrayOperator:
    """Find an operator by name, as a function of arrays."""
    found = _functions.get(name)
    if found is None:
        found = _functions[name] = ArrayOperator(registry.find(name))
    return found


# -- calls ------------------------------------------------------------------------------------------------------------


def call(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Match arguments, compute, and return an NDArray, or a list of them.

    As in the reference: ``out`` receives the results, also as the first positional argument after the parameters;
    ``name`` and annotations have no effect; states (``mutated`` inputs) are rewritten in their arrays.
    """
    out = kwargs.pop("out", None) if "out" in kwargs else None
    context = None
    if len(args) == op.call.plain and kwargs.keys() <= op.params.keys() and _are_arrays(args) and "ctx" not in kwargs:
        arrays, params = list(args), op.parameters(kwargs)  # as most calls are
        layout = params._layout
    else:
        if op.variadic is None and len(args) > op.call.count + len(op.params):
            args, out = _without_out(op, args, out)
        params, layout, arrays, context = _matched(op, args, kwargs)
    if context is None:
        context = arrays[0]._context if arrays else current_context()
    flags = mode.flags
    if flags >= RECORDING and out is not None:
        for target in out if isinstance(out, (list, tuple)) else [out]:
            check_target(target, arrays, op.name)
    into = _straight_into(layout, arrays, out) if flags < RECORDING and (out is not None or layout.versions) else ()
    results = computed(op.canonical, params, arrays, context, flags, into)
    visible = results[: len(layout.outputs)] if len(results) > len(layout.outputs) else results
    write = getattr(params, "_into", _copied)
    targets = [] if out is None else _checked_targets(op, out, visible, write is _copied)
    for position, version in layout.versions:
        if results[version]._data is not arrays[position]._data:
            copy_into(arrays[position], results[version], op.name, layout.inputs[position])
    for target, result in zip(targets, visible, strict=False):
        write(target._data, result._data)
        if flags >= RECORDING and entry_of(result) is not None:
            target._entry = result._entry
    return out if out is not None else visible[0] if len(visible) == 1 else visible


def _are_arrays(values: Sequence[Any]) -> bool:
    for value in values:  # noqa: SIM110 - all() with a generator costs a microsecond
        if not isinstance(value, NDArray):
            return False
    return True


def _matched(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any, list[NDArray], Context | None]:
    """Match arguments to parameters and inputs; return parameters, their layout, arrays, and a context if one is given."""
    given, words, _, _, rest = match(op, args, kwargs)
    context = _context_among(op, rest, given, words) if rest or "ctx" in words else None
    if op.variadic is not None:
        _count_members(op, "", given, words)
    params = op.parameters(words)
    layout = params._layout
    if op.variadic is not None:
        _name_members(op, "", given, layout)
    if op.variadic is None and len(layout.inputs) < len(op.inputs):
        given = _moved_up(op, given, layout.inputs)
    values = [given.pop(slot, None) for slot in layout.inputs]
    arrays = [x if isinstance(x, NDArray) else _adopted(x, op, slot) for x, slot in zip(values, layout.inputs, strict=True)]
    if given:
        _refuse_absent(op, "", given, params)
    for position, _ in layout.versions:
        if arrays[position] is not values[position]:
            raise InputError(_unfit(op, layout.inputs[position], values[position], "NDArray, for it is rewritten"))
    return params, layout, arrays, context


def _moved_up(op: Any, given: dict[str, Any], present: tuple[str, ...]) -> dict[str, Any]:
    """Give arrays to the inputs that there are, in order, where one stands in an input that is not there.

    MXNet hands arrays on without their names: those behind the bias stand one place earlier under ``no_bias=True``.
    """
    arrays = [given[slot] for slot in op.inputs if given.get(slot) is not None]
    if len(arrays) != len(present) or all(given.get(slot) is not None for slot in present):
        return given
    return dict(zip(present, arrays, strict=True))


def _copied(target: np.ndarray, result: np.ndarray) -> None:
    """Write a result to the user's array; an operator may state another way, ``_into``, as one of its own methods."""
    if result is not target:
        np.copyto(target, result)


def _straight_into(layout: Any, arrays: list[NDArray], out: Any) -> Into:
    """List the arrays where the results belong, for who can compute a large one there."""
    into: list[np.ndarray | None] = [None] * layout.size
    outs = out if isinstance(out, (list, tuple)) else [out]
    for place, target in enumerate(outs[: len(layout.outputs)]):
        into[place] = target._data if isinstance(target, NDArray) else None
    for position, version in layout.versions:
        into[version] = arrays[position]._data
        if any(array is into[version] for array in into[:version]):
            return ()  # two results for one array: the last to be written there counts
    return into


def _without_out(op: Any, args: tuple[Any, ...], out: Any) -> tuple[tuple[Any, ...], Any]:
    """Take ``out`` from among the positional arguments; ``name`` may stand behind it."""
    most = op.call.count + len(op.params)
    if len(args) > most + 2 or (args[most] is not None and out is not None):
        facts = {"got": len(args), "expected": f"at most {most} and out: {', '.join(op._slots)}"}
        raise ArgumentError(describe("too many positional arguments", operator=op.name, facts=facts))
    return args[:most], args[most] if out is None else out


def _context_among(op: Any, rest: dict[str, Any], given: dict[str, Any], words: dict[str, Any]) -> Context | None:
    """Find the context among further keywords; annotations are dropped, words of a ``rest`` field added to the others."""
    context = words.pop("ctx", None)
    for key, value in rest.items():
        if key == "ctx" and not op.inputs:
            context = value
        elif key in HIDDEN_KEYS or (key[:2] == "__" and key[-2:] == "__"):
            continue
        elif op.rest:
            (given if is_tensor(value) else words)[key] = value
        else:
            raise unknown_argument(op, None, key, value)
    if isinstance(context, str):
        device, _, number = context.rstrip(")").partition("(")
        context = Context(device, int(number)) if number.isdigit() else context
    if context is None or isinstance(context, Context):
        return context
    raise ArgumentError(
        describe("ctx must be a Context", operator=op.name, facts={"argument": "ctx", "got": shown(context), "expected": "mx.cpu()"})
    )


def _adopted(value: Any, op: Any, slot: str) -> NDArray:
    """Make an NDArray of a NumPy array in an input; it becomes float32, as ``mx.nd.array`` and a graph make it."""
    if value is None:
        facts = {"argument": slot, "got": "nothing", "expected": "NDArray"}
        raise InputError(describe(f"input {slot!r} is missing", operator=op.name, facts=facts))
    if not isinstance(value, np.ndarray):
        raise InputError(_unfit(op, slot, value, "NDArray or numpy.ndarray"))
    if value.dtype.kind in "iu" and not np.array_equal(value.astype(np.float32).astype(value.dtype), value):
        raise InputError(_unfit(op, slot, value, f"mx.nd.array(a, dtype={value.dtype.name!r}): float32 does not hold these integers"))
    with np.errstate(all="ignore"):
        return NDArray(value.astype(np.float32))


def _unfit(op: Any, slot: str, value: Any, expected: str) -> str:
    facts = {"argument": slot, "got": shown(value), "expected": expected}
    return describe(f"input {slot!r} cannot be of type {type(value).__name__}", operator=op.name, facts=facts)


def _checked_targets(op: Any, out: Any, results: Sequence[NDArray], alike: bool) -> Sequence[NDArray]:
    """See that results fit where the user wants them, before anything is written."""
    targets = out if isinstance(out, (list, tuple)) else [out]
    if len(targets) != len(results):
        facts = {"argument": "out", "got": len(targets), "expected": len(results)}
        raise ArgumentError(describe("there are not as many arrays to write to as outputs", operator=op.name, facts=facts))
    for target, result in zip(targets, results, strict=True):
        if not isinstance(target, NDArray):
            facts = {"argument": "out", "got": shown(target), "expected": "NDArray"}
            raise ArgumentError(describe("results go to NDArrays", operator=op.name, facts=facts))
        if not alike:
            continue
        _check_shape(target, result, op.name, "out")
        if target._data.dtype != result._data.dtype:
            facts = {"argument": "out", "got": target._data.dtype, "expected": result._data.dtype}
            raise DTypeError(describe("the result has another type than the array to write to", operator=op.name, facts=facts))
    return targets


def _check_shape(target: NDArray, source: NDArray, operator: str, argument: str) -> None:
    if source._data.shape != target._data.shape:
        facts = {"argument": argument, "got": target.shape, "expected": source.shape}
        raise ShapeError(describe("the array to write to has another shape than the values", operator=operator, facts=facts))


def copy_into(target: NDArray, source: NDArray, operator: str, argument: str) -> None:
    """Copy values into an array of the same shape; the type is converted."""
    _check_shape(target, source, operator, argument)
    if source._data.dtype == target._data.dtype:
        np.copyto(target._data, source._data)
    else:
        with np.errstate(all="ignore"):
            np.copyto(target._data, source._data, casting="unsafe")


# -- two operands -----------------------------------------------------------------------------------------------------


def of_two(name: str, lhs: Any, rhs: Any) -> NDArray:
    """Call an operator on two arrays, or on an array and what it takes for one of its type."""
    if not isinstance(rhs, NDArray):
        lhs, rhs = _paired(lhs, rhs, name)
    elif not isinstance(lhs, NDArray):
        rhs, lhs = _paired(rhs, lhs, name)
    function = on_arrays(name)
    return computed(function._op, function.plain, [lhs, rhs], lhs._context, mode.flags)[0]


def _paired(array: NDArray, other: Any, name: str) -> tuple[NDArray, NDArray]:
    """Make an array of the operand that is none: a number, or a NumPy array of the same kind of numbers."""
    dtype = array._data.dtype
    if isinstance(other, np.ndarray) and other.ndim:
        if not np.can_cast(other.dtype, dtype, "same_kind"):
            facts = {"argument": "operand", "got": other.dtype, "expected": dtype}
            raise DTypeError(describe("the NumPy array does not fit the type of the NDArray", operator=name, facts=facts))
        with np.errstate(all="ignore"):
            return array, NDArray(other.astype(dtype), array._context)
    if dtype.kind == "b":  # beside a number, booleans are integers
        array, dtype = array.astype(INT64), INT64
    return array, wrap(converted(other, dtype), array._context)


# -- computing --------------------------------------------------------------------------------------------------------


def computed(op: Any, params: Any, arrays: list[NDArray], context: Context, flags: int, into: Into = ()) -> list[NDArray]:
    """Compute every output as the thread's mode says, and put the call on the tape if it records."""
    if flags < RECORDING:
        return evaluate(op, params, arrays, context, flags == TRAINING, into)
    is_train = flags != RECORDING
    if op.random and op.body is not None and without_gradient(op):  # its body is what is recorded: draws are not made twice
        with np.errstate(all="ignore"):
            return _body_on_arrays(op, params, arrays, is_train)
    if op.foreign:
        params._kept = {}  # what the user's forward leaves for the backward
    mode.flags = flags - RECORDING  # what runs within is not recorded
    try:
        results = evaluate(op, params, arrays, context, is_train)
    finally:
        mode.flags = flags
    record(op, params, arrays, results)
    return results


def evaluate(op: Any, params: Any, arrays: list[NDArray], context: Context, is_train: bool = False, into: Into = ()) -> list[NDArray]:
    """Compute every output, by a kernel if there is one, else by running the operator's body on the arrays."""
    if _stack.runner is not None:  # within a body, whose caller has silenced warnings
        return _evaluated(op, params, arrays, context, is_train, into)
    try:
        with np.errstate(all="ignore"):
            return _evaluated(op, params, arrays, context, is_train, into)
    except OutOfMemory:
        raise
    except MemoryError as error:
        raise out_of_memory(error, "there is no memory for its results", operator=op.name) from None


def _evaluated(op: Any, params: Any, arrays: list[NDArray], context: Context, is_train: bool, into: Into) -> list[NDArray]:
    data = [array._data for array in arrays]
    executor = executor_at_once()
    if op.body is None or executor.claims(op):
        results = executor.compute(op, params, data, is_train)
    else:
        results = executor.compute_composite(op, params, data, is_train, partial(_through_body, op, params, arrays, is_train), into)
    return [wrap(result, context) for result in results]


def _through_body(op: Any, params: Any, arrays: list[NDArray], is_train: bool) -> list[np.ndarray]:
    return [result._data for result in _body_on_arrays(op, params, arrays, is_train)]


def _body_on_arrays(op: Any, params: Any, arrays: list[NDArray], is_train: bool) -> list[NDArray]:
    """Run a body on arrays; it computes in the widest floating-point type of its inputs, at least float32."""
    made = _checked_types(op, params, arrays)
    types = [array._data.dtype for array in arrays]
    wide = widest(types)
    mixed = any(is_float(dtype) and dtype != wide for dtype in types)
    inputs = [_cast(x, wide) if is_float(t) and t != wide else x for x, t in zip(arrays, types, strict=True)] if mixed else arrays
    with bodies_on_arrays(call):
        results = run_body(op, params, [*inputs, *[None] * params._layout.size], is_train)
        if mixed:
            results = [x if x._data.dtype == t else _cast(x, t) for x, t in zip(results, made, strict=True)]
        for place, result in enumerate(results):
            if any(result is other for other in (*inputs, *results[:place])):
                results[place] = on_arrays("_copy")(result)  # a body may hand its input on; a result is nobody else's
    return results


def _cast(array: NDArray, dtype: np.dtype) -> NDArray:
    return on_arrays("Cast")(array, dtype=dtype)


def _alone(op: Any, params: Any) -> tuple[Graph, Node, list[Node]]:
    """Make the graph of one node on variables."""
    variables = [Node(None, None, slot) for slot in params._layout.inputs]
    node = Node(op, params, "", tuple([(variable, 0) for variable in variables]))
    return Graph([(node, 0), *[(variable, 0) for variable in variables]]), node, variables


def _checked_types(op: Any, params: Any, arrays: Sequence[NDArray]) -> list[np.dtype]:
    """Find the types of the results, after the operator's own rules have seen shapes and types, as a graph's would be."""
    graph, node, variables = _alone(op, params)
    if op.infer_shape is not None:
        shapes_of(graph, {variable: array.shape for variable, array in zip(variables, arrays, strict=True)}, declared=False, source="")
    facts = dtypes_of(graph, {variable: array._data.dtype for variable, array in zip(variables, arrays, strict=True)}, source="")
    first = graph.number((node, 0))
    return facts[first : first + params._layout.size]


# -- the same memory under another shape ------------------------------------------------------------------------------


def viewed(name: str, array: NDArray, words: dict[str, Any]) -> NDArray:
    """Give an array the shape that an operator's result has, on the same memory."""
    op = registry.find(name)
    graph, node, variables = _alone(op, op.parameters(words))
    shape = shapes_of(graph, {variables[0]: array.shape}, declared=False)[graph.number((node, 0))]
    return _seen(name, words, array, shape)


def _seen(name: str, words: dict[str, Any], array: NDArray, shape: Any) -> NDArray:
    made = wrap(array._data.reshape(shape), array._context)
    if mode.flags >= RECORDING:
        record_as(name, words, [array], made)
    return made


def reshaped(array: NDArray, shape: tuple[Any, ...], kwargs: dict[str, Any]) -> NDArray:
    """Do ``NDArray.reshape``: sizes and codes as in the operator ``Reshape``, given one by one, as a tuple, or by name."""
    kwargs = dict(kwargs)
    reverse = kwargs.pop("reverse", False)
    named = kwargs.pop("shape", None)
    if kwargs:
        facts = {"argument": next(iter(kwargs)), "expected": "shape, reverse"}
        raise ArgumentError(describe("unknown argument", operator="reshape", facts=facts))
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape or named
    if not isinstance(sizes, (tuple, list)) or not all(isinstance(size, (int, np.integer)) for size in sizes):
        facts = {"argument": "shape", "got": shown(sizes), "expected": "tuple of int"}
        raise ArgumentError(describe("a shape holds integers", operator="reshape", facts=facts))
    sizes = tuple([int(size) for size in sizes])
    if sizes and min(sizes) <= 0:
        return viewed("Reshape", array, {"shape": sizes, "reverse": reverse})
    if math.prod(sizes) != array.size:
        facts = {"argument": "shape", "got": sizes, "expected": f"{array.size} elements, of shape {array.shape}"}
        raise ShapeError(describe("the elements do not fit the shape", operator="reshape", facts=facts))
    return _seen("Reshape", {"shape": sizes}, array, sizes)
