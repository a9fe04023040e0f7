"""Arrays and shapes drawn at random, and some that are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import InputError, describe
from symbolic.nd.array import NDArray
from symbolic.test_utils.tolerance import default_dtype

__all__ = [
    "assign_each",
    "assign_each2",
    "collapse_sum_like",
    "create_2d_tensor",
    "create_vector",
    "get_identity_mat",
    "get_identity_mat_batch",
    "new_matrix_with_real_eigvals_2d",
    "new_matrix_with_real_eigvals_nd",
    "new_orthonormal_matrix_2d",
    "new_sym_matrix_with_real_eigvals_2d",
    "new_sym_matrix_with_real_eigvals_nd",
    "np_reduce",
    "rand_coord_2d",
    "rand_shape_2d",
    "rand_shape_3d",
    "rand_shape_nd",
    "random_arrays",
    "random_sample",
    "random_uniform_arrays",
]


def random_arrays(*shapes: tuple[int, ...]) -> Any:
    """Draw NumPy arrays from the normal distribution; one array for one shape, else a list."""
    arrays = [np.asarray(np.random.randn(*shape)).astype(default_dtype()) for shape in shapes]
    return arrays[0] if len(arrays) == 1 else arrays


def random_uniform_arrays(*shapes: tuple[int, ...], low: float = 0.0, high: float = 1.0, dtype: Any = np.float32) -> list[np.ndarray]:
    """Draw NumPy arrays evenly between two numbers."""
    return [np.asarray(np.random.uniform(low, high, size=shape)).astype(dtype) for shape in shapes]


def random_sample(population: Sequence[Any], k: int) -> Any:
    """Draw ``k`` members without repetition."""
    if not 0 <= k <= len(population):
        facts = {"argument": "k", "got": k, "expected": f"0 to {len(population)}"}
        raise InputError(describe("there are not as many to draw", operator="random_sample", facts=facts))
    shuffled = population[:]
    np.random.shuffle(shuffled)  # type: ignore[arg-type]
    return shuffled[:k]


def rand_shape_2d(dim0: int = 10, dim1: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """Draw two sizes, each up to a largest one, from 1 or from 0."""
    return _sizes((dim0, dim1), allow_zero_size)


def rand_shape_3d(dim0: int = 10, dim1: int = 10, dim2: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """Draw three sizes, each up to a largest one, from 1 or from 0."""
    return _sizes((dim0, dim1, dim2), allow_zero_size)


def rand_shape_nd(num_dim: int, dim: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """Draw ``num_dim`` sizes up to ``dim``, from 1 or from 0."""
    return _sizes((dim,) * num_dim, allow_zero_size)


def _sizes(largest: Sequence[int], allow_zero_size: bool) -> tuple[int, ...]:
    return tuple([int(np.random.randint(0 if allow_zero_size else 1, size + 1)) for size in largest])


def rand_coord_2d(x_low: int, x_high: int, y_low: int, y_high: int) -> tuple[Any, Any]:
    """Draw a place in a rectangle; upper bounds are not reached."""
    return np.random.randint(x_low, x_high, dtype=np.int64), np.random.randint(y_low, y_high, dtype=np.int64)


def np_reduce(dat: np.ndarray, axis: Any, keepdims: bool, numpy_reduce_func: Callable[..., Any]) -> Any:
    """Reduce one axis after the other by a NumPy function; all of them if ``axis`` is None."""
    axes = range(dat.ndim) if axis is None else [axis] if isinstance(axis, int) else list(axis)
    found = dat
    for one in sorted(axes, reverse=True):
        found = numpy_reduce_func(found, axis=one)
    if not keepdims:
        return found
    kept = {one % dat.ndim for one in axes}
    return found.reshape(tuple([1 if place in kept else size for place, size in enumerate(dat.shape)]))


def collapse_sum_like(a: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum ``a`` over the axes along which an array of ``shape`` would stretch to it."""
    added = a.ndim - len(shape)
    stretched = [place + added for place, size in enumerate(shape) if added >= 0 and size != a.shape[place + added]]
    if added < 0 or any(shape[place - added] != 1 for place in stretched if np.prod(shape) and a.size):
        facts = {"argument": "shape", "got": shape, "expected": f"one that stretches to {a.shape}"}
        raise InputError(describe("the shape does not stretch to that of the array", operator="collapse_sum_like", facts=facts))
    if not np.prod(shape) or not a.size:
        return np.zeros(shape, dtype=a.dtype)
    return np.sum(a, axis=(*range(added), *stretched)).reshape(shape)


