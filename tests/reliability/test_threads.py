"""Threads and processes: one executor, shared weights, loading, naming, forks and fresh interpreters. Answers are right or refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import symbolic as mx

ROOT = Path(__file__).resolve().parents[2]


def network():
    x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=16, name="fc1")
    return mx.sym.softmax(mx.sym.FullyConnected(mx.sym.tanh(x), num_hidden=4, name="fc2"), name="out")


def weights(seed=0):
    draw = np.random.RandomState(seed)
    shapes = {"fc1_weight": (16, 6), "fc1_bias": (16,), "fc2_weight": (4, 16), "fc2_bias": (4,)}
    return {name: mx.nd.array(draw.uniform(-1, 1, shape)) for name, shape in shapes.items()}


def batch(place):
    return np.random.RandomState(place).uniform(-1, 1, (3, 6)).astype("f")


def bound(shared, **others):
    return network().bind(mx.cpu(), {"data": mx.nd.zeros((3, 6)), **shared}, grad_req="null", **others)


def in_threads(count, work):
    """Run ``work(place)`` in as many threads, all beginning at once; return what they raised."""
    raised, gate = [], threading.Barrier(count)

    def run(place):
        try:
            gate.wait()
            work(place)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def one_executor(count, runs):
    """Whole answers only: the outputs that a call returns are of that call's input, whoever else calls meanwhile."""
    exe = bound(weights())
    wanted = [exe.forward(data=batch(place))[0].asnumpy() for place in range(count)]
    wrong = []

    def work(place):
        mine = batch(place)
        for _ in range(runs // count):
            found = exe.forward(data=mine)[0].asnumpy()
            if not np.array_equal(found, wanted[place]):
                wrong.append(place)

    assert in_threads(count, work) == []
    assert wrong == []


@pytest.mark.parametrize("count", [4, 32])
def test_one_executor(count):
    one_executor(count, 3200)


@pytest.mark.long
@pytest.mark.parametrize("count", [4, 32])
def test_one_executor_a_hundred_thousand_times(count):
    one_executor(count, 100_000)


def test_a_thread_keeps_the_answer_it_was_given():
    """The arrays of a single thread are the executor's own; once another calls, nobody's are written again."""
    exe = bound(weights())
    first = exe.forward(data=batch(0))
    assert exe.forward(data=batch(0)) is first
    value = first[0].asnumpy()
    others = []
    assert in_threads(2, lambda place: others.append(exe.forward(data=batch(place + 1)))) == []
    np.testing.assert_array_equal(first[0].asnumpy(), value)
    assert others[0][0] is not others[1][0]
    assert exe.outputs[0].shape == value.shape


@pytest.mark.parametrize("executor", ["numpy", "reference"])
def test_many_executors_share_weights(executor):
    shared = weights()
    wanted = [bound(shared, executor=executor).forward(data=batch(place))[0].asnumpy() for place in range(32)]
    before = {name: array.asnumpy() for name, array in shared.items()}
    wrong = []

    def work(place):
        exe = bound(shared, executor=executor)
        for _ in range(20):
            if not np.array_equal(exe.forward(data=batch(place))[0].asnumpy(), wanted[place]):
                wrong.append(place)

    assert in_threads(32, work) == []
    assert wrong == []
    assert all(np.array_equal(shared[name].asnumpy(), before[name]) for name in shared)


def test_training_beside_each_other():
    """Executors with arrays of their own do not see each other, gradients and states included."""

    def trained(place, steps=15):
        net = mx.sym.SoftmaxOutput(
            mx.sym.BatchNorm(mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=4, name="fc"), name="bn"), name="softmax"
        )
        exe = net.simple_bind(mx.cpu(), data=(3, 6), softmax_label=(3,))
        exe.arg_dict["fc_weight"][:] = np.random.RandomState(place).uniform(-1, 1, (4, 6))
        for _ in range(steps):
            exe.forward(is_train=True, data=batch(place))
            exe.backward()
            exe.arg_dict["fc_weight"][:] -= 0.1 * exe.grad_dict["fc_weight"]
        return exe.arg_dict["fc_weight"].asnumpy().tobytes() + exe.aux_dict["bn_moving_mean"].asnumpy().tobytes()

    wanted, found = [trained(place) for place in range(8)], {}
    assert in_threads(8, lambda place: found.__setitem__(place, trained(place))) == []
    assert [found[place] for place in range(8)] == wanted


