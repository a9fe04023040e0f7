"""Cases of arrays made from nothing, or from another array's shape."""

import numpy as np

from tests.ops.case import Case, normal, values

DTYPES = ("float32", "float64", "float16", "int32", "int64", "int8", "uint8")

CASES = []
for op in ("_zeros", "_ones"):
    CASES += [Case(op, {}, {"shape": shape}) for shape in ((2, 3), (1,), (5,), (2, 1, 2, 1, 2), 3, "[2,3]", "(2,3)", "(4,)")]
    CASES += [Case(op, {}, {"shape": (2, 3), "dtype": dtype}) for dtype in (*DTYPES, "bool")]
    CASES += [Case(op, {}, {"shape": (2,), "ctx": "cpu(0)"})]
    # A shape that is unknown, in all or in part, waits for the reader; alone it stays unknown.
    CASES += [Case(op, {}, params, refused=True) for params in ({}, {"shape": ()}, {"shape": (0, 3)}, {"shape": (-1, 2)})]
    CASES += [Case(op, {}, {"shape": (2,), "dtype": "int33"}, refused=True), Case(op, {}, {"shape": (2.5,)}, refused=True)]

CASES += [Case("_full", {}, {"shape": (2, 3), "value": value}) for value in (2.75, -1, 0, 1e-30, "nan", "inf", "-inf")]
CASES += [Case("_full", {}, {"shape": (2, 3), "value": 1, "dtype": dtype}) for dtype in (*DTYPES, "bool")]
CASES += [
    Case("_full", {}, {"shape": (2,), "value": 0.1, "dtype": "float64"}),
    Case("_full", {}, {"shape": (2,), "value": 2.75, "dtype": "int32"}),
    Case("_full", {}, {"shape": (2,), "value": -2.75, "dtype": "int64"}),
    Case("_full", {}, {"shape": (2,)}, refused=True),
    Case("_full", {}, {"value": 1}, refused=True),
    Case("_full", {}, {"shape": (2,), "value": "True"}, refused=True),
]

# The type is a number here: 0 float32, 1 float64, 2 float16, 3 uint8, 4 int32, 5 int8, 6 int64, 7 bool.
CASES += [Case("_zeros_without_dtype", {}, {"shape": (2, 3), "dtype": code}) for code in range(8)]
CASES += [
    Case("_zeros_without_dtype", {}, params, refused=True)
    for params in ({"shape": (2,), "dtype": "float32"}, {"shape": (2,), "dtype": 33}, {"dtype": 0})
]

CASES += [
    Case("_arange", {}, params)
    for params in (
        {"start": 5},
        {"start": 1, "stop": 5},
        {"start": 1, "stop": 5, "step": 2},
        {"start": 0.5, "stop": 3},
        {"start": -2, "stop": 2.5},
        {"start": 5, "stop": 1, "step": -1.5},
        {"start": 0, "stop": 1, "step": 0.1},
        {"start": 0, "stop": 1, "step": 0.3},
        {"start": 0, "stop": 3, "repeat": 2},
        {"start": 1, "stop": 4, "step": 0.5, "repeat": 3},
        {"start": 3, "stop": "None"},
        {"start": 0, "stop": 5, "infer_range": True},
        {"start": 0, "stop": 4, "ctx": "cpu(0)"},
    )
]
CASES += [Case("_arange", {}, {"start": 0, "stop": 5, "dtype": dtype}) for dtype in DTYPES]
CASES += [Case("_arange", {}, {"start": 0, "stop": 5, "step": 2, "repeat": 3, "dtype": dtype}) for dtype in DTYPES]
CASES += [
    # As an integer, the start and the step lose their fractions; the length is counted with them.
    Case("_arange", {}, {"start": 0.5, "stop": 3.5, "dtype": "int64"}),
    Case("_arange", {}, {"start": 0, "stop": 10, "step": 2.5, "dtype": "int32"}),
    Case("_arange", {}, {"start": 0.9, "stop": 5, "step": 1.9, "dtype": "int64"}),
    Case("_arange", {}, {"start": 0, "stop": 1, "step": 0.1, "dtype": "float64"}),
    Case(
        "_arange",
        {},
        {"start": 0.5, "stop": 4, "step": 0.5, "dtype": "float16"},
        expect={"output0": np.arange(0.5, 4, 0.5, dtype="float16")},
        why="the reference cuts off fractions in float16, as for integers",
    ),
    Case(
        "_arange",
        {},
        {"start": 0, "stop": 1, "step": 0.25, "repeat": 2, "dtype": "float16"},
        expect={"output0": np.repeat(np.arange(0, 1, 0.25, dtype="float16"), 2)},
        why="the reference cuts off fractions in float16, as for integers",
    ),
]
CASES += [
    Case("_arange", {}, params, refused=True)
    for params in (
        {},
        {"stop": 4},
        {"start": 3, "stop": 1},
        {"start": 1, "stop": 3, "step": -1},
        {"start": 1, "stop": 1},
        {"start": -1},
        {"start": 1, "stop": 5, "step": 0},
        {"start": 0, "stop": 5, "repeat": 0},
        {"start": 0, "stop": 5, "dtype": "bool"},
        {"start": 2, "infer_range": True},
    )
]

