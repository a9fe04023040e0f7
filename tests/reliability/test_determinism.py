"""The same bits: in every run, on any number of threads, after saving and loading, in another process. Rewrites stay within a bound.

The matrix is executors x thread counts x ways to get the graph; what is compared are outputs, gradients and states of a training step.
"""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import os
import pickle
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import symbolic as mx
from symbolic.switches import REWRITES
from tests.marks import NUMBA

ROOT = Path(__file__).resolve().parents[2]
EXECUTORS = ["numpy", NUMBA, "reference"]
BOUND = 2e-6  # of the largest value of an array of float32: some twenty units in its last place


@pytest.fixture(autouse=True)
def threads():
    yield
    mx.set_num_threads(None)


def convolutional():
    x = mx.sym.Convolution(mx.sym.Variable("data"), kernel=(3, 3), pad=(1, 1), num_filter=8, name="conv")
    x = mx.sym.Pooling(mx.sym.Activation(mx.sym.BatchNorm(x, name="bn"), act_type="relu"), kernel=(2, 2), stride=(2, 2), pool_type="max")
    x = mx.sym.FullyConnected(mx.sym.Flatten(mx.sym.Dropout(x, p=0.3, name="drop")), num_hidden=5, name="fc")
    return mx.sym.SoftmaxOutput(x, name="softmax"), {"data": (4, 3, 12, 12)}


def recurrent():
    x, _ = mx.rnn.LSTMCell(16, prefix="lstm_").unroll(5, mx.sym.Variable("data"), layout="NTC", merge_outputs=True)
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=4, name="fc"), name="softmax"), {"data": (3, 5, 8)}


def elementwise():
    """Large enough to be cut into pieces, one for each thread."""
    x, y = mx.sym.Variable("data"), mx.sym.Variable("other")
    z = mx.sym.broadcast_add(mx.sym.tanh(x * 0.7) * mx.sym.sigmoid(y), mx.sym.sum(mx.sym.square(x), axis=1, keepdims=True) * 1e-3)
    return mx.sym.MakeLoss(mx.sym.mean(mx.sym.exp(-z)) + mx.sym.norm(z)), {"data": (300, 1100), "other": (300, 1100)}


NETWORKS = {"convolutional": convolutional, "recurrent": recurrent, "elementwise": elementwise}


def step(symbol, shapes, executor="numpy", steps=2):
    """Train a few steps from a seed; return everything that was computed."""
    mx.random.seed(7)
    exe = symbol.simple_bind(mx.cpu(), executor=executor, **shapes)
    draw = np.random.RandomState(3)
    for name in sorted(exe.arg_dict):
        exe.arg_dict[name][:] = draw.uniform(-0.5, 0.5, exe.arg_dict[name].shape) if "label" not in name else 1
    found = []
    for _ in range(steps):
        found += [output.asnumpy() for output in exe.forward(is_train=True)]
        exe.backward()
        found += [exe.grad_dict[name].asnumpy() for name in sorted(exe.grad_dict)]
        for name, gradient in exe.grad_dict.items():
            if "label" not in name:
                exe.arg_dict[name][:] = exe.arg_dict[name] - 0.05 * gradient
        found += [exe.aux_dict[name].asnumpy() for name in sorted(exe.aux_dict)]
    found += [output.asnumpy() for output in exe.forward(is_train=False)]
    return found


def bits(arrays):
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


@cache
def once(network, executor):
    mx.set_num_threads(1)
    return bits(step(*NETWORKS[network](), executor))


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("network", NETWORKS)
def test_threads(network, executor, count):
    wanted = once(network, executor)
    mx.set_num_threads(count)
    assert bits(step(*NETWORKS[network](), executor)) == wanted


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_run(network, executor):
    """Forty forward runs on one executor, and on new ones."""
    symbol, shapes = NETWORKS[network]()
    found = set()
    for _ in range(2):
        exe = symbol.simple_bind(mx.cpu(), executor=executor, **shapes)
        for name in sorted(exe.arg_dict):
            exe.arg_dict[name][:] = np.random.RandomState(len(name)).uniform(-1, 1, exe.arg_dict[name].shape)
        found |= {bits([output.asnumpy() for output in exe.forward(is_train=False)]) for _ in range(20)}
    assert len(found) == 1


WAYS = {
    "text": lambda symbol, folder: mx.sym.load_json(symbol.tojson()),
    "file": lambda symbol, folder: (symbol.save(str(folder / "s.json")), mx.sym.load(str(folder / "s.json")))[1],
    "pickle": lambda symbol, folder: pickle.loads(pickle.dumps(symbol)),
    "deepcopy": lambda symbol, folder: copy.deepcopy(symbol),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("network", NETWORKS)
def test_saved_and_loaded(network, executor, way, tmp_path):
    symbol, shapes = NETWORKS[network]()
    mx.set_num_threads(1)
    assert bits(step(WAYS[way](symbol, tmp_path), shapes, executor)) == once(network, executor)


@cache
def with_all(network, executor):
    return step(*NETWORKS[network](), executor, steps=1)


@pytest.mark.parametrize("without", [*REWRITES, "all of them"])
@pytest.mark.parametrize("executor", ["numpy", NUMBA])
@pytest.mark.parametrize("network", NETWORKS)
def test_rewrites_within_the_bound(network, executor, without):
    """Rewrites change the order of sums, and nothing else that could be seen."""
    plain = with_all(network, executor)
    with mx.rewrites(**dict.fromkeys(REWRITES if without == "all of them" else [without], False)):
        others = step(*NETWORKS[network](), executor, steps=1)
    assert len(plain) == len(others)
    for one, other in zip(plain, others, strict=True):
        scale = max(float(np.abs(other).max(initial=0)), 1e-3)
        assert float(np.abs(one.astype("d") - other).max(initial=0)) <= BOUND * scale


ALONE = """
import sys
from tests.reliability.test_determinism import NETWORKS, bits, step
import symbolic as mx
mx.set_num_threads(int(sys.argv[1]))
for executor in sys.argv[2:]:
    for network in NETWORKS:
        print(executor, network, bits(step(*NETWORKS[network](), executor)), NETWORKS[network]()[0].tojson().__len__())
"""


def test_other_processes():
    """Hash seeds, which order sets, and threads differ; nothing else does."""
    executors = ["numpy", "reference", *(["numba"] if importlib.util.find_spec("numba") else [])]
    told = set()
    for seed, count in (("0", "1"), ("12345", "2")):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", ALONE, count, *executors], capture_output=True, text=True, cwd=ROOT, env=environment)
        assert (done.returncode, done.stderr) == (0, "")
        told.add(done.stdout)
    assert len(told) == 1
    here = {tuple(line.split()[:2]): line.split()[2] for line in told.pop().splitlines()}
    for executor, network in here:
        assert here[executor, network] == once(network, executor)


def test_json_and_params_are_the_same_bytes_each_time(tmp_path):
    symbol, _ = convolutional()
    text = symbol.tojson()
    for _ in range(5):
        assert convolutional()[0].tojson().count('"op"') == text.count('"op"')
        assert mx.sym.load_json(text).tojson() == text
    arrays = {f"arg:{name}": mx.nd.ones((2, 3)) for name in symbol.list_arguments()}
    mx.nd.save(str(tmp_path / "a"), arrays)
    mx.nd.save(str(tmp_path / "b"), mx.nd.load(str(tmp_path / "a")))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
