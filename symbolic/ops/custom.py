"""Custom: operators that users write in Python (``mx.operator.register``)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from symbolic import registry
from symbolic.errors import DTypeError, ShapeError, describe
from symbolic.graph.node import Entry, Node
from symbolic.operator.custom import property_class
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensors, param, rest, result, tensors
from symbolic.symbol.handle import Symbol
from symbolic.values.dtype import dtype_of
from symbolic.values.shape import NO_RANK, Undecided, complete, from_user, is_np_shape

__all__ = ["Custom"]


def describe_node(params: Any) -> None:
    """Make the property object of a node, and ask it what does not depend on shapes.

    Raises
    ------
    ParameterError
        If nobody has registered the name.
    """
    cls = property_class(params.op_type)
    try:
        params._prop = prop = cls(**params._rest)
        params._arguments = _names(prop, "list_arguments")
        params._outputs = _names(prop, "list_outputs")
        params._states = _names(prop, "list_auxiliary_states")
        params._needs = _needs(params)
    except Exception as error:
        error.add_note(
            describe(f"while {cls.__name__} described a node", operator="Custom", facts={"op_type": params.op_type, **params._rest})
        )
        raise


def _names(prop: Any, method: str) -> list[str]:
    names: list[str] = list(getattr(prop, method)() or ())
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names) or (method == "list_outputs" and not names):
        raise TypeError(f"{method} must return different names, not {names!r}")
    return names


def _needs(params: Any) -> tuple[list[int], list[int], list[int]]:
    """Ask which arrays ``backward`` reads; the user's class sees them numbered in a row."""
    outputs, inputs = len(params._outputs), len(params._arguments)
    starts = (0, outputs, outputs + inputs, 2 * outputs + inputs)
    rows = [list(range(start, stop)) for start, stop in pairwise(starts)]
    chosen = set(params._prop.declare_backward_dependency(*rows))
    heads, data, made = ([number - row[0] for number in row if number in chosen] for row in rows)
    return heads, data, made


def _answer(params: Any, method: str, given: list[Any], decided: bool) -> tuple[list[Any], list[Any], list[Any]]:
    """Ask the property object about shapes or types of inputs, outputs and states.

    A method may fail on what is not known yet: then nothing follows in this round.
    """
    try:
        found = getattr(params._prop, method)(given)
    except Exception:
        if decided:
            raise
        raise Undecided from None
    parts = [list(part) for part in found]
    if len(parts) == 2:
        parts.append([])
    wanted = [len(params._arguments), len(params._outputs), len(params._states)]
    if [len(part) for part in parts] != wanted:
        kind = ShapeError if method == "infer_shape" else DTypeError
        raise kind(
            f"{method} of {type(params._prop).__name__} must return {wanted[0]} for inputs, {wanted[1]} for outputs, {wanted[2]} for states, "
            f"not {', '.join(str(len(part)) for part in parts)}"
        )
    return parts[0], parts[1], parts[2]


