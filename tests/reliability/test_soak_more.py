"""A long life with everything in it: buckets, monitors, operators of the user, iterators, sparse weights, profiles, loops, and
calls that fail between the steps; memory and open files stay what they were."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

import symbolic as mx
from symbolic.backends import default_executor
from symbolic.operator import custom
from tests.marks import NUMBA
from tests.reliability.test_soak import SLACK, live

S = mx.sym


class Doubled(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        if float(in_data[0].asnumpy().max()) > 1e6:
            raise ValueError("too large")
        self.assign(out_data[0], req[0], in_data[0] * 2)

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * 2)


class DoubledProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return Doubled()


@pytest.fixture(autouse=True)
def own_settings(monkeypatch):
    monkeypatch.setattr(custom, "_classes", {})
    mx.operator.register("doubled")(DoubledProp)
    before = default_executor()
    yield
    mx.set_default_executor(before)


def sentence(length):
    """A network for rows of one length; weights are shared by all lengths."""
    embedded = S.Embedding(S.Variable("data"), input_dim=20, output_dim=6, name="embed")
    outputs, _ = mx.rnn.LSTMCell(5, prefix="lstm_").unroll(length, embedded, layout="NTC", merge_outputs=True)
    last = S.FullyConnected(S.Reshape(outputs, shape=(-1, 5)), num_hidden=20, name="fc")
    return S.SoftmaxOutput(last, S.Reshape(S.Variable("softmax_label"), shape=(-1,)), name="softmax"), ("data",), ("softmax_label",)


class Life:
    """One part a method; a round is all of them."""

    def __init__(self, folder):
        self.folder, self.rounds = folder, 0
        draw = np.random.RandomState(0)
        self.data, self.labels = draw.rand(32, 6).astype("f"), draw.randint(0, 3, 32).astype("f")
        self.sentences = [[*draw.randint(1, 20, length)] for length in (3, 4, 3, 4, 3, 4, 4, 3)]
        (folder / "rows.csv").write_text("\n".join(",".join(f"{x:.3f}" for x in row) for row in self.data))
        with mx.name.NameManager():
            x = S.Custom(S.FullyConnected(S.Variable("data"), num_hidden=5, name="fc1"), op_type="doubled", name="own")
            self.network = S.SoftmaxOutput(S.FullyConnected(S.tanh(x, name="tanh"), num_hidden=3, name="fc2"), name="softmax")
        self.exe = self.network.simple_bind(mx.cpu(), data=(4, 6))
        self.exe.arg_dict["fc1_weight"][:] = 0.5

    def round(self):
        self.rounds += 1
        for part in (self.buckets, self.monitored, self.iterators, self.refused, self.arrays, self.loops, self.bindings):
            with mx.name.NameManager():
                part()

    def buckets(self):
        batches = mx.rnn.BucketSentenceIter(self.sentences, 2, buckets=[3, 4], invalid_label=0)
        module = mx.mod.BucketingModule(sentence, default_bucket_key=4)
        module.fit(batches, num_epoch=2, optimizer="sgd", initializer=mx.init.Xavier(), eval_metric=mx.metric.Perplexity(0))

    def monitored(self):
        module = mx.mod.Module(self.network)
        monitor = mx.mon.Monitor(2, pattern=".*output")
        batches = mx.io.PrefetchingIter(mx.io.NDArrayIter(self.data, self.labels, 8, last_batch_handle="discard"))
        module.fit(batches, num_epoch=1, optimizer="adam", initializer=mx.init.Xavier(), monitor=monitor, eval_metric="acc")
        module.save_checkpoint(str(self.folder / "net"), 1 + self.rounds % 2, save_optimizer_states=True)
        del module, monitor

    def iterators(self):
        batches = mx.io.CSVIter(data_csv=str(self.folder / "rows.csv"), data_shape=(6,), batch_size=5)
        sized = mx.io.ResizeIter(mx.io.NDArrayIter(self.data, self.labels, 8, shuffle=True), 3)
        for _ in range(2):
            assert sum(1 for _ in batches) in (6, 7) and sum(1 for _ in sized) == 3
            batches.reset()
            sized.reset()
        with contextlib.closing(mx.recordio.MXRecordIO(str(self.folder / "rows.rec"), "w")) as file:
            for row in self.data[:3]:
                file.write(row.tobytes())
        with contextlib.closing(mx.recordio.MXRecordIO(str(self.folder / "rows.rec"), "r")) as file:
            assert file.read() == self.data[0].tobytes()

    def refused(self):
        """Between two steps everything fails that can; the executor goes on."""
        expected = self.exe.forward(is_train=False, data=self.data[:4])[0].asnumpy()
        with pytest.raises(ValueError, match="too large"):
            self.exe.forward(is_train=True, data=self.data[:4] * 1e9 + 1e9)
        for wrong in (
            lambda: self.exe.forward(data=self.data[:3, :2]),
            lambda: self.exe.backward([mx.nd.ones((1,))]),
            lambda: self.network.simple_bind(mx.cpu(), data=(4, 6), fc1_weight=(5, 7)),
            lambda: self.network.bind(mx.cpu(), {"data": mx.nd.ones((4, 6))}),
            lambda: self.exe.reshape(data=(400, 6)),
            lambda: self.exe.copy_params_from({"nothing": mx.nd.ones((1,))}),
            lambda: mx.sym.load(str(self.folder / "rows.rec")),
            lambda: mx.nd.load(str(self.folder / "rows.csv")),
            lambda: mx.mod.Module.load(str(self.folder / "nothing"), 1),
            lambda: S.FullyConnected(S.Variable("x"), num_hiden=3),
        ):
            with pytest.raises(mx.MXNetError):
                wrong()
        assert np.array_equal(self.exe.forward(is_train=False, data=self.data[:4])[0].asnumpy(), expected)

    def arrays(self):
        path = str(self.folder / "some.params")
        some = {
            "dense": mx.nd.array(self.data),
            "rows": mx.nd.array(self.data).tostype("row_sparse"),
            "csr": mx.nd.array(self.data).tostype("csr"),
        }
        mx.nd.save(path, some)
        assert {name: array.stype for name, array in mx.nd.load(path).items()} == {"dense": "default", "rows": "row_sparse", "csr": "csr"}
        weight = mx.nd.ones((6, 2))
        weight.attach_grad()
        with mx.autograd.record():
            loss = mx.nd.dot(mx.nd.array(self.data), weight).tanh().sum()
        loss.backward()
        assert np.isfinite(weight.grad.asnumpy()).all()

    def loops(self):
        outputs, _ = S.contrib.foreach(lambda row, state: (row + state, row + state), S.Variable("rows"), S.Variable("start"))
        exe = outputs.simple_bind(mx.cpu(), rows=(3 + self.rounds % 2, 4), start=(4,))
        exe.forward(is_train=True)
        exe.backward(mx.nd.ones(exe.outputs[0].shape))

    def bindings(self):
        """Other shapes, a profile, a picture, a table; nothing of them stays."""
        exe = self.exe
        for rows in (2, 6, 4):
            exe = exe.reshape(data=(rows, 6), allow_up_sizing=True, partial_shaping=True)
            exe.forward(is_train=True, data=self.data[:rows])
            exe.backward()
        mx.debug.profile(exe)
        with contextlib.redirect_stdout(io.StringIO()):
            mx.viz.print_summary(self.network, shape={"data": (4, 6)})
        assert mx.viz.plot_network(self.network, shape={"data": (4, 6)}).source


@pytest.mark.filterwarnings("ignore:.*lready.*:UserWarning")
def test_some_rounds_of_everything(tmp_path):
    live(Life(tmp_path), rounds=2, warm=2, slack=2 * SLACK, settle=2)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:.*lready.*:UserWarning")
@pytest.mark.parametrize("executor", ["numpy", NUMBA])
def test_many_rounds_of_everything(executor, tmp_path):
    mx.set_default_executor(executor)
    live(Life(tmp_path), rounds=40, warm=6, slack=2 * SLACK, settle=2)
