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
