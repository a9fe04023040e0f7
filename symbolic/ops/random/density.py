"""Densities and probabilities of what was drawn, ``random_pdf_*``, with gradients in the parameters.

The formulas are taken as they stand: there is no check that a sample can be drawn from its distribution at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, declare, operator
from symbolic.operator.fields import Param, Tensor, param, tensor
from symbolic.operator.op import Op, Rule
from symbolic.operator.rules import floats_alike
from symbolic.values.shape import NO_RANK, UNKNOWN, unify

__all__ = ["density"]


@operator
class _insert_axes(Operator):
    """Insert axes of size one before the last ones, until there are as many axes as ``like`` has."""

    data: Tensor = tensor("Input.", shape="(*x, *y)")
    like: Tensor = tensor("Gives the number of axes.", only_shape=True)
    last: int = param("How many axes stay behind the new ones.", default=0)

    def infer_shape(self, data, like):
        outer = len(data) - self.last
        yield "output", (*data[:outer], *[1] * (len(like) - len(data)), *data[outer:])

    def infer_dtype(self, data, output):
        yield "output", data
        yield "data", output

    def gradient(self, data, d_output):
        yield "data", ops.reshape_like(d_output, data)


def density(
    name: str,
    doc: str,
    arrays: Mapping[str, str],
    *,
    log: Callable[..., Any],
    plain: Callable[..., Any] | None = None,
    discrete: bool = False,
    last: int = 0,
) -> Op:
    """Declare ``_random_pdf_<name>``.

    Parameters
    ----------
    arrays : mapping
        Parameter -> documentation.
    log, plain : callable ``(sample, *arrays) -> Symbol``
        Logarithm of the density, and the density itself, by default its exponential.
    discrete : bool
        Samples are whole numbers: they have no gradient.
    last : int
        How many axes one sample has.
    """

    class Density(Operator):
        infer_shape = Rule(_shapes_of(tuple(arrays), last), (), whole=True)
        infer_dtype = floats_alike

    def body(self: Any, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        sample = ops.BlockGrad(slots["sample"]) if discrete else slots["sample"]
        values = [ops._insert_axes(slots[slot], sample, last=last) for slot in arrays]
        if self.is_log or plain is None:
            logarithm = log(sample, *values)
            yield "output", logarithm if self.is_log else ops.exp(logarithm)
        else:
            yield "output", plain(sample, *values)

    axes = ", k" if last else ""
    fields: dict[str, Any] = {"sample": tensor("What was drawn.", shape=f"(*n, *draws{axes})")}
    fields |= {slot: tensor(text, shape=f"(*n{axes})") for slot, text in arrays.items()}
    fields["is_log"] = param("Return the logarithm.", default=False)
    Density.__doc__ = doc
    Density.__annotations__ = {slot: bool if isinstance(field, Param) else Tensor for slot, field in fields.items()}
    Density.body = Rule(body, (), whole=True)  # type: ignore[attr-defined]
    for slot, field in fields.items():
        setattr(Density, slot, field)
    return declare(Density, f"_random_pdf_{name}", (f"random_pdf_{name}",))


def _shapes_of(arrays: tuple[str, ...], last: int) -> Any:
    """Make the shape rule: ``(*n, *draws, *k)`` and parameters ``(*n, *k)`` give ``(*n, *draws)``."""

    def infer_shape(self: Any, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        sample, joined = slots["sample"], NO_RANK
        for slot in arrays:
            joined = unify(joined, slots[slot])
        for slot in arrays:
            yield slot, joined
        if sample is not NO_RANK:
            if len(sample) < last:
                raise ShapeError(f"a sample {sample} has no axis of variables")
            yield "output", sample[: len(sample) - last] or (1,) * last
            if joined is not NO_RANK:
                if len(joined) > len(sample):
                    raise ShapeError(f"parameters {joined} have more axes than the sample, {sample}")
                outer = len(joined) - last
                fitting = (*sample[:outer], *sample[len(sample) - last :])
                for slot in arrays:
                    yield slot, fitting
                yield "sample", (*joined[:outer], *[UNKNOWN] * (len(sample) - len(joined)), *joined[outer:])
        if last == 0:
            yield "sample", slots["output"]

    return infer_shape


def _sum(variables: Any) -> Any:
    return ops.sum(variables, axis=-1)


def _by(factor: Any, other: Any) -> Any:
    return ops.broadcast_mul(factor, other)


density(
    "uniform", "Density of the uniform distribution on ``[low, high]``: ``1 / (high - low)``, wherever the sample lies.",
    {"low": "Lower bound.", "high": "Upper bound."},
    log=lambda sample, low, high: ops.broadcast_like(-ops.log(high - low), sample),
    plain=lambda sample, low, high: ops.broadcast_like(1.0 / (high - low), sample),
)  # fmt: skip


def _distance(sample: Any, mu: Any, sigma: Any) -> Any:
    return 0.5 * ops.square(ops.broadcast_div(ops.broadcast_sub(sample, mu), sigma))


density(
    "normal", "Density of the normal distribution: ``exp(-((sample - mu) / sigma) ** 2 / 2) / (sigma sqrt(2 pi))``.",
    {"mu": "Mean.", "sigma": "Standard deviation."},
    log=lambda sample, mu, sigma: -ops.broadcast_add(_distance(sample, mu, sigma), ops.log(sigma) + 0.5 * math.log(2 * math.pi)),
    plain=lambda sample, mu, sigma: ops.broadcast_div(ops.exp(-_distance(sample, mu, sigma)), sigma * math.sqrt(2 * math.pi)),
)  # fmt: skip
density(
    "exponential", "Density of the exponential distribution: ``lam exp(-lam sample)``.", {"lam": "Rate."},
    log=lambda sample, lam: ops.broadcast_sub(ops.log(lam), _by(lam, sample)),
    plain=lambda sample, lam: _by(lam, ops.exp(-_by(lam, sample))),
)  # fmt: skip
density(
    "gamma", "Density of the gamma distribution: ``beta ** alpha x ** (alpha - 1) exp(-beta x) / gamma(alpha)``.",
    {"alpha": "Shape of the distribution.", "beta": "Rate; the draws of ``random_gamma`` have its inverse, the scale."},
    log=lambda sample, alpha, beta: ops.broadcast_add(
        _by(alpha - 1.0, ops.log(sample)) - _by(beta, sample), alpha * ops.log(beta) - ops.gammaln(alpha)),
)  # fmt: skip
density(
    "poisson", "Probability of a number of events, by the Poisson distribution: ``lam ** n exp(-lam) / n!``.", {"lam": "Mean."},
    discrete=True,
    log=lambda sample, lam: ops.broadcast_sub(_by(ops.log(lam), sample), lam) - ops.gammaln(sample + 1.0),
)  # fmt: skip


def _choices(sample: Any, k: Any) -> Any:
    """Logarithm of the binomial coefficient ``sample + k - 1`` over ``sample``."""
    return ops.broadcast_sub(ops.gammaln(ops.broadcast_add(sample, k)), ops.gammaln(k)) - ops.gammaln(sample + 1.0)


def _general(sample: Any, mu: Any, alpha: Any) -> Any:
    spread, k = mu * alpha, 1.0 / alpha
    rest = ops.log1p(spread)
    return ops.broadcast_sub(_choices(sample, k) + _by(ops.log(spread) - rest, sample), k * rest)


density(
    "negative_binomial", "Probability of ``n`` failures before the ``k``-th success: ``choose(n + k - 1, n) p ** k (1 - p) ** n``.",
    {"k": "Number of successes.", "p": "Probability of a success."}, discrete=True,
    log=lambda sample, k, p: ops.broadcast_add(_choices(sample, k) + _by(ops.log1p(-p), sample), k * ops.log(p)),
)  # fmt: skip
density(
    "generalized_negative_binomial",
    "Probability of a number of events whose rate is drawn: negative binomial, ``k = 1 / alpha``, ``p = 1 / (1 + mu alpha)``.",
    {"mu": "Mean.", "alpha": "Dispersion: the variance is ``mu + alpha mu ** 2``."}, discrete=True, log=_general,
)  # fmt: skip
density(
    "dirichlet", "Density of the Dirichlet distribution of proportions: ``prod(x ** (alpha - 1)) gamma(sum(alpha)) / prod(gamma(alpha))``.",
    {"alpha": "Concentrations."}, last=1,
    log=lambda sample, alpha: ops.broadcast_add(
        _sum(_by(alpha - 1.0, ops.log(sample))), ops.gammaln(_sum(alpha)) - _sum(ops.gammaln(alpha))),
)  # fmt: skip
