"""A chain of Modules, and one whose loss is a Python function of scores and labels."""

import mxnet as mx
import numpy as np

from start import ByName, blobs, tell

points, labels = blobs()
it = mx.io.NDArrayIter(points, labels, 20)


def mc_hinge_grad(scores, labels):
    scores = scores.asnumpy()
    labels = labels.asnumpy().astype(int)
    n, _ = scores.shape
    grad = np.zeros_like(scores)
    for i in range(n):
        score = 1 + scores[i] - scores[i, labels[i]]
        score[labels[i]] = 0
        ind = score.argmax()
        grad[i, labels[i]] -= 1
        grad[i, ind] += 1
    return grad


def hidden():
    return mx.sym.Activation(mx.sym.FullyConnected(mx.sym.Variable("data"), name="fc1", num_hidden=12), name="relu1", act_type="relu")


mod1 = mx.mod.Module(hidden(), label_names=[], context=[mx.cpu(0)])
head = mx.symbol.FullyConnected(mx.symbol.Variable("data"), name="fc2", num_hidden=3)
mod2 = mx.mod.Module(mx.symbol.SoftmaxOutput(head, name="softmax"), context=[mx.cpu(0)])
seq = mx.mod.SequentialModule()
seq.add(mod1).add(mod2, take_labels=True, auto_wiring=True)
seq.fit(it, optimizer_params={"learning_rate": 0.1, "momentum": 0.9}, num_epoch=3, initializer=ByName())
assert seq.data_names == ["data"] and seq.output_names == ["softmax_output"]
chain = seq.predict(it).asnumpy()[:5]

it.reset()
scores = mx.mod.Module(mx.sym.FullyConnected(hidden(), name="fc3", num_hidden=3), label_names=None)
loss = mx.mod.PythonLossModule(grad_func=mc_hinge_grad)
mod = mx.mod.SequentialModule().add(scores).add(loss, take_labels=True, auto_wiring=True)
mod.fit(it, optimizer_params={"learning_rate": 0.02}, num_epoch=3, initializer=ByName(), eval_metric="acc")
tell(chain=chain, accuracy=mod.score(it, "acc")[0][1], weight=mod.get_params()[0]["fc3_weight"].asnumpy())
