"""Operators computed on arrays at once, with what was worked out for arrays like them before.

What does not depend on the elements is remembered for each set of parameters, shapes and types as a `Routine`: what to
allocate, and which functions to call on which arrays. A primitive's kernel is one if its bound calls hold nothing but
whole inputs, whole outputs and constants; else it is bound anew each time. A composite's body runs as it is written the
first time, for its parameters may never come again; the second time what it computes is recorded, from then on repeated.
Of large arrays, it is found out at once whether a body goes element by element: then it never runs as it is written.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from executors.kernel import Kernel, bound, named
from executors.numpy.parts import Parts, in_parts
from executors.numpy.pieces import LARGE, Pieces
from executors.numpy.scratch import Scratch
from executors.numpy.table import table
from symbolic.errors import MissingKernel, ShapeError, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.operator.op import Operator
from symbolic.random import fresh
from symbolic.values.shape import complete, is_np_shape

__all__ = ["compute", "compute_composite", "in_pieces", "recorded", "traced"]

MOST_REMEMBERED = 4096
NOTHING = bytes(16)  # what stands for any number
MOST_KEPT = 1 << 16  # bytes of working memory: to find a place for some, on a cache line, takes 2 µs
CONSTANTS = (Operator, np.generic, np.dtype, np.ufunc, bool, int, float, str, type(None))

Arrays = list[np.ndarray]


class Step(NamedTuple):
    """One call on numbered values.

    Attributes
    ----------
    made : tuple of (int, shape, dtype, int or None)
        What is needed before it: new memory, or that of a value which nobody needs any more.
    function
        What is called.
    places : tuple of int
        The values it gets.
    pick : callable
        Finds them.
    out : int, optional
        The value given as ``out=``.
    dropped : tuple of int
        Values that nobody needs after it.
    node : Node
        Whom it belongs to, for messages.
    """

    made: tuple[tuple[int, Any, np.dtype, int | None], ...]
    function: Callable[..., Any]
    places: tuple[int, ...]
    pick: Callable[[Sequence[Any]], tuple[Any, ...]]
    out: int | None
    dropped: tuple[int, ...]
    node: Node


class Routine(NamedTuple):
    """Steps from inputs to results. Values are numbered: the inputs, then ``rest``: constants, and holes for what is made."""

    rest: tuple[Any, ...]
    steps: tuple[Step, ...]
    results: tuple[int, ...]

    def run(self, inputs: Sequence[np.ndarray], into: Sequence[np.ndarray | None] = ()) -> Arrays:
        """Compute the results, in memory of their own: it is not worth while to put small ones straight ``into`` their places."""
        values = [*inputs, *self.rest]
        empty = np.empty
        step = None
        try:
            for step in self.steps:
                made, function, _, pick, out, dropped, _ = step
                for place, shape, dtype, source in made:
                    values[place] = empty(shape, dtype) if source is None else values[source]
                if out is None:
                    function(*pick(values))
                else:
                    function(*pick(values), out=values[out])
                for place in dropped:
                    values[place] = None
        except Exception as error:
            assert step is not None
            raise named(error, step.node) from error.__cause__
        return [values[place] for place in self.results]


Call = tuple[Routine | None, Arrays, Arrays]


class _Recording(threading.local):
    """What this thread computes, while somebody wants to know: routines (None if never twice the same), inputs, results."""

    calls: list[Call] | None = None
    is_traced: bool = False  # nobody wants more than that: nothing is computed


class _Room(threading.local):
    """Working memory that this thread's kernels have one after the other."""

    scratch: Scratch | None = None


_recording = _Recording()
_room = _Room()
_remembered: dict[Any, Routine] = {}
_composites: dict[Any, Routine | Pieces | Parts | str] = {}  # or "seen once", or "not to be repeated"


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
        if not (op.dynamic or op.foreign):
            _keep(_remembered, key, routine)
    results = _stand_ins(op, params, routine) if _recording.is_traced else routine.run(inputs)
    if _recording.calls is not None:
        _recording.calls.append((None if op.dynamic or op.foreign else routine, inputs, results))
    return results


