"""Optimizers where MXNet's have nothing to compare with: AdamW, states in float64, mistakes of MXNet's, the log, speed of thought."""

from __future__ import annotations

import logging
import threading

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, InputError, NotSupported

SHAPE = (3, 4)


def walk(optimizer, formula, dtype="float64", count=20, seed=0):
    """Step beside a formula of NumPy arrays: ``formula(weight, grad, step) -> weight``."""
    draw = np.random.RandomState(seed)
    wanted = draw.uniform(-1, 1, SHAPE)
    weight = mx.nd.array(wanted, dtype=dtype)
    state = optimizer.create_state(0, weight)
    for step in range(1, count + 1):
        grad = draw.uniform(-1, 1, SHAPE)
        wanted = formula(wanted, grad, step)
        optimizer.update(0, weight, mx.nd.array(grad, dtype=dtype), state)
        np.testing.assert_allclose(weight.asnumpy(), wanted, 1e-6, 1e-7)


@pytest.mark.parametrize("correct_bias", [True, False])
def test_adamw(correct_bias):
    """Loshchilov and Hutter (2019), algorithm 2."""
    m = v = np.zeros(SHAPE)

    def formula(weight, grad, t):
        nonlocal m, v
        g = np.clip(0.5 * grad, -0.3, 0.3)
        m, v = 0.8 * m + 0.2 * g, 0.9 * v + 0.1 * g * g
        correction = np.sqrt(1 - 0.9**t) / (1 - 0.8**t) if correct_bias else 1
        return weight - 0.1 * (correction * m / (np.sqrt(v) + 1e-3) + 0.05 * weight)

    words = {"learning_rate": 0.1, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3, "wd": 0.05, "rescale_grad": 0.5, "clip_gradient": 0.3}
    walk(mx.optimizer.create("adamw", correct_bias=correct_bias, **words), formula)


def test_adamw_leaves_out_steps_that_overflowed():
    optimizer = mx.optimizer.AdamW(wd=0.1)
    weight = mx.nd.ones((2,))
    state = optimizer.create_state(0, weight)
    for scale in (np.inf, np.nan, 0.0):
        optimizer.rescale_grad = scale
        optimizer.update(0, weight, mx.nd.ones((2,)), state)
    np.testing.assert_array_equal(weight.asnumpy(), [1, 1])
    np.testing.assert_array_equal(state[0].asnumpy(), [0, 0])


def test_dcasgd_with_momentum():
    """MXNet asks for the truth value of the momentum, which an array has not."""
    mom, previous = np.zeros(SHAPE), None

    def formula(weight, grad, t):
        nonlocal mom, previous
        before = weight if previous is None else previous
        mom = 0.9 * mom - 0.1 * (grad + 0.05 * weight + 0.5 * grad * grad * (weight - before))
        previous = weight
        return weight + mom

    walk(mx.optimizer.DCASGD(momentum=0.9, lamda=0.5, learning_rate=0.1, wd=0.05), formula)


def test_states_have_the_type_of_the_weight():
    """MXNet makes float32 states for any weight, and then refuses them."""

    def adagrad(weight, grad, t):
        adagrad.history = getattr(adagrad, "history", 0) + grad * grad
        return weight - 0.1 * (grad / np.sqrt(adagrad.history + 1e-7) + 0.05 * weight)

    walk(mx.optimizer.AdaGrad(learning_rate=0.1, wd=0.05), adagrad)
    for name in ("adagrad", "rmsprop", "adadelta", "ftrl", "groupadagrad"):
        for dtype in ("float16", "float64"):
            weight = mx.nd.ones(SHAPE, dtype=dtype)
            optimizer = mx.optimizer.create(name)
            state = optimizer.create_state(0, weight)
            optimizer.update(0, weight, mx.nd.ones(SHAPE, dtype=dtype), state)
            assert weight.dtype == np.dtype(dtype).type
            assert np.isfinite(weight.asnumpy()).all() and (weight.asnumpy() < 1).all()


@pytest.mark.parametrize("name", sorted(mx.optimizer.Optimizer.opt_registry))
def test_gradients_stay(name):
    """MXNet's AdaDelta rescales the gradient in its array."""
    optimizer = mx.optimizer.create(name, rescale_grad=0.5, clip_gradient=0.1)
    weight, grad = mx.nd.ones(SHAPE), mx.nd.ones(SHAPE)
    optimizer.update(0, weight, grad, optimizer.create_state(0, weight))
    np.testing.assert_array_equal(grad.asnumpy(), np.ones(SHAPE))


