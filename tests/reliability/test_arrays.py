"""Arrays of any kind: aliases of each other and of results, empty ones, special values; inputs are never changed unless declared."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from tests.ops.test_laws import build
from tests.reliability.graphs import first_cases

KINDS = ["c", "fortran", "transposed", "strided", "reversed", "big-endian", "misaligned", "read-only", "broadcast"]


def of_kind(values, kind):
    """Lay the same values out in another way."""
    if kind == "fortran":
        return np.asfortranarray(values)
    if kind == "transposed":
        return np.ascontiguousarray(values.T).T
    if kind == "strided":
        wide = np.zeros((values.shape[0], 2 * values.shape[1]), values.dtype)
        wide[:, ::2] = values
        return wide[:, ::2]
    if kind == "reversed":
        return np.ascontiguousarray(values[::-1])[::-1]
    if kind == "big-endian":
        return values.astype(values.dtype.newbyteorder(">"))
    if kind == "misaligned":
        raw = np.zeros(values.nbytes + 1, np.uint8)
        made = raw[1:].view(values.dtype).reshape(values.shape)
        made[...] = values
        return made
    if kind == "broadcast":
        return np.broadcast_to(values[:1], values.shape)
    made = values.copy()
    made.flags.writeable = kind != "read-only"
    return made


def net():
    return mx.sym.FullyConnected(mx.sym.tanh(mx.sym.Variable("x")), num_hidden=2, no_bias=True, name="fc")


def reference(x, w):
    return np.tanh(x) @ w.T


@pytest.mark.parametrize("executor", ["numpy", "reference"])
@pytest.mark.parametrize("kind", KINDS)
def test_bound_and_given(kind, executor):
    """Bound as NumPy arrays or given to a run: right, and left as it was."""
    draw = np.random.RandomState(0)
    x, w = of_kind(draw.rand(4, 3).astype("f"), kind), of_kind(draw.rand(2, 3).astype("f"), kind)
    before = x.tobytes(), w.tobytes()
    wanted = reference(x.astype("f"), w.astype("f"))
    exe = net().bind(mx.cpu(), {"x": mx.nd.array(x), "fc_weight": mx.nd.array(w)}, grad_req="null", executor=executor)
    np.testing.assert_allclose(exe.forward()[0].asnumpy(), wanted, rtol=1e-6)
    other = net().bind(mx.cpu(), {"x": mx.nd.zeros((4, 3)), "fc_weight": mx.nd.array(w)}, grad_req="null", executor=executor)
    np.testing.assert_allclose(other.forward(x=x)[0].asnumpy(), wanted, rtol=1e-6)
    assert (x.tobytes(), w.tobytes()) == before


@pytest.mark.parametrize("executor", ["numpy", "reference"])
def test_one_array_as_two_arguments(executor):
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    shared = mx.nd.array([1.0, 2.0])
    gradients = {"a": mx.nd.zeros((2,)), "b": mx.nd.zeros((2,))}
    exe = (a * b + a).bind(mx.cpu(), {"a": shared, "b": shared}, gradients, executor=executor)
    np.testing.assert_array_equal(exe.forward(is_train=True)[0].asnumpy(), [2, 6])
    exe.backward(mx.nd.ones((2,)))
    np.testing.assert_array_equal(gradients["a"].asnumpy(), [2, 3])
    np.testing.assert_array_equal(gradients["b"].asnumpy(), [1, 2])
    np.testing.assert_array_equal(shared.asnumpy(), [1, 2])


@pytest.mark.parametrize("executor", ["numpy", "reference"])
def test_a_gradient_in_the_memory_of_an_argument(executor):
    """The gradient takes the argument's place, after all that reads it has run."""
    x = mx.nd.array([1.0, 2.0, 3.0])
    exe = mx.sym.square(mx.sym.Variable("x")).bind(mx.cpu(), {"x": x}, {"x": x}, executor=executor)
    np.testing.assert_array_equal(exe.forward(is_train=True)[0].asnumpy(), [1, 4, 9])
    exe.backward(mx.nd.ones((3,)))
    np.testing.assert_array_equal(x.asnumpy(), [2, 4, 6])


