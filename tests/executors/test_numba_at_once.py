"""Updates called at once on the numba executor: one call of machine code each, in place, for any learning rate."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import symbolic as mx

pytest.importorskip("numba")
from executors.numba import at_once
from executors.numba.formula import _remembered as compiled
from executors.numpy import at_once as passes

SHAPE = (33, 601)  # no whole number of vectors
UPDATES = {
    "sgd_update": (2, {"wd": 0.01}),
    "sgd_mom_update": (3, {"momentum": 0.9, "wd": 0.01, "clip_gradient": 0.5}),
    "adam_update": (4, {"beta1": 0.8, "wd": 0.1}),
    "rmsprop_update": (3, {"clip_weights": 0.7}),
    "rmspropalex_update": (5, {}),
    "ftrl_update": (4, {"wd": 0.01}),
    "signum_update": (3, {"momentum": 0.9}),
    "nag_mom_update": (3, {"momentum": 0.9}),
}


@pytest.fixture(autouse=True)
def on_numba():
    mx.set_default_executor("numba")
    at_once._machines.clear()
    yield
    mx.set_default_executor("numpy")


def arrays(count, shape=SHAPE, dtype="float32"):
    rs = np.random.RandomState(3)
    return [mx.nd.array(np.abs(rs.normal(size=shape)), dtype=dtype) for _ in range(count)]


def on_numpy(name, given, words):
    mx.set_default_executor("numpy")
    getattr(mx.nd, name)(*given, **words, out=given[0])
    mx.set_default_executor("numba")


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("name", UPDATES)
def test_updates_are_numpys(name, workers, threads):
    threads(workers)
    count, words = UPDATES[name]
    ours, theirs = arrays(count), arrays(count)
    for step in range(4):
        words = {**words, "lr": 0.1 / (1 + step)}
        getattr(mx.nd, name)(*ours, **words, out=ours[0])
        on_numpy(name, theirs, words)
        for found, wanted in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(found.asnumpy(), wanted.asnumpy(), rtol=2e-5, atol=2e-6)
    assert len(at_once._machines) == 4
    assert None not in at_once._machines.values()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_types(dtype):
    ours, theirs = arrays(3, dtype=dtype), arrays(3, dtype=dtype)
    weight, gradient, mom = ours
    mx.nd.sgd_mom_update(weight, gradient, mom, lr=0.1, momentum=0.9, out=weight)
    on_numpy("sgd_mom_update", theirs, {"lr": 0.1, "momentum": 0.9})
    for found, wanted in zip(ours, theirs, strict=True):
        assert found.dtype == wanted.dtype
        np.testing.assert_allclose(found.asnumpy(), wanted.asnumpy(), rtol=2e-3 if dtype == "float16" else 2e-6, atol=1e-6)


def test_one_call_of_machine_code_on_each_thread(threads, monkeypatch):
    threads(2)
    weight, gradient, mom = arrays(3, (512, 784))
    mx.nd.sgd_mom_update(weight, gradient, mom, lr=0.1, momentum=0.9, out=weight)
    called, on_blocks = [], at_once.on_blocks
    monkeypatch.setattr(
        at_once, "on_blocks", lambda address, blocks, *others: called.append(len(blocks)) or on_blocks(address, blocks, *others)
    )
    monkeypatch.setattr(passes, "compute", None)
    mx.nd.sgd_mom_update(weight, gradient, mom, lr=0.1, momentum=0.9, out=weight)
    assert called == [2]


def test_another_rate_is_not_compiled():
    weight, gradient, mom = arrays(3)
    mx.nd.sgd_mom_update(weight, gradient, mom, lr=0.1, momentum=0.9, out=weight)
    before = dict(compiled)
    mx.nd.sgd_mom_update(weight, gradient, mom, lr=0.2, momentum=0.7, out=weight)
    assert compiled == before


def test_an_update_takes_no_memory_of_its_size():
    given = arrays(4, (1 << 18,))
    rates = iter((0.1, 0.2, 0.3))
    step = lambda: mx.nd.adam_update(*given, lr=next(rates), out=given[0])  # noqa: E731
    for _ in range(2):  # what remains of each rate's tracing is small
        step()
    tracemalloc.start()
    step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < given[0].size


def test_targets_that_overlap_an_input():
    base = np.random.RandomState(1).normal(size=20_001).astype("float32")
    shifted = mx.nd.array(base)
    for _ in range(2):
        data = shifted[:20_000]
        wanted = np.clip(np.float32(0.5) * data.asnumpy() + np.float32(0.1), 0, 1)
        mx.nd.hard_sigmoid(data, alpha=0.5, beta=0.1, out=shifted[1:])
        np.testing.assert_allclose(shifted[1:].asnumpy(), wanted, rtol=1e-6)


@pytest.mark.parametrize("executor", ["numba", "numpy"])
def test_results_in_one_array_are_told_apart(executor):
    """The weight and its momentum both belong into ``mom``: the weight, as ``out``, is written last."""
    mx.set_default_executor(executor)
    for _ in range(3):
        given, apart = arrays(3, (300, 300)), arrays(3, (300, 300))
        mx.nd.sgd_mom_update(*apart, lr=0.1, momentum=0.9, out=apart[0])
        mx.nd.sgd_mom_update(*given, lr=0.1, momentum=0.9, out=given[2])
        np.testing.assert_allclose(given[2].asnumpy(), apart[0].asnumpy(), rtol=1e-6)


def test_optimizers_keep_their_numbers_in_arrays():
    weights = []
    for name in ("numba", "numpy"):
        mx.set_default_executor(name)
        made = mx.optimizer.create("adam", learning_rate=0.1, wd=0.01)
        weight, gradient = arrays(2)
        state = made.create_state(0, weight)
        for _ in range(4):
            made.update(0, weight, gradient, state)
        weights.append(weight.asnumpy())
    np.testing.assert_allclose(*weights, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["LayerNorm", "Dropout", "mean"])
def test_what_is_not_by_element_is_numpys(name):
    data = arrays(1)[0]
    extra = [mx.nd.ones(SHAPE[1:]), mx.nd.zeros(SHAPE[1:])] if name == "LayerNorm" else []
    ours = getattr(mx.nd, name)(data, *extra).asnumpy()
    mx.set_default_executor("numpy")
    np.testing.assert_array_equal(ours, getattr(mx.nd, name)(data, *extra).asnumpy())


def test_wrong_calls_are_refused_as_elsewhere():
    weight, gradient = arrays(2)
    with pytest.raises(mx.base.MXNetError):
        mx.nd.sgd_update(weight, gradient[:5], lr=0.1)
    with pytest.raises(mx.base.MXNetError):
        mx.nd.sgd_update(weight, mx.nd.cast(gradient, "float64"), lr=0.1)
    assert at_once.at_once._recording.calls is None
