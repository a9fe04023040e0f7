"""Cases of running sums."""

from tests.ops.case import Case, integers, normal

__all__ = ["CASES"]

CASES = [
    Case("cumsum", {"a": normal(2, 3, 4)}),
    *[Case("cumsum", {"a": normal(2, 3, 4)}, {"axis": axis}) for axis in (0, 1, 2)],
    *[Case("cumsum", {"a": normal(3, 4, dtype=dtype)}, {"axis": 1}) for dtype in ("float64", "float16")],
    *[Case("cumsum", {"a": integers(-5, 6, 3, 4, dtype=dtype)}, {"axis": 0}) for dtype in ("int32", "int64", "int8")],
    Case("cumsum", {"a": normal(3, 4)}, {"axis": 0, "dtype": "float64"}),
    Case("cumsum", {"a": integers(-5, 6, 3, 4, dtype="int32")}, {"axis": 0, "dtype": "float32"}, gradient=False),
    Case("cumsum", {"a": normal(3, 4)}, {"axis": 2}, refused=True),
]
