"""Operators called on arrays at once: arguments, results, states, and what is remembered between calls."""

from __future__ import annotations

import threading
import warnings
from functools import partial

import numpy as np
import pytest

import symbolic as mx
from executors.kernel import Kernel
from executors.numpy import at_once
from symbolic import registry
from symbolic.errors import ArgumentError, DTypeError, InputError, MXNetError, ParameterError, ShapeError
from symbolic.graph.node import Node
from symbolic.nd.array import NDArray
from symbolic.nd.call import on_arrays
from tests.ops.test_laws import case_files

nd = mx.nd


@pytest.fixture
def forgotten():
    """Nothing is remembered of earlier calls."""
    at_once._remembered.clear()
    at_once._composites.clear()


def numbers(*shape, seed=0):
    return nd.array(np.random.RandomState(seed).uniform(0.5, 1.5, shape))


# -- arguments --------------------------------------------------------------------------------------------------------


def test_an_array_in_a_place_of_its_own_has_its_type_kept():
    assert nd.exp(nd.zeros((2,), dtype="float64")).dtype == np.float64
    assert nd.exp(np.zeros(2)).dtype == np.float32


def test_integers_that_float32_cannot_hold_are_refused():
    assert nd.take(nd.arange(3), np.array([2])).asnumpy().tolist() == [2]
    with pytest.raises(InputError, match=r"(?s)take.*indices.*dtype='int64'"):
        nd.take(nd.arange(3), np.array([2**24 + 1]))


@pytest.mark.parametrize("value", [3, [1, 2], "x", mx.sym.Variable("x")])
def test_what_is_no_array_is_refused(value):
    with pytest.raises(InputError, match=r"(?s)^exp: input 'data'.*NDArray or numpy\.ndarray"):
        nd.exp(value)


def test_missing_surplus_and_misspelt_arguments_are_named():
    x, w, b = nd.ones((2, 3)), nd.ones((4, 3)), nd.ones((4,))
    with pytest.raises(InputError, match="FullyConnected: input 'bias' is missing"):
        nd.FullyConnected(x, w, num_hidden=4)
    with pytest.raises(InputError, match=r"(?s)no input 'bias' with these parameters.*no_bias"):
        nd.FullyConnected(x, w, b, num_hidden=4, no_bias=True)
    with pytest.raises(ParameterError, match=r"num_hiden.*did you mean 'num_hidden'"):
        nd.FullyConnected(x, w, b, num_hiden=4)
    with pytest.raises(ArgumentError, match="'data' is given twice"):
        nd.FullyConnected(x, w, b, data=x, num_hidden=4)
    with pytest.raises(ArgumentError, match="too many positional"):
        nd.exp(x, None, None, None)
    with pytest.raises(ShapeError, match=r"(?s)FullyConnected.*weight.*\(4, 9\).*\(4, 3\)"):
        nd.FullyConnected(x, nd.ones((4, 9)), b, num_hidden=4)


def test_results_bear_the_context_of_the_first_input_or_the_one_asked_for():
    x = nd.ones((2,), ctx=mx.cpu(2))
    assert (x + nd.ones((2,))).context == nd.exp(x).context == nd.stack(x, nd.ones((2,))).context == mx.cpu(2)
    assert nd.random_uniform(shape=(2,), ctx=mx.cpu(1)).context == mx.cpu(1)
    assert nd.random_uniform(shape=(2,), ctx="cpu(3)").context == mx.cpu(3)
    with mx.cpu(4):
        assert nd.random_uniform(shape=(2,)).context == nd.arange(3).context == mx.cpu(4)
    with pytest.raises(ArgumentError, match="ctx"):
        nd.random_uniform(shape=(2,), ctx="cpu")
    with pytest.raises(ParameterError, match="ctx"):
        nd.exp(x, ctx=mx.cpu())


# -- results ----------------------------------------------------------------------------------------------------------


def test_out_receives_the_results_wherever_it_is_given():
    x, out = nd.arange(3), nd.zeros((2, 3))
    assert nd.exp(x, out=out[0]).asnumpy().tolist() == out[0].asnumpy().tolist() == pytest.approx(np.exp([0, 1, 2]))
    row = out[1]
    assert nd.exp(x, row) is row
    assert nd.exp(x, row, "name") is row
    a, b = nd.zeros((2,)), nd.zeros((2,))
    pair = [a, b]
    assert nd.split(nd.arange(4), 2, 0, out=pair) is pair
    assert b.asnumpy().tolist() == [2, 3]