def test_loading_composing_and_saving(tmp_path):
    text, names = network().tojson(), []

    def work(place):
        for turn in range(10):
            symbol = mx.sym.load_json(text)
            assert symbol.tojson() == text
            made = symbol + mx.sym.Variable("more")
            names.append(made.name)
            path = str(tmp_path / f"{place}-{turn % 2}.params")
            mx.nd.save(path, weights(place))
            assert np.array_equal(mx.nd.load(path)["fc1_bias"].asnumpy(), weights(place)["fc1_bias"].asnumpy())
            assert symbol.infer_shape(data=(place + 1, 6))[1] == [(place + 1, 4)]

    assert in_threads(8, work) == []
    assert len(names) == 80


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_forks_after_use():
    """A child of a process that has run, with threads, runs; and so does the parent afterwards."""
    mx.set_num_threads(2)
    try:
        exe = bound(weights())
        large = mx.sym.exp(mx.sym.Variable("x")).simple_bind(mx.cpu(), x=(400, 1000))
        wanted = exe.forward(data=batch(0))[0].asnumpy()
        large.forward()[0].asnumpy()
        for _ in range(3):
            child = os.fork()
            if not child:
                signal.alarm(20)
                same = np.array_equal(exe.forward(data=batch(0))[0].asnumpy(), wanted)
                right = np.array_equal(large.forward()[0].asnumpy(), np.ones((400, 1000), "f"))
                fresh = np.array_equal(bound(weights()).forward(data=batch(0))[0].asnumpy(), wanted)
                os._exit(0 if same and right and fresh else 1)
            assert os.waitpid(child, 0)[1] == 0
        assert np.array_equal(exe.forward(data=batch(0))[0].asnumpy(), wanted)
    finally:
        mx.set_num_threads(None)


SPAWNED = """
import multiprocessing as mp
import sys
sys.path.insert(0, {root!r})
import numpy as np
import symbolic as mx

def work(text):
    symbol, array = text
    exe = symbol.simple_bind(mx.cpu(), data=(3, 6))
    return exe.forward(data=array)[0].asnumpy().tobytes()

if __name__ == "__main__":
    from tests.reliability.test_threads import batch, network
    symbol, array = network(), mx.nd.array(batch(0))
    with mp.get_context("spawn").Pool(2) as pool:
        found = pool.map(work, [(symbol, array)] * 3)
    assert len(set(found)) == 1 and found[0] == work((symbol, array))
"""


def test_spawned_processes(tmp_path):
    """Symbols and arrays travel to fresh interpreters by pickle, and compute the same bits there."""
    script = tmp_path / "spawned.py"
    script.write_text(SPAWNED.format(root=str(ROOT)))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


INTERRUPTED = """
import sys
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
import numpy as np
import symbolic as mx
x = mx.sym.Variable("x")
exe = mx.sym.MakeLoss(mx.sym.sum(mx.sym.tanh(mx.sym.dot(x, x)))).simple_bind(mx.cpu(), x=(300, 300), grad_req="write")
exe.arg_dict["x"][:] = 0.01
want = exe.forward(is_train=True)[0].asnumpy()
exe.backward()
gradient = exe.grad_dict["x"].asnumpy()
print("go", flush=True)
try:
    while True:
        exe.forward(is_train=True)
        exe.backward()
except KeyboardInterrupt:
    same = np.array_equal(exe.forward(is_train=True)[0].asnumpy(), want)
    exe.backward()
    print("right" if same and np.array_equal(exe.grad_dict["x"].asnumpy(), gradient) else "wrong", flush=True)
"""


@pytest.mark.parametrize("wait", [0.05, 0.21])
def test_interrupted(wait):
    """Ctrl-C ends a run at once, and leaves an executor that computes the right thing."""
    child = subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert child.stdout.readline() == "go\n"
    time.sleep(wait)
    child.send_signal(signal.SIGINT)
    out, errors = child.communicate(timeout=60)
    assert (out, errors, child.returncode) == ("right\n", "", 0)


def test_an_error_in_a_custom_operator_leaves_the_executor_usable():
    class Picky(mx.operator.CustomOp):
        """Raises for negative values."""

        def forward(self, is_train, req, in_data, out_data, aux):
            if (in_data[0].asnumpy() < 0).any():
                raise ZeroDivisionError("negative")
            self.assign(out_data[0], req[0], in_data[0] * 2)

        def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
            self.assign(in_grad[0], req[0], out_grad[0] * 2)

    @mx.operator.register("reliability_picky")
    class PickyProp(mx.operator.CustomOpProp):
        """Makes a `Picky`."""

        def create_operator(self, ctx, shapes, dtypes):
            return Picky()

    exe = mx.sym.Custom(mx.sym.exp(mx.sym.Variable("x")) - 1, op_type="reliability_picky", name="picky").simple_bind(mx.cpu(), x=(3,))
    for _ in range(3):
        np.testing.assert_allclose(exe.forward(x=np.ones(3, "f"))[0].asnumpy(), 2 * (np.exp(np.float32(1)) - 1) * np.ones(3), rtol=1e-6)
        with pytest.raises(ZeroDivisionError, match="negative") as caught:
            exe.forward(x=-np.ones(3, "f"))[0].asnumpy()
        assert isinstance(caught.value, mx.MXNetError)
