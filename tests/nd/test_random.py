"""Seeds and streams of random numbers."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

import symbolic as mx
from symbolic import random
from symbolic.errors import ArgumentError, MXNetError

nd = mx.nd


def drawn(stream, count=8):
    return stream.random(count).tolist()


def test_the_same_seed_draws_the_same():
    for draw in (lambda: drawn(random.stream("a")), lambda: drawn(random.fresh()), lambda: nd.random.normal(shape=(8,)).asnumpy().tolist()):
        random.seed(3)
        first = draw()
        random.seed(3)
        assert draw() == first
        random.seed(4)
        assert draw() != first


def test_streams_differ_by_name_only():
    random.seed(1)
    a, b = random.stream("a"), random.stream("b")
    assert drawn(a) != drawn(b)
    assert drawn(random.stream("b")) == drawn(random.stream("b"))
    random.seed(1)
    assert drawn(random.stream("b")) == drawn(random.stream("b"))


def test_streams_without_a_name_follow_each_other():
    random.seed(1)
    first = [drawn(random.fresh()) for _ in range(3)]
    assert len({tuple(draws) for draws in first}) == 3
    random.seed(1)
    assert [drawn(random.fresh()) for _ in range(3)] == first
    random.seed(1)
    assert drawn(random.stream("#1")) not in first
    assert drawn(random.stream("1")) not in first


def test_setting_the_seed_starts_streams_again_that_exist():
    random.seed(5)
    a = random.stream("a")
    first, second = drawn(a), drawn(a)
    assert first != second
    random.seed(5)
    assert drawn(a) == first
    random.seed(6)
    assert drawn(a) != first


def test_draws_of_one_stream_go_on_whatever_others_draw():
    random.seed(5)
    alone = drawn(random.stream("a"), 10)
    random.seed(5)
    a, b = random.stream("a"), random.stream("b")
    mixed = drawn(a, 5) + (drawn(b), drawn(random.fresh()), drawn(a, 5))[2]
    assert mixed == alone


@pytest.mark.parametrize("value", [0, -1, 2**63, 2**64 - 1, 2**100, np.int64(7), np.uint8(200), True])
def test_any_integer_is_a_seed(value):
    random.seed(value)
    first = drawn(random.stream("a"))
    random.seed(value)
    assert drawn(random.stream("a")) == first


@pytest.mark.parametrize(("value", "ctx"), [("x", "all"), (3.5, "all"), (None, "all"), (3, "x"), (3, 3)])
def test_nothing_else_is_a_seed(value, ctx):
    random.seed(3)
    first = drawn(random.stream("a"))
    random.seed(3)
    with pytest.raises(ArgumentError, match="seed"):
        random.seed(value, ctx)
    assert drawn(random.stream("a")) == first


def test_contexts_share_one_seed():
    random.seed(3, ctx=mx.cpu(1))
    first = nd.random.uniform(shape=(4,), ctx=mx.cpu(0)).asnumpy().tolist()
    random.seed(3)
    assert nd.random.uniform(shape=(4,), ctx=mx.cpu(1)).asnumpy().tolist() == first


def test_odd_names_are_names():
    assert len({tuple(drawn(random.stream(name))) for name in ("", "é", "\0", "x" * 10000, "\ud800")}) == 5


def test_another_process_draws_the_same():
    code = (
        "from symbolic import random; random.seed(11); print(random.stream('drop').random(4).tolist(), random.fresh().random(2).tolist())"
    )
    once, twice = (subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in range(2))
    assert once == twice
    random.seed(11)
    assert once == f"{random.stream('drop').random(4).tolist()} {random.fresh().random(2).tolist()}\n"


def test_processes_without_a_seed_differ():
    code = "from symbolic import random; print(random.stream('drop').random(4).tolist())"
    once, twice = (subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in range(2))
    assert once != twice


def test_threads_draw_each_its_own():
    random.seed(2)
    wanted = {name: drawn(random.stream(name), 1000) for name in "abcd"}
    random.seed(2)
    shared = {name: random.stream(name) for name in "abcd"}
    found, fresh, lock = {}, [], threading.Lock()

    def work(name):
        found[name] = [value for _ in range(100) for value in drawn(shared[name], 10)]
        for _ in range(50):
            draws = tuple(drawn(random.fresh(), 3))
            with lock:
                fresh.append(draws)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == wanted
    assert len(set(fresh)) == 200


def test_executors_draw_by_seed_and_by_name():
    dropped = mx.sym.Dropout(mx.sym.var("x"), p=0.5, name="drop")
    executor = dropped.bind(mx.cpu(), {"x": nd.ones((50,))})
    runs = []
    for _ in range(2):
        mx.random.seed(9)
        runs.append([executor.forward(is_train=True)[0].asnumpy().tolist() for _ in range(2)])
    assert runs[0] == runs[1]
    assert runs[0][0] != runs[0][1]


# -- distributions ----------------------------------------------------------------------------------------------------


def test_draws_have_the_distribution_asked_for():
    random.seed(0)
    values = nd.random.uniform(-2, 3, shape=(20000,)).asnumpy()
    assert values.min() >= -2 and values.max() < 3 and abs(values.mean() - 0.5) < 0.05
    values = nd.random.normal(1, 2, shape=(20000,)).asnumpy()
    assert abs(values.mean() - 1) < 0.06 and abs(values.std() - 2) < 0.06
    values = nd.random.randn(200, 100, loc=-1, scale=0.5).asnumpy()
    assert values.shape == (200, 100) and abs(values.mean() + 1) < 0.02
    values = nd.random.normal(nd.array([0, 100]), nd.array([1, 2]), shape=10000).asnumpy()
    assert values.shape == (2, 10000) and np.allclose(values.mean(axis=1), [0, 100], atol=0.1)


def test_shapes_types_and_targets():
    assert nd.random.uniform().shape == (1,)
    assert nd.random.uniform(shape=3).shape == (3,)
    assert nd.random.uniform(nd.array([0, 1]), nd.array([1, 2])).shape == (2,)
    assert nd.random.normal(0, 1, (2,), "float64").dtype == np.float64
    out = nd.zeros((2, 3))
    assert nd.random.uniform(4, 5, out=out) is out
    assert out.asnumpy().min() >= 4
    assert mx.random.uniform is nd.random.uniform
    with pytest.raises(AttributeError, match="no_such"):
        mx.random.no_such  # noqa: B018


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: nd.random.uniform(5, 1), r"(?s)uniform.*low.*5.*1"),
        (lambda: nd.random.normal(0, -1), r"(?s)normal.*scale.*-1"),
        (lambda: nd.random.normal(0, 0), r"(?s)normal.*scale"),
        (lambda: nd.random_uniform(5, 1, shape=(2,)), r"(?s)uniform.*low.*5.*1"),
        (lambda: nd.random.uniform("a", 1), r"(?s)uniform.*str"),
        (lambda: nd.random.uniform(dtype="int32"), r"(?s)uniform.*dtype.*int32"),
        (lambda: nd.random.uniform(nd.array([0]), 1), r"(?s)uniform.*NDArray and int"),
    ],
)
def test_what_cannot_be_drawn_is_said(call, match):
    with pytest.raises(MXNetError, match=match):
        call()