def assign_each(the_input: Any, function: Callable[[Any], Any] | None) -> np.ndarray:
    """Apply a function to every element, to float64; without one, copy."""
    if function is None:
        return np.array(the_input)
    return np.array([function(value) for value in np.ravel(the_input)], np.float64).reshape(np.shape(the_input))


def assign_each2(input1: Any, input2: Any, function: Callable[[Any, Any], Any] | None) -> np.ndarray:
    """Apply a function to every two elements, to float64; without one, copy the first."""
    if function is None:
        return np.array(input1)
    if np.shape(input1) != np.shape(input2):
        facts = {"got": f"{np.shape(input1)} and {np.shape(input2)}", "expected": "one shape"}
        raise InputError(describe("the arrays differ in shape", operator="assign_each2", facts=facts))
    pairs = zip(np.ravel(input1), np.ravel(input2), strict=True)
    return np.array([function(*pair) for pair in pairs], np.float64).reshape(np.shape(input1))


# -- large ones -------------------------------------------------------------------------------------------------------


def create_2d_tensor(rows: int, columns: int, dtype: Any = np.int64) -> NDArray:
    """Make a matrix whose rows hold their number."""
    return nd.broadcast_to(nd.arange(0, rows, dtype=dtype).reshape(rows, 1), shape=(rows, columns))


def create_vector(size: int, dtype: Any = np.int64) -> NDArray:
    """Count from 0."""
    return nd.arange(0, size, dtype=dtype)


def get_identity_mat(size: int) -> NDArray:
    """Make an identity matrix."""
    return nd.array(np.eye(size))


def get_identity_mat_batch(size: int) -> NDArray:
    """Make two identity matrices."""
    return nd.array([np.eye(size)] * 2)


# -- matrices ---------------------------------------------------------------------------------------------------------


def new_matrix_with_real_eigvals_2d(n: int) -> np.ndarray:
    """Draw a matrix with real eigenvalues between -10 and 10, whose eigenvectors are far from dependent."""
    while True:
        scales = np.diag(np.random.uniform(-1.0, 1.0, n))
        v = np.random.uniform(-1.0, 1.0, (n, 1))
        v /= np.linalg.norm(v)
        vectors = (np.eye(n) - 2 * v @ v.T) @ scales
        if np.linalg.cond(vectors, 2) < 3:
            break
    return np.linalg.inv(vectors) @ np.diag(np.random.uniform(-10.0, 10.0, n)) @ vectors


def new_orthonormal_matrix_2d(n: int) -> np.ndarray:
    """Draw an orthonormal matrix."""
    x = np.random.randn(n, n)
    return np.linalg.qr(x.T @ x)[0]


def new_sym_matrix_with_real_eigvals_2d(n: int) -> np.ndarray:
    """Draw a symmetric matrix with eigenvalues between -10 and 10."""
    q = new_orthonormal_matrix_2d(n)
    return q.T @ np.diag(np.random.uniform(-10.0, 10.0, n)) @ q


def _many(one: Callable[[int], np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    return np.array([one(shape[-1]) for _ in range(int(np.prod(shape[:-2])))]).reshape(shape)


def new_matrix_with_real_eigvals_nd(shape: tuple[int, ...]) -> np.ndarray:
    """Draw matrices as `new_matrix_with_real_eigvals_2d` does, to an array of this shape."""
    return _many(new_matrix_with_real_eigvals_2d, shape)


def new_sym_matrix_with_real_eigvals_nd(shape: tuple[int, ...]) -> np.ndarray:
    """Draw matrices as `new_sym_matrix_with_real_eigvals_2d` does, to an array of this shape."""
    return _many(new_sym_matrix_with_real_eigvals_2d, shape)
