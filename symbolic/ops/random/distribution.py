"""Draws from distributions. A node's stream of random numbers is its name and the seed (``mx.random.seed``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, declare, zero_gradient
from symbolic.operator.fields import DType, Param, Shape, Tensor, param, tensor
from symbolic.operator.op import Op, Rule
from symbolic.operator.rules import agreeing, floats_alike, same_shapes
from symbolic.values.shape import NO_RANK, from_user, unify

__all__ = ["CONTEXT", "SHAPE", "distribution"]

FLOAT32 = np.dtype("float32")
SHAPE = param("Shape of the result; sizes left out are found from what reads it.", default=())
CONTEXT = param("Device; no effect.", default="")
KIND = param("Type of the result, float32 by default.", default=None, choices=(None, "float16", "float32", "float64"))
EACH = param("Shape of the draws for each element.", default=(), ge=1)


def distribution(
    name: str,
    doc: str,
    numbers: Mapping[str, Param],
    arrays: tuple[str, ...],
    *,
    aliases: tuple[str, ...] = (),
    types: Mapping[str, Any] | None = None,
    check: Callable[[Any], str | None] | None = None,
    draw: Callable[[Any], Any] | None = None,
    draw_each: Callable[..., Any] | None = None,
) -> tuple[Op, Op, Op]:
    """Declare a distribution in its three forms.

    ``_random_<name>`` draws an array for given numbers, ``_random_<name>_like`` one in another's shape and type,
    ``_sample_<name>`` some for each element of arrays of parameters. None of them passes a gradient.

    Parameters
    ----------
    numbers : mapping
        The distribution's parameters.
    arrays : tuple of str
        What they are called as arrays, in the same order.
    types : mapping, optional
        Kinds of those that are not ``float``.
    check : callable, optional
        Says what is wrong with the numbers.
    draw, draw_each : callable ``(op) -> Symbol`` and ``(op, *arrays) -> Symbol``, optional
        How to draw from it by other distributions; without them, numbers and arrays are primitives.
    """
    kinds = {**dict.fromkeys(numbers, float), **(types or {})}

    class Numbers(Operator):
        random = True
        gradient = zero_gradient

        def infer_shape(self):
            yield "output", from_user(self.shape)  # type: ignore[attr-defined]

        def infer_dtype(self):
            yield "output", self.dtype or FLOAT32  # type: ignore[attr-defined]

    class Like(Operator):
        random = True
        infer_shape = same_shapes
        infer_dtype = floats_alike
        gradient = zero_gradient

        def body(self, data):
            zeros = ops.zeros_like(data)
            yield "output", ops._cast_like(for_each(*[zeros + getattr(self, word) for word in numbers], dtype="float64"), data)

    class Arrays(Operator):
        random = True
        gradient = zero_gradient
        infer_shape = Rule(_draws_of_each(arrays), (), whole=True)
        infer_dtype = Rule(_types_of_each(arrays), (), whole=True)

    def draw_numbers(self):
        yield "output", draw(self)  # type: ignore[misc]

    def draw_arrays(self, slots):
        yield "output", draw_each(self, *[slots[slot] for slot in arrays])  # type: ignore[misc]

    if check is not None:
        Numbers.check = Like.check = check  # type: ignore[attr-defined]
    if draw is not None:
        Numbers.body = draw_numbers  # type: ignore[attr-defined]
    if draw_each is not None:
        Arrays.body = Rule(draw_arrays, (), whole=True)  # type: ignore[attr-defined]
    tensors = {slot: tensor(field.doc, shape="(*n)") for slot, field in zip(arrays, numbers.values(), strict=True)}
    _complete(Numbers, doc, {**numbers, "shape": SHAPE, "ctx": CONTEXT, "dtype": KIND}, {**kinds, "ctx": str})
    _complete(
        Like,
        f"{doc} In the shape and type of ``data``.",
        {"data": tensor("Gives shape and type.", shape="(*x)", only_shape=True), **numbers},
        kinds,
    )
    _complete(Arrays, f"{doc} For each element of the parameters.", {**tensors, "shape": EACH, "dtype": KIND}, {})
    for_each = declare(Arrays, f"_sample_{name}", (f"sample_{name}",))
    return declare(Numbers, f"_random_{name}", (f"random_{name}", *aliases)), declare(Like, f"_random_{name}_like"), for_each


def _complete(cls: type, doc: str, fields: Mapping[str, Any], types: Mapping[str, Any]) -> None:
    """Give a class its fields, in order."""
    cls.__doc__ = doc
    cls.__annotations__ = {**dict.fromkeys(fields, Tensor), **types, "shape": Shape, "dtype": DType | None}
    for slot, field in fields.items():
        setattr(cls, slot, field)


def _draws_of_each(arrays: tuple[str, ...]) -> Any:
    def infer_shape(self: Any, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        joined = NO_RANK
        for slot in arrays:
            joined = unify(joined, slots[slot])
        output = slots["output"]
        if output is not NO_RANK:
            if len(output) < len(self.shape):
                raise ShapeError(f"{output} does not end in {self.shape}, the shape of the draws")
            joined = unify(joined, output[: len(output) - len(self.shape)])
        for slot in arrays:
            yield slot, joined
        yield "output", (*joined, *self.shape)

    return infer_shape


def _types_of_each(arrays: tuple[str, ...]) -> Any:
    def infer_dtype(self: Any, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        found = agreeing(*[slots[slot] for slot in arrays])
        for slot in arrays:
            yield slot, found
        yield "output", self.dtype or FLOAT32

    return infer_dtype


# -- primitives -----------------------------------------------------------------------------------------------------------


def _ordered(op: Any) -> str | None:
    return None if op.low <= op.high else f"low={op.low:g} is above high={op.high:g}"


distribution(
    "uniform", "Draw evenly from ``[low, high)``.",
    {"low": param("Lower bound.", default=0.0), "high": param("Upper bound.", default=1.0)}, ("low", "high"),
    aliases=("uniform",), check=_ordered,
)  # fmt: skip
distribution(
    "normal", "Draw from the normal distribution, by mean and standard deviation.",
    {"loc": param("Mean.", default=0.0), "scale": param("Standard deviation.", default=1.0, gt=0)}, ("mu", "sigma"),
    aliases=("normal",),
)  # fmt: skip
distribution(
    "gamma", "Draw from the gamma distribution: mean ``alpha beta``, variance ``alpha beta ** 2``.",
    {"alpha": param("Shape of the distribution.", default=1.0, gt=0), "beta": param("Scale.", default=1.0, gt=0)}, ("alpha", "beta"),
)  # fmt: skip
distribution(
    "poisson", "Draw from the Poisson distribution: numbers of events, as floating-point numbers.",
    {"lam": param("Mean, and variance.", default=1.0, ge=0)}, ("lam",),
)  # fmt: skip

# -- by others ------------------------------------------------------------------------------------------------------------

LEAST_ALPHA = 1e-12  # below it, rates lie within a few millionths of their mean: no counts would show it


def exact(array: Any) -> Any:
    """Convert a parameter, which may be an integer."""
    return ops.Cast(array, dtype="float64")


def exponential(op: Any, lam: Any) -> Any:
    """Draw from the gamma distribution of shape 1."""
    lam = exact(lam)
    return ops._sample_gamma(ops.ones_like(lam), 1.0 / lam, shape=op.shape, dtype=op.dtype)


def events(op: Any, shape: float, scale: float) -> Any:
    """Draw rates from the gamma distribution, then numbers of events."""
    if not shape or not scale:
        return ops._zeros(shape=op.shape, dtype=op.dtype or FLOAT32)
    return ops._sample_poisson(ops._random_gamma(alpha=shape, beta=scale, shape=op.shape, dtype="float64"), dtype=op.dtype)


def events_each(op: Any, shape: Any, scale: Any) -> Any:
    """Draw rates from the gamma distribution, then numbers of events, for each element."""
    return ops._sample_poisson(ops._sample_gamma(shape, scale, shape=op.shape, dtype="float64"), dtype=op.dtype)


def general(op: Any) -> Any:
    if op.alpha < LEAST_ALPHA:
        return ops._random_poisson(lam=op.mu, shape=op.shape, dtype=op.dtype)
    return events(op, 1.0 / op.alpha, op.alpha * op.mu)


def general_each(op: Any, mu: Any, alpha: Any) -> Any:
    alpha = ops._maximum_scalar(exact(alpha), scalar=LEAST_ALPHA)
    return events_each(op, 1.0 / alpha, alpha * exact(mu))


distribution(
    "exponential", "Draw from the exponential distribution: gamma of shape 1 and scale ``1 / lam``.",
    {"lam": param("Rate.", default=1.0, gt=0)}, ("lam",),
    draw=lambda op: ops._random_gamma(alpha=1.0, beta=1.0 / op.lam, shape=op.shape, dtype=op.dtype), draw_each=exponential,
)  # fmt: skip
distribution(
    "negative_binomial", "Draw failures before the ``k``-th success: Poisson of gamma ``(k, (1 - p) / p)``.",
    {"k": param("Number of successes.", default=1, ge=0), "p": param("Probability of a success.", default=1.0, gt=0, le=1)}, ("k", "p"),
    types={"k": int}, draw=lambda op: events(op, op.k, (1 - op.p) / op.p),
    draw_each=lambda op, k, p: events_each(op, exact(k), 1.0 / exact(p) - 1.0),
)  # fmt: skip
distribution(
    "generalized_negative_binomial",
    "Draw numbers of events whose rate is drawn: mean ``mu``, variance ``mu + alpha mu ** 2``.",
    {"mu": param("Mean.", default=1.0, ge=0), "alpha": param("Dispersion; 0 is a fixed rate.", default=1.0, ge=0)}, ("mu", "alpha"),
    draw=general, draw_each=general_each,
)  # fmt: skip
