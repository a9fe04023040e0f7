"""Watching over gradients: is everything finite? And setting arrays to zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, Tensors, param, result, tensor, tensors
from symbolic.ops.optimizer.fields import FLOAT32, floating

__all__ = ["all_finite", "multi_all_finite", "reset_arrays"]

INIT_OUTPUT = param("Start afresh; else an array that receives the result and holds 0 keeps it. No effect in graphs.", default=True)


def into(self, target, result):
    """Write the result, or only that something is not finite."""
    np.copyto(target, result if self.init_output else np.minimum(target, result))


def flaws(array: Any) -> Any:
    """Count infinities and not-a-numbers: one float32 number, zero for an empty array."""
    count = ops.sum(ops.logical_not(ops.abs(array) < math.inf))
    return ops.Cast(ops.reshape(count, shape=(1,)), dtype="float32")


@operator
class all_finite(Operator):
    """Tell whether every element is finite: 1, else 0."""

    data: Tensor = tensor("Array of any shape.", shape="(*x)")
    output: Tensor = result("1 or 0.", shape="(1,)")
    init_output: bool = INIT_OUTPUT

    gradient = not_differentiable
    _into = into

    def infer_shape(self, output):
        yield "output", (1,)

    def infer_dtype(self, data):
        yield "output", FLOAT32
        yield from floating(self, {"data": data})

    def body(self, data):
        yield "output", flaws(data) == 0


@operator
class multi_all_finite(Operator):
    """Tell whether every element of every array is finite: 1, else 0."""

    data: Tensors = tensors("Arrays of any shapes.", count="num_arrays", names=lambda op, place: f"array_{place}")
    output: Tensor = result("1 or 0.", shape="(1,)")
    num_arrays: int = param("Number of arrays.", default=1, ge=1)
    init_output: bool = INIT_OUTPUT

    gradient = not_differentiable
    _into = into

    def infer_shape(self, output):
        yield "output", (1,)

    def infer_dtype(self, data):
        yield "output", FLOAT32
        yield from floating(self, {"data": data})

    def body(self, data):
        yield "output", ops.add_n(*[flaws(array) for array in data]) == 0


@operator
class reset_arrays(Operator):
    """Set arrays to zero; there is no output."""

    data: Tensors = tensors(
        "Arrays of any shapes.", count="num_arrays", names=lambda op, place: f"array_{place}", mutated=lambda op, place: True
    )
    output: Any = result("Nothing.", count=lambda op: 0)
    num_arrays: int = param("Number of arrays.", ge=1)

    gradient = not_differentiable

    def infer_shape(self, data):
        yield "data", data

    def infer_dtype(self, data):
        yield "data", data

    def body(self, data):
        for place, array in enumerate(data):
            yield f"array_{place}", ops.zeros_like(array)
