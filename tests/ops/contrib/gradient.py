"""Cases of _contrib_round_ste, _contrib_sign_ste and _contrib_gradientmultiplier."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

__all__ = ["CASES"]

ROUND, SIGN, MULTIPLIER = "_contrib_round_ste", "_contrib_sign_ste", "_contrib_gradientmultiplier"
EDGES = values([-2.5, -1.5, -0.5, -0.25, -0.0, 0, 0.25, 0.5, 1.5, 2.5, np.inf, -np.inf])

CASES = [
    *[Case(op, {"data": normal(2, 5, scale=3)}, finite=False) for op in (ROUND, SIGN)],
    *[Case(op, {"data": EDGES}, finite=False) for op in (ROUND, SIGN)],
    *[Case(op, {"data": normal(3, 4, scale=3, dtype=dtype)}, finite=False) for op in (ROUND, SIGN) for dtype in ("float64", "float16")],
    *[Case(op, {"data": integers(-9, 9, 3, 4, dtype=dtype)}) for op in (ROUND, SIGN, MULTIPLIER) for dtype in ("int32", "int64", "int8")],
    *[Case(op, {"data": integers(0, 9, 3, 4, dtype="uint8")}) for op in (ROUND, SIGN, MULTIPLIER)],
    *[Case(MULTIPLIER, {"data": normal(2, 3)}, params, finite=False) for params in [{}, {"scalar": 2.5}, {"scalar": -1}, {"scalar": 0},
                                                                                    {"scalar": -0.5, "is_int": False}]],
    *[Case(MULTIPLIER, {"data": normal(2, 3, dtype=dtype)}, {"scalar": 0.5}, finite=False) for dtype in ("float64", "float16")],
    Case(MULTIPLIER, {"data": normal(2, 3)}, {"scalar": "much"}, refused=True),
    *[Case("_contrib_backward_gradientmultiplier", {"data": normal(2, 3)}, params, gradient=False) for params in [{}, {"scalar": -1.5}]],
    Case("_contrib_backward_gradientmultiplier", {"data": integers(-9, 9, 2, 3, dtype="int32")}, {"scalar": 2.5}),
]  # fmt: skip
