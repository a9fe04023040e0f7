"""Arrays made from nothing, or from another array's shape."""

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, INTEGERS, array, chance, drawn, one_of, shape

TYPES = ("float32", "float64", "float16", "uint8", "int32", "int8", "int64")


def typed(rs, params):
    if chance(rs, 0.6):
        params["dtype"] = one_of(rs, TYPES)
    if chance(rs, 0.1):
        params["ctx"] = "cpu(0)"
    return params


def filled(rs):
    op = one_of(rs, ("_zeros", "_ones", "_full"))
    size = tuple(max(length, 1) for length in shape(rs, 1, 4))
    params = {"shape": size[0] if len(size) == 1 and chance(rs, 0.5) else size}
    if op == "_full":
        params["value"] = one_of(rs, (2, -1.5, "3", 1e10, 0))
    params = typed(rs, params)
    if params.get("value") in (-1.5, 1e10) and params.get("dtype", "float32")[0] in "ui":
        params["value"] = 7  # what does not fit is undefined
    return Case(op, [], params)


def counted(rs):
    start = float(one_of(rs, (0, 1, -3, 2.5, 7)))
    step = float(one_of(rs, (1, 2, 0.5, -1, -0.75, 3)))
    params = {"start": start}
    if chance(rs, 0.7):
        params.update(stop=start + step * float(rs.randint(1, 8)) - (0.25 * step if chance(rs, 0.3) else 0), step=step)
    else:
        params["start"] = abs(start) + 1
    if chance(rs, 0.05):
        params["stop"] = start
    if chance(rs, 0.3):
        params["repeat"] = int(rs.randint(1, 4))
    params = typed(rs, params)
    if params.get("dtype") in ("uint8", "float16"):
        params["dtype"] = "int32"  # no sign; and MXNet drops the fractions of a float16 step
    return Case("_arange", [], params)


def spread(rs):
    params = {"start": float(rs.randint(-5, 5)), "stop": float(rs.randint(-5, 9)), "num": int(rs.randint(1, 8))}
    if chance(rs, 0.5):
        params["endpoint"] = chance(rs, 0.5)
    params = typed(rs, params)
    if params.get("dtype", "float32")[0] in "ui":
        del params["dtype"]
    return Case("_linspace", [], params)


def diagonal(rs):
    params = {"N": int(rs.randint(1, 6))}
    if chance(rs, 0.5):
        params["M"] = int(rs.randint(0, 6))
    if chance(rs, 0.5):
        params["k"] = int(rs.randint(-6, 7))
    return Case("_eye", [], typed(rs, params))


def like(rs):
    op = one_of(rs, ("zeros_like", "ones_like", "shape_array", "size_array", "_sparse_zeros_like"))
    size = shape(rs, 0 if chance(rs, 0.1) else 1, 5)
    # the gradient of an array's size is refused there
    return Case(op, {"data": array(rs, size, one_of(rs, FLOATS + INTEGERS))}, {}, gradient="like" in op)


def draw(rs):
    return one_of(rs, (filled, counted, spread, diagonal, like))(rs)


CASES = drawn(draw, 110)
