"""Cases of sorting and of the largest elements.

Equal elements keep their order here; the reference's sorting of 17 elements and more does not, nor is its order of nan defined.
"""

import numpy as np

from tests.ops.case import Case, integers, normal, values

NAN, INF = float("nan"), float("inf")
INTEGERS = ("int32", "int64", "uint8", "int8")
TIES = values([[3, 1, 2], [5, 1, 0], [2, 2, 1], [1, 1, 1]])
SMALL = [[3, 1, 2], [1, 1, 0]]
ENDS = values([[3, -INF, 2], [INF, 1, 0], [-INF, INF, INF]])
UNDEFINED = "the reference compares nan as it comes"

CASES = []

for op in ("sort", "argsort"):
    CASES += [Case(op, {"data": normal(2, 3, 4)}, {"axis": axis}) for axis in (None, 0, 1, 2, -1, -3)]
    CASES += [Case(op, {"data": normal(2, 3, 4)}, {"axis": axis, "is_ascend": False}) for axis in (None, 0, 1, -1)]
    CASES += [
        Case(op, {"data": data}, params, finite=False)
        for data in (TIES, ENDS)
        for params in ({"axis": -1}, {"axis": -1, "is_ascend": False}, {"axis": 0})
    ]
    CASES += [
        Case(op, {"data": values(SMALL, dtype=dtype)}, {"is_ascend": up}, gradient=False) for dtype in INTEGERS for up in (True, False)
    ]
    CASES += [Case(op, {"data": data}, {"axis": -1}) for data in (normal(3, 4, dtype="float64"), normal(5), normal(1))]
    CASES += [Case(op, {"data": normal(3, 4, seed=1)}, gradient=False)]  # its gradient fails in the reference if the axis is left out
    CASES += [Case(op, {"data": normal(60, seed=5)}, {"axis": 0, "is_ascend": up}) for up in (True, False)]
    CASES += [Case(op, {"data": normal(2, 3)}, {"axis": axis}, refused=True) for axis in (2, -3)]
CASES += [Case("argsort", {"data": normal(2, 5)}, {"dtype": dtype}) for dtype in ("float16", "float64", "int32", "int64", "uint8")]
CASES += [Case("argsort", {"data": normal(2, 5)}, {"dtype": "int8"}, refused=True)]
CASES += [
    Case(
        "sort",
        {"data": values(SMALL, dtype="float16")},
        {"is_ascend": up},
        gradient=False,
        expect={"output0": np.sort(np.float16(SMALL))[:, :: 1 if up else -1]},
        why="the reference does not sort float16",
    )
    for up in (True, False)
]
CASES += [
    Case(
        "argsort",
        {"data": values(SMALL, dtype="float16")},
        gradient=False,
        expect={"output0": np.float32([[1, 2, 0], [2, 0, 1]])},
        why="the reference does not sort float16",
    )
]
CASES += [
    Case(
        "sort",
        {"data": values([2, NAN, 1, NAN, 3])},
        {"is_ascend": up},
        gradient=False,
        expect={"output0": np.float32([1, 2, 3, NAN, NAN][:: 1 if up else -1])},
        why=UNDEFINED,
    )
    for up in (True, False)
]
CASES += [
    Case(
        "argsort",
        {"data": values([2, NAN, 1, NAN, 3])},
        {"is_ascend": up},
        gradient=False,
        expect={"output0": np.float32(places)},
        why=UNDEFINED,
    )
    for up, places in ((True, [2, 0, 4, 1, 3]), (False, [1, 3, 4, 0, 2]))
]
MANY = [3, 1, 3, 1, 2, 3, 1] * 3
CASES += [
    Case(
        "argsort",
        {"data": values(MANY)},
        {"is_ascend": up},
        gradient=False,
        why="the reference does not keep the order of equal elements",
        expect={"output0": np.argsort(MANY if up else np.negative(MANY), kind="stable").astype("float32")},
    )
    for up in (True, False)
]

# -- topk -------------------------------------------------------------------------------------------------------------------
for kind in ("indices", "value", "mask", "both"):
    CASES += [
        Case("topk", {"data": normal(2, 3, 4)}, {"ret_typ": kind, **params})
        for params in (
            {},
            {"k": 2},
            {"k": 4},
            {"k": 0},
            {"k": -1},
            {"axis": 0, "k": 2},
            {"axis": 1, "k": 2},
            {"axis": -2},
            {"axis": None, "k": 5},
            {"k": 2, "is_ascend": True},
            {"axis": None, "k": 3, "is_ascend": True},
        )
    ]
    CASES += [Case("topk", {"data": TIES}, {"ret_typ": kind, "k": 2, "is_ascend": up}, finite=False) for up in (True, False)]
    CASES += [Case("topk", {"data": ENDS}, {"ret_typ": kind, "k": 2}, finite=False)]
    CASES += [
        Case("topk", {"data": normal(40, seed=6)}, {"ret_typ": kind, "k": k, "is_ascend": up}) for k in (1, 4, 39) for up in (True, False)
    ]
    CASES += [Case("topk", {"data": normal(2, 30, 2, seed=6)}, {"ret_typ": kind, "k": 3, "axis": 1})]
    CASES += [
        Case("topk", {"data": values([[3, 1, 2], [1, 5, 0]], dtype=dtype)}, {"ret_typ": kind, "k": 2}, gradient=False)
        for dtype in (*INTEGERS, "float64", "float16")
    ]
    CASES += [
        Case("topk", {"data": normal(2, 3)}, {"ret_typ": kind, **params}, refused=True) for params in ({"k": 4}, {"axis": 2}, {"axis": -3})
    ]
CASES += [
    Case("topk", {"data": normal(2, 5)}, {"ret_typ": kind, "k": 2, "dtype": dtype})
    for kind in ("indices", "both")
    for dtype in ("float16", "float64", "int32", "int64", "uint8")
]
CASES += [
    Case("topk", {"data": normal(2, 5)}, {"dtype": "int8"}, refused=True),
    Case("topk", {"data": normal(2, 5)}, {"ret_typ": "some"}, refused=True),
]
CASES += [
    # longer than eight times k, where a selection comes before the sorting
    Case(
        "topk",
        {"data": values([0, 1] * 20)},
        {"k": 3, "is_ascend": up, "ret_typ": "indices"},
        gradient=False,
        expect={"output0": np.float32([0, 2, 4] if up else [1, 3, 5])},
        why="the reference does not keep the order of equal elements",
    )
    for up in (True, False)
]
CASES += [
    Case(
        "topk",
        {"data": values([NAN] * filled + [5.0] + [0.0] * (31 - filled))},
        {"k": 2, "is_ascend": up, "ret_typ": "indices"},
        gradient=False,
        expect={"output0": np.float32(places)},
        why=UNDEFINED,
    )
    for filled, up, places in ((1, False, [0, 1]), (3, False, [0, 1]), (1, True, [2, 3]), (30, True, [31, 30]), (31, True, [31, 0]))
]
CASES += [
    Case("topk", {"data": integers(0, 200, 2, 40, dtype="uint8", seed=4)}, {"k": 1, "is_ascend": up, "ret_typ": "value"}, gradient=False)
    for up in (True, False)
]
