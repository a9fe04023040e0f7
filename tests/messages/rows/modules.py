"""Modules, optimizers and iterators: wrong calls, and what each message must say."""

from __future__ import annotations

import numpy as np

import symbolic as mx
from symbolic.errors import ArgumentError, NotReady, ShapeError
from tests.messages.nets import mlp, module
from tests.messages.row import wrong

nd = mx.nd

MODULE = [
    wrong(lambda: mx.mod.Module(None), AttributeError, op="Module", argument="symbol", got="None", expected="Symbol"),
    wrong(
        lambda: mx.mod.Module(mlp(), data_names=["dta"]),
        ValueError,
        op="Module",
        argument="data_names",
        got="dta",
        expected="data",
        like="data",
    ),
    wrong(lambda: module().forward(None), AssertionError, op="Module.forward", way="call bind first"),
    wrong(lambda: module("bind").forward(None), NotReady, op="Module.forward", way="call init_params first"),
    wrong(lambda: module("bind", "init").update(), AssertionError, op="Module.update", way="call init_optimizer first"),
    wrong(lambda: module().get_outputs(), NotReady, op="Module.get_outputs", way="call bind first"),
    wrong(
        lambda: module("bind", "init").forward(None),
        AttributeError,
        op="forward",
        argument="data_batch",
        got="None",
        expected="DataBatch",
        way="mx.io.DataBatch",
    ),
    wrong(
        lambda: module("bind", "init").forward(mx.io.DataBatch([])),
        ValueError,
        op="forward",
        argument="data_batch.data",
        got="0",
        expected="1: data",
    ),
    wrong(lambda: module().bind([("dta", (3, 6))]), ArgumentError, op="bind", argument="data_shapes", got="dta", expected="data"),
    wrong(lambda: module().bind("x"), TypeError, op="bind", argument="data_shapes", got="'x' (str)", expected="(name, shape)"),
    wrong(
        lambda: module().bind([("data", (3, 6))], [("softmax_label", (5,))]),
        AssertionError,
        op="bind",
        got="(5,)",
        argument="softmax_label",
        expected="3",
        way="layout",
    ),
    wrong(
        lambda: module("bind").init_params(initializer="xavier"),
        TypeError,
        op="init_params",
        argument="initializer",
        got="'xavier' (str)",
        expected="mx.init.Xavier()",
        way="mx.init.create",
    ),
    wrong(
        lambda: module("bind").init_params(arg_params={}),
        RuntimeError,
        op="init_params",
        argument="arg_params",
        got="nothing",
        way="allow_missing=True",
    ),
    wrong(
        lambda: module("bind").init_params(arg_params={"fc1_weight": nd.ones((2, 2))}, allow_missing=True),
        ShapeError,
        op="init_params",
        argument="arg_params['fc1_weight']",
        got="(2, 2)",
        expected="(8, 6)",
    ),
    wrong(lambda: module("bind", "init").init_optimizer(optimizer="sgdd"), ValueError, like="sgd"),
    wrong(
        lambda: module("bind", "init").init_optimizer(optimizer_params={"learning_rat": 1}),
        TypeError,
        op="SGD",
        argument="learning_rat",
        got="1 (int)",
        expected="learning_rate",
        like="learning_rate",
    ),
    wrong(
        lambda: module("bind", "init").init_optimizer(optimizer_params={"learning_rate": "fast"}),
        TypeError,
        op="SGD",
        argument="learning_rate",
        got="'fast' (str)",
        expected="float",
    ),
    wrong(
        lambda: module().fit(None, num_epoch=1),
        AttributeError,
        op="fit",
        argument="train_data",
        got="None",
        expected="DataIter",
        way="NDArrayIter",
    ),
    wrong(
        lambda: module().fit(mx.io.NDArrayIter(np.ones((4, 6)), np.ones(4))),
        AssertionError,
        op="fit",
        argument="num_epoch",
        got="None",
        expected="int",
        way="num_epoch",
    ),
    wrong(lambda: mx.metric.create("accurasy"), ValueError, op="create", like="accuracy"),
    wrong(
        lambda: mx.io.NDArrayIter(np.ones((4, 6)), np.ones(5), 2),
        ShapeError,
        op="NDArrayIter",
        argument="label, 'softmax_label'",
        got="5 samples",
        expected="4 samples",
    ),
    wrong(
        lambda: mx.io.NDArrayIter(np.ones((4, 6)), np.ones(4), 0),
        ArgumentError,
        op="NDArrayIter",
        argument="batch_size",
        got="0 (int)",
        expected="1 or more",
    ),
]
