"""Cases of _contrib_allclose and _contrib_index_array."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

__all__ = ["CASES"]

CLOSE, INDEX = "_contrib_allclose", "_contrib_index_array"


def compared(a, b, dtype="float32", params=None, **how):
    """Make a case; called on arrays, as the reference cannot copy a result without axes."""
    return Case(CLOSE, {"a": values(a, dtype), "b": values(b, dtype)}, params, gradient=False, eager=True, **how)


def infinite(a, b, result):
    """State a comparison of infinite numbers, which the reference takes to be close to all others."""
    return compared(a, b, expect={"output0": np.array(result, "uint8")}, why="an infinite tolerance admits everything there")


ROW = [1, -2, np.nan, 0]

CASES = [
    *[compared(ROW, ROW, params=params) for params in [{}, {"equal_nan": False}, {"rtol": 0, "atol": 0}]],
    compared(ROW, [1, -2, 3, 0]),
    *[compared([1, 100], [1.00001, 100.5], params=params) for params in [{}, {"rtol": 0.01}, {"atol": 1}, {"rtol": 0.01, "atol": 1}]],
    compared([0, 1], [1e-9, 1]),
    compared([[1, 2], [3, 4]], [[1, 2], [3, 5]]),
    infinite([np.inf, 1], [np.inf, 1], 1),
    infinite([np.inf, 1], [-np.inf, 1], 0),
    infinite([3.0, 1], [np.inf, 1], 0),
    *[compared([1, 2], [1, 2], dtype) for dtype in ("float64", "float16", "int32", "int64", "uint8")],
    *[compared([1, 2], [1, 3], dtype) for dtype in ("float64", "int32")],
    Case(CLOSE, {"a": normal(2), "b": normal(2, dtype="float64")}, refused=True),
    Case(CLOSE, {"a": normal(2), "b": normal(2)}, {"rtol": "small"}, refused=True),
    *[Case(INDEX, {"data": normal(*shape)}, finite=False) for shape in [(2, 3), (4,), (2, 1, 3)]],
    *[Case(INDEX, {"data": normal(2, 3, 4)}, {"axes": axes}, finite=False) for axes in [(0,), (1, 2), (-1,), (2, 0), (0, 0)]],
    *[Case(INDEX, {"data": integers(0, 9, 2, 3, dtype=dtype)}, {"axes": (1,)}, finite=False) for dtype in ("int32", "float64", "uint8")],
]
