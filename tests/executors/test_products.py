"""Products of matrices by tiles of machine code: every shape and layout gives what BLAS gives."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

pytest.importorskip("numba", reason="the numba executor needs pip install 'symbind[numba]'")

import llvmlite.binding as llvm

from executors.numba import inner as inner_products
from executors.numba import machine, products, tiles
from executors.numba.inner import COLUMNS, ROWS, inner

LAYOUTS = {  # of both factors; how a large product of them is computed
    "rows, columns": ("C", "F", "inner"),
    "rows, rows": ("C", "C", "plain"),
    "columns, rows": ("F", "C", "plain"),
    "columns, columns": ("F", "F", "blas"),
}


def drawn(dtype, *shape, order="C"):
    """Numbers whose products and sums have no rounding, so that the order of sums does not count."""
    return np.asarray(np.random.default_rng(sum(shape)).integers(-8, 9, shape), dtype, order)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rows", range(1, 2 * ROWS + 2))
@pytest.mark.parametrize("columns", [1, COLUMNS - 1, COLUMNS, COLUMNS + 1, 3 * COLUMNS])
def test_inner_products(rows, columns, dtype):
    """Every height of the last tile, every depth; nothing behind an array is read or written."""
    for depth in (1, 3, 15, 16, 17, 31, 32, 100):
        a = np.full((rows, depth + 3), np.nan, dtype)[:, :depth]
        b = np.full((columns, depth + 5), np.nan, dtype)[:, :depth]
        a[:], b[:], bias = drawn(dtype, rows, depth), drawn(dtype, columns, depth), drawn(dtype, columns)
        y = np.full((rows + 1, columns + 2), 9, dtype)
        inner(a, b, y[:rows, :columns], 2, bias)()
        np.testing.assert_array_equal(y[:rows, :columns], a @ b.T + bias)
        assert (y[rows:] == 9).all() and (y[:, columns:] == 9).all()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(64, 300, 48), (5, 128, 96), (128, 512, 256), (1, 200, 70), (33, 257, 65)], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_products_of_every_layout(shape, layout, dtype):
    rows, depth, columns = shape
    first, second, _ = LAYOUTS[layout]
    a, b = drawn(dtype, rows, depth, order=first), drawn(dtype, depth, columns, order=second)
    out = np.full((rows, columns), np.nan, dtype)
    products.product(a, b, out)()
    np.testing.assert_array_equal(out, a @ b)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_which_way_is_chosen(layout, ways):
    first, second, way = LAYOUTS[layout]
    a, b = drawn("float32", 64, 256, order=first), drawn("float32", 256, 96, order=second)
    products.product(a, b, np.empty((64, 96), np.float32))
    assert ways == [way]


@pytest.mark.parametrize(
    ("a", "b", "out"),
    [
        (drawn("float32", 8, 0), drawn("float32", 0, 48), np.empty((8, 48), np.float32)),  # nothing to sum
        (drawn("float32", 2, 8, 64), drawn("float32", 2, 64, 48), np.empty((2, 8, 48), np.float32)),  # stacks
        (drawn("float32", 8, 64), drawn("float64", 64, 48), np.empty((8, 48))),  # two types
        (drawn("int32", 8, 64), drawn("int32", 64, 48), np.empty((8, 48), np.int32)),
        (drawn("float32", 8, 64)[::-1], drawn("float32", 64, 48), np.empty((8, 48), np.float32)),  # from last to first
        (np.broadcast_to(drawn("float32", 64), (8, 64)), drawn("float32", 64, 48), np.empty((8, 48), np.float32)),
        (drawn("float32", 8, 64), drawn("float32", 64, 48), np.empty((48, 8), np.float32).T),  # columns are written
        (drawn("float32", 8, 64), drawn("float32", 64, 3), np.empty((8, 3), np.float32)),  # less than a register
        (drawn("float32", 256, 32), drawn("float32", 256, 32).T, np.empty((256, 256), np.float32)),  # short sums
        (drawn("float32", 1024, 1024), drawn("float32", 1024, 1024).T, np.empty((1024, 1024), np.float32)),  # no room in the cache
    ],
)
def test_what_is_left_to_blas(a, b, out, ways):
    products.product(a, b, out)()
    assert ways == ["blas"]
    np.testing.assert_array_equal(out, a @ b)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_bits_whatever_the_threads(layout):
    first, second, _ = LAYOUTS[layout]
    rng = np.random.default_rng(5)
    a, b = np.asarray(rng.standard_normal((130, 700)), "f", first), np.asarray(rng.standard_normal((700, 500)), "f", second)
    assert a.size * b.shape[1] >= products.blas.WORTH_THREADS
    results = []
    for threads in (1, 2, 5):
        mx.set_num_threads(threads)
        try:
            out = np.empty((130, 500), np.float32)
            products.product(a, b, out)()
        finally:
            mx.set_num_threads(None)
        results.append(out)
    assert all((result == results[0]).all() for result in results)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("no_bias", [True, False])
@pytest.mark.parametrize("batch", [1, 6, 300])
def test_a_dense_layer_and_its_gradients(batch, no_bias, dtype):
    symbol = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=20, no_bias=no_bias, name="f")
    results = []
    for executor in ("numba", "numpy"):
        exe = symbol.simple_bind(mx.cpu(), type_dict={"data": dtype}, executor=executor, data=(batch, 8, 16))
        for name, array in exe.arg_dict.items():
            array[:] = drawn(dtype, *array.shape) / (8 if name == "data" else 1)
        exe.forward(is_train=True)
        exe.backward(mx.nd.array(drawn(dtype, batch, 20), dtype=dtype))
        results.append([array.asnumpy() for array in (*exe.outputs, *exe.grad_arrays)])
    for found, expected in zip(*results, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.skipif(not machine.IS_X86, reason="asks LLVM for x86 code; other processors fuse")
def test_processors_that_do_not_fuse(monkeypatch):
    """An old processor multiplies and adds by two instructions, not by calling a function of the C library."""
    machine._start()
    texts = []
    for module in (tiles, inner_products):
        monkeypatch.setattr(module, "address_of", lambda text: texts.append(text) or 0)
    tiles._code.__wrapped__(tiles.TILES[0], 1, "f4")
    inner_products._code.__wrapped__(1, "f8")
    old = llvm.Target.from_default_triple().create_target_machine(cpu="x86-64", opt=2)
    for text in texts:
        assembly = old.emit_assembly(llvm.parse_assembly(text))
        assert "mulp" in assembly
        assert "fma" not in assembly


def test_nan_and_infinity_stay_in_their_rows():
    a, b = drawn("float32", 10, 150), drawn("float32", 150, 20, order="F")
    a[3, 7], a[8, 149], b[149] = np.nan, np.inf, 1
    out = np.empty((10, 20), np.float32)
    products.product(a, b, out)()
    np.testing.assert_array_equal(np.isnan(out[3]), True)
    np.testing.assert_array_equal(out[8], a[8] @ b)
    assert np.isfinite(np.delete(out, [3, 8], 0)).all()


@pytest.fixture
def ways(monkeypatch):
    """How products are computed, in turn."""
    noted = []

    def noting(way, prepare):
        def noted_too(*args):
            noted.append(way)
            return prepare(*args)

        return noted_too

    monkeypatch.setattr(products, "inner", noting("inner", inner))
    monkeypatch.setattr(products, "multiplied", noting("plain", products.multiplied))
    monkeypatch.setattr(products.blas, "product", noting("blas", products.blas.product))
    return noted
