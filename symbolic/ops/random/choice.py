"""Draws of whole numbers: evenly, by given probabilities, without repetition; and orders."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic import ops
from symbolic.errors import DTypeError, ShapeError
from symbolic.operator.declare import Operator, operator, zero_gradient
from symbolic.operator.fields import DType, Shape, Tensor, param, result, tensor
from symbolic.operator.rules import same_shapes
from symbolic.ops.random.distribution import CONTEXT, SHAPE
from symbolic.values.shape import NO_RANK, UNKNOWN, from_user

__all__ = []

INT32, INT64 = np.dtype("int32"), np.dtype("int64")


@operator(aliases=("random_randint", "_npi_random_randint"))
class _random_randint(Operator):
    """Draw whole numbers evenly from ``low`` to ``high - 1``."""

    low: int = param("Smallest number.")
    high: int = param("One more than the largest number.")
    shape: Shape = SHAPE
    ctx: str = CONTEXT
    dtype: DType | None = param("Type of the result, int32 by default.", default=None, choices=(None, "int32", "int64"))

    random = True
    gradient = zero_gradient

    def check(self) -> str | None:
        if self.low >= self.high:
            return f"there is no number from low={self.low} to below high={self.high}"
        bounds = np.iinfo(self.dtype or INT32)
        if self.low < bounds.min or self.high - 1 > bounds.max:
            return f"{bounds.dtype} does not hold all numbers from {self.low} to {self.high - 1}; int64 holds more"
        return None

    def infer_shape(self):
        yield "output", from_user(self.shape)

    def infer_dtype(self):
        yield "output", self.dtype or INT32


def draws_of(shape: Any, draws: Any) -> Any:
    """Shape of the draws from distributions that lie in the last axis; one of a single distribution is a vector."""
    return (*shape[:-1], *draws) or (1,)


@operator
class _draw_category(Operator):
    """Draw categories by weights, and their places in the row of all weights."""

    data: Tensor = tensor("Weights, one distribution after the other.", shape="(*n, k)")
    shape: Shape = param("Shape of the draws from each distribution.", default=())
    number: Tensor = result("Categories.")
    place: Tensor = result("Their places.")

    random = True
    gradient = zero_gradient

    def infer_shape(self, data):
        yield "number", draws_of(data, self.shape)
        yield "place", draws_of(data, self.shape)

    def infer_dtype(self):
        yield "number", INT64
        yield "place", INT64


@operator(aliases=("sample_multinomial",))
class _sample_multinomial(Operator):
    """Draw categories by their probabilities, which are made to add up to one.

    With ``get_prob``, the logarithms of the probabilities of what was drawn are a second output; they pass the gradient
    ``1 / p`` to the elements drawn, as policy gradients need it.
    """

    data: Tensor = tensor("Probabilities.", shape="(*n, k)")
    shape: Shape = param("Shape of the draws from each distribution.", default=(), ge=0)
    get_prob: bool = param("Return logarithms of probabilities, too.", default=False)
    dtype: DType = param("Type of the categories.", default=INT32, choices=("float16", "float32", "float64", "int32", "uint8"))
    output: Tensor = result("Categories, and logarithms.", shape="(*n, *shape)", count=lambda op: 1 + op.get_prob)

    random = True

    def infer_shape(self, data, output):
        if data is not NO_RANK:
            if not data:
                raise ShapeError("data is a single number, not probabilities")
            yield "output", [draws_of(data, self.shape)] * len(output)
        for shape in output:
            if shape is not NO_RANK and self.shape:
                yield "data", (*shape[: len(shape) - len(self.shape)], UNKNOWN)

    def infer_dtype(self, data, output):
        if data is not None and data.kind in "iub":
            raise DTypeError(f"probabilities must be of a floating-point type, not {data.name}")
        yield "output", [self.dtype, data][: len(output)]
        yield "data", output[-1] if self.get_prob else None

    def body(self, data):
        number, place = ops._draw_category(data, shape=self.shape)
        category = ops.Cast(number, dtype=self.dtype)
        if self.get_prob:
            yield "output", [category, ops.log(ops.take(ops.Reshape(data, shape=(-1,)), place))]
        else:
            yield "output", [category]


@operator
class _sample_unique_zipfian(Operator):
    """Draw classes without repetition, the frequent ones more often: candidates for a sampled softmax.

    A try gives class ``c`` with probability ``(log(c + 2) - log(c + 1)) / log(range_max + 1)``.
    """

    range_max: int = param("Number of classes.", ge=1)
    shape: Shape = param("Number of rows, and of classes in each; a row has none twice.", default=())
    output0: Tensor = result("Classes.", shape="(n, k)")
    output1: Tensor = result("How many tries each row took.", shape="(n,)")

    random = True
    gradient = zero_gradient

    def check(self) -> str | None:
        if len(self.shape) != 2:
            return f"shape must have two sizes, rows and classes, not {self.shape}"
        if self.shape[1] > self.range_max:
            return f"there are no {self.shape[1]} different numbers below {self.range_max}"
        return None

    def infer_shape(self):
        shape = from_user(self.shape)
        yield "output0", shape
        yield "output1", shape[:1]

    def infer_dtype(self):
        yield "output0", INT64
        yield "output1", INT64


@operator
class _permutation(Operator):
    """Draw an order of the numbers below the length of ``data``."""

    data: Tensor = tensor("Gives the length.", shape="(n, *x)", only_shape=True)

    random = True
    gradient = zero_gradient

    def infer_shape(self, data):
        if not data:
            raise ShapeError("data is a single number: it has no order")
        yield "output", data[:1]

    def infer_dtype(self):
        yield "output", INT64


@operator(aliases=("shuffle", "_npi_shuffle"))
class _shuffle(Operator):
    """Put the slices along the first axis in a drawn order."""

    data: Tensor = tensor("Input.", shape="(n, *x)")

    random = True
    infer_shape = same_shapes

    def body(self, data):
        yield "output", ops.take(data, ops._permutation(data))
