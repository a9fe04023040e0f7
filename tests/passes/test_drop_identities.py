"""Copies and products with 1 are left out, to the bit."""

import numpy as np
import pytest

import symbolic as mx


def run(symbol, executor, values, dtype="float32", grad=True):
    data = mx.nd.array(np.asarray(values, dtype), dtype=dtype)
    bound = symbol.bind(mx.cpu(), {"x": data}, {"x": mx.nd.zeros(data.shape, dtype=dtype)} if grad else None, executor=executor)
    outputs = bound.forward(is_train=grad)
    if grad:
        bound.backward([mx.nd.ones(output.shape, dtype=dtype) for output in outputs])
    return bound, [*outputs, *[bound.grad_dict["x"]] * grad]


VALUES = [0.0, -0.0, 1.5, np.nan, np.inf, -np.inf, 1e-45]
x = mx.sym.Variable("x")


@pytest.mark.parametrize(
    "symbol",
    [
        x * 1.0,
        x / 1.0,
        mx.sym.identity(x),
        mx.sym.exp(mx.sym.identity(x * 1.0)) / 1.0,
        x + 0.0,
        x * -1.0,
        mx.sym.Group([x * 1.0, mx.sym.identity(x), x * 1.0]),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_results_are_the_same(symbol, dtype):
    for found, wanted in zip(run(symbol, "numpy", VALUES, dtype)[1], run(symbol, "reference", VALUES, dtype)[1], strict=True):
        assert found.asnumpy().tobytes() == wanted.asnumpy().tobytes()


def test_a_long_chain_of_nothing_is_no_step():
    made = x
    for _ in range(50):
        made = made * 1.0
    bound, (output,) = run(mx.sym.exp(made), "numpy", VALUES, grad=False)
    assert next(iter(bound._programs.values())).steps == 1
    np.testing.assert_array_equal(output.asnumpy(), np.exp(np.float32(VALUES)))


def test_integers_and_truth_values():
    assert (run(x * 1.0, "numpy", [1, 2], "int32", grad=False)[1][0].asnumpy() == [1, 2]).all()
    for executor in ("numpy", "reference"):
        assert run(x * 1.0, executor, [True, False], "bool", grad=False)[1][0].dtype == np.int64


def test_a_state_is_read_before_it_is_written():
    """The head is the old value, though nothing is computed for it and the state is rewritten in the same run."""
    weight, grad, moving = mx.sym.Variable("w"), mx.sym.Variable("g"), mx.sym.Variable("m")
    before = moving * 1.0
    symbol = mx.sym.Group([before, mx.sym.sgd_mom_update(weight, grad, moving, lr=0.5, momentum=0.9)])
    results = []
    for executor in ("numpy", "reference"):
        bound = symbol.simple_bind(mx.cpu(), grad_req="null", executor=executor, w=(3,))
        bound.arg_dict["g"][:] = 1
        results.append([[output.asnumpy() for output in bound.forward()] for _ in range(3)])
    np.testing.assert_array_equal(np.array(results[0]), np.array(results[1]))
