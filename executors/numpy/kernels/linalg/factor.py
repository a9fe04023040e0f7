"""Matrices as products of simpler ones, by LAPACK."""

import numpy as np

from executors.kernel import wide
from executors.numpy.blas_threads import one_thread
from executors.numpy.table import kernel


@kernel("_linalg_potrf")
@one_thread
def cholesky(A, output):
    np.copyto(output, np.linalg.cholesky(A.astype(wide(A.dtype), copy=False)), casting="same_kind")


@kernel("_linalg_gelqf")
@one_thread
def lower_orthonormal(A, output0, output1):
    """The transposed factors of ``A.T = Q.T L.T``."""
    orthonormal, upper = np.linalg.qr(A.astype(wide(A.dtype), copy=False).swapaxes(-1, -2))
    for output, factor in ((output0, orthonormal), (output1, upper)):
        if output is not None:
            np.copyto(output, factor.swapaxes(-1, -2), casting="same_kind")


@kernel("_linalg_syevd")
@one_thread
def eigenvectors(A, output0, output1):
    """Where there is a nan, LAPACK would find nothing at all; the result is nan."""
    is_finite = np.isfinite(A).all((-2, -1))
    values, columns = np.linalg.eigh(np.where(is_finite[..., None, None], A, 0).astype(wide(A.dtype), copy=False))
    if output0 is not None and output0.size:
        vectors = columns.swapaxes(-1, -2)
        size = np.abs(vectors)
        largest = (size > 0.99999 * size.max(-1, keepdims=True)).argmax(-1)  # the first, where rounding would decide
        signs = np.sign(np.take_along_axis(vectors, largest[..., None], -1))
        np.copyto(output0, vectors * signs, casting="same_kind")
        output0[~is_finite] = np.nan
    if output1 is not None:
        np.copyto(output1, values, casting="same_kind")
        output1[~is_finite] = np.nan
