"""Training comes to what it comes to in MXNet: the same losses from the same beginning, the same accuracy whatever the seed."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import symbolic as mx
from tests.training.curves.record import RECORDED
from tests.training.curves.runs import CURVES, EXACT, MEASURED, exact, fitted

SEEDS = range(5)
NOISE = 3.5  # standard errors of the difference of two means
LOOSE = {  # relative tolerance of losses
    "adam": 2e-5,  # MXNet takes 1 - beta in float32, and drifts off by 1e-7 in each step
    "centered": 5e-3,  # divides by the root of a difference that is all but nothing
}


@functools.cache
def recorded():
    with np.load(RECORDED) as found:
        return dict(found)


@functools.cache
def digits():
    datasets = pytest.importorskip("sklearn.datasets")
    return datasets.load_digits(return_X_y=True)


@pytest.mark.parametrize("name", EXACT)
def test_every_loss_is_the_same(name):
    _, optimizer, options, *_ = EXACT[name]
    rtol = LOOSE["centered"] if "centered" in options else LOOSE.get(optimizer, 2e-6)
    np.testing.assert_allclose(exact(mx, name, digits()), recorded()[f"exact {name}"], rtol)


@pytest.mark.parametrize("name", [name for name, (*_, contexts, store) in EXACT.items() if contexts == 1 and store is None])
def test_every_loss_is_the_same_in_one_run_a_step(name, monkeypatch):
    taken = []
    make = mx.mod.Module._fused_step
    monkeypatch.setattr("symbolic.training.module.base.WORTH_ONE_RUN", 1)
    monkeypatch.setattr(mx.mod.Module, "_fused_step", lambda self: taken.append(make(self)) or taken[0])
    losses = exact(mx, name, digits())
    assert len(taken) == 1 and taken[0] is not None
    np.testing.assert_allclose(losses, recorded()[f"exact {name}"], LOOSE.get(EXACT[name][1], 2e-6))


@pytest.mark.parametrize("name", CURVES)
def test_means_over_seeds_are_the_same_but_for_noise(name):
    """At the end, and on the way: the mean over all epochs."""
    ours, theirs = np.array([fitted(mx, name, seed, digits()) for seed in SEEDS]), recorded()[name]
    for when, found, wanted in (("end", ours[:, :, -1], theirs[:, :, -1]), ("way", ours.mean(2), theirs.mean(2))):
        spread = np.sqrt(
            (found.var(0, ddof=1) * (len(found) - 1) + wanted.var(0, ddof=1) * (len(wanted) - 1)) / (len(found) + len(wanted) - 2)
        )
        apart = (found.mean(0) - wanted.mean(0)) / (spread * (1 / len(found) + 1 / len(wanted)) ** 0.5)
        for kind, errors in zip(MEASURED, apart, strict=True):
            assert abs(errors) < NOISE, f"{kind}, {when}: {errors:.1f} standard errors from MXNet's"
