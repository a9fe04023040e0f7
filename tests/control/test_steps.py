"""Loops have the outputs and gradients of their steps written out."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import MXNetError
from tests.control.composing import EXECUTORS, W, over


def compared(loop, plain, shapes, executor="numpy", values=None):
    """Check that two symbols have the same outputs and gradients."""
    found, wanted = (computed_twice(symbol, shapes, values or {}, executor) for symbol in (loop, plain))
    for mine, other in zip(found[0], wanted[0], strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-12)
    for name, other in wanted[1].items():
        np.testing.assert_allclose(found[1][name], other, rtol=1e-9, atol=1e-12, err_msg=name)


def computed_twice(symbol, shapes, values, executor):
    arguments = {
        name: mx.nd.array(values[name] if name in values else np.random.RandomState(seed).uniform(-1, 1, shapes[name]), dtype="float64")
        for seed, name in enumerate(sorted(shapes))
    }
    arguments = {name: arguments[name] for name in symbol.list_arguments()}
    gradients = {name: mx.nd.zeros(array.shape, dtype="float64") for name, array in arguments.items()}
    bound = symbol.bind(mx.cpu(), arguments, gradients, executor=executor)
    for _ in range(2):  # twice: nothing is left over from the first run
        outputs = [output.asnumpy() for output in bound.forward(is_train=True)]
        bound.backward([mx.nd.array(np.random.RandomState(9).uniform(-1, 1, output.shape), dtype="float64") for output in outputs])
    inference = [output.asnumpy() for output in bound.forward(is_train=False)]
    for mine, other in zip(inference, outputs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12)
    return outputs, {name: array.asnumpy() for name, array in bound.grad_dict.items()}


def unrolled(body, data, state, steps):
    outputs = []
    for place in range(steps):
        out, state = body(mx.sym.squeeze(mx.sym.slice_axis(data, axis=0, begin=place, end=place + 1), axis=0), state)
        outputs.append(out)
    return mx.sym.Group([mx.sym.stack(*outputs, axis=0), state])


def both(body, steps):
    data, state = mx.sym.Variable("data"), mx.sym.Variable("s")
    out, last = mx.sym.contrib.foreach(body, data, state)
    return mx.sym.Group([out, last]), unrolled(body, data, state, steps)


def reshaping(row, state):
    return mx.sym.reshape(mx.sym.reshape(row, shape=(1, -1)), shape=(-1,)) + state * W, mx.sym.broadcast_add(mx.sym.sum(row), state)


def composites(row, state):
    return mx.sym.softmax(row * W) + mx.sym.LayerNorm(state, gamma=W, beta=row), mx.sym.Activation(state + row, act_type="softrelu")


BODIES = {
    "product": lambda row, state: (row * W * state, mx.sym.sin(state) * row),
    "outer value": lambda row, state: (row + mx.sym.square(W) * state, state + row),
    "state only through the output": lambda row, state: (mx.sym.tanh(state), row * W),
    "gradient stopped": lambda row, state: (mx.sym.BlockGrad(row * state) * W, mx.sym.BlockGrad(state) + row),
    "shape only": reshaping,
    "output is a constant": lambda row, state: (mx.sym.ones_like(row), state * W),
    "composites": composites,
}


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("name", BODIES)
def test_foreach_is_its_steps(name, executor):
    loop, plain = both(BODIES[name], 4)
    compared(loop, plain, {"data": (4, 3), "s": (3,), "w": (3,)}, executor)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_loops_and_conditions_in_loops(executor):
    """MXNet cannot run these."""

    def choosing(row, state):
        return mx.sym.contrib.cond(mx.sym.sum(row) < 0, lambda: row * W, lambda: row * state), state * row + 1

    def chosen(row, state):
        below = mx.sym.broadcast_like(mx.sym.reshape(mx.sym.sum(row) < 0, shape=(1,)), row)
        return mx.sym.where(below, row * W, row * state), state * row + 1

    data, state = mx.sym.Variable("data"), mx.sym.Variable("s")
    shapes = {"data": (4, 3), "s": (3,), "w": (3,)}
    out, last = mx.sym.contrib.foreach(choosing, data, state)
    compared(mx.sym.Group([out, last]), unrolled(chosen, data, state, 4), shapes, executor)

    def looping(row, state):
        found, states = mx.sym.contrib.while_loop(
            lambda i, value: i < 2, lambda i, value: (value * row, [i + 1, value * W]), [mx.sym.zeros((1,)), state], max_iterations=3
        )
        return found, states[1]

    def looped(row, state):
        return mx.sym.stack(state * row, state * W * row, mx.sym.zeros_like(row), axis=0), state * W * W

    out, last = mx.sym.contrib.foreach(looping, data, state)
    compared(mx.sym.Group([out, last]), unrolled(looped, data, state, 4), shapes, executor)

    def nested(row, state):
        return mx.sym.contrib.foreach(lambda cell, inner: (cell * inner * mx.sym.sum(W), inner + cell), row, state)

    def flat(row, state):
        outputs = []
        for place in range(3):
            cell = mx.sym.slice_axis(row, axis=0, begin=place, end=place + 1)
            outputs.append(cell * state * mx.sym.sum(W))
            state = state + cell
        return mx.sym.stack(*outputs, axis=0), state

    shapes = {"data": (4, 3), "s": (1,), "w": (3,)}
    out, last = mx.sym.contrib.foreach(nested, data, state)
    reshaped = unrolled(flat, data, state, 4)
    loop = mx.sym.Group([mx.sym.reshape(out, shape=(4, 3)), last])
    compared(loop, mx.sym.Group([mx.sym.reshape(reshaped[0], shape=(4, 3)), reshaped[1]]), shapes, executor)


@pytest.mark.parametrize("start", [0.0, 1.0, 7.0])
def test_while_loop_is_its_steps(start):
    """Also none at all: then what goes in comes out, and its gradient passes."""
    i, s = mx.sym.Variable("i"), mx.sym.Variable("s")
    out, states = mx.sym.contrib.while_loop(lambda i, s: i < 3, lambda i, s: (s * W, [i + 1, mx.sym.sin(s) * W]), [i, s], max_iterations=4)
    steps = max(0, 3 - int(start))
    outputs, value = [], s
    for _ in range(steps):
        outputs.append(value * W)
        value = mx.sym.sin(value) * W
    outputs += [mx.sym.zeros_like(s)] * (4 - steps)
    plain = mx.sym.Group([mx.sym.stack(*outputs, axis=0), i + steps, value + W * 0])
    compared(mx.sym.Group([out, *states]), plain, {"i": (1,), "s": (2,), "w": (2,)}, values={"i": [start]})


def test_while_loop_stops_at_its_limit():
    i = mx.sym.Variable("i")
    out, state = mx.sym.contrib.while_loop(lambda i: i < 9, lambda i: (i, i + 1), i, max_iterations=3)
    first, last = mx.sym.Group([out, state]).eval(i=mx.nd.array([0]))
    assert first.asnumpy().tolist() == [[0], [1], [2]]
    assert last.asnumpy().tolist() == [3]


def test_second_order():
    """A loop's gradient is made of loops, which have gradients."""
    data, state = mx.sym.Variable("data"), mx.sym.Variable("s")
    out, last = mx.sym.contrib.foreach(lambda row, st: (row * row * W + st * st, mx.sym.sin(st) * row), data, state)
    first = mx.sym.Group([out, last]).gradient(["data", "s", "w"])
    shapes = {"data": (3, 2), "s": (2,), "w": (2,)}
    values = {name: np.random.RandomState(seed).uniform(-1, 1, shape) for seed, (name, shape) in enumerate(shapes.items())}
    heads = [np.random.RandomState(7).uniform(-1, 1, shape) for shape in shapes.values()]

    def arrays(values):
        return {name: mx.nd.array(value, dtype="float64") for name, value in values.items()}

    def total(values):
        outputs = first.bind(mx.cpu(), arrays(values)).forward()
        return sum(float((output.asnumpy() * head).sum()) for output, head in zip(outputs, heads, strict=True))

    gradients = {name: mx.nd.zeros(shape, dtype="float64") for name, shape in shapes.items()}
    bound = first.bind(mx.cpu(), arrays(values), gradients)
    bound.forward(is_train=True)
    bound.backward([mx.nd.array(head, dtype="float64") for head in heads])
    for name, value in values.items():
        for place in np.ndindex(value.shape):
            moved = []
            for step in (1e-6, -1e-6):
                other = {**values, name: value.copy()}
                other[name][place] += step
                moved.append(total(other))
            assert gradients[name].asnumpy()[place] == pytest.approx((moved[0] - moved[1]) / 2e-6, rel=1e-5, abs=1e-7)