def test_out_must_fit_and_is_left_alone_otherwise():
    x = nd.ones((2,))
    for wrong, error, match in (
        (nd.zeros((3,)), ShapeError, r"(?s)out.*\(3,\).*\(2,\)"),
        (nd.zeros((1, 2)), ShapeError, "another shape"),
        (nd.zeros((2,), dtype="int32"), DTypeError, r"(?s)out.*int32.*float32"),
        ([nd.zeros((2,))] * 2, ArgumentError, "as many"),
        (np.zeros(2, np.float32), ArgumentError, "NDArray"),
    ):
        with pytest.raises(error, match=match):
            nd.exp(x, out=wrong)
        assert all(not part.asnumpy().any() for part in (wrong if isinstance(wrong, list) else [wrong]) if isinstance(part, NDArray))


def test_a_result_is_nobody_elses_memory():
    x = nd.array([1, 2])
    for result in (nd.identity(x), nd.BlockGrad(x), nd.Dropout(x), nd.reshape(x, shape=(2,)), nd.cast(x, "float32"), nd.Flatten(x), +x + 0):
        result[:] = 0
    assert x.asnumpy().tolist() == [1, 2]


def test_inference_is_the_mode():
    x = nd.ones((100,))
    assert nd.Dropout(x, p=0.5).asnumpy().tolist() == [1] * 100
    assert set(nd.Dropout(x, p=0.5, mode="always").asnumpy().tolist()) == {0, 2}
    mean, var = nd.zeros((3,)), nd.ones((3,))
    out = nd.BatchNorm(nd.array(np.arange(6).reshape(2, 3)), nd.ones((3,)), nd.zeros((3,)), mean, var, eps=0)
    assert out.asnumpy().tolist() == [[0, 1, 2], [3, 4, 5]]
    assert mean.asnumpy().tolist() == [0, 0, 0]


def test_states_are_rewritten_in_place_and_weights_are_not():
    w, g, n = nd.ones((4,)), nd.ones((4,)), nd.zeros((4,))
    stepped = nd.rmsprop_update(w[:2], g[:2], n[:2], lr=0.1)
    assert w.asnumpy().tolist() == [1] * 4
    assert n.asnumpy().tolist() == pytest.approx([0.05, 0.05, 0, 0])
    assert stepped.asnumpy().tolist() == pytest.approx([1 - 0.1 / np.sqrt(0.05)] * 2, rel=1e-5)
    with pytest.raises(InputError, match=r"(?s)'n'.*rewritten"):
        nd.rmsprop_update(w, g, np.zeros(4, np.float32), lr=0.1)


def test_a_refused_call_leaves_states_alone():
    w, g, n = nd.ones((4,)), nd.ones((4,)), nd.zeros((4,))
    for grad, out in ((nd.ones((3,)), None), (g, nd.zeros((3,))), (g, nd.zeros((4,), dtype="float16")), (g, "x")):
        with pytest.raises(MXNetError):
            nd.rmsprop_update(w, grad, n, lr=0.1, out=out)
        assert not n.asnumpy().any()


# -- what is remembered -----------------------------------------------------------------------------------------------

FIRST_CASES = {}
for _path, _cases in case_files():
    for _case in _cases:
        if not _case.refused and registry.known(_case.op) and not registry.find(_case.op).random:
            FIRST_CASES.setdefault(_case.op, _case)


def shuffled(array):
    """Other values of the same kind: indices stay in range."""
    flat = array.reshape(-1).copy()
    np.random.RandomState(3).shuffle(flat)
    return flat.reshape(array.shape)


def called(case, arrays):
    inputs = [nd.array(value, dtype=value.dtype) for value in arrays]
    function = on_arrays(case.op)
    try:
        given = (
            function(**dict(zip(case.inputs, inputs, strict=True)), **case.params)
            if isinstance(case.inputs, dict)
            else function(*inputs, **case.params)
        )
    except MXNetError as error:
        return type(error)
    results = given if isinstance(given, list) else [given]
    return [array.asnumpy() for array in (*results, *inputs)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(FIRST_CASES))
def test_repeated_calls_compute_anew(name, forgotten):
    """By the third call all that can be remembered is; it gives for other values what a first call gives."""
    case = FIRST_CASES[name]
    arrays = list(case.arrays().values())
    others = [shuffled(array) for array in arrays]
    wanted = called(case, others)
    at_once._remembered.clear()
    at_once._composites.clear()
    for _ in range(3):
        first = called(case, arrays)
    found = called(case, others)
    again = called(case, arrays)
    for a, b in ((found, wanted), (again, first)):
        assert isinstance(a, list) == isinstance(b, list)
        if isinstance(a, list):
            for x, y in zip(a, b, strict=True):
                np.testing.assert_array_equal(x, y)


