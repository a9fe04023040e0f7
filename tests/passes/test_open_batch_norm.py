"""Batch normalisation for inference becomes an affine map; training, monitoring and float16 keep the layer."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx


def network(**parameters):
    x = mx.sym.Convolution(mx.sym.Variable("data"), kernel=(3, 3), num_filter=4, name="conv")
    return mx.sym.Activation(mx.sym.BatchNorm(x, name="norm", **parameters), act_type="relu", name="act")


def bind(symbol, executor="numpy", dtype="float32", **shapes):
    bound = symbol.simple_bind(mx.cpu(), grad_req="write", executor=executor, type_dict={"data": dtype}, **shapes)
    rs = np.random.RandomState(0)
    for array in [*bound.arg_arrays, *bound.aux_arrays]:
        array[:] = rs.uniform(0.5, 1.5, array.shape)
    return bound


def operators(bound, is_train):
    graph = next(program.lowered.graph for (train, *_), program in bound._programs.items() if train is is_train)
    return [node.op.name for node in graph.nodes if node.op is not None]


@pytest.mark.parametrize("parameters", [{}, {"fix_gamma": False}, {"eps": 1e-5, "fix_gamma": False}, {"axis": -3}, {"axis": 3}])
def test_inference_multiplies_and_adds(parameters):
    symbol = network(**parameters)
    bound, other = bind(symbol, data=(2, 3, 6, 6)), bind(symbol, "reference", data=(2, 3, 6, 6))
    np.testing.assert_allclose(bound.forward()[0].asnumpy(), other.forward()[0].asnumpy(), rtol=1e-5, atol=1e-5)
    assert "BatchNorm" not in operators(bound, False)


def test_new_statistics_count_at_the_next_run():
    bound = bind(network(), data=(2, 3, 6, 6))
    before = bound.forward()[0].asnumpy()
    bound.aux_dict["norm_moving_mean"][:] = 0
    assert np.abs(bound.forward()[0].asnumpy() - before).max() > 0.1


def test_training_keeps_the_layer():
    bound = bind(network(), data=(2, 3, 6, 6))
    bound.forward(is_train=True)
    assert "BatchNorm" in operators(bound, True)


def test_monitors_see_the_layer():
    bound = bind(network(), data=(2, 3, 6, 6))
    seen = {}
    bound.set_monitor_callback(lambda name, value: seen.update({name: value.asnumpy()}))
    output = bound.forward()[0].asnumpy()
    assert {"conv_output", "norm_output", "act_output"} <= set(seen)
    np.testing.assert_allclose(np.maximum(seen["norm_output"], 0), output, rtol=1e-5, atol=1e-5)


def test_float16_keeps_the_layer():
    bound = bind(network(), dtype="float16", data=(2, 3, 6, 6))
    bound.forward()
    assert "BatchNorm" in operators(bound, False)


def test_statistics_as_outputs():
    symbol = mx.sym.BatchNorm(mx.sym.Variable("data"), output_mean_var=True, name="norm")
    found, wanted = (bind(symbol, executor, data=(2, 3, 4)).forward() for executor in ("numpy", "reference"))
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one.asnumpy(), other.asnumpy(), rtol=1e-5, atol=1e-6)
