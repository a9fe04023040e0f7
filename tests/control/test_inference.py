"""Shapes and types flow through loops and conditions, both ways."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ShapeError
from tests.control.composing import EXECUTORS, W, over


def test_shapes_flow_both_ways():
    out, state = over(lambda row, st: (row * W + st, st + row))
    both = mx.sym.Group([out, state])
    everything = ([(3, 2), (2,), (2,)], [(3, 2), (2,)], [])
    assert both.infer_shape(data=(3, 2)) == everything
    assert both.infer_shape_partial(s=(2,)) == ([(0, 2), (2,), (2,)], [(0, 2), (2,)], [])
    assert both.infer_shape_partial() == ([(), (), ()], [(), ()], [])
    assert (out + mx.sym.Variable("k")).infer_shape(k=(3, 2))[0][:3] == everything[0]
    with pytest.raises(ShapeError, match="_foreach"):
        both.infer_shape(data=(3, 2), s=(4,))
    with pytest.raises(ShapeError):
        pair = [mx.sym.Variable("a"), mx.sym.Variable("b")]
        mx.sym.contrib.foreach(lambda rows, st: (rows[0] + rows[1], st), pair, mx.sym.Variable("s"))[0].infer_shape(
            a=(3, 2), b=(4, 2), s=(1,)
        )


def test_layers_within_learn_their_sizes():
    out, _ = over(lambda row, st: (mx.sym.FullyConnected(row, num_hidden=4, name="fc"), st))
    assert dict(zip(out.list_arguments(), out.infer_shape(data=(5, 2, 3), s=(1,))[0], strict=True))["fc_weight"] == (4, 3)
    outer, _ = over(
        lambda row, st: mx.sym.contrib.foreach(lambda cell, s: (mx.sym.FullyConnected(cell, num_hidden=4, name="fc"), s), row, st)
    )
    assert dict(zip(outer.list_arguments(), outer.infer_shape(data=(6, 5, 2, 3), s=(1,))[0], strict=True))["fc_weight"] == (4, 3)


def test_shapes_of_while_and_cond():
    i, s, x, y = map(mx.sym.Variable, "isxy")
    out, states = mx.sym.contrib.while_loop(lambda i, s: i < 5, lambda i, s: (s * W, [i + 1, s]), [i, s], max_iterations=7)
    assert mx.sym.Group([out, *states]).infer_shape(i=(1,), s=(2, 3))[1] == [(7, 2, 3), (1,), (2, 3)]
    choice = mx.sym.contrib.cond(mx.sym.sum(x) < 1, lambda: x * W, lambda: x - y)
    assert choice.infer_shape(x=(2, 3)) == ([(2, 3)] * 3, [(2, 3)], [])
    with pytest.raises(ShapeError, match="_cond"):
        mx.sym.contrib.cond(mx.sym.sum(x) < 1, lambda: x, lambda: mx.sym.concat(x, x, dim=0)).infer_shape(x=(4,))


def test_types_flow_through():
    out, state = over(lambda row, st: (row * W + st, st + row))
    both = mx.sym.Group([out, state])
    assert both.infer_type(w="float16") == ([np.float16] * 3, [np.float16] * 2, [])
    out, state = over(lambda row, st: (row * 2, st + 1))
    assert out.infer_type(data="float64", s="int32") == ([np.float64, np.int32], [np.float64], [])
    bound = mx.sym.Group([out, state]).simple_bind(mx.cpu(), data=(2, 1), s=(1,), type_dict={"data": "float64", "s": "int32"})
    assert [output.dtype for output in bound.forward()] == [np.float64, np.int32]
    assert bound.outputs[1].asnumpy().tolist() == [2]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_float16_is_widened_within(executor):
    """The sum of squares in the norm would overflow."""
    out, _ = over(lambda row, st: (mx.sym.LayerNorm(row * 300, name="ln"), st))
    bound = out.simple_bind(mx.cpu(), data=(2, 4), s=(1,), type_dict={"data": "float16"}, executor=executor)
    bound.arg_dict["data"][:] = np.arange(8).reshape(2, 4)
    bound.arg_dict["ln_gamma"][:] = 1
    assert bound.forward(is_train=True)[0].dtype == np.float16
    np.testing.assert_allclose(bound.outputs[0].asnumpy()[0], [-1.342, -0.447, 0.447, 1.342], atol=1e-3)
    bound.backward([mx.nd.array(np.arange(8).reshape(2, 4) % 3, dtype="float16")])
    assert np.isfinite(bound.grad_dict["data"].asnumpy()).all()


@pytest.mark.parametrize("executor", EXECUTORS)
def test_no_rows(executor):
    """MXNet leaves the last state undefined, and drops its gradient."""
    out, state = over(lambda row, st: (row * W + st, st + row))
    with mx.np_shape():
        bound = mx.sym.Group([out, state]).simple_bind(mx.cpu(), data=(0, 2), s=(2,), w=(2,), executor=executor)
        bound.arg_dict["s"][:] = 5
        first, last = bound.forward(is_train=True)
        assert first.shape == (0, 2)
        assert last.asnumpy().tolist() == [5, 5]
        bound.backward([mx.nd.ones((0, 2)), mx.nd.array([1, 2])])
        assert bound.grad_dict["s"].asnumpy().tolist() == [1, 2]
        assert bound.grad_dict["w"].asnumpy().tolist() == [0, 0]
