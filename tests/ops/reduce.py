"""Cases of reductions over axes."""

import numpy as np

from tests.ops.case import Case, integers, normal, positive, values

NAN, INF = float("nan"), float("inf")
DTYPES = ("float32", "float64", "float16")
INTEGERS = ("int32", "int64", "uint8", "int8")

ALL = ("sum", "mean", "prod", "nansum", "nanprod", "max", "min")
AXES = (None, (), 0, 1, -1, (0, 2), (-1, 0), (2, 1), (0, 1, 2), "(1,)")
TIES = values([[3, 1, 3, 1], [0, 0, 0, 0], [-1, 2, -1, 2]])
HOLES = values([[NAN, 1, 2], [1, NAN, 2], [1, 2, NAN], [NAN, NAN, NAN], [1, 2, 3]])
ENDS = values([[INF, 1, 2], [1, INF, INF], [-INF, -INF, 1], [-INF, INF, 1]])
WHOLE = [[100, 100, 100], [3, 2, 1], [0, 7, 1]]

CASES = []

for op in ALL:
    x = positive(2, 3, 4, seed=3)  # away from ties and zeros
    CASES += [Case(op, {"data": x}, {"axis": axis}) for axis in AXES]
    CASES += [Case(op, {"data": x}, {"axis": axis, "keepdims": True}) for axis in (None, 1, (0, -1))]
    CASES += [Case(op, {"data": x}, {"axis": axis, "exclude": True}) for axis in ((), 1, (0, 2), (0, 1, 2))]
    CASES += [Case(op, {"data": x}, {"axis": -2, "exclude": True, "keepdims": True}), Case(op, {"data": x})]
    CASES += [
        Case(op, {"data": positive(*shape)}, {"axis": axis}) for shape, axis in (((1,), 0), ((5,), 0), ((2, 1, 3), 1), ((1, 1), None))
    ]
    CASES += [Case(op, {"data": positive(3, 4, dtype=dtype)}, {"axis": 1}) for dtype in ("float64", "float16")]
    CASES += [Case(op, {"data": values(WHOLE, dtype=dtype)}, {"axis": 1}, gradient=False) for dtype in INTEGERS]
    CASES += [Case(op, {"data": HOLES}, {"axis": 1}, finite=False), Case(op, {"data": HOLES}, finite=False)]
    CASES += [Case(op, {"data": x}, {"axis": axis}, refused=True) for axis in (3, -4, (1, 1), (0, -3))]

for op in ("max", "min"):
    CASES += [Case(op, {"data": TIES}, params, finite=False) for params in ({"axis": 1}, {"axis": 0}, {}, {"axis": 1, "keepdims": True})]
    CASES += [Case(op, {"data": ENDS}, {"axis": 1}, finite=False)]
    CASES += [Case(op, {"data": values([[-INF, -INF], [INF, INF]])}, {"axis": 1}, finite=False)]
    CASES += [Case(op, {"data": values([[3, 3, 1]], dtype=dtype)}, {"axis": 1}, finite=False) for dtype in ("float64", "float16")]
CASES += [Case(op, {"data": ENDS}, {"axis": 1}, gradient=False) for op in ("sum", "mean", "prod")]

# Older names of the same operators.
CASES += [Case(op, {"data": normal(2, 3)}, {"axis": 1}) for op in ("sum_axis", "max_axis", "min_axis")]

# Sums of integers run over, their means are cut off towards zero.
CASES += [
    Case(op, {"data": values(content, dtype=dtype)}, gradient=False)
    for op, content, dtype in (
        ("sum", [2**31 - 1, 1], "int32"),
        ("mean", [-1, -2], "int32"),
        ("mean", [-7, 2, -1], "int64"),
        ("mean", [2**24 + 1, 1, 1], "int32"),
        ("prod", [100, 100], "uint8"),
        ("mean", [200, 200], "uint8"),
        ("sum", [200, 100], "uint8"),
        ("mean", [-100, -100], "int8"),
    )
]

# float16 is added up in more digits than it has.
LONG = [2048] + [1] * 10
CASES += [Case(op, {"data": values(LONG, dtype="float16")}, gradient=False) for op in ("sum", "mean")]
CASES += [
    Case(
        "sum",
        {"data": values([60000, 60000, -60000], dtype="float16")},
        gradient=False,
        expect={"output0": np.float16([60000])},
        why="the reference overflows on the way",
    ),
    Case(
        "mean",
        {"data": values([60000, 60000], dtype="float16")},
        gradient=False,
        expect={"output0": np.float16([60000])},
        why="the reference overflows on the way",
    ),
    Case(
        "prod",
        {"data": values([300, 300, 0.001], dtype="float16")},
        gradient=False,
        expect={"output0": np.float16([90])},
        rtol=2e-3,
        why="the reference overflows on the way; 0.001 is not exact in float16",
    ),
]


# The derivative of a product is the product of the other factors, also where one is zero (the reference divides).
def product_at_zero(op, content, factors):
    inputs, params = {"data": values(content)}, {"axis": 1}
    head = Case(op, inputs, params).head_gradient(0, (len(content),), "float32")
    others = [[np.prod(np.delete(row, place)) for place in range(len(row))] for row in np.float32(factors)]
    slope = np.where(np.isnan(content), 0, others).astype("float32") * head[:, None]
    return Case(op, inputs, params, expect={"grad/data": slope}, why="the reference divides the product by the factor, 0 / 0 at zero")


