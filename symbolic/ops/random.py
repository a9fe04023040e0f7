"""Draws from distributions. A node's stream of random numbers is its name and the seed (``mx.random.seed``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from symbolic.operator.declare import Operator, declare, not_differentiable, zero_gradient
from symbolic.operator.fields import DType, Shape, Tensor, param, tensor
from symbolic.operator.op import Op, Rule
from symbolic.operator.rules import same_shapes
from symbolic.values.shape import from_user

__all__ = ["distribution"]

FLOAT32 = np.dtype("float32")
KIND = param("Type of the result, float32 by default.", default=None, choices=(None, "float16", "float32", "float64"))


def distribution(
    name: str,
    doc: str,
    numbers: dict[str, tuple[float, str]],
    arrays: tuple[str, ...],
    aliases: tuple[str, ...],
    problem: Callable[[Any], str | None],
) -> tuple[Op, Op, Op]:
    """Declare a distribution in its three forms.

    ``_random_<name>`` draws an array for given numbers, ``_random_<name>_like`` one in another's shape, ``_sample_<name>``
    some for each element of arrays of parameters.

    Parameters
    ----------
    numbers : dict
        Parameter -> default and documentation.
    arrays : tuple of str
        What the parameters are called as arrays, in the same order.
    problem : callable of the parameters
        Says what is wrong with numbers, if anything is.
    """
    words = {word: param(text, default=default) for word, (default, text) in numbers.items()}
    floats = dict.fromkeys(numbers, float)

    class Numbers(Operator):
        random = True
        gradient = zero_gradient
        check = problem

        def infer_shape(self):
            yield "output", from_user(self.shape)  # type: ignore[attr-defined]

        def infer_dtype(self):
            yield "output", self.dtype or FLOAT32  # type: ignore[attr-defined]

    class Like(Operator):
        random = True
        infer_shape = same_shapes
        gradient = zero_gradient
        check = problem

    class Arrays(Operator):
        random = True
        gradient = not_differentiable
        infer_shape = Rule(_each_draws(arrays), (), whole=True)
        infer_dtype = Rule(_alike(arrays), (), whole=True)

    shape = param("Shape of the result.", default=())
    draws = param("Shape of the draws for each element.", default=())
    tensors = {slot: tensor(text) for slot, (_, text) in zip(arrays, numbers.values(), strict=True)}
    _complete(Numbers, doc, {**words, "shape": shape, "ctx": param("Device; no effect.", default=""), "dtype": KIND}, {**floats, "ctx": str})
    _complete(Like, f"{doc} In the shape and type of ``data``.", {"data": tensor("Gives shape and type.", only_shape=True), **words}, floats)
    _complete(Arrays, f"{doc} For each element of the parameters.", {**tensors, "shape": draws, "dtype": KIND}, {})
    return (
        declare(Numbers, f"_random_{name}", aliases),
        declare(Like, f"_random_{name}_like"),
        declare(Arrays, f"_sample_{name}", (f"sample_{name}",)),
    )


def _complete(cls: type, doc: str, fields: dict[str, Any], types: dict[str, Any]) -> None:
    """Give a class its fields, in order."""
    cls.__doc__ = doc
    cls.__annotations__ = {**dict.fromkeys(fields, Tensor), **types, "shape": Shape, "dtype": DType | None}
    for slot, field in fields.items():
        setattr(cls, slot, field)


def _each_draws(arrays: tuple[str, ...]) -> Any:
    def infer_shape(self: Any, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for slot in arrays:
            for other in arrays:
                yield other, slots[slot]
        yield "output", (*slots[arrays[0]], *self.shape)

    return infer_shape


def _alike(arrays: tuple[str, ...]) -> Any:
    def infer_dtype(self: Any, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for slot in arrays:
            for other in arrays:
                yield other, slots[slot]
        yield "output", self.dtype or FLOAT32

    return infer_dtype


_random_uniform, _random_uniform_like, _sample_uniform = distribution(
    "uniform",
    "Draw evenly from ``[low, high)``.",
    {"low": (0.0, "Lower bound."), "high": (1.0, "Upper bound.")},
    ("low", "high"),
    ("random_uniform", "uniform"),
    lambda op: None if op.low <= op.high else f"low is {op.low:g}, which is above high: {op.high:g}",
)
_random_normal, _random_normal_like, _sample_normal = distribution(
    "normal",
    "Draw from the normal distribution.",
    {"loc": (0.0, "Mean."), "scale": (1.0, "Standard deviation.")},
    ("mu", "sigma"),
    ("random_normal", "normal"),
    lambda op: None if op.scale > 0 else f"scale is {op.scale:g}, which is not above 0",
)
