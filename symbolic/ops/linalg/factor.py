"""Matrices as products of simpler ones."""

from __future__ import annotations

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, result, tensor
from symbolic.operator.rules import floats_alike
from symbolic.ops.linalg.matrices import square, square_alike, symmetric, turned
from symbolic.values.shape import NO_RANK, UNKNOWN, unify

__all__ = []


@operator(aliases=("linalg_potrf",))
class _linalg_potrf(Operator):
    """Factor symmetric positive definite matrices: ``A = L L.T`` with a lower triangle ``L`` (Cholesky).

    The lower triangle is read. The gradient is a symmetric matrix, half of it for each of two mirrored elements.

    Source: Murray (2016), Differentiation of the Cholesky decomposition, equation 8.
    """

    A: Tensor = tensor("Symmetric positive definite matrices.", shape="(*n, m, m)")

    infer_shape = square_alike
    infer_dtype = floats_alike

    def gradient(self, output, d_output):
        product = ops.batch_dot(output, d_output, transpose_a=True)
        inner = 0.5 * (ops._triangle(product) + ops._triangle(product, offset=-1))
        inner = ops._linalg_trsm(output, inner, transpose=True)
        yield "A", symmetric(ops._linalg_trsm(output, inner, rightside=True))


@operator(aliases=("linalg_potri",))
class _linalg_potri(Operator):
    """Invert symmetric matrices that are given by their Cholesky factors: ``(A A.T) ** -1`` for a lower triangle ``A``."""

    A: Tensor = tensor("Lower triangles, as `potrf` makes them.", shape="(*n, m, m)")

    infer_shape = square_alike
    infer_dtype = floats_alike

    def body(self, A):
        inverse = ops._inverse(ops._triangle(A))
        yield "output", ops.batch_dot(inverse, inverse, transpose_a=True)


@operator(aliases=("linalg_gelqf",))
class _linalg_gelqf(Operator):
    """Factor matrices that are not higher than wide: ``A = L Q`` with a lower triangle ``L`` and orthonormal rows ``Q``.

    Source of the gradient: Seeger et al. (2017), Auto-differentiating linear algebra, section 4.2.
    """

    A: Tensor = tensor("Matrices of full rank.", shape="(*n, m, k), m <= k")
    output0: Tensor = result("``Q``.", shape="(*n, m, k)")
    output1: Tensor = result("``L``.", shape="(*n, m, m)")

    infer_dtype = floats_alike

    def infer_shape(self, A, output0, output1):
        A = unify(A, output0)
        yield "A", A
        yield "output0", A
        if output1 is not NO_RANK:
            *stack, side, _ = square(output1)
            yield "A", (*stack, side, UNKNOWN)
        if len(A) < 2:
            raise ShapeError(f"A {A} is no matrix")
        *stack, rows, columns = A
        yield "output1", (*stack, rows, rows)
        if rows is not UNKNOWN and columns is not UNKNOWN and rows > columns:
            raise ShapeError(f"A {A} has more rows than columns")

    def gradient(self, output0, output1, d_output0, d_output1):
        Q, L = output0, output1
        inner = ops.batch_dot(L, d_output1, transpose_a=True) - ops.batch_dot(d_output0, Q, transpose_b=True)
        mirrored = ops._triangle(inner) + turned(ops._triangle(inner, offset=-1))
        yield "A", ops._linalg_trsm(L, d_output0 + ops.batch_dot(mirrored, Q), transpose=True)


@operator
class _linalg_syevd(Operator):
    """Find eigenvalues, in rising order, and eigenvectors of symmetric matrices: ``A = U.T diag(L) U``.

    The lower triangle is read. Of each vector the largest element, of equal ones the first, is positive. The gradient is a
    symmetric matrix; where eigenvalues are equal it is finite only if it does not depend on the choice of their vectors.

    Source of the gradient: Seeger et al. (2017), Auto-differentiating linear algebra, section 4.3.
    """

    A: Tensor = tensor("Symmetric matrices.", shape="(*n, m, m)")
    output0: Tensor = result("``U``, an eigenvector in each row.", shape="(*n, m, m)")
    output1: Tensor = result("``L``, the eigenvalues.", shape="(*n, m)")

    infer_dtype = floats_alike

    def infer_shape(self, A, output0, output1):
        A = unify(A, output0)
        if A is not NO_RANK:
            yield "A", square(A)
            yield "output0", square(A)
            yield "output1", square(A)[:-1]
        yield "A", (*output1, output1[-1])

    def gradient(self, output0, output1, d_output0, d_output1):
        U = output0
        gaps = ops.broadcast_sub(ops.expand_dims(output1, axis=-1), ops.expand_dims(output1, axis=-2))
        turns = ops.batch_dot(d_output0, U, transpose_b=True)
        below = ops._triangle((turns - turned(turns)) / ops._maximum_scalar(gaps, scalar=1e-30), offset=-1)
        inner = ops._linalg_makediag(d_output1) + symmetric(below)
        yield "A", ops.batch_dot(ops.batch_dot(U, inner, transpose_a=True), U)
