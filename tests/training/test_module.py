"""Modules: memory shared between groups and buckets, contexts in threads, runs that are killed, the log."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import BindError, NotReady
from symbolic.training.module.group import DataParallelExecutorGroup

ROOT = Path(__file__).resolve().parents[2]


def values(*shape, seed=0):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype(np.float32)


def mlp(hidden=8, dropout=0.0):
    x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=hidden, name="fc1")
    x = mx.sym.Activation(x, act_type="relu", name="relu")
    x = mx.sym.Dropout(x, p=dropout, name="dropout") if dropout else x
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=4, name="fc2"), name="softmax")


def trained(contexts, dropout=0.0, steps=5, rows=8, **words):
    mod = mx.mod.Module(mlp(dropout=dropout), context=[mx.cpu(n) for n in range(contexts)], **words)
    mod.bind([("data", (rows, 10))], [("softmax_label", (rows,))])
    mx.random.seed(3)
    mod.init_params(mx.init.Xavier())
    mod.init_optimizer(optimizer_params={"learning_rate": 0.2, "momentum": 0.9})
    for step in range(steps):
        label = np.random.RandomState(step).randint(0, 4, rows)
        mod.forward_backward(mx.io.DataBatch([mx.nd.array(values(rows, 10, seed=step))], [mx.nd.array(label)]))
        mod.update()
    return mod


def same_memory(left, right):
    return np.shares_memory(left._data, right._data)


def test_groups_share_parameters_gradients_and_inputs():
    def unrolled(layers):
        x = mx.sym.Embedding(mx.sym.Variable("data"), input_dim=20, output_dim=6, name="embed")
        for layer in range(layers):
            x = mx.sym.FullyConnected(x, num_hidden=6, flatten=False, name=f"layer{layer}")
        x = mx.sym.Reshape(mx.sym.FullyConnected(x, num_hidden=20, flatten=False, name="scores"), shape=(-1, 20))
        return mx.sym.SoftmaxOutput(x, mx.sym.Reshape(mx.sym.Variable("softmax_label"), shape=(-1,)), name="softmax")

    small, large = unrolled(2), unrolled(4)
    inputs = ["data", "softmax_label"]
    shared = [name for name in small.list_arguments() if name not in inputs]
    words = {
        "contexts": [mx.cpu(0), mx.cpu(1)],
        "workload": [1, 1],
        "data_shapes": [("data", (8, 5))],
        "label_shapes": [("softmax_label", (8, 5))],
        "param_names": shared,
        "for_training": True,
        "inputs_need_grad": False,
    }
    first = DataParallelExecutorGroup(symbol=small, **words)
    assert [sorted(buffer) for buffer in first.shared_data_arrays] == [inputs] * 2
    second = DataParallelExecutorGroup(symbol=large, shared_group=first, **words)
    others = [name for name in large.list_arguments() if name not in shared]
    for place, (one, other) in enumerate(zip(first.execs, second.execs, strict=True)):
        assert sorted(first.shared_data_arrays[place]) == sorted(others)
        assert first.shared_data_arrays[place] is second.shared_data_arrays[place]
        for name in shared:
            assert same_memory(one.arg_dict[name], other.arg_dict[name])
            assert same_memory(one.grad_dict[name], other.grad_dict[name])
        for name in inputs:
            assert same_memory(one.arg_dict[name], other.arg_dict[name])


def test_a_smaller_bucket_lies_in_the_memory_of_the_larger():
    def made(key):
        x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=4, flatten=False, name="fc")
        return mx.sym.MakeLoss(mx.sym.sum(x, axis=1), name="loss"), ("data",), None

    mod = mx.mod.BucketingModule(made, default_bucket_key=9)
    mod.bind([("data", (2, 9, 3))])
    mod.init_params(mx.init.One())
    before = mod._buckets[9]._total_exec_bytes
    mod.switch_bucket(4, [("data", (2, 4, 3))])
    small, large = (mod._buckets[key]._exec_group.execs[0] for key in (4, 9))
    assert same_memory(small.arg_dict["data"], large.arg_dict["data"])
    assert small.grad_dict["fc_weight"] is large.grad_dict["fc_weight"]
    del mod._buckets[4]
    mod.switch_bucket(4, [("data", (2, 4, 3))])
    assert mod._buckets[9]._total_exec_bytes == before


def test_a_bucket_has_no_parameters_of_its_own():
    def made(key):
        return mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=4, name=f"fc{key}"), ("data",), None

    mod = mx.mod.BucketingModule(made, default_bucket_key=2)
    mod.bind([("data", (2, 3))])
    mod.init_params()
    with pytest.raises(BindError, match=r"fc1_weight.*\n.*needed +\(4, 3\)"):
        mod.switch_bucket(1, [("data", (2, 3))])


def test_contexts_in_threads_compute_what_one_does():
    one, four = trained(1), trained(4)
    for name, value in one.get_params()[0].items():
        np.testing.assert_allclose(four.get_params()[0][name].asnumpy(), value.asnumpy(), 1e-4, 1e-6)


def test_contexts_that_draw_do_so_in_the_same_order_every_time():
    first, second = (trained(3, dropout=0.5, rows=9).get_params()[0] for _ in range(2))
    assert all((first[name].asnumpy() == second[name].asnumpy()).all() for name in first)


def test_an_error_in_a_thread_is_raised():
    class Failing(mx.operator.CustomOp):
        calls = 0

        def forward(self, is_train, req, in_data, out_data, aux):
            Failing.calls += 1
            if Failing.calls > 3:
                raise KeyError("out of order")
            self.assign(out_data[0], req[0], in_data[0])

    @mx.operator.register("failing_in_a_thread")
    class Property(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return Failing()

    net = mx.sym.Custom(mx.sym.Variable("data"), op_type="failing_in_a_thread")
    mod = mx.mod.Module(net, label_names=None, context=[mx.cpu(0), mx.cpu(1)])
    mod.bind([("data", (4, 2))], for_training=False)
    mod.init_params()
    batch = mx.io.DataBatch([mx.nd.ones((4, 2))])
    mod.forward(batch)
    with pytest.raises(KeyError, match="out of order"):
        mod.forward(batch)


def test_batches_of_alternating_shapes_are_bound_once():
    mod = trained(1)
    for rows in (3, 8, 3, 5, 8, 3):
        mod.forward(mx.io.DataBatch([mx.nd.array(values(rows, 10))], [mx.nd.zeros((rows,))]))
        assert mod.get_outputs()[0].shape == (rows, 4)
    assert len(mod._exec_group._others) == 2


def test_labels_come_back_after_batches_without():
    mod = trained(1)
    data = mx.nd.array(values(8, 10))
    mod.predict(mx.nd.array(values(3, 10)))
    mod.forward_backward(mx.io.DataBatch([data], [mx.nd.ones((8,)) * 2]))
    wanted = mod._exec_group.execs[0].arg_dict["softmax_label"].asnumpy()
    np.testing.assert_array_equal(wanted, np.full(8, 2))


def test_rescale_grad_is_told(caplog):
    caplog.set_level("INFO")
    trained(1)
    assert len([message for message in caplog.messages if "rescale_grad" in message]) == 1


def test_messages_say_what_comes_first():
    mod = mx.mod.Module(mlp())
    with pytest.raises(NotReady, match="call bind first") as caught:
        mod.forward(None)
    assert isinstance(caught.value, (AssertionError, mx.MXNetError))
    with pytest.raises(ValueError, match="no data 'dta'; did you mean 'data'"):
        mx.mod.Module(mlp(), data_names=["dta"])
    with pytest.warns(UserWarning, match="no label 'softmax_labl'"):
        mx.mod.Module(mlp(), label_names=["softmax_labl"])


def test_row_sparse_parameters_keep_their_kind():
    weight = mx.sym.Variable("w", shape=(6, 1), init=mx.init.Uniform(0.1), stype="row_sparse")
    net = mx.sym.LinearRegressionOutput(mx.sym.dot(mx.sym.Variable("data", stype="csr"), weight), mx.sym.Variable("label"), name="out")
    mod = mx.mod.Module(net, ["data"], ["label"])
    data = mx.nd.array(np.eye(6)[:4]).tostype("csr")
    iterator = mx.io.NDArrayIter(data, {"label": mx.nd.ones((4, 1))}, 4, last_batch_handle="discard")
    mod.fit(iterator, num_epoch=20, eval_metric="mse", optimizer_params={"learning_rate": 1.0})
    assert mod._arg_params["w"].stype == "row_sparse"
    np.testing.assert_allclose(mod.get_params()[0]["w"].asnumpy()[:4], 1, atol=0.2)


TRAINING = """
    import sys
    import numpy as np
    import symbolic as mx

    prefix, begin = sys.argv[1], int(sys.argv[2])
    x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=300, name="fc1")
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=4, name="fc2"), name="softmax")
    random = np.random.RandomState(0)
    data = mx.io.NDArrayIter(random.rand(64, 400).astype("f"), random.randint(0, 4, 64), 16)
    mx.random.seed(1)
    words = {}
    mod = mx.mod.Module(net)
    if begin:
        mod = mx.mod.Module.load(prefix, begin, load_optimizer_states=True)
        words = dict(zip(("arg_params", "aux_params"), mod.get_params()))
    done = mx.callback.module_checkpoint(mod, prefix, save_optimizer_states=True)
    mod.fit(data, num_epoch=int(sys.argv[3]), begin_epoch=begin, epoch_end_callback=done, initializer=mx.init.Xavier(),
            optimizer_params={"learning_rate": 0.05, "momentum": 0.9}, **words)
