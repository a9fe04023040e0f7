"""Numbers of a step that are no floats: values of a graph, or in arrays that outlive the step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from symbolic import ops, registry
from symbolic.nd.array import NDArray
from symbolic.symbol.handle import Symbol

__all__ = ["Number", "Scalar"]


def _beside(operator: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Make the two forms of a Python operator, ``a + b`` and the reflected one, of which one side is a `Scalar`."""
    word, broadcast = f"__{operator}__", f"broadcast_{'div' if operator == 'truediv' else operator}"
    plain, reflected = getattr(Symbol, word), getattr(Symbol, f"__r{word[2:]}")

    def forward(self: Scalar, other: Any) -> Any:
        if isinstance(other, Scalar):
            return Scalar(registry.find(broadcast)(self, other)._entries)
        return registry.find(broadcast)(self, other) if isinstance(other, Symbol) else Scalar(plain(self, other)._entries)

    def backward(self: Scalar, other: Any) -> Any:
        return registry.find(broadcast)(other, self) if isinstance(other, Symbol) else Scalar(reflected(self, other)._entries)

    return forward, backward


class Scalar(Symbol):
    """A number that is a value of a graph, of shape ``(1,)``: beside a tensor it counts for every element.

    Between two of them, or with a float, arithmetic gives another number.
    """

    __slots__ = ()

    __add__, __radd__ = _beside("add")
    __sub__, __rsub__ = _beside("sub")
    __mul__, __rmul__ = _beside("mul")
    __truediv__, __rtruediv__ = _beside("truediv")

    def __rpow__(self, other: Any) -> Any:
        """Raise a float to this number: ``beta ** t``."""
        return Power(self * math.log(other)) if other > 0 else Scalar(super().__rpow__(other)._entries)

    def __neg__(self) -> Any:
        return self * -1.0


class Number(NDArray):
    """A number that lies in an array without axes, so that it can be another at the next step."""

    __slots__ = ()

    def __rpow__(self, other: Any) -> Any:
        """Raise a float to this number: ``beta ** t``."""
        return Power(self * math.log(other)) if other > 0 else super().__rpow__(other)


class Power:
    """``e ** exponent``, in formulas always as ``1 - beta ** t``, which float32 loses where the power is near one."""

    def __init__(self, exponent: Any):
        self.exponent = exponent

    def __rsub__(self, other: float) -> Any:
        """Subtract it from 1."""
        made = -ops.expm1(self.exponent)
        return (Scalar(made._entries) if isinstance(made, Symbol) else made) + (other - 1.0)
