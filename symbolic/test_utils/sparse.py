"""Arrays of any storage type, drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import InputError, ParameterError, describe
from symbolic.test_utils.draw import assign_each, random_arrays
from symbolic.test_utils.tolerance import default_dtype
from symbolic.values.context import Context, current_context

__all__ = [
    "create_sparse_array",
    "create_sparse_array_zd",
    "rand_ndarray",
    "rand_sparse_ndarray",
    "shuffle_csr_column_indices",
]

Modifier = Callable[[Any], Any] | None


def _validate_csr_generation_inputs(num_rows: int, num_cols: int, density: float, distribution: str = "uniform") -> None:
    """Refuse sizes and densities of which no matrix can be drawn; ``powerlaw`` needs two elements for each row."""
    facts = {"got": f"{num_rows} x {num_cols}, density {density}, {distribution}"}
    if not 0 <= density <= 1:
        raise ParameterError(describe("a density lies between 0 and 1", facts=facts))
    if num_rows <= 0 or num_cols <= 0:
        raise ParameterError(describe("a matrix needs rows and columns", facts=facts))
    if distribution == "powerlaw" and int(num_rows * num_cols * density) < 2 * num_rows:
        raise ParameterError(describe("the density is too low: powerlaw needs two elements for each row", facts=facts))


def shuffle_csr_column_indices(csr: Any) -> None:
    """Shuffle the column indices within each row of a SciPy matrix; their order is free."""
    for start, end in pairwise(csr.indptr):
        part = np.array(csr.indices[start:end])
        np.random.shuffle(part)
        csr.indices[start:end] = part


def _get_uniform_dataset_csr(
    num_rows: int, num_cols: int, density: float = 0.1, dtype: Any = None, data_init: Any = None, shuffle_csr_indices: bool = False
) -> Any:
    """Draw a matrix whose elements, evenly from 0 to 1, lie anywhere."""
    _validate_csr_generation_inputs(num_rows, num_cols, density)
    count = round(num_rows * num_cols * density)
    places = np.sort(np.random.choice(num_rows * num_cols, count, replace=False))
    rows, columns = np.divmod(places, num_cols)
    values = np.random.uniform(size=count).astype(dtype or default_dtype())
    if data_init is not None:
        values.fill(data_init)
    starts = np.searchsorted(rows, np.arange(num_rows + 1))
    if shuffle_csr_indices:
        for start, end in pairwise(starts):
            np.random.shuffle(columns[start:end])
    return nd.sparse.csr_matrix((values, columns, starts), shape=(num_rows, num_cols), dtype=dtype)


def _get_powerlaw_dataset_csr(num_rows: int, num_cols: int, density: float = 0.1, dtype: Any = None) -> Any:
    """Draw a matrix with two elements in the first row, four in the second and so on, and at least one in every row."""
    _validate_csr_generation_inputs(num_rows, num_cols, density, "powerlaw")
    left = int(num_rows * num_cols * density)
    counts = np.ones(num_rows, np.int64)
    left -= num_rows
    for row in range(num_rows):
        more = min(min(num_cols, 2 ** min(row + 1, 62)) - 1, left)
        counts[row] += more
        left -= more
    if left > 0:
        facts = {"got": f"{num_rows} x {num_cols}, density {density}", "expected": f"{left} elements less"}
        raise ParameterError(describe("the density is too high for powerlaw", facts=facts))
    filled = np.arange(num_cols) < counts[:, None]
    values = np.where(filled, 1 + np.random.uniform(0.001, 2, (num_rows, num_cols)), 0)
    return nd.array(values, dtype=dtype).tostype("csr")


def rand_sparse_ndarray(
    shape: tuple[int, ...], stype: str, density: float | None = None, dtype: Any = None, distribution: str | None = None,
    data_init: Any = None, rsp_indices: Any = None, modifier_func: Modifier = None, shuffle_csr_indices: bool = False,
    ctx: Context | None = None,
) -> tuple[Any, tuple[Any, ...]]:  # fmt: skip
    """Draw an array that stores only what is not zero.

    Parameters
    ----------
    shape : tuple of int
        Its sizes; two of them for ``csr``.
    stype : {"row_sparse", "csr"}
        Storage type.
    density : float, optional
        Share of rows, or of elements, that are stored; drawn by default.
    dtype : optional
        Type of its elements; float32 by default.
    distribution : {"uniform", "powerlaw"}, optional
        Where elements of a ``csr`` lie: anywhere, or in each row twice as many as in the one before.
    data_init : float, optional
        Value of all elements, which are drawn by default.
    rsp_indices : array, optional
        Rows that are stored, in the place of ``density``.
    modifier_func : callable, optional
        Applied to each stored element.
    shuffle_csr_indices : bool, default False
        Leave the columns of a row in any order.
    ctx : Context, optional
        Where.

    Returns
    -------
    array : RowSparseNDArray or CSRNDArray
        What was drawn.
    parts : tuple
        ``(values, indices)``, or ``(indptr, indices, values)`` for ``csr``.
    """
    context = ctx or current_context()
    density = np.random.rand() if density is None else density
    dtype = default_dtype() if dtype is None else dtype
    distribution = distribution or "uniform"
    known = {"row_sparse": ("uniform",), "csr": ("uniform", "powerlaw")}
    if stype not in known or distribution not in known[stype] or (stype == "csr" and len(shape) != 2):
        facts = {"got": f"{stype!r}, {distribution!r}, shape {shape}", "expected": "row_sparse; csr of two axes, uniform or powerlaw"}
        raise InputError(describe("there is no such sparse array", operator="rand_sparse_ndarray", facts=facts))
    if stype == "csr":
        if distribution == "uniform":
            made = _get_uniform_dataset_csr(shape[0], shape[1], density, dtype, data_init, shuffle_csr_indices)
        else:
            made = _get_powerlaw_dataset_csr(shape[0], shape[1], density, dtype)
        made = made.as_in_context(context)
        return made, (made.indptr, made.indices, made.data)
    indices = np.argwhere(np.random.rand(shape[0]) < density).flatten() if rsp_indices is None else np.asarray(rsp_indices)
    if len(indices) > shape[0]:
        facts = {"argument": "rsp_indices", "got": f"{len(indices)} of them", "expected": f"at most {shape[0]}"}
        raise InputError(describe("there are more indices than rows", operator="rand_sparse_ndarray", facts=facts))
    if not len(indices):
        return nd.zeros(shape, stype="row_sparse", dtype=dtype, ctx=context), (np.array([], dtype=dtype), np.array([]))
    values = np.random.rand(len(indices), *shape[1:]).astype(dtype)
    if data_init is not None:
        values.fill(data_init)
    if modifier_func is not None:
        values = assign_each(values, modifier_func)
    return nd.sparse.row_sparse_array((values, indices), shape=shape, dtype=dtype, ctx=context), (values, indices)


def rand_ndarray(
    shape: tuple[int, ...], stype: str = "default", density: float | None = None, dtype: Any = None, modifier_func: Modifier = None,
    shuffle_csr_indices: bool = False, distribution: str | None = None, ctx: Context | None = None,
) -> Any:  # fmt: skip
    """Draw an array of any storage type: a dense one from the normal distribution, else as `rand_sparse_ndarray`."""
    if stype == "default":
        return nd.array(random_arrays(shape), dtype=dtype, ctx=ctx or current_context())
    words = {"modifier_func": modifier_func, "shuffle_csr_indices": shuffle_csr_indices, "distribution": distribution}
    return rand_sparse_ndarray(shape, stype, density=density, dtype=dtype, ctx=ctx, **words)[0]


def create_sparse_array(
    shape: tuple[int, ...], stype: str, data_init: Any = None, rsp_indices: Any = None, dtype: Any = None, modifier_func: Modifier = None,
    density: float = 0.5, shuffle_csr_indices: bool = False,
) -> Any:  # fmt: skip
    """Draw an array as `rand_sparse_ndarray`, with half of its elements by default; without its parts."""
    rows = np.sort(np.asarray(rsp_indices)) if rsp_indices is not None and stype == "row_sparse" else None
    words = {"data_init": data_init, "rsp_indices": rows, "modifier_func": modifier_func, "shuffle_csr_indices": shuffle_csr_indices}
    return rand_sparse_ndarray(shape, stype, density=density, dtype=dtype, **words)[0]


def create_sparse_array_zd(
    shape: tuple[int, ...], stype: str, density: float, data_init: Any = None, rsp_indices: Any = None, dtype: Any = None,
    modifier_func: Modifier = None, shuffle_csr_indices: bool = False,
) -> Any:  # fmt: skip
    """Do `create_sparse_array`; of a ``row_sparse`` array only the rows ``rsp_indices`` are stored, if none are given none."""
    density = 0.0 if stype == "row_sparse" else density
    return create_sparse_array(shape, stype, data_init, rsp_indices, dtype, modifier_func, density, shuffle_csr_indices)
