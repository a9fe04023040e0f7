"""Metrics against scikit-learn, copies of them, and what is refused."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from sklearn import metrics as theirs

import symbolic as mx


def batch(k=2, n=200, seed=0):
    rng = np.random.RandomState(seed)
    pred = rng.dirichlet(np.ones(k), n).astype(np.float32)
    label = np.where(rng.uniform(size=n) < 0.6, pred.argmax(1), rng.randint(0, k, n))
    return mx.nd.array(label), mx.nd.array(pred)


@pytest.mark.parametrize("k", [2, 5])
def test_as_scikit_learn(k):
    label, pred = batch(k)
    true, likely = label.asnumpy().astype(int), pred.asnumpy().astype(np.float64)
    likely /= likely.sum(axis=1, keepdims=True)
    found = likely.argmax(1)
    wanted = {
        "acc": theirs.accuracy_score(true, found),
        "pcc": theirs.matthews_corrcoef(true, found),
        "ce": theirs.log_loss(true, likely, labels=range(k)),
        "nll_loss": theirs.log_loss(true, likely, labels=range(k)),
    }
    if k == 2:
        wanted |= {"f1": theirs.f1_score(true, found), "mcc": theirs.matthews_corrcoef(true, found)}
    for name, value in wanted.items():
        metric = mx.metric.create(name)
        metric.update([label], [pred])
        np.testing.assert_allclose(metric.get()[1], value, rtol=1e-5, err_msg=name)
    if k > 2:
        metric = mx.metric.TopKAccuracy(3)
        metric.update([label], [pred])
        np.testing.assert_allclose(metric.get()[1], theirs.top_k_accuracy_score(true, likely, k=3, labels=range(k)))


def test_micro_correlation_is_that_of_all_numbers():
    rng = np.random.RandomState(0)
    x = rng.normal(size=(90, 2)) + 1000
    y = x + rng.normal(size=(90, 2))
    metric = mx.metric.PearsonCorrelation(average="micro")
    for place in (slice(0, 10), slice(10, 11), slice(11, 90)):
        metric.update([mx.nd.array(y[place], dtype="float64")], [mx.nd.array(x[place], dtype="float64")])
    np.testing.assert_allclose(metric.get()[1], np.corrcoef(x.ravel(), y.ravel())[0, 1], rtol=1e-10)


NAMES = ["acc", "f1", "mcc", "pcc", "ce", "nll_loss", "loss", "mae", "mse", "rmse"]


@pytest.mark.parametrize("name", NAMES)
def test_copies_go_on_alone(name):
    metric = mx.metric.create(name)
    metric.update(*[[x] for x in batch()])
    others = copy.deepcopy(metric), pickle.loads(pickle.dumps(metric))
    before = metric.get()
    metric.update(*[[x] for x in batch(seed=1)])
    for other in others:
        assert other.get() == before
        other.update(*[[x] for x in batch(seed=1)])
        assert other.get() == metric.get() and other.get_global() == metric.get_global()


@pytest.mark.parametrize("name", NAMES)
def test_global_account_outlives_local_resets(name):
    whole, local = mx.metric.create(name), mx.metric.create(name)
    for seed in range(5):
        for metric in (whole, local):
            metric.update(*[[x] for x in batch(seed=seed)])
        local.reset_local()
        assert np.isnan(local.get()[1])
    assert local.get_global() == whole.get() == whole.get_global()


@pytest.mark.parametrize("name", NAMES)
def test_numpy_arrays_are_taken_too(name):
    label, pred = batch()
    first, second, third = (mx.metric.create(name) for _ in range(3))
    first.update([label], [pred])
    second.update([label.asnumpy()], [pred.asnumpy()])
    third.update(label.asnumpy(), pred.asnumpy())
    assert first.get() == second.get() == third.get()


def test_columns_of_labels_are_labels():
    """The reference compares a column with a row: all with all."""
    label, pred = batch()
    for name in ("f1", "mcc"):
        first, second = mx.metric.create(name), mx.metric.create(name)
        first.update([label], [pred])
        second.update([label.reshape((-1, 1))], [pred])
        assert first.get() == second.get()


def test_messages():
    label, pred = batch(5)
    with pytest.raises(mx.MXNetError, match="did you mean 'accuracy'"):
        mx.metric.create("acuracy")
    with pytest.raises(mx.MXNetError, match="PCC measures more"):
        mx.metric.F1().update([label], [pred])
    with pytest.raises(ValueError, match="differ in number"):
        mx.metric.create("acc").update([label, label], [pred])
    with pytest.raises(ValueError, match="differ in number"):
        mx.metric.create("acc").update(mx.nd.ones((2,)), [mx.nd.ones((2, 2)), mx.nd.ones((2, 2))])
    with pytest.raises(IndexError, match="not that many"):
        mx.metric.create(["acc"]).get_metric(1)
    with pytest.raises(KeyError, match="no output 'pp'; did you mean"):
        mx.metric.create("acc", output_names=["pp"]).update_dict({"l": label}, {"p": pred})
    with pytest.raises(mx.MXNetError, match="less than top_k"):
        mx.metric.TopKAccuracy(7).update([label], [pred])


def test_instances_do_not_share():
    first, second = mx.metric.create(["acc", "acc"]).metrics
    first.update(*[[x] for x in batch()])
    assert np.isnan(second.get()[1])
