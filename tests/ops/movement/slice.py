"""Cases of parts of an array, and of arrays with a part replaced."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

DTYPES = ("float32", "float64", "float16")
INTEGERS = ("int32", "int64", "uint8", "int8")

ROW = values(list(range(10)))
X = normal(4, 3, 5)
CASES = []

# -- slice: begin, end, step, the axes that are not named whole --------------------------------------------------------------
CASES += [Case("slice", {"data": normal(4, 3, dtype=dtype)}, {"begin": (1, 0), "end": (3, 2)}) for dtype in DTYPES]
CASES += [Case("slice", {"data": integers(0, 100, 4, 3, dtype=dtype)}, {"begin": (1,), "end": (3,)}, gradient=False) for dtype in INTEGERS]
CASES += [
    Case("slice", {"data": ROW}, {"begin": (begin,), "end": (end,), "step": (step,)})
    for begin, end, step in (
        (2, 5, 1),
        (0, 10, 3),
        (None, None, None),
        (None, None, 2),
        (-3, None, 1),
        (None, -1, None),
        (2, 20, 1),
        (-20, 5, 1),
        (None, None, -1),
        (8, 2, -2),
        (9, None, -3),
        (None, -20, -1),
        (20, 0, -1),
        (-1, -11, -1),
        (10, None, -1),
        (-2, 3, -4),
    )
]
CASES += [
    Case("slice", {"data": X}, params)
    for params in (
        {"begin": (1,), "end": (3,)},
        {"begin": 1, "end": 3},
        {"begin": (None, 1), "end": (None, 2)},
        {"begin": (0, 1, 2), "end": (4, 3, 5)},
        {"begin": (None, 1), "end": (None, None), "step": (1, 2)},
        {"begin": (3, 1, 3), "end": (0, None, None), "step": (-2, 1, -2)},
        {"begin": "(None, 1)", "end": "(None, 2)"},
        {"begin": (0, 0, 0), "end": (4, 3, 5)},
        {"begin": (), "end": ()},
    )
]
CASES += [
    Case("slice", {"data": ROW}, params, refused=True)
    for params in (
        {"begin": (0,), "end": (10,), "step": (0,)},
        {"begin": (2, 3), "end": (4, 5)},
        {"begin": (0,), "end": (10,), "step": (2, 1)},
        {"begin": (0,), "end": (1, 2)},
        {"begin": (0,)},
        {},
    )
]

# -- slice_axis -------------------------------------------------------------------------------------------------------------
CASES += [Case("slice_axis", {"data": normal(4, 3, dtype=dtype)}, {"axis": 1, "begin": 1, "end": 3}) for dtype in DTYPES]
CASES += [
    Case("slice_axis", {"data": integers(0, 9, 4, 3, dtype=dtype)}, {"axis": 0, "begin": 1, "end": 3}, gradient=False) for dtype in INTEGERS
]
CASES += [
    Case("slice_axis", {"data": X}, {"axis": axis, "begin": begin, "end": end})
    for axis, begin, end in (
        (0, 1, None),
        (0, 0, 4),
        (1, -2, None),
        (1, -2, -1),
        (-1, 1, 3),
        (-2, 0, -2),
        (-3, 2, 3),
        (2, -5, 5),
        (2, 4, "None"),
    )
]
CASES += [
    Case("slice_axis", {"data": X}, {"axis": axis, "begin": begin, "end": end}, refused=True)
    for axis, begin, end in (
        (1, 0, 10),
        (1, 5, None),
        (1, 2, 2),
        (1, 2, 1),
        (3, 0, 1),
        (1, -4, 3),
        (-4, 0, 1),
        (1, None, 2),
        (1, 0, -3),
        (1, 0, -4),
    )
]

# -- slice_like -------------------------------------------------------------------------------------------------------------
CASES += [Case("slice_like", {"data": normal(4, 3, dtype=dtype), "shape_like": normal(2, 3)}) for dtype in DTYPES]
CASES += [Case("slice_like", {"data": normal(4, 3), "shape_like": integers(0, 9, 2, 2, dtype=dtype)}) for dtype in INTEGERS]
CASES += [
    Case("slice_like", {"data": X, "shape_like": normal(*shape)}, {"axes": axes})
    for shape, axes in (
        ((1, 2, 3), ()),
        ((1, 2), (0, 1)),
        ((1, 2, 3), (0, -1)),
        ((1, 2, 3), (2,)),
        ((9, 2, 3), (1,)),
        ((1, 2, 3, 4), (0, 1)),
        ((1, 2, 3), (0, 0)),
        ((4, 3, 5), ()),
        ((2,), (0,)),
        ((1, 2, 3), (-3, -2)),
    )
]
CASES += [
    Case("slice_like", {"data": X, "shape_like": normal(*shape)}, {"axes": axes}, refused=True)
    for shape, axes in (((1, 2), ()), ((5, 2, 3), ()), ((1, 2, 3, 4), ()), ((1, 2, 3), (3,)), ((5, 2, 3), (0,)))
]

# -- _slice_assign, _slice_assign_scalar ------------------------------------------------------------------------------------
PLACES = (
    ((2, 2), {"begin": (1, 0), "end": (3, 4), "step": (1, 2)}),
    ((3, 2), {"begin": (None, 0), "end": (None, 2)}),
    ((3, 2), {"begin": (None, 3), "end": (None, None), "step": (-1, -2)}),
    ((1, 4), {"begin": (-1,), "end": (None,)}),
    ((3, 4), {"begin": (0, 0), "end": (3, 4)}),
)


def region(params):
    steps = params.get("step", (None,) * len(params["begin"]))
    return tuple(map(slice, params["begin"], params["end"], steps))


def assignment(shape, params):
    """Assign a part; the reference has no gradient."""
    inputs = {"lhs": normal(3, 4), "rhs": normal(*shape, seed=1)}
    head = Case("_slice_assign", inputs, params).head_gradient(0, (3, 4), "float32")
    kept = head.copy()
    kept[region(params)] = 0
    expect = {"grad/lhs": kept, "grad/rhs": head[region(params)]}
    return Case("_slice_assign", inputs, params, expect=expect, why="the reference has no gradient")


CASES += [assignment(*place) for place in PLACES]
CASES += [Case("_slice_assign", {"lhs": normal(3, 4), "rhs": normal(*shape, seed=1)}, params, gradient=False) for shape, params in PLACES]
CASES += [
    Case(
        "_slice_assign",
        {"lhs": integers(0, 9, 3, 4, dtype=dtype), "rhs": integers(0, 9, 1, 4, dtype=dtype, seed=1)},
        {"begin": (1,), "end": (2,)},
        gradient=False,
    )
    for dtype in (*INTEGERS, "float64", "float16")
]
CASES += [
    Case(
        "_slice_assign", {"lhs": normal(3, 4), "rhs": normal(*shape)}, {"begin": (None, 0), "end": (None, 2)}, gradient=False, refused=True
    )
    for shape in ((3, 1), (1, 2), (2,), (3, 3))
]
CASES += [
    Case(
        "_slice_assign",
        {"lhs": normal(3, 4), "rhs": normal(1, 4, dtype="float64")},
        {"begin": (1,), "end": (2,)},
        gradient=False,
        refused=True,
    )
]

CASES += [Case("_slice_assign_scalar", {"data": normal(3, 4)}, {"scalar": 2.5, **params}, gradient=False) for _, params in PLACES]
CASES += [
    Case("_slice_assign_scalar", {"data": integers(0, 9, 3, 4, dtype=dtype)}, {"scalar": 2.5, "begin": (1,), "end": (2,)}, gradient=False)
    for dtype in (*INTEGERS, "float64", "float16")
]
CASES += [
    Case("_slice_assign_scalar", {"data": normal(3, 4)}, {"begin": (1,), "end": (2,)}, gradient=False)
]  # the number is 0 if it is left out


def number_assignment(params):
    inputs, params = {"data": normal(3, 4, seed=2)}, {"scalar": -1.5, **params}
    kept = Case("_slice_assign_scalar", inputs, params).head_gradient(0, (3, 4), "float32")
    kept[region(params)] = np.float32(0)
    return Case("_slice_assign_scalar", inputs, params, expect={"grad/data": kept}, why="the reference has no gradient")


CASES += [number_assignment(params) for _, params in PLACES[:3]]