def shapes_of(params: Any, data: list[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """Tell the shapes of inputs, outputs and states from those of the inputs."""
    decided = all(complete(shape) for shape in data)

    def read(shape: Any) -> Any:
        if not len(shape) and not (decided and is_np_shape()):
            return NO_RANK
        return from_user(tuple(shape), f"a shape from {type(params._prop).__name__}")

    parts = _answer(params, "infer_shape", [[] if shape is NO_RANK else list(shape) for shape in data], decided)
    arguments, outputs, states = ([read(shape) for shape in part] for part in parts)
    return arguments, outputs, states


def dtypes_of(params: Any, data: list[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """Tell the types of inputs, outputs and states from those of the inputs."""

    def read(dtype: Any) -> Any:
        return None if dtype is None else dtype_of(dtype, f"a type from {type(params._prop).__name__}")

    parts = _answer(params, "infer_type", [None if dtype is None else dtype.type for dtype in data], None not in data)
    arguments, outputs, states = ([read(dtype) for dtype in part] for part in parts)
    return arguments, outputs, states


def _variable_behind(entry: Entry) -> Entry:
    """Find the variable of a state from one of its versions."""
    node, index = entry
    while node.op is not None:
        position = next((position for position, version in node.params._layout.versions if version == index), None)
        if position is None:
            break
        node, index = node.inputs[position]
    return node, index


@operator
class Custom(Operator):
    """Compute what a class of the user says, registered by ``mx.operator.register``."""

    data: Tensors = tensors(
        "Inputs, then auxiliary states, as the class lists them.",
        count=lambda op: len(op._arguments) + len(op._states),
        names=lambda op, place: (*op._arguments, *op._states)[place],
        mutated=lambda op, place: place >= len(op._arguments),
    )
    op_type: str = param("Name under which the class is registered.", default="")
    words = rest("Handed to the class as text.")
    output: Tensors = result("As the class lists them.", count=lambda op: len(op._outputs), names=lambda op, place: op._outputs[place])

    foreign = True
    random = True
    check = describe_node
    _prop: Any
    _arguments: list[str]
    _outputs: list[str]
    _states: list[str]
    _needs: tuple[list[int], list[int], list[int]]

    def infer_shape(self, data):
        arguments, outputs, states = shapes_of(self, data[: len(self._arguments)])
        yield "data", [*arguments, *states]
        yield "output", outputs

    def infer_dtype(self, data):
        arguments, outputs, states = dtypes_of(self, data[: len(self._arguments)])
        yield "data", [*arguments, *states]
        yield "output", outputs

    def gradient(self, data, output, d_output):
        forward = output[0]._entries[0][0]
        op = registry.find("_backward_Custom")
        params = op.parameters(self._words)
        params._forward = (self, forward.name)
        count = len(self._arguments)
        heads = [d_output[place] for place in self._needs[0]]
        entries = [symbol._entries[0] for symbol in (*heads, *data[:count], *output)]
        entries += [_variable_behind(symbol._entries[0]) for symbol in data[count:]]
        node = Node(op, params, f"{forward.name}.backward", tuple(entries), origin=forward.origin)
        yield "data", [*[Symbol([(node, place)]) for place in range(count)], *[None] * len(self._states)]


def unread(kind: int) -> Callable[[Any], bool]:
    return lambda op: not op._needs[kind]


@operator
class _backward_Custom(Operator):
    """Gradient of ``Custom``: calls the ``backward`` of the object whose ``forward`` ran."""

    d_output: Tensors = tensors(
        "Gradients of the outputs, those that are read.",
        count=lambda op: len(op._needs[0]),
        names=lambda op, place: f"d_{op._outputs[op._needs[0][place]]}",
    )
    data: Tensors = Tensors("Inputs.", lambda op: len(op._arguments), lambda op, place: op._arguments[place], only_shape=unread(1))
    output: Tensors = Tensors("Outputs.", lambda op: len(op._outputs), lambda op, place: op._outputs[place], only_shape=unread(2))
    state: Tensors = tensors(
        "Auxiliary states.", count=lambda op: len(op._states), names=lambda op, place: op._states[place], mutated=lambda op, place: True
    )
    op_type: str = param("Name under which the class is registered.", default="")
    words = rest("Handed to the class as text.")
    d_data: Tensors = result(
        "Gradients of the inputs.", count=lambda op: len(op._arguments), names=lambda op, place: f"d_{op._arguments[place]}"
    )

    foreign = True
    random = True
    check = describe_node
    gradient = not_differentiable
    _needs: tuple[list[int], list[int], list[int]]
    _forward: tuple[Any, str] | None = None  # parameters and name of the forward node, with which it shares an object

    def infer_shape(self, data, output):
        yield "d_data", data
        yield "d_output", [output[place] for place in self._needs[0]]

    def infer_dtype(self, data, output):
        yield "d_data", data
        yield "d_output", [output[place] for place in self._needs[0]]
