"""Cases of the arithmetic of two arrays, or of an array and a number, and of sums of many."""

import numpy as np

from tests.ops.case import Case, normal, positive, uniform, values

INF, NAN = float("inf"), float("nan")
DTYPES = ("float32", "float64", "float16")
INTEGERS = ("int32", "int64", "int8", "uint8")

# broadcast_<name>, the form for equal shapes, and the forms with a number.
FORMS = {
    "add": ("elemwise_add", "_plus_scalar"),
    "sub": ("elemwise_sub", "_minus_scalar", "_rminus_scalar"),
    "mul": ("elemwise_mul", "_mul_scalar"),
    "div": ("elemwise_div", "_div_scalar", "_rdiv_scalar"),
    "mod": ("_mod", "_mod_scalar", "_rmod_scalar"),
    "power": ("_power", "_power_scalar", "_rpower_scalar"),
    "maximum": ("_maximum", "_maximum_scalar"),
    "minimum": ("_minimum", "_minimum_scalar"),
    "hypot": ("_hypot", "_hypot_scalar"),
}
ALIKE = [alike for alike, *_ in FORMS.values()]
SCALAR = [scalar for _, *scalars in FORMS.values() for scalar in scalars]

LEFT = [3, -3, 3, -3, 0, 0, 2, -2, -8, INF, NAN, 1, 0.5, NAN, INF, -0.5, 4, -4]
RIGHT = [2, 2, -2, -2, 0, 3, 0, 0.5, 0.25, INF, 1, NAN, 0.5, NAN, 2, INF, -INF, 3]
ONE = [3, -3, 2.5, -2.5, 0, 1, -1, -0.0, INF, -INF, NAN]
WHOLE_LEFT = [7, -7, 7, -7, 0, 0, 3, 2, 5, 100, -2, 2, 2]
WHOLE_RIGHT = [2, 2, -2, -2, 1, 3, 2, -1, 3, 1, 3, 5, 2]

CASES = []

# Every form, every type of number.
for name, (alike, *scalars) in FORMS.items():
    for op in (f"broadcast_{name}", alike):
        CASES += [Case(op, {"lhs": positive(2, 3, dtype=dtype), "rhs": positive(2, 3, dtype=dtype, seed=1)}) for dtype in DTYPES]
        CASES += [
            Case(op, {"lhs": values(LEFT), "rhs": values(RIGHT)}, finite=False),
            Case(op, {"lhs": values(LEFT, dtype="float64"), "rhs": values(RIGHT, dtype="float64")}, finite=False),
            Case(op, {"lhs": values(LEFT, dtype="float16"), "rhs": values(RIGHT, dtype="float16")}, gradient=False),
            Case(op, {"lhs": values([7, 100, 3, 0, 5], dtype="uint8"), "rhs": values([2, 1, 1, 3, 3], dtype="uint8")}, gradient=False),
            Case(op, {"lhs": normal(2, 3), "rhs": normal(2, 4)}, refused=True),
            Case(op, {"lhs": normal(2, 3), "rhs": normal(2, 3, dtype="float64")}, refused=True),
            Case(op, {"lhs": normal(2, 3), "rhs": values([[1, 2, 3]] * 2, dtype="int32")}, refused=True),
        ]
        CASES += [
            Case(op, {"lhs": values(WHOLE_LEFT, dtype=dtype), "rhs": values(WHOLE_RIGHT, dtype=dtype)}, gradient=False)
            for dtype in ("int32", "int64", "int8")
        ]
    for op in scalars:
        CASES += [Case(op, {"data": positive(2, 3, dtype=dtype)}, {"scalar": 1.25}) for dtype in DTYPES]
        CASES += [Case(op, {"data": values(ONE)}, {"scalar": scalar}, finite=False) for scalar in (2.5, -2.0, 0.0, 1, INF)]
        CASES += [Case(op, {"data": values(ONE)}, {"scalar": "nan"}, finite=False)]
        CASES += [Case(op, {"data": values(ONE, dtype=dtype)}, {"scalar": 2.5}, gradient=False) for dtype in ("float64", "float16")]
        CASES += [Case(op, {"data": positive(3)}, finite=False)]  # the number is 1 if it is left out
        for dtype in INTEGERS:
            whole = [3, 1, 7, 100] if dtype == "uint8" else [3, -3, 2, -2, 1, 7, -7, 100]
            small = [3, 1, 2] if op in ("_power_scalar", "_rpower_scalar") else whole
            # A fraction is cut off before it is used, unless is_int says that the result is no integer.
            CASES += [Case(op, {"data": values(small, dtype=dtype)}, {"scalar": scalar}, gradient=False) for scalar in (2, 2.5)]
            CASES += [Case(op, {"data": values(small, dtype=dtype)}, {"scalar": 2.5, "is_int": False}, gradient=False)]
        CASES += [Case(op, {"data": values([3, -3, 2], dtype="int32")}, {"scalar": scalar}, gradient=False) for scalar in (-2.5, -2)]
        CASES += [
            Case(op, {"data": values([0, 1, 1], dtype="bool")}, {"scalar": 2, **is_int}, gradient=False)
            for is_int in ({}, {"is_int": False})
            if op not in ("_rdiv_scalar", "_rmod_scalar")
        ]
        CASES += [Case(op, {"data": normal(2, 3)}, {"scalar": "one"}, refused=True)]

