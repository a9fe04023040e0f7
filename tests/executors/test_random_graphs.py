"""Random graphs: planned and merged, in place and on shared buffers, the NumPy executor computes what the reference does."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import symbolic as mx

SHAPE = (2, 3)
UNARY = ["exp", "tanh", "sigmoid", "square", "relu", "negative", "sin", "BlockGrad", "_copy", "zeros_like", "ones_like", "softsign"]
BINARY = [
    "elemwise_add",
    "elemwise_sub",
    "elemwise_mul",
    "broadcast_add",
    "broadcast_mul",
    "broadcast_maximum",
    "_maximum",
    "broadcast_minimum",
]
SCALAR = ["_plus_scalar", "_mul_scalar", "_rminus_scalar", "_maximum_scalar", "_greater_scalar"]


@st.composite
def graphs(draw):
    """Draw a list of steps, each reading earlier values, and some of them as heads."""
    count = draw(st.integers(1, 12))
    values = [mx.sym.Variable(name) for name in "abc"]
    for place in range(count):
        kind = draw(st.sampled_from(["unary", "binary", "scalar", "many", "dense", "state"]))
        pick = st.integers(0, len(values) - 1)
        x = values[draw(pick)]
        name = f"n{place}"
        if kind == "unary":
            made = getattr(mx.sym._internal, draw(st.sampled_from(UNARY)))(x, name=name)
        elif kind == "binary":
            made = getattr(mx.sym._internal, draw(st.sampled_from(BINARY)))(x, values[draw(pick)], name=name)
        elif kind == "scalar":
            made = getattr(mx.sym._internal, draw(st.sampled_from(SCALAR)))(
                x, scalar=draw(st.sampled_from([0.5, -1.0, 2.0, 0.0])), name=name
            )
        elif kind == "many":
            made = mx.sym.add_n(x, values[draw(pick)], values[draw(pick)], name=name)
        elif kind == "dense":
            made = mx.sym.FullyConnected(x, num_hidden=SHAPE[1], flatten=False, name=name)
        else:
            made = mx.sym.BlockGrad(
                mx.sym.sgd_mom_update(mx.sym.BlockGrad(x), values[draw(pick)], lr=0.1, momentum=0.5, name=name), name=f"{name}_block"
            )
            made = made if draw(st.booleans()) else mx.sym.tanh(made)
        values.append(made)
    heads = draw(st.lists(st.sampled_from(values), min_size=1, max_size=4))
    return mx.sym.Group(heads)


def run(symbol, executor, requests, is_train, backwards):
    bound = symbol.simple_bind(mx.cpu(), grad_req=requests, executor=executor, a=SHAPE, b=SHAPE, c=SHAPE) if needs(symbol) else None
    if bound is None:
        return []
    rs = np.random.RandomState(0)
    for array in [*bound.arg_arrays, *bound.aux_arrays]:
        array[:] = rs.uniform(-1, 1, array.shape)
    for array in bound.grad_arrays:
        if array is not None:
            array[:] = rs.uniform(-1, 1, array.shape)
    seen = []
    for _ in range(2):  # a second run must not see what the first left in shared buffers
        seen += [output.asnumpy() for output in bound.forward(is_train=is_train)]
        heads = [mx.nd.array(rs.uniform(-1, 1, output.shape)) for output in bound.outputs]
        for _ in range(backwards):
            bound.backward(heads)
        seen += [array.asnumpy() for array in [*bound.grad_arrays, *bound.aux_arrays] if array is not None]
    return seen


def needs(symbol):
    """Whether the shapes follow from those of the three variables."""
    return set("abc") <= set(symbol.list_arguments())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(symbol=graphs(), requests=st.sampled_from(["write", "add"]), is_train=st.booleans(), backwards=st.integers(1, 2))
def test_planned_equals_unplanned(symbol, requests, is_train, backwards):
    whole = mx.sym.Group([symbol, mx.sym.BlockGrad(mx.sym.add_n(*[mx.sym.Variable(n) for n in "abc"]))]) if not needs(symbol) else symbol
    if len(set(whole.list_inputs())) != len(whole.list_inputs()):
        whole = symbol
    if not needs(whole):
        return
    try:
        planned = run(whole, "numpy", requests, is_train, backwards)
    except mx.base.GradientError:
        return
    unplanned = run(whole, "reference", requests, is_train, backwards)
    assert len(planned) == len(unplanned)
    for found, wanted in zip(planned, unplanned, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
