"""Steps of several kinds of networks: the same weights, to the last bit, as forward, backward and update give."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

S = mx.sym


def conv():
    d = S.Variable("data")
    d = S.Activation(S.BatchNorm(S.Convolution(d, kernel=(3, 3), num_filter=4, name="c1"), name="bn1"), act_type="relu")
    d = S.Pooling(d, kernel=(2, 2), stride=(2, 2), pool_type="max")
    d = S.Deconvolution(d, kernel=(2, 2), num_filter=3, name="dc", stride=(2, 2))
    d = S.LeakyReLU(S.LayerNorm(S.Flatten(d), name="ln"), act_type="prelu", name="pr")
    return S.SoftmaxOutput(S.FullyConnected(d, num_hidden=5, name="fc"), name="softmax"), {"data": (4, 3, 10, 10), "softmax_label": (4,)}


def lstm():
    cell = mx.rnn.SequentialRNNCell()
    cell.add(mx.rnn.LSTMCell(6, prefix="l0_"))
    cell.add(mx.rnn.GRUCell(5, prefix="g_"))
    e = S.Embedding(S.Variable("data"), input_dim=9, output_dim=4, name="emb")
    o, _ = cell.unroll(5, e, merge_outputs=True)
    p = S.FullyConnected(S.Reshape(o, shape=(-1, 5)), num_hidden=9, name="p")
    return S.SoftmaxOutput(p, S.Reshape(S.Variable("softmax_label"), shape=(-1,)), name="softmax"), {
        "data": (3, 5),
        "softmax_label": (3, 5),
    }


def fused():
    cell = mx.rnn.FusedRNNCell(6, num_layers=2, mode="lstm", prefix="l_", bidirectional=True)
    e = S.Embedding(S.Variable("data"), input_dim=9, output_dim=4, name="emb")
    o, _ = cell.unroll(5, e, merge_outputs=True, layout="NTC")
    p = S.FullyConnected(S.Reshape(o, shape=(-1, 12)), num_hidden=9, name="p")
    return S.SoftmaxOutput(p, S.Reshape(S.Variable("softmax_label"), shape=(-1,)), name="softmax"), {
        "data": (3, 5),
        "softmax_label": (3, 5),
    }


def group():
    d = S.FullyConnected(S.Variable("data"), num_hidden=6, name="fc1")
    shared = S.Variable("shared_weight")
    a = S.FullyConnected(S.tanh(d), shared, num_hidden=6, name="a")
    b = S.FullyConnected(S.sigmoid(a), shared, num_hidden=6, name="b")
    loss = S.MakeLoss(S.mean(S.square(b - S.Variable("softmax_label"))), name="loss")
    return S.Group([loss, S.BlockGrad(b, name="seen")]), {"data": (4, 3), "softmax_label": (4, 6)}


def loop():
    data, w = S.Variable("data"), S.Variable("w", shape=(1, 4))
    out, _ = S.contrib.foreach(lambda x, s: (S.tanh(S.broadcast_mul(x, w) + s[0]), [S.sin(x) + s[0]]), data, [S.zeros((2, 4))])
    return S.LinearRegressionOutput(S.sum(out, axis=0), S.Variable("softmax_label"), name="lro"), {
        "data": (5, 2, 4),
        "softmax_label": (2, 4),
    }


@pytest.mark.filterwarnings("ignore:FusedRNNCell")
@pytest.mark.parametrize("network", [conv, lstm, fused, group, loop], ids=lambda function: function.__name__)
def test_same_bits(network):
    net, shapes = network()
    names = [name for name in net.list_arguments() if name not in shapes]
    rng = np.random.RandomState(0)
    executor = net.simple_bind(mx.cpu(), grad_req={n: "write" if n in names else "null" for n in net.list_arguments()}, **shapes)
    values = {name: rng.normal(0, 0.3, executor.arg_dict[name].shape) for name in names}
    states = {name: np.ones(array.shape) for name, array in executor.aux_dict.items()}
    executor.copy_params_from(values, states)
    optimizer = mx.optimizer.SGD(learning_rate=0.05, momentum=0.9)
    update = mx.optimizer.get_updater(mx.optimizer.SGD(learning_rate=0.05, momentum=0.9))
    step = mx.training.Step(net, optimizer, **shapes)
    step.set_params(values, states)
    for _ in range(6):
        data = rng.randint(0, 9, shapes["data"]) if "emb_weight" in names else rng.normal(size=shapes["data"])
        batch = {"data": data.astype("f"), "softmax_label": rng.randint(0, 4, shapes["softmax_label"]).astype("f")}
        executor.forward(is_train=True, **batch)
        executor.backward()
        for index, name in enumerate(names):
            update(index, executor.grad_dict[name], executor.arg_dict[name])
        outputs = step(**batch)
    for found, want in zip(outputs, executor.outputs, strict=True):
        np.testing.assert_array_equal(found.asnumpy(), want.asnumpy())
    for name, want in {**executor.arg_dict, **executor.aux_dict}.items():
        if name not in shapes:
            np.testing.assert_array_equal({**step.arg_params, **step.aux_params}[name].asnumpy(), want.asnumpy(), err_msg=name)
    assert S.load_json(step.symbol.tojson()).list_auxiliary_states() == step.symbol.list_auxiliary_states()
