"""What operators do with stored rows and elements alone, and how their results are stored.

A rule takes the operator, arrays, one of which is sparse, and the user's parameters; it returns the result, or None: then
dense memory is computed with, as MXNet does where it has no kernel for a storage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symbolic.errors import IndexingError, describe
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.call import call, on_arrays
from symbolic.nd.storage import BaseSparseNDArray, CSRNDArray, RowSparseNDArray, cast, nothing, stored
from symbolic.values.shape import is_np_shape

__all__ = ["RULES", "Rule", "dense", "kept", "like"]

Rule = Callable[[Any, Sequence[Any], dict[str, Any]], Any]  # operator, arrays, the user's words -> result or None
MOST = 1 << 22  # elements of the products that are made at a time


def like(array: BaseSparseNDArray, values: np.ndarray) -> Any:
    """Store values in the places of another array's."""
    return stored(type(array), (values, *[place.copy() for place in array._stored()[1:]]), array.shape, array._context)


def kept(array: BaseSparseNDArray) -> NDArray:
    return wrap(array._stored()[0], array._context)


def dense(array: NDArray) -> NDArray:
    """Return an array whose memory may be read, not kept."""
    return wrap(array._whole(), array._context) if isinstance(array, BaseSparseNDArray) else array


# -- one input: the same on the stored values ---------------------------------------------------------------------------


