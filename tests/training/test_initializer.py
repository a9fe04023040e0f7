"""Draws of initializers by their distributions, and messages."""

from __future__ import annotations

import logging

import numpy as np
import pytest

import symbolic as mx


def drawn(init, shape=(200, 300), dtype="float32"):
    mx.random.seed(11)
    array = mx.nd.zeros(shape, dtype=dtype)
    init(mx.init.InitDesc("x_weight"), array)
    return array.asnumpy().astype(np.float64)


def is_uniform(values, bound):
    assert np.abs(values).max() <= bound
    np.testing.assert_allclose(np.abs(values).max(), bound, rtol=1e-2)
    np.testing.assert_allclose(values.std(), bound / 3**0.5, rtol=2e-2)
    assert abs(values.mean()) < bound / 50


def is_normal(values, sigma):
    np.testing.assert_allclose(values.std(), sigma, rtol=2e-2)
    assert abs(values.mean()) < sigma / 50
    share = (np.abs(values) < sigma).mean()
    assert abs(share - 0.6827) < 0.01


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("scale", [0.07, 1.5])
def test_uniform(scale, dtype):
    is_uniform(drawn(mx.init.Uniform(scale), dtype=dtype), scale * 1.001)  # float16 rounds up


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("sigma", [0.01, 2])
def test_normal(sigma, dtype):
    is_normal(drawn(mx.init.Normal(sigma), dtype=dtype), sigma)


@pytest.mark.parametrize(("factor", "number"), [("avg", 250), ("in", 300), ("out", 200)])
@pytest.mark.parametrize("magnitude", [3, 0.5])
def test_xavier(factor, number, magnitude):
    is_uniform(drawn(mx.init.Xavier("uniform", factor, magnitude)), (magnitude / number) ** 0.5)
    is_normal(drawn(mx.init.Xavier("gaussian", factor, magnitude)), (magnitude / number) ** 0.5)


def test_xavier_counts_windows():
    is_uniform(drawn(mx.init.Xavier(), (40, 20, 5, 5)), (3 / (30 * 25)) ** 0.5)


@pytest.mark.parametrize("slope", [0, 0.25, 1])
def test_msra(slope):
    is_normal(drawn(mx.init.MSRAPrelu("in", slope)), (2 / (1 + slope**2) / 300) ** 0.5)


@pytest.mark.parametrize("shape", [(5, 9), (9, 5), (6, 6), (4, 3, 2, 2), (20, 2, 3)])
@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_orthogonal(shape, kind):
    values = drawn(mx.init.Orthogonal(1.3, kind), shape).reshape(shape[0], -1)
    small = values if values.shape[0] <= values.shape[1] else values.T
    np.testing.assert_allclose(small @ small.T, 1.3**2 * np.eye(len(small)), atol=1e-5)


def test_quantized_weights_are_bytes():
    array = mx.nd.zeros((50, 50), dtype="int8")
    mx.init.Zero()(mx.init.InitDesc("x_weight_quantize"), array)
    values = array.asnumpy().astype(int)
    assert values.min() < -110 and values.max() > 110 and len(np.unique(values)) > 200


def test_seed_decides():
    first, second = drawn(mx.init.Xavier()), drawn(mx.init.Xavier())
    assert (first == second).all()


def test_log(caplog):
    with caplog.at_level(logging.INFO):
        mx.init.One().set_verbosity(True)(mx.init.InitDesc("x_weight"), mx.nd.zeros((2, 2)))
        mx.init.Load({"a": mx.nd.ones((1,))}, mx.init.One(), verbose=True)("a", mx.nd.ones((1,)))
    assert "x_weight" in caplog.text and "1.0" in caplog.text and "a by loading" in caplog.text


def test_messages():
    with pytest.raises(mx.MXNetError, match="did you mean 'xavier'"):
        mx.init.create("xavir")
    with pytest.raises(mx.MXNetError, match=r"mx\.init\.Mixed"):
        mx.init.Zero()(mx.init.InitDesc("strange"), mx.nd.ones((1,)))
    with pytest.raises(mx.MXNetError, match="no number of inputs"):
        mx.init.Xavier()(mx.init.InitDesc("weight"), mx.nd.ones((1,)))


def test_a_name_taken_twice_warns():
    class Zero(mx.init.Initializer):
        pass

    before = mx.init.create("zero").__class__
    try:
        with pytest.warns(UserWarning, match="takes the place"):
            mx.init.register(Zero)
        assert type(mx.init.create("zero")) is Zero
    finally:
        with pytest.warns(UserWarning, match="takes the place"):
            mx.init.register(before)


def test_legacy_names_warn():
    with pytest.warns(DeprecationWarning, match="InitDesc"):
        mx.init.One()("bn_moving_var", mx.nd.zeros((2,)))


def test_orthogonal_rows_do_not_depend_on_threads():
    found = []
    try:
        for count in (1, 2, 3):
            mx.set_num_threads(count)
            mx.random.seed(3)
            found.append(drawn(mx.init.Orthogonal(), (333, 400)))
    finally:
        mx.set_num_threads(None)
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])
