"""Densities are those of the draws, and differentiate twice."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

F8 = "float64"
ROWS = [  # name, a sample, parameters
    ("uniform", [0.5, 1.0], {"low": -1.0, "high": 2.0}),
    ("normal", [0.5, -1.0], {"mu": 0.25, "sigma": 1.5}),
    ("exponential", [0.5, 2.0], {"lam": 1.5}),
    ("gamma", [0.5, 2.0], {"alpha": 2.5, "beta": 1.5}),
    ("poisson", [0.0, 3.0], {"lam": 2.5}),
    ("negative_binomial", [0.0, 3.0], {"k": 2.5, "p": 0.4}),
    ("generalized_negative_binomial", [0.0, 3.0], {"mu": 2.5, "alpha": 0.4}),
    ("dirichlet", [0.2, 0.3, 0.5], {"alpha": [0.5, 1.5, 2.5]}),
]


def values_of(symbol, arrays):
    given = {name: mx.nd.array(arrays[name], dtype=F8) for name in symbol.list_arguments()}
    return [output.asnumpy() for output in symbol.bind(mx.cpu(), given).forward()]


def given(name, sample, numbers):
    if name == "dirichlet":
        return {"sample": np.array(sample), "alpha": np.array(numbers["alpha"])}
    return {"sample": np.array([sample]), **{slot: np.array([number]) for slot, number in numbers.items()}}


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize(("name", "sample", "numbers"), ROWS)
def test_slopes_of_slopes(name, sample, numbers, is_log):
    arrays = given(name, sample, numbers)
    variables = {slot: mx.sym.Variable(slot) for slot in arrays}
    density = mx.sym.sin(getattr(mx.sym, f"random_pdf_{name}")(**variables, is_log=is_log) * 2)
    wrt = [slot for slot in arrays if slot != "sample" or name in ("uniform", "normal", "exponential", "gamma", "dirichlet")]
    for order, symbol in (("first", density), ("second", mx.sym.Group([density]).gradient(wrt)[len(wrt) - 1])):
        found = dict(zip(wrt, values_of(symbol.gradient(wrt), arrays), strict=True))
        for slot in wrt:
            for place in range(arrays[slot].size):
                step = np.zeros(arrays[slot].size)
                step[place] = 1e-5
                step = step.reshape(arrays[slot].shape)
                above, below = (values_of(symbol, arrays | {slot: arrays[slot] + sign * step})[0].sum() for sign in (1, -1))
                slope = (above - below) / 2e-5
                assert found[slot].ravel()[place] == pytest.approx(slope, rel=1e-6, abs=1e-8), f"{order} {slot}"


@pytest.mark.parametrize(("name", "numbers"), [(name, numbers) for name, _, numbers in ROWS[4:7]])
def test_probabilities_add_up_to_one(name, numbers):
    sample = np.arange(200.0)[None]
    density = getattr(mx.nd, f"random_pdf_{name}")
    parameters = [mx.nd.array([number], dtype=F8) for number in numbers.values()]
    assert density(mx.nd.array(sample, dtype=F8), *parameters).asnumpy().sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("name", "numbers"), [(name, numbers) for name, _, numbers in ROWS[:4]])
def test_densities_add_up_to_one(name, numbers):
    low, high = {"uniform": (-1, 2), "normal": (-20, 20)}.get(name, (0, 60))
    edges = np.linspace(low, high, 40_001)
    middle = (edges[1:] + edges[:-1])[None] / 2
    density = getattr(mx.nd, f"random_pdf_{name}")
    parameters = [mx.nd.array([number], dtype=F8) for number in numbers.values()]
    found = density(mx.nd.array(middle, dtype=F8), *parameters).asnumpy()
    assert (found * np.diff(edges)).sum() == pytest.approx(1, abs=1e-5)


def test_a_far_tail_does_not_overflow():
    """The factorial of 1,000 is far beyond the largest number."""
    tail = mx.nd.random_pdf_poisson(mx.nd.array([[1000.0]]), mx.nd.array([900.0]), is_log=True)
    assert tail.asnumpy()[0, 0] == pytest.approx(-9.7334, abs=1e-3)