for endpoint in ({}, {"endpoint": False}):
    CASES += [
        Case("_linspace", {}, {**params, **endpoint})
        for params in (
            {"start": 0, "stop": 1, "num": 5},
            {"start": 3, "stop": 1, "num": 4},
            {"start": 2, "stop": 5, "num": 1},
            {"start": -1, "stop": 1, "num": 2},
            {"start": 1, "stop": 1, "num": 3},
            {"start": 0.1, "stop": 0.9, "num": 7},
        )
    ]
    CASES += [Case("_linspace", {}, {"start": 0, "stop": 9, "num": 4, "dtype": dtype, **endpoint}) for dtype in DTYPES]
    CASES += [Case("_linspace", {}, {"start": 0, "stop": 5, "num": 5, "dtype": "int8", **endpoint})]
CASES += [
    Case("_linspace", {}, params, refused=True)
    for params in (
        {"start": 0, "stop": 1},
        {"start": 0, "num": 3},
        {"start": 0, "stop": 1, "num": -1},
        {"start": 0, "stop": 1, "num": 2.5},
        {"start": 0, "stop": 1, "num": 2, "step": 1},
        {"start": 0, "stop": 1, "num": 2, "dtype": "bool"},
    )
]

CASES += [
    Case("_eye", {}, params)
    for params in (
        {"N": 3},
        {"N": 1},
        {"N": 2, "M": 4},
        {"N": 4, "M": 2},
        {"N": 3, "k": 1},
        {"N": 3, "k": -1},
        {"N": 3, "M": 4, "k": -1},
        {"N": 2, "M": 5, "k": 3},
        {"N": 3, "k": 5},
        {"N": 3, "k": -5},
        {"N": 2, "M": -1},
        {"N": 3, "M": 0, "k": 2},
    )
]
CASES += [Case("_eye", {}, {"N": 2, "M": 3, "k": 1, "dtype": dtype}) for dtype in DTYPES]
CASES += [Case("_eye", {}, params, refused=True) for params in ({}, {"N": -1}, {"N": 2, "dtype": "bool"}, {"N": 2.5})]

for op in ("zeros_like", "ones_like"):
    CASES += [Case(op, {"data": normal(2, 3, dtype=dtype)}) for dtype in DTYPES[:3]]
    CASES += [Case(op, {"data": values([[1, 2, 3]], dtype=dtype)}, gradient=False) for dtype in (*DTYPES[3:], "bool")]
    CASES += [Case(op, {"data": values([float("nan"), float("inf"), -1])}, finite=False)]

# Always int64, whatever is measured.
for op in ("shape_array", "size_array"):
    CASES += [Case(op, {"data": normal(*shape)}, gradient=False) for shape in ((2, 3), (5,), (1, 1, 4, 2))]
    CASES += [Case(op, {"data": values([[1, 2, 3]], dtype=dtype)}, gradient=False) for dtype in DTYPES[1:]]
    CASES += [Case(op, {"data": normal(2, 2)}, finite=False)]
