"""``gradient(wrt)`` is a Symbol like any other: named, composed further, saved, differentiated again."""

import numpy as np
import pytest

import symbolic as mx

S = mx.sym
A = np.array([0.5, -1.0, 2.0], np.float32)
B = np.array([1.5, 0.25, -2.0], np.float32)
x, y = S.Variable("x"), S.Variable("y")


def values(symbol, **arrays):
    return [o.asnumpy() for o in symbol.eval(mx.cpu(), **{k: mx.nd.array(v) for k, v in arrays.items() if k in symbol.list_arguments()})]


def test_one_and_several():
    f = x * y + S.exp(x)
    [dx] = values(f.gradient("x"), x=A, y=B)
    np.testing.assert_allclose(dx, B + np.exp(A), rtol=1e-6)
    both = f.gradient(["y", "x"])
    assert len(both) == 2
    dy, dx = values(both, x=A, y=B)
    np.testing.assert_allclose(dy, A, rtol=1e-6)
    np.testing.assert_allclose(dx, B + np.exp(A), rtol=1e-6)


def test_it_is_composed_further_and_differentiated_again():
    g = (S.sin(x) * x).gradient("x")
    [found] = values(g * 2 + x, x=A)
    np.testing.assert_allclose(found, 2 * (np.cos(A) * A + np.sin(A)) + A, rtol=1e-5)
    [second] = values(g.gradient("x"), x=A)
    np.testing.assert_allclose(second, 2 * np.cos(A) - A * np.sin(A), rtol=1e-5)
    [third] = values(g.gradient("x").gradient("x"), x=A)
    np.testing.assert_allclose(third, -3 * np.sin(A) - A * np.cos(A), rtol=1e-5)


def test_a_gradient_inside_a_loss():
    """Penalise the slope: d/dx of (dy/dx) ** 2 is 2 y' y''."""
    slope = (x**3).gradient("x")
    [found] = values((slope * slope).gradient("x"), x=A)
    np.testing.assert_allclose(found, 36 * A**3, rtol=1e-5)


def test_a_gradient_is_saved_with_its_graph():
    g = (x * S.tanh(x)).gradient("x")
    again = S.load_json(g.tojson())
    np.testing.assert_array_equal(values(again, x=A)[0], values(g, x=A)[0])
    assert g.infer_shape(x=(4, 5))[1] == [(4, 5)]


def test_a_variable_that_does_not_matter_has_a_gradient_of_zero():
    np.testing.assert_array_equal(values((S.BlockGrad(x) * y + S.sign(x)).gradient("x"), x=A, y=B)[0], np.zeros(3))


def test_unknown_variable():
    with pytest.raises(mx.MXNetError, match="'z'"):
        (x * y).gradient("z")
