"""Arithmetic, comparison and logic of an array and a number."""

from tests.ops.case import Case, integers, values
from tests.sweep.draw import FLOATS, INTEGERS, array, chance, drawn, one_of, shape

NAMES = (
    "_plus_scalar", "_minus_scalar", "_rminus_scalar", "_mul_scalar", "_div_scalar", "_rdiv_scalar", "_mod_scalar", "_rmod_scalar",
    "_power_scalar", "_rpower_scalar", "_maximum_scalar", "_minimum_scalar", "_hypot_scalar", "_equal_scalar", "_not_equal_scalar",
    "_greater_scalar", "_greater_equal_scalar", "_lesser_scalar", "_lesser_equal_scalar", "_logical_and_scalar", "_logical_or_scalar",
    "_logical_xor_scalar", "_PlusScalar", "_MinusScalar", "_RMinusScalar", "_MulScalar", "_DivScalar", "_RDivScalar", "_ModScalar",
    "_RModScalar", "_PowerScalar", "_RPowerScalar", "_MaximumScalar", "_MinimumScalar", "_HypotScalar", "_EqualScalar", "_GreaterScalar",
    "_scatter_plus_scalar", "_scatter_minus_scalar",
)  # fmt: skip

ODD = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 7.0, float("inf"), float("-inf"), float("nan"))


def odd(rs):
    """Draw numbers where functions end, jump or are not defined; of those MXNet's gradients are not compared."""
    numbers = [float(one_of(rs, ODD)) for _ in range(8)]
    op, params = one_of(rs, NAMES), {"scalar": one_of(rs, ODD)}
    if "ower" in op and params["scalar"] == 0.5:
        params["scalar"] = 3.0  # NumPy takes the root, which differs at -inf
    return Case(op, {"data": values(numbers, one_of(rs, ("float32", "float64")))}, params, gradient=False)


def below_zero(rs):
    """Draw small whole numbers below zero too, for remainders and powers of integers."""
    op = one_of(rs, ("_mod_scalar", "_rmod_scalar", "_div_scalar", "_rdiv_scalar", "_power_scalar", "_minus_scalar"))
    low, high = one_of(rs, ((-7, 0), (1, 8)))
    data = integers(low, high, 9, dtype=one_of(rs, ("int32", "int8")), seed=int(rs.randint(1 << 20)))
    scalar = one_of(rs, (0, 1, 2, 3)) if "power" in op else one_of(rs, (-3, -2, 2, 5, 7, -1))
    return Case(op, {"data": data}, {"scalar": scalar, "is_int": one_of(rs, (True, True, False))})


def draw(rs):
    if chance(rs, 0.15):
        return one_of(rs, (odd, below_zero))(rs)
    op = one_of(rs, NAMES)
    word = op.lower()
    kind = one_of(rs, FLOATS if chance(rs, 0.7) else INTEGERS)
    whole = kind in INTEGERS
    scalar = one_of(rs, (2, -1, 0, 3.0, 1.5, -2.5, 0.5, 1, "2", "0.25"))
    size = shape(rs, 1, 4)
    low, high = (0 if kind == "uint8" else -3, 4) if whole else (-2.0, 2.0)
    if "power" in word:  # of a positive number
        low, high = (0, 3) if whole else (0.3, 2.0)
        scalar = one_of(rs, (2, 0, 3, 1, 2.5, -1.5, 0.5) if not whole else (2, 0, 1, 3))
        if "rpower" in word:
            scalar = one_of(rs, (2, 0.5, 1, 3.0))
    if "rdiv" in word or "rmod" in word:
        low, high = (1, 4) if whole else (0.5, 2.5)
    if "_div" in word or "_mod" in word:
        scalar = one_of(rs, (2, 3.0, 1.5, "4", 1) if whole else (2, 3.0, -1.5, "4", 1, 0.75))
    if kind == "uint8" and float(scalar) < 0:
        scalar = 2
    data = array(rs, size, kind, low, high)
    if not word.startswith(("_power", "_rpower", "_div", "_rdiv", "_mod", "_rmod")) and chance(rs, 0.3):
        data = integers(0 if kind == "uint8" else -2, 4, *size, dtype=kind, seed=int(rs.randint(1 << 20)))
    params = {"scalar": scalar} if chance(rs, 0.97) else {}
    if chance(rs, 0.3):
        params["is_int"] = one_of(rs, (True, False, 1, "False"))
    case = Case(op, {"data": data}, params)
    if kind == "float16":
        case.rtol, case.atol, case.why = 0.02, 0.02, "MXNet rounds each step to float16"
    return case


CASES = drawn(draw, 180)