def test_summed_gradients_are_copies():
    """An executor writes each gradient to the same array."""
    optimizer = mx.optimizer.LBSGD(batch_scale=2, learning_rate=1.0, warmup_epochs=0)
    weight, grad = mx.nd.zeros((2,)), mx.nd.ones((2,))
    optimizer.update(0, weight, grad, None)
    grad[:] = 3
    optimizer.update(0, weight, grad, None)
    np.testing.assert_array_equal(weight.asnumpy(), [-4, -4])  # the mean 2, times the rate 2 of two batches


@pytest.mark.parametrize("name", sorted(mx.optimizer.Optimizer.opt_registry))
def test_arrays_are_rewritten_not_replaced(name):
    optimizer = mx.optimizer.create(name, multi_precision=True, **{"sgd": {"momentum": 0.9}, "lars": {"eta": 1.0}}.get(name, {}))
    weight = mx.nd.ones((3, 2), dtype="float16")
    memory = weight.as_numpy_view()
    state = optimizer.create_state_multi_precision(0, weight)
    kept = mx.optimizer.Updater(optimizer)
    kept.states, kept.states_synced = {0: state}, {0: True}
    for _ in range(2):
        kept(0, mx.nd.ones((3, 2), dtype="float16"), weight)
    assert weight.as_numpy_view() is memory and (memory != 1).any()
    assert kept.states[0] is state


def test_the_scale_of_gradients_is_told_once(caplog):
    optimizer = mx.optimizer.SGD(rescale_grad=1 / 8)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            optimizer.update(0, mx.nd.ones((1,)), mx.nd.ones((1,)), None)
    assert [record.getMessage() for record in caplog.records] == ["SGD multiplies gradients by rescale_grad=0.125"]


def test_a_rate_beside_a_schedule_is_told(caplog):
    mx.optimizer.SGD(learning_rate=0.5, lr_scheduler=mx.lr_scheduler.FactorScheduler(3))
    assert "base_lr=0.01" in caplog.text
    caplog.clear()
    mx.optimizer.SGD(learning_rate=0.01, lr_scheduler=mx.lr_scheduler.FactorScheduler(3))
    mx.optimizer.SGD(lr_scheduler=mx.lr_scheduler.FactorScheduler(3))
    assert not caplog.text


def test_float16_is_warned_of():
    with pytest.warns(UserWarning, match="multi_precision"):
        mx.optimizer.Adam().create_state_multi_precision(0, mx.nd.ones((1,), dtype="float16"))


def test_registering_twice_warns():
    class Twice(mx.optimizer.Optimizer):
        pass

    try:
        mx.optimizer.register(Twice)
        with pytest.warns(UserWarning, match="twice"):
            mx.optimizer.register(Twice)
        assert type(mx.optimizer.create("TWICE")) is Twice
    finally:
        del mx.optimizer.Optimizer.opt_registry["twice"]


def test_a_close_name_is_suggested():
    with pytest.raises(ValueError, match="'adam'"):
        mx.optimizer.create("adma")
    with pytest.raises(ArgumentError, match="name"):
        mx.optimizer.create(mx.optimizer.SGD)


def test_a_class_that_says_nothing():
    class Empty(mx.optimizer.Optimizer):
        pass

    with pytest.raises(NotSupported, match="formula"):
        Empty().update(0, mx.nd.ones((1,)), mx.nd.ones((1,)), None)
    with pytest.raises(InputError, match="float"):
        Empty().update(0, 1.0, mx.nd.ones((1,)), None)


