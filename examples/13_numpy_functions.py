"""NumPy functions and Python's operators build graphs when they are given symbols: one formula, for numbers and for graphs."""

import numpy as np

import symbolic as mx


def softmax(x):
    """Compute the softmax of each row; ``x`` is an array or a symbol."""
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def smooth_l1(x):
    """Compute a loss that is quadratic near zero."""
    return np.where(np.abs(x) < 1, x**2 / 2, np.abs(x) - 0.5)


points = np.linspace(-3, 3, 12, dtype=np.float32).reshape(3, 4)
x = mx.sym.Variable("x")
for formula in (softmax, smooth_l1):
    symbol = formula(x)
    (found,) = symbol.eval(mx.cpu(), x=mx.nd.array(points))
    gap = np.abs(found.asnumpy() - formula(points)).max()
    print(f"{formula.__name__:10} {len(symbol.graph.nodes):2} nodes, furthest from NumPy {gap:.1e}")
    assert gap < 1e-6

# The symbol can be differentiated; NumPy's result cannot.
slope = smooth_l1(x).gradient("x").eval(mx.cpu(), x=mx.nd.array(points))[0].asnumpy()
print(slope.round(2))
assert np.allclose(slope, np.clip(points, -1, 1), atol=1e-6)

# Joining, matrix products, indexing, comparison; arrays become constants.
w = mx.sym.Variable("w")
net = np.concatenate([np.tanh(x @ w), np.ones((3, 2)) + mx.sym.zeros((3, 2))], axis=1)
print(net.infer_shape(x=(3, 4), w=(4, 5))[1])
print(np.maximum(x, 0).eval(mx.cpu(), x=mx.nd.array(points))[0].asnumpy()[0])

# What no operator can express is refused, by name.
try:
    np.linalg.svd(x)
except TypeError as error:
    print(f"{type(error).__name__}: {str(error).splitlines()[0]}")
