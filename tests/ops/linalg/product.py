"""Cases of products of matrices."""

from itertools import product

import numpy as np

from tests.ops.case import Case, integers, normal, values
from tests.ops.linalg.matrices import half

CASES = []


def factors(one, other, dtype="float32"):
    return {"A": normal(*one, dtype=dtype), "B": normal(*other, dtype=dtype, seed=1)}


def summed(one, other, third, dtype="float32"):
    return {**factors(one, other, dtype), "C": normal(*third, dtype=dtype, seed=2)}


# -- gemm2 ----------------------------------------------------------------------------------------------------------------
for turn_a, turn_b in product((False, True), repeat=2):
    one, other = (3, 2) if turn_a else (2, 3), (4, 3) if turn_b else (3, 4)
    turns = {"transpose_a": turn_a, "transpose_b": turn_b}
    CASES += [
        Case("_linalg_gemm2", factors(one, other), turns),
        Case("_linalg_gemm2", factors((2, *one), (2, *other), "float64"), {**turns, "alpha": 0.5}),
        Case("_linalg_gemm", summed(one, other, (2, 4)), turns),
        Case("_linalg_gemm", summed((2, 1, *one), (2, 1, *other), (2, 1, 2, 4), "float64"), {**turns, "alpha": -2.0, "beta": 0.25}),
    ]
for axis, one, other, out in (
    (0, (2, 5, 3), (3, 5, 4), (2, 5, 4)),
    (-3, (2, 5, 3), (3, 5, 4), (2, 5, 4)),
    (1, (2, 2, 5, 3), (2, 3, 5, 4), (2, 2, 5, 4)),
    (0, (2, 2, 1, 3), (3, 2, 1, 4), (2, 2, 1, 4)),
    (-4, (2, 2, 1, 3), (3, 2, 1, 4), (2, 2, 1, 4)),
    (1, (2, 2, 3), (2, 3, 4), (2, 2, 4)),
    (0, (2, 3), (3, 4), (2, 4)),
):
    CASES += [
        Case("_linalg_gemm2", factors(one, other), {"axis": axis}),
        Case("_linalg_gemm", summed(one, other, out, "float64"), {"axis": axis, "alpha": 3.0}),
    ]
CASES += [
    Case("_linalg_gemm2", factors((5, 3, 2), (4, 3, 2), "float64"), {"axis": 0, "transpose_b": True}),
    Case("_linalg_gemm2", factors((2, 2, 3), (2, 2, 4)), {"axis": 0, "transpose_a": True}),
    Case("_linalg_gemm", summed((2, 3, 3), (2, 3, 4), (3, 3, 4)), {"axis": 0, "transpose_a": True}),
    Case("_linalg_gemm2", factors((1, 1), (1, 1))),
    Case("_linalg_gemm2", factors((3, 1), (1, 3))),
    Case("_linalg_gemm2", factors((2, 3), (3, 4)), {"alpha": 0.0}),
    Case("_linalg_gemm", summed((2, 3), (3, 4), (2, 4)), {"alpha": 0.0}),
    Case("_linalg_gemm", summed((2, 3), (3, 4), (2, 4)), {"beta": 0.0}),
    Case("_linalg_gemm", {**factors((2, 2), (2, 2)), "C": values([[np.nan, np.inf], [0, 1]])}, {"beta": 0.0}),
    Case("linalg_gemm2", factors((2, 3), (3, 4)), {"transpose_a": "0", "alpha": "2"}),
    Case("linalg_gemm", summed((2, 3), (3, 4), (2, 4)), {"alpha": "2", "beta": "3", "axis": "-2"}),
    half("_linalg_gemm2", factors((2, 3), (3, 4), "float16"), {"alpha": 0.5}, lambda a, b: 0.5 * a @ b),
    half("_linalg_gemm", summed((2, 3), (3, 4), (2, 4), "float16"), {"beta": 2.0}, lambda a, b, c: a @ b + 2 * c),
]
CASES += [
    Case("_linalg_gemm2", factors(one, other), params, refused=True)
    for one, other, params in (
        ((2, 3), (2, 3), {}),
        ((2, 3), (3, 4), {"transpose_a": True}),
        ((1, 2, 3), (2, 3, 4), {}),
        ((2, 3), (1, 3, 4), {}),
        ((3,), (3,), {}),
        ((2, 3), (3, 4), {"axis": -1}),
        ((2, 3), (3, 4), {"axis": 1}),
        ((2, 2, 3), (2, 3, 4), {"axis": 2}),
        ((2, 2, 3), (2, 3, 4), {"axis": -4}),
        ((2, 2, 3), (2, 3, 4), {"axis": 0}),
        ((2, 3), (3, 4), {"alpha": "x"}),
    )
]
CASES += [
    Case("_linalg_gemm", summed((2, 3), (3, 4), (1, 4)), refused=True),
    Case("_linalg_gemm", summed((2, 3), (3, 4), (4,)), refused=True),
    Case("_linalg_gemm2", {"A": normal(2, 2), "B": normal(2, 2, dtype="float64")}, refused=True),
    Case("_linalg_gemm2", {"A": integers(0, 5, 2, 2, dtype="int32"), "B": integers(0, 5, 2, 2, dtype="int32", seed=1)}, refused=True),
]

# -- syrk -----------------------------------------------------------------------------------------------------------------
for transpose in (False, True):
    CASES += [
        Case("_linalg_syrk", {"A": normal(2, 3)}, {"transpose": transpose}),
        Case("_linalg_syrk", {"A": normal(3, 2)}, {"transpose": transpose, "alpha": -0.5}),
        Case("_linalg_syrk", {"A": normal(2, 3, 2, dtype="float64")}, {"transpose": transpose, "alpha": 2.0}),
        Case("_linalg_syrk", {"A": normal(2, 1, 1, 3)}, {"transpose": transpose}),
        half(
            "_linalg_syrk", {"A": normal(2, 3, dtype="float16")}, {"transpose": transpose}, lambda a, t=transpose: a.T @ a if t else a @ a.T
        ),
    ]
CASES += [
    Case("linalg_syrk", {"A": normal(1, 1)}),
    Case("_linalg_syrk", {"A": normal(2, 3)}, {"alpha": 0.0}),
    Case("_linalg_syrk", {"A": normal(3)}, refused=True),
    Case("_linalg_syrk", {"A": integers(0, 5, 2, 2, dtype="int32")}, refused=True),
]
