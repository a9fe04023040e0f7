"""Operators of the time before CustomOp. MXNet 1.9.1 itself fails on them under today's Python; this is as it documents them."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
data = mx.sym.Variable("data")


class Softmax(mx.operator.NumpyOp):
    def __init__(self):
        super().__init__(need_top_grad=False)

    def list_arguments(self):
        return ["data", "label"]

    def infer_shape(self, in_shape):
        return [in_shape[0], (in_shape[0][0],)], [in_shape[0]]

    def forward(self, in_data, out_data):
        x, y = in_data[0], out_data[0]
        y[:] = np.exp(x - x.max(axis=1, keepdims=True))
        y /= y.sum(axis=1, keepdims=True)

    def backward(self, out_grad, in_data, out_data, in_grad):
        places = in_data[1].astype(int)
        in_grad[0][:] = out_data[0]
        in_grad[0][np.arange(len(places)), places] -= 1


class Twice(mx.operator.NDArrayOp):
    def forward(self, in_data, out_data):
        out_data[0][:] = in_data[0] * 2

    def backward(self, out_grad, in_data, out_data, in_grad):
        in_grad[0][:] = out_grad[0] * 2


@pytest.mark.parametrize("executor", ["numpy", "reference"])
def test_a_loss_in_numpy(executor):
    ours = Softmax()(data=mx.sym.FullyConnected(data, num_hidden=3, name="fc"), name="softmax")
    theirs = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(data, num_hidden=3, name="fc"), name="softmax")
    assert ours.list_arguments() == theirs.list_arguments()
    found = []
    for symbol in (ours, theirs):
        bound = symbol.simple_bind(mx.cpu(), data=(4, 5), executor=executor)
        rs = np.random.RandomState(0)
        for name, array in bound.arg_dict.items():
            array[:] = [0, 2, 1, 1] if name == "softmax_label" else rs.normal(size=array.shape)
        (output,) = bound.forward(is_train=True)
        bound.backward()
        found.append([output.asnumpy(), bound.grad_dict["fc_weight"].asnumpy()])
    for mine, wanted in zip(*found, strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-5, atol=1e-6)


def test_one_object_in_two_places():
    twice = Twice()
    symbol = twice(twice(data, name="first"))
    bound = symbol.simple_bind(mx.cpu(), data=(2, 3))
    bound.arg_dict["data"][:] = 1.5
    assert (bound.forward(is_train=True)[0].asnumpy() == 6).all()
    bound.backward(mx.nd.ones((2, 3)))
    assert (bound.grad_dict["data"].asnumpy() == 4).all()


def test_names():
    with mx.name.NameManager():
        assert [Softmax()(data).name, Twice()(data).name, Twice().get_symbol(data, name="q").name] == ["_native0", "_ndarray0", "q"]


def test_they_are_of_old():
    with pytest.warns(DeprecationWarning, match="CustomOp"):
        op = mx.operator.PythonOp()
    with pytest.raises(mx.MXNetError, match="derive from"):
        op(data)
