"""``eval``: bind, run once in inference, return the outputs."""

import numpy as np
import pytest

import symbolic as mx

S = mx.sym


def test_outputs_are_a_list_of_arrays():
    a, b = S.Variable("a"), S.Variable("b")
    total, product = S.Group([a + b, a * b]).eval(ctx=mx.cpu(), a=mx.nd.array([1.0, 2.0]), b=mx.nd.array([3.0, 4.0]))
    np.testing.assert_array_equal(total.asnumpy(), [4, 6])
    np.testing.assert_array_equal(product.asnumpy(), [3, 8])
    [found] = (a + 1).eval(a=mx.nd.array([1.0]))
    np.testing.assert_array_equal(found.asnumpy(), [2])


def test_states_are_given_by_name_and_stay():
    bn = S.BatchNorm(S.Variable("x"), fix_gamma=False, eps=0.0, name="bn")
    mean, var = mx.nd.array([1.0, 2.0]), mx.nd.array([4.0, 9.0])
    arrays = {"x": mx.nd.array([[3.0, 5.0]]), "bn_gamma": mx.nd.ones((2,)), "bn_beta": mx.nd.zeros((2,))}
    [found] = bn.eval(mx.cpu(), bn_moving_mean=mean, bn_moving_var=var, **arrays)
    np.testing.assert_allclose(found.asnumpy(), [[1, 1]], rtol=1e-6)
    np.testing.assert_array_equal(mean.asnumpy(), [1, 2])


def test_inference_not_training():
    [found] = S.Dropout(S.Variable("x"), p=0.5).eval(x=mx.nd.ones((100,)))
    np.testing.assert_array_equal(found.asnumpy(), np.ones(100))


def test_missing_and_unfitting_arrays():
    with pytest.raises(mx.MXNetError, match=r"'?b'?"):
        (S.Variable("a") + S.Variable("b")).eval(a=mx.nd.ones((2,)))
    with pytest.raises(mx.MXNetError, match=r"\(3,\)"):
        (S.Variable("a") + S.Variable("b")).eval(a=mx.nd.ones((2,)), b=mx.nd.ones((3,)))
