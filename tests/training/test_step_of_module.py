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
    hidden = mx.sym.Dropout(hidden, p=drop, name="drop") if drop else hidden
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


CHANGES = {  # what a callback may do between epochs: whether the fast path goes on
    "learning rate": (lambda made: made._optimizer.set_learning_rate(0.2), True),
    "decay": (lambda made: setattr(made._optimizer, "wd", 0.1), True),
    "multipliers": (lambda made: made._optimizer.set_lr_mult({"fc1_weight": 0.1}), True),
    "momentum": (lambda made: setattr(made._optimizer, "momentum", 0.1), False),
    "rescale_grad": (lambda made: setattr(made._optimizer, "rescale_grad", 0.01), False),
    "clip_gradient": (lambda made: setattr(made._optimizer, "clip_gradient", 0.01), False),
    "parameters": (lambda made: made.set_params(*[{k: v * 0.5 for k, v in each.items()} for each in made.get_params()]), True),
    "optimizer": (lambda made: made.init_optimizer(optimizer="adam", force_init=True), False),
    "binding": (lambda made: made.bind([("data", (BATCH, 5))], [("softmax_label", (BATCH,))], force_rebind=True), False),
    "monitor": (lambda made: made.install_monitor(mx.mon.Monitor(1)), False),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_changed_between_epochs_is_seen(what, monkeypatch):
    """To the last bit."""
    change, goes_on = CHANGES[what]

    def fitted(fused):
        monkeypatch.setattr("symbolic.training.module.base.WORTH_ONE_RUN", 1 if fused else 10**9)
        taken = []

        def watched(self):
            run = step_of(self)
            return lambda batch: taken.append(run(batch)) or taken[-1]

        monkeypatch.setattr(mx.mod.Module, "_fused_step", watched)
        mx.random.seed(1)
        made = mx.mod.Module(network(0.0))
        made.fit(
            data(),
            epoch_end_callback=lambda epoch, *_: change(made) if epoch == 1 else None,
            initializer=mx.init.Xavier(),
            optimizer_params={"learning_rate": 0.05, "momentum": 0.9},
            num_epoch=4,
        )
        return {name: array.asnumpy() for each in made.get_params() for name, array in each.items()}, taken

    want, _ = fitted(False)
    found, taken = fitted(True)
    assert taken == [True] * 6 + [goes_on] * 12
    for name, values in want.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def looking(_):
    """A user's callback, which may look at gradients."""


FITS = {  # arguments of fit, and whether they leave it on
    "plain": ({}, True),
    "Speedometer": ({"batch_end_callback": mx.callback.Speedometer(BATCH, 2)}, True),
    "callbacks of the library": (
        {"batch_end_callback": [mx.callback.Speedometer(BATCH, 2), mx.callback.log_train_metric(2), mx.callback.ProgressBar(6)]},
        True,
    ),
    "own callback": ({"batch_end_callback": looking}, False),
    "own callback too": ({"batch_end_callback": [mx.callback.Speedometer(BATCH, 2), looking]}, False),
    "monitor": ({"monitor": 2}, False),
    "metrics": ({"eval_metric": ["acc", "ce", "mse", lambda label, scores: 0.0]}, True),
    "own metric": ({"eval_metric": mx.metric.CustomMetric(lambda label, scores: 1.0)}, True),
    "no store": ({"kvstore": None}, True),
    "store": ({"kvstore": "store"}, False),
    "draws": ({"optimizer": "sgld"}, False),
    "several at once": ({"optimizer": "lbsgd"}, False),
    "one epoch": ({"num_epoch": 1}, False),  # the first tells how many batches there are
}


@pytest.mark.parametrize("what", FITS)
def test_what_fit_takes_it_for(what, monkeypatch):
    words, taken = FITS[what]
    monkeypatch.setattr("symbolic.training.module.base.WORTH_ONE_RUN", 6)
    steps = []
    make = mx.mod.Module._fused_step

    def watched(self):
        run = make(self)
        return None if run is None else lambda batch: steps.append(run(batch)) or steps[-1]

    monkeypatch.setattr(mx.mod.Module, "_fused_step", watched)
    words = {"num_epoch": 2, **words}
    if "monitor" in words:
        words["monitor"] = mx.mon.Monitor(words["monitor"])
    if words.get("kvstore") == "store":
        words["kvstore"] = mx.kv.create("local")
    mx.mod.Module(network(0.0)).fit(data(), **words)
    assert steps == [True] * (6 if taken else 0)