def compute_composite(
    op: Any, params: Any, inputs: Arrays, is_train: bool, body: Callable[[], Arrays], into: Sequence[np.ndarray | None] = ()
) -> Arrays:
    """Compute a composite, by its ``body`` or by what that was seen to do.

    Its results are nobody else's memory, but for those that it could put straight into the arrays where they belong: ``into``.
    """
    if _recording.calls is not None or len({id(x) for x in inputs}) < len(inputs):
        return body()  # recorded as part of another one; or inputs that could not be told apart
    key = _key(params, inputs, is_train)
    found = _composites.get(key)
    if found is not None and not isinstance(found, str):
        return found.run(inputs, into)
    if found != "seen once":
        if found is None:
            is_large = any(x.size >= LARGE for x in inputs)
            made = in_parts(seen[0], inputs, seen[1], in_pieces, recorded) if is_large and (seen := traced(body)) else None
            _keep(_composites, key, made or "seen once")
            if made:
                return made.run(inputs, into)
        return body()
    _recording.calls = calls = []
    try:
        results = body()
    finally:
        _recording.calls = None
    _keep(_composites, key, recorded(calls, inputs, results) or "not to be repeated")
    return results


def in_pieces(calls: Sequence[Call], inputs: Arrays, results: Arrays) -> Pieces | None:
    """Run what was traced piece by piece; ``None`` if it is small, or not of one shape."""
    routine = recorded(calls, inputs, results) if inputs and inputs[0].size >= LARGE else None
    return Pieces.of(routine, results) if routine and _by_element(routine, [*inputs, *results]) else None


class _NotByElement(Exception):
    """Something else was traced."""


def traced(body: Callable[[], Arrays]) -> tuple[list[tuple[Routine, Arrays, Arrays]], Arrays] | None:
    """Find what a body would compute, element by element: routines, what they read and make, and what it returns.

    Nothing is computed; arrays stand for what would be made. ``None`` if it does anything else, or is itself being recorded.
    """
    if _recording.calls is not None:
        return None
    calls: list[Call] = []
    _recording.calls, _recording.is_traced = calls, True
    try:
        results = body()
    except _NotByElement:
        return None
    finally:
        _recording.calls, _recording.is_traced = None, False
    return [(routine, read, made) for routine, read, made in calls if routine is not None], results


def _stand_ins(op: Any, params: Any, routine: Routine) -> Arrays:
    kernel = table.find(op)
    if op.random or op.dynamic or op.foreign or params._layout.versions or kernel is None or not kernel.elementwise:
        raise _NotByElement
    return [np.ndarray(shape, dtype, NOTHING, 0, (0,) * len(shape)) for _, shape, dtype, _ in routine.steps[0].made]


def _by_element(routine: Routine, arrays: Arrays) -> bool:
    """Whether all that was traced is of one shape, each element by itself."""
    return len({x.shape for x in arrays} | {made[1] for step in routine.steps for made in step.made}) == 1


# -- primitives -------------------------------------------------------------------------------------------------------


def _primitive(op: Any, params: Any, inputs: Arrays, is_train: bool) -> Routine:
    variables = [Node(None, None, slot) for slot in params._layout.inputs]
    alias = op.hint if op.hint != op.name.lower() else ""
    node = Node(op, params, alias, tuple([(variable, 0) for variable in variables]))
    kernel = table.find(op)
    if kernel is None:
        raise MissingKernel(describe("the executor has no kernel for this operator", node=node))
    made = _results(node, variables, inputs)
    if kernel.measure is not None:
        made[0] = (kernel.measure(params, *inputs), made[0][1])
    if not all(complete(shape) for shape, _ in made):
        raise ShapeError(describe("the shape of its output does not follow", node=node))
    count = len(inputs)
    places = range(count, count + len(made))
    sources = [x.view() for x in inputs]  # an array given twice must be seen as two
    targets = [np.empty(shape, dtype) for shape, dtype in made]
    constants: list[Any] = []
    steps = _fixed_steps(kernel, node, sources, targets, is_train, constants)
    if steps is None:
        constants = []
        steps = [_step(partial(_bind_and_run, kernel, node, is_train, count), (*range(count), *places), None, node)]
    allocated = tuple([(place, shape, dtype, None) for place, (shape, dtype) in zip(places, made, strict=True)])
    first = (steps[0] if steps else _step(_nothing, (), None, node))._replace(made=allocated)
    return Routine((*[None] * len(made), *constants), (first, *steps[1:]), tuple(places))


def _results(node: Node, variables: Sequence[Node], inputs: Arrays) -> list[tuple[Any, np.dtype]]:
    graph = Graph([(node, 0), *[(variable, 0) for variable in variables]])
    shapes = shapes_of(graph, {variable: x.shape for variable, x in zip(variables, inputs, strict=True)}, declared=False, source="")
    dtypes = dtypes_of(graph, {variable: x.dtype for variable, x in zip(variables, inputs, strict=True)}, source="")
    first = graph.number((node, 0))
    return [(shapes[number], dtypes[number] or np.dtype(np.float32)) for number in range(first, first + node.params._layout.size)]


