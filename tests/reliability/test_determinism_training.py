"""The same bits of whole training runs: draws, sparse updates, fused recurrent layers, metrics and checkpoints, on each executor and
any number of threads."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

import symbolic as mx
from symbolic.backends import default_executor
from tests.reliability.test_determinism import EXECUTORS

S = mx.sym


@pytest.fixture(autouse=True)
def settings():
    before = default_executor()
    yield
    mx.set_num_threads(None)
    mx.set_default_executor(before)


def sparse():
    """Rows of a weight that a batch does not name are not touched, nor are their states."""
    weight = S.Variable("embed_weight", stype="row_sparse")
    x = S.sum(S.sparse.Embedding(S.Variable("data"), weight=weight, input_dim=60, output_dim=8, sparse_grad=True, name="embed"), axis=1)
    return S.FullyConnected(x, num_hidden=4, name="fc")


def drawn():
    """Noise, masks and samples: drawn from one seed, in the order of the nodes."""
    x = S.Dropout(S.Variable("data"), p=0.4, mode="always", name="drop") + S.random.normal(0, 0.1, shape=(8, 4), name="noise")
    x = S.LeakyReLU(S.FullyConnected(x, num_hidden=16, name="fc1"), act_type="rrelu", name="rrelu")[0]
    x = S.broadcast_mul(x, S.random.gamma(2.0, 0.5, shape=(8, 1)))
    return S.FullyConnected(x, num_hidden=4, name="fc2")


def fused():
    """A fused recurrent layer of two levels and both directions, with dropout between."""
    x = S.transpose(S.expand_dims(S.Variable("data"), axis=2), axes=(1, 0, 2))
    cell = mx.rnn.FusedRNNCell(6, num_layers=2, mode="gru", bidirectional=True, dropout=0.2, prefix="gru_")
    x, _ = cell.unroll(4, x, layout="TNC", merge_outputs=True)
    return S.FullyConnected(S.flatten(S.transpose(x, axes=(1, 0, 2))), num_hidden=4, name="fc")


NETWORKS = {"sparse": (sparse, "adam"), "drawn": (drawn, "sgd"), "fused": (fused, "rmsprop")}


def trained(network, executor, threads, folder):
    """Train, save, load with the states of the optimizer, train on; return what came out as a digest."""
    mx.set_default_executor(executor)
    mx.set_num_threads(threads)
    mx.random.seed(5)
    np.random.seed(5)
    build, optimizer = NETWORKS[network]
    draw = np.random.RandomState(1)
    data = draw.randint(0, 60, (24, 4)).astype("f") / (1 if network == "sparse" else 60)
    batches = mx.io.NDArrayIter(data, draw.randint(0, 4, 24).astype("f"), 8, shuffle=True)
    with mx.name.NameManager():  # automatic names are counted from 0
        symbol = S.SoftmaxOutput(build(), name="softmax")
    module, found = mx.mod.Module(symbol), hashlib.sha256()
    prefix = str(folder / f"{network}-{executor}-{threads}")
    for epoch in (1, 2):
        module.fit(batches, num_epoch=1, optimizer=optimizer, initializer=mx.init.Xavier(), eval_metric="ce", kvstore=None)
        module.save_checkpoint(prefix, epoch, save_optimizer_states=True)
        for name in (f"{prefix}-{epoch:04d}.params", f"{prefix}-{epoch:04d}.states", f"{prefix}-symbol.json"):
            with open(name, "rb") as file:
                found.update(file.read())
        batches.reset()
        found.update(module.predict(batches).asnumpy().tobytes())
        found.update(repr(module.score(batches, "acc")).encode())
        module = mx.mod.Module.load(prefix, epoch, load_optimizer_states=True)
        batches.reset()
    return found.hexdigest()


@pytest.mark.filterwarnings("ignore:.*lready.*:UserWarning")
@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("network", NETWORKS)
def test_trained_saved_and_loaded(network, executor, tmp_path):
    assert len({trained(network, executor, threads, tmp_path) for threads in (1, 1, 2, 4)}) == 1


@pytest.mark.parametrize("kind", ["sgd", "adam", "adagrad"])
def test_sparse_updates(kind):
    """The same rows, in whatever order and however often they come, on any number of threads."""
    draw = np.random.RandomState(2)
    rows, values = np.array([3, 1, 17, 40]), draw.uniform(-1, 1, (4, 5)).astype("f")
    order = np.argsort(rows)
    found = set()
    for threads in (1, 2, 4):
        mx.set_num_threads(threads)
        optimizer = mx.optimizer.create(kind, learning_rate=0.1)
        weight = mx.nd.array(np.random.RandomState(4).uniform(-1, 1, (50, 5)))
        state = optimizer.create_state(0, weight)
        start = weight.asnumpy()
        for _ in range(3):
            gradient = mx.nd.sparse.row_sparse_array((values[order], rows[order]), shape=(50, 5))
            optimizer.update(0, weight, gradient, state)
        changed = np.flatnonzero((weight.asnumpy() != start).any(axis=1))
        assert {*changed} == {*rows}
        found.add(weight.asnumpy().tobytes())
    assert len(found) == 1


@pytest.mark.parametrize("executor", EXECUTORS)
def test_another_seed_is_another_run(executor):
    """Else the tests above would compare constants."""
    mx.set_default_executor(executor)
    symbol, found = S.Dropout(S.random.normal(0, 1, shape=(4, 5)), p=0.5, mode="always"), []
    for seed in (1, 2, 1):
        mx.random.seed(seed)
        exe = symbol.bind(mx.cpu(), {})
        found.append([exe.forward()[0].asnumpy().tobytes() for _ in range(3)])
    assert found[0] == found[2] != found[1] and len({*found[0]}) == 3
