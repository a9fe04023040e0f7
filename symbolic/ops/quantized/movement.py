"""Integers that stand for real numbers, moved: flattened, joined, looked up; see ``ranges.py``."""

from __future__ import annotations

import numpy as np

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import DType, Tensor, Tensors, param, result, tensor, tensors
from symbolic.ops.quantized.ranges import FLOAT32, INT8, MAX_OUTPUT, MIN_OUTPUT, UINT8, eight_bits, high, low, numbers, shapes_of, types


@operator
class _contrib_quantized_flatten(Operator):
    """Join all axes but the first; the range stays."""

    data: Tensor = tensor("Integers.", shape="(n, *x)")
    min_data: Tensor = low("data")
    max_data: Tensor = high("data")
    output: Tensor = result("The same integers.", shape="(n, k)")
    min_output: Tensor = MIN_OUTPUT
    max_output: Tensor = MAX_OUTPUT

    gradient = not_differentiable

    def infer_shape(self, data, output):
        yield from numbers("min_data", "max_data", "min_output", "max_output")
        yield from shapes_of(ops.Flatten, {}, data=data, output=output)

    def infer_dtype(self, data, output):
        yield from types(FLOAT32, "min_data", "max_data", "min_output", "max_output")
        yield "output", data
        yield "data", output

    def body(self, data, min_data, max_data):
        yield "output", ops.Flatten(data)
        yield "min_output", ops.identity(min_data)
        yield "max_output", ops.identity(max_data)


def member(op: _contrib_quantized_concat, place: int) -> str:
    """Name an input: the arrays stand first, then the two ends of each one's range."""
    if place < op.num_args:
        return f"arg{place}"
    array, end = divmod(place - op.num_args, 2)
    return f"arg{array}_{('min', 'max')[end]}"


@operator
class _contrib_quantized_concat(Operator):
    """Join arrays along an axis, in a range that holds zero and all their ranges.

    The output is unsigned if all of them are.
    """

    data: Tensors = tensors(
        "Integers of eight bits that differ on one axis only; then, for each, the two ends of its range, shape ``(1,)``.",
        count=lambda op: 3 * op.num_args,
        names=member,
        counted="num_args",
    )
    output: Tensor = result("The integers.", shape="as each input, with the sum of their lengths on axis ``dim``")
    min_output: Tensor = MIN_OUTPUT
    max_output: Tensor = MAX_OUTPUT
    num_args: int = param("How many arrays.", ge=1)
    dim: int = param("The axis.", default=1)

    gradient = not_differentiable

    def infer_shape(self, data, output):
        count = self.num_args
        yield from numbers("min_output", "max_output")
        yield "data", [*data[:count], *[(1,)] * (2 * count)]
        for slot, shape in shapes_of(ops.Concat, self._words, data=data[:count], output=output):
            yield slot, [*shape, *data[count:]] if slot == "data" else shape

    def infer_dtype(self, data):
        arrays = data[: self.num_args]
        yield from types(FLOAT32, "min_output", "max_output")
        yield "data", [*arrays, *[FLOAT32] * (2 * self.num_args)]
        eight_bits(**{f"arg{place}": dtype for place, dtype in enumerate(arrays)})
        if INT8 in arrays:
            yield "output", INT8
        elif None not in arrays:
            yield "output", UINT8


@operator
class _contrib_quantized_embedding(Operator):
    """Look up a row of ``weight`` for each number in ``data``; the range stays. Numbers out of range mean the nearest row."""

    data: Tensor = tensor("Numbers of rows.", shape="(*i)")
    weight: Tensor = tensor("One row for each number, int8.", shape="(input_dim, output_dim)")
    min_weight: Tensor = low("weight")
    max_weight: Tensor = high("weight")
    output: Tensor = result("The rows, int8.", shape="(*i, output_dim)")
    min_output: Tensor = MIN_OUTPUT
    max_output: Tensor = MAX_OUTPUT
    input_dim: int = param("How many numbers there are.", ge=1)
    output_dim: int = param("Length of a row.", ge=1)
    dtype: DType = param("No effect.", default=np.dtype("float32"))
    sparse_grad: bool = param("No effect.", default=False)

    gradient = not_differentiable

    def infer_shape(self, data, weight, output):
        yield from numbers("min_weight", "max_weight", "min_output", "max_output")
        yield from shapes_of(ops.Embedding, self._words, data=data, weight=weight, output=output)

    def infer_dtype(self):
        yield from types(INT8, "weight", "output")
        yield from types(FLOAT32, "min_weight", "max_weight", "min_output", "max_output")

    def body(self, data, weight, min_weight, max_weight):
        yield "output", ops.take(weight, data)
        yield "min_output", ops.identity(min_weight)
        yield "max_output", ops.identity(max_weight)