def on_values(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Apply an operator for which zero stays zero."""
    return like(arrays[0], call(op, (kept(arrays[0]),), words)._data)


def where_zero_stays(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Apply an operator if zero stays zero with these parameters."""
    zero = call(op, (wrap(np.zeros(1, arrays[0].dtype), arrays[0]._context),), words)
    return None if zero._data.any() else on_values(op, arrays, words)


def quadratic(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    return where_zero_stays(op, arrays, words) if type(arrays[0]) is CSRNDArray else None


def zeros_like(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    return nothing(arrays[0].stype, arrays[0].shape, arrays[0]._type, arrays[0]._context)


def cast_storage(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    return cast(arrays[0], str(words.get("stype", "")))


def _rows_of(array: CSRNDArray) -> np.ndarray:
    """Number the row of each stored element."""
    return np.repeat(np.arange(array.shape[0]), np.diff(array._stored()[2]))


def getnnz(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Count stored elements, also those that are zero."""
    if type(arrays[0]) is not CSRNDArray or op.parameters(words).axis not in (None, 1):
        return None
    starts = arrays[0]._stored()[2]
    return wrap(np.diff(starts) if op.parameters(words).axis == 1 else starts[-1:].copy(), arrays[0]._context)


def square_sum(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Sum squares of stored rows: a column of them is stored by rows, too."""
    params = op.parameters(words)
    if type(arrays[0]) is not RowSparseNDArray or not params.keepdims or params.axis != (1,) or arrays[0].ndim != 2:
        return None
    values, rows = arrays[0]._stored()
    sums = (values.astype(np.float64) ** 2).sum(axis=1, keepdims=True).astype(values.dtype)
    return stored(RowSparseNDArray, (sums, rows.copy()), (arrays[0].shape[0], 1), arrays[0]._context)


def total(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Sum up, or average, what a matrix stores: by columns, by rows or all of it."""
    array, params = arrays[0], op.parameters(words)
    axes = None if params.axis is None else tuple([axis % array.ndim for axis in params.axis])
    plain = not (params.keepdims or params.exclude) and array.ndim == 2 and array._type.kind == "f" and array.size
    if not plain or axes not in (None, (), (0,), (1,), (0, 1)):
        return None
    values, places, *_ = array._stored()
    if type(array) is RowSparseNDArray:
        rows, columns = np.repeat(places, array.shape[1]), np.tile(np.arange(array.shape[1]), len(places))
        values = values.reshape(-1)
    else:
        rows, columns = _rows_of(array), places
    if axes in ((0,), (1,)):
        kept_axis = 1 - axes[0]
        sums = np.bincount((rows, columns)[kept_axis], values, array.shape[kept_axis])
    else:
        sums = np.sum(values, dtype=np.float64).reshape(() if is_np_shape() else 1)
    count = array.size / sums.size if op.canonical.name == "mean" else 1
    return wrap((sums / count).astype(array._type), array._context)


# -- parts ------------------------------------------------------------------------------------------------------------


def retain(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Keep the rows asked for; those that are not stored become rows of zeros."""
    array, wanted = arrays
    if type(array) is not RowSparseNDArray:
        return None
    values, rows = array._stored()
    asked = dense(wanted)._data.astype(np.int64)
    kept = np.zeros((len(asked), *values.shape[1:]), values.dtype)
    if len(rows):
        order = np.argsort(rows, kind="stable")
        at = np.minimum(np.searchsorted(rows[order], asked), len(rows) - 1)
        there = rows[order[at]] == asked
        kept[there] = values[order[at[there]]]
    return stored(RowSparseNDArray, (kept, asked), array.shape, array._context)


def _picked_rows(array: CSRNDArray, rows: np.ndarray) -> Any:
    values, columns, starts = array._stored()
    counts = starts[rows + 1] - starts[rows]
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    at = np.arange(ends[-1]) - np.repeat(ends[:-1] - starts[rows], counts)
    return stored(CSRNDArray, (values[at], columns[at], ends), (len(rows), array.shape[1]), array._context)


def take(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    params = op.parameters(words)
    array, wanted = arrays
    if type(array) is not CSRNDArray or params.axis != 0 or wanted.ndim != 1 or not len(array):
        return None
    rows = np.trunc(dense(wanted)._data).astype(np.int64)
    return _picked_rows(array, rows % len(array) if params.mode == "wrap" else np.clip(rows, 0, len(array) - 1))


def slice_(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Cut a CSR matrix out of another."""
    params, array = op.parameters(words), arrays[0]
    if type(array) is not CSRNDArray or any(step not in (None, 1) for step in params.step or ()):
        return None
    bounds = [slice(*pair).indices(size)[:2] for *pair, size in zip(params.begin, params.end, array.shape, strict=False)]
    if not bounds or any(end <= begin for begin, end in bounds):
        raise IndexingError(describe("the part has no elements", operator="slice", facts={"got": bounds, "array": array.shape}))
    found = array._rows(*bounds[0])
    if len(bounds) < 2:
        return found
    (values, columns, _), (begin, end) = found._stored(), bounds[1]
    inside = (columns >= begin) & (columns < end)
    counts = np.bincount(_rows_of(found)[inside], minlength=len(found))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return stored(CSRNDArray, (values[inside], columns[inside] - begin, starts), (len(found), end - begin), array._context)


def concat(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Put CSR matrices below each other."""
    if not all(type(array) is CSRNDArray for array in arrays) or op.parameters(words).dim != 0:
        return None
    if len({(array.shape[1], array.dtype) for array in arrays}) != 1:
        return None
    values, columns, starts = zip(*[array._stored() for array in arrays], strict=True)
    ends = np.concatenate([[0], np.cumsum(np.concatenate([np.diff(part) for part in starts]))]).astype(np.int64)
    parts = (np.concatenate(values), np.concatenate(columns), ends)
    return stored(CSRNDArray, parts, (len(ends) - 1, arrays[0].shape[1]), arrays[0]._context)


# -- two arrays -------------------------------------------------------------------------------------------------------


def _spots(array: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return stored values and where they stand, one ascending number each: row, or position in the matrix."""
    values, places, *_ = array._stored()
    if type(array) is CSRNDArray:
        places = _rows_of(array) * array.shape[1] + places
    if np.any(places[1:] <= places[:-1]):
        order = np.argsort(places, kind="stable")
        values, places = values[order], places[order]
    return values, places


def _joined(name: str, lhs: Any, rhs: Any) -> Any:
    """Compute on two arrays of one storage where either stores something."""
    (left, at_left), (right, at_right) = _spots(lhs), _spots(rhs)
    product = name == "elemwise_mul" and type(lhs) is CSRNDArray
    places = np.intersect1d(at_left, at_right) if product else np.union1d(at_left, at_right)
    sides = []
    for values, at in ((left, at_left), (right, at_right)):
        whole = np.zeros((len(places), *values.shape[1:]), values.dtype)
        there = np.isin(at, places)
        whole[np.searchsorted(places, at[there])] = values[there]
        sides.append(wrap(whole, lhs._context))
    values = on_arrays(name)(*sides)._data
    if type(lhs) is RowSparseNDArray:
        return stored(RowSparseNDArray, (values, places), lhs.shape, lhs._context)
    width = max(lhs.shape[1], 1)
    starts = np.concatenate([[0], np.cumsum(np.bincount(places // width, minlength=lhs.shape[0]))]).astype(np.int64)
    return stored(CSRNDArray, (values, places % width, starts), lhs.shape, lhs._context)


def _at_stored(sparse: Any, dense: np.ndarray) -> NDArray:
    """Pick of a dense array what stands where another array stores something."""
    whole = np.broadcast_to(dense, sparse.shape)
    places = sparse._stored()[1]
    return wrap(whole[places] if type(sparse) is RowSparseNDArray else whole[_rows_of(sparse), places], sparse._context)


def elementwise(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Add, subtract or multiply arrays of one shape."""
    lhs, rhs = arrays
    if lhs.shape != rhs.shape or lhs.dtype != rhs.dtype:
        return None
    name = op.canonical.name
    if type(lhs) is type(rhs):
        return _joined(name, lhs, rhs)
    if name == "elemwise_mul" and type(rhs) is NDArray:
        return like(lhs, on_arrays(name)(kept(lhs), _at_stored(lhs, rhs._data))._data)
    if name == "elemwise_mul" and type(lhs) is NDArray:
        return like(rhs, on_arrays(name)(_at_stored(rhs, lhs._data), kept(rhs))._data)
    return None


def scatter_div(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Divide what is stored; the rest stays zero."""
    lhs, rhs = arrays
    if type(lhs) is NDArray or lhs.shape != rhs.shape or lhs.dtype != rhs.dtype:
        return None
    return like(lhs, on_arrays("elemwise_div")(kept(lhs), _at_stored(lhs, dense(rhs)._data))._data)


def stretched(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Multiply or divide a CSR matrix by what stretches to its shape."""
    lhs, rhs = arrays
    if type(lhs) is not CSRNDArray or type(rhs) is not NDArray or lhs.dtype != rhs.dtype or rhs.ndim > 2:
        return None
    if any(size not in (1, mine) for size, mine in zip(rhs.shape[::-1], lhs.shape[::-1], strict=False)):
        return None
    return like(lhs, on_arrays(op.canonical.name)(kept(lhs), _at_stored(lhs, rhs._data))._data)


def add_n(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Add arrays that store rows."""
    if not all(type(array) is RowSparseNDArray and array.shape == arrays[0].shape for array in arrays):
        return None
    total = arrays[0].copy()
    for array in arrays[1:]:
        total = _joined("elemwise_add", total, array)
    return total


def dot(op: Any, arrays: Sequence[Any], words: dict[str, Any]) -> Any:
    """Multiply a CSR matrix and a dense one; of the transposed matrix, the product stores rows."""
    params = op.parameters(words)
    lhs, rhs = arrays
    wanted = params.forward_stype
    if type(lhs) is NDArray and type(rhs) is CSRNDArray:
        product = call(op, (lhs, dense(rhs)), {**words, "forward_stype": None})
        return product if wanted == "default" else cast(product, "csr")
    if type(lhs) is not CSRNDArray or type(rhs) is CSRNDArray or rhs.ndim != 2 or lhs.dtype != rhs.dtype:
        return None
    right = dense(rhs)._data
    right = right.T if params.transpose_b else right
    if len(right) != lhs.shape[0 if params.transpose_a else 1]:
        return None  # the operator says it
    values, columns, starts = lhs._stored()
    if not params.transpose_a:
        product = np.zeros((len(lhs), right.shape[1]), lhs.dtype)
        _sum_groups(values, right, columns, starts, product)
        return wrap(product, lhs._context)
    order = np.argsort(columns, kind="stable")
    rows, counts = np.unique(columns, return_counts=True)
    product = np.zeros((len(rows), right.shape[1]), lhs.dtype)
    _sum_groups(values[order], right, _rows_of(lhs)[order], np.concatenate([[0], np.cumsum(counts)]), product)
    found = stored(RowSparseNDArray, (product, rows), (lhs.shape[1], right.shape[1]), lhs._context)
    return wrap(found._whole(), lhs._context) if wanted == "default" else found


def _sum_groups(values: np.ndarray, right: np.ndarray, places: np.ndarray, starts: np.ndarray, out: np.ndarray) -> None:
    """Add up ``values[i] * right[places[i]]`` over the elements from each start to the next."""
    filled = np.flatnonzero(starts[1:] > starts[:-1])
    most = max(1, MOST // max(1, right.shape[1]))
    first = 0
    while first < len(filled):
        begin = starts[filled[first]]
        last = max(first + 1, int(np.searchsorted(starts[filled + 1], begin + most, side="right")))
        group = filled[first:last]
        part = slice(begin, starts[group[-1] + 1])
        out[group] = np.add.reduceat(values[part, None] * right[places[part]], starts[group] - begin, axis=0)
        first = last


# -- updates of the rows that have a gradient -------------------------------------------------------------------------


def lazy_update(op: Any, arrays: Sequence[Any], words: dict[str, Any], out: Any = None) -> Any:
    """Step the rows of weight and states for which the gradient stores a row; the weight in its own memory if it is ``out``."""
    weight, grad, *_ = arrays
    params = op.parameters(words)
    if type(grad) is not RowSparseNDArray:
        return None
    if not getattr(params, "lazy_update", type(weight) is RowSparseNDArray or "adagrad" in op.canonical.name):
        return None
    values, rows = grad._stored()
    parts = [wrap(values, grad._context) if x is grad else wrap(x._data[rows], x._context) for x in arrays]
    stepped = call(op, tuple(parts), words)
    states = [place for place, _ in params._layout.versions]
    for place in states:
        arrays[place]._data[rows] = parts[place]._data
    result = weight if out is weight else weight.copy()
    result._data[rows] = stepped._data
    return result


# -- all of them -------------------------------------------------------------------------------------------------------

_ON_VALUES = [
    "BlockGrad", "_copy", "make_loss", "abs", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "ceil", "degrees", "expm1", "fix",
    "floor", "log1p", "negative", "radians", "relu", "rint", "round", "sign", "sin", "sinh", "sqrt", "square", "tan", "tanh",
    "trunc", "_mul_scalar", "_scatter_plus_scalar", "_scatter_minus_scalar", "_div_scalar",
]  # fmt: skip
_IF_ZERO_STAYS = [
    "clip", "_plus_scalar", "_minus_scalar", "_equal_scalar", "_not_equal_scalar", "_greater_scalar", "_greater_equal_scalar",
    "_lesser_scalar", "_lesser_equal_scalar",
]  # fmt: skip
_UPDATES = ["sgd_update", "sgd_mom_update", "adam_update", "ftrl_update", "_sparse_adagrad_update", "_contrib_group_adagrad_update"]
RULES: dict[str, Rule] = {
    **dict.fromkeys(_ON_VALUES, on_values),
    **dict.fromkeys(_IF_ZERO_STAYS, where_zero_stays),
    **dict.fromkeys(_UPDATES, lazy_update),
    **dict.fromkeys(("elemwise_add", "elemwise_sub", "elemwise_mul"), elementwise),
    **dict.fromkeys(("broadcast_mul", "broadcast_div"), stretched),
    "_scatter_elemwise_div": scatter_div,
    "_contrib_quadratic": quadratic,
    "zeros_like": zeros_like,
    "cast_storage": cast_storage,
    "_contrib_getnnz": getnnz,
    "_square_sum": square_sum,
    "sum": total,
    "mean": total,
    "_sparse_retain": retain,
    "take": take,
    "slice": slice_,
    "Concat": concat,
    "add_n": add_n,
    "dot": dot,
}
