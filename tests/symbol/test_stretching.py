"""``a + b`` of unequal shapes stretches them where the reference fails, and nothing else changes."""

import json
import operator

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ShapeError
from symbolic.show.page.model import page_model

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


# -- what shows a symbol ------------------------------------------------------------------------------------------------------

PAIRS = [((3, 1), (1, 4), (3, 4)), ((2, 3), (3,), (2, 3)), ((4,), (2, 1), (2, 4))]


@pytest.mark.parametrize(("one", "other", "both"), PAIRS)
@pytest.mark.parametrize("declared", [False, True])
def test_pages_and_graphs_of_what_stretches(one, other, both, declared):
    total = (mx.sym.Variable("a", shape=one) + mx.sym.Variable("b", shape=other)) * 2 if declared else (a + b) * 2
    shapes = {} if declared else {"a": one, "b": other}
    page = page_model(total, shapes or None)
    assert [page["shapes"][number] for number in page["shape"]][2:] == [list(both)] * 2
    if declared:
        assert "x".join(map(str, both)) in total.plot(shape={}).source and total.summary().rows[-1].outputs == (both,)
    else:
        graph = total.to_networkx(**shapes)
        assert [data["op"] for _, data in graph.nodes(data=True)] == ["null", "null", "broadcast_add", "_mul_scalar"]
        assert graph.nodes[2]["shapes"] == [both] and graph.nodes[2]["name"] == total.get_internals().list_outputs()[2][: -len("_output")]


def test_a_page_is_saved_of_what_stretches(tmp_path):
    mx.viz.save_page(a + b, tmp_path / "sum.html", shape={"a": (3, 1), "b": (1, 4)})
    assert (tmp_path / "sum.html").stat().st_size > 10_000
    with pytest.raises(ShapeError, match="elemwise_add"):
        mx.viz.save_page(a + b, tmp_path / "none.html", shape={"a": (3, 2), "b": (1, 4)})


@pytest.mark.parametrize(("one", "other", "both"), PAIRS)
def test_costs_of_what_stretches(one, other, both):
    elements = np.prod(both)
    found = (a + b).cost(a=one, b=other)
    assert found.flops() == elements and found.output_bytes() == 4 * elements
    assert (a + b).cost({"a": one, "b": other}).to_dict() == found.to_dict()
    trained = (a * b).cost(a=one, b=other, grad=["b"])
    assert trained.gradient_bytes() == 4 * np.prod(other) and trained.planned_bytes("numpy") > trained.input_bytes()


def test_costs_of_what_stretches_along_dimensions():
    net = mx.sym.FullyConnected(a * b, num_hidden=4, name="fc")
    found = net.cost(a=("N", 3), b=(3,), grad=True)
    assert repr(found.input_bytes) == "12*N + 12" and found.peak_bytes(N=7) == net.cost(a=(7, 3), b=(3,), grad=True).peak_bytes()
    assert repr((a + b).cost(a=("N", 1), b=(1, "M")).output_bytes) == "4*N*M"
    for wrong in ({"a": ("N", 3), "b": ("M", 3)}, {"a": ("N", 3), "b": ("N", 2)}, {"a": ("N", 3), "b": ("2*N", 3)}):
        with pytest.raises(ShapeError, match=r"_plus\d+ \((elemwise_add|broadcast_add)"):
            (a + b).cost(wrong)
