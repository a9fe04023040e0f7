"""What operators on matrices share. Stacks of matrices have their rows and columns in the last two axes."""

from __future__ import annotations

from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.fields import param
from symbolic.values.shape import NO_RANK, UNKNOWN

__all__ = ["ALPHA", "OFFSET", "number_each", "scaled", "square", "square_alike", "symmetric", "turned"]

ALPHA = param("Factor of the product.", default=1.0)
OFFSET = param("Which diagonal: above the main one if positive, below it if negative.", default=0)


def turned(matrix: Any) -> Any:
    """Transpose each matrix."""
    return ops.SwapAxis(matrix, dim1=-2, dim2=-1)


def scaled(matrix: Any, factor: float) -> Any:
    """Multiply by a parameter, which mostly is 1."""
    return matrix if factor == 1 else factor * matrix


def symmetric(matrix: Any) -> Any:
    """Take the mean of each matrix and its transpose."""
    return 0.5 * (matrix + turned(matrix))


def square(shape: Any) -> Any:
    """Give the rows and the columns of a stack of square matrices the size that one of them has.

    Raises
    ------
    ShapeError
        If the shape is not that of square matrices.
    """
    if len(shape) < 2:
        raise ShapeError(f"{shape} is no matrix")
    *stack, rows, columns = shape
    if rows is not UNKNOWN and columns is not UNKNOWN and rows != columns:
        raise ShapeError(f"{shape}: {rows} rows and {columns} columns do not make a square matrix")
    side = columns if rows is UNKNOWN else rows
    return (*stack, side, side)


def square_alike(self, A, output):
    """Shape rule: input and output are square matrices of one size."""
    if A is not NO_RANK:
        yield "A", square(A)
        yield "output", square(A)
    yield "A", square(output)


def number_each(shape: Any) -> Any:
    """Shape of one number for each matrix; for a single one that is a vector of one element."""
    return square(shape)[:-2] or (1,)
