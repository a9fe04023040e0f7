"""Arithmetic of arrays and numbers: Python's operators, and the functions ``mx.nd.add`` and its kin."""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.symbol.handle import Symbol

__all__ = [
    "add",
    "divide",
    "equal",
    "greater",
    "greater_equal",
    "hypot",
    "lesser",
    "lesser_equal",
    "logical_and",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "modulo",
    "multiply",
    "not_equal",
    "power",
    "subtract",
    "true_divide",
]

Function = Callable[[Any, Any], Any]


def two_sided(name: str, doc: str, operator: str, plain: Function) -> Function:
    """Make a function of two arrays, of an array and a number on either side, or of two numbers.

    Parameters
    ----------
    operator : str
        The operator for two arrays. A number counts as an array without axes, of the other's type.
    plain : callable
        What is done with two numbers.
    """

    def function(lhs: Any, rhs: Any) -> Any:
        if isinstance(lhs, Arithmetic):
            return lhs._of_two(operator, lhs, rhs if isinstance(rhs, Arithmetic) else _operand(rhs, name))
        if isinstance(rhs, Arithmetic):
            return rhs._of_two(operator, _operand(lhs, name), rhs)
        return plain(_number(lhs, name), _number(rhs, name))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def _operand(value: Any, name: str) -> Any:
    if isinstance(value, np.ndarray):
        return value if value.ndim else _number(value.item(), name)
    return value if type(value) is float else _number(value, name)


def _number(value: Any, name: str) -> Any:
    if isinstance(value, (int, float, numbers.Real, np.bool_)):
        return value
    facts = {"argument": "operand", "got": f"{value!r} ({type(value).__name__})", "expected": "NDArray, number or numpy.ndarray"}
    raise ArgumentError(describe(f"type {type(value).__name__} is not supported", operator=name, facts=facts))


def _compared(test: Function) -> Function:
    return lambda lhs, rhs: int(bool(test(lhs, rhs)))


add = two_sided("add", "Add arrays that stretch to one shape, or a number.", "broadcast_plus", operator.add)
subtract = two_sided("subtract", "Subtract arrays that stretch to one shape, or a number.", "broadcast_minus", operator.sub)
multiply = two_sided("multiply", "Multiply arrays that stretch to one shape, or a number.", "broadcast_mul", operator.mul)
divide = two_sided("divide", "Divide arrays that stretch to one shape, or by a number.", "broadcast_div", operator.truediv)
modulo = two_sided("modulo", "Take the rest of a division; it has the sign of the divisor.", "broadcast_mod", operator.mod)
raised = two_sided("power", "Raise ``base`` to the power of ``exp``, element by element.", "broadcast_power", operator.pow)
maximum = two_sided("maximum", "Take the larger of two, element by element.", "broadcast_maximum", max)
minimum = two_sided("minimum", "Take the smaller of two, element by element.", "broadcast_minimum", min)
hypot = two_sided("hypot", "Compute ``sqrt(lhs ** 2 + rhs ** 2)``, element by element.", "broadcast_hypot", math.hypot)
equal = two_sided("equal", "Compare: 1 where equal, else 0, in the type of the operands.", "broadcast_equal", _compared(operator.eq))
not_equal = two_sided("not_equal", "Compare: 1 where not equal, else 0.", "broadcast_not_equal", _compared(operator.ne))
greater = two_sided("greater", "Compare: 1 where ``lhs > rhs``, else 0.", "broadcast_greater", _compared(operator.gt))
greater_equal = two_sided("greater_equal", "Compare: 1 where ``lhs >= rhs``, else 0.", "broadcast_greater_equal", _compared(operator.ge))
lesser = two_sided("lesser", "Compare: 1 where ``lhs < rhs``, else 0.", "broadcast_lesser", _compared(operator.lt))
lesser_equal = two_sided("lesser_equal", "Compare: 1 where ``lhs <= rhs``, else 0.", "broadcast_lesser_equal", _compared(operator.le))
logical_and = two_sided("logical_and", "1 where both are not 0, else 0.", "broadcast_logical_and", _compared(lambda x, y: x and y))
logical_or = two_sided("logical_or", "1 where one is not 0, else 0.", "broadcast_logical_or", _compared(lambda x, y: x or y))
logical_xor = two_sided(
    "logical_xor", "1 where just one is not 0, else 0.", "broadcast_logical_xor", _compared(lambda x, y: bool(x) != bool(y))
)
true_divide = divide


def power(base: Any, exp: Any) -> Any:
    """Raise ``base`` to the power of ``exp``, element by element."""
    return raised(base, exp)


def _from_left(function: Function) -> Function:
    """Make the method of a Python operator with the array on the left; a Symbol on the right composes."""

    def method(self: Any, other: Any) -> Any:
        return NotImplemented if isinstance(other, Symbol) else function(self, other)

    return method


def _from_right(function: Function) -> Function:
    """Make the method of a Python operator with the array on the right."""

    def method(self: Any, other: Any) -> Any:
        return function(other, self)

    return method


def _in_place(function: Function) -> Function:
    """Make the method of ``x += y`` and its kin: the result goes into the array's own memory."""

    def method(self: Any, other: Any) -> Any:
        return self._put(function(self, other))

    return method


class Arithmetic:
    """Python's operators, each an operator called on arrays at once.

    The subclass finds operators, runs them on two operands, and puts results in place.
    """

    __slots__ = ()
    __hash__ = object.__hash__  # == compares elements; an array is still itself

    _operator: Callable[[str], Any]
    _of_two: Callable[[str, Any, Any], Any]
    _put: Callable[[Any], Any]

    __add__, __radd__, __iadd__ = _from_left(add), _from_right(add), _in_place(add)
    __sub__, __rsub__, __isub__ = _from_left(subtract), _from_right(subtract), _in_place(subtract)
    __mul__, __rmul__, __imul__ = _from_left(multiply), _from_right(multiply), _in_place(multiply)
    __truediv__, __rtruediv__, __itruediv__ = _from_left(divide), _from_right(divide), _in_place(divide)
    __div__, __rdiv__, __idiv__ = __truediv__, __rtruediv__, __itruediv__
    __mod__, __rmod__, __imod__ = _from_left(modulo), _from_right(modulo), _in_place(modulo)
    __pow__, __rpow__ = _from_left(raised), _from_right(raised)
    __eq__, __ne__ = _from_left(equal), _from_left(not_equal)
    __gt__, __ge__, __lt__, __le__ = _from_left(greater), _from_left(greater_equal), _from_left(lesser), _from_left(lesser_equal)

    def __neg__(self) -> Any:
        return multiply(self, -1.0)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self._operator("abs")(self)

    def __matmul__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Symbol) else self._operator("dot")(self, other)
