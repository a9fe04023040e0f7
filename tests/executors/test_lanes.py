"""Recurrent networks whose batch goes through all steps in lanes: the numbers of NumPy's cells, the same bits for every number of threads."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

pytest.importorskip("numba", reason="the numba executor needs pip install 'symbind[numba]'")

from executors.numba import tiles
from executors.numba.kernels.nn import lanes
from executors.numba.tiles import lanes_of, summed

WIDTH = lanes_of(np.dtype("f"))
INPUTS, STEPS, SIZE = 2 * WIDTH, 5, 24


@pytest.fixture
def cut(monkeypatch):
    """The lanes that are prepared: slices of the batch."""
    found = []

    def noted(matrix, x, y, prepare=lanes.by_tiles):
        found.append(x.shape[1])
        return prepare(matrix, x, y)

    monkeypatch.setattr(lanes, "by_tiles", noted)
    return found


def results(mode, batch, executor="numba", lengths=None, dtype="float32", directions=1):
    x = mx.sym.Variable("data")
    states = [mx.sym.Variable("h"), *([mx.sym.Variable("c")] if mode == "lstm" else [])]
    extra = {} if lengths is None else {"use_sequence_length": True, "sequence_length": mx.sym.Variable("lengths")}
    parameters = mx.sym.Variable("parameters")
    symbol = mx.sym.RNN(
        x, parameters, *states, state_size=SIZE, num_layers=2, mode=mode, state_outputs=True, bidirectional=directions == 2, **extra
    )
    types = dict.fromkeys(symbol.list_arguments(), dtype)
    exe = symbol.simple_bind(mx.cpu(), type_dict=types, executor=executor, data=(STEPS, batch, INPUTS))
    rng = np.random.default_rng(5)
    for name, array in exe.arg_dict.items():
        array[:] = rng.standard_normal(array.shape) * 0.3
        if name == "lengths":
            array[:] = np.arange(batch) % STEPS + 1
    outputs = exe.forward(is_train=True)
    exe.backward([mx.nd.array(rng.standard_normal(output.shape), dtype=dtype) for output in outputs])
    return [array.asnumpy() for array in (*outputs, *exe.grad_arrays)]


@pytest.mark.parametrize("mode", ["lstm", "gru"])
@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("lanes_of_batch", [2, 3, 5])
def test_as_numpy(mode, directions, lanes_of_batch, threads, cut):
    threads(2)
    batch = lanes_of_batch * WIDTH
    ours = results(mode, batch, directions=directions)
    assert len(set(cut)) == (1 if lanes_of_batch == 2 else 2) and sum(set(cut)) * (1 + (len(set(cut)) == 1)) == batch
    for mine, other in zip(ours, results(mode, batch, "numpy", directions=directions), strict=True):
        np.testing.assert_allclose(mine, other, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("mode", ["lstm", "gru"])
def test_with_lengths(mode, threads, cut):
    threads(2)
    ours = results(mode, 2 * WIDTH, lengths=True)
    assert cut
    for mine, other in zip(ours, results(mode, 2 * WIDTH, "numpy", lengths=True), strict=True):
        np.testing.assert_allclose(mine, other, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("mode", ["lstm", "gru"])
def test_the_same_bits_whatever_the_threads(mode, dtype, threads):
    found = []
    for count in (1, 2, 3, 4):
        threads(count)
        found.append(results(mode, 4 * WIDTH, dtype=dtype))
    for other in found[1:]:
        for mine, same in zip(found[0], other, strict=True):
            assert mine.tobytes() == same.tobytes()


@pytest.mark.parametrize("batch", [1, WIDTH, 2 * WIDTH + 1])
def test_a_batch_that_fills_no_lanes(batch, threads, cut):
    threads(2)
    ours = results("lstm", batch)
    assert not cut
    for mine, other in zip(ours, results("lstm", batch, "numpy"), strict=True):
        np.testing.assert_allclose(mine, other, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("dtype", ["f", "d"])
@pytest.mark.parametrize(("steps", "rows", "depth", "columns"), [(1, 1, 1, 1), (3, 25, 4, 33), (7, 64, 1, 16), (2, 100, 32, 128)])
def test_sums_of_products(steps, rows, depth, columns, dtype):
    rng = np.random.default_rng(3)
    factors = rng.standard_normal((steps, rows + 2, depth)).astype(dtype)[:, 1:-1]
    x, y = rng.standard_normal((steps, depth, columns)).astype(dtype), np.empty((rows, columns), dtype)
    summed(factors, x, y, 2)()
    np.testing.assert_allclose(y, np.einsum("trn,tnk->rk", factors, x), rtol=1e-4, atol=1e-4)


def test_sums_do_not_depend_on_the_tile(monkeypatch):
    rng = np.random.default_rng(3)
    factors, x = rng.standard_normal((4, 37, 8)).astype("f"), rng.standard_normal((4, 8, 70)).astype("f")
    found = set()
    for tile in tiles.TILES:
        monkeypatch.setattr(tiles, "NARROW", tile)
        y = np.empty((37, 70), "f")
        summed(factors, x, y, 3)()
        found.add(y.tobytes())
    assert len(found) == 1
