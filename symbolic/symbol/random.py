"""``mx.sym.random``: draws for numbers, or for Symbols of parameters."""

from __future__ import annotations

from typing import Any

from symbolic import registry
from symbolic.errors import ArgumentError, describe
from symbolic.symbol.handle import Symbol

__all__ = ["OWN"]


def drawn(kind: type, find: Any, name: str, numbers: str, arrays: str, values: tuple[Any, ...], shape: Any, dtype: Any, kwargs: dict[str, Any]) -> Any:
    """Call the form of a distribution that fits its parameters: all numbers, or all of ``kind``."""
    given = [isinstance(value, kind) for value in values]
    words = {**({} if shape is None else {"shape": shape}), **({} if dtype is None else {"dtype": dtype}), **kwargs}
    if all(given):
        return find(arrays)(*values, **words)
    if any(given):
        raise ArgumentError(
            describe(f"the parameters of {name} are all {kind.__name__}s or all numbers", operator=name, facts={"got": values, "expected": kind.__name__})
        )
    return find(numbers)(*values, **words)


def uniform(low: Any = 0, high: Any = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Draw evenly from ``[low, high)``."""
    return drawn(Symbol, registry.find, "uniform", "_random_uniform", "_sample_uniform", (low, high), shape, dtype, kwargs)


def normal(loc: Any = 0, scale: Any = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Draw from the normal distribution with mean ``loc`` and standard deviation ``scale``."""
    return drawn(Symbol, registry.find, "normal", "_random_normal", "_sample_normal", (loc, scale), shape, dtype, kwargs)


def randn(*shape: int, **kwargs: Any) -> Symbol:
    """Draw from the normal distribution; the shape comes first."""
    return normal(kwargs.pop("loc", 0), kwargs.pop("scale", 1), shape or None, kwargs.pop("dtype", None), **kwargs)


OWN = {"uniform": uniform, "normal": normal, "randn": randn}