"""


def run(script, *args, kill_after=None):
    process = subprocess.Popen([sys.executable, str(script), *map(str, args)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    if kill_after is None:
        assert process.wait(60) == 0
        return
    deadline = time.monotonic() + 30
    while not kill_after() and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait(60)


def epochs(prefix):
    return sorted(int(path.stem[-4:]) for path in prefix.parent.glob(f"{prefix.name}-*.params"))


def test_a_killed_run_resumes_from_a_whole_checkpoint(tmp_path):
    """The run that was killed twice ends where the one that was not does."""
    script = tmp_path / "train.py"
    script.write_text(textwrap.dedent(TRAINING))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    run(script, whole, 0, 12)
    begin = 0
    for wanted in (2, 5):
        run(script, killed, begin, 1000, kill_after=lambda wanted=wanted: len(epochs(killed)) >= wanted)
        begin = epochs(killed)[-1]
        mx.model.load_checkpoint(str(killed), begin)
        if begin >= 12:
            break
    begin = min(begin, 11)
    run(script, killed, begin, 12)
    one, other = (mx.model.load_params(str(prefix), 12)[0] for prefix in (whole, killed))
    for name in one:
        np.testing.assert_allclose(other[name].asnumpy(), one[name].asnumpy(), 1e-5, 1e-6)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_fit_in_one_run_a_step_ends_where_two_do(monkeypatch, dropout):
    def fitted():
        mx.random.seed(5)
        mod = mx.mod.Module(mlp(dropout=dropout))
        data = mx.io.NDArrayIter(values(20, 10), np.arange(20) % 4, 6)
        mod.fit(data, num_epoch=4, initializer=mx.init.Xavier(), optimizer="adam", batch_end_callback=mx.callback.Speedometer(6, 2))
        return mod

    apart = fitted()
    taken = []
    make = mx.mod.Module._fused_step
    monkeypatch.setattr("symbolic.training.module.base.WORTH_ONE_RUN", 1)
    monkeypatch.setattr(mx.mod.Module, "_fused_step", lambda self: taken.append(make(self)) or taken[0])
    together = fitted()
    assert len(taken) == 1 and (taken[0] is None) == bool(dropout)
    for name, value in apart.get_params()[0].items():
        np.testing.assert_allclose(together.get_params()[0][name].asnumpy(), value.asnumpy(), 1e-5, 1e-6)
    assert apart._updater.optimizer.num_update == together._updater.optimizer.num_update
    one, other = apart._updater.states, together._updater.states
    for index in one:
        for left, right in zip(one[index], other[index], strict=True):
            np.testing.assert_allclose(left.asnumpy(), right.asnumpy(), 1e-5, 1e-7)
