"""Gradients of gradients."""

import numpy as np

from tests.scenario import scenario

ANY = ["sin", "cos", "tanh", "sinh", "cosh", "arctan", "radians", "relu", "square", "expm1", "sigmoid", "abs"]
POSITIVE = ["log", "log2", "log10", "log1p", "sqrt", "reciprocal", "cbrt", "rsqrt", "rcbrt"]
INNER = ["tan", "arcsin", "arccos", "arctanh"]


def points(name, shape=(2, 3)):
    drawn = np.random.uniform(-1, 1, shape)
    if name in POSITIVE:
        drawn = 0.3 + 2 * abs(drawn)
    elif name in INNER:
        drawn = 0.9 * drawn
    return drawn


def higher(mx, function, variables, order):
    """Differentiate ``order`` times, by drawn head gradients; return all on the way, and the last by ``backward``."""
    ag = mx.autograd
    seen = []
    for x in variables:
        x.attach_grad()
    with ag.record():
        y = function(*variables)
        for _ in range(order - 1):
            head = mx.nd.array(np.random.normal(size=y.shape))
            y = ag.grad(y, variables, head, create_graph=True, retain_graph=True)[0]
            seen.append(y)
    y.backward(mx.nd.array(np.random.normal(size=y.shape)))
    return [*seen, *[x.grad for x in variables]]


@scenario(*[(name, 2) for name in (*ANY, *POSITIVE, *INNER)], rtol=1e-4, atol=1e-5, why="products of many float32")
def unary(mx, name, order):
    x = mx.nd.array(points(name))
    return higher(mx, getattr(mx.nd, name), [x], order)


@scenario("sin", "cos", "log", "sigmoid", rtol=1e-4, atol=1e-5, why="products of many float32")
def third(mx, name):
    x = mx.nd.array(points(name))
    return higher(mx, getattr(mx.nd, name), [x], 3)


@scenario("elemwise_add", "sums")
def of_two(mx, name):
    nd = mx.nd
    x, z = nd.array(points("log")), nd.array(points("log"))
    functions = {
        "elemwise_add": lambda a, b: nd.elemwise_add(nd.sin(a), nd.cos(b)),
        "sums": lambda a, b: nd.elemwise_add(nd.elemwise_add(nd.log(a), nd.sqrt(b)), nd.square(a)),
    }
    return higher(mx, functions[name], [x, z], 2)


@scenario(
    ("arcsinh", [0.0, -0.35355339, -0.17888544]),
    ("arccosh", [-2.96296296, -0.38490018, -0.13258252]),
    differs="MXNet's second derivatives have the wrong sign",
    expect=True,
)
def of_inverse(mx, name, second):
    x = mx.nd.array([0, 1, 2]) if name == "arcsinh" else mx.nd.array([1.25, 2, 3])
    x.attach_grad()
    with mx.autograd.record():
        y = mx.autograd.grad(getattr(mx.nd, name)(x), x, create_graph=True)[0]
    y.backward()
    return bool(np.allclose(x.grad.asnumpy(), second, rtol=1e-4))


@scenario(True, False)
def dense(mx, flatten):
    nd = mx.nd
    x = nd.array(np.random.normal(size=(3, 2, 4)))
    weight = nd.array(np.random.normal(size=(5, 8 if flatten else 4)))
    bias = nd.array(np.random.normal(size=5))
    seen = []
    for variables in ([x, weight], [weight, x]):
        for variable in (x, weight, bias):
            variable.attach_grad()
        with mx.autograd.record():
            y = nd.FullyConnected(x, weight, bias, num_hidden=5, flatten=flatten)
            head = nd.array(np.random.normal(size=y.shape))
            found = mx.autograd.grad(y, variables, head, create_graph=True, retain_graph=True)
        found[0].backward(nd.array(np.random.normal(size=found[0].shape)))
        seen += [*found, variables[1].grad]
    return seen


@scenario()
def outside_of_record(mx):
    x = mx.nd.array([0.3, 1.0, 2.0])
    x.attach_grad()
    with mx.autograd.record():
        y = mx.nd.elemwise_add(mx.nd.sin(x), mx.nd.log(x))
    first = mx.autograd.grad(y, x, create_graph=True)[0]
    first.backward()
    return first, x.grad


EXPECTED = [[48.0], [24.0], [6.0]]


@scenario(differs="MXNet cannot differentiate a product twice", expect=EXPECTED)
def third_of_product(mx):
    ag = mx.autograd
    x = mx.nd.array([4])
    x.attach_grad()
    with ag.record():
        y = x * x * x
        first = ag.grad(y, x, create_graph=True)[0]
        second = ag.grad(first, x, create_graph=True)[0]
    second.backward()
    return [first.asnumpy().tolist(), second.asnumpy().tolist(), x.grad.asnumpy().tolist()]


@scenario("Function", "update")
def not_twice(mx, how):
    ag = mx.autograd

    class Doubled(ag.Function):
        def forward(self, x):
            return x * 2

        def backward(self, dy):
            return dy * 2

    x = mx.nd.array([1, 2, 3])
    x.attach_grad()
    with ag.record():
        if how == "update":
            y = mx.nd.sgd_update(x, x, lr=0.1)
        else:
            y = mx.nd.square(Doubled()(mx.nd.sin(x)))
        first = ag.grad(y, x, create_graph=True)[0]
    first.backward()
    return x.grad
