"""The graphs that are used wrongly. A comment ``# made: name`` marks the line that messages must name."""

from __future__ import annotations

import symbolic as mx

S, nd = mx.sym, mx.nd


def mlp():
    x = S.Variable("data")  # made: data
    h = S.FullyConnected(x, num_hidden=8, name="fc1")  # made: fc1
    h = S.Activation(h, act_type="relu", name="relu1")  # made: relu1
    h = S.FullyConnected(h, num_hidden=4, name="fc2")  # made: fc2
    return S.SoftmaxOutput(h, name="softmax")  # made: softmax


def convnet():
    x = S.Variable("data")
    h = S.Convolution(x, kernel=(3, 3), num_filter=6, name="conv")  # made: conv
    h = S.Pooling(h, kernel=(2, 2), stride=(2, 2), pool_type="max", name="pool")  # made: pool
    return S.FullyConnected(S.Flatten(h, name="flat"), num_hidden=4, name="fc")  # made: fc


def named(op, *names, **words):
    """One operator on variables."""
    words.setdefault("name", "it")
    return getattr(S, op)(*[S.Variable(name) for name in names or ("a",)], **words)  # made: it


def norm(**words):
    return S.BatchNorm(S.Variable("a"), name="bn", **words)  # made: bn


def total():
    return S.Variable("a") + S.Variable("b")  # made: plus


def arrays(**changed):
    shapes = {"data": (3, 6), "fc1_weight": (8, 6), "fc1_bias": (8,), "fc2_weight": (4, 8), "fc2_bias": (4,), "softmax_label": (3,)}
    return {name: nd.ones(shape) for name, shape in {**shapes, **changed}.items()}


def executor(**words):
    return mlp().simple_bind(mx.cpu(), data=(3, 6), softmax_label=(3,), **words)


def linear(trained=True):
    made = S.FullyConnected(S.Variable("data"), num_hidden=2, name="out").simple_bind(mx.cpu(), data=(2, 3))  # made: out
    if trained:
        made.forward(is_train=True)
    return made


def module(*steps):
    """A module after some of the steps bind, init_params, init_optimizer."""
    made = mx.mod.Module(mlp())
    if "bind" in steps:
        made.bind(data_shapes=[("data", (3, 6))], label_shapes=[("softmax_label", (3,))])
    if "init" in steps:
        made.init_params()
    if "optimizer" in steps:
        made.init_optimizer()
    return made


def loop():
    """A loop whose body adds what does not fit."""

    def body(row, states):
        row = S.FullyConnected(row, num_hidden=4, name="inner")
        row = S.elemwise_add(row, states[0], name="added")  # made: added
        return row, [row]

    return S.contrib.foreach(body, S.Variable("rows"), [S.Variable("start")], name="loop")[0]
