"""Cases of the operators that give the same elements another order."""

from tests.ops.case import Case, integers, normal, values

DTYPES = ("float32", "float64", "float16")
INTEGERS = ("int32", "int64", "uint8", "int8")


def every_type(op, params, *shape):
    """One case for each type of number."""
    cases = [Case(op, {"data": normal(*shape, dtype=dtype)}, params) for dtype in DTYPES]
    return cases + [Case(op, {"data": integers(0, 100, *shape, dtype=dtype)}, params, gradient=False) for dtype in INTEGERS]


X = normal(2, 3, 4)
CASES = [Case("transpose", {"data": values([[7.5]])})]

# -- transpose, SwapAxis, reverse -------------------------------------------------------------------------------------------
CASES += every_type("transpose", {"axes": (2, 0, 1)}, 2, 3, 4)
CASES += [Case("transpose", {"data": X}, {"axes": axes}) for axes in ((), (0, 1, 2), (1, 0, 2), (0, 2, 1), (2, 1, 0))]
CASES += [Case("transpose", {"data": normal(*shape)}) for shape in ((3,), (2, 3), (2, 3, 1, 4), (2, 1, 3, 1, 2))]
CASES += [Case("transpose", {"data": normal(2, 1, 3, 1)}, {"axes": axes}) for axes in ((1, 0, 3, 2), (3, 0, 2, 1))]
CASES += [Case("transpose", {"data": X}, {"axes": axes}, refused=True) for axes in ((0, 1), (0, 1, 3), (0, 1, 2, 3))]

CASES += every_type("SwapAxis", {"dim1": 0, "dim2": 2}, 2, 3, 4)
CASES += [
    Case("SwapAxis", {"data": X}, {"dim1": one, "dim2": two}) for one, two in ((0, 0), (0, 1), (1, 2), (2, 0), (-1, 0), (1, -2), (-3, -1))
]
CASES += [Case("SwapAxis", {"data": X}), Case("SwapAxis", {"data": normal(2, 1, 3)}, {"dim1": 1, "dim2": 2})]
CASES += [Case("SwapAxis", {"data": X}, {"dim1": 0, "dim2": axis}, refused=True) for axis in (3, -4)]

CASES += every_type("reverse", {"axis": (0, 2)}, 2, 3, 4)
CASES += [Case("reverse", {"data": X}, {"axis": axis}) for axis in (0, 1, 2, (1,), (2, 0), (0, 1, 2))]
CASES += [Case("reverse", {"data": normal(5)}, {"axis": 0}), Case("reverse", {"data": X}, {"axis": 3}, refused=True)]
CASES += [Case("reverse", {"data": X}, refused=True)]

# -- diag -------------------------------------------------------------------------------------------------------------------
CASES += every_type("diag", {}, 3, 4) + every_type("diag", {"k": 2}, 3)
CASES += [Case("diag", {"data": normal(*shape)}, {"k": k}) for shape in ((3,), (2, 3), (4, 2), (3, 3)) for k in (0, 1, -1)]
CASES += [Case("diag", {"data": normal(3)}, {"k": k}) for k in (3, -4)]
CASES += [
    Case("diag", {"data": X}, params)
    for params in (
        {},
        {"k": 1},
        {"k": -1},
        {"axis1": 1, "axis2": 2},
        {"axis1": 0, "axis2": 2},
        {"axis1": -1, "axis2": 0},
        {"axis1": 1, "axis2": 0, "k": 1},
        {"axis1": -2, "axis2": -1, "k": 1},
        {"axis1": 2, "axis2": 1, "k": -2},
    )
]
CASES += [Case("diag", {"data": normal(2, 3)}, {"k": k}, refused=True) for k in (5, -2)]
CASES += [Case("diag", {"data": X}, {"axis1": one, "axis2": two}, refused=True) for one, two in ((1, 1), (0, 3), (0, -3))]

# -- depth_to_space, space_to_depth -----------------------------------------------------------------------------------------
CASES += every_type("depth_to_space", {"block_size": 2}, 1, 8, 2, 3) + every_type("space_to_depth", {"block_size": 2}, 1, 2, 4, 6)
CASES += [
    Case("depth_to_space", {"data": normal(*shape)}, {"block_size": block})
    for shape, block in (((2, 4, 3, 1), 2), ((1, 9, 1, 2), 3), ((1, 5, 2, 3), 1), ((2, 18, 1, 2), 3))
]
CASES += [
    Case("space_to_depth", {"data": normal(*shape)}, {"block_size": block})
    for shape, block in (((2, 1, 4, 2), 2), ((1, 2, 3, 6), 3), ((1, 5, 2, 3), 1), ((2, 2, 2, 4), 2))
]
CASES += [
    Case(op, {"data": normal(*shape)}, {"block_size": block}, refused=True)
    for op, shape, block in (
        ("depth_to_space", (1, 4, 2, 3), 3),
        ("depth_to_space", (4, 2, 3), 2),
        ("depth_to_space", (1, 4, 2, 3), 0),
        ("space_to_depth", (1, 4, 2, 3), 2),
        ("space_to_depth", (4, 2, 4), 2),
        ("space_to_depth", (1, 4, 2, 3), 0),
    )
]
