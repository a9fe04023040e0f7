"""Sparse arrays give the values that dense ones give, whatever they store, and their results are well formed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symbolic as mx
from symbolic import registry
from symbolic.nd.sparse_rules import RULES

nd = mx.nd
STYPES = ("csr", "row_sparse")


@st.composite
def matrices(draw, count=1, least=1):
    """Matrices of one shape, most of their elements zero, some rows empty."""
    shape = (draw(st.integers(least, 6)), draw(st.integers(1, 6)))
    state = np.random.RandomState(draw(st.integers(0, 2**31 - 1)))
    share = draw(st.sampled_from([0.0, 0.2, 0.6, 1.0]))
    made = []
    for _ in range(count):
        values = state.uniform(-1, 1, shape) * (state.uniform(size=shape) < share) * (state.uniform(size=(shape[0], 1)) < 0.7)
        made.append(values.astype(np.float32))
    return made


def same(found, wanted):
    if found.stype != "default":
        found.check_format()
    np.testing.assert_allclose(found.asnumpy(), wanted.asnumpy(), 1e-5, 1e-6)
    assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)


ONE = {
    name: lambda x, name=name: getattr(nd, name)(x)
    for name in (
        "abs",
        "negative",
        "square",
        "sqrt",
        "sin",
        "tanh",
        "expm1",
        "log1p",
        "sign",
        "floor",
        "relu",
        "zeros_like",
        "exp",
        "sum",
        "identity",
    )
} | {
    "times": lambda x: x * 3,
    "over": lambda x: x / 4,
    "plus zero": lambda x: x + 0,
    "plus": lambda x: 2 + x,
    "greater": lambda x: x > 0.1,
    "at most": lambda x: x <= 0.1,
    "not": lambda x: x != 0,
    "clip": lambda x: nd.clip(x, -0.1, 0.2),
    "sums": lambda x: nd.sum(x, axis=1),
    "sum of columns": lambda x: x.sum(axis=0),
    "sum of both": lambda x: nd.sum(x, axis=(0, 1)),
    "kept": lambda x: nd.sum(x, axis=0, keepdims=True),
    "mean": lambda x: nd.mean(x),
    "mean of rows": lambda x: nd.mean(x, axis=-1),
    "mean of columns": lambda x: x.mean(axis=0),
    "norm": lambda x: nd.norm(x, axis=0),
    "copy": lambda x: x.copy(),
    "float64": lambda x: x.astype("float64"),
    "dense": lambda x: x.tostype("default"),
    "transposed": lambda x: x.T,
}


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from(sorted(ONE)), st.sampled_from(STYPES))
def test_one(arrays, name, stype):
    dense = nd.array(arrays[0])
    same(ONE[name](dense.tostype(stype)), ONE[name](dense))


TWO = {
    "add": nd.elemwise_add,
    "sub": nd.elemwise_sub,
    "mul": nd.elemwise_mul,
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "==": lambda x, y: x == y,
    "maximum": nd.maximum,
    "add_n": lambda x, y: nd.add_n(x, y, x),
    "below": lambda x, y: nd.concat(x, y, x, dim=0),
    "beside": lambda x, y: nd.concat(x, y, dim=1),
    "in place": lambda x, y: x.__iadd__(y),
    "product": lambda x, y: nd.dot(x, y, transpose_b=True),
    "product of the transposed": lambda x, y: nd.dot(x, y, transpose_a=True),
}


@settings(max_examples=100, deadline=None)
@given(matrices(2), st.sampled_from(sorted(TWO)), st.sampled_from(["default", *STYPES]), st.sampled_from(["default", *STYPES]))
def test_two(arrays, name, left, right):
    x, y = map(nd.array, arrays)
    if name == "in place" and {left, right} == set(STYPES):
        return
    same(TWO[name](x.tostype(left), y.tostype(right)), TWO[name](x, y))


@settings(max_examples=60, deadline=None)
@given(matrices(least=2), st.data())
def test_parts_of_csr(arrays, data):
    dense = nd.array(arrays[0])
    x, (rows, columns) = dense.tostype("csr"), dense.shape
    begin = data.draw(st.integers(0, rows - 1))
    end = data.draw(st.integers(begin + 1, rows))
    left = data.draw(st.integers(0, columns - 1))
    right = data.draw(st.integers(left + 1, columns))
    same(x[begin:end], dense[begin:end])
    same(nd.slice(x, begin=(begin, left), end=(end, right)), nd.slice(dense, begin=(begin, left), end=(end, right)))
    at = nd.array(data.draw(st.lists(st.integers(0, rows - 1), min_size=1, max_size=5)))
    same(nd.take(x, at), nd.take(dense, at))
    same(nd.broadcast_mul(x, dense[0:1]), nd.broadcast_mul(dense, dense[0:1]))


@settings(max_examples=40, deadline=None)
@given(matrices(2), st.sampled_from(["sgd_update", "sgd_mom_update", "adam_update", "ftrl_update"]), st.booleans())
def test_lazy_updates_step_rows_with_a_gradient(arrays, name, sparse):
    weight, grad = arrays
    states = {"sgd_update": 0, "sgd_mom_update": 1}.get(name, 2)
    words = {"lr": 0.1, "wd": 0.1} | ({"momentum": 0.9} if name == "sgd_mom_update" else {})
    kept = [nd.array(abs(weight) + 1) for _ in range(states)]
    expected, wanted = [x.copy() for x in kept], nd.array(weight)
    getattr(nd, name)(wanted, nd.array(grad), *expected, out=wanted, **words)
    stepped = nd.array(weight).tostype("row_sparse" if sparse else "default")
    held = [x.tostype(stepped.stype) for x in kept]
    getattr(nd, name)(stepped, nd.array(grad).tostype("row_sparse"), *held, out=stepped, **words)
    rows = grad.any(axis=1) if sparse or name != "ftrl_update" else np.ones(len(grad), bool)
    np.testing.assert_allclose(stepped.asnumpy(), np.where(rows[:, None], wanted.asnumpy(), weight), 1e-5, 1e-6)
    for found, whole, before in zip(held, expected, kept, strict=True):
        np.testing.assert_allclose(found.asnumpy(), np.where(rows[:, None], whole.asnumpy(), before.asnumpy()), 1e-5, 1e-6)


def test_updates_leave_the_weight_alone_unless_it_is_the_target():
    weight, grad = nd.ones((2, 2)), nd.array([[1, 0], [0, 0]]).tostype("row_sparse")
    assert nd.sgd_update(weight, grad, lr=0.5).asnumpy().tolist() == [[0.5, 1], [1, 1]]
    assert weight.asnumpy().tolist() == [[1, 1], [1, 1]]
    assert nd.sgd_update(weight, grad, lr=0.5, out=weight) is weight
    assert weight.asnumpy().tolist() == [[0.5, 1], [1, 1]]


def test_recorded_calls_are_dense_and_differentiate():
    x, weight = nd.array([[1, 0], [0, 2]]).tostype("csr"), nd.ones((2, 3))
    weight.attach_grad()
    with mx.autograd.record():
        assert (x * 2).stype == nd.square(x).stype == "csr"  # nothing of it is recorded
        loss = (nd.dot(x, weight) * 2).sum()
    loss.backward()
    assert weight.grad.asnumpy().tolist() == [[2] * 3, [4] * 3]


@pytest.mark.parametrize("name", sorted(RULES))
def test_rules_are_of_operators(name):
    assert registry.find(name).canonical.name == name
