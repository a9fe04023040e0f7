"""Cases of the functions of one array: mathematics, rounding, copies and casts."""

import numpy as np

from tests.ops.case import Case, normal, uniform, values

INF, NAN = float("inf"), float("nan")

# Operator -> where it is smooth: typical values are drawn from there, and finite differences hold.
SMOOTH = {
    "abs": (0.5, 3),
    "square": (-2, 2),
    "negative": (-2, 2),
    "reciprocal": (0.5, 2),
    "sqrt": (0.5, 4),
    "rsqrt": (0.5, 4),
    "cbrt": (0.5, 4),
    "rcbrt": (0.5, 4),
    "exp": (-2, 2),
    "expm1": (-2, 2),
    "log": (0.5, 4),
    "log10": (0.5, 4),
    "log2": (0.5, 4),
    "log1p": (-0.5, 4),
    "sin": (-3, 3),
    "cos": (-3, 3),
    "tan": (-1, 1),
    "arcsin": (-0.9, 0.9),
    "arccos": (-0.9, 0.9),
    "arctan": (-3, 3),
    "sinh": (-2, 2),
    "cosh": (-2, 2),
    "tanh": (-2, 2),
    "arcsinh": (-3, 3),
    "arccosh": (1.5, 4),
    "arctanh": (-0.9, 0.9),
    "degrees": (-3, 3),
    "radians": (-180, 180),
    "erf": (-2, 2),
    "erfinv": (-0.9, 0.9),
    "gamma": (0.6, 4),
    "gammaln": (0.6, 8),
    "relu": (0.5, 2),
    "sigmoid": (-3, 3),
    "softsign": (0.5, 3),
    "hard_sigmoid": (-2, 2),
    "_copy": (-2, 2),
}
FLAT = ("sign", "round", "rint", "ceil", "floor", "trunc", "fix", "BlockGrad", "logical_not")
ROUNDING = ("round", "rint", "ceil", "floor", "trunc", "fix")

EDGES = [-INF, -200, -2.5, -1.5, -1, -0.5, -0.0, 0, 0.5, 1, 1.5, 2.5, 20, 200, INF, NAN]
TINY = [-1e-3, -1e-5, -1e-7, -1e-20, 1e-20, 1e-7, 1e-5, 1e-3]

# A logarithm of a negative integer, the root of one, ... is no integer; only what an integer can hold is compared.
WHOLE = {name: [0, 1, 2, 5, 100] for name in (*SMOOTH, *FLAT)}
WHOLE.update({name: [1, 2, 5, 100] for name in ("reciprocal", "rsqrt", "rcbrt", "log", "log2", "log10", "arccosh")})
WHOLE.update({name: [0, 1] for name in ("arcsin", "arccos")})
WHOLE.update({name: [0, 1, 2, 4] for name in ("exp", "expm1", "sinh", "cosh")})
WHOLE.update(
    {
        "arctanh": [0],
        "erfinv": [0],
        "gamma": [1, 2, 3, 5],
        "gammaln": [1, 2, 5, 40],
        "square": [0, 1, 2, 11],
        "degrees": [0, 1, 2],
        "hard_sigmoid": [],
    }
)
SIGNED = ("abs", "negative", "sign", "relu", "_copy", "BlockGrad", "logical_not", *ROUNDING, "cbrt", "arctan", "arcsinh", "tanh")


# Constants, the defaults of parameters and digamma are of float32 in the reference, whatever the type of the data.
COARSE = {"hard_sigmoid": 1e-7, "degrees": 1e-7, "radians": 1e-7, "erf": 1e-7, "erfinv": 1e-7, "gamma": 1e-5, "gammaln": 1e-5}


def coarse(name, dtype):
    """Widen the tolerance where the reference is less exact than its type."""
    if name not in COARSE or dtype != "float64":
        return {}
    return {"rtol": COARSE[name], "atol": 1e-9, "why": "the reference computes with constants of float32"}


def typical(name, *shape, dtype="float32"):
    low, high = SMOOTH.get(name, (-3, 3))
    return uniform(low, high, *shape, dtype=dtype)