@pytest.mark.parametrize("executor", ["numpy", "reference"])
def test_an_output_as_the_next_input(executor):
    exe = (mx.sym.Variable("x") * 2 + 1).bind(mx.cpu(), {"x": mx.nd.array([1.0, 2.0])}, executor=executor)
    found = exe.forward()[0]
    for wanted in ([7, 11], [15, 23]):
        found = exe.forward(x=found)[0]
        np.testing.assert_array_equal(found.asnumpy(), wanted)


@pytest.mark.parametrize("executor", ["numpy", "reference"])
def test_views_that_overlap_as_arguments(executor):
    base = np.arange(6, dtype="f")
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    exe = (a - b).bind(mx.cpu(), {"a": mx.nd.array(base)[:4], "b": mx.nd.array(base)[2:]}, grad_req="null", executor=executor)
    np.testing.assert_array_equal(exe.forward()[0].asnumpy(), [-2, -2, -2, -2])


NAN = {
    "relu": ([np.nan, -np.inf, np.inf, -0.0, -1.0], [np.nan, 0, np.inf, 0, 0]),
    "exp": ([np.nan, -np.inf, np.inf], [np.nan, 0, np.inf]),
    "tanh": ([np.nan, -np.inf, np.inf], [np.nan, -1, 1]),
    "sigmoid": ([np.nan, -np.inf, np.inf], [np.nan, 0, 1]),
    "sqrt": ([np.nan, -1.0, np.inf], [np.nan, np.nan, np.inf]),
    "log": ([np.nan, 0.0, -1.0, np.inf], [np.nan, -np.inf, np.nan, np.inf]),
    "abs": ([np.nan, -np.inf], [np.nan, np.inf]),
    "sum": ([np.nan, 1.0], [np.nan]),
    "max": ([np.nan, 1.0], [np.nan]),
    "mean": ([np.inf, -np.inf], [np.nan]),
}


@pytest.mark.parametrize("executor", ["numpy", "reference"])
@pytest.mark.parametrize("op", NAN)
def test_special_values_pass_as_numpy_says(op, executor, capfd):
    values, wanted = NAN[op]
    for copies in (1, 40):  # short arrays, and such as run in pieces
        x = np.tile(np.array(values, "f"), (copies, 1))
        symbol = getattr(mx.sym, op)(mx.sym.Variable("x"), **({"axis": 1, "keepdims": True} if op in ("sum", "max", "mean") else {}))
        found = symbol.bind(mx.cpu(), {"x": mx.nd.array(x)}, grad_req="null", executor=executor).forward()[0].asnumpy()
        np.testing.assert_array_equal(found, np.tile(np.array(wanted, "f"), (copies, 1)))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("dtype", "low", "high"), [("int8", -128, 127), ("uint8", 0, 255), ("int32", -(2**31), 2**31 - 1), ("int64", -(2**63), 2**63 - 1)]
)
def test_whole_numbers_wrap(dtype, low, high):
    """As in NumPy, and C: modulo two to the number of bits."""
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    x, one = np.array([low, high, high], dtype), np.array([0, 1, high], dtype)
    with np.errstate(over="ignore"):
        for symbol, wanted in ((a + b, x + one), (a - b, x - one), (a * b, x * one)):
            exe = symbol.bind(mx.cpu(), {"a": mx.nd.array(x, dtype=dtype), "b": mx.nd.array(one, dtype=dtype)}, grad_req="null")
            np.testing.assert_array_equal(exe.forward()[0].asnumpy(), wanted)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.op) for _, case in first_cases()])
def test_inputs_stay_unless_declared(case):
    """Bound on memory that cannot be written, but for states: whoever writes into an input fails."""
    symbol, names = build(case)
    if not len(symbol):
        return
    states = set(symbol.list_auxiliary_states())
    arrays = {}
    for name, value in zip(names, case.arrays().values(), strict=True):
        arrays[name] = mx.nd.array(value, dtype=value.dtype)
        if name not in states:
            arrays[name]._data.flags.writeable = False
    arguments = {name: arrays[name] for name in symbol.list_arguments()}
    before = {name: array.asnumpy().tobytes() for name, array in arguments.items()}
    exe = symbol.bind(mx.cpu(), arguments, grad_req="null", aux_states={name: arrays[name] for name in states})
    for output in exe.forward(is_train=case.train):
        output.asnumpy()
    assert {name: array.asnumpy().tobytes() for name, array in arguments.items()} == before
