"""``mx.sym.random``: draws for numbers, or for Symbols of parameters."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from numbers import Number
from typing import Any

from symbolic import registry
from symbolic.errors import ArgumentError, InputError, describe
from symbolic.symbol.handle import Symbol

__all__ = ["OWN", "drawn"]


def drawn(kind: type, find: Callable[[str], Any], name: str, values: tuple[Any, ...], words: dict[str, Any]) -> Any:
    """Call the form of a distribution that fits its parameters: all numbers, or all of ``kind``.

    Parameters
    ----------
    kind : type
        `Symbol` or ``NDArray``.
    find : callable
        Finds an operator by name, as a function of such values.
    words : dict
        Further keywords; what is None is left out.

    Raises
    ------
    ArgumentError
        If the parameters are neither.
    InputError
        If they are of both kinds.
    """
    expected = f"{kind.__name__}s, or numbers"
    form, admitted = ("_sample", kind) if isinstance(values[0], kind) else ("_random", Number)
    if not isinstance(values[0], admitted):
        facts = {"got": type(values[0]).__name__, "expected": expected}
        raise ArgumentError(describe("the parameters are neither numbers nor arrays", operator=name, facts=facts))
    other = next((value for value in values if not isinstance(value, admitted)), None)
    if other is not None:
        facts = {"got": f"{type(values[0]).__name__} and {type(other).__name__}", "expected": expected}
        raise InputError(describe("the parameters must be of one kind", operator=name, facts=facts))
    return find(f"{form}_{name}")(*values, **{word: value for word, value in words.items() if value is not None})


def _draw(name: str, values: tuple[Any, ...], shape: Any, dtype: Any, kwargs: dict[str, Any]) -> Symbol:
    return drawn(Symbol, registry.find, name, values, {"shape": shape, "dtype": dtype, **kwargs})


def uniform(low: float | Symbol = 0, high: float | Symbol = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Draw evenly from ``[low, high)``.

    Parameters
    ----------
    low, high : float or Symbol
        Bounds; both numbers or both Symbols of one shape.
    shape : int or tuple of int, optional
        Of the result, by default what its reader needs; with Symbols, of the draws for each element, one by default.
    dtype : optional
        ``"float16"``, ``"float32"`` (default) or ``"float64"``.
    **kwargs
        ``name`` and ``attr`` of the node.
    """
    return _draw("uniform", (low, high), shape, dtype, kwargs)


def normal(loc: float | Symbol = 0, scale: float | Symbol = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Draw from the normal distribution with mean ``loc`` and standard deviation ``scale``; see `uniform`."""
    return _draw("normal", (loc, scale), shape, dtype, kwargs)


def randn(*shape: int, **kwargs: Any) -> Symbol:
    """Draw from the normal distribution; the sizes of the result come first, ``loc``, ``scale`` and ``dtype`` by name."""
    loc, scale, dtype = kwargs.pop("loc", 0), kwargs.pop("scale", 1), kwargs.pop("dtype", None)
    return _draw("normal", (loc, scale), shape or None, dtype, kwargs)


def exponential(scale: float | Symbol = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Draw from the exponential distribution with mean ``scale``; see `uniform`."""
    return _draw("exponential", (1.0 / scale,), shape, dtype, kwargs)


def gamma(alpha: float | Symbol = 1, beta: float | Symbol = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Draw from the gamma distribution with mean ``alpha * beta`` and variance ``alpha * beta ** 2``; see `uniform`."""
    return _draw("gamma", (alpha, beta), shape, dtype, kwargs)


def poisson(lam: float | Symbol = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Draw from the Poisson distribution with mean ``lam``; see `uniform`."""
    return _draw("poisson", (lam,), shape, dtype, kwargs)


def negative_binomial(k: int | Symbol = 1, p: float | Symbol = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Draw numbers of failures before the ``k``-th success, each of probability ``p``; see `uniform`."""
    return _draw("negative_binomial", (k, p), shape, dtype, kwargs)


def generalized_negative_binomial(
    mu: float | Symbol = 1, alpha: float | Symbol = 1, shape: Any = None, dtype: Any = None, **kwargs: Any
) -> Symbol:
    """Draw numbers of events with mean ``mu`` and variance ``mu + alpha * mu ** 2``; see `uniform`."""
    return _draw("generalized_negative_binomial", (mu, alpha), shape, dtype, kwargs)


def randint(low: int, high: int, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Draw whole numbers evenly from ``low`` to ``high - 1``, of type int32 or ``dtype="int64"``."""
    whole_numbers(low, high)
    return _draw("randint", (low, high), shape, dtype, kwargs)


def whole_numbers(*bounds: Any) -> None:
    """Refuse bounds that are no numbers: there is no form of `randint` for arrays.

    Raises
    ------
    ArgumentError
        If one is not a number.
    """
    for bound in bounds:
        if not isinstance(bound, Number):
            raise ArgumentError(
                describe("bounds must be numbers", operator="randint", facts={"got": type(bound).__name__, "expected": "int"})
            )


def multinomial(data: Symbol, shape: Any = None, get_prob: bool = True, dtype: Any = "int32", **kwargs: Any) -> Symbol:
    """Draw categories by the probabilities in the last axis of ``data``.

    Parameters
    ----------
    data : Symbol
        Probabilities, of shape ``(*n, k)``.
    shape : int or tuple of int, optional
        Of the draws from each distribution; one by default.
    get_prob : bool
        Return the logarithms of the probabilities of what was drawn as a second output.
    dtype : optional
        Type of the categories.
    **kwargs
        ``name`` and ``attr`` of the node.
    """
    words = {} if shape is None else {"shape": shape}
    return registry.find("_sample_multinomial")(data, **words, get_prob=get_prob, dtype=dtype, **kwargs)


def shuffle(data: Symbol, **kwargs: Any) -> Symbol:
    """Put the slices along the first axis of ``data`` in a drawn order."""
    return registry.find("_shuffle")(data, **kwargs)


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
    """Find an operator: this module may stand for the namespace ``mx.sym.random``, since imports put it in that place."""
    return getattr(importlib.import_module("symbolic.symbol.namespace").attribute("random"), name)


def __dir__() -> list[str]:
    return dir(importlib.import_module("symbolic.symbol.namespace").attribute("random"))
