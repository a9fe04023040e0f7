"""``mx.nd.random``: draws for numbers, or for arrays of parameters."""

from __future__ import annotations

from typing import Any

from symbolic.nd.array import NDArray
from symbolic.nd.call import on_arrays
from symbolic.symbol.random import drawn

__all__ = ["OWN"]


def uniform(low: Any = 0, high: Any = 1, shape: Any = (1,), dtype: Any = None, ctx: Any = None, out: Any = None, **kwargs: Any) -> NDArray:
    """Draw evenly from ``[low, high)``."""
    return drawn(NDArray, on_arrays, "uniform", "_random_uniform", "_sample_uniform", (low, high), _shape(shape, low), dtype, {"out": out, "ctx": ctx, **kwargs})


def normal(loc: Any = 0, scale: Any = 1, shape: Any = (1,), dtype: Any = None, ctx: Any = None, out: Any = None, **kwargs: Any) -> NDArray:
    """Draw from the normal distribution with mean ``loc`` and standard deviation ``scale``."""
    return drawn(NDArray, on_arrays, "normal", "_random_normal", "_sample_normal", (loc, scale), _shape(shape, loc), dtype, {"out": out, "ctx": ctx, **kwargs})


def _shape(shape: Any, first: Any) -> Any:
    return None if isinstance(first, NDArray) and shape == (1,) else shape


def randn(*shape: int, **kwargs: Any) -> NDArray:
    """Draw from the normal distribution; the shape comes first."""
    return normal(kwargs.pop("loc", 0), kwargs.pop("scale", 1), shape or (1,), **kwargs)


OWN = {"uniform": uniform, "normal": normal, "randn": randn}
