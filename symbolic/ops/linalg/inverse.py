"""Inverses and determinants."""

from __future__ import annotations

from typing import Any

from symbolic import ops
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike
from symbolic.ops.linalg.matrices import number_each, square, square_alike, turned

__all__ = []


@operator
class _inverse(Operator):
    """Invert matrices; a singular one is an error, or gives zeros."""

    A: Tensor = tensor("Matrices.", shape="(*n, m, m)")
    strict: bool = param("A singular matrix is an error.", default=True)

    infer_shape = square_alike

    def gradient(self, output, d_output):
        yield "A", ops.negative(ops.batch_dot(ops.batch_dot(output, d_output, transpose_a=True), output, transpose_b=True))


@operator(aliases=("linalg_inverse", "_npi_inv"))
class _linalg_inverse(Operator):
    """Invert matrices: ``A ** -1``."""

    A: Tensor = tensor("Matrices that are not singular.", shape="(*n, m, m)")

    infer_shape = square_alike
    infer_dtype = floats_alike

    def body(self, A):
        yield "output", ops._inverse(A)


def along_cofactors(A: Any, slope: Any) -> Any:
    """Multiply the slope in the logarithm of a determinant by its gradient, the transposed inverse; singular ones have none."""
    return ops.broadcast_mul(turned(ops._inverse(A, strict=False)), ops._restore_axes(slope, A, axis=(-2, -1)))


@operator(aliases=("linalg_det", "_npi_det"))
class _linalg_det(Operator):
    """Determinant of each matrix; that of a singular one passes no gradient."""

    A: Tensor = tensor("Square matrices.", shape="(*n, m, m)")
    output0: Tensor = result("Determinants.", shape="(*n)")

    infer_dtype = floats_alike

    def infer_shape(self, A):
        yield "A", square(A)
        yield "output0", number_each(A)

    def gradient(self, A, output0, d_output0):
        yield "A", along_cofactors(A, d_output0 * output0)


@operator(aliases=("linalg_slogdet", "_npi_slogdet"))
class _linalg_slogdet(Operator):
    """Sign of the determinant of each matrix, and logarithm of its size; that of a singular one passes no gradient."""

    A: Tensor = tensor("Square matrices.", shape="(*n, m, m)")
    output0: Tensor = result("Signs; 0 of singular matrices.", shape="(*n)")
    output1: Tensor = result("Logarithms; ``-inf`` of singular matrices.", shape="(*n)")

    infer_dtype = floats_alike

    def infer_shape(self, A):
        yield "A", square(A)
        yield "output0", number_each(A)
        yield "output1", number_each(A)

    def gradient(self, A, d_output1):
        yield "A", along_cofactors(A, d_output1)


@operator(aliases=("linalg_sumlogdiag",))
class _linalg_sumlogdiag(Operator):
    """Sum the logarithms of each matrix's diagonal: ``sum(log(diag(A)))``."""

    A: Tensor = tensor("Square matrices.", shape="(*n, m, m)")
    output: Tensor = result("One number for each matrix.", shape="(*n)")

    infer_dtype = floats_alike

    def infer_shape(self, A):
        yield "A", square(A)
        yield "output", number_each(A)

    def body(self, A):
        yield "output", ops.sum(ops.log(ops._linalg_extractdiag(A)), axis=-1)
