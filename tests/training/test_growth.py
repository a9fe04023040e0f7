"""Training takes no more memory the longer it lasts, and buckets little more than the largest."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest

import symbolic as mx
from symbolic.training.step_of_module import step_of

STEPS = 200
SLACK = 4096  # bytes: numbers that become larger, names of an epoch


class Memory:
    """A metric that notes how much memory there is at some steps; it measures nothing."""

    def __init__(self, begin):
        self.steps, self.begin, self.taken = 0, begin, []

    def metric(self):
        return mx.metric.np(self, name="memory")

    def __call__(self, label, scores):
        self.steps += 1
        if self.steps in (self.begin, self.begin + STEPS):
            gc.collect()
            self.taken.append(tracemalloc.get_traced_memory()[0])
        return 0.0


@pytest.fixture
def traced():
    gc.collect()
    tracemalloc.start()
    yield
    tracemalloc.stop()


def arrays():
    """Bytes of all arrays."""
    gc.collect()
    found = tracemalloc.take_snapshot().filter_traces([tracemalloc.DomainFilter(True, np.lib.tracemalloc_domain)])
    return sum(trace.size for trace in found.traces)


def network(length=0):
    """A dense one, or a recurrent one of some length."""
    if not length:
        x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=32, name="fc1")
        x = mx.sym.Activation(mx.sym.BatchNorm(x, name="bn"), act_type="relu")
        return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=4, name="fc2"), name="softmax")
    x = mx.sym.Embedding(mx.sym.Variable("data"), input_dim=20, output_dim=16, name="embed")
    x, _ = mx.rnn.LSTMCell(64, prefix="lstm_").unroll(length, x, layout="NTC", merge_outputs=True)
    x = mx.sym.FullyConnected(mx.sym.Reshape(x, shape=(-1, 64)), num_hidden=20, name="scores")
    return mx.sym.SoftmaxOutput(x, mx.sym.Reshape(mx.sym.Variable("softmax_label"), shape=(-1,)), name="softmax")


@pytest.mark.parametrize(("contexts", "fused"), [(1, False), (1, True), (2, False)], ids=["one", "one run a step", "two contexts"])
def test_module(traced, monkeypatch, contexts, fused):
    """Shuffled data, whose last batch is padded, and validation of other batches in between."""
    if fused:
        monkeypatch.setattr("symbolic.training.module.base.WORTH_ONE_RUN", 1)
    data = mx.io.NDArrayIter(np.random.rand(200, 20).astype("f"), np.random.randint(0, 4, 200), 11, shuffle=True)
    others = mx.io.NDArrayIter(np.random.rand(10, 20).astype("f"), np.random.randint(0, 4, 10), 5)
    memory = Memory(60 * contexts)
    mod = mx.mod.Module(network(), context=[mx.cpu(place) for place in range(contexts)])
    mod.fit(
        data,
        others,
        [memory.metric(), "acc"],
        validation_metric="acc",
        optimizer="adam",
        num_epoch=15,
        batch_end_callback=mx.callback.Speedometer(11, 5),
    )
    before, after = memory.taken
    assert after - before < SLACK


def test_one_run_a_step_takes_the_memory_that_is_there(traced):
    before = arrays()
    x = mx.sym.Variable("data")
    for layer in range(6):
        x = mx.sym.Activation(mx.sym.FullyConnected(x, num_hidden=32, name=f"fc{layer}"), act_type="tanh")
    mod = mx.mod.Module(mx.sym.SoftmaxOutput(x, name="softmax"))
    mod.bind([("data", (2000, 20))], [("softmax_label", (2000,))])
    mod.init_params()
    mod.init_optimizer()
    one = mx.io.DataBatch([mx.nd.ones((2000, 20))], [mx.nd.ones((2000,))])
    mod.forward_backward(one)
    mod.update()
    ordinary, step = arrays() - before, step_of(mod)
    assert step is not None and step(one)
    assert arrays() - before < 1.8 * ordinary  # outputs, gradients and scratch of its own, but the same activations


def test_bucketing(traced):
    draw = np.random.RandomState(0)
    sentences = [draw.randint(1, 20, draw.randint(2, 10)).tolist() for _ in range(300)]
    data = mx.rnn.BucketSentenceIter(sentences, 8, buckets=[3, 6, 9], invalid_label=0)
    memory = Memory(60)
    mod = mx.mod.BucketingModule(lambda key: (network(key), ["data"], ["softmax_label"]), data.default_bucket_key)
    mod.fit(data, None, memory.metric(), optimizer="adam", num_epoch=8)
    before, after = memory.taken
    assert after - before < 12 * SLACK  # the iterator's shuffled arrays, an epoch later


def test_buckets_lie_in_the_memory_of_the_largest(traced):
    def batch(key):
        shapes = [mx.io.DataDesc("data", (16, key))], [mx.io.DataDesc("softmax_label", (16, key))]
        arrays = [mx.nd.ones((16, key))], [mx.nd.ones((16, key))]
        return mx.io.DataBatch(*arrays, bucket_key=key, provide_data=shapes[0], provide_label=shapes[1])

    mod = mx.mod.BucketingModule(lambda key: (network(key), ["data"], ["softmax_label"]), 20)
    before = arrays()
    mod.bind([("data", (16, 20))], [("softmax_label", (16, 20))])
    mod.init_params()
    mod.init_optimizer(optimizer="adam")
    sizes = []
    for key in (20, 18, 14, 10, 6, 20):
        mod.forward_backward(batch(key))
        mod.update()
        sizes.append(arrays() - before)
    assert sizes[-1] < 1.2 * sizes[0]


@pytest.mark.long
def test_batches_of_many_sizes(traced):
    """The executors of the last sizes are kept, no more."""
    mod = mx.mod.Module(network())
    mod.bind([("data", (30, 20))], [("softmax_label", (30,))])
    mod.init_params()

    def memory(sizes):
        for rows in sizes:
            mod.forward_backward(mx.io.DataBatch([mx.nd.ones((rows, 20))], [mx.nd.ones((rows,))]))
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    first, fourth = memory([1]), memory([2, 3, 4])
    executor = (fourth - first) / 3
    taken = [memory(range(1, 22)) for _ in range(5)]
    assert taken[-1] - taken[2] < executor / 2  # 42 batches later; the rest is Python's own free lists, which fill up
