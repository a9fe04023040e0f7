"""``a + b`` of unequal shapes stretches them where the reference fails, and nothing else changes."""

import json
import operator

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ShapeError

A = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
ROW, COLUMN = np.array([2, 3, 5], np.float32), np.array([[2], [4]], np.float32)
a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.mod,
    operator.pow,
    operator.eq,
    operator.gt,
    operator.le,
    operator.and_,
]


def compute(symbol, **arrays):
    return symbol.eval(ctx=mx.cpu(), **{name: mx.nd.array(array) for name, array in arrays.items()})[0].asnumpy()


@pytest.mark.parametrize("function", [*OPERATORS, operator.ne, operator.floordiv, operator.or_, np.maximum, np.minimum, np.hypot])
@pytest.mark.parametrize("other", [ROW, COLUMN, ROW[:1]], ids=["row", "column", "one"])
def test_shapes_stretch(function, other):
    expected = function(A > 2, other > 2) if function in (operator.and_, operator.or_) else function(A, other)
    one, two = (a > 2, b > 2) if function in (operator.and_, operator.or_) else (a, b)
    np.testing.assert_allclose(compute(function(one, two), a=A, b=other), expected.astype(np.float32), rtol=1e-6)
    assert function(one, two).infer_shape(a=(2, 3), b=other.shape)[1] == [(2, 3)]


def test_gradients_are_summed_over_what_was_stretched():
    exe = mx.sym.MakeLoss(a * b + b).simple_bind(mx.cpu(), a=(2, 3), b=(3,))
    exe.forward(is_train=True, a=mx.nd.array(A), b=mx.nd.array(ROW))
    exe.backward()
    np.testing.assert_allclose(exe.grad_dict["b"].asnumpy(), A.sum(0) + 2)
    np.testing.assert_allclose(exe.grad_dict["a"].asnumpy(), np.broadcast_to(ROW, (2, 3)))


def test_names_and_files_are_those_of_the_reference():
    symbol = a + b
    assert symbol.list_outputs()[0].startswith("_plus")
    exe = symbol.simple_bind(mx.cpu(), a=(2, 3), b=(3,))
    assert list(exe.output_dict) == symbol.list_outputs()
    assert [node["op"] for node in json.loads(symbol.tojson())["nodes"]] == ["null", "null", "elemwise_add"]


def test_equal_shapes_are_still_inferred_from_each_other():
    weight = mx.sym.Variable("weight")
    symbol = (a + weight) * b
    assert symbol.infer_shape(a=(2, 3), b=(3,))[0] == [(2, 3), (2, 3), (3,)]


def test_several_in_one_graph():
    net = mx.sym.FullyConnected((a + b) * a - b, num_hidden=4, name="fc") + mx.sym.Variable("c")
    shapes, outputs, _ = net.infer_shape(a=(2, 3), b=(2, 1), c=(4,))
    assert outputs == [(2, 4)] and dict(zip(net.list_arguments(), shapes, strict=True))["fc_weight"] == (4, 3)


def test_lists_of_arrays():
    exe = (a + b).bind(mx.cpu(), [mx.nd.array(A), mx.nd.array(COLUMN)])
    np.testing.assert_allclose(exe.forward()[0].asnumpy(), A + COLUMN)


@pytest.mark.parametrize(
    "symbol",
    [
        mx.sym.elemwise_add(a, b),
        mx.sym.elemwise_add(a, b, name="sum"),
        mx.sym.add_n(a, b),
        mx.sym.load_json((a + b).tojson()),
        mx.sym.FullyConnected(a + b, num_hidden=2, no_bias=True, weight=mx.sym.Variable("w", shape=(2, 7))),
    ],
    ids=["elemwise_add", "named", "add_n", "loaded", "another mistake"],
)
def test_what_does_not_stretch(symbol):
    with pytest.raises(ShapeError):
        symbol.infer_shape(a=(2, 3), b=(3,))


def test_shapes_that_do_not_stretch_are_refused_by_the_node():
    with pytest.raises(ShapeError, match=r"_plus\d+ \(elemwise_add"):
        (a + b).infer_shape(a=(2, 3), b=(3, 2))
    with pytest.raises(ShapeError, match=r"elemwise_add"):
        (a + b).simple_bind(mx.cpu(), a=(2, 3), b=(2, 2))
