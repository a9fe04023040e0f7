"""Element-wise functions of integers that stand for real numbers; see ``ranges.py``."""

from __future__ import annotations

from typing import Literal

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.ops.quantized.ranges import (
    FLOAT32,
    FULL_INT32,
    INT8,
    INT32,
    MAX_CALIB_RANGE,
    MAX_OUTPUT,
    MIN_CALIB_RANGE,
    MIN_OUTPUT,
    UINT8,
    calibrated,
    calibrated_limit,
    calibrated_range,
    eight_bits,
    high,
    low,
    magnitude,
    numbers,
    types,
)
from symbolic.values.shape import unify

ENDS = ("lhs_min", "lhs_max", "rhs_min", "rhs_max", "min_output", "max_output")


@operator
class _contrib_quantized_act(Operator):
    """Replace negative numbers by zero, ``max(data, 0)``; the range stays. Of uint8 the bits are passed on, as int8."""

    data: Tensor = tensor("Integers of eight bits.", shape="(*x)")
    min_data: Tensor = low("data")
    max_data: Tensor = high("data")
    output: Tensor = result("The integers.", shape="(*x)")
    min_output: Tensor = MIN_OUTPUT
    max_output: Tensor = MAX_OUTPUT
    act_type: Literal["relu", "sigmoid", "softrelu", "softsign", "tanh"] = param("Which function: ``relu`` is the only one.")

    gradient = not_differentiable

    def check(self) -> str | None:
        return None if self.act_type == "relu" else f"integers have no act_type but relu, so not {self.act_type}"

    def infer_shape(self, data, output):
        yield from numbers("min_data", "max_data", "min_output", "max_output")
        yield "output", data
        yield "data", output

    def infer_dtype(self, data):
        yield "output", INT8
        yield from types(FLOAT32, "min_data", "max_data", "min_output", "max_output")
        eight_bits(data=data)

    def body(self, data, min_data, max_data):
        yield "output", ops.Cast(ops._maximum_scalar(data, scalar=0), dtype="int8")
        yield "min_output", ops.identity(min_data)
        yield "max_output", ops.identity(max_data)


@operator
class _contrib_quantized_elemwise_add(Operator):
    """Add real numbers that integers stand for: ``lhs + rhs``, in a range of its own.

    The output has 32 bits and the sum of both ranges; or, if its range is a parameter, eight bits, without sign if
    neither input has one. In the latter case, what is unsigned is rounded before it is added to what has a sign.
    """

    lhs: Tensor = tensor("Integers of eight bits.", shape="(*x)")
    rhs: Tensor = tensor("Integers of eight bits.", shape="(*x)")
    lhs_min: Tensor = low("lhs")
    lhs_max: Tensor = high("lhs")
    rhs_min: Tensor = low("rhs")
    rhs_max: Tensor = high("rhs")
    output: Tensor = result("The sum.", shape="(*x)")
    min_output: Tensor = MIN_OUTPUT
    max_output: Tensor = MAX_OUTPUT
    min_calib_range: float | None = MIN_CALIB_RANGE
    max_calib_range: float | None = MAX_CALIB_RANGE

    gradient = not_differentiable

    def infer_shape(self, lhs, rhs, output):
        yield from numbers(*ENDS)
        yield from alike(lhs, rhs, output)

    def infer_dtype(self, lhs, rhs):
        yield from types(FLOAT32, *ENDS)
        eight_bits(lhs=lhs, rhs=rhs)
        if not calibrated(self):
            yield "output", INT32
        elif INT8 in (lhs, rhs):
            yield "output", INT8
        elif lhs == rhs == UINT8:
            yield "output", UINT8


@operator
class _contrib_quantized_elemwise_mul(Operator):
    """Multiply real numbers that integers stand for: ``lhs * rhs``, in a range of its own.

    The output has 32 bits; or, if its range is a parameter, eight, with fractions cut off; or is a real number.
    """

    lhs: Tensor = tensor("Integers, int8.", shape="(*x)")
    rhs: Tensor = tensor("Integers, int8.", shape="(*x)")
    lhs_min: Tensor = low("lhs")
    lhs_max: Tensor = high("lhs")
    rhs_min: Tensor = low("rhs")
    rhs_max: Tensor = high("rhs")
    output: Tensor = result("The product.", shape="(*x)")
    min_output: Tensor = result("Lower end of the output's range.", shape="(1,)", when=lambda op: not op.enable_float_output)
    max_output: Tensor = result("Upper end of the output's range.", shape="(1,)", when=lambda op: not op.enable_float_output)
    min_calib_range: float | None = MIN_CALIB_RANGE
    max_calib_range: float | None = MAX_CALIB_RANGE
    enable_float_output: bool = param("Return real numbers, which have no range.", default=False)

    gradient = not_differentiable

    def infer_shape(self, lhs, rhs, output):
        yield from numbers(*ENDS)
        yield from alike(lhs, rhs, output)

    def infer_dtype(self):
        yield from types(INT8, "lhs", "rhs")
        yield "output", FLOAT32 if self.enable_float_output else INT8 if calibrated(self) else INT32
        yield from types(FLOAT32, *ENDS)

    def body(self, lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max):
        product = ops.Cast(lhs, dtype="int32") * ops.Cast(rhs, dtype="int32")
        limits = magnitude(lhs_min, lhs_max), magnitude(rhs_min, rhs_max)
        if self.enable_float_output:
            scales = [ops.Cast(127.5 / limit, dtype="float64") for limit in limits]
            unit = ops.Cast(1 / (scales[0] * scales[1]), dtype="float32")
            yield "output", ops.broadcast_mul(ops.Cast(product, dtype="float32"), unit)
        elif calibrated(self):
            unit = 127.5 / calibrated_limit(self) / ((127.5 / limits[0]) * (127.5 / limits[1]))
            places = ops.trunc(ops.broadcast_mul(ops.Cast(product, dtype="float32"), unit))
            yield "output", ops._to_integers(places, ops._ones(shape=(1,)), out_type="int8")
            ends = calibrated_range(self)
            yield "min_output", ends[0]
            yield "max_output", ends[1]
        else:
            yield "output", product
            limit = (limits[0] / 127) * (limits[1] / 127) * FULL_INT32
            yield "min_output", -limit
            yield "max_output", limit


def alike(lhs, rhs, output):
    """Say that two operands and their result have one shape: for a shape rule."""
    joined = unify(unify(lhs, rhs), output)
    yield "lhs", joined
    yield "rhs", joined
    yield "output", joined
