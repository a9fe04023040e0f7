"""Whether random generators draw from the distribution they name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from symbolic.errors import InputError, NotSupported, describe

__all__ = ["chi_square_check", "gen_buckets_probs_with_ppf", "mean_check", "var_check", "verify_generator"]

Generator = Callable[[int], Any]


def gen_buckets_probs_with_ppf(ppf: Callable[[float], float], nbuckets: int) -> tuple[list[tuple[float, float]], list[float]]:
    """Cut a distribution into intervals of equal probability.

    Parameters
    ----------
    ppf : callable
        Its quantile function.
    nbuckets : int
        Number of intervals.

    Returns
    -------
    buckets : list of (float, float)
        The intervals.
    probs : list of float
        Probability of each.
    """
    if nbuckets <= 0:
        facts = {"argument": "nbuckets", "got": nbuckets, "expected": "1 or more"}
        raise InputError(describe("there must be an interval", operator="gen_buckets_probs_with_ppf", facts=facts))
    edges = [ppf(place / nbuckets) for place in range(nbuckets + 1)]
    return list(pairwise(edges)), [1.0 / nbuckets] * nbuckets


def mean_check(generator: Generator, mu: float, sigma: float, nsamples: int = 1000000) -> Any:
    """Whether the mean of samples is within three standard errors of ``mu``, for a standard deviation ``sigma``."""
    samples = np.array(generator(nsamples))
    return abs(samples.mean() - mu) < 3 * sigma / np.sqrt(nsamples)


def var_check(generator: Generator, sigma: float, nsamples: int = 1000000) -> Any:
    """Whether the variance of normal samples is within three standard errors of ``sigma ** 2``."""
    samples = np.array(generator(nsamples))
    return abs(samples.var(ddof=1) - sigma**2) < 3 * np.sqrt(2 * sigma**4 / (nsamples - 1))


def _chi_square() -> Any:
    try:
        return importlib.import_module("scipy.special").chdtrc
    except ImportError:
        raise _WithoutSciPy(describe("the test of a distribution needs SciPy", hint="pip install scipy")) from None


class _WithoutSciPy(NotSupported, ImportError):
    """SciPy is not installed; MXNet raised ImportError."""


def chi_square_check(
    generator: Generator, buckets: list[Any], probs: Sequence[float], nsamples: int = 1000000
) -> tuple[Any, np.ndarray, np.ndarray]:
    """Compare how often samples fall into intervals, or are certain values, with how often they should.

    Parameters
    ----------
    generator : callable
        ``generator(n)`` draws n samples.
    buckets : list
        Intervals ``(low, high)`` in ascending order that do not overlap, or values of a discrete distribution.
    probs : list of float
        Probability of each.
    nsamples : int, default 1000000
        How many are drawn.

    Returns
    -------
    p : float
        Probability of a deviation at least this large, if the distribution is the right one.
    obs_freq, expected_freq : numpy.ndarray
        Counts, found and expected.

    Raises
    ------
    InputError
        If the buckets are no list, overlap, or are not as many as the probabilities.
    ImportError
        If SciPy is not installed.

    Source: Pearson (1900), On the criterion that a given system of deviations ...
    """
    tail = _chi_square()
    if not isinstance(buckets, list) or len(probs) != len(buckets):
        facts = {"got": f"{type(buckets).__name__} and {len(probs)} probabilities", "expected": "a list, and one probability for each"}
        raise InputError(describe("the buckets do not fit", operator="chi_square_check", facts=facts))
    samples = np.asarray(generator(nsamples))
    if isinstance(buckets[0], (list, tuple)):
        edges = np.array(buckets, np.float32).ravel()
        if (np.diff(edges) < 0).any():
            facts = {"argument": "buckets", "got": buckets, "expected": "intervals in ascending order"}
            raise InputError(describe("the buckets overlap", operator="chi_square_check", facts=facts))
        inside = np.searchsorted(edges, samples, side="right") // 2
        found = np.array([(inside == place).sum() for place in range(len(buckets))])
    else:
        found = np.array([(samples == value).sum() for value in buckets])
    expected = (nsamples * np.array(probs, dtype=np.float32)).astype(np.int32)
    with np.errstate(all="ignore"):
        deviation = ((found - expected) ** 2 / expected.astype(np.float64)).sum()
    return tail(len(buckets) - 1, deviation), found, expected


def verify_generator(
    generator: Generator,
    buckets: list[Any],
    probs: Sequence[float],
    nsamples: int = 1000000,
    nrepeat: int = 5,
    success_rate: float = 0.2,
    alpha: float = 0.05,
) -> list[Any]:
    """Raise AssertionError if `chi_square_check` fails too often.

    Parameters
    ----------
    generator, buckets, probs, nsamples
        As in `chi_square_check`.
    nrepeat : int, default 5
        How often it is done.
    success_rate : float, default 0.2
        Share of times that p must exceed ``alpha``.
    alpha : float, default 0.05
        Probability to reject a right distribution.

    Returns
    -------
    list of float
        The p of each time.
    """
    found = [chi_square_check(generator, buckets, probs, nsamples) for _ in range(nrepeat)]
    ps = [p for p, _, _ in found]
    if sum(p > alpha for p in ps) < nrepeat * success_rate:
        counts = "\n".join(f"  counts {list(map(int, got))}, expected {list(map(int, wanted))}" for _, got, wanted in found)
        raise AssertionError(
            f"the generator draws from another distribution: p={ps} for buckets {buckets} of probabilities {probs}\n{counts}"
        )
    return ps
