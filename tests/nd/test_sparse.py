"""Sparse arrays: what they store, and that all who write to them, or read them, see the same values."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic.base import NotSupportedForSparseNDArray
from symbolic.errors import ArgumentError, FormatError, IndexingError, MXNetError, ShapeError

sparse = mx.nd.sparse


class FromSciPy:
    """What a SciPy matrix is, as far as is asked."""

    dtype, shape, nnz = np.dtype(np.float64), (2, 2), 2

    def tocsr(self):
        return self

    copy = tocsr

    def sum_duplicates(self):
        self.data, self.indices, self.indptr = np.ones(2), np.arange(2), np.arange(3)


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
        (lambda: mx.nd.array([[1]]).tostype("csr")[0:1], "csr", [[1]]),
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
        (lambda: sparse.csr_matrix(([1, 2], [0, 9], [0, 1, 2]), shape=(2, 2)).asnumpy(), IndexingError),
        (lambda: sparse.csr_matrix(([1, 2], [0, 9], [0, 1, 2]), shape=(2, 2)).check_format(), FormatError),
        (lambda: sparse.row_sparse_array(([[1, 2]], [5]), shape=(2, 2)).check_format(), FormatError),
        (lambda: sparse.row_sparse_array(([1, 2], [0, 1]), shape=(2, 2)), ShapeError),
        (lambda: sparse.csr_matrix(([[1]], [0], [0, 1]), shape=(1, 2)), ShapeError),
        (lambda: sparse.csr_matrix((2, 2), shape=(3, 3)), ValueError),
        (lambda: sparse.csr_matrix(mx.nd.ones((2, 2)).tostype("row_sparse")), ValueError),
        (lambda: sparse.zeros("csr", (2, 2)).reshape((4,)), NotSupportedForSparseNDArray),
        (lambda: sparse.zeros("csr", (2, 2)).copyto(sparse.zeros("row_sparse", (2, 2))), TypeError),
        (lambda: sparse.array([[1]]), ArgumentError),
        (lambda: sparse.zeros("csr", (3,)), MXNetError),
        (lambda: mx.nd.zeros((2,), stype="sparse"), ArgumentError),
        (lambda: mx.nd.array([1, 2]).tostype("csr"), ShapeError),
    ],
)
def test_what_does_not_fit_is_refused(call, error):
    with pytest.raises(error):
        call()


def test_written_memory_counts():
    """Who writes to the dense memory, as executors do, changes what is stored; who writes what is stored, that memory."""
    x = mx.nd.array([[0, 0], [1, 0], [0, 2]]).tostype("row_sparse")
    assert x.indices.asnumpy().tolist() == [1, 2]
    memory = x._data
    memory[0] = 5
    assert x.indices.asnumpy().tolist() == [0, 1, 2]
    x[:] = mx.nd.array([[0, 0], [0, 0], [0, 3]])
    assert memory.tolist() == [[0, 0], [0, 0], [0, 3]]
    assert x.data.asnumpy().tolist() == [[0, 3]]


def test_what_is_stored_outlasts_a_look_at_the_dense_memory():
    x = sparse.csr_matrix(([1.0, 0.0], [1, 0], [0, 1, 2]), shape=(2, 2))
    assert x._data.tolist() == [[0, 1], [0, 0]]
    assert x.data.asnumpy().tolist() == [1, 0]
    mx.nd.exp(x)
    assert x.indices.asnumpy().tolist() == [1, 0]


def test_large_arrays_take_the_memory_of_what_they_store():
    x = sparse.row_sparse_array((np.ones((2, 4), np.float32), [3, 10**9]), shape=(10**10, 4))
    assert (x * 2 + x).data.asnumpy().tolist() == [[3] * 4] * 2
    assert sparse.retain(x, mx.nd.array([3], dtype="int64")).data.asnumpy().tolist() == [[1] * 4]
    assert x.copy().astype("float64").indices.asnumpy().tolist() == [3, 10**9]
    assert mx.nd.sum(x).asscalar() == 8 and mx.nd.sum(x, axis=0).asnumpy().tolist() == [2] * 4
    y = sparse.csr_matrix(([1.0, 2.0], [10**8, 5], [0, 1, 2]), shape=(2, 10**9))
    assert sparse.zeros("csr", (2, 10**9)).indptr.asnumpy().tolist() == [0, 0, 0]
    assert (y * 2)[1].data.asnumpy().tolist() == [4]


def test_products_in_pieces(monkeypatch):
    monkeypatch.setattr("symbolic.nd.sparse_rules.MOST", 8)
    state = np.random.RandomState(0)
    left = state.uniform(-1, 1, (7, 9)) * (state.uniform(size=(7, 9)) < 0.4)
    for transposed in (False, True):
        right = state.uniform(-1, 1, (7 if transposed else 9, 4)).astype(np.float32)
        found = mx.nd.dot(mx.nd.array(left).tostype("csr"), mx.nd.array(right), transpose_a=transposed)
        np.testing.assert_allclose(found.asnumpy(), (left.T if transposed else left) @ right, rtol=1e-5, atol=1e-6)


def test_files_keep_what_is_stored(tmp_path):
    x = sparse.csr_matrix(([1.0, 0.0], [1, 0], [0, 1, 2]), shape=(2, 2))
    y = sparse.row_sparse_array((np.zeros((1, 2), np.float16), [3]), shape=(5, 2))
    mx.nd.save(str(tmp_path / "x"), {"x": x, "y": y, "z": mx.nd.ones((2,))})
    found = mx.nd.load(str(tmp_path / "x"))
    assert [member.stype for member in found.values()] == ["csr", "row_sparse", "default"]
    assert found["x"].data.asnumpy().tolist() == [1, 0]
    assert found["y"].indices.asnumpy().tolist() == [3] and found["y"].dtype == np.float16
