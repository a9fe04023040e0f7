"""Stable sorting by keys: as NumPy's stable one for every type, and for what compares in odd ways; the same on any number of threads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import symbolic as mx
from executors.numpy.kernels.order import SHORT, order, selected

DTYPES = ("float16", "float32", "float64", "int8", "uint8", "int32", "int64", "uint32", "bool")
ODD = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, -np.nan, 5e-324, 1e-40, -1e-40, 3.0]


def by_order(rows):
    places = np.empty(rows.shape, np.int64)
    with np.errstate(all="ignore"):  # as executors run
        order(rows, places)
    return places


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.data())
def test_as_stable_sorting(dtype, data):
    width = data.draw(st.sampled_from([SHORT, SHORT + 1, 50, 100]))
    rows = data.draw(hnp.arrays(np.uint8, (2, width), elements=st.integers(0, 11)))
    with np.errstate(all="ignore"):
        rows = (np.array(ODD)[rows] if np.dtype(dtype).kind == "f" else rows * 23).astype(dtype)
    np.testing.assert_array_equal(by_order(rows), np.argsort(rows, axis=-1, kind="stable"))


@pytest.mark.parametrize("dtype", ["float32", "float16", "int32", "uint8"])
def test_the_whole_range(dtype):
    bits = np.random.default_rng(1).integers(0, 256, (3, 4000), np.uint8).view(dtype)
    np.testing.assert_array_equal(by_order(bits), np.argsort(bits, axis=-1, kind="stable"))
    np.testing.assert_array_equal(by_order(bits[:, ::-1]), np.argsort(bits[:, ::-1], axis=-1, kind="stable"))


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("operator", ["sort", "argsort", "topk"])
def test_the_same_on_any_number_of_threads(operator, ascending, threads):
    data = np.random.default_rng(2).integers(0, 50, (37, 3000)).astype("f")
    found = []
    for count in (1, 2, 3):
        threads(count)
        extra = {"k": 1500} if operator == "topk" else {}
        symbol = getattr(mx.sym, operator)(mx.sym.Variable("data"), is_ascend=ascending, **extra)
        exe = symbol.bind(mx.cpu(), {"data": mx.nd.array(data)})
        found.append(exe.forward()[0].asnumpy())
    assert found[0].tobytes() == found[1].tobytes() == found[2].tobytes()


def test_a_few_of_many():
    rows = np.random.default_rng(3).standard_normal((5, 900)).astype("f")
    np.testing.assert_array_equal(selected(rows, 4, True), np.argsort(rows, axis=-1, kind="stable")[:, :4])
