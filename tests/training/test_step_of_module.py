"""The fast path of fit: the same weights, states, outputs as the ordinary one; and where it keeps away."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic.training.step_of_module import step_of

BATCH = 10


def network(drop=0.2):
    hidden = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=8, name="fc1")
    hidden = mx.sym.Activation(mx.sym.BatchNorm(hidden, name="bn"), act_type="relu", name="act")
    hidden = mx.sym.Dropout(hidden, p=drop, name="drop")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(hidden, num_hidden=3, name="fc2"), name="softmax")


def data():
    rng = np.random.RandomState(0)
    return mx.io.NDArrayIter(rng.normal(size=(60, 5)).astype("f"), rng.randint(0, 3, 60).astype("f"), batch_size=BATCH)


def module(optimizer="adam", bind=None, drop=0.2, **words):
    mx.random.seed(1)
    made = mx.mod.Module(network(drop), **{"context": mx.cpu(), **words})
    iterator = data()
    made.bind(iterator.provide_data, iterator.provide_label, **(bind or {}))
    made.init_params(mx.init.Xavier())
    made.init_optimizer(optimizer=optimizer, optimizer_params={"learning_rate": 0.05} if isinstance(optimizer, str) else ())
    return made


def trained(made, run):
    metric = mx.metric.CrossEntropy()
    for _ in range(3):
        for batch in data():
            if run is None or not run(batch):
                made.forward_backward(batch)
                made.update()
            made.update_metric(metric, batch.label)
    arguments, states = made.get_params()
    return {name: array.asnumpy() for name, array in {**arguments, **states}.items()}, metric.get()[1], made._updater.get_states()


@pytest.mark.parametrize("optimizer", ["sgd", "nag", "adam", "rmsprop", "adagrad", "lamb", "nadam", "ftrl"])
@pytest.mark.parametrize("frozen", [None, ["fc1_weight"]], ids=["all", "frozen"])
def test_nothing_differs(optimizer, frozen):
    ordinary, fast = module(optimizer, fixed_param_names=frozen), module(optimizer, fixed_param_names=frozen)
    mx.random.seed(2)
    want, measured, states = trained(ordinary, None)
    mx.random.seed(2)
    run = step_of(fast)
    assert run is not None
    found, seen, kept = trained(fast, run)
    for name, values in want.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5, atol=1e-6, err_msg=name)
    assert seen == pytest.approx(measured, rel=1e-5)
    assert len(kept) == len(states)


def test_both_ways_can_alternate():
    ordinary, fast = module(drop=0.0), module(drop=0.0)  # each program has its own place in a stream of draws
    mx.random.seed(2)
    want, *_ = trained(ordinary, None)
    mx.random.seed(2)
    run, turn = step_of(fast), iter(range(10**6))
    found, *_ = trained(fast, lambda batch: next(turn) % 3 > 0 and run(batch))
    for name, values in want.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-4, atol=1e-5, err_msg=name)


class Own(mx.optimizer.SGD):
    """A user's optimizer, which must be asked."""

    def update(self, index, weight, grad, state):
        super().update(index, weight, grad, state)


class OwnModule(mx.mod.Module):
    def update(self):
        super().update()


def test_it_keeps_away():
    assert step_of(module()) is not None
    assert step_of(module(Own(rescale_grad=0.1))) is None
    assert step_of(module("lbsgd")) is None
    assert step_of(module(context=[mx.cpu(0), mx.cpu(1)])) is None
    assert step_of(module(bind={"inputs_need_grad": True})) is None
    assert step_of(module(bind={"grad_req": "add"})) is None
    watched = module()
    watched.install_monitor(mx.mon.Monitor(1))
    assert step_of(watched) is None
    patched = module()
    patched.update = lambda: None
    assert step_of(patched) is None
    own = OwnModule(network())
    own.bind([("data", (BATCH, 5))], [("softmax_label", (BATCH,))])
    own.init_params()
    own.init_optimizer()
    assert step_of(own) is None


def test_a_batch_that_does_not_fit_is_not_taken(tmp_path):
    made = module()
    run = step_of(made)
    short = mx.io.DataBatch([mx.nd.ones((4, 5))], [mx.nd.ones((4,))])
    assert not run(short)
    fitting = next(iter(data()))
    assert run(fitting)
    made.save_optimizer_states(str(tmp_path / "x.states"))
    made.load_optimizer_states(str(tmp_path / "x.states"))  # the updater has other arrays from here on
    assert not run(fitting)
    assert step_of(made)(fitting)
