"""Arrays said to be sparse: dense in memory, with the names of the reference."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, MXNetError, ShapeError

sparse = mx.nd.sparse


class FromSciPy:
    """What a SciPy matrix is, as far as is asked."""

    dtype = np.dtype(np.float64)

    def toarray(self):
        return np.eye(2)


@pytest.mark.parametrize(
    ("made", "stype", "wanted"),
    [
        (lambda: sparse.csr_matrix(([1, 2, 3], [0, 2, 1], [0, 2, 2, 3])), "csr", [[1, 0, 2], [0, 0, 0], [0, 3, 0]]),
        (lambda: sparse.csr_matrix(([1, 2], [0, 1], [0, 1, 2]), shape=(2, 4)), "csr", [[1, 0, 0, 0], [0, 2, 0, 0]]),
        (lambda: sparse.csr_matrix(([4, 5], ([0, 1], [1, 0]))), "csr", [[0, 4], [5, 0]]),
        (lambda: sparse.csr_matrix((1, 2)), "csr", [[0, 0]]),
        (lambda: sparse.csr_matrix(FromSciPy()), "csr", [[1, 0], [0, 1]]),
        (lambda: sparse.csr_matrix(mx.nd.array([[1, 0]])), "csr", [[1, 0]]),
        (lambda: sparse.row_sparse_array(([[1, 2]], [1]), shape=(3, 2)), "row_sparse", [[0, 0], [1, 2], [0, 0]]),
        (lambda: sparse.row_sparse_array((2, 1)), "row_sparse", [[0], [0]]),
        (lambda: sparse.row_sparse_array(np.eye(2)), "row_sparse", [[1, 0], [0, 1]]),
        (lambda: sparse.zeros("row_sparse", (1, 2)), "row_sparse", [[0, 0]]),
        (lambda: sparse.empty("csr", (1, 2)), "csr", [[0, 0]]),
        (lambda: sparse.array(mx.nd.array([[0, 1]]).tostype("row_sparse")), "row_sparse", [[0, 1]]),
        (lambda: sparse.array(FromSciPy()), "csr", [[1, 0], [0, 1]]),
        (lambda: mx.nd.zeros((1, 1), stype="row_sparse"), "row_sparse", [[0]]),
        (lambda: mx.nd.array([[1]]).tostype("csr").copy(), "csr", [[1]]),
        (lambda: mx.nd.array([[1]]).tostype("csr").tostype("default"), "default", [[1]]),
        (lambda: mx.nd.array([[1]]).tostype("csr") + 1, "default", [[2]]),
        (lambda: mx.nd.array([[1]]).tostype("csr")[0:1], "default", [[1]]),
    ],
)
def test_values_and_storage(made, stype, wanted):
    found = made()
    assert found.stype == stype
    assert isinstance(found, mx.nd.NDArray)
    assert isinstance(found, sparse.BaseSparseNDArray) is (stype != "default")
    assert isinstance(found, sparse.CSRNDArray) is (stype == "csr")
    assert found.asnumpy().tolist() == wanted


def test_types():
    assert sparse.csr_matrix(([1, 2], [0, 1], [0, 1, 2])).dtype == np.float32
    assert sparse.csr_matrix((np.array([1.0, 2.0]), [0, 1], [0, 1, 2])).dtype == np.float64
    assert sparse.csr_matrix(FromSciPy(), dtype="float16").dtype == np.float16


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: sparse.csr_matrix(([1, 2], [0, 9], [0, 1, 2]), shape=(2, 2)), ShapeError),
        (lambda: sparse.row_sparse_array(([[1, 2]], [5]), shape=(2, 2)), ShapeError),
        (lambda: sparse.array([[1]]), ArgumentError),
        (lambda: sparse.zeros("csr", (3,)), MXNetError),
        (lambda: mx.nd.zeros((2,), stype="sparse"), ArgumentError),
        (lambda: mx.nd.array([1, 2]).tostype("csr"), ShapeError),
    ],
)
def test_what_does_not_fit_is_refused(call, error):
    with pytest.raises(error):
        call()
