"""Diagonals and triangles of matrices as vectors."""

from __future__ import annotations

from math import isqrt
from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike
from symbolic.ops.linalg.matrices import OFFSET, square
from symbolic.values.shape import NO_RANK, UNKNOWN

__all__ = []

LOWER = param("For offset 0: the part below the main diagonal, else the one above it.", default=True)


def length_of_diagonal(shape: Any, offset: int) -> Any:
    """Count the elements of a diagonal of square matrices.

    Raises
    ------
    ShapeError
        If there is no such diagonal.
    """
    length = square(shape)[-1] - abs(offset)
    if length is not UNKNOWN and length < 1:
        raise ShapeError(f"matrices {shape} have no diagonal {offset}")
    return length


def triangle_of(diagonal: Any) -> Any:
    """Count the elements of a triangle below a diagonal, with it."""
    return diagonal * (diagonal + 1) // 2


def diagonal_of(count: Any) -> Any:
    """Find the length of the longest diagonal of a triangle of ``count`` elements.

    Raises
    ------
    ShapeError
        If so many elements do not make a triangle.
    """
    if count is UNKNOWN:
        return UNKNOWN
    length = (isqrt(8 * count + 1) - 1) // 2
    if triangle_of(length) != count:
        raise ShapeError(f"{count} elements do not make a triangle; {triangle_of(length)} and {triangle_of(length + 1)} would")
    return length


@operator(aliases=("linalg_extractdiag",))
class _linalg_extractdiag(Operator):
    """Take a diagonal of each matrix."""

    A: Tensor = tensor("Square matrices.", shape="(*n, m, m)")
    output: Tensor = result("Vectors.", shape="(*n, k), ``k = m - abs(offset)``")
    offset: int = OFFSET

    infer_dtype = floats_alike

    def infer_shape(self, A, output):
        if A is not NO_RANK:
            yield "A", square(A)
            yield "output", (*A[:-2], length_of_diagonal(A, self.offset))
        side = output[-1] + abs(self.offset)
        yield "A", (*output[:-1], side, side)

    def body(self, A):
        yield "output", ops.diag(A, k=self.offset, axis1=-2, axis2=-1)


@operator(aliases=("linalg_makediag",))
class _linalg_makediag(Operator):
    """Put vectors on a diagonal of matrices, zeros elsewhere."""

    A: Tensor = tensor("Vectors.", shape="(*n, k)")
    output: Tensor = result("Square matrices.", shape="(*n, m, m), ``m = k + abs(offset)``")
    offset: int = OFFSET

    infer_dtype = floats_alike

    def infer_shape(self, A, output):
        if A is not NO_RANK:
            side = A[-1] + abs(self.offset)
            yield "output", (*A[:-1], side, side)
        yield "A", (*output[:-2], length_of_diagonal(output, self.offset))

    def gradient(self, d_output):
        yield "A", ops._linalg_extractdiag(d_output, offset=self.offset)


@operator(aliases=("linalg_extracttrian",))
class _linalg_extracttrian(Operator):
    """Write the part of each matrix on the far side of a diagonal, with it, as a vector.

    Elements below the main diagonal stand row after row, those above it column after column.
    """

    A: Tensor = tensor("Square matrices.", shape="(*n, m, m)")
    output: Tensor = result("Vectors.", shape="(*n, k), ``k = j (j + 1) / 2``, ``j = m - abs(offset)``")
    offset: int = OFFSET
    lower: bool = LOWER

    infer_dtype = floats_alike

    def infer_shape(self, A, output):
        if A is not NO_RANK:
            yield "A", square(A)
            yield "output", (*A[:-2], triangle_of(length_of_diagonal(A, self.offset)))
        side = diagonal_of(output[-1]) + abs(self.offset)
        yield "A", (*output[:-1], side, side)

    def gradient(self, d_output):
        yield "A", ops._linalg_maketrian(d_output, offset=self.offset, lower=self.lower)


@operator(aliases=("linalg_maketrian",))
class _linalg_maketrian(Operator):
    """Put vectors on the far side of a diagonal of matrices, and on it, as ``extracttrian`` reads them; zeros elsewhere."""

    A: Tensor = tensor("Vectors.", shape="(*n, k)")
    output: Tensor = result("Square matrices.", shape="(*n, m, m), ``k = j (j + 1) / 2``, ``j = m - abs(offset)``")
    offset: int = OFFSET
    lower: bool = LOWER

    infer_dtype = floats_alike

    def infer_shape(self, A, output):
        if A is not NO_RANK:
            side = diagonal_of(A[-1]) + abs(self.offset)
            yield "output", (*A[:-1], side, side)
        yield "A", (*output[:-2], triangle_of(length_of_diagonal(output, self.offset)))

    def gradient(self, d_output):
        yield "A", ops._linalg_extracttrian(d_output, offset=self.offset, lower=self.lower)
