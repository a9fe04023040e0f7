"""Cases of the operators that give the same elements another shape."""

from tests.ops.case import Case, integers, normal, values

DTYPES = ("float32", "float64", "float16")
INTEGERS = ("int32", "int64", "uint8", "int8")
ALL = DTYPES + INTEGERS


def every_type(op, params, *shape, **inputs):
    """One case for each type of number."""
    cases = [Case(op, {"data": normal(*shape, dtype=dtype), **inputs}, params) for dtype in DTYPES]
    return cases + [Case(op, {"data": integers(0, 100, *shape, dtype=dtype), **inputs}, params, gradient=False) for dtype in INTEGERS]


X = normal(2, 3, 4)
CASES = []

# -- Reshape: 0 keeps an axis, -1 is the rest, -2 all that follow, -3 joins two, -4 splits one into the next two --------------
CASES += every_type("Reshape", {"shape": (4, 6)}, 2, 3, 4)
CASES += [
    Case("Reshape", {"data": X}, {"shape": shape})
    for shape in (
        (24,),
        (-1,),
        (0, -1),
        (-1, 0),
        (-2,),
        (0, -2),
        (-2, 1, 1),
        (0, 0, 0, 1),
        (-3, 4),
        (-3, -2),
        (2, -3),
        (0, -3),
        (1, 1, 2, 3, 4),
        (2, 3, -1, 1),
        (-4, 1, 2, -2),
        (-4, -1, 2, 0, 0),
        (2, -4, -1, 3, 4),
        (0, -4, 1, -1, 4),
        (2, -4, 3, -1, 4),
        (-4, 2, 1, -3),
        "(6,4)",
        "[6, 4]",
        24,
    )
]
CASES += [
    Case("Reshape", {"data": X}, {"shape": shape, "reverse": True})
    for shape in ((-1, 0), (0, -1), (-2, 0), (-3, 0), (0, -3), (-1, 0, 0), (-1, 3, 0), (6, 4), (1, -2))
]
CASES += [Case("Reshape", {"data": normal(8, 3)}, {"shape": (2, 4, -4, 0), "reverse": True})]  # read from the right: -4 splits 8
CASES += [
    Case("Reshape", {"data": X}, {"target_shape": shape, "keep_highest": keep})
    for shape, keep in (((0, 12), False), ((2, 0), False), ((2, 12), False), ((2, 12), True), ((5, 0), True), ((0, 12), True))
]
CASES += [Case("Reshape", {"data": X}, {"shape": (6, 4), "keep_highest": True})]
CASES += [
    Case("Reshape", {"data": X}, {"shape": shape}, refused=True)
    for shape in ((23,), (5, -1), (-1, -1), (0, 0, 0, 0), (-3, -3), (-4, -1, -1, -2), (-5,), (-4, 2, -1, 4), (-4, 5), (1, 1, -2))
]
CASES += [
    Case("Reshape", {"data": X}, {"shape": (4, -1, 0), "reverse": True}, refused=True),
    Case("Reshape", {"data": X}, refused=True),
    Case("Reshape", {"data": X}, {"target_shape": (2, 13)}, refused=True),
    Case("Reshape", {"data": X}, {"target_shape": (0,), "keep_highest": True}, refused=True),
]

# -- Flatten, expand_dims, squeeze ------------------------------------------------------------------------------------------
CASES += every_type("Flatten", {}, 2, 3, 4)
CASES += [Case("Flatten", {"data": normal(*shape)}) for shape in ((4,), (2, 3), (2, 1, 3, 2), (1, 2, 1, 2, 3))]

CASES += every_type("expand_dims", {"axis": 1}, 2, 3)
CASES += [Case("expand_dims", {"data": X}, {"axis": axis}) for axis in (0, 1, 2, 3, -1, -2, -3, -4)]
CASES += [Case("expand_dims", {"data": X}, {"axis": axis}, refused=True) for axis in (4, -5)]
CASES += [Case("expand_dims", {"data": X}, refused=True)]

CASES += every_type("squeeze", {"axis": 1}, 2, 1, 3)
CASES += [
    Case("squeeze", {"data": normal(1, 3, 1, 4, 1)}, {"axis": axis})
    for axis in (None, 0, (0,), (0, 2), -1, (0, -1), (-5, 4), (4, 0, 2), ())
]
CASES += [Case("squeeze", {"data": normal(1, 1)}, {"axis": axis}) for axis in (None, 0, -1, (0, 1))]  # one axis is left in any case
CASES += [Case("squeeze", {"data": normal(1)}), Case("squeeze", {"data": normal(2, 3)})]
CASES += [Case("squeeze", {"data": normal(1, 3, 1)}, {"axis": axis}, refused=True) for axis in (1, 3, -4, (0, 0), (0, 1))]

# -- reshape_like: the axes begin to end of lhs become those of rhs ----------------------------------------------------------
CASES += [Case("reshape_like", {"lhs": normal(2, 3, 4, dtype=dtype), "rhs": normal(6, 4)}) for dtype in DTYPES]
CASES += [Case("reshape_like", {"lhs": integers(0, 9, 2, 3, dtype=dtype), "rhs": normal(6)}, gradient=False) for dtype in INTEGERS]
CASES += [
    Case("reshape_like", {"lhs": X, "rhs": normal(*shape)}, params)
    for shape, params in (
        ((12, 4), {"lhs_begin": 1, "lhs_end": 3, "rhs_begin": 0, "rhs_end": 1}),
        ((6, 4), {"lhs_begin": 0, "lhs_end": 2, "rhs_begin": 0, "rhs_end": 1}),
        ((5, 6), {"lhs_begin": -3, "lhs_end": -1, "rhs_begin": -1}),
        ((5, 12), {"lhs_begin": 1, "rhs_begin": 1}),
        ((2, 2, 7), {"lhs_begin": 2, "lhs_end": None, "rhs_begin": 0, "rhs_end": -1}),
    )
]
CASES += [
    Case("reshape_like", {"lhs": X, "rhs": normal(*shape)}, params, refused=True)
    for shape, params in (
        ((5, 4), {}),
        ((6, 4), {"lhs_begin": 0, "lhs_end": 0, "rhs_begin": 0, "rhs_end": 0}),
        ((6, 4), {"lhs_end": 5}),
        ((6, 4), {"lhs_begin": 2, "lhs_end": 1}),
        ((6, 4), {"lhs_begin": -4}),
    )
]

# A scalar is an array of one element.
CASES += [Case("Reshape", {"data": values([7.5])}, {"shape": (1, 1, 1)})]
