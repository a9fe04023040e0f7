"""Cases of conditions, of the numbers of places, and of counting elements."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

NAN, INF = float("nan"), float("inf")
DTYPES = ("float32", "float64", "float16")
INTEGERS = ("int32", "int64", "uint8", "int8")
ALL = DTYPES + INTEGERS

CASES = []

# -- where ------------------------------------------------------------------------------------------------------------------
CASES += [
    Case("where", {"condition": values([[1, 0, -2]] * 2, dtype=dtype), "x": normal(2, 3), "y": normal(2, 3, seed=1)})
    for dtype in ("float32", "float64", "float16", "int32", "int64", "int8")
]
CASES += [
    Case(
        "where",
        {"condition": values([[1, 0, 2]] * 2, dtype="uint8"), "x": normal(2, 3, dtype=dtype), "y": normal(2, 3, dtype=dtype, seed=1)},
    )
    for dtype in DTYPES
]
CASES += [
    Case(
        "where",
        {"condition": values([1, 0]), "x": integers(0, 99, 2, dtype=dtype), "y": integers(0, 99, 2, dtype=dtype, seed=1)},
        gradient=False,
    )
    for dtype in INTEGERS
]
CASES += [
    Case("where", {"condition": values([1, 0]), "x": normal(*shape), "y": normal(*shape, seed=1)}) for shape in ((2, 3), (2, 3, 2), (2,))
]
CASES += [
    Case(
        "where",
        {"condition": values([[NAN, 0.3], [0, -0.0]]), "x": values([[NAN, 2], [3, NAN]]), "y": values([[INF, 6], [NAN, INF]])},
        finite=False,
    )
]
CASES += [
    Case("where", {"condition": values([1, 0, 1]), "x": normal(2, 2), "y": normal(2, 2)}, refused=True),
    Case("where", {"condition": values([1, 0]), "x": normal(2), "y": normal(2, dtype="float64")}, refused=True),
    Case("where", {"condition": values([1, 0]), "x": normal(2, 2), "y": normal(2, 3)}, refused=True),
]

# -- boolean_mask -----------------------------------------------------------------------------------------------------------
CASES += [
    Case("_contrib_boolean_mask", {"data": normal(4, 3), "index": values([1, 0, 0, 1], dtype=dtype)}, gradient=["data"])
    for dtype in ("float32", "int32")
]
CASES += [
    Case("_contrib_boolean_mask", {"data": normal(4, dtype=dtype), "index": values([0.5, 0, -1, NAN])}, gradient=False)
    for dtype in ("float64", "float16")
]
CASES += [Case("_contrib_boolean_mask", {"data": normal(4, 3, 2), "index": values([1, 1, 1, 1])}, gradient=["data"])]
CASES += [Case("_contrib_boolean_mask", {"data": normal(4, 3), "index": values([1, 0, 1])}, gradient=False, refused=True)]

# -- numbers of places ------------------------------------------------------------------------------------------------------
PLACES = [[0, 1, 2], [1, 0, 3]]
CASES += [
    Case("_ravel_multi_index", {"data": values(PLACES, dtype=dtype)}, {"shape": (3, 4)}, finite=False)
    for dtype in ("float32", "float64", "int32", "int64")
]
CASES += [
    Case("_ravel_multi_index", {"data": values(content)}, {"shape": shape}, finite=False)
    for content, shape in ((PLACES, (-1, 4)), ([[0, -1], [1.5, 0]], (3, 4)), ([[1], [1], [1]], (2, 2, 2)), ([[5, 2]], (9,)))
]
CASES += [
    Case("_ravel_multi_index", {"data": values(content)}, params, refused=True)
    for content, params in (([[0, 1, 2]], {"shape": (3, 4)}), ([0, 1], {"shape": (3, 4)}), (PLACES, {}))
]
CASES += [Case("_unravel_index", {"data": values([1, 4, 11], dtype=dtype)}, {"shape": (3, 4)}, finite=False) for dtype in ALL]
CASES += [
    Case("_unravel_index", {"data": values(content)}, {"shape": shape}, finite=False)
    for content, shape in (([1, 4, 11], (-1, 4)), ([13, -1, -6], (3, 4)), ([7, 0], (2, 2, 2)), ([3], (9,)))
]
CASES += [Case("_unravel_index", {"data": values([1])}, refused=True)]

# -- arange_like, histogram -------------------------------------------------------------------------------------------------
CASES += [
    Case("_contrib_arange_like", {"data": normal(2, 3)}, params)
    for params in (
        {},
        {"axis": 1},
        {"axis": 0},
        {"axis": -1, "start": 1, "step": 0.5},
        {"repeat": 2},
        {"start": -1.5, "step": -2},
        {"repeat": 4, "start": 3},
    )
]
CASES += [Case("_contrib_arange_like", {"data": normal(4, 3)}, {"axis": 0, "repeat": repeat}) for repeat in (2, 3)]
CASES += [
    Case("_contrib_arange_like", {"data": integers(0, 9, 2, 3, dtype=dtype)}, {"start": -1.5, "step": 1.5}, gradient=False)
    for dtype in ("float64", *INTEGERS)
]
CASES += [Case("_contrib_arange_like", {"data": normal(5, dtype="float16")})]
CASES += [
    Case(
        "_contrib_arange_like",
        {"data": normal(4, dtype="float16")},
        {"start": -1.5, "step": 1.5},
        gradient=False,
        expect={"output0": np.float16([-1.5, 0, 1.5, 3])},
        why="the reference cuts fractions off in float16",
    )
]
CASES += [Case("_contrib_arange_like", {"data": normal(2, 3)}, {"axis": axis}, refused=True) for axis in (2, -3)]

POINTS = [0, 1, 1, 2, 3, 3.5, 4, -1, 5, INF]
CASES += [
    Case("_histogram", {"data": values(POINTS), "bins": values(edges)}, gradient=False)
    for edges in ([0, 1, 2, 4], [-2, 0.5, 9], [1.5, 3.5])
]
CASES += [
    Case("_histogram", {"data": values(POINTS)}, {"bin_cnt": count, "range": span}, gradient=False)
    for count, span in ((4, (0, 4)), (3, (0.5, 4)), (1, (-1, 1)), (3, (1, 1)))
]
CASES += [
    Case("_histogram", {"data": values(POINTS[:-1], dtype=dtype)}, {"bin_cnt": 4, "range": (0, 4)}, gradient=False)
    for dtype in ("float64", "float16", "int32", "int64")
]
CASES += [
    Case("_histogram", {"data": values(POINTS[:-1], dtype=dtype), "bins": values([0, 1, 2, 4], dtype=dtype)}, gradient=False)
    for dtype in ("float64", "int32")
]
CASES += [
    Case("_histogram", {"data": normal(2, 3, 4), "bins": values([-1, 0, 1])}, gradient=False),
    Case("_histogram", {"data": values(POINTS)}, {"bin_cnt": 3}, refused=True, gradient=False),
]
