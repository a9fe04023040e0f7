"""Pooling of integers that stand for real numbers; see ``ranges.py``."""

from __future__ import annotations

from math import prod
from typing import Any, Literal

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.ops.nn.pooling import GLOBAL_POOL, KERNEL, PAD, STRIDE
from symbolic.ops.quantized.ranges import FLOAT32, MAX_OUTPUT, MIN_OUTPUT, eight_bits, high, low, numbers, shapes_of, types

ENDS = ("min_data", "max_data", "min_output", "max_output")


@operator
class _contrib_quantized_pooling(Operator):
    """Sum up windows by their largest element or their mean, rounded to the nearest integer; the range stays.

    Elements behind the padding count as zeros in a mean, unless ``count_include_pad`` is false.
    """

    data: Tensor = tensor("Integers of eight bits.", shape="(n, c, *x)")
    min_data: Tensor = low("data")
    max_data: Tensor = high("data")
    output: Tensor = result("The integers.", shape="(n, c, *y)")
    min_output: Tensor = MIN_OUTPUT
    max_output: Tensor = MAX_OUTPUT
    kernel: Shape = KERNEL
    pool_type: Literal["max", "avg", "sum", "lp"] = param("How a window is summed up: ``max`` or ``avg``.", default="max")
    global_pool: bool = GLOBAL_POOL
    cudnn_off: bool = param("No effect.", default=False)
    pooling_convention: Literal["valid", "full", "same"] = param(
        "How many windows: those that fit, or, by both other words, as many as touch the axis.", default="valid"
    )
    stride: Shape = STRIDE
    pad: Shape = PAD
    p_value: int | None = param("No effect.", default=None)
    count_include_pad: bool | None = param("Whether padding counts in a mean; True by default.", default=None)
    layout: Literal["NCW", "NCHW", "NCDHW", "NWC", "NHWC", "NDHWC"] | None = param(
        "Order of the axes; channels second by default.", default=None
    )

    gradient = not_differentiable

    def check(self) -> str | None:
        if self.pool_type not in ("max", "avg"):
            return f"integers have no pool_type but max and avg, so not {self.pool_type}"
        return ops.Pooling.holder.check(self)

    def words(self) -> dict[str, Any]:
        """Give the parameters of the pooling of real numbers that has the same windows."""
        is_full = self.pooling_convention == "same"
        return {**self._words, "pooling_convention": "full"} if is_full else self._words

    def infer_shape(self, data, output):
        yield from numbers(*ENDS)
        yield from shapes_of(ops.Pooling, self.words(), data=data, output=output)

    def infer_dtype(self, data, output):
        yield from types(FLOAT32, *ENDS)
        yield "output", data
        yield "data", output
        eight_bits(data=data)

    def body(self, data, min_data, max_data):
        whole_windows = not self.global_pool and self.count_include_pad is not False
        if self.pool_type == "max":
            found = ops.Pooling(ops.Cast(data, dtype="float32"), **self.words())
        elif whole_windows:
            found = ops.Pooling(ops.Cast(data, dtype="float32"), **{**self.words(), "pool_type": "sum"}) / prod(self.kernel)
        else:  # in double precision, for a mean that lies between two integers must lie there exactly
            found = ops.Cast(ops.Pooling(ops.Cast(data, dtype="float64"), **self.words()), dtype="float32")
        yield "output", ops._to_integers(found, ops._ones(shape=(1,)), data)
        yield "min_output", ops.identity(min_data)
        yield "max_output", ops.identity(max_data)
