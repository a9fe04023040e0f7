"""Triangular matrices: products and equations with them. Of ``A`` one triangle is read, and has a gradient."""

from __future__ import annotations

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.rules import floats_alike, same_shapes
from symbolic.ops.linalg.matrices import ALPHA, OFFSET, scaled, square
from symbolic.values.shape import NO_RANK, UNKNOWN, unify

__all__ = []

TRANSPOSE = param("Transpose ``A``.", default=False)
LOWER = param("``A`` is a lower triangle, else an upper one.", default=True)
RIGHTSIDE = param("``A`` stands on the right.", default=False)


@operator
class _triangle(Operator):
    """Keep the part of each matrix on one side of a diagonal, with the diagonal; put zeros elsewhere."""

    data: Tensor = tensor("Matrices.", shape="(*n, m, k)")
    lower: bool = param("The part below, else the one above.", default=True)
    offset: int = OFFSET

    infer_shape = same_shapes

    def gradient(self, d_output):
        yield "data", ops._triangle(d_output, lower=self.lower, offset=self.offset)


def side_by_side(self, A, B, output):
    """Shape rule: square matrices ``A`` times, or into, matrices ``B``."""
    B = unify(B, output)
    yield "B", B
    yield "output", B
    if A is not NO_RANK:
        *stack, _, side = square(A)
        yield "A", square(A)
        yield "B", (*stack, UNKNOWN, side) if self.rightside else (*stack, side, UNKNOWN)
    if len(B) < 2:
        raise ShapeError(f"B {B} is no matrix")
    side = B[-1] if self.rightside else B[-2]
    yield "A", (*B[:-2], side, side)


@operator(aliases=("linalg_trmm",))
class _linalg_trmm(Operator):
    """Multiply with a triangular matrix: ``alpha A B``, or ``alpha B A``; ``A`` transposed if wanted."""

    A: Tensor = tensor("Triangular matrices.", shape="(*n, m, m)")
    B: Tensor = tensor("Other factors.", shape="(*n, m, k), or (*n, k, m)")
    transpose: bool = TRANSPOSE
    rightside: bool = RIGHTSIDE
    lower: bool = LOWER
    alpha: float = ALPHA

    infer_shape = side_by_side
    infer_dtype = floats_alike

    def body(self, A, B):
        A = ops._triangle(A, lower=self.lower)
        product = ops.batch_dot(B, A, transpose_b=self.transpose) if self.rightside else ops.batch_dot(A, B, transpose_a=self.transpose)
        yield "output", scaled(product, self.alpha)


@operator(aliases=("linalg_trsm",))
class _linalg_trsm(Operator):
    """Solve ``A X = alpha B``, or ``X A = alpha B``, for triangular ``A``, transposed if wanted."""

    A: Tensor = tensor("Triangular matrices.", shape="(*n, m, m)")
    B: Tensor = tensor("Right sides.", shape="(*n, m, k), or (*n, k, m)")
    transpose: bool = TRANSPOSE
    rightside: bool = RIGHTSIDE
    lower: bool = LOWER
    alpha: float = ALPHA

    infer_shape = side_by_side
    infer_dtype = floats_alike

    def gradient(self, A, output, d_output):
        """The gradient of ``B`` solves the transposed system, ``G``; that of ``A`` is ``-G X.T``, or ``-X.T G``."""
        solved = ops._linalg_trsm(A, d_output, transpose=not self.transpose, rightside=self.rightside, lower=self.lower)
        yield "B", scaled(solved, self.alpha)
        factors = (solved, output) if self.transpose is self.rightside else (output, solved)
        product = ops.batch_dot(*factors, transpose_a=self.rightside, transpose_b=not self.rightside)
        yield "A", ops._triangle(ops.negative(product), lower=self.lower)
