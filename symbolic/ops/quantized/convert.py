"""Real numbers to integers of eight bits, and back; see ``ranges.py`` for what the integers stand for."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from symbolic import ops
from symbolic.errors import DTypeError
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import DType, Tensor, param, result, tensor
from symbolic.ops.quantized.ranges import (
    FLOAT32,
    FULL_INT32,
    INT8,
    INT32,
    MAX_CALIB_RANGE,
    MIN_CALIB_RANGE,
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

HIGHEST = {"int8": 127.0, "uint8": 255.0}  # full scale in quantize and requantize


def integer_type(op: Any) -> Literal["int8", "uint8"]:
    """Choose the type of the output: unsigned by ``auto`` only if the range is a parameter and has no negative numbers."""
    if op.out_type != "auto":
        return op.out_type
    return "uint8" if calibrated(op) and op.min_calib_range >= 0 else "int8"


# -- what the others are made of ------------------------------------------------------------------------------------------


@operator
class _to_integers(Operator):
    """Round ``data * scale`` to the nearest integer, halves to the even one; beyond the type's ends it is that end.

    nan becomes 127, or 0 without sign.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    scale: Tensor = tensor("Factor.", shape="(1,)")
    like: Tensor = tensor("Has the type of the output.", when=lambda op: op.out_type is None, only_shape=True)
    out_type: Literal["int8", "uint8"] | None = param("Type of the output; that of ``like`` by default.", default=None)

    gradient = not_differentiable

    def infer_shape(self, data, output):
        yield "scale", (1,)
        yield "output", data
        yield "data", output

    def infer_dtype(self, like, output):
        yield "scale", FLOAT32
        found = like if self.out_type is None else np.dtype(self.out_type)
        yield "output", found
        yield "like", output
        eight_bits(like=like)


@operator
class _full_scale(Operator):
    """Say which number stands for the end of the range of ``data``: 127.5 in int8, 255.5 in uint8."""

    data: Tensor = tensor("Array of the type in question; not read.", only_shape=True)
    output: Tensor = result("That number.", shape="(1,)")

    gradient = not_differentiable

    def infer_shape(self):
        yield "output", (1,)

    def infer_dtype(self, data):
        yield "output", FLOAT32
        eight_bits(data=data)


# -- to integers ----------------------------------------------------------------------------------------------------------


@operator
class _contrib_quantize(Operator):
    """Round real numbers to integers: ``data * full / max(|min_range|, |max_range|)``, with ``full`` 127 or 255.

    Unsigned integers begin at zero, whatever ``min_range`` is.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    min_range: Tensor = low("data")
    max_range: Tensor = high("data")
    output0: Tensor = result("The integers.", shape="(*x)")
    output1: Tensor = result("Lower end of their range.", shape="(1,)")
    output2: Tensor = result("Upper end of their range.", shape="(1,)")
    out_type: Literal["int8", "uint8"] = param("Type of the integers.", default="uint8")

    gradient = not_differentiable

    def infer_shape(self, data, output0):
        yield from numbers("min_range", "max_range", "output1", "output2")
        yield "output0", data
        yield "data", output0

    def infer_dtype(self):
        yield "output0", np.dtype(self.out_type)
        yield from types(FLOAT32, "data", "min_range", "max_range", "output1", "output2")

    def body(self, data, min_range, max_range):
        limit = magnitude(min_range, max_range)
        yield "output0", ops._to_integers(data, HIGHEST[self.out_type] / limit, out_type=self.out_type)
        yield "output1", -limit if self.out_type == "int8" else ops.identity(min_range)
        yield "output2", limit if self.out_type == "int8" else ops.identity(max_range)


@operator
class _contrib_quantize_v2(Operator):
    """Round real numbers to integers, by a range that is a parameter or else that of the data.

    ``data * full / max(|low|, |high|)``, with ``full`` 127.5 or 255.5. Unsigned integers begin at zero, whatever the
    range. Data of eight bits is passed on as it is, with the whole range of its type unless one is a parameter.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    output0: Tensor = result("The integers.", shape="(*x)")
    output1: Tensor = result("Lower end of their range.", shape="(1,)")
    output2: Tensor = result("Upper end of their range.", shape="(1,)")
    out_type: Literal["auto", "int8", "uint8"] = param(
        "Type of the integers; ``auto`` is unsigned if ``min_calib_range`` is given and not negative.", default="int8"
    )
    min_calib_range: float | None = MIN_CALIB_RANGE
    max_calib_range: float | None = MAX_CALIB_RANGE

    gradient = not_differentiable

    def infer_shape(self, data, output0):
        yield from numbers("output1", "output2")
        yield "output0", data
        yield "data", output0

    def infer_dtype(self, data):
        yield "output0", np.dtype(integer_type(self))
        yield from types(FLOAT32, "output1", "output2")
        if data is not None and data not in (FLOAT32, INT8, UINT8):
            raise DTypeError(f"data must be of type float32, or of int8 or uint8 already, not {data.name}")