def _bind_and_run(kernel: Kernel, node: Node, is_train: bool, count: int, *arrays: np.ndarray) -> None:
    rng = fresh() if "rng" in kernel.slots else None
    kept = getattr(node.params, "_kept", None)  # by the tape, for a user's operator that is to run backward, too
    scratch, _room.scratch = _room.scratch or Scratch(), None  # what runs within, as of a user's operator, has room of its own
    scratch.begin()
    for call in bound(kernel, node, list(arrays[:count]), list(arrays[count:]), is_train, scratch, rng, kept):
        call()
    if scratch.bytes <= MOST_KEPT:
        scratch.join()
        _room.scratch = scratch


def _nothing() -> None:
    """Stand for a kernel that has nothing to do for these parameters."""


def _step(function: Callable[..., Any], places: tuple[int, ...], out: int | None, node: Node) -> Step:
    pick = itemgetter(*places) if len(places) > 1 else partial(_few_values, places)  # itemgetter of one gives no tuple
    return Step((), function, places, pick, out, (), node)


def _few_values(places: tuple[int, ...], values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple([values[place] for place in places])


def _fixed_steps(kernel: Kernel, node: Node, sources: Arrays, targets: Arrays, is_train: bool, constants: list[Any]) -> list[Step] | None:
    """Turn a kernel's bound calls into steps; None if they hold more than whole arrays and constants.

    A view of an input, scratch memory or a closure would belong to the arrays that it was bound to.
    """
    if "rng" in kernel.slots or "scratch" in kernel.slots:
        return None
    arrays = [*sources, *targets]
    numbers = {id(array): place for place, array in enumerate(arrays)}
    steps = []
    for call in bound(kernel, node, sources, targets, is_train, Scratch()):
        if not isinstance(call, partial) or not _holds_nothing(call.func):
            return None
        words = dict(call.keywords)
        out = numbers.get(id(words.pop("out", None)))
        if words or (out is None and call.keywords):
            return None
        places = []
        for value in call.args:
            place = numbers.get(id(value))
            if place is None:
                if not _is_constant(value, arrays):
                    return None
                place = len(arrays) + len(constants)
                constants.append(value)
            places.append(place)
        steps.append(_step(call.func, tuple(places), out, node))
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


def recorded(calls: Sequence[Call], inputs: Arrays, results: Arrays) -> Routine | None:
    """Join the routines that a body called; None if it did something else with its arrays, too."""
    numbers = {id(array): place for place, array in enumerate(inputs)}
    rest: list[Any] = []
    steps: list[Step] = []
    for routine, read, written in calls:
        if routine is None:
            return None
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
    if any(numbers.get(id(array), -1) < len(inputs) for array in results):
        return None
    kept = tuple([numbers[id(array)] for array in results])
    return Routine(tuple(rest), _sharing(steps, kept), kept)


def _moved(step: Step, places: list[int]) -> Step:
    """Number a step's values anew."""
    made = tuple([(places[place], shape, dtype, None) for place, shape, dtype, _ in step.made])
    out = None if step.out is None else places[step.out]
    return _step(step.function, tuple([places[place] for place in step.places]), out, step.node)._replace(made=made)


def _sharing(steps: list[Step], kept: tuple[int, ...]) -> tuple[Step, ...]:
    """Give the memory of values that nobody reads any more to later ones of their kind; what finds no heir is let go."""
    kind = {place: (shape, dtype) for step in steps for place, shape, dtype, _ in step.made}
    last = {place: number for number, step in enumerate(steps) for place in (*step.places, step.out, *[made[0] for made in step.made])}
    over: list[list[int]] = [[] for _ in steps]
    for place in kind:
        if place not in kept:
            over[last[place]].append(place)
    free: dict[Any, list[int]] = {}
    given = []
    for step, ended in zip(steps, over, strict=True):
        own = [made[0] for made in step.made]
        at_once = [place for place in ended if place not in own and isinstance(step.function, np.ufunc)]  # these write over what they read
        _release(at_once, kind, free)
        made = []
        for place, shape, dtype, _ in step.made:
            sources = free.get((shape, dtype))
            made.append((place, shape, dtype, sources.pop() if sources else None))
        given.append(tuple(made))
        _release([place for place in ended if place not in at_once], kind, free)
    heirless = {place for places in free.values() for place in places}
    return tuple(
        [
            step._replace(made=made, dropped=tuple([place for place in ended if place in heirless]))
            for step, made, ended in zip(steps, given, over, strict=True)
        ]
    )


def _release(places: list[int], kind: dict[int, Any], free: dict[Any, list[int]]) -> None:
    for place in places:
        free.setdefault(kind[place], []).append(place)
