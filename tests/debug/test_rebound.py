"""Reasons for new plans: said where one is made, and only there."""

from __future__ import annotations

import logging

import symbolic as mx
from tests.debug.networks import filled, training_net


def batch(size):
    return mx.io.DataBatch([mx.nd.ones((size, 6))], [mx.nd.ones((size,))])


def test_reshape_tells_which_shapes_changed(caplog):
    bound = filled(training_net(), data=(4, 6))
    with caplog.at_level(logging.INFO, "symbolic.rebind"), mx.debug.why_rebound() as why:
        bound.reshape(data=(2, 6), partial_shaping=True)
        bound.forward()
    assert why.reasons == ["softmax: Executor.reshape makes a new plan: data (4, 6) -> (2, 6); so softmax_label (4,) -> (2,)"]
    assert [record.getMessage() for record in caplog.records] == why.reasons
    assert str(why) == why.reasons[0]


def test_modules_make_a_plan_for_each_size_once():
    module = mx.mod.Module(training_net())
    module.bind([("data", (4, 6))], [("softmax_label", (4,))])
    module.init_params()
    with mx.debug.why_rebound() as why:
        for size in (4, 2, 4, 2, 3):
            module.forward(batch(size))
    assert len(why) == 2
    assert why.reasons[0].startswith("softmax: Module.forward makes a new plan: data (4, 6) -> (2, 6)")
    with mx.debug.why_rebound() as why:
        module.forward(batch(3))
    assert str(why) == "no new plan was made"
    with mx.debug.why_rebound() as why:
        module.reshape([("data", (7, 6))], [("softmax_label", (7,))])
    assert "Module.reshape" in str(why)


def test_a_new_bucket_is_a_new_plan():
    def made(key):
        x = mx.sym.FullyConnected(mx.sym.sum(mx.sym.Variable("data"), axis=1, keepdims=True), num_hidden=2, name="fc")
        return mx.sym.SoftmaxOutput(x, name="softmax"), ("data",), ("softmax_label",)

    module = mx.mod.BucketingModule(made, default_bucket_key=8)
    module.bind([("data", (4, 8))], [("softmax_label", (4,))])
    module.init_params()
    with mx.debug.why_rebound() as why:
        module.switch_bucket(5, [("data", (4, 5))], [("softmax_label", (4,))])
        module.switch_bucket(8, None)
        module.switch_bucket(5, None)
    assert len(why) == 1
    assert "switch_bucket(5)" in str(why)
    assert "data (4, 8) -> (4, 5)" in str(why)
