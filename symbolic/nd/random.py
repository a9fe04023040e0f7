"""``mx.nd.random``: draws for numbers, or for arrays of parameters."""

from __future__ import annotations

import importlib
from typing import Any

from symbolic.base import _Null
from symbolic.nd.array import NDArray
from symbolic.nd.call import on_arrays
from symbolic.symbol.random import drawn, whole_numbers
from symbolic.values.context import Context

__all__ = ["OWN"]

Out = NDArray | None


def _given(value: Any) -> Any:
    """Take the reference's mark of what is not given for None."""
    return None if value is _Null else value


def _draw(name: str, values: tuple[Any, ...], shape: Any, dtype: Any, ctx: Context | None, out: Out, kwargs: dict[str, Any]) -> NDArray:
    shape, dtype = _given(shape), _given(dtype)
    words = {"dtype": dtype, "out": out, **kwargs}
    if not isinstance(values[0], NDArray):
        words["ctx"] = ctx
        if shape is None:
            shape = (1,) if out is None else out.shape
    return drawn(NDArray, on_arrays, name, values, {"shape": shape, **words})


def uniform(
    low: float | NDArray = 0,
    high: float | NDArray = 1,
    shape: Any = None,
    dtype: Any = None,
    ctx: Context | None = None,
    out: Out = None,
    **kwargs: Any,
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
    return _draw("uniform", (low, high), shape, dtype, ctx, out, kwargs)


def normal(
    loc: float | NDArray = 0,
    scale: float | NDArray = 1,
    shape: Any = None,
    dtype: Any = None,
    ctx: Context | None = None,
    out: Out = None,
    **kwargs: Any,
) -> NDArray:
    """Draw from the normal distribution with mean ``loc`` and standard deviation ``scale``; see `uniform`."""
    return _draw("normal", (loc, scale), shape, dtype, ctx, out, kwargs)


def randn(
    *shape: int,
    loc: float | NDArray = 0,
    scale: float | NDArray = 1,
    dtype: Any = None,
    ctx: Context | None = None,
    out: Out = None,
    **kwargs: Any,
) -> NDArray:
    """Draw from the normal distribution; the sizes of the result come first."""
    return _draw("normal", (loc, scale), shape or None, dtype, ctx, out, kwargs)


def exponential(
    scale: float | NDArray = 1, shape: Any = None, dtype: Any = None, ctx: Context | None = None, out: Out = None, **kwargs: Any
) -> NDArray:
    """Draw from the exponential distribution with mean ``scale``; see `uniform`."""
    return _draw("exponential", (1.0 / scale,), shape, dtype, ctx, out, kwargs)


def gamma(
    alpha: float | NDArray = 1,
    beta: float | NDArray = 1,
    shape: Any = None,
    dtype: Any = None,
    ctx: Context | None = None,
    out: Out = None,
    **kwargs: Any,
) -> NDArray:
    """Draw from the gamma distribution with mean ``alpha * beta`` and variance ``alpha * beta ** 2``; see `uniform`."""
    return _draw("gamma", (alpha, beta), shape, dtype, ctx, out, kwargs)


def poisson(
    lam: float | NDArray = 1, shape: Any = None, dtype: Any = None, ctx: Context | None = None, out: Out = None, **kwargs: Any
) -> NDArray:
    """Draw from the Poisson distribution with mean ``lam``; see `uniform`."""
    return _draw("poisson", (lam,), shape, dtype, ctx, out, kwargs)


def negative_binomial(
    k: int | NDArray = 1,
    p: float | NDArray = 1,
    shape: Any = None,
    dtype: Any = None,
    ctx: Context | None = None,
    out: Out = None,
    **kwargs: Any,
) -> NDArray:
    """Draw numbers of failures before the ``k``-th success, each of probability ``p``; see `uniform`."""
    return _draw("negative_binomial", (k, p), shape, dtype, ctx, out, kwargs)


def generalized_negative_binomial(
    mu: float | NDArray = 1,
    alpha: float | NDArray = 1,
    shape: Any = None,
    dtype: Any = None,
    ctx: Context | None = None,
    out: Out = None,
    **kwargs: Any,
) -> NDArray:
    """Draw numbers of events with mean ``mu`` and variance ``mu + alpha * mu ** 2``; see `uniform`."""
    return _draw("generalized_negative_binomial", (mu, alpha), shape, dtype, ctx, out, kwargs)


def randint(
    low: int, high: int, shape: Any = None, dtype: Any = None, ctx: Context | None = None, out: Out = None, **kwargs: Any
) -> NDArray:
    """Draw whole numbers evenly from ``low`` to ``high - 1``, of type int32 or ``dtype="int64"``."""
    whole_numbers(low, high)
    return _draw("randint", (low, high), shape, dtype, ctx, out, kwargs)


def multinomial(data: NDArray, shape: Any = None, get_prob: bool = False, out: Any = None, dtype: Any = "int32", **kwargs: Any) -> Any:
    """Draw categories by the probabilities in the last axis of ``data``.

    Parameters
    ----------
    data : NDArray
        Probabilities, of shape ``(*n, k)``.
    shape : int or tuple of int, optional
        Of the draws from each distribution; one by default.
    get_prob : bool
        Return the logarithms of the probabilities of what was drawn, too.
    out : NDArray, or list of two, optional
        Receives the results.
    dtype : optional
        Type of the categories.

    Returns
    -------
    NDArray or list of NDArray
        Categories, of shape ``(*n, *shape)``, or they and the logarithms.
    """
    words = {} if _given(shape) is None else {"shape": shape}
    return on_arrays("_sample_multinomial")(data, **words, get_prob=get_prob, dtype=dtype, out=out, **kwargs)


def shuffle(data: NDArray, **kwargs: Any) -> NDArray:
    """Put the slices along the first axis of ``data`` in a drawn order; ``out=data`` does it in place."""
    return on_arrays("_shuffle")(data, **kwargs)


_OWN = (
    uniform,
    normal,
    randn,
    exponential,
    gamma,
    poisson,
    negative_binomial,
    generalized_negative_binomial,
    randint,
    multinomial,
    shuffle,
)
OWN = {function.__name__: function for function in _OWN}


def __getattr__(name: str) -> Any:
    """Find an operator: ``mx.nd.random.uniform_like``."""
    return getattr(importlib.import_module("symbolic.nd.namespace").operators("random"), name)


def __dir__() -> list[str]:
    return dir(importlib.import_module("symbolic.nd.namespace").operators("random"))
