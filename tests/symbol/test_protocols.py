"""NumPy's functions on symbols give what NumPy gives for the arrays bound to them, whatever is declared of shapes and types."""

import inspect

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import MXNetError
from symbolic.symbol.numpy.ufuncs import BINARY, UNARY
from symbolic.symbol.protocols import functions

A = np.array([[0.5, 0.25, 0.75], [0.125, 0.9, 0.3]])
B = np.array([[0.2, 2.0, 0.5], [0.125, 0.5, 0.7]])
N = np.array([[3, -1, 2], [0, 5, -4]])
M = np.array([[2, 2, -3], [1, -2, 3]])
S = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]])
T = np.arange(24.0).reshape(2, 3, 4) / 7 - 1.5
V = np.array([0.5, -1.0, 2.0])
ODD = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1.5, 2.5, -0.5, -2.5, 3.0])
x, y = mx.sym.Variable("x"), mx.sym.Variable("y")


def compute(symbol, *arrays):
    """Bind arrays to ``x`` and ``y`` in their own types."""
    names = symbol.list_arguments()
    given = {name: mx.nd.array(array, dtype=array.dtype) for name, array in zip("xy", arrays, strict=False) if name in names}
    return [output.asnumpy() for output in symbol.eval(ctx=mx.cpu(), **given)]


def declared(*arrays):
    return [mx.sym.Variable(name, shape=array.shape, dtype=array.dtype) for name, array in zip("xy", arrays, strict=False)]


def same(found, expected, rtol=2e-6):
    """Compare with NumPy; one number is a vector of one element in a graph, and truth values are 0 and 1."""
    expected = np.asarray(expected)
    assert found.shape == (expected.shape or (1,))
    np.testing.assert_allclose(found.reshape(expected.shape), expected.astype(found.dtype), rtol=rtol, atol=1e-6)


# -- element by element ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("ufunc", [f for f in UNARY if f is not np.invert], ids=lambda f: f.__name__)
def test_function_of_one(ufunc, dtype):
    data = (A + 1 if ufunc is np.arccosh else A).astype(dtype)
    same(compute(ufunc(x), data)[0], ufunc(data))


EDGES = [np.isnan, np.isinf, np.isfinite, np.signbit, np.rint, np.sign, np.exp2, np.negative, np.absolute, np.positive]


@pytest.mark.parametrize("ufunc", EDGES, ids=lambda f: f.__name__)
def test_function_of_one_at_the_edges(ufunc):
    with np.errstate(all="ignore"):
        same(compute(ufunc(x), ODD)[0], ufunc(ODD))


@pytest.mark.parametrize(
    "ufunc", [np.sin, np.sqrt, np.exp, np.log2, np.arctan, np.tanh, np.cbrt, np.exp2, np.degrees], ids=lambda f: f.__name__
)
def test_integers_become_float64_if_they_are_declared(ufunc):
    data = np.array([1, 4, 9], np.int32)
    found = compute(ufunc(declared(data)[0]), data)[0]
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, ufunc(data))


@pytest.mark.parametrize("ufunc", [np.sign, np.absolute, np.floor, np.ceil, np.trunc, np.square, np.negative], ids=lambda f: f.__name__)
def test_integers_that_stay_integers(ufunc):
    found = compute(ufunc(declared(N)[0]), N)[0]
    assert found.dtype == N.dtype
    same(found, ufunc(N))


TRUTH = {np.left_shift, np.right_shift, np.bitwise_and, np.bitwise_or, np.bitwise_xor}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("ufunc", [f for f in BINARY if f not in TRUTH and f is not np.ldexp], ids=lambda f: f.__name__)
def test_function_of_two(ufunc, dtype):
    a, b = A.astype(dtype), B.astype(dtype)
    same(compute(ufunc(x, y), a, b)[0], ufunc(a, b), 1e-5)
    same(compute(ufunc(x, 0.5), a)[0], ufunc(a, a.dtype.type(0.5)), 1e-5)
    one, other = declared(a, b)
    same(compute(ufunc(a, other), a, b)[0], ufunc(a, b), 1e-5)
    same(compute(ufunc(one, b), a)[0], ufunc(a, b), 1e-5)
    assert compute(ufunc(one, b), a)[0].dtype == dtype


