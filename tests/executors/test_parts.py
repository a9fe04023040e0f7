"""Steps of many weights in one call: large ones piece by piece, the small ones together, and none of them hears of another."""

from __future__ import annotations

import importlib.util
import tracemalloc

import numpy as np
import pytest

import symbolic as mx
from executors.numpy import at_once
from executors.numpy.parts import Parts
from executors.numpy.pieces import LARGE, Pieces
from tests.marks import NUMBA

SHAPES = [(5, LARGE // 4), (7,), (LARGE + 3,), (2, 3), ()]
EACH = {"lrs": (0.1, 0.2, 0.3, 0.4, 0.5), "wds": (0, 1e-3, 0.1, 0, 1)}
UPDATES = {  # how many arrays a weight has, in which types
    "multi_sgd_update": ("ff", {}),
    "multi_sgd_mom_update": ("fff", {"momentum": 0.9}),
    "multi_mp_sgd_mom_update": ("eeff", {"momentum": 0.9, "clip_gradient": 0.5}),
}


@pytest.fixture(params=["numpy", NUMBA])
def executor(request):
    """The executor that operators on arrays run on, which remembers nothing."""
    at_once._composites.clear()
    if request.param == "numba":
        importlib.import_module("executors.numba.at_once")._machines.clear()
    mx.set_default_executor(request.param)
    yield request.param
    mx.set_default_executor("numpy")


def remembered(executor):
    memory = at_once._composites if executor == "numpy" else importlib.import_module("executors.numba.at_once")._machines
    return [found for found in memory.values() if isinstance(found, Parts)]


def drawn(name, shapes=SHAPES):
    """For each weight its arrays."""
    rs = np.random.RandomState(3)
    return [[mx.nd.array(rs.normal(size=shape), dtype=dtype) for dtype in UPDATES[name][0]] for shape in shapes]


def step(name, weights, rounds=4):
    flat, count = [array for arrays in weights for array in arrays], len(weights)
    words = {word: values[:count] for word, values in EACH.items()}
    for _ in range(rounds):
        getattr(mx.nd, name)(*flat, num_weights=count, **words, **UPDATES[name][1], out=[arrays[0] for arrays in weights])


@pytest.mark.parametrize("name", UPDATES)
def test_as_one_by_one(name, executor):
    together, single = drawn(name), drawn(name)
    step(name, together)
    assert len(remembered(executor)) == 1
    for number, arrays in enumerate(single):
        words = {word.removesuffix("s"): values[number] for word, values in EACH.items()}
        for _ in range(4):
            getattr(mx.nd, name.removeprefix("multi_"))(*arrays, **words, **UPDATES[name][1], out=arrays[0])
    for arrays, others in zip(together, single, strict=True):
        for found, wanted in zip(arrays, others, strict=True):
            np.testing.assert_array_equal(found.asnumpy(), wanted.asnumpy())


def test_only_small_ones_together(executor):
    step("multi_sgd_update", drawn("multi_sgd_update"))
    (parts,) = remembered(executor)
    assert [len(part.made) for part in parts.parts] == [1, 1, 3]
    if executor == "numpy":
        assert [type(part.runner) for part in parts.parts] == [Pieces, Pieces, at_once.Routine]


def test_nothing_as_large_as_a_weight_is_allocated(executor):
    weights = drawn("multi_sgd_mom_update")
    step("multi_sgd_mom_update", weights)
    tracemalloc.start()
    step("multi_sgd_mom_update", weights)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < min(arrays[0]._data.nbytes for arrays in weights if arrays[0].size >= LARGE)


@pytest.mark.parametrize("far", [0, LARGE // 2])
def test_weights_that_share_memory(executor, far):
    """All results are computed from what was there before; the last to be written there counts."""
    base = mx.nd.array(np.random.RandomState(0).normal(size=2 * LARGE))
    grads = [mx.nd.ones((LARGE,)), mx.nd.ones((LARGE,)) * 3]
    for _ in range(3):
        weights = [base[:LARGE], base[far : far + LARGE]]
        before = [weight.asnumpy() for weight in weights]
        step("multi_sgd_update", [[weight, grad] for weight, grad in zip(weights, grads, strict=True)], rounds=1)
        lr, wd = EACH["lrs"], EACH["wds"]
        wanted = [w - np.float32(lr[n]) * (g.asnumpy() + np.float32(wd[n]) * w) for n, (w, g) in enumerate(zip(before, grads, strict=True))]
        np.testing.assert_allclose(weights[1].asnumpy(), wanted[1], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(weights[0].asnumpy()[:far], wanted[0][:far], rtol=1e-5, atol=1e-6)


def test_weights_side_by_side_in_one_array(executor):
    """As an executor lays them: they touch, and do not meet."""
    base = mx.nd.array(np.random.RandomState(0).normal(size=2 * LARGE))
    grads = [mx.nd.ones((LARGE,)), mx.nd.ones((LARGE,)) * 3]
    halves = [base[:LARGE], base[LARGE:]]
    apart = [half.copy() for half in halves]
    step("multi_sgd_update", [[half, grad] for half, grad in zip(halves, grads, strict=True)])
    for half, grad, number in zip(apart, grads, (0, 1), strict=True):
        for _ in range(4):
            mx.nd.sgd_update(half, grad, lr=EACH["lrs"][number], wd=EACH["wds"][number], out=half)
        np.testing.assert_array_equal(half.asnumpy(), halves[number].asnumpy())


def test_what_is_no_machine_code_goes_piece_by_piece(monkeypatch):
    pytest.importorskip("numba", reason="the numba executor needs pip install 'symbind[numba]'")
    numba = importlib.import_module("executors.numba.at_once")
    numba._machines.clear()
    mx.set_default_executor("numba")
    monkeypatch.setattr(numba.Machine, "of", lambda *part: None)
    try:
        step("multi_sgd_update", drawn("multi_sgd_update"))
    finally:
        mx.set_default_executor("numpy")
    (parts,) = remembered("numba")
    assert [type(part.runner) for part in parts.parts] == [Pieces, Pieces, at_once.Routine]
    numba._machines.clear()
