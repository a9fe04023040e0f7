"""Operators that users write in Python: ``mx.operator.CustomOp``, ``CustomOpProp`` and ``register``.

A property class says what goes in and out and how large it is; its `CustomOpProp.create_operator` makes the object that
computes. ``ops/custom.py`` declares ``Custom``, the operator that stands for all of them in graphs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from symbolic import registry
from symbolic.errors import ArgumentError, ParameterError, closest, describe
from symbolic.operator.fields import REQUIRED
from symbolic.operator.text import spell, type_name

__all__ = [
    "CustomOp",
    "CustomOpProp",
    "OperatorArguments",
    "get_all_registered_operators",
    "get_operator_arguments",
    "property_class",
    "register",
]


class CustomOp:
    """Base of the classes that compute a custom operator; an executor makes one object for each node."""

    def forward(self, is_train: bool, req: list[str], in_data: list[Any], out_data: list[Any], aux: list[Any]) -> None:
        """Compute outputs from inputs.

        Parameters
        ----------
        is_train : bool
            Whether the forward run is one of training.
        req : list of str
            For each output what to do: ``"write"``.
        in_data, out_data : list of NDArray
            Inputs, and the arrays to write to: ``self.assign(out_data[0], req[0], value)``.
        aux : list of NDArray
            Auxiliary states; what is written into them stays.
        """

    def backward(
        self, req: list[str], out_grad: list[Any], in_data: list[Any], out_data: list[Any], in_grad: list[Any], aux: list[Any]
    ) -> None:
        """Compute the gradients of the inputs.

        Parameters
        ----------
        req : list of str
            For each gradient what to do: ``"write"``, or ``"null"`` where nobody reads it.
        out_grad : list of NDArray
            The gradients of the outputs.
        in_data, out_data : list of NDArray
            What the forward run got and made.
        in_grad : list of NDArray
            Where gradients go; they hold zeros before.
        aux : list of NDArray
            Auxiliary states.
        """

    def assign(self, dst: Any, req: str, src: Any) -> None:
        """Write ``src`` into ``dst`` as ``req`` says: over what is there, added to it, or not at all."""
        if req in ("write", "inplace"):
            dst[:] = src
        elif req == "add":
            dst[:] += src


class CustomOpProp:
    """Base of the classes that describe a custom operator; each node has an object of its own.

    Keywords of ``mx.sym.Custom`` reach ``__init__`` as text.

    Parameters
    ----------
    need_top_grad : bool
        Whether ``backward`` uses the gradients of the outputs; a loss does not.
    """

    def __init__(self, need_top_grad: bool = True):
        self.need_top_grad_ = need_top_grad

    def list_arguments(self) -> list[str]:
        """Name the inputs."""
        return ["data"]

    def list_outputs(self) -> list[str]:
        """Name the outputs."""
        return ["output"]

    def list_auxiliary_states(self) -> list[str]:
        """Name the auxiliary states, which follow the inputs."""
        return []

    def infer_shape(self, in_shape: list[list[int]]) -> tuple[Any, ...]:
        """Return the shapes of inputs, outputs and auxiliary states (which may be left out) from what is known of the inputs.

        A shape that is not known is ``[]``; arithmetic on a size that is not known gives one that is not.
        """
        return in_shape, [in_shape[0]] * len(self.list_outputs()), []

    def infer_type(self, in_type: list[Any]) -> tuple[Any, ...]:
        """Return the types of inputs, outputs and auxiliary states from what is known of the inputs; ``None`` is unknown."""
        return in_type, [in_type[0]] * len(self.list_outputs()), [in_type[0]] * len(self.list_auxiliary_states())

    def infer_storage_type(self, in_stype: list[str]) -> tuple[list[str], list[str], list[str]]:
        """Return the storage types of inputs, outputs and auxiliary states."""
        return in_stype, ["default"] * len(self.list_outputs()), ["default"] * len(self.list_auxiliary_states())

    def infer_storage_type_backward(
        self, ograd_stype: list[str], in_stype: list[str], out_stype: list[str], igrad_stype: list[str], aux_stype: list[str]
    ) -> tuple[list[str], ...]:
        """Return the storage types of the arrays of ``backward``; memory is dense whatever they are."""
        return tuple(["default"] * len(stypes) for stypes in (ograd_stype, in_stype, out_stype, igrad_stype, aux_stype))

    def declare_backward_dependency(self, out_grad: Sequence[int], in_data: Sequence[int], out_data: Sequence[int]) -> list[int]:
        """Choose from these numbers those of the arrays that ``backward`` reads; others need not be kept."""
        heads = [*out_grad] if self.need_top_grad_ else []
        return [*heads, *in_data, *out_data]

    def create_operator(self, ctx: Any, in_shapes: list[list[int]], in_dtypes: list[int]) -> CustomOp:
        """Make the object that computes.

        Parameters
        ----------
        ctx : Context
            Where.
        in_shapes, in_dtypes : list
            Shapes and type numbers of inputs, then of auxiliary states.
        """
        return CustomOp()


P = TypeVar("P", bound="type[CustomOpProp]")
_classes: dict[str, type] = {}


def register(reg_name: str) -> Callable[[P], P]:
    """Decorate a property class: ``op_type=reg_name`` means it from now on. A later class of the name takes its place.

    Raises
    ------
    ArgumentError
        If the name is no text, or the class is not derived from `CustomOpProp`.
    """
    if not isinstance(reg_name, str):
        facts = {"argument": "reg_name", "got": repr(reg_name), "expected": "str"}
        raise ArgumentError(describe("the name of a custom operator must be a string", operator="register", facts=facts))

    def enter(prop_cls: P) -> P:
        if not (isinstance(prop_cls, type) and issubclass(prop_cls, CustomOpProp)):
            facts = {"got": repr(prop_cls), "expected": "a class derived from mx.operator.CustomOpProp"}
            raise ArgumentError(describe(f"{reg_name!r} cannot be a custom operator", operator="register", facts=facts))
        _classes[reg_name] = prop_cls
        return prop_cls

    return enter


def property_class(name: str) -> type:
    """Find a registered class.

    Raises
    ------
    ParameterError
        If none has the name.
    """
    found = _classes.get(name)
    if found is None:
        facts = {
            "argument": "op_type",
            "got": repr(name),
            "expected": ", ".join(map(repr, _classes)) or "a registered name; there is none yet",
        }
        hint = "decorate the CustomOpProp class with @mx.operator.register(name) first"
        raise ParameterError(
            describe(f"no custom operator is called {name!r}{closest(name, _classes)}", operator="Custom", facts=facts, hint=hint)
        )
    return found


def is_registered(name: str) -> bool:
    """Whether a class has the name."""
    return name in _classes


def get_all_registered_operators() -> list[str]:
    """List the names of all operators."""
    return registry.names()


class OperatorArguments(NamedTuple):
    """What an operator is called with: how many inputs and parameters, their names, and text about the kind of each."""

    narg: int
    names: list[str]
    types: list[str]


def get_operator_arguments(op_name: str) -> OperatorArguments:
    """Tell the inputs and parameters of an operator.

    Raises
    ------
    UnknownOperator
        If there is no operator of this name.
    """
    op = registry.find(op_name)
    kinds = {name: "NDArray-or-Symbol" + ("[]" if field is op.variadic else "") for name, field in op.inputs.items()}
    kinds |= {name: type_name(field) + _given(field.default) for name, field in op.params.items()}
    return OperatorArguments(len(kinds), list(kinds), list(kinds.values()))


def _given(default: Any) -> str:
    return ", required" if default is REQUIRED else f", optional, default={spell(default)!r}"
