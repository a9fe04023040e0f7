"""Networks trained with ``mx.autograd`` and update operators: parameters after some steps."""

import numpy as np

from tests.scenario import scenario

LOOSE = {"rtol": 1e-3, "atol": 1e-4, "why": "rounding of float32 adds up over the steps"}


def parameters(mx, *shapes):
    made = [mx.nd.array(np.random.normal(size=shape) * 0.3) for shape in shapes]
    for array in made:
        array.attach_grad()
    return made


UPDATES = {
    "sgd": (0, lambda nd, w, states: nd.sgd_update(w, w.grad, lr=0.1, wd=0.01, rescale_grad=1 / 8, out=w)),
    "momentum": (1, lambda nd, w, states: nd.sgd_mom_update(w, w.grad, *states, lr=0.05, momentum=0.9, rescale_grad=1 / 8, out=w)),
    "adam": (2, lambda nd, w, states: nd.adam_update(w, w.grad, *states, lr=0.02, rescale_grad=1 / 8, out=w)),
    "by hand": (0, lambda nd, w, states: w.__setitem__(slice(None), w - 0.02 * w.grad)),
    "in place": (0, lambda nd, w, states: w.__isub__(0.02 * w.grad)),
}


@scenario(*UPDATES, **LOOSE)
def two_layers(mx, how):
    """Twenty steps; the last batch is smaller."""
    nd, ag = mx.nd, mx.autograd
    weights = parameters(mx, (16, 5), (16,), (3, 16), (3,))
    count, update = UPDATES[how]
    states = [[nd.zeros(w.shape) for _ in range(count)] for w in weights]
    data, labels = np.random.normal(size=(20, 5)), np.random.randint(0, 3, 20)
    losses = []
    for step in range(20):
        start = step % 3 * 8
        x, label = nd.array(data[start : start + 8]), nd.array(labels[start : start + 8])
        with ag.record():
            h = nd.tanh(nd.FullyConnected(x, weights[0], weights[1], num_hidden=16))
            y = nd.FullyConnected(h, weights[2], weights[3], num_hidden=3)
            loss = -nd.pick(nd.log_softmax(y), label).sum()
        loss.backward()
        losses.append(loss.asscalar())
        for w, state in zip(weights, states, strict=True):
            update(nd, w, state)
    return [np.array(losses), *weights]


@scenario(**LOOSE)
def convolutions(mx):
    """With batch normalisation, accumulated gradients, and a frozen layer."""
    nd, ag = mx.nd, mx.autograd
    kernel, gamma, beta, dense = parameters(mx, (4, 1, 3, 3), (4,), (4,), (3, 36))
    gamma.attach_grad("null")
    kernel.attach_grad("add")
    mean, var = nd.zeros(4), nd.ones(4)
    for step in range(8):
        x = nd.array(np.random.normal(size=(6, 1, 8, 8)))
        label = nd.array(np.random.randint(0, 3, 6))
        with ag.record():
            h = nd.Convolution(x, kernel, num_filter=4, kernel=(3, 3), no_bias=True)
            h = nd.relu(nd.BatchNorm(h, gamma, beta, mean, var, fix_gamma=False))
            h = nd.Pooling(h, kernel=(2, 2), stride=(2, 2), pool_type="max")
            y = nd.SoftmaxOutput(nd.FullyConnected(h, dense, no_bias=True, num_hidden=3), label)
        y.backward()
        for w in (beta, dense):
            nd.sgd_update(w, w.grad, lr=0.05, out=w)
        if step % 2:
            nd.sgd_update(kernel, kernel.grad, lr=0.01, out=kernel)
            kernel.grad[:] = 0
    with ag.predict_mode():
        y = nd.BatchNorm(nd.ones((1, 4)), gamma, beta, mean, var, fix_gamma=False)
    return kernel, gamma, beta, dense, mean, var, y


@scenario(**LOOSE)
def unrolled(mx):
    """A recurrent network over sequences of changing length, its state detached between them."""
    nd, ag = mx.nd, mx.autograd
    wx, wh, b, out = parameters(mx, (6, 3), (6, 6), (6,), (2, 6))
    state = nd.zeros((4, 6))
    for length in (3, 5, 3, 2, 5):
        x = nd.array(np.random.normal(size=(length, 4, 3)))
        state = state.detach()
        with ag.record():
            loss = 0
            for t in range(length):
                state = nd.tanh(nd.dot(x[t], wx.T) + nd.dot(state, wh, transpose_b=True) + b)
                loss = loss + nd.square(nd.dot(state, out, transpose_b=True) - 1).mean()
        loss.backward()
        for w in (wx, wh, b, out):
            nd.sgd_update(w, w.grad, lr=0.1, clip_gradient=1.0, out=w)
    return wx, wh, b, out, state


@scenario(**LOOSE)
def two_losses(mx):
    """One set of weights in two places, trained by two losses together."""
    nd, ag = mx.nd, mx.autograd
    shared, one, two = parameters(mx, (4, 4), (1, 4), (2, 4))
    x = nd.array(np.random.normal(size=(5, 4)))
    for _ in range(6):
        with ag.record():
            h = nd.sigmoid(nd.dot(nd.sigmoid(nd.dot(x, shared)), shared))
            first = nd.square(nd.dot(h, one.T) - 1)
            second = nd.abs(nd.dot(h, two.T) + 1).mean(axis=1)
        ag.backward([first, second], [nd.ones((5, 1)) / 5, None])
        for w in (shared, one, two):
            w -= 0.1 * w.grad
    return shared, one, two