def test_a_composite_is_recorded_at_its_second_call_and_repeated_after(forgotten):
    w, g = numbers(5), numbers(5, seed=1)
    steps = []
    for _ in range(4):
        n = nd.zeros((5,))
        steps.append((nd.rmsprop_update(w, g, n, lr=0.1).asnumpy(), n.asnumpy()))
        (routine,) = at_once._composites.values()
        assert isinstance(routine, at_once.Routine) is (len(steps) > 1)
    for step in steps[1:]:
        np.testing.assert_array_equal(step, steps[0])


def test_one_array_in_two_places_is_not_two(forgotten):
    x, y = numbers(4), numbers(4, seed=1)
    for other in (x, x, x, y, y, y, x):
        np.testing.assert_array_equal((x * other).asnumpy(), x.asnumpy() * other.asnumpy())
        n = nd.zeros((4,))
        stepped = nd.rmsprop_update(x, other, n, lr=0.5, gamma1=0.0, epsilon=0.0)
        np.testing.assert_allclose(stepped.asnumpy(), x.asnumpy() - 0.5, rtol=1e-6)
        np.testing.assert_allclose(n.asnumpy(), other.asnumpy() ** 2, rtol=1e-6)


def test_shapes_that_depend_on_values_are_found_each_time():
    x = nd.arange(4)
    for mask, wanted in (([1, 0, 0, 1], [0, 3]), ([0, 1, 0, 0], [1]), ([1, 1, 1, 1], [0, 1, 2, 3])):
        assert nd.contrib.boolean_mask(x, nd.array(mask)).asnumpy().tolist() == wanted


class Composite:
    """Stands for a composite operator, and for its parameters."""

    name = "composite"

    def __init__(self):
        self._same = self


BODIES = {
    "repeatable": (lambda x, y: nd.exp(x) * y + 2, True),
    "several times": (lambda x, y: nd.exp(nd.exp(x) + nd.exp(x)) - nd.exp(y) * nd.exp(y), True),
    "a view of an input": (lambda x, y: nd.exp(x[1:]) + y[:1], False),
    "a view of an element": (lambda x, y: nd.exp(x) * nd.NDArray(y.as_numpy_view()[1, ...]), False),
    "an array of its own": (lambda x, y: nd.array([1, 2, 3]) + x * y, False),
    "an input": (lambda x, y: x, False),
    "a shape that depends on values": (lambda x, y: nd.contrib.boolean_mask(x, nd.rint(y) - 1), False),
}


@pytest.mark.parametrize("name", BODIES)
def test_only_what_can_be_repeated_is(name, forgotten):
    body, repeatable = BODIES[name]
    op = Composite()
    for seed in range(5):
        x, y = numbers(3, seed=seed), numbers(3, seed=seed + 10)
        wanted = body(x, y).asnumpy()
        (found,) = at_once.compute_composite(op, op, [x._data, y._data], False, lambda x=x, y=y: [body(x, y)._data])
        np.testing.assert_array_equal(found, wanted)
    (routine,) = at_once._composites.values()
    assert isinstance(routine, at_once.Routine) is repeatable


def test_a_routine_uses_memory_again(forgotten):
    op, x = Composite(), numbers(1000)
    for _ in range(3):
        (found,) = at_once.compute_composite(
            op, op, [x._data], False, lambda: [nd.sqrt(nd.square(nd.sqrt(nd.square(nd.exp(x)) + 1)))._data]
        )
    np.testing.assert_allclose(found, np.sqrt(np.exp(2 * x.asnumpy()) + 1), rtol=1e-6)
    (routine,) = at_once._composites.values()
    assert [source is None for step in routine.steps for *_, source in step.made] == [True, False, False, False, False, False]


HELD = np.zeros(3, np.float32)


def plain(data, out=None):
    return np.exp(data, out=out)


def with_array(data, output, held=HELD):
    np.add(data, held, out=output)


