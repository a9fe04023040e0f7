"""Functions of one array, casts, sums of many, bounds."""

import numpy as np

from tests.ops.case import Case, Make
from tests.sweep.draw import FLOATS, INTEGERS, array, chance, drawn, one_of, shape

NAMES = (
    "abs", "negative", "square", "reciprocal", "sqrt", "rsqrt", "cbrt", "rcbrt", "exp", "expm1", "log", "log10", "log2", "log1p",
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "degrees", "radians", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh",
    "erf", "erfinv", "gamma", "gammaln", "relu", "sigmoid", "softsign", "sign", "round", "rint", "ceil", "floor", "trunc", "fix",
    "logical_not", "_copy", "identity", "BlockGrad", "stop_gradient", "make_loss", "ones_like", "zeros_like", "hard_sigmoid",
    "_contrib_div_sqrt_dim",
)  # fmt: skip
STEPS = ("sign", "round", "rint", "ceil", "floor", "trunc", "fix")
DOMAINS = {
    "sqrt": (0.1, 4.0), "rsqrt": (0.1, 4.0), "rcbrt": (0.2, 4.0), "cbrt": (0.2, 4.0), "log": (0.1, 5.0), "log2": (0.1, 5.0), "log10": (0.1, 5.0),
    "log1p": (-0.9, 4.0), "reciprocal": (0.3, 3.0), "arcsin": (-0.95, 0.95), "arccos": (-0.95, 0.95), "arctanh": (-0.9, 0.9),
    "arccosh": (1.1, 4.0), "erfinv": (-0.9, 0.9), "gamma": (0.4, 4.0), "gammaln": (0.4, 6.0), "tan": (-1.3, 1.3),
}  # fmt: skip
ODD = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, 100.0, -100.0, float("inf"), float("-inf"), float("nan"))


def special(rs, dtype, op):
    """Draw numbers where functions end, jump or are not defined; MXNet gives nan no sign, so none."""
    numbers = np.array([one_of(rs, ODD[:-1] if op == "sign" else ODD) for _ in range(rs.randint(1, 9))], dtype)
    return Make(f"values({numbers.tolist()!r}, {dtype!r}, {numbers.shape!r})", lambda _: numbers.copy())


def function(rs):
    op = one_of(rs, NAMES)
    low, high = DOMAINS.get(op, (-2.5, 2.5))
    kind = one_of(rs, FLOATS)
    # float16: MXNet computes gradients in float16, some far from right
    if chance(rs, 0.12) and kind != "float16":
        return Case(op, {"data": special(rs, kind, op)}, {}, gradient=op not in DOMAINS and op not in STEPS and op != "abs")  # 0 at nan
    if chance(rs, 0.1):
        low, high = (0, 5)
        return Case(op, {"data": array(rs, shape(rs, 1, 4), one_of(rs, INTEGERS), low, high)}, {})
    case = Case(op, {"data": array(rs, shape(rs, 1, 4), kind, low, high)}, {})
    if kind == "float64":
        case.rtol, case.atol, case.why = 1e-6, 1e-7, "MXNet computes with constants of float32"
    elif kind == "float16":
        case.rtol, case.atol, case.why = 0.01, 0.01, "MXNet rounds each step to float16"
    return case


def cast(rs):
    op = one_of(rs, ("Cast", "cast", "amp_cast"))
    source, target = one_of(rs, (*FLOATS, *INTEGERS)), one_of(rs, (*FLOATS, *INTEGERS))
    low = 0 if target == "uint8" else -3  # below zero it is undefined
    return Case(op, {"data": array(rs, shape(rs, 1, 4), source, low, 9)}, {"dtype": target if chance(rs, 0.97) else "float8"})


def several(rs):
    count = int(rs.randint(1, 4))
    members = [array(rs, shape(rs, 1, 3), one_of(rs, ("float16", "float32", "float64"))) for _ in range(count)]
    params = {"num_outputs": count}
    if chance(rs, 0.4):
        params["cast_narrow"] = True
    return Case("amp_multicast", members, params)


def total(rs):
    size, kind = shape(rs, 1, 4), one_of(rs, FLOATS if chance(rs, 0.8) else INTEGERS)
    members = [array(rs, size, kind) for _ in range(rs.randint(1, 6))]
    if chance(rs, 0.03):
        members.append(array(rs, (*size, 2), kind))
    return Case(one_of(rs, ("add_n", "ElementWiseSum")), members, {})


def stored(rs):
    return Case(one_of(rs, ("cast_storage", "_sparse_cast_storage")), {"data": array(rs, shape(rs, 1, 4), "float32")}, {"stype": "default"})


def bounded(rs):
    low, high = sorted((rs.randint(-8, 8, 2) / 4).tolist())
    kind = one_of(rs, FLOATS if chance(rs, 0.7) else ("int32", "int64", "int8"))
    params = {"a_min": one_of(rs, (low, str(low), int(low))), "a_max": one_of(rs, (high, int(high) + 1))}
    if chance(rs, 0.03):
        params.pop("a_max")
    return Case("clip", {"data": array(rs, shape(rs, 1, 4), kind, -3, 3)}, params)


def smooth(rs):
    params = {} if chance(rs, 0.2) else {"scalar": one_of(rs, (0.5, 1, 2, 3.0, "1.5", 0))}
    case = Case("smooth_l1", {"data": array(rs, shape(rs, 1, 4), one_of(rs, FLOATS))}, params)
    if "float16" in repr(case):
        case.rtol, case.atol, case.why = 0.01, 0.01, "MXNet rounds each step to float16"
    return case


def draw(rs):
    return one_of(rs, (*[function] * 10, cast, cast, several, total, bounded, smooth, stored))(rs)


CASES = drawn(draw, 250)
