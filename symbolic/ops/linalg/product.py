"""Products of matrices, and of stacks of them."""

from __future__ import annotations

from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import axis_of, floats_alike
from symbolic.ops.linalg.matrices import ALPHA, scaled, square
from symbolic.values.shape import NO_RANK, UNKNOWN, unify

__all__ = []

AXIS = param("Axis of the rows; that of the columns is the last.", default=-2)
TRANSPOSE_A = param("Transpose ``A``.", default=False)
TRANSPOSE_B = param("Transpose ``B``.", default=False)


def rows_at(axis: int, shape: Any) -> Any:
    """Exchange the axis of the rows with the last but one, there and back; the order of a stack has no meaning."""
    if shape is NO_RANK:
        return NO_RANK
    if len(shape) < 2 or axis_of(axis, len(shape)) == len(shape) - 1:
        raise ShapeError(f"axis {axis} of {shape} cannot be that of the rows")
    sizes = list(shape)
    sizes[axis], sizes[-2] = sizes[-2], sizes[axis]
    return tuple(sizes)


def multiplied_shapes(op: Any, A: Any, B: Any, output: Any) -> Any:
    """Yield facts about two factors and their product, as `batch_dot` has them."""
    shapes = {slot: rows_at(op.axis, shape) for slot, shape in (("lhs", A), ("rhs", B), ("output", output))}
    for slot, shape in ops.batch_dot.infer_shape(op, shapes):
        yield {"lhs": "A", "rhs": "B"}.get(slot, slot), rows_at(op.axis, shape)


def multiplied(op: Any, A: Any, B: Any) -> Any:
    """Multiply matrices whose rows lie on any axis."""
    words = {"transpose_a": op.transpose_a, "transpose_b": op.transpose_b}
    if op.axis == -2:
        return ops.batch_dot(A, B, **words)
    exchanged = {"dim1": op.axis, "dim2": -2}
    return ops.SwapAxis(ops.batch_dot(ops.SwapAxis(A, **exchanged), ops.SwapAxis(B, **exchanged), **words), **exchanged)


@operator(aliases=("linalg_gemm2",))
class _linalg_gemm2(Operator):
    """Multiply matrices: ``alpha A B``, either one transposed if wanted."""

    A: Tensor = tensor("Left factors.", shape="(*n, m, k)")
    B: Tensor = tensor("Right factors.", shape="(*n, k, o)")
    output: Tensor = result("Products.", shape="(*n, m, o)")
    transpose_a: bool = TRANSPOSE_A
    transpose_b: bool = TRANSPOSE_B
    alpha: float = ALPHA
    axis: int = AXIS

    infer_shape = multiplied_shapes
    infer_dtype = floats_alike

    def body(self, A, B):
        yield "output", scaled(multiplied(self, A, B), self.alpha)


@operator(aliases=("linalg_gemm",))
class _linalg_gemm(Operator):
    """Multiply matrices and add: ``alpha A B + beta C``, ``A`` or ``B`` transposed if wanted."""

    A: Tensor = tensor("Left factors.", shape="(*n, m, k)")
    B: Tensor = tensor("Right factors.", shape="(*n, k, o)")
    C: Tensor = tensor("What is added.", shape="(*n, m, o)")
    transpose_a: bool = TRANSPOSE_A
    transpose_b: bool = TRANSPOSE_B
    alpha: float = ALPHA
    beta: float = param("Factor of ``C``, which is not read if this is 0.", default=1.0)
    axis: int = AXIS

    infer_dtype = floats_alike

    def infer_shape(self, A, B, C, output):
        product = unify(C, output)
        yield "C", product
        for slot, shape in multiplied_shapes(self, A, B, product):
            yield slot, shape
            if slot == "output":
                yield "C", shape

    def body(self, A, B, C):
        product = scaled(multiplied(self, A, B), self.alpha)
        yield "output", product + scaled(C, self.beta) if self.beta else product


@operator(aliases=("linalg_syrk",))
class _linalg_syrk(Operator):
    """Multiply matrices with their own transposes: ``alpha A A.T``, or ``alpha A.T A``."""

    A: Tensor = tensor("Matrices.", shape="(*n, m, k)")
    output: Tensor = result("Symmetric matrices.", shape="(*n, m, m), or (*n, k, k) transposed")
    transpose: bool = param("The transposed one stands on the left.", default=False)
    alpha: float = ALPHA

    infer_dtype = floats_alike

    def infer_shape(self, A, output):
        if A is not NO_RANK:
            if len(A) < 2:
                raise ShapeError(f"A {A} is no matrix")
            side = A[-1] if self.transpose else A[-2]
            yield "output", (*A[:-2], side, side)
        *stack, side, _ = square(output)
        yield "A", (*stack, UNKNOWN, side) if self.transpose else (*stack, side, UNKNOWN)

    def body(self, A):
        yield "output", scaled(ops.batch_dot(A, A, transpose_a=self.transpose, transpose_b=not self.transpose), self.alpha)
