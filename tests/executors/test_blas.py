"""BLAS has one thread while a product runs on ours, whoever asks, and afterwards what it had."""

from __future__ import annotations

from threading import Barrier, Thread

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import symbolic as mx
from executors.numpy.blas import WORTH_THREADS, product
from executors.numpy.blas_threads import LONG, LONG_VECTOR, alone
from executors.numpy.kernels.nn.steps import dealt


def used():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


@pytest.fixture(autouse=True)
def three_threads():
    with threadpool_limits(3, user_api="blas"):
        yield


def in_threads(*calls):
    threads = [Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_one_thread_in_between():
    seen = []
    alone(lambda: seen.append(used()))()
    assert {*seen[0]} == {1}
    assert {*used()} == {3}


def test_the_number_comes_back_after_an_error():
    def fails():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        alone(fails)()
    assert {*used()} == {3}


def test_any_thread_may_ask():
    """Of threadpoolctl's own way only the first thread gets what it asks for."""
    seen = []
    alone(lambda: None)()
    for _ in range(2):
        in_threads(alone(lambda: seen.append(used())))
    assert {count for counts in seen for count in counts} == {1}
    assert {*used()} == {3}


def test_the_last_one_brings_the_number_back():
    seen, both, first_left = [], Barrier(2), Barrier(2)

    def first():
        alone(both.wait)()
        first_left.wait()

    def second():
        def work():
            both.wait()
            first_left.wait()
            seen.append(used())

        alone(work)()

    in_threads(first, second)
    assert {*seen[0]} == {1}
    assert {*used()} == {3}


def asks(call):
    return not isinstance(getattr(call, "func", None), (type(np.matmul), type(np.ndarray.dot)))


@pytest.mark.parametrize(("shape", "limit"), [((64, 64), LONG), ((1, 64), LONG_VECTOR)])
def test_short_products_do_not_ask(shape, limit):
    rows, inner = shape
    for columns, expected in ((limit // rows // inner - 1, False), (limit // rows // inner, True)):
        a, b, out = np.ones(shape, "f"), np.ones((inner, columns), "f"), np.ones((rows, columns), "f")
        assert asks(product(a, b, out)) is expected


def test_short_steps_do_not_ask():
    step = lambda: None  # noqa: E731
    assert dealt(range(4), LONG_VECTOR - 1, lambda part: [step]) == [step]
    assert dealt(range(4), LONG_VECTOR, lambda part: [step]) != [step]


def parts_of(call):
    """The products that a callable makes, in any order of calls within calls."""
    found, left = [], [call]
    while left:
        one = left.pop()
        if isinstance(one, (list, tuple)):
            left += one
        elif getattr(one, "func", None) is np.matmul:
            found.append(one.args)
        elif hasattr(one, "func"):
            left += one.args
    return found


def dense(dtype, rows, depth, columns):
    """A few samples, weights, and room for the result; nothing is rounded, so that the order of sums does not count."""
    draw = np.random.default_rng(rows).integers
    return draw(-8, 9, (rows, depth)).astype(dtype), draw(-8, 9, (columns, depth)).astype(dtype), np.empty((rows, columns), dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(2, 600, 900), (7, 3000, 50), (32, 500, 300), (3, 40, 5000), (8, 4096, 1100), (5, 33, 241)])
def test_few_rows_are_multiplied_in_small_parts(shape, dtype):
    x, weight, out = dense(dtype, *shape)
    call = product(x, weight.T, out)
    parts = parts_of(call)
    assert len(parts) > 1
    assert all(part.size <= 1200 and part.size * x.shape[1] <= 10**6 for _, _, part in parts)
    call()
    np.testing.assert_array_equal(out, x @ weight.T)


@pytest.mark.parametrize(
    ("shape", "turned"),
    [
        ((33, 500, 300), True),  # as many rows as are worth a copy of the weights
        ((12, 4096, 4096), True),
        ((4, 31, 2000), True),  # short sums
        ((4, 100, 200), True),  # small as it is
        ((8, 500, 300), False),  # nothing is transposed
    ],
)
def test_what_is_not_cut_small(shape, turned):
    x, weight, out = dense("float32", *shape)
    other = weight.T if turned else np.ascontiguousarray(weight.T)
    assert len(parts_of(product(x, other, out))) <= 8


def test_parts_do_not_depend_on_threads():
    results = []
    for count in (1, 2, 5):
        mx.set_num_threads(count)
        try:
            x = np.random.default_rng(0).standard_normal((20, 700)).astype("f")
            weight, out = np.random.default_rng(1).standard_normal((1200, 700)).astype("f"), np.empty((20, 1200), "f")
            assert out.size * 700 >= WORTH_THREADS >> 1
            product(x, weight.T, out)()
        finally:
            mx.set_num_threads(None)
        results.append(out)
    assert all((result == results[0]).all() for result in results)