KERNELS = {
    "a ufunc": (lambda data, output: partial(np.exp, data, out=output), True),
    "a function": (lambda data, output: partial(plain, data, out=output), True),
    "a number": (lambda data, output: partial(np.multiply, data, np.array(2.0, np.float32), out=output), True),
    "two steps": (lambda data, output: (partial(np.exp, data, out=output), partial(np.negative, output, out=output)), True),
    "nothing to do": (lambda data, output: None, True),
    "a closure": (lambda data, output: lambda: np.exp(data, out=output), False),
    "a closure in a call": (lambda data, output: partial(lambda x: np.exp(data, out=x), output), False),
    "a default": (lambda data, output: partial(with_array, data, output), False),
    "a method": (lambda data, output: partial(output.fill, 3), False),
    "a view": (lambda data, output: partial(np.copyto, output.reshape(-1), data), False),
    "an element": (lambda data, output: partial(np.add, data, data[0, ...], out=output), False),
    "an array": (lambda data, output: partial(np.add, data, HELD, out=output), False),
    "another keyword": (lambda data, output: partial(np.add, data, 1, out=output, where=True), False),
    "another target": (lambda data, output: partial(np.exp, data, out=HELD), False),
}


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("asks", ["", "scratch", "rng"])
def test_only_whole_arrays_and_numbers_are_replaced(name, asks):
    function, is_fixed = KERNELS[name]
    kernel = Kernel(
        (lambda data, output, asked: function(data, output)) if asks else function, ("data", "output", asks)[: 2 + bool(asks)], (), True
    )
    op = registry.find("exp")
    node = Node(op, op.parameters({}), "exp")
    steps = at_once._fixed_steps(kernel, node, [np.ones(3, np.float32)], [np.empty(3, np.float32)], False, [])
    assert (steps is not None) is (is_fixed and not asks)


def test_numbers_of_a_body_belong_to_its_parameters(forgotten):
    w, g = numbers(3), numbers(3, seed=1)
    for lr in (0.1, 0.2, 0.1, 0.2, 0.1, 0.2):
        stepped = nd.sgd_update(w, g, lr=lr)
        np.testing.assert_allclose(stepped.asnumpy(), w.asnumpy() - np.float32(lr) * g.asnumpy(), rtol=1e-6)


def test_half_precision_is_widened_within_a_body_each_time(forgotten):
    w = nd.array([1.0], dtype="float16")
    for _ in range(4):
        stepped = nd.rmsprop_update(w, nd.array([300], dtype="float16"), nd.zeros((1,), dtype="float16"), lr=0.1)
        assert stepped.dtype == np.float16
        assert stepped.asnumpy()[0] == pytest.approx(0.5527, abs=1e-3)


def test_memory_of_routines_is_bounded(monkeypatch, forgotten):
    monkeypatch.setattr(at_once, "MOST_REMEMBERED", 10)
    for size in range(1, 40):
        assert nd.exp(nd.zeros((size,))).shape == (size,)
    assert len(at_once._remembered) <= 10


def test_warnings_of_numpy_are_silent_and_settings_stay():
    before = np.geterr()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = nd.array([0, -1, 1e30])
        for result in (nd.log(x), x / 0, x * 1e30, nd.softmax(x), nd.array([1e30]).astype("float16"), nd.rmsprop_update(x, x, x, lr=0.1)):
            assert result.size
    assert np.geterr() == before


def test_threads_share_what_is_remembered(forgotten):
    wrong = []

    def work(seed):
        for turn in range(60):
            x, y = numbers(3, 4, seed=seed), numbers(3, 4, seed=turn)
            n = nd.zeros((3, 4))
            for found, wanted in (
                (x * y + 1, x.asnumpy() * y.asnumpy() + 1),
                (nd.rmsprop_update(x, y, n, lr=0.5, gamma1=0.0, epsilon=0.0), x.asnumpy() - 0.5),
                (n, y.asnumpy() ** 2),
            ):
                if not np.allclose(found.asnumpy(), wanted, rtol=1e-5):
                    wrong.append((seed, turn))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# -- names ------------------------------------------------------------------------------------------------------------


def test_every_operator_is_found_where_the_reference_has_it():
    for path in (
        "exp",
        "FullyConnected",
        "op.exp",
        "_internal._plus_scalar",
        "contrib.boolean_mask",
        "sparse.dot",
        "random.normal",
        "broadcast_plus",
    ):
        found = nd
        for name in path.split("."):
            found = getattr(found, name)
        assert callable(found), path
    assert {"exp", "array", "NDArray", "random", "contrib"} <= set(dir(nd))
    assert "exp" in dir(nd.op)
    for name in ("no_such_op", "_plus_scalar"):
        with pytest.raises(AttributeError, match=name):
            getattr(nd, name)


def test_a_function_shows_the_operator():
    assert nd.rmsprop_update.__name__ == "rmsprop_update"
    assert "gamma1" in nd.rmsprop_update.__doc__
    assert "rmsprop_update" in repr(nd.rmsprop_update)
