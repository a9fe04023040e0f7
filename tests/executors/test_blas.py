"""BLAS has one thread while a product runs on ours, whoever asks, and afterwards what it had."""

from __future__ import annotations

from threading import Barrier, Thread

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from executors.numpy.blas import LONG, LONG_VECTOR, alone, product
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
