"""Linear algebra on stacks of matrices.

float16 is left out: the reference has none.
"""

from tests.ops.case import Case
from tests.ops.linalg.matrices import definite, regular, symmetric
from tests.sweep.draw import array, axis, chance, drawn, one_of, shape

SINGLE = ("float32", "float64")
LOOSE = {"rtol": 2e-4, "atol": 2e-5, "why": "factors of float32 matrices, in another order"}


def draw(rs):
    kind = one_of(rs, (product, product, product, triangular, triangular, factor, factor, inverse, part, part, syrk))
    return kind(rs, one_of(rs, SINGLE))


def seed(rs):
    return int(rs.randint(1 << 30))


def stack(rs):
    """Draw the axes in front of a matrix."""
    return shape(rs, 0, 2, 3)


def boolean(rs):
    """Draw a truth value in one of its spellings."""
    value = chance(rs, 0.5)
    return one_of(rs, (value, value, str(value), int(value)))


def wrong(rs, size):
    """Change a shape, now and then."""
    if chance(rs, 0.96) or not size:
        return size
    place = rs.randint(len(size))
    return one_of(rs, (size[:place] + size[place + 1 :], (*size[:place], size[place] + 1, *size[place + 1 :]), (1, *size)))


def factor_of(rs):
    return float(one_of(rs, (1, 2, -0.5, 0.25, 1e-3)))


def product(rs, dtype):
    rows, inner, columns = (int(rs.randint(1, 5)) for _ in range(3))
    turned = [chance(rs, 0.5), chance(rs, 0.5)]
    before = stack(rs)
    sizes = [(rows, inner)[:: -1 if turned[0] else 1], (inner, columns)[:: -1 if turned[1] else 1], (rows, columns)]
    params = {
        name: one_of(rs, (value, str(value)))
        for name, value in zip(("transpose_a", "transpose_b"), turned, strict=True)
        if value or chance(rs, 0.3)
    }
    place = len(before)
    if chance(rs, 0.4):
        params["axis"] = axis(rs, len(before) + 1, 0.0) if chance(rs, 0.5) else int(rs.randint(-len(before) - 2, -1))
        place = params["axis"] if params["axis"] >= 0 else params["axis"] + len(before) + 2
    if place > len(before):
        place = len(before)
    sizes = [wrong(rs, (*before[:place], matrix[0], *before[place:], matrix[1])) for matrix in sizes]
    params["alpha"] = factor_of(rs)
    inputs = {slot: array(rs, size, dtype) for slot, size in zip("ABC", sizes, strict=True)}
    if chance(rs, 0.5):
        return Case("_linalg_gemm", inputs, {**params, "beta": factor_of(rs)})
    del inputs["C"]
    return Case("_linalg_gemm2", inputs, params)


def triangular(rs, dtype):
    side, other = int(rs.randint(1, 5)), int(rs.randint(1, 5))
    before, right = stack(rs), chance(rs, 0.5)
    op = one_of(rs, ("_linalg_trmm", "_linalg_trsm"))
    params = {"transpose": boolean(rs), "rightside": right, "lower": boolean(rs), "alpha": factor_of(rs)}
    size = wrong(rs, (*before, *((other, side) if right else (side, other))))
    how = LOOSE if op.endswith("sm") and dtype == "float32" else {}
    return Case(op, {"A": regular(*before, side, side, dtype=dtype, seed=seed(rs)), "B": array(rs, size, dtype)}, params, **how)


def factor(rs, dtype):
    side, before = int(rs.randint(1, 5)), stack(rs)
    op = one_of(rs, ("potrf", "potri", "gelqf", "syevd"))
    how = LOOSE if dtype == "float32" else {}
    if op == "gelqf":
        more = int(rs.randint(0, 3)) - (1 if chance(rs, 0.05) else 0)
        how = {"rtol": 2e-3, "atol": 2e-3, "why": "as above, some nearly singular"} if dtype == "float32" else {}
        return Case("_linalg_gelqf", {"A": array(rs, (*before, side, max(side + more, 1)), dtype)}, **how)
    make = {"potrf": definite, "potri": regular, "syevd": symmetric}[op]
    size = wrong(rs, (*before, side, side)) if op != "syevd" else (*before, side, side)
    if len(size) < 2 or size[-1] != size[-2]:
        return Case(f"_linalg_{op}", {"A": array(rs, size, dtype)})
    return Case(f"_linalg_{op}", {"A": make(*size, dtype=dtype, seed=seed(rs))}, **how)


def inverse(rs, dtype):
    side, before = int(rs.randint(1, 5)), stack(rs)
    op = one_of(rs, ("inverse", "det", "slogdet", "sumlogdiag"))
    size = wrong(rs, (*before, side, side))
    how = LOOSE if dtype == "float32" else {}
    if len(size) < 2 or size[-1] != size[-2]:
        return Case(f"_linalg_{op}", {"A": array(rs, size, dtype)})
    make = definite if op == "sumlogdiag" or chance(rs, 0.3) else regular
    return Case(f"_linalg_{op}", {"A": make(*size, dtype=dtype, seed=seed(rs))}, **how)


def part(rs, dtype):
    op = one_of(rs, ("extractdiag", "makediag", "extracttrian", "maketrian"))
    offset = int(rs.randint(-3, 4))
    params = {"offset": one_of(rs, (offset, str(offset)))} if chance(rs, 0.8) else {}
    if op.endswith("trian") and chance(rs, 0.6):
        params["lower"] = boolean(rs)
    before, side = stack(rs), int(rs.randint(1, 6))
    if op.startswith("extract"):
        size = wrong(rs, (*before, side, side))
    elif op == "makediag":
        size = (*before, side)
    else:
        size = (*before, side * (side + 1) // 2 if chance(rs, 0.9) else side)
    return Case(f"_linalg_{op}", {"A": array(rs, size, dtype)}, params)


def syrk(rs, dtype):
    size = wrong(rs, (*stack(rs), int(rs.randint(1, 5)), int(rs.randint(1, 5))))
    return Case("_linalg_syrk", {"A": array(rs, size, dtype)}, {"transpose": boolean(rs), "alpha": factor_of(rs)})


CASES = drawn(draw, 250)
