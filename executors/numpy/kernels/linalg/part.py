"""Diagonals and triangles of matrices as vectors."""

import numpy as np

from executors.numpy.table import kernel


def places(op, side):
    """Rows and columns of a triangle's elements: the lower one row after row, the upper one column after column."""
    rows, columns = np.tril_indices(side - abs(op.offset))
    if op.offset > 0 or (op.offset == 0 and not op.lower):
        return columns, rows + op.offset
    return rows - op.offset, columns


@kernel("_linalg_makediag", prepared=True)
def make_diagonal(op, A, output):
    diagonal = np.diagonal(output, op.offset, -2, -1)
    diagonal.flags.writeable = True

    def write():
        output.fill(0)
        np.copyto(diagonal, A)

    return write


@kernel("_linalg_extracttrian", prepared=True)
def extract_triangle(op, A, output):
    rows, columns = places(op, A.shape[-1])

    def read():
        output[...] = A[..., rows, columns]

    return read


@kernel("_linalg_maketrian", prepared=True)
def make_triangle(op, A, output):
    rows, columns = places(op, output.shape[-1])

    def write():
        output.fill(0)
        output[..., rows, columns] = A

    return write
