"""A long run, bounded by steps: training, other shapes, saving, loading; memory and open files stay what they were."""

from __future__ import annotations

import contextlib
import gc
import os
import struct
import tracemalloc

import numpy as np
import pytest

import symbolic as mx
from symbolic.files import params

SLACK = 64 << 10  # bytes: free lists of Python's own that fill up
MORE_SLACK = 320 << 10  # when they are full; a single weight left behind each round would be more
RSS_SLACK = 24 << 20


def handles():
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def resident():
    if not os.path.exists("/proc/self/statm"):
        return 0
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def network():
    x = mx.sym.BatchNorm(mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=24, name="fc1"), name="bn")
    x = mx.sym.Dropout(mx.sym.Activation(x, act_type="relu"), p=0.2)
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=4, name="fc2"), name="softmax")


class Life:
    """What a long-lived program does, round after round."""

    def __init__(self, folder):
        self.prefix = str(folder / "net")
        self.rounds = 0
        draw = np.random.RandomState(0)
        self.data, self.labels = draw.rand(48, 10).astype("f"), draw.randint(0, 4, 48).astype("f")

    def round(self):
        self.rounds += 1
        module = mx.mod.Module(network())
        batches = mx.io.NDArrayIter(self.data, self.labels, 8 + 4 * (self.rounds % 3), shuffle=True)
        if self.rounds % 4:
            module = mx.mod.Module.load(self.prefix, 1, load_optimizer_states=True) if self.rounds > 1 else module
        begun = {"begin_epoch": 0, "num_epoch": 1, "optimizer": "adam", "eval_metric": "acc"}
        if self.rounds % 4 == 0 or self.rounds == 1:
            begun["initializer"] = mx.init.Xavier()
        module.fit(batches, **begun)
        module.save_checkpoint(self.prefix, 1, save_optimizer_states=True)
        symbol, arguments, states = mx.model.load_checkpoint(self.prefix, 1)
        exe = symbol.simple_bind(mx.cpu(), data=(3, 10), grad_req="null")
        exe.copy_params_from(arguments, states)
        for rows in (5, 1, 8):
            exe = exe.reshape(data=(rows, 10), allow_up_sizing=True, partial_shaping=True)
            assert np.isfinite(exe.forward(data=self.data[:rows])[0].asnumpy()).all()
        with pytest.raises(mx.MXNetError):
            exe.forward(data=self.data[:2, :3])
        with pytest.raises(mx.MXNetError):
            mx.sym.load_json(symbol.tojson()[:-30])


def live(life, rounds, warm, slack, settle=1):
    """Let a life go on for some rounds, after ``warm`` that nobody looks at and ``settle`` that fill what is kept of traced frames."""
    for _ in range(warm):
        life.round()
    gc.collect()
    files = handles()
    tracemalloc.start()
    try:
        for _ in range(settle):
            life.round()
        gc.collect()
        before, rss = tracemalloc.get_traced_memory()[0], resident()
        for _ in range(rounds):
            life.round()
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert handles() == files
    assert after - before < slack, f"{after - before} bytes more after {rounds} rounds"
    assert resident() - rss < RSS_SLACK


@pytest.mark.filterwarnings("ignore:.*lready.*:UserWarning")
def test_some_rounds(tmp_path):
    live(Life(tmp_path), rounds=6, warm=5, slack=SLACK)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:.*lready.*:UserWarning")
def test_many_rounds(tmp_path):
    live(Life(tmp_path), rounds=400, warm=12, slack=MORE_SLACK)


FREE_LISTS = 160 << 10  # bytes: Python keeps some two thousand tuples of each length


@pytest.mark.parametrize("work", ["bind", "load", "refuse", "train"])
def test_cycles_leave_nothing(work):
    assert growth(work, before=20, count=1000) < 20 * 1000 + FREE_LISTS


@pytest.mark.long
@pytest.mark.parametrize("work", ["bind", "load", "refuse", "train"])
def test_ten_thousand_cycles_leave_nothing(work):
    assert growth(work, before=4000, count=10_000) < 20 * 10_000


REFUSED = {
    "text that is no graph": lambda net, exe: mx.sym.load_json('{"nodes": [1, 2'),
    "a graph that is broken": lambda net, exe: mx.sym.load_json(net.tojson().replace('"heads": [[', '"heads": [[9')),
    "an operator that nobody knows": lambda net, exe: mx.sym.load_json(net.tojson().replace('"Activation"', '"Theirs"')).simple_bind(
        mx.cpu(), data=(4, 10)
    ),
    "a parameter that does not fit": lambda net, exe: mx.sym.load_json(net.tojson().replace('"num_hidden": "4"', '"num_hidden": "x"')),
    "arrays that are broken": lambda net, exe: params.load(struct.pack("<3Q", 0x112, 0, 9)),
    "states that are broken": lambda net, exe: mx.optimizer.get_updater(mx.optimizer.SGD()).set_states(b"\x80\x04."),
    "shapes that clash": lambda net, exe: net.infer_shape(data=(3, 6), fc_weight=(9, 9)),
    "types that clash": lambda net, exe: net.infer_type(data="float32", fc_weight="float64"),
    "an array that is missing": lambda net, exe: net.bind(mx.cpu(), {}),
    "an array of another shape": lambda net, exe: exe.forward(data=mx.nd.ones((3, 3))),
    "an array of another type": lambda net, exe: net.bind(mx.cpu(), {"data": 3}),
    "a call that has no such parameter": lambda net, exe: mx.sym.FullyConnected(net, num_hiden=3),
    "a call on arrays": lambda net, exe: mx.nd.dot(mx.nd.ones((2, 3)), mx.nd.ones((2, 3))),
}


@pytest.mark.parametrize("call", REFUSED)
def test_what_is_refused_leaves_no_cycles(call):
    """An error that holds on to its frames, or half a graph that refers to itself, stays until the cycle collector comes by."""
    net = mx.sym.FullyConnected(mx.sym.Activation(mx.sym.Variable("data"), act_type="relu"), num_hidden=4, name="fc")
    exe = net.simple_bind(mx.cpu(), data=(4, 10))

    def refused():
        with pytest.raises(mx.MXNetError):
            REFUSED[call](net, exe)

    for _ in range(3):
        refused()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for _ in range(5):
            with contextlib.suppress(mx.MXNetError):
                REFUSED[call](net, exe)
        gc.collect()
        assert [type(each).__name__ for each in gc.garbage] == []
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def growth(work, before, count):
    """Bytes that are there after so many cycles more; the cycle collector rests, for executors are freed without it."""
    symbol, x = network(), mx.nd.ones((4, 10))
    text = symbol.tojson()
    exe = symbol.simple_bind(mx.cpu(), data=(4, 10))

    def cycle():
        if work == "bind":
            mx.sym.tanh(mx.sym.Variable("x")).bind(mx.cpu(), {"x": x}, grad_req="null").forward()[0].wait_to_read()
        elif work == "load":
            mx.sym.load_json(text)
        elif work == "refuse":
            with contextlib.suppress(mx.MXNetError):
                exe.forward(data=mx.nd.ones((3, 3)))
        else:
            exe.forward(is_train=True, data=x)
            exe.backward()

    for _ in range(100):
        cycle()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(before):
            cycle()
        first = tracemalloc.get_traced_memory()[0]
        for _ in range(count):
            cycle()
        return tracemalloc.get_traced_memory()[0] - first
    finally:
        tracemalloc.stop()
        gc.enable()
