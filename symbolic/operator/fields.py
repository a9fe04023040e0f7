"""The vocabulary of an operator's class: tensor, tensors, param, rest, result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

__all__ = [
    "REQUIRED",
    "DType",
    "Field",
    "Param",
    "Rest",
    "Result",
    "Shape",
    "Tensor",
    "Tensors",
    "param",
    "rest",
    "result",
    "tensor",
    "tensors",
]


class _Required:
    """Default of a parameter that has none."""

    def __repr__(self) -> str:
        return "<required>"


REQUIRED: Any = _Required()

Shape = tuple[int, ...]  # annotation of a parameter that is a shape; sizes may be UNKNOWN where the operator says so


if TYPE_CHECKING:
    DType = np.dtype[Any]
else:

    class DType:
        """Annotation of a parameter that names a type of elements; its value is a ``numpy.dtype``."""


class Field:
    """One line of an operator's class."""

    name: str = ""

    def __init__(self, doc: str):
        self.doc = doc

    def named(self, name: str) -> Any:
        """Copy it under a name: fields may be shared by classes."""
        field = object.__new__(type(self))  # copy.copy takes seven times as long, and there are 2,600 of them
        field.__dict__.update(self.__dict__, name=name)
        return field


class Tensor(Field):
    """An input."""

    def __init__(
        self,
        doc: str,
        shape: str = "",
        when: Callable[[Any], bool] | None = None,
        mutated: bool = False,
        auxiliary: bool = False,
        only_shape: bool | Callable[[Any], bool] = False,
        init: str = "",
    ):
        super().__init__(doc)
        self.shape = shape
        self.when = when
        self.mutated = mutated
        self.auxiliary = auxiliary or mutated
        self.only_shape = only_shape
        self.init = init


class Tensors(Field):
    """Any number of inputs."""

    def __init__(
        self,
        doc: str,
        count: str | Callable[[Any], int],
        names: Callable[[Any, int], str] | None = None,
        mutated: Callable[[Any, int], bool] | None = None,
        counted: str | None = None,
        only_shape: bool | Callable[[Any], bool] = False,
    ):
        super().__init__(doc)
        self.only_shape = only_shape
        self.counted = count if isinstance(count, str) else counted
        self.count = count
        self.names = names or (lambda op, place: f"arg{place}")
        self.mutated = mutated


class Param(Field):
    """A parameter: a value fixed when the node is composed."""

    def __init__(
        self,
        doc: str,
        default: Any = REQUIRED,
        ge: float | None = None,
        gt: float | None = None,
        le: float | None = None,
        lt: float | None = None,
        choices: tuple[Any, ...] | None = None,
        check: Callable[[Any], bool] | None = None,
        needs: str = "",
    ):
        super().__init__(doc)
        self.default = default
        self.ge, self.gt, self.le, self.lt = ge, gt, le, lt
        self.choices = choices
        self.check = check
        self.needs = needs
        self.type: Any = None


class Rest(Field):
    """Further keywords, kept as text."""


class Result(Field):
    """An output."""

    def __init__(
        self,
        doc: str,
        shape: str = "",
        when: Callable[[Any], bool] | None = None,
        count: Callable[[Any], int] | None = None,
        hidden: bool | Callable[[Any], bool] = False,
        numbered: bool = False,
        names: Callable[[Any, int], str] | None = None,
    ):
        super().__init__(doc)
        self.shape = shape
        self.when = when
        self.count = count
        self.hidden = hidden
        self.numbered = numbered
        self.names = names


def tensor(
    doc: str,
    *,
    shape: str = "",
    when: Callable[[Any], bool] | None = None,
    mutated: bool = False,
    auxiliary: bool = False,
    only_shape: bool | Callable[[Any], bool] = False,
    init: str = "",
) -> Any:
    """Declare an input.

    Parameters
    ----------
    doc : str
        What it is, for the docstring.
    shape : str
        Its shape in the fixed letters, for the docstring.
    when : callable of the parameters, optional
        Whether a node with these parameters has it.
    mutated : bool
        The operator gives it a new value: its variable is an auxiliary state.
    auxiliary : bool
        Its variable is an auxiliary state that is only read here (another operator writes it).
    only_shape : bool or callable of the parameters
        No kernel reads its values.
    init : str
        How training initialises a variable that is made for it, as an initializer's ``dumps()``: ``'["zero", {}]'``.
    """
    return Tensor(doc, shape, when, mutated, auxiliary, only_shape, init)


def tensors(
    doc: str,
    *,
    count: str | Callable[[Any], int],
    names: Callable[[Any, int], str] | None = None,
    mutated: Callable[[Any, int], bool] | None = None,
    counted: str | None = None,
) -> Any:
    """Declare any number of inputs.

    Parameters
    ----------
    count : str or callable of the parameters
        How many: the parameter of that name (found by counting when it is left out), or what the function says.
    names : callable of the parameters and the place
        Spells the name of one of them; ``arg0``, ``arg1`` by default.
    mutated : callable of the parameters and the place
        Whether that one gets a new value.
    counted : str, optional
        The parameter that is filled with the number of inputs given, where ``count`` is a function.
    """
    return Tensors(doc, count, names, mutated, counted)


def param(
    doc: str,
    *,
    default: Any = REQUIRED,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    choices: tuple[Any, ...] | None = None,
    check: Callable[[Any], bool] | None = None,
    needs: str = "",
) -> Any:
    """Declare a parameter; its annotation says its kind.

    Parameters
    ----------
    default
        Its value where the user gives none; without one it is required.
    ge, gt, le, lt : number
        Bounds.
    choices : tuple
        The values admitted, for a ``DType``; others are annotated ``Literal["a", "b"]``.
    check : callable
        A further condition on the value; ``needs`` says it in words.
    """
    return Param(doc, default, ge, gt, le, lt, choices, check, needs)


def rest(doc: str) -> Any:
    """Declare that further keywords are handed on as text, as in ``Custom``."""
    return Rest(doc)


def result(
    doc: str,
    *,
    shape: str = "",
    when: Callable[[Any], bool] | None = None,
    count: Callable[[Any], int] | None = None,
    hidden: bool | Callable[[Any], bool] = False,
    numbered: bool = False,
    names: Callable[[Any, int], str] | None = None,
) -> Any:
    """Declare an output; left out where there is just one, called ``output``.

    Parameters
    ----------
    when : callable of the parameters
        Whether a node with these parameters has it.
    count : callable of the parameters
        How many there are: ``output0``, ``output1``.
    hidden : bool or callable of the parameters
        It cannot be composed with, but kernels, gradients and the monitor see it.
    numbered : bool
        With a ``count``: a single one is called ``output0`` too, not ``output``.
    names : callable of the parameters and the place
        With a ``count``: spells the name of one of them.
    """
    return Result(doc, shape, when, count, hidden, numbered, names)
