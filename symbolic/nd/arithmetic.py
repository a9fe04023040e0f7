"""Arithmetic of arrays and numbers: Python's operators, and the functions ``mx.nd.add`` and its kin."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.symbol.handle import Symbol

__all__ = [
    "Arithmetic",
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


def two_sided(name: str, doc: str, two: str, scalar: str, reflected: str, plain: Function) -> Function:
    """Make a function of two arrays, of an array and a number on either side, or of two numbers.

    Parameters
    ----------
    two, scalar, reflected : str
        The operator for two arrays; for an array and a number on its right; on its left.
    plain : callable
        What is done with two numbers.
    """

    def function(lhs: Any, rhs: Any) -> Any:
        if isinstance(lhs, Arithmetic):
            if isinstance(rhs, Arithmetic) or (isinstance(rhs, np.ndarray) and rhs.ndim):
                return lhs._with_array(two, rhs)
            return lhs._with_number(scalar, _number(rhs, name))
        if isinstance(rhs, Arithmetic):
            if isinstance(lhs, np.ndarray) and lhs.ndim:
                return rhs._with_array_left(two, lhs)
            return rhs._with_number(reflected, _number(lhs, name))
        _number(lhs, name), _number(rhs, name)
        return plain(lhs, rhs)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def _number(value: Any, name: str) -> float:
    if type(value) is float:
        return value
    if isinstance(value, (numbers.Real, np.bool_)) or (isinstance(value, np.ndarray) and not value.ndim and value.dtype.kind in "biuf"):
        return float(value)
    facts = {"argument": "operand", "got": f"{value!r} ({type(value).__name__})", "expected": "NDArray, number or numpy.ndarray"}
    raise ArgumentError(describe(f"type {type(value).__name__} is not supported", operator=name, facts=facts))


def _compared(test: Function) -> Function:
    return lambda lhs, rhs: int(bool(test(lhs, rhs)))


add = two_sided("add", "Add arrays that stretch to one shape, or a number.",
                "broadcast_add", "_plus_scalar", "_plus_scalar", operator.add)  # fmt: skip
subtract = two_sided("subtract", "Subtract arrays that stretch to one shape, or a number.",
                     "broadcast_sub", "_minus_scalar", "_rminus_scalar", operator.sub)  # fmt: skip
multiply = two_sided("multiply", "Multiply arrays that stretch to one shape, or a number.",
                     "broadcast_mul", "_mul_scalar", "_mul_scalar", operator.mul)  # fmt: skip
divide = two_sided("divide", "Divide arrays that stretch to one shape, or by a number.",
                   "broadcast_div", "_div_scalar", "_rdiv_scalar", operator.truediv)  # fmt: skip
modulo = two_sided("modulo", "Take the rest of a division; it has the sign of the divisor.",
                   "broadcast_mod", "_mod_scalar", "_rmod_scalar", operator.mod)  # fmt: skip
raised = two_sided("power", "Raise ``base`` to the power of ``exp``, element by element.",
                   "broadcast_power", "_power_scalar", "_rpower_scalar", operator.pow)  # fmt: skip
maximum = two_sided("maximum", "Take the larger of two, element by element.",
                    "broadcast_maximum", "_maximum_scalar", "_maximum_scalar", max)  # fmt: skip
minimum = two_sided("minimum", "Take the smaller of two, element by element.",
                    "broadcast_minimum", "_minimum_scalar", "_minimum_scalar", min)  # fmt: skip
hypot = two_sided("hypot", "Compute ``sqrt(lhs ** 2 + rhs ** 2)``, element by element.",
                  "broadcast_hypot", "_hypot_scalar", "_hypot_scalar", np.hypot)  # fmt: skip
equal = two_sided("equal", "Compare: 1 where equal, else 0, in the type of the operands.",
                  "broadcast_equal", "_equal_scalar", "_equal_scalar", _compared(operator.eq))  # fmt: skip
not_equal = two_sided("not_equal", "Compare: 1 where not equal, else 0.",
                      "broadcast_not_equal", "_not_equal_scalar", "_not_equal_scalar", _compared(operator.ne))  # fmt: skip
greater = two_sided("greater", "Compare: 1 where ``lhs > rhs``, else 0.",
                    "broadcast_greater", "_greater_scalar", "_lesser_scalar", _compared(operator.gt))  # fmt: skip
greater_equal = two_sided("greater_equal", "Compare: 1 where ``lhs >= rhs``, else 0.",
                          "broadcast_greater_equal", "_greater_equal_scalar", "_lesser_equal_scalar", _compared(operator.ge))  # fmt: skip
lesser = two_sided("lesser", "Compare: 1 where ``lhs < rhs``, else 0.",
                   "broadcast_lesser", "_lesser_scalar", "_greater_scalar", _compared(operator.lt))  # fmt: skip
lesser_equal = two_sided("lesser_equal", "Compare: 1 where ``lhs <= rhs``, else 0.",
                         "broadcast_lesser_equal", "_lesser_equal_scalar", "_greater_equal_scalar", _compared(operator.le))  # fmt: skip
logical_and = two_sided("logical_and", "1 where both are not 0, else 0.",
                        "broadcast_logical_and", "_logical_and_scalar", "_logical_and_scalar", _compared(lambda x, y: x and y))  # fmt: skip
logical_or = two_sided("logical_or", "1 where one is not 0, else 0.",
                       "broadcast_logical_or", "_logical_or_scalar", "_logical_or_scalar", _compared(lambda x, y: x or y))  # fmt: skip
logical_xor = two_sided("logical_xor", "1 where just one is not 0, else 0.", "broadcast_logical_xor",
                        "_logical_xor_scalar", "_logical_xor_scalar", _compared(lambda x, y: bool(x) != bool(y)))  # fmt: skip
true_divide = divide


def power(base: Any, exp: Any) -> Any:
    """Raise ``base`` to the power of ``exp``, element by element."""
    return raised(base, exp)


def _operator(function: Function) -> Any:
    """Make the method of a Python operator with the array on the left; a Symbol on the right composes."""

    def method(self: Any, other: Any) -> Any:
        return NotImplemented if isinstance(other, Symbol) else function(self, other)

    return method


def _reflected(function: Function) -> Any:
    """Make the method of a Python operator with the array on the right."""

    def method(self: Any, other: Any) -> Any:
        return function(other, self)

    return method


def _in_place(function: Function) -> Any:
    """Make the method of ``x += y`` and its kin: the result goes into the array's own memory."""

    def method(self: Any, other: Any) -> Any:
        return self._put(function(self, other))

    return method


