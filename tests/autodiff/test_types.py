"""Gradients where an operator's result has another type than its input."""

import numpy as np
import pytest

import symbolic as mx


@pytest.mark.parametrize("dtype", ["float16", "float64"])
@pytest.mark.parametrize("order", [1, 2])
def test_norm_in_another_type(dtype, order):
    """MXNet fails here; the slope is that of the norm in the type of the data."""
    values = np.float32([[1, -2, 2], [3, 0, 4]])
    x = mx.sym.Variable("x")
    bound = mx.sym.norm(x, ord=order, axis=1, out_dtype=dtype).bind(mx.cpu(), {"x": mx.nd.array(values)}, {"x": mx.nd.zeros((2, 3))})
    (output,) = bound.forward(is_train=True)
    bound.backward([mx.nd.ones((2,), dtype=dtype)])
    assert output.dtype == np.dtype(dtype)
    slope = np.sign(values) if order == 1 else values / np.linalg.norm(values, axis=1, keepdims=True)
    np.testing.assert_allclose(bound.grad_dict["x"].asnumpy(), slope, rtol=1e-3)
