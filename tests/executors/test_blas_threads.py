"""What BLAS and LAPACK would add up in another order with another number of threads, they do not."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import symbolic as mx
from executors.numpy.blas import threaded_product
from executors.numpy.blas_threads import agrees, alone, steady
from symbolic.limits import set_num_threads
from tests.marks import NUMBA

RS = np.random.RandomState(0)


@pytest.fixture(autouse=True)
def threads():
    yield
    set_num_threads(None)


def matrices(rows, depth, columns, turned=(False, False), dtype="f"):
    a = RS.randn(*((depth, rows) if turned[0] else (rows, depth))).astype(dtype)
    b = RS.randn(*((columns, depth) if turned[1] else (depth, columns))).astype(dtype)
    return a.T if turned[0] else a, b.T if turned[1] else b


SHAPES = [
    (128, 784, 512),
    (400, 33, 300),
    (138, 329, 183),
    (1358, 29, 874),
    (1, 3000, 2001),
    (1024, 256, 32),
    (64, 64, 64),
    (300, 1200, 33),
]


@pytest.mark.parametrize("turned", [(False, False), (False, True), (True, False), (True, True)], ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_what_is_said_to_agree_agrees(shape, turned):
    for dtype in "fd":
        a, b = matrices(*shape, turned, dtype)
        found = []
        for count in (1, 2):
            with threadpool_limits(count, user_api="blas"):
                found.append(a @ b)
        if agrees(a, b):
            np.testing.assert_array_equal(*found)


def test_rows_of_whole_registers_agree():
    """What recurrent layers of usual sizes multiply at each step; else they would get one thread."""
    if not any(library["user_api"] == "blas" and library["internal_api"] == "openblas" for library in threadpool_info()):
        pytest.skip("NumPy's BLAS is not OpenBLAS")  # what others deal out to threads is theirs; results are tested below all the same
    assert agrees(*matrices(1024, 256, 32)) and agrees(*matrices(256, 1024, 32, (True, False)))


def test_trying_leaves_the_number_of_threads():
    used = lambda: [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]  # noqa: E731
    with threadpool_limits(3, user_api="blas"):
        before = used()
        agrees(*matrices(131, 257, 139))
        assert used() == before


def test_trying_waits_for_steps_with_one_thread():
    """And these for it: nobody who asked for one thread gets two."""
    used = lambda: {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}  # noqa: E731
    seen, stopped = [], threading.Event()
    before = used()

    def step():
        seen.append(used())
        seen.append(used())

    def steps():
        while not stopped.is_set():
            alone(step)()

    users = [threading.Thread(target=steps) for _ in range(3)]
    for user in users:
        user.start()
    for size in range(101, 131):
        agrees(*matrices(size, 300, size))
    stopped.set()
    for user in users:
        user.join()
    assert all(counts == {1} for counts in seen) and used() == before


def test_trying_within_a_step_with_one_thread():
    alone(lambda: agrees(*matrices(97, 301, 103)))()


def test_what_does_not_agree_gets_one_thread(monkeypatch):
    seen = []
    used = lambda: seen.append({library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"})  # noqa: E731
    set_num_threads(2)
    factors = matrices(200, 300, 100)
    for said in (True, False):
        monkeypatch.setattr("executors.numpy.blas_threads.agrees", lambda a, b, count, said=said: said)
        steady(used, factors)()
    assert seen == [{2}, {1}]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_product_does_not_depend_on_threads(shape):
    found = []
    for count in (1, 2, 3):
        set_num_threads(count)
        a, b = (np.random.default_rng(1).standard_normal(size, "f") for size in (shape[:2], shape[1:]))
        out = np.empty((shape[0], shape[2]), "f")
        threaded_product(a, b, out)()
        found.append(out)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def computed(symbol, values, executor):
    """Outputs and gradients."""
    exe = symbol.simple_bind(
        mx.cpu(), executor=executor, type_dict={name: x.dtype for name, x in values.items()}, **{n: x.shape for n, x in values.items()}
    )
    rs = np.random.RandomState(1)
    for name, array in sorted(exe.arg_dict.items()):
        array[:] = values[name] if name in values else rs.randn(*array.shape) * 0.1
    outputs = exe.forward(is_train=True)
    exe.backward([mx.nd.array(rs.randn(*output.shape), dtype=output.dtype) for output in outputs])
    return [array.asnumpy() for array in (*outputs, *exe.grad_arrays)]


def does_not_depend(symbol, values, executor):
    found = []
    for count in (1, 2, 3):
        set_num_threads(count)
        found.append(computed(symbol, values, executor))
    for one, *others in zip(*found, strict=True):
        for other in others:
            np.testing.assert_array_equal(other, one)


@pytest.mark.parametrize("executor", ["numpy", NUMBA])
@pytest.mark.parametrize(
    ("mode", "others"),
    [
        *[(mode, others) for mode in ("rnn_tanh", "gru", "lstm") for others in ({}, {"bidirectional": True, "num_layers": 2})],
        ("lstm", {"projection_size": 210}),
    ],
    ids=str,
)
@pytest.mark.parametrize("sizes", [(4, 33, 100, 300), (3, 1, 400, 500), (3, 32, 200, 330)], ids=str)
def test_recurrent_layers(sizes, mode, others, executor):
    steps, batch, inputs, size = sizes
    slots = ("data", "parameters", "state", *(["state_cell"] if mode == "lstm" else []))
    symbol = mx.sym.RNN(**{slot: mx.sym.Variable(slot) for slot in slots}, state_size=size, mode=mode, **{"num_layers": 1, **others})
    does_not_depend(symbol, {"data": RS.randn(steps, batch, inputs).astype("f")}, executor)


def positive(size):
    x = RS.randn(2, size, size)
    return x @ x.swapaxes(1, 2) + size * np.eye(size)


def lower(size):
    return np.tril(RS.randn(2, size, size)) + size * np.eye(size)


A, B = mx.sym.Variable("A"), mx.sym.Variable("B")
SOLVED = {"A": lower(333), "B": RS.randn(2, 333, 342)}
DECOMPOSITIONS = {
    "potrf": (mx.sym.linalg.potrf(A), {"A": positive(333)}),
    "potri": (mx.sym.linalg.potri(A), {"A": lower(333)}),
    "trsm": (mx.sym.linalg.trsm(A, B), SOLVED),
    "trmm": (mx.sym.linalg.trmm(A, B), SOLVED),
    "gelqf": (mx.sym.Group(list(mx.sym.linalg.gelqf(A))), {"A": RS.randn(2, 333, 342)}),
    "syevd": (mx.sym.Group(list(mx.sym.linalg.syevd(A))), {"A": positive(130)}),
    "syrk": (mx.sym.linalg.syrk(A), {"A": RS.randn(333, 833)}),
    "gemm2": (mx.sym.linalg.gemm2(A, B), {"A": RS.randn(3, 333, 340), "B": RS.randn(3, 340, 313)}),
    "inverse": (mx.sym.linalg.inverse(A), {"A": positive(333)}),
    "det": (mx.sym.linalg.det(A), {"A": positive(333) / 333}),
    "slogdet": (mx.sym.Group(list(mx.sym.linalg.slogdet(A))), {"A": positive(333)}),
}


@pytest.mark.parametrize("name", DECOMPOSITIONS)
def test_decompositions(name):
    does_not_depend(*DECOMPOSITIONS[name], "numpy")
