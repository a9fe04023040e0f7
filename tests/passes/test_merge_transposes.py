"""Transposes and reshapes in a row become one, or none."""

import numpy as np
import pytest

import symbolic as mx

x = mx.sym.Variable("x")
SHAPE = (2, 3, 4, 5)


def transposed(*orders):
    made = x
    for axes in orders:
        made = mx.sym.transpose(made, axes=axes)
    return made


def run(symbol, executor, grad=True):
    data = mx.nd.array(np.arange(120.0).reshape(SHAPE))
    bound = symbol.bind(mx.cpu(), {"x": data}, {"x": mx.nd.zeros(SHAPE)} if grad else None, executor=executor)
    outputs = bound.forward(is_train=grad)
    if grad:
        bound.backward([mx.nd.array(np.arange(120.0).reshape(output.shape)) for output in outputs])
    nodes = [node.op.name for program in getattr(bound, "_programs", {}).values() for node in program.lowered.graph.nodes if node.op]
    return nodes, [array.asnumpy() for array in [*outputs, *[bound.grad_dict["x"]] * grad]]


@pytest.mark.parametrize(
    ("symbol", "left"),
    [
        (mx.sym.exp(transposed((0, 2, 3, 1), (0, 3, 1, 2)) * 0.01), 0),
        (transposed((1, 0, 2, 3), (3, 2, 1, 0), (-1, 0, 2, 1)), 1),
        (transposed((), ()), 0),
        (transposed((), (1, 0, 2, 3)), 2),
        (mx.sym.Group([transposed((1, 0, 2, 3)), transposed((1, 0, 2, 3), (2, 3, 0, 1))]), 2),
        (mx.sym.Reshape(mx.sym.Reshape(x, shape=(0, -1)), shape=(5, -1, 4)), 1),
        (mx.sym.Reshape(mx.sym.Reshape(x, shape=(6, -1)), shape=(0, 4, 5)), 2),
        (mx.sym.Reshape(mx.sym.Reshape(x, shape=(6, -1)), shape=(-1, 10), reverse=True), 2),
        (mx.sym.Reshape(mx.sym.Flatten(x), shape=(-1,)), 1),
    ],
)
def test_results_are_the_same(symbol, left):
    nodes = run(symbol, "numpy", grad=False)[0]
    assert sum(name in ("transpose", "Reshape") for name in nodes) == left
    for grad in (False, True):
        for ours, wanted in zip(run(symbol, "numpy", grad)[1], run(symbol, "reference", grad)[1], strict=True):
            np.testing.assert_array_equal(ours, wanted)


def test_it_can_be_turned_off():
    with mx.rewrites(merge_transposes=False):
        assert run(transposed((0, 2, 3, 1), (0, 3, 1, 2)), "numpy", grad=False)[0] == ["transpose", "transpose"]
    assert run(transposed((0, 2, 3, 1), (0, 3, 1, 2)), "numpy", grad=False)[0] == []
