"""``mx.nd.random``: draws for numbers, or for arrays of parameters."""

from __future__ import annotations

from typing import Any

from symbolic.nd.array import NDArray
from symbolic.nd.call import on_arrays
from symbolic.symbol.random import drawn
from symbolic.values.context import Context

__all__ = ["OWN"]


def uniform(
    low: float | NDArray = 0, high: float | NDArray = 1, shape: Any = None, dtype: Any = None, ctx: Context | None = None, out: NDArray | None = None
) -> NDArray:
    """Draw evenly from ``[low, high)``.

    Parameters
    ----------
    low, high : float or NDArray
        Bounds; both numbers or both arrays of one shape.
    shape : int or tuple of int, optional
        Of the result, ``(1,)`` by default; with arrays, of the draws for each element, one by default.
    dtype : optional
        ``"float16"``, ``"float32"`` (default) or ``"float64"``.
    ctx : Context, optional
        The device the result is said to be on.
    out : NDArray, optional
        Receives the draws; then ``shape`` is its own by default.
    """
    return _draw("uniform", (low, high), shape, dtype, ctx, out)


def normal(
    loc: float | NDArray = 0, scale: float | NDArray = 1, shape: Any = None, dtype: Any = None, ctx: Context | None = None, out: NDArray | None = None
) -> NDArray:
    """Draw from the normal distribution with mean ``loc`` and standard deviation ``scale``; see `uniform`."""
    return _draw("normal", (loc, scale), shape, dtype, ctx, out)


def randn(
    *shape: int, loc: float | NDArray = 0, scale: float | NDArray = 1, dtype: Any = None, ctx: Context | None = None, out: NDArray | None = None
) -> NDArray:
    """Draw from the normal distribution; the sizes of the result come first."""
    return _draw("normal", (loc, scale), shape or None, dtype, ctx, out)


def _draw(name: str, values: tuple[Any, ...], shape: Any, dtype: Any, ctx: Any, out: NDArray | None) -> NDArray:
    words: dict[str, Any] = {} if out is None else {"out": out}
    if not any(isinstance(value, NDArray) for value in values):
        words["ctx"] = ctx
        if shape is None:
            shape = (1,) if out is None else out.shape
    return drawn(NDArray, on_arrays, name, f"_random_{name}", f"_sample_{name}", values, shape, dtype, words)


OWN = {"uniform": uniform, "normal": normal, "randn": randn}
