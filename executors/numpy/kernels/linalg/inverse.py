"""Inverses and determinants, by LAPACK."""

import numpy as np

from executors.kernel import wide
from executors.numpy.blas_threads import one_thread
from executors.numpy.table import kernel


@kernel("_inverse")
@one_thread
def inverse(op, A, output):
    matrices = A.astype(wide(A.dtype), copy=False)
    try:
        np.copyto(output, np.linalg.inv(matrices), casting="same_kind")
    except np.linalg.LinAlgError:
        if op.strict:
            raise
        is_singular = np.linalg.det(matrices)[..., None, None] == 0
        inverses = np.linalg.inv(np.where(is_singular, np.eye(A.shape[-1], dtype=matrices.dtype), matrices))
        np.copyto(output, np.where(is_singular, 0, inverses), casting="same_kind")


@kernel("_linalg_det")
@one_thread
def determinant(A, output0):
    np.copyto(output0, np.linalg.det(A.astype(wide(A.dtype), copy=False)), casting="same_kind")


@kernel("_linalg_slogdet")
@one_thread
def logarithm_of_determinant(A, output0, output1):
    sign, logarithm = np.linalg.slogdet(A.astype(wide(A.dtype), copy=False))
    for output, value in ((output0, sign), (output1, logarithm)):
        if output is not None:
            np.copyto(output, value, casting="same_kind")
