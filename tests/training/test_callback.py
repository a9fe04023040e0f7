"""The progress bar, whose form depends on what is installed."""

from __future__ import annotations

import logging

import pytest

import symbolic as mx


def param(nbatch, epoch=0):
    return mx.model.BatchEndParam(epoch=epoch, nbatch=nbatch, eval_metric=None, locals=None)


def test_progress_in_the_log(caplog):
    caplog.set_level(logging.INFO)
    bar = mx.callback.ProgressBar(4, length=8)
    bar._tqdm = None
    for nbatch in (1, 4):
        bar(param(nbatch))
    assert caplog.messages == ["[==------] 25%\r", "[========] 100%\r"]


def test_progress_on_the_terminal(capsys):
    pytest.importorskip("tqdm")
    bar = mx.callback.ProgressBar(3)
    for epoch in range(2):
        for nbatch in range(4):
            bar(param(nbatch, epoch))
    shown = capsys.readouterr().err
    assert "Epoch 0: 100%" in shown and "Epoch 1: 100%" in shown


def test_callbacks_find_the_variables_of_the_loop():
    """Under the names that scripts know."""
    seen = []
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc"), name="softmax")
    data = mx.io.NDArrayIter(mx.nd.ones((6, 3)), mx.nd.zeros((6,)), 2)
    mod = mx.mod.Module(net)
    mod.fit(data, num_epoch=2, batch_end_callback=lambda param: seen.append(dict(param.locals)))
    assert [(each["epoch"], each["nbatch"], each["end_of_batch"]) for each in seen[:4]] == [
        (0, 0, False),
        (0, 1, False),
        (0, 2, True),
        (1, 0, False),
    ]
    for each in seen:
        assert each["self"] is mod and each["train_data"] is data and each["num_epoch"] == 2 and each["optimizer"] == "sgd"
        assert each["data_batch"].data[0].shape == (2, 3)
        assert bool(each["eval_name_vals"]) == each["end_of_batch"]
