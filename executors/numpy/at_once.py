"""One primitive computed on arrays at once, with what was worked out for arrays like them the last time.

What does not depend on the elements is remembered for each set of parameters, shapes and types: the shapes and types
of the outputs, and, if the bound kernel is nothing but calls of functions on whole inputs and outputs, those calls with
places where the arrays were. Other kernels are bound anew.
"""

from __future__ import annotations

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

__all__ = ["compute"]

MOST_REMEMBERED = 4096
CONSTANTS = (Operator, np.generic, np.dtype, np.ufunc, bool, int, float, str, type(None))

Arrays = list[np.ndarray]


class Remembered(NamedTuple):
    """What is known of a primitive on arrays of certain shapes and types.

    Attributes
    ----------
    node : Node
        Stands for the call in messages, and holds the parameters.
    outputs : list of (shape, dtype)
        What is allocated.
    run : callable
        Computes outputs from inputs.
    """

    node: Node
    outputs: list[tuple[tuple[int, ...], np.dtype]]
    run: Callable[[Arrays, Arrays], None]


_remembered: dict[Any, Remembered] = {}


def compute(op: Any, params: Any, inputs: Arrays, is_train: bool) -> Arrays:
    """Compute a primitive; return every output, hidden ones too. Warnings of NumPy are the caller's to silence."""
    key = (params._same, is_train, is_np_shape(), *[(x.shape, x.dtype) for x in inputs])
    known = _remembered.get(key)
    if known is None:
        known = _first_time(op, params, inputs, is_train)
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = known
    outputs = [np.empty(shape, dtype) for shape, dtype in known.outputs]
    try:
        known.run(inputs, outputs)
    except MXNetError:
        raise
    except Exception as error:
        raise MXNetError(describe(f"{type(error).__name__} in its kernel: {error}", node=known.node)) from error
    return outputs


def _first_time(op: Any, params: Any, inputs: Arrays, is_train: bool) -> Remembered:
    variables = [Node(None, None, slot) for slot in params._layout.inputs]
    node = Node(op, params, op.hint, tuple([(variable, 0) for variable in variables]))
    kernel = table.get(op.name)
    if kernel is None:
        raise MissingKernel(describe("the executor has no kernel for this operator", node=node))
    outputs = _results(node, variables, inputs)
    rebound = partial(_bind_and_run, kernel, node, is_train)
    if "rng" in kernel.slots or "scratch" in kernel.slots:
        return Remembered(node, outputs, rebound)
    sources = [x.view() for x in inputs]  # an array given twice must be seen as two
    targets = [np.empty(shape, dtype) for shape, dtype in outputs]
    steps = [_step(call, [*sources, *targets]) for call in bound(kernel, node, sources, targets, is_train, Scratch())]
    return Remembered(node, outputs, rebound if None in steps else _joined(steps))


def _results(node: Node, variables: Sequence[Node], inputs: Arrays) -> list[tuple[tuple[int, ...], np.dtype]]:
    graph = Graph([(node, 0), *[(variable, 0) for variable in variables]])
    shapes = shapes_of(graph, {variable: x.shape for variable, x in zip(variables, inputs, strict=True)}, declared=False)
    dtypes = dtypes_of(graph, {variable: x.dtype for variable, x in zip(variables, inputs, strict=True)})
    first = graph.number((node, 0))
    made = range(first, first + node.params._layout.size)
    if not all(complete(shapes[number]) for number in made):
        raise ShapeError(describe("the shape of its output does not follow", node=node))
    return [(shapes[number], dtypes[number] or np.dtype(np.float32)) for number in made]


def _bind_and_run(kernel: Kernel, node: Node, is_train: bool, inputs: Arrays, outputs: Arrays) -> None:
    rng = fresh() if "rng" in kernel.slots else None
    for call in bound(kernel, node, inputs, outputs, is_train, Scratch(), rng):
        call()


def _joined(steps: list[Any]) -> Callable[[Arrays, Arrays], None]:
    if len(steps) == 1:
        return steps[0]

    def run(inputs: Arrays, outputs: Arrays) -> None:
        for step in steps:
            step(inputs, outputs)

    return run


def _step(call: Any, arrays: Arrays) -> Callable[[Arrays, Arrays], None] | None:
    """Turn a bound call into one that takes its arrays; None if it holds more than whole arrays and constants.

    A view of an input, scratch memory or a closure would belong to the arrays that it was bound to.
    """
    if not isinstance(call, partial) or not _holds_nothing(call.func):
        return None
    places = {id(array): place for place, array in enumerate(arrays)}
    names = tuple(call.keywords)
    if names == ("out",) and isinstance(call.func, np.ufunc):
        names = ()  # ufuncs take it by position as well, which is faster
    constants: list[Any] = []
    picked: list[int] = []
    for value in (*call.args, *call.keywords.values()):
        place = places.get(id(value))
        if place is None:
            if not _is_constant(value, arrays):
                return None
            place = len(arrays) + len(constants)
            constants.append(value)
        picked.append(place)
    if len(picked) < 2:
        return None  # itemgetter returns no tuple then
    return partial(_replay, call.func, itemgetter(*picked), constants, len(picked) - len(names), names)


def _replay(
    function: Callable[..., Any], pick: Callable[[Any], tuple[Any, ...]], constants: list[Any], count: int, names: tuple[str, ...], inputs: Arrays, outputs: Arrays
) -> None:
    arguments = pick([*inputs, *outputs, *constants])
    if names:
        function(*arguments[:count], **dict(zip(names, arguments[count:], strict=True)))
    else:
        function(*arguments)


def _holds_nothing(function: Any) -> bool:
    """Whether a function knows only what it is called with."""
    if isinstance(function, FunctionType):
        return function.__closure__ is None and not any(isinstance(value, np.ndarray) for value in function.__defaults__ or ())
    return isinstance(function, np.ufunc) or function is np.copyto


def _is_constant(value: Any, arrays: Arrays) -> bool:
    if isinstance(value, np.ndarray):
        return not value.ndim and not any(np.may_share_memory(value, array) for array in arrays)
    return isinstance(value, CONSTANTS)
