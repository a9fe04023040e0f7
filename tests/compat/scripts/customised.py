"""Operators, losses and modules written in Python, in a chain."""

import mxnet as mx
import numpy as np

from start import ByName, blobs, tell


class Softmax(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        x = in_data[0].asnumpy()
        y = np.exp(x - x.max(axis=1).reshape((x.shape[0], 1)))
        y /= y.sum(axis=1).reshape((x.shape[0], 1))
        self.assign(out_data[0], req[0], mx.nd.array(y))

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        label = in_data[1].asnumpy().ravel().astype(int)
        y = out_data[0].asnumpy()
        y[np.arange(label.shape[0]), label] -= 1.0
        self.assign(in_grad[0], req[0], mx.nd.array(y))


@mx.operator.register("softmax_by_hand")
class SoftmaxProp(mx.operator.CustomOpProp):
    def __init__(self):
        super().__init__(need_top_grad=False)

    def list_arguments(self):
        return ["data", "label"]

    def list_outputs(self):
        return ["output"]

    def infer_shape(self, in_shape):
        return [in_shape[0], (in_shape[0][0],)], [in_shape[0]], []

    def create_operator(self, ctx, shapes, dtypes):
        return Softmax()


X, y = blobs()
net = mx.symbol.FullyConnected(mx.symbol.Variable("data"), name="fc1", num_hidden=3)
net = mx.symbol.Custom(data=net, name="softmax", op_type="softmax_by_hand")
one = mx.mod.Module(net, context=mx.cpu())
one.fit(mx.io.NDArrayIter(X, y, 20), num_epoch=3, initializer=ByName(), optimizer_params={"learning_rate": 0.1})

first = mx.mod.Module(mx.symbol.FullyConnected(mx.symbol.Variable("data"), name="a", num_hidden=5), label_names=[], context=mx.cpu())
second_net = mx.symbol.FullyConnected(mx.symbol.Variable("data"), name="b", num_hidden=3)
second = mx.mod.Module(mx.symbol.SoftmaxOutput(second_net, name="softmax"), context=mx.cpu())
chain = mx.mod.SequentialModule()
chain.add(first).add(second, take_labels=True, auto_wiring=True)
chain.fit(mx.io.NDArrayIter(X, y, 20), num_epoch=3, initializer=ByName(), optimizer_params={"learning_rate": 0.1, "momentum": 0.5})
tell(
    weight=one.get_params()[0]["fc1_weight"].asnumpy(),
    accuracy=one.score(mx.io.NDArrayIter(X, y, 20), "acc")[0][1],
    chained=chain.get_params()[0]["b_weight"].asnumpy(),
    predicted=chain.predict(mx.io.NDArrayIter(X, y, 20)).asnumpy()[:5],
)
