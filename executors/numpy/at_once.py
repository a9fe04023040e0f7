"""Operators computed on arrays at once, with what was worked out for arrays like them before.

What does not depend on the elements is remembered for each set of parameters, shapes and types as a `Routine`: what to
allocate, and which functions to call on which arrays. A primitive's kernel is one if its bound calls hold nothing but
whole inputs, whole outputs and constants; else it is bound anew each time. A composite's body runs as it is written the
first time, for its parameters may never come again; the second time what it computes is recorded, from then on repeated.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from executors.kernel import Kernel
from executors.numpy.compile import Scratch, bound
from executors.numpy.table import table
from symbolic.errors import MissingKernel, MXNetError, ShapeError, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.operator.op import Operator
from symbolic.random import fresh
from symbolic.values.shape import complete, is_np_shape

__all__ = ["compute", "compute_composite"]

MOST_REMEMBERED = 4096
CONSTANTS = (Operator, np.generic, np.dtype, np.ufunc, bool, int, float, str, type(None))

Arrays = list[np.ndarray]


class Step(NamedTuple):
    """One call on numbered values.

    Attributes
    ----------
    made : tuple of (int, shape, dtype)
        What is allocated before it.
    function
        What is called.
    places : tuple of int
        The values it gets.
    pick : callable
        Finds them.
    out : bool
        Whether the last one is given as ``out=``.
    dropped : tuple of int
        Values that nobody needs after it.
    node : Node
        Whom it belongs to, for messages.
    """

    made: tuple[tuple[int, Any, np.dtype], ...]
    function: Callable[..., Any]
    places: tuple[int, ...]
    pick: Callable[[Sequence[Any]], tuple[Any, ...]]
    out: bool
    dropped: tuple[int, ...]
    node: Node


class Routine(NamedTuple):
    """Steps from inputs to results. Values are numbered: the inputs, then ``rest``: constants, and holes for what is made."""

    rest: tuple[Any, ...]
    steps: tuple[Step, ...]
    results: tuple[int, ...]

    def run(self, inputs: Sequence[np.ndarray]) -> Arrays:
        """Compute the results."""
        values = [*inputs, *self.rest]
        empty = np.empty
        step = None
        try:
            for step in self.steps:
                made, function, _, pick, out, dropped, _ = step
                for place, shape, dtype in made:
                    values[place] = empty(shape, dtype)
                if out:
                    *arguments, target = pick(values)
                    function(*arguments, out=target)
                else:
                    function(*pick(values))
                for place in dropped:
                    values[place] = None
        except MXNetError:
            raise
        except Exception as error:
            assert step is not None
            raise MXNetError(describe(f"{type(error).__name__} in its kernel: {error}", node=step.node)) from error
        return [values[place] for place in self.results]


class _Recording(threading.local):
    """What this thread computes, while somebody wants to know: routines, their inputs and results."""

    calls: list[tuple[Routine, Arrays, Arrays]] | None = None


_recording = _Recording()
_remembered: dict[Any, Routine] = {}
_composites: dict[Any, Routine | None] = {}


def _key(params: Any, inputs: Arrays, is_train: bool) -> tuple[Any, ...]:
    return (params._same, is_train, is_np_shape(), *[(x.shape, x.dtype) for x in inputs])


def _keep(memory: dict[Any, Any], key: Any, value: Any) -> None:
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[key] = value


def compute(op: Any, params: Any, inputs: Arrays, is_train: bool) -> Arrays:
    """Compute a primitive; return every output, hidden ones too. NumPy's warnings are the caller's to silence."""
    key = _key(params, inputs, is_train)
    routine = _remembered.get(key)
    if routine is None:
        routine = _primitive(op, params, inputs, is_train)
        _keep(_remembered, key, routine)
    results = routine.run(inputs)
    if _recording.calls is not None:
        _recording.calls.append((routine, inputs, results))
    return results


def compute_composite(op: Any, params: Any, inputs: Arrays, is_train: bool, body: Callable[[], Arrays]) -> Arrays:
    """Compute a composite, by its ``body`` or by what that was seen to do; its results are nobody else's memory."""
    if _recording.calls is not None or len({id(x) for x in inputs}) < len(inputs):
        return body()  # recorded as part of another one; or inputs that could not be told apart
    key = _key(params, inputs, is_train)
    if key not in _composites:
        _keep(_composites, key, None)
        return body()
    routine = _composites[key]
    if routine is not None:
        return routine.run(inputs)
    _recording.calls = calls = []
    try:
        results = body()
    finally:
        _recording.calls = None
    _keep(_composites, key, _recorded(calls, inputs, results))
    return results


# -- primitives -------------------------------------------------------------------------------------------------------


def _primitive(op: Any, params: Any, inputs: Arrays, is_train: bool) -> Routine:
    variables = [Node(None, None, slot) for slot in params._layout.inputs]
    node = Node(op, params, op.hint, tuple([(variable, 0) for variable in variables]))
    kernel = table.get(op.name)
    if kernel is None:
        raise MissingKernel(describe("the executor has no kernel for this operator", node=node))
    made = _results(node, variables, inputs)
    count = len(inputs)
    places = range(count, count + len(made))
    sources = [x.view() for x in inputs]  # an array given twice must be seen as two
    targets = [np.empty(shape, dtype) for shape, dtype in made]
    constants: list[Any] = []
    steps = _fixed_steps(kernel, node, sources, targets, is_train, constants)
    if steps is None:
        constants = []
        steps = [_step(partial(_bind_and_run, kernel, node, is_train, count), (*range(count), *places), False, node)]
    allocated = tuple([(place, shape, dtype) for place, (shape, dtype) in zip(places, made, strict=True)])
    first = steps[0]._replace(made=allocated) if steps else Step(allocated, _nothing, (), _no_values, False, (), node)
    return Routine((*[None] * len(made), *constants), (first, *steps[1:]), tuple(places))