@pytest.mark.parametrize(
    "ufunc", [np.add, np.multiply, np.floor_divide, np.remainder, np.maximum, np.fmod, np.true_divide, np.less], ids=lambda f: f.__name__
)
def test_function_of_two_integers(ufunc):
    found = compute(ufunc(*declared(N, M)), N, M)[0]
    same(found, ufunc(N, M))
    assert found.dtype == (np.float64 if ufunc is np.true_divide else np.int64)


@pytest.mark.parametrize("ufunc", [np.fmax, np.fmin, np.copysign, np.arctan2, np.heaviside, np.logaddexp], ids=lambda f: f.__name__)
def test_function_of_two_at_the_edges(ufunc):
    one, other = (grid.ravel() for grid in np.meshgrid(ODD, ODD))
    if ufunc is np.arctan2:  # inf / inf has an angle in NumPy alone
        kept = ~(np.isinf(one) & np.isinf(other))
        one, other = one[kept], other[kept]
    with np.errstate(all="ignore"):
        same(compute(ufunc(x, y), one, other)[0], ufunc(one, other))


def test_shifts_and_parts():
    one, two = declared(N, np.abs(M))
    same(compute(np.left_shift(one, two), N, np.abs(M))[0], N << np.abs(M))
    same(compute(np.right_shift(one, 1), N)[0], N >> 1)
    for found, expected in zip(np.modf(x), np.modf(ODD), strict=True):
        same(compute(found, ODD)[0], expected)


def test_ldexp():
    same(compute(np.ldexp(x, y), A, np.floor(B))[0], np.ldexp(A, B.astype(int)))


