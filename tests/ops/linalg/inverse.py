"""Cases of inverses and determinants."""

import numpy as np

from tests.ops.case import Case, integers, normal, values
from tests.ops.linalg.matrices import half, regular

CASES = []

for op in ("_linalg_inverse", "_linalg_det", "_linalg_slogdet", "_linalg_sumlogdiag"):
    CASES += [
        Case(op, {"A": regular(3, 3)}),
        Case(op, {"A": regular(1, 1)}),
        Case(op, {"A": regular(2, 2, 2)}),
        Case(op, {"A": regular(2, 3, 3, dtype="float64")}),
        Case(op, {"A": regular(2, 1, 4, 4, dtype="float64")}),
        Case(op[1:], {"A": regular(2, 2, seed=1)}),
        Case(op, {"A": normal(2, 3)}, refused=True),
        Case(op, {"A": normal(3, 2)}, refused=True),
        Case(op, {"A": normal(3)}, refused=True),
        Case(op, {"A": integers(1, 5, 2, 2, dtype="int32")}, refused=True),
    ]
MIXED = values([[[1, 2], [2, 4]], [[1, 2], [3, 4]], [[0, 0], [0, 0]]], "float64")
CASES += [
    Case("_linalg_inverse", {"A": values([[1, 2], [2, 4]])}, gradient=False, refused=True),
    Case("_linalg_inverse", {"A": MIXED}, gradient=False, refused=True),
    # singular matrices have no gradient
    Case("_linalg_det", {"A": values([[1, 2], [2, 4]])}),
    Case("_linalg_det", {"A": MIXED}),
    Case("_linalg_det", {"A": values([[0, 1], [1, 0]])}),
    Case("_linalg_slogdet", {"A": values([[1, 2], [2, 4]])}),
    Case("_linalg_slogdet", {"A": MIXED}),
    Case("_linalg_slogdet", {"A": values([[0, 1], [1, 0]])}),
    Case("_linalg_slogdet", {"A": values([[0, -1e20], [1e30, 0]])}),
    Case("_linalg_slogdet", {"A": regular(3, 3)}, heads=[0]),
    Case("_linalg_slogdet", {"A": regular(3, 3)}, heads=[1]),
    Case("_linalg_sumlogdiag", {"A": values([[-1, 0], [2, 3]])}),
    Case("_linalg_sumlogdiag", {"A": values([[0, 0], [2, 3]])}),
    half("_linalg_inverse", {"A": regular(2, 2, dtype="float16")}, {}, np.linalg.inv),
    half("_linalg_det", {"A": regular(3, 2, 2, dtype="float16")}, {}, np.linalg.det),
    half("_linalg_slogdet", {"A": regular(3, 2, 2, dtype="float16")}, {}, np.linalg.slogdet),
    half("_linalg_sumlogdiag", {"A": regular(2, 3, 3, dtype="float16")}, {}, lambda a: np.log(np.diagonal(a, 0, -2, -1)).sum(-1)),
]