def test_ones_own_formula():
    """Stated once, it serves arrays, mixed precision and graphs."""

    class Halving(mx.optimizer.Optimizer):
        def create_state(self, index, weight):
            return mx.nd.ones(weight.shape, dtype=weight.dtype)

        def formula(self, F, weight, grad, state, lr, wd):
            state = state * 0.5
            return weight - lr * state * F.sign(grad) - wd * weight, state

    optimizer = Halving(learning_rate=0.5, multi_precision=True)
    updater = mx.optimizer.get_updater(optimizer)
    weight = mx.nd.ones((2,), dtype="float16")
    for _ in range(2):
        updater("w", mx.nd.array([3, -3], dtype="float16"), weight)
    np.testing.assert_array_equal(weight.asnumpy(), [0.625, 1.375])
    new, state = mx.optimizer.composed(optimizer, *map(mx.sym.Variable, "wgs"), {"lr": mx.sym.Variable("lr"), "wd": mx.sym.Variable("wd")})
    found = mx.sym.Group([new, state]).eval(
        w=mx.nd.ones((2,)), g=mx.nd.array([3, -3]), s=mx.nd.ones((2,)), lr=mx.nd.array([0.5]), wd=mx.nd.array([0])
    )
    np.testing.assert_array_equal(found[0].asnumpy(), [0.75, 1.25])


REPEATED = ["sgd", "nag", "dcasgd", "signum", "adam", "adamax", "nadam", "adamw", "ftml", "lamb", "adagrad", "rmsprop", "adadelta", "ftrl"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [7, 100_000])
@pytest.mark.parametrize("name", REPEATED)
def test_steps_that_are_repeated(name, size, dtype):
    """The rates change at each step, an option half-way; a class of the user's is worked out anew each time."""
    ours = type(mx.optimizer.create(name))
    words = {"momentum": 0.9} if hasattr(ours(), "momentum") else {}
    optimizers = [ours(wd=0.01, **words), type("Derived", (ours,), {})(wd=0.01, **words)]
    draw = np.random.RandomState(2)
    start = draw.uniform(-1, 1, size)
    weights = [mx.nd.array(start, dtype=dtype) for _ in optimizers]
    states = [optimizer.create_state(0, weight) for optimizer, weight in zip(optimizers, weights, strict=True)]
    for step in range(8):
        grad = mx.nd.array(draw.uniform(-1, 1, size), dtype=dtype)
        for optimizer, weight, state in zip(optimizers, weights, states, strict=True):
            optimizer.lr = 0.1 / (1 + step)
            optimizer.rescale_grad = 1.0 if step < 4 else 0.5
            optimizer.update(0, weight, grad, state)
        np.testing.assert_allclose(weights[0].asnumpy(), weights[1].asnumpy(), 2e-6, 2e-7)


def test_threads_do_not_share_rates():
    def train(rate, found):
        optimizer, weight = mx.optimizer.SGD(learning_rate=rate), mx.nd.zeros((3,))
        for _ in range(300):
            optimizer.update(0, weight, mx.nd.ones((3,)), None)
        found[rate] = weight.asnumpy()

    found: dict[float, np.ndarray] = {}
    threads = [threading.Thread(target=train, args=(float(rate), found)) for rate in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for rate, weight in found.items():
        np.testing.assert_array_equal(weight, [-300 * rate] * 3)


def test_a_state_may_be_the_weight_of_before():
    class Remembering(mx.optimizer.Optimizer):
        def create_state(self, index, weight):
            return weight.copy(), weight.copy()

        def formula(self, F, weight, grad, state, lr, wd):
            return state[1], (weight, state[0])  # three values in a circle

    optimizer = Remembering()
    weight, a, b = mx.nd.array([1]), mx.nd.array([2]), mx.nd.array([3])
    optimizer.update(0, weight, mx.nd.ones((1,)), (a, b))
    assert [weight.asscalar(), a.asscalar(), b.asscalar()] == [3, 1, 2]


def test_an_empty_list():
    mx.optimizer.get_updater(mx.optimizer.SGD())([], [], [])
    mx.optimizer.SGD().update_multi_precision([], [], [], [])


def test_counts_survive_a_file():
    updater = mx.optimizer.get_updater(mx.optimizer.Adam())
    weight = mx.nd.ones((2,))
    for _ in range(5):
        updater(0, mx.nd.ones((2,)), weight)
    again = mx.optimizer.get_updater(mx.optimizer.Adam())
    again.set_states(updater.get_states(dump_optimizer=True))
    other = weight.copy()
    updater(0, mx.nd.ones((2,)), weight)
    again(0, mx.nd.ones((2,)), other)
    np.testing.assert_array_equal(weight.asnumpy(), other.asnumpy())
    assert again.optimizer.num_update == 6
