"""Arrays alone: autograd, update operators, a key-value store with an updater."""

import mxnet as mx
import numpy as np
from mxnet import autograd, nd

from start import blobs, tell

X, y = blobs()
rng = np.random.RandomState(0)
w1, b1 = nd.array(rng.normal(0, 0.3, (6, 16))), nd.zeros((16,))
w2, b2 = nd.array(rng.normal(0, 0.3, (16, 3))), nd.zeros((3,))
params = [w1, b1, w2, b2]
momenta = [nd.zeros_like(p) for p in params]
for p in params:
    p.attach_grad()
losses = []
for _ in range(10):
    for start in range(0, 120, 40):
        data, label = nd.array(X[start : start + 40]), nd.array(y[start : start + 40])
        with autograd.record():
            hidden = nd.relu(nd.dot(data, w1) + b1)
            scores = nd.log_softmax(nd.dot(hidden, w2) + b2)
            loss = -nd.pick(scores, label, axis=1)
        loss.backward()
        for p, m in zip(params, momenta):
            nd.sgd_mom_update(p, p.grad, m, out=p, lr=0.1, momentum=0.9, rescale_grad=1.0 / 40)
        losses.append(loss.mean().asscalar())

kv = mx.kv.create("local")
kv.init("w", nd.ones((2, 2)))
kv.set_optimizer(mx.optimizer.create("sgd", learning_rate=0.1))
for _ in range(3):
    kv.push("w", [nd.ones((2, 2)), nd.ones((2, 2)) * 2])
pulled = nd.zeros((2, 2))
kv.pull("w", out=pulled)

x = nd.arange(4).reshape((2, 2))
x.attach_grad()
with autograd.record():
    head = autograd.grad(nd.sin(x), x, create_graph=True, retain_graph=True)[0]
head.backward()
tell(losses=losses, weight=w2.asnumpy(), pulled=pulled.asnumpy(), second=x.grad.asnumpy(), sliced=x[1:, ::-1].asnumpy())
