"""The Python operators of a Symbol: ``a + b``, ``a > 0``, ``-a``; numbers and arrays may stand on one side.

Two symbols compose the operator for equal shapes, as in the reference. Where inference finds shapes that are unequal and
stretch, it becomes the one for those (``symbolic/infer/stretch.py``).
"""

from __future__ import annotations

import importlib
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.registry import find
from symbolic.symbol.constant import beside, is_array

__all__ = ["Arithmetic", "binary", "bits", "is_symbol", "matmul"]

PLAIN = (int, float)  # asked first: the abstract class of numbers answers ten times slower


def binary(two: str, scalar: str, broadcast: str, reflected: str | None = None) -> Callable[[Any, Any], Any]:
    """Make a function of a symbol and a symbol, a number or an array.

    Parameters
    ----------
    two : str
        The operator for two symbols, under the alias that automatic names come from.
    scalar : str
        The one for a symbol and a number.
    broadcast : str
        The one for a symbol and an array.
    reflected : str, optional
        The scalar form with the number on the left, if ``scalar`` is not it.
    """
    from_left = reflected or scalar

    def function(left: Any, right: Any) -> Any:
        if isinstance(left, Arithmetic):
            if isinstance(right, Arithmetic):
                return find(two)(left, right)
            if type(right) in PLAIN or is_number(right):
                return find(scalar)(left, scalar=plain(right))
            other = right
        else:
            if type(left) in PLAIN or is_number(left):
                return find(from_left)(right, scalar=plain(left))
            other = left
        if is_array(other):
            symbol, made = beside(left if other is right else right, other)
            return find(broadcast)(symbol, made) if other is right else find(broadcast)(made, symbol)
        raise ArgumentError(
            describe(
                f"type {type(other).__name__} not supported",
                operator=scalar,
                facts={"got": repr(other), "expected": "a Symbol, a number or an array"},
            )
        )

    return function


def is_number(value: Any) -> bool:
    """Whether a value is one number: Python's, NumPy's, or an array without axes."""
    return isinstance(value, numbers.Number) or (isinstance(value, np.ndarray) and value.ndim == 0)


def plain(value: Any) -> Any:
    """Take the number out of an array without axes."""
    return value.item() if isinstance(value, np.ndarray) else value


add = binary("_Plus", "_PlusScalar", "broadcast_add")
subtract = binary("_Minus", "_MinusScalar", "broadcast_sub", "_RMinusScalar")
multiply = binary("_Mul", "_MulScalar", "broadcast_mul")
divide = binary("_Div", "_DivScalar", "broadcast_div", "_RDivScalar")
modulo = binary("_Mod", "_ModScalar", "broadcast_mod", "_RModScalar")
raise_to = binary("_Power", "_PowerScalar", "broadcast_power", "_rpower_scalar")
power = binary("_Power", "_PowerScalar", "broadcast_power", "_RPowerScalar")  # mx.sym.power: as 2 ** x, under another name
maximum = binary("_Maximum", "_MaximumScalar", "broadcast_maximum")
minimum = binary("_Minimum", "_MinimumScalar", "broadcast_minimum")
hypot = binary("_Hypot", "_HypotScalar", "broadcast_hypot")
equal = binary("_equal", "_equal_scalar", "broadcast_equal")
not_equal = binary("_not_equal", "_not_equal_scalar", "broadcast_not_equal")
greater = binary("_greater", "_greater_scalar", "broadcast_greater", "_lesser_scalar")
greater_equal = binary("_greater_equal", "_greater_equal_scalar", "broadcast_greater_equal", "_lesser_equal_scalar")
lesser = binary("_lesser", "_lesser_scalar", "broadcast_lesser", "_greater_scalar")
lesser_equal = binary("_lesser_equal", "_lesser_equal_scalar", "broadcast_lesser_equal", "_greater_equal_scalar")
logical_and = binary("_logical_and", "_logical_and_scalar", "broadcast_logical_and")
logical_or = binary("_logical_or", "_logical_or_scalar", "broadcast_logical_or")
logical_xor = binary("_logical_xor", "_logical_xor_scalar", "broadcast_logical_xor")


