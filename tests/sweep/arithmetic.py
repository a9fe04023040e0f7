"""Arithmetic, comparison and logic of two arrays, of equal shapes and of shapes that stretch."""

from tests.ops.case import Case, integers, values
from tests.sweep.draw import FLOATS, INTEGERS, array, broadcastable, chance, drawn, one_of, shape

NUMERIC = ("add", "sub", "mul", "div", "mod", "power", "maximum", "minimum", "hypot")
TRUTH = ("equal", "not_equal", "greater", "greater_equal", "lesser", "lesser_equal", "logical_and", "logical_or", "logical_xor")
ALIKE = (
    "elemwise_add", "elemwise_sub", "elemwise_mul", "elemwise_div", "_mod", "_power", "_maximum", "_minimum", "_hypot",
    "_plus", "_Minus", "_Mul", "_Div", "_Mod", "_Power", "_Maximum", "_Minimum", "_Hypot", "_grad_add", "_scatter_elemwise_div",
    *("_" + name for name in TRUTH), "_Equal", "_Not_Equal", "_Greater", "_Greater_Equal", "_Lesser", "_Lesser_Equal",
)  # fmt: skip
ODD = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 7.0, float("inf"), float("-inf"), float("nan"))
STRETCHED = (*("broadcast_" + name for name in NUMERIC + TRUTH), "broadcast_plus", "broadcast_minus")


def bounds(op, kind, right):
    """Keep away from what is not defined, and from jumps where float32 decides."""
    whole = kind[0] in "ui"
    if op.endswith("ower"):
        return (0, 2) if whole else (0.3, 2.0) if not right else (-2.0, 2.0)
    if right and op.lower().endswith(("div", "mod")):
        return (1, 4) if whole else (0.5, 2.5)
    if op.lower().endswith("mod"):
        return (0, 5) if whole else (-2.5, 2.5)
    return (-3, 4) if whole else (-2.0, 2.0)


def odd(rs):
    """Draw numbers where functions end, jump or are not defined; of those MXNet's gradients are not compared."""
    op = one_of(rs, ALIKE)
    kind = one_of(rs, ("float32", "float64"))
    numbers = [[float(one_of(rs, ODD)) for _ in range(8)] for _ in range(2)]
    return Case(op, {slot: values(row, kind) for slot, row in zip(("lhs", "rhs"), numbers, strict=True)}, {}, gradient=False)


def whole(rs):
    """Draw small whole numbers below zero too, for remainders and powers of integers."""
    op, kind = one_of(rs, ("broadcast_mod", "_mod", "elemwise_div", "_power", "_div")), one_of(rs, ("int32", "int8"))
    lhs = integers(-7, 8, 9, dtype=kind, seed=int(rs.randint(1 << 20)))
    rhs = integers(0 if "power" in op else 1, 4, 9, dtype=kind, seed=int(rs.randint(1 << 20)))
    if "power" not in op and chance(rs, 0.5):
        rhs = integers(-4, 0, 9, dtype=kind, seed=int(rs.randint(1 << 20)))
    return Case(op, {"lhs": lhs, "rhs": rhs}, {})


def draw(rs):
    if chance(rs, 0.12):
        return one_of(rs, (odd, whole))(rs)
    op = one_of(rs, STRETCHED if chance(rs, 0.6) else ALIKE)
    kind = one_of(rs, FLOATS if chance(rs, 0.75) else INTEGERS)
    if "ypot" in op and kind not in FLOATS:
        kind = "float64"
    left = right = shape(rs, 1, 5, 4)
    if op in STRETCHED:
        left, right = broadcastable(rs, left), broadcastable(rs, left)
        if chance(rs, 0.03):
            right = (*right[:-1], right[-1] + 2)
        elif chance(rs, 0.03):
            right = right[1:] or right
    elif chance(rs, 0.03):
        right = (*right[:-1], right[-1] + 1)
    low, high = bounds(op, kind, False)
    low_right, high_right = bounds(op, kind, True)
    if any(word in op.lower() for word in ("equal", "greater", "lesser", "logical", "imum")) and chance(rs, 0.5):
        lhs, rhs = (tied(rs, size, kind) for size in (left, right))
    else:
        lhs, rhs = array(rs, left, kind, low, high), array(rs, right, kind, low_right, high_right)
    if chance(rs, 0.02):
        rhs = array(rs, right, "float64" if kind != "float64" else "float32")
    case = Case(op, {"lhs": lhs, "rhs": rhs}, {}, gradient=op != "_grad_add")
    if kind == "float16":
        case.rtol, case.atol, case.why = 0.02, 0.02, "MXNet rounds each step to float16"
    return case


def tied(rs, size, kind):
    """Draw from three numbers, in any type."""
    low = 0 if kind == "uint8" else -1
    return integers(low, 2, *size, dtype=kind, seed=int(rs.randint(1 << 20)))


CASES = drawn(draw, 220)
