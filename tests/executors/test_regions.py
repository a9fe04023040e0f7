"""Regions and batches: what is fused computes what each step by itself does, on any number of threads."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import symbolic as mx
from executors import batch, fuse
from executors.numpy import region
from tests.executors.test_random_graphs import graphs, needs, run


@pytest.fixture
def tiny(monkeypatch):
    """Make regions of all arrays, in pieces of a few elements, on threads."""
    for module, name, value in (
        (fuse, "SMALLEST", 4),
        (batch, "SMALLEST", 4),
        (batch, "FEWEST", 1),
        (region, "PIECE", 4),
        (region, "SHARED_PIECE", 4),
        (region, "WORTH_THREADS", 1),
    ):
        monkeypatch.setattr(module, name, value)


def program(bound):
    return next(iter(bound._programs.values()))


def chain(x, y):
    z = mx.sym.exp(mx.sym.tanh(x * 0.5 + 1.0) * y)
    z = mx.sym.sigmoid(mx.sym.sqrt(z) + x) * y - x
    return mx.sym.square(mx.sym.relu(z))


def bind(symbol, executor="numpy", **shapes):
    bound = symbol.simple_bind(mx.cpu(), grad_req="null", executor=executor, **shapes)
    rs = np.random.RandomState(1)
    for array in [*bound.arg_arrays, *bound.aux_arrays]:
        array[:] = rs.uniform(0.1, 1, array.shape)
    return bound


@pytest.mark.parametrize("is_train", [False, True])
@given(graphs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_random_graphs_in_pieces(tiny, is_train, symbol):
    if not needs(symbol):
        return
    backwards = 1 if is_train else 0
    for found, wanted in zip(
        run(symbol, "numpy", "write", is_train, backwards), run(symbol, "reference", "write", is_train, backwards), strict=True
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_a_chain_is_one_region_that_allocates_nothing():
    bound = bind(chain(mx.sym.Variable("x"), mx.sym.Variable("y")), x=(1 << 18,), y=(1 << 18,))
    bound.forward()
    assert program(bound).steps == 1
    assert program(bound).plan.bytes == 0
    tracemalloc.start()
    bound.forward()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    bound.forward()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - before < 1 << 14  # an array of the chain has a megabyte, a piece of it a quarter


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ((6, 5, 4), (6, 5, 4)),
        ((6, 5, 4), (1, 5, 1)),
        ((6, 1, 4), (1, 5, 4)),
        ((1, 5, 4), (6, 1, 1)),
        ((3, 2, 2, 5), (1, 2, 2, 1)),
        ((7, 1), (1, 9)),
        ((1, 1), (40, 1)),
    ],
)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_operands_that_stretch(tiny, threads, count, x, y):
    threads(count)
    a, b = mx.sym.Variable("x"), mx.sym.Variable("y")
    symbol = mx.sym.tanh(mx.sym.broadcast_mul(mx.sym.broadcast_add(a, b), b)) * 2.0
    found, wanted = (bind(symbol, executor, x=x, y=y).forward()[0].asnumpy() for executor in ("numpy", "reference"))
    np.testing.assert_array_equal(found, wanted)


def test_results_do_not_depend_on_the_number_of_threads(threads):
    symbol = chain(mx.sym.Variable("x"), mx.sym.Variable("y"))
    results = []
    for count in (1, 2, 3):
        threads(count)
        results.append(bind(symbol, x=(1000, 1025), y=(1000, 1025)).forward()[0].asnumpy())
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def test_an_array_read_otherwise_than_it_is_written_is_not_overwritten(tiny):
    """``x`` is read as a whole row of each piece, so the sum must not be written over it."""
    x = mx.sym.Variable("x", shape=(8, 8))
    made = mx.sym.exp(x)
    symbol = mx.sym.broadcast_add(made, mx.sym.slice_axis(made, axis=0, begin=0, end=1)) * made
    found, wanted = (bind(symbol, executor).forward()[0].asnumpy() for executor in ("numpy", "reference"))
    np.testing.assert_array_equal(found, wanted)


# -- batches ---------------------------------------------------------------------------------------------------------------


def updates(count, **parameters):
    made = []
    for place in range(count):
        weight, grad, state = (mx.sym.Variable(f"{kind}{place}", shape=(place % 3 + 1, 4)) for kind in "wgn")
        made.append(mx.sym.rmsprop_update(weight, grad, state, lr=0.1, wd=0.01, **parameters))
    return mx.sym.Group(made)


def test_many_updates_are_one_step():
    bound = bind(updates(50))
    bound.forward()
    assert program(bound).steps == 1
    other = bind(updates(50), "reference")
    other.forward()
    for _ in range(2):
        bound.forward()
        other.forward()
    for found, wanted in zip([*bound.outputs, *bound.aux_arrays], [*other.outputs, *other.aux_arrays], strict=True):
        np.testing.assert_array_equal(found.asnumpy(), wanted.asnumpy())


def test_updates_of_other_parameters_are_another_batch():
    made = [*updates(6), *[mx.sym.sgd_update(mx.sym.Variable(f"v{n}", shape=(3,)), mx.sym.Variable(f"d{n}"), lr=0.5) for n in range(6)]]
    bound = bind(mx.sym.Group(made))
    bound.forward()
    assert program(bound).steps == 2


def test_arrays_that_somebody_looks_at_stay_where_they_are():
    symbol = updates(8)
    bound, other = bind(symbol), bind(symbol)
    states = bound.aux_dict
    window = states["n3"][0:1]  # shares its memory
    raw = bound.arg_dict["w2"].asnumpy(), np.from_dlpack(bound.arg_dict["w2"])
    bound.forward()
    other.forward()
    assert program(bound).steps > 1, "states were moved away from a view of them"
    np.testing.assert_array_equal(window.asnumpy(), states["n3"].asnumpy()[0:1])
    bound.arg_dict["w2"][:] = 7
    assert (raw[1] == 7).all() and not (raw[0] == 7).any()
    for found, wanted in zip([*bound.outputs, *bound.aux_arrays], [*other.outputs, *other.aux_arrays], strict=True):
        np.testing.assert_array_equal(found.asnumpy(), wanted.asnumpy())


def test_moved_arrays_are_the_users_arrays():
    symbol = updates(8)
    bound = bind(symbol)
    weight = bound.arg_dict["w5"]
    bound.forward()
    weight[:] = 3
    bound.arg_dict["g5"][:] = 0
    bound.forward()
    np.testing.assert_allclose(bound.outputs[5].asnumpy(), 3, atol=0.05)
    again = symbol.bind(mx.cpu(), bound.arg_dict, aux_states=bound.aux_dict)
    again.forward()
    assert program(again).steps == 1, "the second executor finds them end to end"


def test_a_number_of_threads_must_be_one():
    for wrong in (0, -1, 1.5, "2", True):
        with pytest.raises(mx.MXNetError, match="above zero"):
            mx.set_num_threads(wrong)


@pytest.mark.parametrize("executor", ["numpy", "numba"])
def test_updates_that_read_numbers_are_one_step(executor):
    """A number for each array, as the rates of a training step are: repeated for its elements."""
    if executor == "numba":
        pytest.importorskip("numba")
    sizes = [(3,), (2, 4), (1,), (5, 1), (2, 3)]
    rates = mx.sym.Variable("rates")
    heads = []
    for place, _ in enumerate(sizes):
        rate = mx.sym.slice_axis(rates, axis=0, begin=place, end=place + 1)
        weight, grad = mx.sym.Variable(f"w{place}"), mx.sym.Variable(f"g{place}")
        heads.append(mx.sym.broadcast_sub(weight, mx.sym.broadcast_mul(rate, mx.sym.square(grad))))
    symbol = mx.sym.Group(heads)
    shapes = {f"{kind}{place}": size for place, size in enumerate(sizes) for kind in "wg"}
    results = []
    for name in (executor, "reference"):
        bound = symbol.simple_bind(mx.cpu(), grad_req="null", executor=name, rates=(len(sizes),), **shapes)
        rs = np.random.RandomState(0)
        for array in bound.arg_arrays:
            array[:] = rs.normal(size=array.shape)
        results.append([output.asnumpy() for output in bound.forward()])
        if name == "numpy":
            assert sum("take" in str(call) for call in program(bound).forward) == 1
    for found, wanted in zip(*results, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-6)
