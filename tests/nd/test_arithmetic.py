"""Operands that are no NDArrays, types, and hidden Symbols; what the reference has too is in behaviour/arithmetic.txt."""

from __future__ import annotations

import operator

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, DTypeError, ShapeError

nd = mx.nd

OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.mod,
    operator.pow,
    operator.gt,
    operator.ge,
    operator.lt,
    operator.le,
    operator.eq,
    operator.ne,
]
LEFT, RIGHT = np.array([[1, 2, 3.5]], np.float32), np.array([[2, 0.5, 3.5], [1, 2, 4]], np.float32)


@pytest.mark.parametrize("compute", OPERATORS)
def test_operands_of_every_kind_on_both_sides(compute):
    wanted = compute(LEFT, RIGHT).astype(np.float32)
    for left, right in (
        (nd.array(LEFT), nd.array(RIGHT)),
        (nd.array(LEFT), RIGHT),
        (LEFT, nd.array(RIGHT)),
        (nd.array(LEFT), np.asfortranarray(RIGHT).astype(np.float64)),
        (LEFT.astype(">f8"), nd.array(RIGHT)),
    ):
        found = compute(left, right)
        assert isinstance(found, nd.NDArray)
        np.testing.assert_allclose(found.asnumpy(), wanted, rtol=1e-6)
    for number in (2, 2.0, np.float32(2), np.int8(2), np.array(2.0), True + 1):
        np.testing.assert_allclose(compute(nd.array(RIGHT), number).asnumpy(), compute(RIGHT, np.float32(2)).astype(np.float32), rtol=1e-6)
        np.testing.assert_allclose(compute(number, nd.array(RIGHT)).asnumpy(), compute(np.float32(2), RIGHT).astype(np.float32), rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint8", "int32", "int64"])
def test_a_number_takes_the_arrays_type(dtype):
    x = nd.array([5], dtype=dtype)
    for found in (x + 2, 2 - x, x * 2.0, x > 3, x == 5):
        assert found.dtype == np.dtype(dtype)
    x += 1
    x /= 2
    assert (x.dtype, x.asnumpy()[0]) == (np.dtype(dtype), 3)


@pytest.mark.parametrize(("number", "wanted"), [(2**70, 0), (-1, -1), (2**31 + 5, -(2**31) + 5), (2.9, 2), (-2.9, -2), (np.int8(-3), -3)])
def test_a_number_beside_integers_wraps_around_and_loses_its_fraction(number, wanted):
    assert (nd.array([0], dtype="int32") + number).asnumpy().tolist() == [wanted]
    x = nd.zeros((1,), dtype="int32")
    x[:] = number
    assert x.asnumpy().tolist() == [wanted]


def test_a_large_number_beside_fractions_stays_itself():
    for number in (2**70, 1e300, -1e300, float("nan")):
        x = nd.zeros((1,))
        x[:] = number
        with np.errstate(over="ignore"):
            np.testing.assert_array_equal(x.asnumpy(), np.array([number], np.float64).astype(np.float32))
        np.testing.assert_array_equal((nd.zeros((1,)) + number).asnumpy(), x.asnumpy())


def test_booleans_beside_a_number_are_integers():
    x = nd.array([1, 0], dtype="bool")
    for found, wanted in ((x + 1, [2, 1]), (1 - x, [0, 1]), (x == 1, [1, 0]), (-x, [-1, 0])):
        assert found.dtype == np.int64
        assert found.asnumpy().tolist() == wanted


def test_types_do_not_mix():
    x = nd.ones((2,))
    with pytest.raises(DTypeError, match=r"(?s)int32.*float32"):
        x + nd.ones((2,), dtype="int32")
    with pytest.raises(DTypeError, match=r"(?s)float64.*int32"):
        nd.ones((2,), dtype="int32") + np.ones(2)


def test_shapes_must_stretch_to_each_other():
    with pytest.raises(ShapeError, match=r"broadcast_plus.*\(2, 3\) and \(3, 2\)"):
        nd.ones((2, 3)) + nd.ones((3, 2))
    x = nd.zeros((3,))
    with pytest.raises(ShapeError, match="in place"):
        x += nd.ones((2, 3))


@pytest.mark.parametrize("value", ["x", None, 1j, [1, 2], {}, object(), np.array("x")])
def test_other_operands_are_refused_by_name(value):
    x = nd.ones((2,))
    for compute in OPERATORS:
        with pytest.raises(ArgumentError, match="str" if isinstance(value, np.ndarray) else type(value).__name__) as caught:
            compute(x, value)
        assert isinstance(caught.value, TypeError)
    with pytest.raises(ArgumentError, match="operand"):
        nd.add(value, x)
    with pytest.raises(ArgumentError, match="operand"):
        nd.add(value, 1)


def test_a_symbol_composes_with_an_array():
    symbol = mx.sym.var("s")
    for composed, wanted in ((nd.array([1, 2]) + symbol, [4, 5]), (symbol - nd.array([1, 2]), [2, 1]), (nd.array([1, 2]) > symbol, [0, 0])):
        assert isinstance(composed, mx.sym.Symbol)
        (found,) = composed.eval(s=nd.array([3, 3]))
        assert found.asnumpy().tolist() == wanted


def test_in_place_writes_through_views():
    x = nd.zeros((2, 3))
    row = x[1]
    for step in ("row += 2", "row *= 3", "row -= np.ones(3)", "row /= nd.array([1, 5, 5])", "row %= 4"):
        names = {"row": row, "np": np, "nd": nd}
        exec(step, names)
        assert names["row"] is row
    assert x.asnumpy().tolist() == [[0, 0, 0], [1, 1, 1]]


def test_arrays_are_hashable_and_found_by_identity():
    x, y = nd.ones((2,)), nd.ones((2,))
    assert {x: 1, y: 2}[x] == 1
    assert len({x, y}) == 2


def test_functions_of_numbers_are_numbers():
    assert (nd.add(1, 2), nd.power(2, 3), nd.equal(1, 1), nd.logical_xor(1, 1)) == (3, 8, 1, 0)
    assert nd.maximum(2, nd.array([1, 3])).asnumpy().tolist() == [2, 3]
    assert nd.power(base=2, exp=nd.array([1, 3])).asnumpy().tolist() == [2, 8]
    assert nd.hypot(nd.array([3]), 4).asnumpy().tolist() == [5]
