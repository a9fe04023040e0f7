"""Large arrays computed at once: in pieces, in place, and as they would be whole."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import symbolic as mx
from executors.numpy import at_once
from executors.numpy.pieces import LARGE, Pieces

UPDATES = {
    "sgd_mom_update": (3, {"lr": 0.1, "momentum": 0.9, "wd": 0.01, "clip_gradient": 0.5}),
    "adam_update": (4, {"lr": 0.1}),
    "rmspropalex_update": (5, {"lr": 0.1, "clip_weights": 0.7}),
    "mp_sgd_mom_update": (4, {"lr": 0.1, "momentum": 0.9}),
    "ftrl_update": (4, {"lr": 0.1}),
}


def arrays(name, shape):
    count, _ = UPDATES[name]
    rs = np.random.RandomState(3)
    drawn = [np.abs(rs.normal(size=shape)).astype("float32") for _ in range(count)]
    if name.startswith("mp"):
        drawn[:2] = [x.astype("float16") for x in drawn[:2]]
    return [mx.nd.array(x, dtype=x.dtype) for x in drawn]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("name", UPDATES)
def test_as_of_small_arrays(name, workers, threads):
    """Element by element: a large array gives what its rows give."""
    threads(workers)
    words = UPDATES[name][1]
    large = arrays(name, (5, LARGE // 4))
    rows = [[x[i].copy() for x in large] for i in range(5)]
    for _ in range(4):
        getattr(mx.nd, name)(*large, **words, out=large[0])
        for row in rows:
            getattr(mx.nd, name)(*row, **words, out=row[0])
    assert any(isinstance(found, Pieces) for found in at_once._composites.values())
    for i, row in enumerate(rows):
        for found, wanted in zip(large, row, strict=True):
            np.testing.assert_array_equal(found[i].asnumpy(), wanted.asnumpy())


def test_targets_that_overlap_an_input():
    base = np.random.RandomState(1).normal(size=LARGE + 1).astype("float32")
    shifted = mx.nd.array(base)
    for _ in range(4):
        data = shifted[:LARGE]
        wanted = np.clip(np.float32(0.5) * data.asnumpy() + np.float32(0.1), 0, 1)
        mx.nd.hard_sigmoid(data, alpha=0.5, beta=0.1, out=shifted[1:])
        np.testing.assert_allclose(shifted[1:].asnumpy(), wanted, rtol=1e-6)


def test_an_update_takes_no_memory_of_its_size():
    large = arrays("adam_update", (4 * LARGE,))
    step = lambda: mx.nd.adam_update(*large, lr=0.1, out=large[0])  # noqa: E731
    for _ in range(4):
        step()
    tracemalloc.start()
    step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < large[0].size


def test_another_rate_costs_no_passes_over_whole_arrays(monkeypatch):
    """What an update with new numbers computes is found without computing it."""
    weight, gradient, mom = arrays("sgd_mom_update", (5, LARGE // 4))[:3]
    mx.nd.sgd_mom_update(weight, gradient, mom, lr=0.1, momentum=0.9, out=weight)
    monkeypatch.setattr(at_once.Routine, "run", None)
    rows = [x.copy() for x in (weight, gradient, mom)]
    for lr in (0.2, 0.3):
        mx.nd.sgd_mom_update(weight, gradient, mom, lr=lr, momentum=0.9, out=weight)
    monkeypatch.undo()
    for lr in (0.2, 0.3):
        for i in range(5):
            small = [x[i] for x in rows]
            mx.nd.sgd_mom_update(*small, lr=lr, momentum=0.9, out=small[0])
    np.testing.assert_array_equal(weight.asnumpy(), rows[0].asnumpy())