# Any two ranks, counted from the last axis; a 1 stretches, and the gradient is summed over what was stretched.
PAIRS = [
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((2, 3), (1, 3)),
    ((2, 1), (1, 3)),
    ((2, 3), (1,)),
    ((1,), (1,)),
    ((2, 3, 4), (3, 1)),
    ((1, 3, 1), (2, 1, 4)),
    ((2, 1, 3, 1), (4,)),
    ((2, 1, 2, 1, 2), (1, 3, 1, 2, 1)),
    ((2, 2, 1, 1), (1, 1, 2, 2)),
]
for name in FORMS:
    CASES += [Case(f"broadcast_{name}", {"lhs": positive(*lhs), "rhs": positive(*rhs, seed=1)}, finite=name != "mod") for lhs, rhs in PAIRS]
    CASES += [
        Case(f"broadcast_{name}", {"lhs": positive(*lhs), "rhs": positive(*rhs, seed=1)}, refused=True)
        for lhs, rhs in (((2, 3), (2,)), ((3, 2), (2, 3)))
    ]
CASES += [
    Case(f"broadcast_{name}", {"lhs": positive(2, 1, dtype=dtype), "rhs": positive(1, 3, dtype=dtype, seed=1)})
    for name in ("add", "mul", "div")
    for dtype in ("float64", "float16")
]
CASES += [
    Case("broadcast_add", {"lhs": values([[1], [2]], dtype=dtype), "rhs": values([3, 4, 5], dtype=dtype)}, gradient=False)
    for dtype in INTEGERS
]

# The forms for equal shapes stretch nothing.
CASES += [Case(op, {"lhs": normal(2, 3), "rhs": normal(*rhs)}, refused=True) for op in ALIKE for rhs in ((3,), (1, 3), (1,))]

# Ties: all to the left.
CASES += [
    Case(op, {"lhs": values([1, 2, -3, 0.0]), "rhs": values([1, 2, -3, -0.0])}, finite=False)
    for op in ("broadcast_maximum", "broadcast_minimum", "_maximum", "_minimum")
]

# Far out: the result is in range, a square on the way to it is not.
CASES += [
    Case("broadcast_hypot", {"lhs": values([3e20, 3e-25]), "rhs": values([4e20, 4e-25])}, gradient=False),
    Case("_hypot_scalar", {"data": values([3e20, -3e20])}, {"scalar": 4e20}, gradient=False),
    Case("_plus_scalar", {"data": values([2**40 + 1, -(2**60) + 1], dtype="int64")}, {"scalar": 1}, gradient=False),
    Case("_mul_scalar", {"data": values([2**53 + 1, 3**20], dtype="int64")}, {"scalar": 3}, gradient=False),
    Case("_div_scalar", {"data": values([2**53 + 1, -(2**60) + 1], dtype="int64")}, {"scalar": 2}, gradient=False),
    Case(
        "broadcast_mod",
        {"lhs": values([2**53 + 1, 3**20, -5], dtype="int64"), "rhs": values([7, 10, 3], dtype="int64")},
        gradient=False,
        expect={"output0": np.array([5, 1, 1])},
        why="the reference finds the rest of integers in float64",
    ),
    Case(
        "broadcast_div", {"lhs": values([2**53 + 1, 3**20, -5], dtype="int64"), "rhs": values([7, -10, 3], dtype="int64")}, gradient=False
    ),
    Case("broadcast_maximum", {"lhs": values([2**53 + 1], dtype="int64"), "rhs": values([2**53], dtype="int64")}, gradient=False),
    Case(
        "broadcast_power",
        {"lhs": values([3, 2], dtype="int64"), "rhs": values([33, 40], dtype="int64")},
        gradient=False,
        expect={"output0": np.array([5559060566555523, 2**40])},
        why="the reference raises integers to a power in float32",
    ),
]

