"""Cases of the factors of matrices."""

import numpy as np

from tests.ops.case import Case, integers, normal, values
from tests.ops.linalg.matrices import definite, half, regular, symmetric

CASES = []

# -- potrf: A = L L.T, the lower triangle is read; potri: the inverse from L -------------------------------------------------
for op, make in (("_linalg_potrf", definite), ("_linalg_potri", regular)):
    CASES += [
        Case(op, {"A": make(3, 3)}),
        Case(op, {"A": make(1, 1)}),
        Case(op, {"A": make(2, 3, 3, dtype="float64")}),
        Case(op, {"A": make(2, 1, 2, 2, dtype="float64")}),
        Case(op, {"A": make(6, 6, dtype="float64")}),
        Case(op[1:], {"A": make(2, 2)}),
        Case(op, {"A": normal(2, 3)}, refused=True),
        Case(op, {"A": normal(3)}, refused=True),
        Case(op, {"A": integers(1, 5, 2, 2, dtype="int32")}, refused=True),
    ]
CASES += [
    Case("_linalg_potrf", {"A": regular(2, 3, 3, dtype="float64")}),
    Case("_linalg_potrf", {"A": values([[4, np.nan], [2, 3]], "float64")}),
    Case("_linalg_potrf", {"A": values([[1, 2], [2, 1]])}, gradient=False, refused=True),
    Case("_linalg_potrf", {"A": values([[0]])}, gradient=False, refused=True),
    Case("_linalg_potri", {"A": values([[-2, 5], [1, 1]])}),
    Case("_linalg_potri", {"A": values([[0, 0], [1, 1]])}, gradient=False, refused=True),
    half("_linalg_potrf", {"A": definite(3, 3, dtype="float16")}, {}, np.linalg.cholesky),
    half("_linalg_potri", {"A": regular(2, 2, dtype="float16")}, {}, lambda a: np.linalg.inv(np.tril(a) @ np.tril(a).T)),
]

# -- gelqf: A = L Q ---------------------------------------------------------------------------------------------------------
CASES += [
    Case("_linalg_gelqf", {"A": normal(2, 3)}),
    Case("_linalg_gelqf", {"A": normal(2, 3)}, heads=[0]),
    Case("_linalg_gelqf", {"A": normal(2, 3)}, heads=[1]),
    Case("_linalg_gelqf", {"A": regular(3, 3)}),
    Case("_linalg_gelqf", {"A": normal(1, 4)}),
    Case("_linalg_gelqf", {"A": values([[-2]])}),
    Case("_linalg_gelqf", {"A": normal(2, 2, 3, dtype="float64")}),
    Case("_linalg_gelqf", {"A": normal(2, 1, 3, 5, dtype="float64")}),
    Case("linalg_gelqf", {"A": normal(2, 2)}),
    Case("_linalg_gelqf", {"A": values([[0, 0]])}, gradient=False),
    Case("_linalg_gelqf", {"A": normal(3, 2)}, refused=True),
    Case("_linalg_gelqf", {"A": normal(3)}, refused=True),
    Case("_linalg_gelqf", {"A": integers(1, 5, 2, 2, dtype="int32")}, refused=True),
    half("_linalg_gelqf", {"A": normal(2, 3, dtype="float16")}, {}, lambda a: tuple(factor.T for factor in np.linalg.qr(a.T))),
]

# -- syevd: A = U.T diag(L) U, the lower triangle is read --------------------------------------------------------------------
CASES += [
    Case("_linalg_syevd", {"A": symmetric(3, 3)}),
    Case("_linalg_syevd", {"A": symmetric(3, 3)}, heads=[0]),
    Case("_linalg_syevd", {"A": symmetric(3, 3)}, heads=[1]),
    Case("_linalg_syevd", {"A": values([[-3]])}),
    Case("_linalg_syevd", {"A": symmetric(2, 3, 3, dtype="float64")}),
    Case("_linalg_syevd", {"A": symmetric(2, 1, 4, 4, dtype="float64")}),
    Case("_linalg_syevd", {"A": values([[2, 9], [1, 3]], "float64")}),
    Case("_linalg_syevd", {"A": values([[2, 0, 0], [0, 1, 0], [0, 0, 3]], "float64")}),
    Case("_linalg_syevd", {"A": values([[0, 1], [1, 0]], "float64")}),
    Case("_linalg_syevd", {"A": values([[0, -1], [-1, 0]])}),
    Case("_linalg_syevd", {"A": values([[1, 0], [0, 1]])}, heads=[1]),
    Case("_linalg_syevd", {"A": values([[1, np.nan], [np.nan, 1]])}, gradient=False),
    Case("_linalg_syevd", {"A": normal(2, 3)}, refused=True),
    Case("_linalg_syevd", {"A": normal(3)}, refused=True),
    Case("_linalg_syevd", {"A": integers(1, 5, 2, 2, dtype="int32")}, refused=True),
    half("_linalg_syevd", {"A": values([[2, 0], [0, 1]], "float16")}, {}, lambda a: (a[::-1] * 0 + [[0, 1], [1, 0]], np.array([1, 2]))),
]
