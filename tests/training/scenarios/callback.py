"""Callbacks: what they log, save and reset."""

import logging
import os
import re
import tempfile

import numpy as np

from tests.scenario import scenario


class Kept(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(re.sub(r"(Speed: )[\d.]+", r"\1N", record.getMessage()))


def logged(action):
    """Run it; return what was logged, speeds and folders left out."""
    handler, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        action()
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    return handler.lines


def counted(mx):
    metric = mx.metric.create(["acc", "mse"])
    metric.update([mx.nd.array([0, 1])], [mx.nd.array([[0.9, 0.1], [0.8, 0.2]])]) if False else None
    metric = mx.metric.create("acc")
    metric.update([mx.nd.array([0, 1])], [mx.nd.array([[0.9, 0.1], [0.8, 0.2]])])
    return metric


def param(mx, nbatch, metric, epoch=1):
    return mx.model.BatchEndParam(epoch=epoch, nbatch=nbatch, eval_metric=metric, locals=None)


@scenario((True, 2), (False, 2), (True, 3))
def speedometer(mx, auto_reset, frequent):
    metric = counted(mx)
    meter = mx.callback.Speedometer(10, frequent, auto_reset)
    lines = logged(lambda: [meter(param(mx, number, metric, epoch)) for epoch in (0, 1) for number in range(6)])
    return lines, metric.get(), metric.get_global()


@scenario()
def speedometer_without_a_metric(mx):
    meter = mx.callback.Speedometer(10, 2)
    return logged(lambda: [meter(param(mx, number, None)) for number in range(5)])


@scenario((2, False), (3, True))
def train_metric(mx, period, auto_reset):
    metric = counted(mx)
    callback = mx.callback.log_train_metric(period, auto_reset)
    return logged(lambda: [callback(param(mx, number, metric)) for number in range(5)]), metric.get(), metric.get_global()


@scenario()
def validation_metric(mx):
    callback = mx.callback.LogValidationMetricsCallback()
    return logged(lambda: [callback(param(mx, 1, metric)) for metric in (counted(mx), None)])


@scenario()
def batch_end_param(mx):
    found = param(mx, 3, None)
    return list(found._fields), found.nbatch, type(found).__name__


@scenario(1, 2, 0)
def checkpoints(mx, period):
    folder = tempfile.mkdtemp()
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc")
    mod = mx.mod.Module(net, label_names=None)
    mod.bind([("data", (2, 3))])
    mod.init_params(mx.init.One())
    mod.init_optimizer()
    save, module = mx.callback.do_checkpoint(f"{folder}/a", period), mx.callback.module_checkpoint(mod, f"{folder}/b", period, True)
    lines = logged(lambda: [(save(epoch, net, *mod.get_params()), module(epoch)) for epoch in range(4)])
    return sorted(os.listdir(folder)), len([line for line in lines if line.startswith("Saved checkpoint")])


@scenario()
def what_fit_logs(mx):
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc"), name="softmax")
    data = mx.io.NDArrayIter(np.ones((6, 3)), np.array([0, 1, 0, 0, 1, 0]), 2)
    mod = mx.mod.Module(net)
    callbacks = [mx.callback.Speedometer(2, 1), mx.callback.log_train_metric(2)]
    lines = logged(lambda: mod.fit(data, data, num_epoch=2, batch_end_callback=callbacks, initializer=mx.init.Zero()))
    return [re.sub(r"cost=[\d.]+", "cost=N", line) for line in lines if "rescale_grad" not in line]
