"""Cases of products and equations with triangular matrices; each matrix has both triangles, one of which is not read."""

from itertools import product

import numpy as np

from tests.ops.case import Case, integers, normal, values
from tests.ops.linalg.matrices import half, regular

CASES = []


def sides(params, stack=(), side=3, other=2, dtype="float32"):
    shape = (other, side) if params.get("rightside") else (side, other)
    return {"A": regular(*stack, side, side, dtype=dtype), "B": normal(*stack, *shape, dtype=dtype, seed=1)}


for transpose, rightside, lower in product((False, True), repeat=3):
    params = {"transpose": transpose, "rightside": rightside, "lower": lower}
    for op in ("_linalg_trmm", "_linalg_trsm"):
        CASES += [
            Case(op, sides(params), params),
            Case(op, sides(params, (2,), dtype="float64"), {**params, "alpha": 1.5}),
            Case(op, sides(params, (2, 1), side=5, other=3, dtype="float64"), {**params, "alpha": -0.5}),
        ]


def solved(a, b, transpose, rightside):
    a = np.tril(a)
    a = a.T if transpose else a
    return b @ np.linalg.inv(a) if rightside else np.linalg.inv(a) @ b


for op in ("_linalg_trmm", "_linalg_trsm"):
    CASES += [
        Case(op, sides({})),
        Case(op, sides({}, side=1)),
        Case(op, sides({}, other=1)),
        Case(op, sides({}, side=7, other=1, dtype="float64")),
        Case(op, sides({}, side=8, other=4, dtype="float64")),
        Case(op[1:], sides({}), {"lower": "0", "alpha": "2"}),
        Case(op, {"A": regular(3, 3), "B": normal(2, 3)}, refused=True),
        Case(op, {"A": regular(3, 3), "B": normal(3, 2)}, {"rightside": True}, refused=True),
        Case(op, {"A": normal(2, 3), "B": normal(3, 2)}, refused=True),
        Case(op, {"A": regular(2, 3, 3), "B": normal(3, 3, 2)}, refused=True),
        Case(op, {"A": regular(1, 3, 3), "B": normal(3, 3, 2)}, refused=True),
        Case(op, {"A": regular(3, 3), "B": normal(1, 3, 2)}, refused=True),
        Case(op, {"A": normal(3), "B": normal(3)}, refused=True),
        Case(op, {"A": regular(3, 3), "B": normal(3, 2, dtype="float64")}, refused=True),
        Case(op, {"A": integers(1, 5, 2, 2, dtype="int32"), "B": integers(0, 5, 2, 2, dtype="int32", seed=1)}, refused=True),
    ]
ZEROS = {"output0": np.zeros((3, 2), "f4"), "grad/A": np.zeros((3, 3), "f4"), "grad/B": np.zeros((3, 2), "f4")}
CASES += [
    Case("_linalg_trmm", sides({}), {"alpha": 0.0}),
    Case("_linalg_trsm", sides({}), {"alpha": 0.0}, expect=ZEROS, why="the reference divides by alpha, and its gradient of A is nan"),
    half("_linalg_trmm", sides({}, dtype="float16"), {}, lambda a, b: np.tril(a) @ b),
    half("_linalg_trsm", sides({}, dtype="float16"), {}, lambda a, b: solved(a, b, False, False)),
    half(
        "_linalg_trsm",
        sides({"rightside": True}, dtype="float16"),
        {"rightside": True, "transpose": True},
        lambda a, b: solved(a, b, True, True),
    ),
    # a zero on the diagonal is no error; a nan in the other triangle is not seen
    Case("_linalg_trsm", {"A": values([[0, 0], [1, 1]]), "B": values([[1, 1], [1, 1]])}, gradient=False),
    Case("_linalg_trsm", {"A": values([[2, np.nan], [1, 1]]), "B": normal(2, 2)}),
    Case("_linalg_trmm", {"A": values([[2, np.nan], [1, 1]]), "B": normal(2, 2)}),
]
