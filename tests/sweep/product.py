"""Products of vectors, matrices and stacks of matrices; running sums."""

from tests.ops.case import Case
from tests.sweep.draw import INTEGERS, array, chance, drawn, one_of, shape

FLOATS = ("float32", "float32", "float64")  # MXNet multiplies no float16 here


def sizes(rs, low, high):
    return tuple(max(length, 1) for length in shape(rs, low, high, 4))


def flags(rs, first, second):
    params = {}
    if first or chance(rs, 0.1):
        params["transpose_a"] = first
    if second or chance(rs, 0.1):
        params["transpose_b"] = one_of(rs, (1, "True", True)) if second else False
    return params


def dotted(rs):
    left, right, summed = sizes(rs, 0, 3), sizes(rs, 0, 3), int(rs.randint(1, 5))
    first, second = chance(rs, 0.4) and left != (), chance(rs, 0.4) and right != ()
    lhs = (summed, *left) if first else (*left, summed)
    rhs = (*right, summed) if second else (summed, *right)
    if chance(rs, 0.05):
        rhs = (*rhs[:-1], rhs[-1] + 1)
    kind = one_of(rs, FLOATS)
    return Case(
        one_of(rs, ("dot", "dot", "_sparse_dot")), {"lhs": array(rs, lhs, kind), "rhs": array(rs, rhs, kind)}, flags(rs, first, second)
    )


def batched(rs):
    stack, (m, k, n) = sizes(rs, 1, 1), rs.randint(1, 5, 3).tolist()
    first, second = chance(rs, 0.5), chance(rs, 0.5)
    lhs = (*stack, k, m) if first else (*stack, m, k)
    rhs = (*stack, n, k) if second else (*stack, k, n)
    if chance(rs, 0.05):
        rhs = one_of(rs, ((*rhs[:-1], rhs[-1] + 1), rhs[1:], (rhs[0] + 1, *rhs[1:])))
    kind = one_of(rs, FLOATS)
    return Case("batch_dot", {"lhs": array(rs, lhs, kind), "rhs": array(rs, rhs, kind)}, flags(rs, first, second))


def columns(rs):
    kind = one_of(rs, FLOATS)
    width = int(rs.randint(1, 4))
    members = [array(rs, (int(rs.randint(1, 5)), width), kind) for _ in range(rs.randint(1, 4))]
    if chance(rs, 0.05):
        members.append(array(rs, (2, width + 1), kind))
    return Case("khatri_rao", members, {}, gradient=False)


def running(rs):
    size = shape(rs, 1, 4)
    params = {}
    if chance(rs, 0.8):
        params["axis"] = None if chance(rs, 0.2) else int(rs.randint(len(size) + chance(rs, 0.05)))
    kind = one_of(rs, (*FLOATS, "float16") if chance(rs, 0.8) else INTEGERS)
    if chance(rs, 0.3):
        params["dtype"] = one_of(rs, ("float16", "float32", "float64", "int32", "int64", "int8"))
    case = Case(one_of(rs, ("_np_cumsum", "cumsum")), {"a": array(rs, size, kind)}, params)
    if "float16" in (kind, params.get("dtype")):
        case.rtol, case.atol, case.why = 0.01, 0.01, "MXNet rounds each sum to float16"
    return case


def draw(rs):
    return one_of(rs, (dotted, dotted, batched, columns, running))(rs)


CASES = drawn(draw, 140)
