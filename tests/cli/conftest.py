"""A small network on disk, and a way to call commands."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

import symbolic as mx
from symbolic.cli import cli


class Answer:
    """What a command said: exit code, standard output and standard error."""

    def __init__(self, result):
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def call():
    """Call a command in this process."""

    def called(*args):
        return Answer(CliRunner().invoke(cli, [str(arg) for arg in args], prog_name="symbind"))

    return called


def network():
    data = mx.sym.Variable("data")
    hidden = mx.sym.Activation(mx.sym.FullyConnected(data, num_hidden=4, name="fc1"), act_type="relu", name="relu1")
    return mx.sym.SoftmaxOutput(mx.sym.BatchNorm(mx.sym.FullyConnected(hidden, num_hidden=3, name="fc2"), name="bn"), name="softmax")


@pytest.fixture
def net(tmp_path):
    """Save the network with arrays of epochs 1 and 7; return what their names begin with."""
    symbol = network()
    draws = np.random.default_rng(0)
    shapes, _, states = symbol.infer_shape(data=(2, 5))
    arguments = {
        name: mx.nd.array(draws.standard_normal(shape))
        for name, shape in zip(symbol.list_arguments(), shapes, strict=True)
        if name not in ("data", "softmax_label")
    }
    auxiliary = {name: mx.nd.ones(shape) for name, shape in zip(symbol.list_auxiliary_states(), states, strict=True)}
    prefix = str(tmp_path / "net")
    for epoch in (1, 7):
        mx.model.save_checkpoint(prefix, epoch, symbol, arguments, auxiliary)
        arguments["fc1_bias"] = arguments["fc1_bias"] + 1
    return prefix