class Arithmetic:
    """Python's operators, each an operator called on arrays at once.

    Subclasses run them: ``_with_array``, ``_with_array_left``, ``_with_number``, ``_put``.
    """

    __slots__ = ()

    __add__, __radd__, __iadd__ = _operator(add), _reflected(add), _in_place(add)
    __sub__, __rsub__, __isub__ = _operator(subtract), _reflected(subtract), _in_place(subtract)
    __mul__, __rmul__, __imul__ = _operator(multiply), _reflected(multiply), _in_place(multiply)
    __truediv__, __rtruediv__, __itruediv__ = _operator(divide), _reflected(divide), _in_place(divide)
    __div__, __rdiv__, __idiv__ = __truediv__, __rtruediv__, __itruediv__
    __mod__, __rmod__, __imod__ = _operator(modulo), _reflected(modulo), _in_place(modulo)
    __pow__, __rpow__ = _operator(raised), _reflected(raised)
    __eq__, __ne__ = _operator(equal), _operator(not_equal)
    __gt__, __ge__, __lt__, __le__ = _operator(greater), _operator(greater_equal), _operator(lesser), _operator(lesser_equal)

    def __neg__(self) -> Any:
        return multiply(self, -1.0)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self._operator("abs")(self)

    def __matmul__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Symbol) else self._operator("dot")(self, other)
