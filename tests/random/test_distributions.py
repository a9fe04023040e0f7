"""Draws follow their distributions: their cumulative shares, or the counts of each number, are those of the formula.

Seeds are fixed, so a test that passes once passes always. Thresholds are met by right draws in 999 of 1,000 seeds.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import symbolic as mx

COUNT = 20_000


def drawn_by_graph(symbol, seed, **arrays):
    mx.random.seed(seed)
    given = {name: mx.nd.array(value, dtype=value.dtype) for name, value in arrays.items()}
    return symbol.bind(mx.cpu(), given).forward()[0].asnumpy()


def assert_follows(draws, cumulative):
    """Compare with a continuous distribution: Kolmogorov (1933), Smirnov (1948)."""
    draws = np.sort(draws.astype("float64").ravel())
    expected = np.array([cumulative(x) for x in draws.tolist()])
    steps = np.arange(len(draws) + 1) / len(draws)
    distance = max((steps[1:] - expected).max(), (expected - steps[:-1]).max())
    assert distance * math.sqrt(len(draws)) < 1.95


def assert_counts(draws, probability, most=60):
    """Compare the counts of whole numbers with their probabilities: Pearson (1900); rare numbers are taken together."""
    draws = draws.ravel()
    assert np.array_equal(draws, np.floor(draws)) and draws.min() >= 0
    expected = np.array([probability(x) for x in range(most)]) * draws.size
    counts = np.bincount(np.minimum(draws, most).astype(int), minlength=most + 1)
    often = expected >= 10
    expected = np.append(expected[often], draws.size - expected[often].sum())
    counts = np.append(counts[:most][often], draws.size - counts[:most][often].sum())
    assert expected[-1] > -1e-6 * draws.size
    if expected[-1] < 5:
        expected, counts = expected[:-1], counts[:-1]
    if len(expected) < 2:
        return
    surplus = ((counts - expected) ** 2 / expected).sum()
    freedom = len(expected) - 1
    assert surplus < freedom * (1 - 2 / (9 * freedom) + 3.1 * math.sqrt(2 / (9 * freedom))) ** 3  # Wilson and Hilferty (1931)


def normal_cdf(mean, deviation):
    return lambda x: 0.5 + 0.5 * math.erf((x - mean) / deviation / math.sqrt(2))


def gamma_cdf(alpha, beta):
    """For a shape that is a whole number, or a half."""
    if alpha == 0.5:
        return lambda x: math.erf(math.sqrt(x / beta))
    return lambda x: 1 - math.exp(-x / beta) * sum((x / beta) ** i / math.factorial(i) for i in range(int(alpha)))


def poisson_pmf(lam):
    return lambda x: math.exp(x * math.log(lam) - lam - math.lgamma(x + 1))


def negative_binomial_pmf(k, p):
    return lambda x: math.exp(
        math.lgamma(x + k) - math.lgamma(k) - math.lgamma(x + 1) + k * math.log(p) + (x * math.log(1 - p) if x else 0)
    )


CONTINUOUS = [
    ("uniform", {"low": -1.0, "high": 3.0}, lambda x: (x + 1) / 4),
    ("normal", {"loc": 2.0, "scale": 0.5}, normal_cdf(2, 0.5)),
    ("exponential", {"lam": 0.25}, gamma_cdf(1, 4)),
    ("gamma", {"alpha": 3.0, "beta": 0.5}, gamma_cdf(3, 0.5)),
    ("gamma", {"alpha": 0.5, "beta": 2.0}, gamma_cdf(0.5, 2)),
]
DISCRETE = [
    ("poisson", {"lam": 0.5}, poisson_pmf(0.5)),
    ("poisson", {"lam": 20.0}, poisson_pmf(20)),
    ("negative_binomial", {"k": 3, "p": 0.4}, negative_binomial_pmf(3, 0.4)),
    ("generalized_negative_binomial", {"mu": 2.0, "alpha": 0.5}, negative_binomial_pmf(2, 0.5)),
    ("generalized_negative_binomial", {"mu": 2.0, "alpha": 0.0}, poisson_pmf(2)),
]
EVERY = [*[(*row, assert_follows) for row in CONTINUOUS], *[(*row, assert_counts) for row in DISCRETE]]
ARRAYS = {"normal": ("mu", "sigma")}


@pytest.mark.parametrize(("name", "numbers", "formula", "compare"), EVERY)
def test_numbers(name, numbers, formula, compare):
    operator = getattr(mx.sym, f"random_{name}")
    for seed, dtype in enumerate(("float32", "float64")):
        draws = drawn_by_graph(operator(**numbers, shape=(COUNT // 10, 10), dtype=dtype), seed)
        assert draws.dtype == dtype
        compare(draws, formula)


@pytest.mark.parametrize(("name", "numbers", "formula", "compare"), EVERY)
def test_in_the_shape_of_another(name, numbers, formula, compare):
    operator = getattr(mx.sym.random, f"{name}_like")
    for seed, dtype in enumerate(("float32", "float64")):
        draws = drawn_by_graph(operator(mx.sym.Variable("x"), **numbers), seed, x=np.zeros((10, COUNT // 10), dtype))
        assert draws.dtype == dtype
        compare(draws, formula)
    mx.random.seed(5)
    draws = getattr(mx.nd.random, f"{name}_like")(mx.nd.zeros((COUNT,)), **numbers).asnumpy()
    assert draws.dtype == "float32"
    compare(draws, formula)


@pytest.mark.parametrize(("name", "numbers", "formula", "compare"), EVERY)
def test_each_element_of_arrays(name, numbers, formula, compare):
    """The second of two distributions is the one compared; the first one differs."""
    slots = ARRAYS.get(name, tuple(numbers))
    arrays = {slot: np.array([value / 2 + 0.25, value], "float32") for slot, value in zip(slots, numbers.values(), strict=True)}
    operator = getattr(mx.sym, f"sample_{name}")
    draws = drawn_by_graph(operator(*map(mx.sym.Variable, slots), shape=(4, COUNT // 4)), 7, **arrays)
    assert draws.shape == (2, 4, COUNT // 4) and draws.dtype == "float32"
    compare(draws[1], formula)
    first = [float(array[0]) for array in arrays.values()]
    mean = {
        "uniform": lambda low, high: (low + high) / 2,
        "normal": lambda mu, sigma: mu,
        "exponential": lambda lam: 1 / lam,
        "gamma": lambda alpha, beta: alpha * beta,
        "poisson": lambda lam: lam,
        "negative_binomial": lambda k, p: k * (1 - p) / p,
        "generalized_negative_binomial": lambda mu, alpha: mu,
    }[name](*first)
    error = draws[0].std(dtype="float64") / math.sqrt(COUNT)
    assert abs(draws[0].mean(dtype="float64") - mean) < 3.3 * error


def test_parameters_may_be_whole_numbers():
    mx.random.seed(1)
    rate = mx.nd.array([2, 4], dtype="int32")
    draws = mx.nd.sample_exponential(rate, shape=(COUNT,), dtype="float64").asnumpy()
    assert_follows(draws[0], gamma_cdf(1, 0.5))
    assert_follows(draws[1], gamma_cdf(1, 0.25))
    assert_counts(mx.nd.sample_poisson(rate, shape=(COUNT,)).asnumpy()[1], poisson_pmf(4))
    half = mx.nd.sample_generalized_negative_binomial(rate, mx.nd.array([1, 1], dtype="int32"), shape=(COUNT,)).asnumpy()[0]
    assert_counts(half, negative_binomial_pmf(1, 1 / 3))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_upper_bound_is_never_drawn(dtype):
    """Rounding to few digits would reach it: 2,048 numbers of float16 lie between 1024 and 3072."""
    mx.random.seed(2)
    for low, high in ((1024, 3072), (-1, 1)):
        draws = mx.nd.random.uniform(low, high, shape=(200_000,), dtype=dtype).asnumpy()
        assert draws.dtype == dtype and draws.min() >= low and draws.max() < high
        bounds = mx.nd.array([low], dtype=dtype), mx.nd.array([high], dtype=dtype)
        assert mx.nd.sample_uniform(*bounds, shape=(200_000,), dtype=dtype).asnumpy().max() < high


def test_float16_keeps_mean_and_spread():
    mx.random.seed(3)
    draws = mx.nd.random.normal(1, 2, shape=(COUNT,), dtype="float16").asnumpy().astype("float64")
    assert abs(draws.mean() - 1) < 0.05 and abs(draws.std() - 2) < 0.04


# -- whole numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_randint_draws_each_number_alike(dtype):
    draws = drawn_by_graph(mx.sym.random.randint(-3, 4, shape=(COUNT,), dtype=dtype), 1)
    assert draws.dtype == dtype
    assert_counts(draws + 3, lambda x: 1 / 7 if x < 7 else 0)


def test_multinomial_draws_by_probability():
    shares = np.array([[0.1, 0.2, 0.0, 0.7], [0.25, 0.25, 0.5, 0.0], [0.0, 0.0, 0.0, 1.0]], "float32")
    draws = drawn_by_graph(mx.sym.random.multinomial(mx.sym.Variable("p"), shape=(COUNT,), get_prob=False), 4, p=shares)
    assert draws.dtype == "int32"
    for row, share in zip(draws, shares, strict=True):
        assert_counts(row, lambda x, share=share: share[x] if x < 4 else 0)


def test_multinomial_takes_weights_that_do_not_add_up_to_one():
    mx.random.seed(5)
    draws = mx.nd.random.multinomial(mx.nd.array([1.0, 3.0]), shape=COUNT).asnumpy()
    assert_counts(draws, lambda x: (0.25, 0.75)[x] if x < 2 else 0)


def test_multinomial_hands_gradients_to_what_was_drawn():
    shares = np.array([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]], "float64")
    p = mx.nd.array(shares, dtype="float64")
    run = mx.sym.random.multinomial(mx.sym.Variable("p"), shape=(50,)).bind(mx.cpu(), {"p": p}, {"p": mx.nd.zeros_like(p)})
    category, logarithm = (output.asnumpy() for output in run.forward(is_train=True))
    rows = np.arange(2)[:, None]
    np.testing.assert_allclose(logarithm, np.log(shares[rows, category]), rtol=1e-12)
    head = np.random.RandomState(0).normal(size=(2, 50))
    run.backward([mx.nd.zeros((2, 50), dtype="int32"), mx.nd.array(head, dtype="float64")])
    expected = np.zeros((2, 3))
    np.add.at(expected, (rows, category), head / shares[rows, category])
    np.testing.assert_allclose(run.grad_dict["p"].asnumpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("weights", [[0.0, 0.0], [-1.0, 2.0], [math.nan, 1.0]])
def test_multinomial_refuses_what_is_no_distribution(weights):
    with pytest.raises(mx.MXNetError, match="probabilities"):
        mx.nd.random.multinomial(mx.nd.array(weights))


def test_unique_classes_come_by_their_frequency():
    classes = 50
    first = np.array([math.log((c + 2) / (c + 1)) / math.log(classes + 1) for c in range(classes)])
    mx.random.seed(6)
    draws, tries = (array.asnumpy() for array in mx.nd._internal._sample_unique_zipfian(range_max=classes, shape=(COUNT, 1)))
    assert draws.dtype == tries.dtype == "int64" and np.all(tries == 1)
    assert_counts(draws, lambda c: first[c] if c < classes else 0)
    draws, tries = (array.asnumpy() for array in mx.nd._internal._sample_unique_zipfian(range_max=classes, shape=(300, classes)))
    assert np.array_equal(np.sort(draws, axis=1), np.tile(np.arange(classes), (300, 1))) and tries.min() > classes
    draws, tries = (array.asnumpy() for array in mx.nd._internal._sample_unique_zipfian(range_max=classes, shape=(2000, 2)))
    assert np.all(draws[:, 0] != draws[:, 1])
    again = (first**2 / (1 - first)).sum()  # how many tries repeat the first class, on average
    assert abs((tries - 2).mean() - again) < 3.3 * tries.std() / math.sqrt(2000)


def test_shuffle_gives_every_order_alike():
    mx.random.seed(7)
    orders = [tuple(mx.nd.random.shuffle(mx.nd.arange(3)).asnumpy().astype(int)) for _ in range(1200)]
    numbers = {order: number for number, order in enumerate(sorted(set(orders)))}
    assert len(numbers) == 6
    assert_counts(np.array([numbers[order] for order in orders]), lambda x: 1 / 6 if x < 6 else 0)


def test_shuffle_keeps_rows_whole_and_takes_gradients_back():
    rows = np.arange(12.0).reshape(6, 2)
    x = mx.nd.array(rows)
    run = mx.sym.random.shuffle(mx.sym.Variable("x")).bind(mx.cpu(), {"x": x}, {"x": mx.nd.zeros_like(x)})
    found = run.forward(is_train=True)[0].asnumpy()
    assert sorted(map(tuple, found)) == sorted(map(tuple, rows))
    run.backward([mx.nd.array(found * 10)])
    np.testing.assert_array_equal(run.grad_dict["x"].asnumpy(), rows * 10)
