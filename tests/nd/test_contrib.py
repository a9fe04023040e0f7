"""Functions of ``mx.nd.contrib`` over its operators, and calls whose results go where the user says; values are MXNet's."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import DTypeError

nd = mx.nd


def pair(first=1.0, second=1.0, dtype="float32"):
    return nd.array([first, second], dtype=dtype)


@pytest.mark.parametrize(("name", "wanted"), [("isinf", [0, 1, 1, 0]), ("isnan", [0, 0, 0, 1]), ("isfinite", [1, 0, 0, 0])])
def test_questions_about_elements(name, wanted):
    for dtype in ("float32", "float16", "float64"):
        found = getattr(nd.contrib, name)(nd.array([1, np.inf, -np.inf, np.nan], dtype=dtype))
        assert found.dtype == np.dtype(dtype) and found.asnumpy().tolist() == wanted
    found = getattr(nd.contrib, name)(nd.array([1, 2], dtype="int32"))
    assert found.dtype == np.int32 and found.asnumpy().tolist() == ([1, 1] if name == "isfinite" else [0, 0])


EXPECTED = {0: 1.15625931, 3: 0.37223236, 9: 0.15898973}  # of 4 draws from 10 classes


def test_candidates_and_their_expected_counts():
    drawn, true, other = nd.contrib.rand_zipfian(nd.array([3, 0]), 4, 10)
    assert (drawn.dtype, true.dtype, other.dtype) == (np.int64, np.float64, np.float64)
    assert drawn.shape == other.shape == (4,) and drawn.asnumpy().min() >= 0 and drawn.asnumpy().max() < 10
    np.testing.assert_allclose(true.asnumpy(), [EXPECTED[3], EXPECTED[0]], rtol=1e-7)
    mx.random.seed(3)
    many = nd.contrib.rand_zipfian(nd.array([0]), 20000, 10)[0].asnumpy()
    np.testing.assert_allclose(np.mean(many == 0), EXPECTED[0] / 4, atol=0.02)


def test_candidates_as_a_graph():
    with mx.name.NameManager():
        outputs = mx.sym.contrib.rand_zipfian(mx.sym.Variable("t"), 4, 10)
    assert [output.list_outputs() for output in outputs] == [["_modscalar0_output"], ["_mulscalar0_output"], ["_mulscalar1_output"]]
    assert [output.list_arguments() for output in outputs] == [[], ["t"], []]
    drawn, true, other = mx.sym.Group(outputs).bind(mx.cpu(), {"t": nd.array([3, 9])}).forward()
    np.testing.assert_allclose(true.asnumpy(), [EXPECTED[3], EXPECTED[9]], rtol=1e-7)
    assert drawn.dtype == np.int64 and other.dtype == np.float64


@pytest.mark.parametrize("scale", [0.5, nd.array([0.5])])
def test_adamw_takes_a_number_to_rescale_by(scale):
    weight, mean, var = pair(), pair(), pair()
    nd.contrib.adamw_update(weight, pair(), mean, var, scale, 0.1, 1.0, out=weight)
    for found, wanted in ((weight, 0.9049643), (mean, 0.95), (var, 0.99925)):
        np.testing.assert_allclose(found.asnumpy(), wanted, rtol=1e-6)
    half = nd.contrib.mp_adamw_update(pair(dtype="float16"), pair(dtype="float16"), pair(), pair(), pair(), scale, 0.1, 1.0)
    assert half.asnumpy().tolist() == [np.float16(0.90478515625)] * 2


@pytest.mark.parametrize("scale", [np.inf, np.nan, 0])
def test_adamw_leaves_a_step_out(scale):
    weight = pair()
    nd.contrib.adamw_update(weight, pair(), pair(), pair(), scale, 0.1, 1.0, out=weight)
    assert weight.asnumpy().tolist() == [1, 1]


def test_adamw_as_a_graph():
    slots = [mx.sym.Variable(name) for name in "wgmv"]
    step = mx.sym.contrib.adamw_update(*slots, 0.5, 0.1, 1.0, name="step")
    found = step.bind(mx.cpu(), {"w": pair(), "g": pair()}, aux_states={"m": pair(), "v": pair()}).forward()[0]
    np.testing.assert_allclose(found.asnumpy(), 0.9049643, rtol=1e-6)


def test_updates_of_many_weights_take_lists():
    def lists(count, dtype="float32"):
        return [[pair(dtype=dtype) for _ in range(2)] for _ in range(count)]

    weights, grads, mean, var = lists(4)
    weights[1] = pair(2.0, 2.0)
    found = nd.contrib.multi_adamw_update(weights, grads, mean, var, 0.5, [0.1, 0.2], [0, 0.1], [1, 1], out=weights)
    np.testing.assert_allclose([array.asnumpy()[0] for array in found], [0.9049643, 1.6099287], rtol=1e-6)
    weights, grads, mean, var = lists(4)
    weights[1] = pair(2.0, 2.0)
    nd.contrib.multi_lamb_update(weights, grads, mean, var, [1, 1], [0.1, 0.2], [0, 0.1], out=weights, num_tensors=2)
    np.testing.assert_allclose([array.asnumpy()[0] for array in weights], [0.9, 1.6], rtol=1e-6)
    (weights, grads), (mean, var, wide) = lists(2, "float16"), lists(3)
    found = nd.contrib.multi_mp_lamb_update(weights, grads, mean, var, wide, [1, 1], [0.1, 0.1], [0, 0], out=weights)
    assert found[0].asnumpy().tolist() == [np.float16(0.9)] * 2
    (weights, grads), (mean, var, wide) = lists(2, "float16"), lists(3)
    found = nd.contrib.multi_mp_adamw_update(weights, grads, mean, var, wide, 0.5, [0.1, 0.1], [0, 0], [1, 1], out=weights, size=2)
    assert found[1].asnumpy().tolist() == [np.float16(0.905)] * 2


@pytest.mark.parametrize(("before", "data", "after"), [(0, [1, 2], 0), (1, [1, 2], 1), (1, [1, np.nan], 0)])
def test_what_was_not_finite_before_stays_so(before, data, after):
    for call in (nd.all_finite, nd.multi_all_finite):
        held = nd.array([before])
        assert call(nd.array(data), init_output=False, out=held) is held
        assert held.asnumpy().tolist() == [after]
        call(nd.array(data), out=held)
        assert held.asnumpy().tolist() == [float(np.isfinite(data).all())]


def test_a_number_fills_any_array():
    for dtype, wanted in (("float32", 2.5), ("int32", 2)):
        held = nd.zeros((2, 3), dtype=dtype)
        nd._internal._set_value(2.5, out=held)
        assert held.dtype == np.dtype(dtype) and (held.asnumpy() == wanted).all()


def test_arrays_move_up_where_an_input_is_left_out():
    data, weight = nd.array([[1, 2]], dtype="int8"), nd.array([[3, 4]], dtype="int8")
    ends = [nd.array([-1.0]), nd.array([1.0]), nd.array([-2.0]), nd.array([2.0])]
    named = dict(zip(("min_data", "max_data", "min_weight", "max_weight"), ends, strict=True))
    words = {"num_hidden": 1, "no_bias": True}
    moved = nd.contrib.quantized_fully_connected(data, weight, *ends, **words)
    for found, wanted in zip(moved, nd.contrib.quantized_fully_connected(data, weight, **named, **words), strict=True):
        np.testing.assert_array_equal(found.asnumpy(), wanted.asnumpy())
    with pytest.raises(mx.MXNetError, match="no input 'bias'"):
        nd.contrib.quantized_fully_connected(data, weight, *ends, ends[0], **words)


@pytest.mark.parametrize("name", ["broadcast_add", "elemwise_mul", "broadcast_equal", "broadcast_logical_and", "broadcast_maximum"])
def test_two_arrays_of_bool_have_no_arithmetic(name):
    one = nd.array([1, 0], dtype="bool")
    with pytest.raises(DTypeError, match="bool"):
        getattr(nd, name)(one, one)
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    with pytest.raises(DTypeError, match="bool"):
        getattr(mx.sym, name)(x, y).bind(mx.cpu(), {"x": one, "y": one})