def test_gradient_graphs_are_saved():
    out, _ = over(lambda row, st: (row * W * st, st + row))
    gradient = out.gradient(["w"])
    values = {"data": mx.nd.array([[1, 2], [3, 4]]), "s": mx.nd.array([1, 1]), "w": mx.nd.array([1, 1])}
    for twin in (gradient, mx.sym.load_json(gradient.tojson()), pickle.loads(pickle.dumps(gradient))):
        assert twin.eval(**values)[0].asnumpy().tolist() == [7, 14]  # 1·1 + 3·2, 2·1 + 4·3


@pytest.mark.parametrize("value", [-1.0, 4.0])
def test_gradient_graphs_of_while_and_cond(value):
    x = mx.sym.Variable("x")
    _, last = mx.sym.contrib.while_loop(lambda v: v < 10, lambda v: (None, v * v * W), x, max_iterations=4)
    both = mx.sym.Group([last, mx.sym.contrib.cond(x < 0, lambda: x * x * W, lambda: x * 3)])
    gradient = mx.sym.load_json(both.gradient(["x", "w"]).tojson())

    def total(x, w):
        outside = x * x * w if x < 0 else 3 * x
        for _ in range(4):
            if x < 10:
                x = x * x * w
        return x + outside

    found = gradient.bind(mx.cpu(), {"x": mx.nd.array([value], dtype="float64"), "w": mx.nd.array([2.0], dtype="float64")}).forward()
    wanted = [
        (total(value + 1e-6, 2.0) - total(value - 1e-6, 2.0)) / 2e-6,
        (total(value, 2.0 + 1e-6) - total(value, 2.0 - 1e-6)) / 2e-6,
    ]
    assert [output.asscalar() for output in found] == pytest.approx(wanted, rel=1e-6)


def test_gradient_is_added():
    out, _ = over(lambda row, st: (row * W, st))
    values = {"data": mx.nd.array([[1], [2]]), "s": mx.nd.array([0]), "w": mx.nd.array([5])}
    gradients = {"w": mx.nd.array([100]), "data": mx.nd.zeros((2, 1))}
    bound = out.bind(mx.cpu(), {name: values[name] for name in out.list_arguments()}, gradients, {"w": "add", "data": "write", "s": "null"})
    for _ in range(2):
        bound.forward(is_train=True)
        bound.backward([mx.nd.array([[1], [10]])])
    assert gradients["w"].asnumpy().tolist() == [142]
    assert gradients["data"].asnumpy().tolist() == [[5], [50]]


def test_no_gradient_within():
    """What cannot be differentiated runs, and is refused by backward alone."""
    out, _ = over(lambda row, st: (mx.sym.argsort(row) * 1.0 + mx.sym.sgd_update(row, st, lr=0.1), st))
    bound = out.simple_bind(mx.cpu(), data=(2, 3), s=(3,))
    bound.forward(is_train=True)
    with pytest.raises(MXNetError, match="no gradient"):
        bound.backward([mx.nd.ones((2, 3))])
