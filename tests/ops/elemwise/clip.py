"""Cases of functions with bounds."""

from tests.ops.case import Case, normal, uniform, values

INF, NAN = float("inf"), float("nan")
DTYPES = ("float32", "float64", "float16")
POINTS = [3, -3, 2.5, -2.5, 2, -2, 1, -1, 0.5, 0, -0.0, INF, -INF, NAN]

# At a bound the slope is 1 inside and at the bound itself; NaN passes, with slope 1.
CASES = [Case("clip", {"data": uniform(-3, 3, 3, 4, dtype=dtype)}, {"a_min": -1.5, "a_max": 1.25}) for dtype in DTYPES]
CASES += [
    Case("clip", {"data": values(POINTS, dtype=dtype)}, {"a_min": low, "a_max": high}, finite=False)
    for dtype in DTYPES
    for low, high in ((-1, 2), (-2.5, 2.5), (0, 6), (1, 1), (-INF, 1), (-1, INF), (-INF, INF))
]
for dtype in ("int32", "int64", "int8", "uint8"):
    CASES += [
        Case("clip", {"data": values([0, 1, 2, 3, 100], dtype=dtype)}, {"a_min": low, "a_max": high}, gradient=False)
        for low, high in ((1, 3), (0.5, 2.5), (-300, 300), (-INF, INF))
    ]
CASES += [
    Case("clip", {"data": values([-7, -2, 0, 2, 7], dtype="int32")}, {"a_min": -2.5, "a_max": 2.5}, gradient=False),
    Case("clip", {"data": values([16777217, -16777219], dtype="int32")}, {"a_min": -1e30, "a_max": 1e30}, gradient=False),
    Case("clip", {"data": values([2**53 + 1, 5], dtype="int64")}, {"a_min": -1e30, "a_max": 1e30}, gradient=False),
    Case("clip", {"data": normal(3)}, {"a_min": 0}, refused=True),
    Case("clip", {"data": normal(3)}, {"a_max": 0}, refused=True),
    Case("clip", {"data": normal(3)}, {"a_min": "low", "a_max": 1}, refused=True),
]

# The parabola ends, and the line begins, at 1 / scalar ** 2.
CASES += [
    Case("smooth_l1", {"data": uniform(-3, 3, 3, 4, dtype=dtype)}, {"scalar": scalar}, finite=False)
    for dtype in DTYPES
    for scalar in (1, 2, 0.5)
]
CASES += [
    Case("smooth_l1", {"data": values([4, -4, 1, -1, 0.25, -0.25, 0.0625, 0, -0.0, INF, -INF, NAN])}, {"scalar": scalar}, finite=False)
    for scalar in (1, 2, 0.5, 4, -2, 0)
]
CASES += [
    Case("smooth_l1", {"data": uniform(-3, 3, 3, 4)}, finite=False),
    Case("smooth_l1", {"data": values([3, -3, 100, 0], dtype="int32")}, {"scalar": 2}, gradient=False),
    Case("smooth_l1", {"data": normal(3)}, {"scalar": "one"}, refused=True),
]

# -- bounds that have changed places: above the upper one? else, below the lower one? ---------------------------------------
CASES += [
    Case("clip", {"data": values([0, 1, 2, 3, 5, 7], dtype)}, {"a_min": 5, "a_max": 1})
    for dtype in ("float32", "float64", "int32", "uint8")
]
