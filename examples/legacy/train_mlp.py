#!/usr/bin/env python
# ruff: noqa: UP010, UP031
# A script as they were written for MXNet in 2017: Python 2 was still around, NumPy had its own float.
from __future__ import print_function

import argparse
import logging

import mxnet as mx
import numpy as np

parser = argparse.ArgumentParser(description="train a perceptron on two spirals")
parser.add_argument("--num-epochs", type=int, default=60)
parser.add_argument("--batch-size", type=int, default=50)
parser.add_argument("--lr", type=float, default=0.02)
args = parser.parse_args()

assert int(mx.__version__.split(".")[0]) >= 1
logging.getLogger().setLevel(logging.WARNING)
mx.random.seed(1)
np.random.seed(1)

t = np.sqrt(np.random.rand(1000)).astype(np.float) * 6
side = np.random.randint(0, 2, 1000).astype(np.bool)
radius = np.where(side, t, -t)
X = np.stack([radius * np.cos(t), radius * np.sin(t)], axis=1) + np.random.randn(1000, 2) * 0.1
train_iter = mx.io.NDArrayIter(X[:800], side[:800].astype(np.float), args.batch_size, shuffle=True)
val_iter = mx.io.NDArrayIter(X[800:], side[800:].astype(np.float), args.batch_size)

net = mx.symbol.Variable("data")
for i in range(2):
    net = mx.symbol.FullyConnected(data=net, name="fc%d" % i, num_hidden=64)
    net = mx.symbol.Activation(data=net, name="relu%d" % i, act_type="relu")
net = mx.symbol.FullyConnected(data=net, name="fc2", num_hidden=2)
net = mx.symbol.SoftmaxOutput(data=net, name="softmax")

model = mx.mod.Module(context=mx.cpu(), symbol=net)
model.fit(
    train_iter,
    eval_data=val_iter,
    optimizer="adam",
    optimizer_params={"learning_rate": args.lr},
    initializer=mx.init.Xavier(rnd_type="gaussian", factor_type="in", magnitude=2),
    eval_metric="acc",
    num_epoch=args.num_epochs,
)
print("mxnet %s: accuracy %.3f" % (mx.__version__, model.score(val_iter, "acc")[0][1]))