ZEROS = [[2, 0, 3], [0, 0, 1], [2, 3, 4], [0, 5, 7]]
CASES += [product_at_zero("prod", ZEROS, ZEROS)]
CASES += [product_at_zero("nanprod", [[2, 0, NAN], [0, NAN, 0], [2, NAN, 4]], [[2, 0, 1], [0, 1, 0], [2, 1, 4]])]

# -- norm -------------------------------------------------------------------------------------------------------------------
CASES += [
    Case("norm", {"data": normal(2, 3, 4)}, {"ord": order, "axis": axis, "keepdims": keepdims})
    for order in (1, 2)
    for axis, keepdims in ((None, False), (None, True), (0, False), (-1, True), ((0, 2), False), ((1, 0), True))
]
CASES += [Case("norm", {"data": normal(2, 3)}), Case("norm", {"data": normal(2, 3)}, {"axis": ()}), Case("norm", {"data": normal(4)})]
CASES += [
    Case("norm", {"data": normal(3, 4, dtype=dtype)}, {"ord": order, "axis": 1}) for order in (1, 2) for dtype in ("float64", "float16")
]
CASES += [Case("norm", {"data": normal(3, 4, dtype=dtype)}, {"out_dtype": dtype}) for dtype in DTYPES]
CASES += [Case("norm", {"data": values([[3, -4, 0], [0, 0, 0]])}, {"ord": order, "axis": 1}, finite=False) for order in (1, 2)]
CASES += [Case("norm", {"data": values(content)}, finite=False) for content in ([NAN, 1], [1e30, 1e30], [1e-30, 1e-30], [1e30, 1e-30])]
CASES += [Case("norm", {"data": values([300, 300], dtype="float16")}, {"ord": order}) for order in (1, 2)]
CASES += [Case("norm", {"data": values([3, -4], dtype="int32")}, {"ord": 1}, gradient=False)]
CASES += [
    Case(
        "norm",
        {"data": values([3, 4], dtype=dtype)},
        gradient=False,
        expect={"output0": np.array([5], dtype)},
        why="the reference scales integers",
    )
    for dtype in INTEGERS
]
CASES += [
    Case("norm", {"data": values([INF, 1])}, gradient=False, expect={"output0": np.float32([INF])}, why="the reference scales infinity"),
    Case(
        "norm",
        {"data": values([3, 4], dtype="float16")},
        {"out_dtype": "float32"},
        gradient=False,
        expect={"output0": np.float32([5])},
        why="the reference infers this type, then refuses to run",
    ),
]
CASES += [Case("norm", {"data": normal(2, 3)}, params, refused=True) for params in ({"ord": 3}, {"ord": 0}, {"axis": 2}, {"axis": (0, 0)})]

# -- moments ----------------------------------------------------------------------------------------------------------------
CASES += [
    Case("moments", {"data": normal(2, 3, 4)}, {"axes": axes, "keepdims": keepdims})
    for axes, keepdims in ((0, False), ((0, 2), False), ((-1,), True), ((0, 1, 2), False), ((1, 2), True))
]
CASES += [Case("moments", {"data": normal(3, 4, dtype=dtype)}, {"axes": (0,)}) for dtype in ("float64", "float16")]
CASES += [Case("moments", {"data": normal(3, 4)}, {"axes": 1}, heads=[1])]
CASES += [
    Case(
        "moments",
        {"data": values([100, 101, 102, 101], dtype="float16")},
        {"axes": 0},
        gradient=False,
        expect={"output0": np.float16([101]), "output1": np.float16([0.5])},
        why="the reference subtracts squares: nan for a mean of 187",
    ),
]
CASES += [Case("moments", {"data": normal(2, 3)}, params, refused=True) for params in ({}, {"axes": ()}, {"axes": 2})]

# -- argmax, argmin, argmax_channel -----------------------------------------------------------------------------------------
for op in ("argmax", "argmin"):
    CASES += [
        Case(op, {"data": normal(2, 3, 4)}, {"axis": axis, "keepdims": keepdims})
        for axis, keepdims in ((None, False), (None, True), (0, False), (1, False), (-1, True), (-3, False))
    ]
    CASES += [Case(op, {"data": normal(4)}, {"axis": 0}), *[Case(op, {"data": TIES}, {"axis": axis}, finite=False) for axis in (0, 1)]]
    CASES += [Case(op, {"data": content}, {"axis": 1}, finite=False) for content in (HOLES, ENDS)]
    CASES += [Case(op, {"data": values(WHOLE, dtype=dtype)}, {"axis": 1}, gradient=False) for dtype in (*INTEGERS, "float64", "float16")]
    CASES += [Case(op, {"data": normal(2, 3)}, {"axis": axis}, refused=True) for axis in (2, -3, ())]
# The type of the data may be too small for the place.
CASES += [
    Case("argmax", {"data": values([0] * zeros + [1], dtype=dtype)}, {"axis": 0}, gradient=False)
    for zeros, dtype in ((2049, "float16"), (300, "uint8"), (200, "int8"))
]
CASES += [
    Case("argmax_channel", {"data": data}, gradient=False)
    for data in (normal(2, 3), normal(2, 3, 4), TIES, HOLES, integers(0, 9, 3, 4, dtype="int32"))
]
CASES += [Case("argmax_channel", {"data": normal(3)}, gradient=False, refused=True)]
