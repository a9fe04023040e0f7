"""Cases of arrays put together, and taken apart."""

from tests.ops.case import Case, integers, normal

DTYPES = ("float32", "float64", "float16")
INTEGERS = ("int32", "int64", "uint8", "int8")


def arrays(*shapes, dtype="float32"):
    """One input of each shape."""
    make = normal if dtype in DTYPES else lambda *shape, dtype, seed: integers(0, 100, *shape, dtype=dtype, seed=seed)
    return [make(*shape, dtype=dtype, seed=seed) for seed, shape in enumerate(shapes)]


CASES = []

# -- Concat -----------------------------------------------------------------------------------------------------------------
for dtype in DTYPES + INTEGERS:
    CASES += [Case("Concat", arrays((2, 3), (2, 1), dtype=dtype), gradient=dtype in DTYPES)]
    CASES += [Case("stack", arrays((2, 3), (2, 3), dtype=dtype), gradient=dtype in DTYPES)]
CASES += [
    Case("Concat", arrays(*shapes), {"dim": dim})
    for dim, shapes in (
        (0, [(2,), (3,)]),
        (0, [(2, 3), (1, 3), (4, 3)]),
        (1, [(2, 3, 2), (2, 1, 2)]),
        (-1, [(2, 3, 2), (2, 3, 1)]),
        (2, [(2, 3, 2), (2, 3, 1)]),
        (-3, [(1, 3, 2), (2, 3, 2)]),
        (0, [(2, 3)]),
        (1, [(2, 3, 1, 2), (2, 2, 1, 2), (2, 1, 1, 2), (2, 3, 1, 2)]),
        (0, [(1, 2)] * 12),
    )
]
CASES += [Case("Concat", arrays((2, 3), (2, 3)), {"num_args": 2, "dim": 0})]
CASES += [
    Case("Concat", inputs, {"dim": dim}, refused=True)
    for dim, inputs in (
        (3, arrays((2, 3), (2, 3))),
        (-3, arrays((2, 3), (2, 3))),
        (0, arrays((2, 3), (3,))),
        (1, arrays((2, 3), (3, 3))),
        (0, [normal(2, 3), normal(2, 3, dtype="float64")]),
        (0, [normal(2, 3), normal(2, 4)]),
    )
]

# Parameters of recurrent layers, flat, for one axis or all.
CASES += [
    Case("_rnn_param_concat", arrays(*shapes), {"dim": dim})
    for dim, shapes in ((0, [(6,), (12,)]), (0, [(2, 3), (1, 3)]), (1, [(2, 3), (2, 1)]), (0, [(4,), (2,), (3,), (1,)]))
]
CASES += [Case("_rnn_param_concat", arrays((6,), (2, 3)), {"dim": 0}, refused=True)]

# -- stack ------------------------------------------------------------------------------------------------------------------
CASES += [Case("stack", arrays((2, 3), (2, 3), (2, 3)), {"axis": axis}) for axis in (0, 1, 2, -1, -2, -3)]
CASES += [
    Case("stack", arrays(*shapes), {"axis": axis})
    for axis, shapes in ((0, [(3,), (3,)]), (1, [(3,), (3,)]), (0, [(2, 3)]), (-1, [(1,)] * 5))
]
CASES += [Case("stack", arrays((2, 3), (2, 3)), {"axis": axis}, refused=True) for axis in (3, -4)]
CASES += [Case("stack", arrays((2, 3), (2, 1)), refused=True), Case("stack", [normal(2), normal(2, dtype="float64")], refused=True)]

# -- SliceChannel: equal parts ----------------------------------------------------------------------------------------------
CASES += [Case("SliceChannel", {"data": normal(2, 4, dtype=dtype)}, {"num_outputs": 2}) for dtype in DTYPES]
CASES += [Case("SliceChannel", {"data": integers(0, 9, 2, 4, dtype=dtype)}, {"num_outputs": 2}, gradient=False) for dtype in INTEGERS]
CASES += [
    Case("SliceChannel", {"data": normal(2, 3, 4)}, params)
    for params in (
        {"num_outputs": 3},
        {"num_outputs": 1},
        {"num_outputs": 3, "squeeze_axis": True},
        {"num_outputs": 2, "axis": 0},
        {"num_outputs": 2, "axis": 0, "squeeze_axis": True},
        {"num_outputs": 2, "axis": -1},
        {"num_outputs": 4, "axis": 2, "squeeze_axis": 1},
        {"num_outputs": 3, "axis": -2, "squeeze_axis": True},
    )
]
CASES += [Case("SliceChannel", {"data": normal(2, 3, 4)}, {"num_outputs": 4, "axis": 2}, heads=[1, 3])]
CASES += [
    Case("SliceChannel", {"data": normal(2, 3, 4)}, params, refused=True)
    for params in (
        {"num_outputs": 2},
        {"num_outputs": 4},
        {"num_outputs": 0},
        {"num_outputs": 2, "axis": 3},
        {"num_outputs": 2, "axis": 2, "squeeze_axis": True},
        {},
    )
]

# -- _split_v2: parts that begin at given places, or equal ones and a rest ---------------------------------------------------
CASES += [Case("_split_v2", {"data": normal(5, 2, dtype=dtype)}, {"indices": (0, 2), "axis": 0}) for dtype in DTYPES]
CASES += [
    Case("_split_v2", {"data": integers(0, 9, 5, 2, dtype=dtype)}, {"indices": (0, 2), "axis": 0}, gradient=False) for dtype in INTEGERS
]
CASES += [
    Case("_split_v2", {"data": normal(10, 2)}, params)
    for params in (
        {"indices": (0, 1)},
        {"indices": (0, 1), "axis": -1, "squeeze_axis": True},
        {"indices": (0,), "axis": 0},
        {"indices": (0, 2, 5), "axis": 0},
        {"indices": (0, 9), "axis": 0},
        {"indices": "[0, 2, 5]", "axis": 0},
        {"indices": (), "sections": 2, "axis": 0},
        {"indices": (), "sections": 3, "axis": 0},
        {"indices": (), "sections": 10, "axis": 0, "squeeze_axis": True},
        {"indices": (0, 3), "sections": 4, "axis": -2},
        {"indices": (), "sections": 1},
    )
]
CASES += [Case("_split_v2", {"data": normal(6, 2)}, {"indices": (0, 1, 4), "axis": 0}, heads=[2])]
CASES += [
    Case("_split_v2", {"data": normal(10, 2)}, params, refused=True)
    for params in (
        {"indices": (0, 1), "axis": 0, "squeeze_axis": True},
        {"indices": (0, 5, 3), "axis": 0},
        {"indices": (2, 5), "axis": 0},
        {"indices": (0, -2), "axis": 0},
        {"indices": (0, 11), "axis": 0},
    )
]
