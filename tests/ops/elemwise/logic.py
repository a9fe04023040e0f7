"""Cases of comparisons and truth values: zeros and ones of the type that is compared, without slope."""

from tests.ops.case import Case, integers, normal, values

INF, NAN = float("inf"), float("nan")
DTYPES = ("float32", "float64", "float16", "int32", "int64", "int8", "uint8")

COMPARISONS = ("equal", "not_equal", "greater", "greater_equal", "lesser", "lesser_equal")
CONNECTIVES = ("logical_and", "logical_or", "logical_xor")

LEFT = [1, 2, 3, 0, 0, -0.0, INF, INF, -INF, NAN, 1, NAN]
RIGHT = [1, 3, 2, 0, 1, 0.0, INF, -INF, 1, 1, NAN, NAN]
ONE = [1, 2, 2.5, -2.5, 0, -0.0, INF, -INF, NAN]

CASES = []
for name in (*COMPARISONS, *CONNECTIVES):
    for op in (f"broadcast_{name}", f"_{name}"):
        CASES += [
            Case(op, {"lhs": integers(0, 3, 3, 4, dtype=dtype), "rhs": integers(0, 3, 3, 4, dtype=dtype, seed=1)}, finite=False)
            for dtype in DTYPES
        ]
        CASES += [
            Case(op, {"lhs": values(LEFT), "rhs": values(RIGHT)}, finite=False),
            Case(op, {"lhs": normal(2, 3), "rhs": normal(2, 4)}, refused=True),
            Case(op, {"lhs": normal(2, 3), "rhs": normal(2, 3, dtype="float64")}, refused=True),
        ]
    CASES += [
        Case(f"broadcast_{name}", {"lhs": integers(0, 2, *lhs), "rhs": integers(0, 2, *rhs, seed=1)}, finite=False)
        for lhs, rhs in (((2, 3), (3,)), ((2, 1), (1, 3)), ((1,), (2, 3)), ((2, 1, 3, 1), (4,)))
    ]
    CASES += [Case(f"_{name}", {"lhs": normal(2, 3), "rhs": normal(*rhs)}, refused=True) for rhs in ((3,), (1, 3))]
    op = f"_{name}_scalar"
    CASES += [
        Case(op, {"data": values(ONE, dtype=dtype)}, {"scalar": scalar}, finite=False)
        for dtype in DTYPES[:3]
        for scalar in (2.5, 0, -2.5, INF)
    ]
    CASES += [Case(op, {"data": values(ONE)}, {"scalar": "nan"}, finite=False), Case(op, {"data": values(ONE)}, finite=False)]
    for dtype in DTYPES[3:]:
        whole = values([0, 1, 2, 3] if dtype == "uint8" else [0, 1, 2, 3, -2, -3], dtype=dtype)
        # 2 is equal to 2.5, which loses its fraction before it is compared, unless is_int says otherwise.
        CASES += [
            Case(op, {"data": whole}, {"scalar": scalar, **is_int}, gradient=False)
            for scalar in (2, 2.5)
            for is_int in ({}, {"is_int": False})
        ]
    CASES += [
        Case(op, {"data": values([0, 1, 1], dtype="bool")}, {"scalar": scalar, **is_int}, gradient=False)
        for scalar in (1, 0)
        for is_int in ({}, {"is_int": False})
    ]
    # A number is compared as a number of the array's type: 0.1 is equal to the float32 next to it.
    CASES += [Case(op, {"data": values([0.1, 0.2, 0.3], dtype=dtype)}, {"scalar": 0.1}, gradient=False) for dtype in DTYPES[:3]]