CASES = []
for name in (*SMOOTH, *FLAT):
    smooth = name in SMOOTH
    edges = EDGES[:-1] if name in ("abs", "sign", "relu") else EDGES
    CASES += [
        Case(name, {"data": typical(name, 3, 4, dtype=dtype)}, finite=smooth, **coarse(name, dtype))
        for dtype in ("float32", "float64", "float16")
    ]
    CASES += [
        Case(name, {"data": values(edges)}, finite=False),
        Case(name, {"data": values(TINY)}, finite=False),
        # in float64 the slope of gammaln at a pole is the largest finite number there
        Case(name, {"data": values(edges, dtype="float64")}, gradient=name != "gammaln", finite=False, **coarse(name, "float64")),
        Case(name, {"data": values(edges, dtype="float16")}, gradient=False),
    ]
    for dtype in ("int32", "int64", "int8", "uint8"):
        whole = WHOLE[name] + ([-1, -2, -100] if name in SIGNED and dtype != "uint8" else [])
        CASES += [Case(name, {"data": values(whole, dtype=dtype)}, gradient=False)] if whole else []

# NaN goes through; the reference gives it the sign 0.
MISSING = np.array([np.nan, np.nan], "float32")
CASES += [
    Case("abs", {"data": values([NAN, NAN])}, finite=False, expect={"grad/data": MISSING}, why="the slope at nan is the sign of nan: nan"),
    Case("sign", {"data": values([NAN, NAN])}, gradient=False, expect={"output0": MISSING}, why="nan goes through"),
    Case("relu", {"data": values([NAN, NAN])}, gradient=False),
]

# Shapes: any rank, one element, a long row.
for shape in ((1,), (5,), (2, 1, 3), (2, 1, 2, 1, 3)):
    CASES += [Case(name, {"data": normal(*shape)}) for name in ("exp", "sigmoid", "_copy")]

# Ties and their neighbours: round goes away from zero, rint down.
HALVES = [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 0.49999997, -0.49999997, 0.50000006, 8388609.0, -8388609.0, 1e10]
CASES += [Case(name, {"data": values(HALVES)}, finite=False) for name in ROUNDING]
CASES += [
    Case(name, {"data": values([0.49999999999999994, -0.49999999999999994, 4503599627370497.0, 2.5], dtype="float64")}, finite=False)
    for name in ROUNDING
]

# The special functions over their whole range.
RANGES = {
    "erf": (-6, 6),
    "erfinv": (-0.999, 0.999),
    "gamma": (-4.4, 12.3),
    "gammaln": (-4.4, 60),
    "sigmoid": (-30, 30),
    "tanh": (-12, 12),
    "expm1": (-12, 12),
    "log1p": (-0.999, 30),
    "arcsinh": (-50, 50),
    "sinh": (-12, 12),
}
CASES += [
    Case(name, {"data": values(np.linspace(low, high, 41).tolist(), dtype=dtype)}, finite=False, **coarse(name, dtype))
    for name, (low, high) in RANGES.items()
    for dtype in ("float32", "float64")
]
CASES += [
    Case("gammaln", {"data": values([0.9999, 1.0001, 1.9999, 2.0001, 1e-3, 1e3, 1e6, -0.001, -1.001, -30.5])}, gradient=False),
    Case("gamma", {"data": values([33.5, 35.0, 36.0, -30.5, -33.5, 1e-3, -1e-3])}, finite=False),
    Case(
        "gamma",
        {"data": values([0.5, 1, 2, 6.5, 20.25, 100.5, 170.5, 172.0, -10.5, -100.5], dtype="float64")},
        finite=False,
        **coarse("gamma", "float64"),
    ),
    Case(
        "gammaln",
        {"data": values([0.5, 1, 2, 6.5, 20.25, 100.5, 1e5, 1e15, -10.5, 1e-10], dtype="float64")},
        finite=False,
        **coarse("gammaln", "float64"),
    ),
    Case(
        "erfinv",
        {"data": values([1e-10, 0.5, 0.99, 0.999999, -0.9999999999, 0.99999999999], dtype="float64")},
        finite=False,
        **coarse("erfinv", "float64"),
    ),
    Case("sigmoid", {"data": values([-88, -80, -50, -20, -15, 15, 20, 50, 80, 88])}, finite=False),
]

# hard_sigmoid: both bounds, other slopes, floating point only.
CASES += [
    Case("hard_sigmoid", {"data": values([-3, -1, -0.5, 0, 0.5, 1, 3])}, params, finite=False)
    for params in ({"alpha": 0.5}, {"alpha": 0.25, "beta": 0.25}, {"alpha": -0.5}, {"alpha": 0.0, "beta": 0.75})
]
CASES += [Case("hard_sigmoid", {"data": values([0, 1], dtype=dtype)}, refused=True) for dtype in ("int32", "uint8")]

