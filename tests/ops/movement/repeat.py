"""Cases of operators that repeat elements."""

from tests.ops.case import Case, integers, normal

DTYPES = ("float32", "float64", "float16")
INTEGERS = ("int32", "int64", "uint8", "int8")


def every_type(op, params, *shape, slot="data", **inputs):
    """One case for each type of number."""
    cases = [Case(op, {slot: normal(*shape, dtype=dtype), **inputs}, params) for dtype in DTYPES]
    return cases + [Case(op, {slot: integers(0, 100, *shape, dtype=dtype), **inputs}, params, gradient=False) for dtype in INTEGERS]


CASES = []

CASES += every_type("tile", {"reps": (2, 3)}, 2, 3)
CASES += [Case("tile", {"data": normal(2, 3)}, {"reps": reps}) for reps in (2, (2,), (1, 1), (2, 1), (1, 2), (1, 2, 2), (3, 2, 1, 2), ())]
CASES += [Case("tile", {"data": normal(3)}, {"reps": (2, 2)}), Case("tile", {"data": normal(2, 1, 2)}, {"reps": (3,)})]
# No copies make an array without elements; MXNet makes it under np_shape only, where 0 is a size.
CASES += [Case("tile", {"data": normal(2, 3)}, {"reps": reps}, np_shape=True) for reps in ((2, 0), (0,), (0, 1, 1))]
CASES += [Case("tile", {"data": normal(2, 3)}, {"reps": (2, -1)}, refused=True), Case("tile", {"data": normal(2, 3)}, refused=True)]

CASES += every_type("repeat", {"repeats": 2, "axis": 1}, 2, 3)
CASES += [Case("repeat", {"data": normal(2, 3, 2)}, {"repeats": 3, "axis": axis}) for axis in (None, 0, 1, 2, -1, -2, -3)]
CASES += [Case("repeat", {"data": normal(3)}, {"repeats": 2}), Case("repeat", {"data": normal(2, 3)}, {"repeats": 1})]
CASES += [
    Case("repeat", {"data": normal(2, 3)}, params, refused=True)
    for params in ({"repeats": 2, "axis": 2}, {"repeats": 2, "axis": -3}, {"repeats": -1}, {})
]

CASES += every_type("broadcast_to", {"shape": (2, 3, 4)}, 1, 3, 1)
CASES += [
    Case("broadcast_to", {"data": normal(1, 3, 1)}, {"shape": shape}) for shape in ((2, 0, 4), (0, 0, 4), (0, 0, 0), (1, 3, 1), (5, 3, 1))
]
CASES += [Case("broadcast_to", {"data": normal(1)}, {"shape": (4,)}), Case("broadcast_to", {"data": normal(2, 3)}, {"shape": (2, 3)})]
CASES += [Case("broadcast_to", {"data": normal(1, 3, 1)}, {"shape": shape}, refused=True) for shape in ((2, 4, 4), (2, 2, 4))]

CASES += every_type("broadcast_like", {}, 1, 3, 1, slot="lhs", rhs=normal(2, 3, 4))
CASES += [
    Case("broadcast_like", {"lhs": normal(*one), "rhs": normal(*other)}, {"lhs_axes": lhs, "rhs_axes": rhs})
    for one, other, lhs, rhs in (
        ((1, 3), (5, 2, 3), (0,), (1,)),
        ((1, 3), (5, 2, 3), (0,), (-3,)),
        ((1, 1), (5, 2, 3), (0, 1), (2, 0)),
        ((1, 3), (5, 3), (-2,), (0,)),
        ((2, 1, 3), (4, 5), (1,), (-1,)),
    )
]
CASES += [
    Case("broadcast_like", {"lhs": normal(1, 3), "rhs": integers(0, 9, 2, 3, dtype="int32")}),
    Case("broadcast_like", {"lhs": normal(2, 3), "rhs": normal(2, 3)}),
]
CASES += [
    Case("broadcast_like", {"lhs": normal(*one), "rhs": normal(*other)}, params, refused=True)
    for one, other, params in (
        ((1, 3), (2, 4), {}),
        ((1, 3), (5, 2, 4), {"lhs_axes": (1,), "rhs_axes": (2,)}),
        ((1, 3), (5, 3), {"lhs_axes": (0,), "rhs_axes": (0, 1)}),
        ((1, 3), (5, 3), {"lhs_axes": (2,), "rhs_axes": (0,)}),
        ((1, 3), (5, 3), {"lhs_axes": (0,), "rhs_axes": (2,)}),
        ((1, 3), (5, 3), {"lhs_axes": (), "rhs_axes": ()}),
    )
]

CASES += every_type("broadcast_axis", {"axis": (0, 2), "size": (2, 4)}, 1, 3, 1)
CASES += [
    Case("broadcast_axis", {"data": normal(1, 3, 1)}, {"axis": axis, "size": size})
    for axis, size in ((0, 2), (2, 4), ((2, 0), (2, 4)), ((0,), (1,)), ((), ()))
]
CASES += [
    Case("broadcast_axis", {"data": normal(1, 3, 1)}, {"axis": axis, "size": size}, refused=True)
    for axis, size in ((1, 2), (3, 2), ((0, 1), (2,)))
]
