"""Python's operators with symbols, numbers and arrays on both sides, computed and compared with NumPy."""

import operator

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import MXNetError

A = np.array([[1.5, -2.0, 3.0], [0.5, 4.0, -1.0]], np.float32)
B = np.array([[2.0, 2.0, -0.5], [1.0, -3.0, 1.5]], np.float32)
x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.mod, operator.floordiv]
COMPARE = [operator.eq, operator.ne, operator.gt, operator.ge, operator.lt, operator.le]


def value(symbol, **arrays):
    """Compute a symbol on float32 arrays."""
    [output] = symbol.eval(ctx=mx.cpu(), **{name: mx.nd.array(array) for name, array in arrays.items()})
    return output.asnumpy()


def close(found, expected):
    np.testing.assert_allclose(found, np.asarray(expected, np.float32), rtol=1e-6)


@pytest.mark.parametrize("function", BINARY + COMPARE)
def test_two_symbols(function):
    close(value(function(x, y), x=A, y=B), function(A, B))


@pytest.mark.parametrize("number", [2, -1.5, np.float32(0.5), np.float64(2.5), np.int64(3), np.array(1.5), np.array(2)], ids=repr)
@pytest.mark.parametrize("function", BINARY + COMPARE)
def test_symbol_and_number(function, number):
    close(value(function(x, number), x=A), function(A, np.float32(number)))
    close(value(function(number, x), x=A), function(np.float32(number), A))


@pytest.mark.parametrize("function", BINARY + COMPARE)
@pytest.mark.parametrize(
    "array", [B.astype(np.float64), B[0], np.arange(1, 4), mx.nd.array(B), mx.nd.array(B[:1])], ids=["2-d", "1-d", "int", "nd", "nd 1"]
)
def test_symbol_and_array(function, array):
    plain = array.asnumpy() if hasattr(array, "asnumpy") else array
    close(value(function(x, array), x=A), function(A, plain.astype(np.float32)))
    close(value(function(array, x), x=A), function(plain.astype(np.float32), A))


def test_power_and_its_kin():
    close(value(abs(x) ** y, x=A, y=B), np.abs(A) ** B)
    close(value(x**2, x=A), A**2)
    close(value(2.0**x, x=A), 2.0**A)
    close(value(np.float64(2) ** x, x=A), 2.0**A)
    close(value(-x, x=A), -A)
    close(value(+x, x=A), A)
    close(value(abs(x), x=A), np.abs(A))
    close(value(x @ y, x=A, y=B.T), A @ B.T)


@pytest.mark.parametrize(
    ("function", "expected"),
    [(mx.sym.maximum, np.maximum), (mx.sym.minimum, np.minimum), (mx.sym.hypot, np.hypot)],
)
def test_two_sided_functions(function, expected):
    close(value(function(x, y), x=A, y=B), expected(A, B))
    close(value(function(x, 1.25), x=A), expected(A, np.float32(1.25)))
    close(value(function(1.25, x), x=A), expected(A, np.float32(1.25)))
    close(value(function(B, x), x=A), expected(A, B))
    assert function(3, 4) == expected(3, 4)


def test_power_function():
    close(value(mx.sym.power(abs(x), y), x=A, y=B), np.abs(A) ** B)
    close(value(mx.sym.pow(2, x), x=A), 2.0**A)
    assert mx.sym.power(2, 10) == 1024


def test_a_numpy_array_is_float32_in_a_graph_and_an_ndarray_keeps_its_type():
    assert (x + np.ones(3)).infer_type()[1] == [np.float32]
    assert (x + np.ones(3, np.float16)).infer_type()[1] == [np.float32]
    assert (x + mx.nd.ones((3,), dtype="float64")).infer_type()[1] == [np.float64]
    assert (x + mx.nd.ones((3,), dtype="int32")).infer_type()[1] == [np.int32]


def test_integers_that_float32_cannot_hold_are_refused():
    with pytest.raises(ValueError, match="do not fit float32"):
        x + np.array([2**24 + 1])


def test_constants_are_copied_and_saved():
    array = np.array([1.0, 2.0], np.float32)
    s = x + array
    array[:] = 0
    close(value(s, x=np.zeros(2)), [1, 2])
    close(value(mx.sym.load_json(s.tojson()), x=np.zeros(2)), [1, 2])
    assert s.list_arguments() == ["x"]


def test_empty_array_is_a_constant_too():
    with mx.np_shape():
        assert (x + np.ones((0, 3))).infer_shape(x=(1, 3))[1] == [(0, 3)]


@pytest.mark.parametrize("other", ["a", None, [1], {}, object(), np.bool_(True)], ids=lambda other: type(other).__name__)
@pytest.mark.parametrize("function", BINARY + COMPARE)
def test_what_is_no_operand(function, other):
    with pytest.raises(TypeError, match=f"type {type(other).__name__} not supported") as caught:
        function(x, other)
    assert isinstance(caught.value, MXNetError)
    if not (isinstance(other, str) and function is operator.mod):  # Python formats a string itself
        with pytest.raises((TypeError, MXNetError)):
            function(other, x)


def test_in_place_forms_give_new_symbols():
    s = x
    s += 1
    s *= y
    assert x.list_arguments() == ["x"] and s.list_arguments() == ["x", "y"]


def test_a_symbol_has_no_truth_and_no_hash():
    for ask in (bool, lambda s: s == s and 1, lambda s: max(s, y), lambda s: not s):
        with pytest.raises(mx.base.NotImplementedForSymbol, match="truth"):
            ask(x)
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)
    assert x in [x, y]  # identity is asked first
