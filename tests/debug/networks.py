"""Networks that the tests of this folder look into."""

from __future__ import annotations

import numpy as np

import symbolic as mx

EXECUTORS = ("numpy", "numba", "reference")


def filled(symbol, executor="numpy", seed=0, grad_req="write", **shapes):
    """Bind, and fill the arguments with numbers."""
    bound = symbol.simple_bind(mx.cpu(), grad_req=grad_req, executor=executor, **shapes)
    random = np.random.RandomState(seed)
    for name, array in bound.arg_dict.items():
        array[...] = random.randint(0, 3, array.shape) if name.endswith("label") else random.uniform(-1, 1, array.shape)
    return bound


def training_net():
    """Draws, statistics of batches, a loss."""
    x = mx.sym.Variable("data")
    x = mx.sym.FullyConnected(x, num_hidden=8, name="fc1")
    x = mx.sym.BatchNorm(x, name="bn", fix_gamma=False)
    x = mx.sym.Activation(x, act_type="relu", name="relu")
    x = mx.sym.Dropout(x, p=0.5, name="drop")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=3, name="fc2"), name="softmax")


def chain(length, at=-1):
    """A long row of sines; at one place there is a logarithm."""
    x = mx.sym.Variable("x")
    for number in range(length):
        x = mx.sym.log(x, name=f"n{number}") if number == at else mx.sym.sin(x, name=f"n{number}")
    return x


def loop():
    """A loop with draws in its body."""

    def body(row, carried):
        made = mx.sym.Dropout(row, p=0.5, name="d") + carried
        return made, made

    return mx.sym.contrib.foreach(body, mx.sym.Variable("rows"), mx.sym.Variable("start"))[0]