@operator
class _contrib_quantize_asym(Operator):
    """Round real numbers to unsigned integers such that both ends of the range are used.

    ``floor(data * scale + shift + 0.5)``, with ``scale = 255 / (high - low)`` and ``shift = 255 - high * scale``. The
    range is a parameter, or else that of the data.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The integers.", shape="(*x)")
    scale: Tensor = result("``scale``.", shape="(1,)")
    shift: Tensor = result("``shift``.", shape="(1,)")
    min_calib_range: float | None = MIN_CALIB_RANGE
    max_calib_range: float | None = MAX_CALIB_RANGE

    gradient = not_differentiable

    def infer_shape(self, data, output):
        yield from numbers("scale", "shift")
        yield "output", data
        yield "data", output

    def infer_dtype(self):
        yield "output", UINT8
        yield from types(FLOAT32, "data", "scale", "shift")

    def body(self, data):
        if calibrated(self):
            least, most = calibrated_range(self)
        else:
            least, most = ops.min(data), ops.max(data)
        scale = 255 / (most - least)
        shift = 255 - most * scale
        places = ops.floor(ops.broadcast_add(ops.broadcast_mul(data, scale), shift) + 0.5)
        yield "output", ops._to_integers(places, ops._ones(shape=(1,)), out_type="uint8")
        yield "scale", scale
        yield "shift", shift


@operator
class _contrib_requantize(Operator):
    """Round integers of 32 bits to eight, by a range that is a parameter or else that of the data.

    ``data * max(|min_range|, |max_range|) / 2 ** 31 * full / max(|low|, |high|)``, with ``full`` 127 or 255. Unsigned
    integers begin at zero, whatever the range.
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    min_range: Tensor = low("data")
    max_range: Tensor = high("data")
    output0: Tensor = result("The integers.", shape="(*x)")
    output1: Tensor = result("Lower end of their range.", shape="(1,)")
    output2: Tensor = result("Upper end of their range.", shape="(1,)")
    out_type: Literal["auto", "int8", "uint8"] = param(
        "Type of the integers; ``auto`` is unsigned if ``min_calib_range`` is given and not negative.", default="int8"
    )
    min_calib_range: float | None = MIN_CALIB_RANGE
    max_calib_range: float | None = MAX_CALIB_RANGE

    gradient = not_differentiable

    def infer_shape(self, data, output0):
        yield from numbers("min_range", "max_range", "output1", "output2")
        yield "output0", data
        yield "data", output0

    def infer_dtype(self):
        yield "data", INT32
        yield "output0", np.dtype(integer_type(self))
        yield from types(FLOAT32, "min_range", "max_range", "output1", "output2")

    def body(self, data, min_range, max_range):
        dtype = integer_type(self)
        unit = magnitude(min_range, max_range) / FULL_INT32
        if calibrated(self):
            limit = ops._full(shape=(1,), value=calibrated_limit(self))
        else:
            limit = unit * ops.max(ops.abs(ops.Cast(data, dtype="float32")))
        yield "output0", ops._to_integers(data, unit * (HIGHEST[dtype] / limit), out_type=dtype)
        yield "output1", -limit if dtype == "int8" else ops._zeros(shape=(1,))
        yield "output2", limit


# -- and back -------------------------------------------------------------------------------------------------------------


@operator
class _contrib_dequantize(Operator):
    """Give the real numbers that integers stand for: ``data * max(|min_range|, |max_range|) / full``, 127.5 or 255.5."""

    data: Tensor = tensor("Integers of eight bits.", shape="(*x)")
    min_range: Tensor = low("data")
    max_range: Tensor = high("data")
    out_type: DType = param("Type of the output.", default=np.dtype("float32"), choices=("float32",))

    gradient = not_differentiable

    def infer_shape(self, data, output):
        yield from numbers("min_range", "max_range")
        yield "output", data
        yield "data", output

    def infer_dtype(self, data):
        yield from types(FLOAT32, "min_range", "max_range", "output")
        eight_bits(data=data)

    def body(self, data, min_range, max_range):
        unit = magnitude(min_range, max_range) / ops._full_scale(data)
        yield "output", ops.broadcast_mul(ops.Cast(data, dtype="float32"), unit)
