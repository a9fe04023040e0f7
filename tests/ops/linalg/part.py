"""Cases of diagonals and triangles as vectors."""

import numpy as np

from tests.ops.case import Case, integers, normal
from tests.ops.linalg.matrices import half

CASES = []

# -- extractdiag, makediag ----------------------------------------------------------------------------------------------------
for offset in range(-2, 3):
    CASES += [
        Case("_linalg_extractdiag", {"A": normal(3, 3)}, {"offset": offset}),
        Case("_linalg_extractdiag", {"A": normal(2, 1, 3, 3, dtype="float64")}, {"offset": offset}),
        Case("_linalg_makediag", {"A": normal(3)}, {"offset": offset}),
        Case("_linalg_makediag", {"A": normal(2, 1, 2, dtype="float64")}, {"offset": offset}),
    ]
CASES += [
    Case("linalg_extractdiag", {"A": normal(1, 1)}),
    Case("linalg_makediag", {"A": normal(1)}),
    half("_linalg_extractdiag", {"A": normal(2, 2, dtype="float16")}, {}, np.diagonal),
    half("_linalg_makediag", {"A": normal(2, dtype="float16")}, {}, np.diag),
    Case("_linalg_extractdiag", {"A": normal(3, 3)}, {"offset": 3}, refused=True),
    Case("_linalg_extractdiag", {"A": normal(3, 3)}, {"offset": -3}, refused=True),
    Case("_linalg_extractdiag", {"A": normal(3, 3)}, {"offset": 0.5}, refused=True),
    Case("_linalg_extractdiag", {"A": normal(2, 3)}, refused=True),
    Case("_linalg_extractdiag", {"A": normal(3)}, refused=True),
    Case("_linalg_extractdiag", {"A": integers(0, 5, 2, 2, dtype="int32")}, refused=True),
    Case("_linalg_makediag", {"A": integers(0, 5, 2, dtype="int32")}, refused=True),
]

# -- extracttrian, maketrian: below or above for offset 0, else on the far side of the diagonal ------------------------------
for lower in (True, False):
    for offset in range(-2, 3):
        params = {"offset": offset, "lower": lower}
        CASES += [
            Case("_linalg_extracttrian", {"A": normal(3, 3)}, params),
            Case("_linalg_extracttrian", {"A": normal(2, 1, 4, 4, dtype="float64")}, params),
            Case("_linalg_maketrian", {"A": normal(3)}, params),
            Case("_linalg_maketrian", {"A": normal(2, 1, 6, dtype="float64")}, params),
        ]
CASES += [
    Case("linalg_extracttrian", {"A": normal(1, 1)}),
    Case("linalg_maketrian", {"A": normal(1)}),
    Case("_linalg_maketrian", {"A": normal(10)}),
    half("_linalg_extracttrian", {"A": normal(2, 2, dtype="float16")}, {}, lambda a: a[np.tril_indices(2)]),
    half("_linalg_maketrian", {"A": normal(3, dtype="float16")}, {}, lambda a: np.array([[a[0], 0], [a[1], a[2]]])),
    Case("_linalg_extracttrian", {"A": normal(3, 3)}, {"offset": 3}, refused=True),
    Case("_linalg_extracttrian", {"A": normal(3, 3)}, {"offset": -3}, refused=True),
    Case("_linalg_extracttrian", {"A": normal(2, 3)}, refused=True),
    Case("_linalg_extracttrian", {"A": normal(3)}, refused=True),
    Case("_linalg_maketrian", {"A": normal(4)}, refused=True),
    Case("_linalg_maketrian", {"A": normal(2, 5)}, {"offset": 1}, refused=True),
    Case("_linalg_maketrian", {"A": normal(3)}, {"lower": "maybe"}, refused=True),
    Case("_linalg_extracttrian", {"A": integers(0, 5, 2, 2, dtype="int32")}, refused=True),
    Case("_linalg_maketrian", {"A": integers(0, 5, 3, dtype="int32")}, refused=True),
]