def test_divmod_gives_both():
    whole, rest = np.divmod(x, y)
    same(compute(whole, N * 1.5, M * 1.0)[0], N * 1.5 // M)
    same(compute(rest, N * 1.5, M * 1.0)[0], N * 1.5 % M)


def test_shapes_stretch_for_composed_functions():
    same(compute(np.logaddexp(x, y), A, V)[0], np.logaddexp(A, V))
    same(compute(np.arctan2(x, V), A.astype(np.float32))[0], np.arctan2(A, V), 1e-5)


def test_truth_values():
    found = compute(np.bitwise_and(x > 0.4, y > 0.4) + 2 * np.invert(x > 0.4) + 4 * np.bitwise_xor(x > 0.4, True), A, B)[0]
    p, q = A > 0.4, B > 0.4
    same(found, (p & q) + 2 * ~p + 4 * (p ^ True))
    same(compute(np.bitwise_or(x > 0.4, y > 0.4), A, B)[0], p | q)


def test_a_type_that_is_asked_for():
    found = compute(np.add(x, N, dtype="float64"), A.astype(np.float32))[0]
    assert found.dtype == np.float64
    same(found, A + N)
    assert compute(np.sin(x, dtype=np.float64), A.astype(np.float32))[0].dtype == np.float64


def test_methods_of_ufuncs():
    same(compute(np.add.reduce(x), A)[0], np.add.reduce(A))
    same(compute(np.maximum.reduce(x, axis=1, keepdims=True), A)[0], np.maximum.reduce(A, axis=1, keepdims=True))
    same(compute(np.add.accumulate(x, axis=1), A)[0], np.add.accumulate(A, axis=1))
    same(compute(np.multiply.outer(x, V.astype(np.float32)), V.astype(np.float32))[0], np.multiply.outer(V, V))


# -- whole arrays ---------------------------------------------------------------------------------------------------------

REDUCED = [np.sum, np.prod, np.mean, np.max, np.min, np.std, np.var, np.ptp, np.any, np.all, np.nansum, np.nanprod, np.nanmean, np.nanmax]
REDUCED += [np.nanvar, np.nanstd, np.nanmin, np.count_nonzero]
AXES = [{}, {"axis": 1}, {"axis": -1}, {"axis": (0, 2)}, {"axis": (-1, 0), "keepdims": True}, {"keepdims": True}]


@pytest.mark.parametrize("words", AXES, ids=str)
@pytest.mark.parametrize("function", REDUCED, ids=lambda f: f.__name__)
def test_reduction(function, words):
    data = np.where(T > 1.5, np.nan, T) if function.__name__.startswith("nan") else T
    same(compute(function(x, **words), data)[0], function(data, **words))
    if not function.__name__.startswith("nan"):
        whole = np.round(T * 3).astype(np.int32)
        found, expected = compute(function(declared(whole)[0], **words), whole)[0], function(whole, **words)
        same(found, expected)
        assert found.dtype == np.asarray(expected).dtype or np.asarray(expected).dtype == bool


CALLS = [
    (np.amax, lambda a: np.max(a, axis=()), T),
    (np.sum, lambda a: np.sum(a, axis=1, dtype=np.float64), T.astype(np.float32)),
    (np.sum, lambda a: np.sum(a, 1, None, None, True), T),
    (np.nanmax, lambda a: np.nanmax(a, axis=1), np.array([[np.nan, 1.0], [2.0, -1.0]])),
    (np.argmax, lambda a: np.argmax(a, axis=1), T),
    (np.argmax, np.argmax, T),
    (np.argmin, lambda a: np.argmin(a, axis=-1, keepdims=True), T),
    (np.std, lambda a: np.std(a, axis=1, ddof=1), T),
    (np.var, lambda a: np.var(a, ddof=2), T),
    (np.average, lambda a: np.average(a, axis=0), T),
    (np.average, lambda a: np.average(a, axis=1, weights=B), A),
    (np.cumsum, lambda a: np.cumsum(a, axis=1), T),
    (np.cumsum, np.cumsum, T),
    (np.cumsum, np.cumsum, N.astype(np.int32)),
    (np.trace, lambda a: np.trace(a, 1), S),
    (np.trace, lambda a: np.trace(a, axis1=1, axis2=2), T),
    (np.median, lambda a: np.median(a, axis=1), T),
    (np.median, lambda a: np.median(a, axis=-1, keepdims=True), T),
    (np.median, np.median, T),
    (np.median, lambda a: np.median(a, keepdims=True), A),
    (np.select, lambda a: np.select([a > 0.5, a > 0.2], [a, -a], 9.0), A),
    (np.unravel_index, lambda a: np.unravel_index(a, (4, 5))[1], np.array([7, 19, 0])),
    (np.histogram, lambda a: np.histogram(a, 4, (0.0, 1.0))[0], A),
    (np.histogram, lambda a: np.histogram(a, np.array([0.0, 0.2, 1.0]))[0], A),
    (np.isclose, lambda a: np.isclose(a, np.array([0.5, -1.0001, 2.5])), V),
    (np.isclose, lambda a: np.isclose(a, ODD, equal_nan=True), ODD),
    (np.allclose, lambda a: np.allclose(a, A + 1e-9), A),
    *[(np.linalg.norm, lambda a, o=o, w=w: np.linalg.norm(a, o, **w), T)
      for o, w in ((None, {"axis": 1}), (2, {"axis": -1}), (1, {"axis": 0}), (np.inf, {"axis": 1}), (-np.inf, {"axis": 1, "keepdims": True}),
                   (0, {"axis": 1}), (3, {"axis": 1}), ("fro", {"axis": (0, 1)}), (None, {"axis": (1, 2)}), (1, {"axis": (1, 2)}),
                   (np.inf, {"axis": (0, 1), "keepdims": True}), (-1, {"axis": (2, 0)}))],
    (np.linalg.norm, np.linalg.norm, T),
    (np.linalg.norm, np.linalg.norm, N),
    (np.reshape, lambda a: np.reshape(a, (3, 2)), A),
    (np.reshape, lambda a: np.reshape(a, -1), A),
    (np.ravel, np.ravel, T),
    (np.transpose, np.transpose, T),
    (np.transpose, lambda a: np.transpose(a, (-1, 0, 1)), T),
    (np.swapaxes, lambda a: np.swapaxes(a, 0, -1), T),
    (np.moveaxis, lambda a: np.moveaxis(a, 0, -1), T),
    (np.moveaxis, lambda a: np.moveaxis(a, (0, -1), (1, 0)), T),
    (np.rollaxis, lambda a: np.rollaxis(a, 2), T),
    (np.rollaxis, lambda a: np.rollaxis(a, 0, 3), T),
    (np.expand_dims, lambda a: np.expand_dims(a, 1), A),
    (np.expand_dims, lambda a: np.expand_dims(a, (0, -1)), A),
    (np.squeeze, np.squeeze, T[:, :1]),
    (np.squeeze, lambda a: np.squeeze(a, axis=-2), T[:, :1]),
    (np.atleast_1d, np.atleast_1d, V),
    (np.atleast_2d, np.atleast_2d, V),
    (np.atleast_3d, np.atleast_3d, A),
    (np.broadcast_to, lambda a: np.broadcast_to(a, (4, 2, 3)), A),
    (np.broadcast_to, lambda a: np.broadcast_to(a, (2, 3)), A[:1]),
    (np.broadcast_arrays, lambda a: np.broadcast_arrays(a, S[:, :1])[0], V),
    (np.flip, np.flip, T),
    (np.flip, lambda a: np.flip(a, -1), T),
    (np.flip, lambda a: np.flip(a, (0, 2)), T),
    (np.flip, lambda a: np.flip(a, (0, -1)), T),
    (np.flipud, np.flipud, A),
    (np.fliplr, np.fliplr, A),
    *[(np.rot90, lambda a, k=k: np.rot90(a, k), A) for k in range(-1, 5)],
    (np.rot90, lambda a: np.rot90(a, 1, (1, 2)), T),
    (np.roll, lambda a: np.roll(a, 5), A),
    (np.roll, lambda a: np.roll(a, -4, axis=1), A),
    (np.roll, lambda a: np.roll(a, (1, 2), axis=(0, -1)), T),
    (np.diff, np.diff, T),
    (np.diff, lambda a: np.diff(a, 2, axis=1), T),
    (np.concatenate, lambda a: np.concatenate([a, B]), A),
    (np.concatenate, lambda a: np.concatenate((a, a), axis=-1), A),
    (np.concatenate, lambda a: np.concatenate((a, a), axis=None), A),
    (np.stack, lambda a: np.stack([a, a], axis=-1), A),
    (np.vstack, lambda a: np.vstack([a, a]), V),
    (np.vstack, lambda a: np.vstack([a, a]), A),
    (np.hstack, lambda a: np.hstack([a, a]), V),
    (np.hstack, lambda a: np.hstack([a, a]), A),
    (np.dstack, lambda a: np.dstack([a, a]), A),
    (np.dstack, lambda a: np.dstack([a, a]), V),
    (np.column_stack, lambda a: np.column_stack([a, a]), V),
    (np.append, lambda a: np.append(a, [1.0, 2.0]), A),
    (np.split, lambda a: np.split(a, 3, axis=1)[1], A),
    (np.split, lambda a: np.split(a, [1, 2], axis=-1)[1], T),
    (np.array_split, lambda a: np.array_split(a, 3, axis=2)[0], T),
    (np.vsplit, lambda a: np.vsplit(a, 2)[1], A),
    (np.hsplit, lambda a: np.hsplit(a, 3)[1], A),
    (np.hsplit, lambda a: np.hsplit(a, [1])[1], V),
    (np.dsplit, lambda a: np.dsplit(a, 2)[1], T),
    (np.tile, lambda a: np.tile(a, 2), A),
    (np.tile, lambda a: np.tile(a, (2, 1, 2)), A),
    (np.repeat, lambda a: np.repeat(a, 2, axis=1), A),
    (np.repeat, lambda a: np.repeat(a, 2), A),
    (np.repeat, lambda a: np.repeat(a, [1, 0, 3], axis=-1), A),
    (np.pad, lambda a: np.pad(a, 2), A),
    (np.pad, lambda a: np.pad(a, ((1, 0), (2, 3)), constant_values=((1, 2), (3, 4))), A),
    *[(np.pad, lambda a, m=m: np.pad(a, ((1, 1), (2, 1)), m), A) for m in ("edge", "reflect", "symmetric", "wrap")],
    (np.pad, lambda a: np.pad(a, (1, 2), "edge"), V),
    (np.dot, lambda a: np.dot(a, V), A),
    (np.dot, lambda a: np.dot(a, S), T[..., :3]),
    (np.vdot, lambda a: np.vdot(a, B), A),
    (np.outer, lambda a: np.outer(a, V), A),
    (np.inner, lambda a: np.inner(a, B), A),
    (np.inner, lambda a: np.inner(a, V), V),
    (np.linalg.multi_dot, lambda a: np.linalg.multi_dot([a, S, V]), S),
    *[(np.linalg.matrix_power, lambda a, n=n: np.linalg.matrix_power(a, n), S) for n in (0, 1, 2, 5, -2)],
    (np.cross, lambda a: np.cross(a, B), A),
    (np.tensordot, lambda a: np.tensordot(a, S, 1), A),
    (np.tensordot, lambda a: np.tensordot(a, B), A),
    (np.tensordot, lambda a: np.tensordot(a, T, axes=([0, 2], [0, 2])), T),
    (np.tensordot, lambda a: np.tensordot(a, A, 0), V),
    (np.where, lambda a: np.where(a > 0, a, 0), T),
    (np.where, lambda a: np.where(V > 0, a, -a), A),
    (np.where, lambda a: np.where(a > 0.4, 1.0, V.astype(np.float32)), A),
    (np.take, lambda a: np.take(a, np.array([2, 0]), axis=1), A),
    (np.take, lambda a: np.take(a, [5, -1]), A),
    (np.take, lambda a: np.take(a, -1, axis=1), A),
    (np.take, lambda a: np.take(a, np.array([[7, 0]]), axis=1, mode="clip"), A),
    (np.take_along_axis, lambda a: np.take_along_axis(a, np.array([[2, 0], [-1, 1]]), 1), A),
    (np.compress, lambda a: np.compress([True, False, True], a, axis=1), A),
    (np.extract, lambda a: np.extract(a > 0.4, a), A),
    (np.searchsorted, lambda a: np.searchsorted(np.array([0.0, 0.5, 0.5, 1.0]), a), A),
    (np.searchsorted, lambda a: np.searchsorted(np.array([0.0, 0.5, 0.5, 1.0]), a, side="right"), A),
    (np.sort, np.sort, A),
    (np.sort, lambda a: np.sort(a, axis=0, kind="stable"), A),
    (np.sort, lambda a: np.sort(a, axis=None), A),
    (np.argsort, lambda a: np.argsort(a, axis=0), A),
    (np.clip, lambda a: np.clip(a, 0.2, 0.6), A),
    (np.clip, lambda a: np.clip(a, None, 0.6), A),
    (np.clip, lambda a: np.clip(a, V, V + 1.0), A),
    (np.clip, lambda a: np.clip(a, -1, 2), N),
    (np.nan_to_num, lambda a: np.nan_to_num(a, nan=3.0, posinf=9.0, neginf=-9.0), ODD),
    (np.round, lambda a: np.round(a, 1), T),
    (np.round, np.round, ODD[5:]),
    (np.round, lambda a: np.round(a, -1), T * 20),
    (np.around, lambda a: np.around(a), N),
    (np.fix, np.fix, T),
    (np.real, np.real, T),
    (np.copy, np.copy, T),
    (np.sinc, np.sinc, T - T[0, 0, 0]),
    (np.isneginf, np.isneginf, ODD),
    (np.isposinf, np.isposinf, ODD),
    (np.zeros_like, np.zeros_like, T),
    (np.ones_like, lambda a: np.ones_like(a, dtype=np.float64), N),
    (np.full_like, lambda a: np.full_like(a, 2.5), A),
    (np.diag, np.diag, V),
    (np.diag, lambda a: np.diag(a, 1), S),
    (np.diagflat, np.diagflat, A),
    (np.diagonal, lambda a: np.diagonal(a, 0, 1, 2), T),
    (np.tril, lambda a: np.tril(a, 1), T),
    (np.triu, np.triu, S),
    (np.linalg.det, np.linalg.det, S),
    (np.linalg.inv, np.linalg.inv, S),
    (np.linalg.cholesky, np.linalg.cholesky, S),
    (np.linalg.slogdet, lambda a: np.linalg.slogdet(a)[1], S),
    (np.linalg.solve, lambda a: np.linalg.solve(a, V), S),
    (np.linalg.eigh, lambda a: np.abs(np.linalg.eigh(a)[1]), S),
    (np.linalg.eigvalsh, np.linalg.eigvalsh, S),
    *[(np.einsum, lambda a, e=e, more=more: np.einsum(e, a, *more), first) for e, first, more in (
        ("ij->ji", A, ()), ("ij->", A, ()), ("ii", S, ()), ("ii->i", S, ()), ("ij,kj->ik", A, (B,)), ("ij,ij->i", A, (B,)),
        ("ij,jk,k->i", A, (S, V)), ("bij,bjk->bik", T, (T.transpose(0, 2, 1),)), ("bij,bkj->ikb", T, (T,)), ("i,j->ij", V, (V,)),
        ("i,i", V, (V,)), ("abc,cd->abd", T, (T[0].T,)), ("abc,abd->cd", T, (T,)), ("b...,bc->c...", A, (B,)), ("...i,i->...", T, (T[0, 0],)),
        ("ij, jk", A, (S,)), ("abc,dbc->ad", T, (T,)))],
]  # fmt: skip
NEW = hasattr(np, "unstack")  # NumPy 2.1
if hasattr(np, "matrix_transpose"):  # NumPy 2.0
    CALLS += [(np.matrix_transpose, np.matrix_transpose, T), (np.linalg.matrix_transpose, np.linalg.matrix_transpose, T)]
if NEW:
    CALLS += [(np.unstack, lambda a: np.unstack(a, axis=1)[1], T), (np.astype, lambda a: np.astype(a, np.int32), T)]


@pytest.mark.parametrize("place", range(len(CALLS)), ids=lambda place: f"{CALLS[place][0].__name__}-{place}")
def test_function_of_arrays(place):
    _, function, data = CALLS[place]
    expected = function(data)
    symbol = function(declared(data)[0])
    same(compute(symbol, data)[0], expected)
    [dtype] = symbol.infer_type()[1]
    assert np.dtype(dtype) == np.asarray(expected).dtype or np.asarray(expected).dtype == bool
    reloaded = mx.sym.load_json(symbol.tojson())
    same(compute(reloaded, data)[0], expected)


@pytest.mark.parametrize("place", range(len(CALLS)), ids=lambda place: f"{CALLS[place][0].__name__}-{place}")
def test_without_declarations_it_gives_the_same_or_asks_for_the_axes(place):
    _, function, data = CALLS[place]
    try:
        symbol = function(x)
    except mx.MXNetError as error:
        assert "declare" in str(error)
        assert CALLS[place][0] in ASKING, error
    else:
        same(compute(symbol, data.astype(np.float32))[0], function(data), 2e-5)


ASKING = {np.moveaxis, np.rollaxis, np.expand_dims, np.atleast_2d, np.atleast_3d, np.flip, np.vstack, np.hstack, np.dstack, np.column_stack}
if NEW:
    ASKING.add(np.unstack)
ASKING |= {np.median, np.hsplit, np.pad, np.inner, np.tensordot, np.einsum}


def test_every_function_is_called_above():
    called = {function for function, _, _ in CALLS} | {*REDUCED}
    same_thing = {getattr(np, "permute_dims", None): np.transpose, np.amin: np.min, np.empty_like: np.zeros_like}
    missing = [f.__name__ for f in functions() if f not in called and same_thing.get(f) not in called and f is not np.matmul]
    assert not missing


@pytest.mark.parametrize(
    "name", ["sum", "mean", "max", "argmax", "cumsum", "clip", "take", "sort", "concatenate", "reshape", "squeeze", "std"]
)
def test_arguments_have_numpys_names(name):
    """So that ``np.sum(a=x, axis=1)`` works, and so does every argument by position."""
    if np.lib.NumpyVersion(np.__version__) < "2.4.0" and name == "concatenate":
        pytest.skip("np.concatenate of this NumPy tells no signature")
    own, theirs = (list(inspect.signature(f).parameters) for f in (functions()[getattr(np, name)], getattr(np, name)))
    assert [argument for argument in theirs if argument in own][: len(own)] == [a for a in own if a in theirs]


@pytest.mark.parametrize(
    "refused",
    [
        lambda: np.add(x, 1, out=np.ones(3)),
        lambda: np.add(x, 1, where=np.array([True])),
        lambda: np.subtract.reduce(x),
        lambda: np.frexp(x),
        lambda: np.linalg.svd(x),
        lambda: np.percentile(x, 50),
        lambda: np.where(x),
        lambda: np.shape(x),
        lambda: np.array(x),
        lambda: np.asarray([x, y]),
        lambda: np.sum(x, initial=3.0),
        lambda: np.reshape(x, (0, 3)),
        lambda: np.linalg.norm(x, 3),
        lambda: np.einsum("ij,jk", x),
        lambda: np.einsum("ij->ik", x),
        lambda: np.pad(x, ((1, 1), (1, 1)), "maximum"),
        lambda: np.split(mx.sym.Variable("x", shape=(5, 2)), 2),
        lambda: np.concatenate(["a", x]),
        lambda: np.repeat(x, y),
        lambda: x @ 2,
        lambda: x & 6,
    ],
)
def test_what_the_operators_cannot_express_is_a_clear_type_error(refused):
    with pytest.raises(TypeError, match=r"np\.|holds no values|bit by bit") as caught:
        refused()
    assert isinstance(caught.value, MXNetError)


def test_an_index_out_of_range_is_an_index_error():
    with pytest.raises(IndexError, match=r"indices from 3 to 3"):
        np.take(mx.sym.Variable("x", shape=(2, 3)), [3], axis=1)


def test_an_error_inside_is_not_hidden():
    with pytest.raises(ValueError, match="axis='a'"):
        np.sum(x, axis="a")


def test_products_of_stacks():
    stack = np.arange(12.0).reshape(3, 2, 2)
    same(compute(np.dot(A[:, :2], declared(stack)[0]), stack)[0], np.dot(A[:, :2], stack))
    for one, other in (
        (T, T.transpose(0, 2, 1)),
        (T[:1], T.transpose(0, 2, 1)),
        (T, T[0].T),
        (T[0], T.transpose(0, 2, 1)),
        (V, stack.reshape(2, 3, 2)),
    ):
        symbols = declared(one, other)
        same(compute(symbols[0] @ symbols[1], one, other)[0], one @ other)
        same(compute(np.matmul(symbols[0], other), one)[0], one @ other)
    same(compute(x @ y, V, V)[0], V @ V)
    same(compute(x @ y, T, V[[0, 1, 2, 0]])[0], T @ V[[0, 1, 2, 0]])


def test_gradients_pass():
    symbol = np.sum(np.where(x > 0.4, np.logaddexp(x, y), np.roll(x, 1, axis=1) * y))
    assert symbol.list_arguments() == ["x", "y"]
    exe = symbol.simple_bind(mx.cpu(), x=(2, 3), y=(2, 3))
    exe.forward(is_train=True, x=mx.nd.array(A), y=mx.nd.array(B))
    exe.backward(mx.nd.ones((1,)))
    step = 1e-3
    for name in "xy":
        moved = np.zeros_like(A)
        moved[1, 1] = step
        ends = []
        for sign in (1, -1):
            arrays = {"x": A.copy(), "y": B.copy()}
            arrays[name] = arrays[name] + sign * moved
            ends.append(compute(symbol, arrays["x"], arrays["y"])[0][0])
        assert abs(exe.grad_dict[name].asnumpy()[1, 1] - (ends[0] - ends[1]) / (2 * step)) < 1e-3


def test_plain_functions_are_operators_that_mxnet_reads():
    names = {np.sin: "sin", np.sum: "sum", np.mean: "mean", np.exp: "exp", np.abs: "abs", np.sort: "sort"}
    for function, name in names.items():
        nodes = [node.op.name for node in function(x).graph.nodes if node.op is not None]
        assert nodes == [name]
