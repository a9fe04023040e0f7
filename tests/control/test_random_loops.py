"""Random bodies: a loop has the outputs and gradients of its steps written out, to the last digits of float64."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

STEPS, SIZE = 3, 2
OUTSIDE = [mx.sym.Variable(f"w{place}") for place in range(2)]


def random_body(seed, outputs, states):
    """Make a function of one row and ``states`` states: the same operators in the same order each time it is called."""

    def body(row, given):
        random = np.random.RandomState(seed)
        values = [row, *given, *OUTSIDE]

        def pick():
            return values[random.randint(len(values))]

        for _ in range(random.randint(3, 9)):
            kind = random.randint(9)
            if kind == 0:
                made = pick() * pick()
            elif kind == 1:
                made = pick() + pick() * 0.5
            elif kind == 2:
                made = mx.sym.tanh(pick())
            elif kind == 3:
                made = mx.sym.softmax(pick(), axis=-1)
            elif kind == 4:
                made = mx.sym.broadcast_mul(pick(), mx.sym.sum(pick(), axis=-1, keepdims=True))
            elif kind == 5:
                made = mx.sym.reshape(mx.sym.transpose(mx.sym.reshape(pick(), shape=(1, -1))), shape=(-1,))
            elif kind == 6:
                made = mx.sym.BlockGrad(pick()) + pick()
            elif kind == 7:
                pair = mx.sym.split(mx.sym.stack(pick(), pick(), axis=0), num_outputs=2, axis=0, squeeze_axis=True)
                made = pair[random.randint(2)]
            else:
                made = mx.sym.LayerNorm(pick(), gamma=pick(), beta=pick())
            values.append(made)
        # each input is used, as the reference asks
        rest = row * 0 + sum((value * 0 for value in given), start=row * 0)
        return [pick() + rest for _ in range(outputs)], [pick() + given[place] * 0 for place in range(states)]

    return body


def written_out(body, data, states, outputs):
    collected = [[] for _ in range(outputs)]
    for place in range(STEPS):
        row = mx.sym.squeeze(mx.sym.slice_axis(data, axis=0, begin=place, end=place + 1), axis=0)
        made, states = body(row, states)
        for members, value in zip(collected, made, strict=True):
            members.append(value)
    return [*[mx.sym.stack(*members, axis=0) for members in collected], *states]


def results(members, executor):
    symbol = mx.sym.Group(members)
    shapes = {name: (STEPS, SIZE) if name == "data" else (SIZE,) for name in symbol.list_arguments()}
    arrays = {
        name: mx.nd.array(np.random.RandomState(sum(map(ord, name))).uniform(-1, 1, shape), dtype="float64")
        for name, shape in shapes.items()
    }
    gradients = {name: mx.nd.zeros(shape, dtype="float64") for name, shape in shapes.items()}
    bound = symbol.bind(mx.cpu(), arrays, gradients, executor=executor)
    outputs = [output.asnumpy() for output in bound.forward(is_train=True)]
    heads = [
        mx.nd.array(np.random.RandomState(place).uniform(-1, 1, output.shape), dtype="float64") for place, output in enumerate(outputs)
    ]
    bound.backward(heads)
    return outputs, {name: array.asnumpy() for name, array in gradients.items()}


@pytest.mark.parametrize("executor", ["numpy", "reference"])
@pytest.mark.parametrize("seed", range(25))
def test_random_body(seed, executor):
    random = np.random.RandomState(1000 + seed)
    outputs, states = random.randint(1, 3), random.randint(1, 3)
    body = random_body(seed, outputs, states)
    data = mx.sym.Variable("data")
    starts = [mx.sym.Variable(f"s{place}") for place in range(states)]
    made, last = mx.sym.contrib.foreach(body, data, starts)
    found = results([*made, *last], executor)
    wanted = results(written_out(body, data, starts, outputs), "numpy")
    for mine, other in zip(found[0], wanted[0], strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-10, atol=1e-12)
    for name, other in wanted[1].items():
        np.testing.assert_allclose(found[1][name], other, rtol=1e-9, atol=1e-11, err_msg=name)
