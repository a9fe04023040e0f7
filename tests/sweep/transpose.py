"""The same elements in another order."""

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, INTEGERS, array, axis, chance, drawn, one_of, shape


def dtype(rs):
    return one_of(rs, FLOATS if chance(rs, 0.8) else INTEGERS)


def transposed(rs):
    size = shape(rs, 1, 6, 4)
    params = {}
    if chance(rs, 0.8):
        order = rs.permutation(len(size)).tolist()  # MXNet counts none from behind
        if chance(rs, 0.05):
            order[0] += len(size)
        params["axes"] = tuple(order)
    return Case("transpose", {"data": array(rs, size, dtype(rs))}, params)


def swapped(rs):
    size = shape(rs, 1, 5, 4)
    params = {} if chance(rs, 0.05) else {"dim1": axis(rs, len(size)), "dim2": axis(rs, len(size))}
    return Case(one_of(rs, ("SwapAxis", "swapaxes")), {"data": array(rs, size, dtype(rs))}, params)


def turned(rs):
    size = shape(rs, 1, 5, 4)
    chosen = rs.permutation(len(size))[: rs.randint(1, len(size) + 1)].tolist()  # nor here
    if chance(rs, 0.05):
        chosen[0] = int(rs.randint(len(size) + 2))
    params = {"axis": chosen[0] if len(chosen) == 1 and chance(rs, 0.7) else tuple(chosen)}
    return Case(one_of(rs, ("reverse", "flip")), {"data": array(rs, size, dtype(rs))}, params)


def diagonal(rs):
    size = shape(rs, 1, 4)
    params = {}
    if len(size) > 1 and chance(rs, 0.7):
        params.update(axis1=axis(rs, len(size)), axis2=axis(rs, len(size)))
    if chance(rs, 0.6):
        params["k"] = int(rs.randint(-3, 4))
    return Case("diag", {"data": array(rs, size, dtype(rs))}, params)


def blocks(rs):
    op = one_of(rs, ("depth_to_space", "space_to_depth"))
    b = int(rs.randint(1, 4))
    n, c, h, w = rs.randint(1, 4, 4).tolist()
    size = (n, c * b * b, h, w) if op == "depth_to_space" else (n, c, h * b, w * b)
    if chance(rs, 0.05):
        size = shape(rs, 3, 5)
    return Case(op, {"data": array(rs, size, dtype(rs))}, {"block_size": b if chance(rs, 0.97) else 0})


def draw(rs):
    return one_of(rs, (transposed, transposed, swapped, turned, diagonal, diagonal, blocks))(rs)


CASES = drawn(draw, 130)