def is_symbol(value: Any) -> bool:
    """Whether a value is a Symbol."""
    return isinstance(value, Arithmetic)


def floor_divide(left: Any, right: Any) -> Any:
    """Compose ``left // right``, the quotient rounded down: what is left over goes first, so that integers are exact."""
    return find("round")(divide(subtract(left, modulo(left, right)), right))


def bits(left: Any, right: Any, sign: str) -> Any:
    """Compose ``left & right`` and its kin: of truth values, 0 and 1; graphs have no operators for the bits of integers."""
    for side in (left, right):
        if isinstance(side, (int, np.integer)) and not isinstance(side, bool) and side not in (0, 1):
            facts = {"got": repr(side), "expected": "True or False, 0 or 1, or a Symbol or an array of these"}
            raise ArgumentError(describe("no operator takes numbers bit by bit", operator=sign, facts=facts))
    left, right = (int(side) if isinstance(side, (bool, np.bool_)) else side for side in (left, right))
    return _TRUTH[sign](left, right)


_TRUTH = {"&": logical_and, "|": logical_or, "^": logical_xor}


def matmul(left: Any, right: Any) -> Any:
    """Compose ``left @ right``: NumPy's product of vectors, matrices, and stacks of these."""
    return importlib.import_module("symbolic.symbol.numpy.product").matmul(left, right)  # it is made of all this


class Arithmetic:
    """Python's operators, each an operator of the graph."""

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return add(self, other)

    def __radd__(self, other: Any) -> Any:
        return add(other, self)

    def __sub__(self, other: Any) -> Any:
        return subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return multiply(other, self)

    def __truediv__(self, other: Any) -> Any:
        return divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return divide(other, self)

    __div__, __rdiv__ = __truediv__, __rtruediv__

    def __floordiv__(self, other: Any) -> Any:
        return floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return floor_divide(other, self)

    def __mod__(self, other: Any) -> Any:
        return modulo(self, other)

    def __rmod__(self, other: Any) -> Any:
        return modulo(other, self)

    def __pow__(self, other: Any) -> Any:
        return raise_to(self, other)

    def __rpow__(self, other: Any) -> Any:
        return raise_to(other, self)

    def __neg__(self) -> Any:
        return multiply(self, -1.0)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return find("abs")(self)

    def __matmul__(self, other: Any) -> Any:
        return matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return matmul(other, self)

    def __divmod__(self, other: Any) -> Any:
        return floor_divide(self, other), modulo(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return floor_divide(other, self), modulo(other, self)

    def __and__(self, other: Any) -> Any:
        return bits(self, other, "&")

    def __rand__(self, other: Any) -> Any:
        return bits(other, self, "&")

    def __or__(self, other: Any) -> Any:
        return bits(self, other, "|")

    def __ror__(self, other: Any) -> Any:
        return bits(other, self, "|")

    def __xor__(self, other: Any) -> Any:
        return bits(self, other, "^")

    def __rxor__(self, other: Any) -> Any:
        return bits(other, self, "^")

    def __invert__(self) -> Any:
        return find("logical_not")(self)

    def __round__(self, ndigits: int | None = None) -> Any:
        return np.round(self, ndigits or 0)  # type: ignore[call-overload]  # through __array_function__

    def __floor__(self) -> Any:
        return find("floor")(self)

    def __ceil__(self) -> Any:
        return find("ceil")(self)

    def __trunc__(self) -> Any:
        return find("trunc")(self)

    def __eq__(self, other: object) -> Any:
        return equal(self, other)

    def __ne__(self, other: object) -> Any:
        return not_equal(self, other)

    def __gt__(self, other: Any) -> Any:
        return greater(self, other)

    def __ge__(self, other: Any) -> Any:
        return greater_equal(self, other)

    def __lt__(self, other: Any) -> Any:
        return lesser(self, other)

    def __le__(self, other: Any) -> Any:
        return lesser_equal(self, other)