# A loss head ignores the gradient that enters; BlockGrad stops it.
CASES += [Case("make_loss", {"data": normal(3, 4, dtype=dtype)}, finite=False) for dtype in ("float32", "float64", "float16")]
CASES += [Case("make_loss", {"data": values([1, 2, 3], dtype=dtype)}, gradient=False) for dtype in ("int32", "uint8")]
CASES += [Case(name, {"data": values([0, 1, 1], dtype="bool")}, gradient=False) for name in ("_copy", "BlockGrad", "make_loss")]

# Casts: towards zero for integers, around the clock beyond their range, zero or not for bool.
FLOATS, INTEGERS = ("float16", "float32", "float64"), ("int32", "int64", "int8", "uint8")
for source in (*FLOATS, *INTEGERS, "bool"):
    if source in FLOATS:
        data = values([0, 1, 2.75, -2.75, 0.5, -0.5, 100, -100], dtype=source)
    else:
        data = values([0, 1, 2, 127] if source in ("uint8", "bool") else [0, 1, 2, 127, -1, -128], dtype=source)
    for target in (*FLOATS, *INTEGERS, "bool"):
        gradient = source in FLOATS and target in FLOATS
        # What a negative float becomes as an unsigned integer is nobody's promise.
        safe = values([0, 1, 2.75, 0.5, 100], dtype=source) if source in FLOATS and target == "uint8" else data
        CASES.append(Case("Cast", {"data": safe}, {"dtype": target}, gradient=gradient, finite=False))
        if target != "bool" and source != "bool":
            CASES.append(Case("amp_cast", {"data": safe}, {"dtype": target}, gradient=gradient, finite=False))
CASES += [
    Case("Cast", {"data": values([INF, -INF, NAN, 1e6, 65504, 65519, 1e-8])}, {"dtype": "float16"}, gradient=False),
    Case("Cast", {"data": values([INF, NAN, 1e300, 16777217], dtype="float64")}, {"dtype": "float32"}, gradient=False),
    Case("Cast", {"data": values([300, -300, 128, 255], dtype="int32")}, {"dtype": "int8"}, gradient=False),
    Case("Cast", {"data": values([300, -300, 128, 255], dtype="int32")}, {"dtype": "uint8"}, gradient=False),
    Case("Cast", {"data": values([1.5, -2.5])}, {"dtype": "int32"}, finite=False),
    Case("Cast", {"data": values([NAN, INF, 0.0, -0.0, 1e-30])}, {"dtype": "bool"}, gradient=False),
    Case("Cast", {"data": normal(3)}, {"dtype": "float33"}, refused=True),
    Case("Cast", {"data": normal(3)}, refused=True),
    Case("amp_cast", {"data": normal(3)}, {"dtype": "bool"}, refused=True),
    Case("amp_cast", {"data": normal(3)}, refused=True),
]


def mixed(*dtypes):
    return [
        normal(2, 3, dtype=dtype, seed=seed) if dtype.startswith("float") else values([1, 2, 3], dtype=dtype)
        for seed, dtype in enumerate(dtypes)
    ]


for dtypes in (
    ("float32", "float16"),
    ("float16", "float16"),
    ("float16", "float32", "float16"),
    ("float64", "float16"),
    ("float64", "float32"),
    ("float32", "int32"),
    ("float16", "int32", "float32"),
    ("int32", "int64"),
):
    CASES += [
        Case("amp_multicast", mixed(*dtypes), {"num_outputs": len(dtypes), **narrow}, finite=False)
        for narrow in ({}, {"cast_narrow": True})
    ]
CASES += [
    Case("amp_multicast", [normal(2), normal(2, 2, dtype="float16")], {"num_outputs": 2}, finite=False),
    Case("amp_multicast", [normal(2), normal(2)], {"num_outputs": 3}, refused=True),
]

# Same values, other meaning: storage and attributes.
CASES += [Case("cast_storage", {"data": normal(2, 3)}, {"stype": stype}) for stype in ("default", "csr", "row_sparse")]
CASES += [
    Case("cast_storage", {"data": normal(2, 3)}, {"stype": "coo"}, refused=True),
    Case("_identity_with_attr_like_rhs", {"lhs": normal(2, 3), "rhs": normal(2, 3, seed=1)}, finite=False),
    Case("_identity_with_attr_like_rhs", {"lhs": normal(2, 3), "rhs": normal(3, 2)}, refused=True),
    Case("_identity_with_attr_like_rhs", {"lhs": normal(2, 3), "rhs": normal(2, 3, dtype="float64")}, refused=True),
]

# Large integers keep all their digits.
CASES += [Case("relu", {"data": values([2**62 + 1, -5, 0], dtype="int64")}, gradient=False)]