# Integers that wrap around.
CASES += [
    Case("elemwise_add", {"lhs": values([100, -100], dtype="int8"), "rhs": values([100, -100], dtype="int8")}, gradient=False),
    Case("elemwise_sub", {"lhs": values([1, 200], dtype="uint8"), "rhs": values([2, 100], dtype="uint8")}, gradient=False),
    Case("elemwise_mul", {"lhs": values([100, 16], dtype="uint8"), "rhs": values([3, 16], dtype="uint8")}, gradient=False),
    Case("_plus_scalar", {"data": values([1, 100], dtype="int8")}, {"scalar": 300}, gradient=False),
    Case("_maximum_scalar", {"data": values([1, 100], dtype="int8")}, {"scalar": 300}, gradient=False),
    Case("_rminus_scalar", {"data": values([3, 200], dtype="uint8")}, {"scalar": 2}, gradient=False),
]

# x mod y has the sign of y, and is 0 where y is 0, integers too; the slope in y is -floor(x / y).
CASES += [
    Case("broadcast_mod", {"lhs": values([5.5, -5.5, 5.5, -5.5, 6, -6]), "rhs": values([2, 2, -2, -2, 2, -2])}, finite=False),
    Case("broadcast_mod", {"lhs": uniform(-20, 20, 4, 5, dtype="float64"), "rhs": uniform(0.5, 3, 4, 5, dtype="float64")}, finite=False),
    Case("broadcast_mod", {"lhs": values([5, -5, 0], dtype="int32"), "rhs": values([0, 0, 0], dtype="int32")}, gradient=False),
    Case("_mod_scalar", {"data": values([5, -5, 0], dtype="int32")}, {"scalar": 0}, gradient=False),
    Case("_rmod_scalar", {"data": values([0, 2, -2], dtype="int32")}, {"scalar": 3}, gradient=False),
]

# Powers of zero and of negative numbers.
CASES += [
    Case("broadcast_power", {"lhs": values([0, 0, 0, -2, -2, -2, 1, 1]), "rhs": values([0, 2, -1, 3, -3, 0.5, NAN, INF])}, finite=False),
    Case("_power_scalar", {"data": values([-2, -1, 0, 1, 2])}, {"scalar": 3}),
    Case("_power_scalar", {"data": values([-2, -1, 0, 1, 2])}, {"scalar": 1}, finite=False),
    Case("_power_scalar", {"data": values([0, 1, 4])}, {"scalar": 0.5}, finite=False),
]

# Sums of many.
for count in (1, 2, 3, 4, 5, 9):
    CASES += [Case("add_n", [normal(2, 3, dtype=dtype, seed=seed) for seed in range(count)]) for dtype in DTYPES]
CASES += [Case("add_n", [values([1, 100], dtype=dtype)] * 3, gradient=False) for dtype in INTEGERS]
CASES += [
    Case("add_n", [values([1, INF, NAN]), values([2, -INF, 1]), values([3, 1, 2])], finite=False),
    Case("add_n", [], refused=True),
    Case("add_n", [normal(2), normal(1)], refused=True),
    Case("add_n", [normal(2), normal(2, dtype="float64")], refused=True),
    Case("add_n", [normal(2), normal(2)], {"num_args": 3}, refused=True),
    Case("_grad_add", {"lhs": normal(2, 3), "rhs": normal(2, 3, seed=1)}, gradient=False),
    Case("_grad_add", {"lhs": normal(2, 3, dtype="float16"), "rhs": normal(2, 3, dtype="float16", seed=1)}, gradient=False),
    Case("_scatter_elemwise_div", {"lhs": normal(2, 3), "rhs": positive(2, 3)}),
    Case("_scatter_plus_scalar", {"data": normal(2, 3)}, {"scalar": 2.5}),
    Case("_scatter_minus_scalar", {"data": normal(2, 3)}, {"scalar": 2.5}),
]
