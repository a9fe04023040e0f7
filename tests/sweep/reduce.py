"""Reductions over any axes of any shape."""

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, INTEGERS, array, axes, axis, chance, drawn, one_of, shape


def draw(rs):
    size = shape(rs, 1, 5)
    op = one_of(
        rs, ("sum", "mean", "prod", "nansum", "nanprod", "max", "min", "norm", "argmax", "argmin", "moments", "sum_axis", "max_axis")
    )
    dtype = one_of(rs, FLOATS if chance(rs, 0.85) or op == "norm" else INTEGERS)
    if op.startswith("arg"):
        params = {"axis": None if chance(rs, 0.2) else axis(rs, len(size)), "keepdims": chance(rs, 0.5)}
    elif op == "moments":  # over axes that have to be named, and are there: it reads elsewhere if not
        params = {"axes": tuple(rs.permutation(len(size))[: rs.randint(1, len(size) + 1)].tolist()), "keepdims": chance(rs, 0.5)}
        dtype = one_of(rs, ("float32", "float64"))
    else:
        params = {"axis": axes(rs, len(size)), "keepdims": chance(rs, 0.5)}
        if op == "norm":
            params["ord"] = one_of(rs, (1, 2))
        elif chance(rs, 0.3):
            params["exclude"] = True
    return Case(op, {"data": array(rs, size, dtype)}, params)


CASES = drawn(draw, 200)