def _results(node: Node, variables: Sequence[Node], inputs: Arrays) -> list[tuple[Any, np.dtype]]:
    graph = Graph([(node, 0), *[(variable, 0) for variable in variables]])
    shapes = shapes_of(graph, {variable: x.shape for variable, x in zip(variables, inputs, strict=True)}, declared=False)
    dtypes = dtypes_of(graph, {variable: x.dtype for variable, x in zip(variables, inputs, strict=True)})
    first = graph.number((node, 0))
    made = range(first, first + node.params._layout.size)
    if not all(complete(shapes[number]) for number in made):
        raise ShapeError(describe("the shape of its output does not follow", node=node))
    return [(shapes[number], dtypes[number] or np.dtype(np.float32)) for number in made]


def _bind_and_run(kernel: Kernel, node: Node, is_train: bool, count: int, *arrays: np.ndarray) -> None:
    rng = fresh() if "rng" in kernel.slots else None
    for call in bound(kernel, node, list(arrays[:count]), list(arrays[count:]), is_train, Scratch(), rng):
        call()


def _nothing() -> None:
    """Stand for a kernel that has nothing to do for these parameters."""


def _no_values(values: Sequence[Any]) -> tuple[Any, ...]:
    return ()


def _step(function: Callable[..., Any], places: tuple[int, ...], out: bool, node: Node) -> Step:
    if len(places) == 1:
        place = places[0]
        return Step((), function, places, lambda values: (values[place],), out, (), node)  # itemgetter of one gives no tuple
    return Step((), function, places, itemgetter(*places) if places else _no_values, out, (), node)


def _fixed_steps(kernel: Kernel, node: Node, sources: Arrays, targets: Arrays, is_train: bool, constants: list[Any]) -> list[Step] | None:
    """Turn a kernel's bound calls into steps; None if they hold more than whole arrays and constants.

    A view of an input, scratch memory or a closure would belong to the arrays that it was bound to.
    """
    if "rng" in kernel.slots or "scratch" in kernel.slots:
        return None
    numbers = {id(array): place for place, array in enumerate([*sources, *targets])}
    steps = []
    for call in bound(kernel, node, sources, targets, is_train, Scratch()):
        if not isinstance(call, partial) or not _holds_nothing(call.func) or set(call.keywords) - {"out"}:
            return None
        places = []
        for value in (*call.args, *call.keywords.values()):
            place = numbers.get(id(value))
            if place is None:
                if not _is_constant(value, [*sources, *targets]):
                    return None
                place = len(numbers) + len(constants)
                constants.append(value)
            places.append(place)
        by_name = bool(call.keywords) and not isinstance(call.func, np.ufunc)  # a ufunc is faster without names
        steps.append(_step(call.func, tuple(places), by_name, node))
    return steps


def _holds_nothing(function: Any) -> bool:
    """Whether a function knows only what it is called with."""
    if isinstance(function, FunctionType):
        return function.__closure__ is None and not any(isinstance(value, np.ndarray) for value in function.__defaults__ or ())
    return isinstance(function, np.ufunc) or function is np.copyto


def _is_constant(value: Any, arrays: Arrays) -> bool:
    if isinstance(value, np.ndarray):
        return not value.ndim and not any(np.may_share_memory(value, array) for array in arrays)
    return isinstance(value, CONSTANTS)


# -- composites -------------------------------------------------------------------------------------------------------


def _recorded(calls: list[tuple[Routine, Arrays, Arrays]], inputs: Arrays, results: Arrays) -> Routine | None:
    """Join the routines that a body called; None if it did something else with its arrays, too."""
    numbers = {id(array): place for place, array in enumerate(inputs)}
    rest: list[Any] = []
    steps: list[Step] = []
    for routine, read, written in calls:
        for array in read:
            if id(array) not in numbers:
                if array.ndim or array.base is not None:
                    return None
                numbers[id(array)] = len(inputs) + len(rest)  # a number among the parameters
                rest.append(array)
        places = [numbers[id(array)] for array in read]
        places.extend(range(len(inputs) + len(rest), len(inputs) + len(rest) + len(routine.rest)))
        rest.extend(routine.rest)
        numbers.update({id(array): places[number] for number, array in zip(routine.results, written, strict=True)})
        steps.extend([_moved(step, places) for step in routine.steps])
    if any(numbers.get(id(array), 0) < len(inputs) for array in results):
        return None
    kept = tuple([numbers[id(array)] for array in results])
    return Routine(tuple(rest), _dropping(steps, kept), kept)


def _moved(step: Step, places: list[int]) -> Step:
    """Number a step's values anew."""
    made = tuple([(places[place], shape, dtype) for place, shape, dtype in step.made])
    return _step(step.function, tuple([places[place] for place in step.places]), step.out, step.node)._replace(made=made)


def _dropping(steps: list[Step], kept: tuple[int, ...]) -> tuple[Step, ...]:
    """Let each value go after its last reader, so that the memory of one is there for the next."""
    last = {place: number for number, step in enumerate(steps) for place in (*step.places, *[made[0] for made in step.made])}
    ended: list[list[int]] = [[] for _ in steps]
    for place, number in last.items():
        if place not in kept:
            ended[number].append(place)
    return tuple([step._replace(dropped=tuple(places)) for step, places in zip(steps, ended, strict=True)])
