"""Cases of _contrib_quadratic."""

from tests.ops.case import Case, integers, normal

__all__ = ["CASES"]

OP, WORDS = "_contrib_quadratic", {"a": 1.5, "b": 2, "c": 0.5}

CASES = [
    *[Case(OP, {"data": normal(2, 3)}, params) for params in [{}, WORDS, {"a": 2}, {"b": -3}, {"c": 1}, {"a": -1, "c": 0.25}]],
    *[Case(OP, {"data": normal(2, 3, dtype=dtype)}, WORDS) for dtype in ("float64", "float16")],
    *[Case(OP, {"data": integers(0, 6, 2, 3, dtype=dtype)}, WORDS) for dtype in ("int32", "int64", "int8", "uint8")],
    Case(OP, {"data": normal(5)}, WORDS),
    Case(OP, {"data": normal(2, 3)}, {"a": "x"}, refused=True),
    Case(OP, {"data": normal(2, 3)}, {"d": 1}, refused=True),
]
