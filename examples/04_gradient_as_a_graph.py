"""A gradient is a graph like any other: it prints, saves, and differentiates again."""

import numpy as np

import symbolic as mx

x = mx.sym.Variable("x")
y = mx.sym.tanh(x) * x
first = y.gradient("x")
second = first.gradient("x")
print(first.debug_str())

points = np.linspace(-2, 2, 5, dtype=np.float32)
for name, symbol in (("y", y), ("y'", first), ("y''", second)):
    print(f"{name:4}", symbol.eval(mx.cpu(), x=mx.nd.array(points))[0].asnumpy())

# Against finite differences.
h = 1e-2
values = [y.eval(mx.cpu(), x=mx.nd.array(points + shift))[0].asnumpy() for shift in (-h, 0, h)]
assert np.allclose(first.eval(mx.cpu(), x=mx.nd.array(points))[0].asnumpy(), (values[2] - values[0]) / (2 * h), atol=1e-3)
