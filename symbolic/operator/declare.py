"""@operator: a class of fields and rules becomes an Op, checked on the way."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from symbolic import registry
from symbolic.operator.backward import Backward
from symbolic.operator.fields import Field, Param, Result, Tensor
from symbolic.operator.op import Op, Operator, Rule
from symbolic.operator.rules import all_alike

__all__ = ["Operator", "declare", "not_differentiable", "operator", "zero_gradient"]


class _Mark:
    """Stands in a class body for a gradient rule."""

    def __init__(self, meaning: str):
        self.meaning = meaning

    def __repr__(self) -> str:
        return self.meaning


not_differentiable: Any = _Mark("not differentiable")  # an error when backward needs it
zero_gradient: Any = _Mark("zero gradient")  # ends the path in silence

_RULES = ("infer_shape", "infer_dtype", "body", "gradient")  # a derived gradient operator reuses the others


def operator(cls: type | None = None, *, aliases: tuple[str, ...] = (), name: str | None = None) -> Any:
    """Make an `Op` of a class and enter it in the registry.

    Parameters
    ----------
    aliases : tuple of str
        Other names; automatic node names are made of the name that was called.
    name : str, optional
        The operator's name, if it is not the class's.
    """

    def decorate(cls: type) -> Op:
        return declare(cls, name or cls.__name__, aliases)

    return decorate if cls is None else decorate(cls)


def declare(cls: type, name: str, aliases: tuple[str, ...] = ()) -> Op:
    """Make an `Op` of a class of fields and rules."""
    if not (isinstance(cls, type) and issubclass(cls, Operator)):
        raise TypeError(f"{name}: derive the class from Operator")
    fields = _fields(cls, name)
    op = Op(cls, name, fields, aliases)
    slots = _slot_names(op)
    if "body" not in cls.__dict__ and "subgraphs" not in cls.__dict__:
        op.infer_dtype = all_alike
    for rule in _RULES:
        function = cls.__dict__.get(rule)
        if function is None:
            continue
        if isinstance(function, Rule):
            setattr(op, rule, function)
        elif isinstance(function, Backward):
            op.gradient = function.attach(op, cls)
        elif isinstance(function, _Mark):
            op.differentiable = function is zero_gradient
            op.gradient = None if function is not_differentiable else Rule(_no_gradient, ())
        else:
            made = Rule(function)
            _check_names(name, rule, made.names, slots | _extra_names(op, rule))
            setattr(op, rule, made)
    if op.body is None and op.infer_shape is None and "subgraphs" not in cls.__dict__:
        raise TypeError(f"{name}: a primitive needs infer_shape")
    if op.body is None and op.gradient is None and cls.__dict__.get("gradient") is None:
        raise TypeError(f"{name}: a primitive needs a gradient, or not_differentiable, or zero_gradient")
    op.random = bool(cls.__dict__.get("random", False))
    op.dynamic = bool(cls.__dict__.get("dynamic", False))
    op.own_types = bool(cls.__dict__.get("own_types", False))
    op.foreign = bool(cls.__dict__.get("foreign", False))
    op.subgraphs = cls.__dict__.get("subgraphs", 0)
    if op.body is not None and "is_train" in op.body.names and op.gradient is None and cls.__dict__.get("gradient") is None:
        raise TypeError(f"{name}: a body that depends on is_train needs a gradient of its own")
    cls._op = op
    return registry.add(op)


def _no_gradient(params: Operator) -> Any:
    return iter(())


def _fields(cls: type, name: str) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for base in reversed(cls.__mro__[1:-1]):
        if issubclass(base, Operator) and base is not Operator:
            raise TypeError(f"{name}: derive from Operator alone; share fields by name")
    for slot, value in cls.__dict__.items():
        if isinstance(value, Field):
            field = value.named(slot)
            if slot.startswith("_"):
                raise TypeError(f"{name}: {slot} begins with an underscore")
            if isinstance(field, Param) and field.type is None:
                field.type = _annotation(cls, slot, name)
            fields[slot] = field
    if not any(isinstance(field, Result) for field in fields.values()):
        fields["output"] = Result("Result.").named("output")
    return fields


def _annotation(cls: type, slot: str, name: str) -> Any:
    """Evaluate a parameter's annotation; in the library's own files each text once, for that takes time."""
    text = cls.__annotations__.get(slot)
    if text is None:
        raise TypeError(f"{name}: parameter {slot} has no type")
    if not isinstance(text, str):
        return text
    own = cls.__module__.startswith("symbolic.")
    return (_evaluated if own else _evaluated.__wrapped__)(cls.__module__, text)


@cache
def _evaluated(module: str, text: str) -> Any:
    holder = type("holder", (), {"__annotations__": {"slot": text}, "__module__": module})
    return inspect.get_annotations(holder, eval_str=True)["slot"]


def _slot_names(op: Op) -> set[str]:
    states = {f"new_{n}" for n, f in op.inputs.items() if isinstance(f, Tensor) and f.mutated}
    return {*op.inputs, *op.results, *states}


def _extra_names(op: Op, rule: str) -> set[str]:
    if rule == "gradient":
        return {f"d_{slot}" for slot in op.results}
    return {"is_train"} if rule == "body" else set()


def _check_names(op: str, rule: str, names: tuple[str, ...], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise TypeError(f"{op}: {rule} asks for {name!r}; the slots are {', '.join(sorted(known))}")
