"""Triangular matrices."""

import numpy as np

from executors.kernel import wide
from executors.numpy.blas_threads import one_thread
from executors.numpy.table import kernel


@kernel("_triangle", prepared=True)
def triangle(op, data, output):
    rows, columns = data.shape[-2:]
    mask = np.tri(rows, columns, op.offset, dtype=bool) if op.lower else ~np.tri(rows, columns, op.offset - 1, dtype=bool)
    others = np.broadcast_to(~mask, data.shape)

    def keep():
        np.copyto(output, data)
        np.copyto(output, 0, where=others)

    return keep


@kernel("_linalg_trsm")
@one_thread
def solve(op, A, B, output):
    """Turn every form of the problem into that of a lower triangle on the left, by views."""
    matrix = A.astype(wide(A.dtype), copy=False)
    solution = matrix.dtype.type(op.alpha) * B
    solved, is_lower = solution, op.lower
    if op.transpose is not op.rightside:  # X A = B is A.T X.T = B.T
        matrix, is_lower = matrix.swapaxes(-1, -2), not is_lower
    if op.rightside:
        solved = solved.swapaxes(-1, -2)
    if not is_lower:
        matrix, solved = matrix[..., ::-1, ::-1], solved[..., ::-1, :]
    substitute(matrix, solved)
    np.copyto(output, solution, casting="same_kind")


def substitute(lower, right):
    """Solve ``lower X = right`` in the place of ``right``, by halves: the upper half first, which is then taken off the other."""
    size = lower.shape[-1]
    if size < 2:
        np.divide(right, lower, out=right)
        return
    half = size // 2
    substitute(lower[..., :half, :half], right[..., :half, :])
    right[..., half:, :] -= lower[..., half:, :half] @ right[..., :half, :]
    substitute(lower[..., half:, half:], right[..., half:, :])
