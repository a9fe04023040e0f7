"""Cases of quantized_act, quantized_elemwise_add and quantized_elemwise_mul.

The plain build of the reference refuses the sum, and the product called on arrays; oneDNN's is recorded for the former.
"""

import numpy as np

from tests.ops.case import Case, integers, normal, values


def number(x):
    return values([x])


def eight(dtype, *shape, seed=0):
    """Draw integers of eight bits."""
    low, high = (-128, 128) if dtype == "int8" else (0, 256)
    return integers(low, high, *shape, dtype=dtype, seed=seed)


def act(data, act_type="relu", **more):
    inputs = {"data": data, "min_data": number(-2), "max_data": number(1.5)}
    return Case("_contrib_quantized_act", inputs, {"act_type": act_type}, gradient=False, **more)


ACT = [
    *[act(eight(dtype, *shape)) for dtype in ("int8", "uint8") for shape in ((7,), (2, 3, 4, 4))],
    *[act(eight("int8", 3), other, refused=True) for other in ("sigmoid", "softrelu", "softsign", "tanh")],
    act(integers(-9, 9, 3, dtype="int32"), refused=True),
    act(normal(3), refused=True),
]


def binary(op, lhs, rhs, params=None, left=(-2, 1.5), right=(-1, 3), **more):
    inputs = {"lhs": lhs, "rhs": rhs}
    inputs |= dict(zip(("lhs_min", "lhs_max", "rhs_min", "rhs_max"), map(number, (*left, *right)), strict=True))
    return Case(op, inputs, params, gradient=False, **more)


def add(lhs, rhs, params=None, **more):
    return binary("_contrib_quantized_elemwise_add", lhs, rhs, params, onednn=True, **more)


def sum_of_mixed(lhs, rhs, left=(-2, 1.5), right=(-1, 3)):
    """Add int8 to uint8 in 32 bits, in double precision but for the ranges."""
    limits = [np.float32(max(map(abs, ends))) for ends in (left, right)]
    total = limits[0] + limits[1]
    full = {np.dtype("int8"): np.float32(127.5), np.dtype("uint8"): np.float32(255.5)}
    places = np.float32(0)
    for data, limit in ((lhs.array(), limits[0]), (rhs.array(), limits[1])):
        places = places + data * (limit * np.float32(2**31) / (full[data.dtype] * total))
    ends = {"output1": np.array([-total]), "output2": np.array([total])}
    why = "the reference cuts the unsigned numbers off at 127"
    return add(lhs, rhs, left=left, right=right, expect={"output0": np.rint(places).astype("int32"), **ends}, why=why)


CALIBRATED = [{"min_calib_range": -2, "max_calib_range": 4.5}, {"min_calib_range": -0.3, "max_calib_range": 0.1}]

ADD = [
    *[add(eight(t, 3, 5), eight(t, 3, 5, seed=1), p) for t in ("int8", "uint8") for p in ({}, *CALIBRATED, {"min_calib_range": -2})],
    *[add(eight(t, 40, 500), eight(t, 40, 500, seed=1), p) for t in ("int8", "uint8") for p in ({}, CALIBRATED[0])],
    *[add(eight(t, 6), eight(t, 6, seed=1), left=(-0.37, 0.11), right=(0.2, 7.3)) for t in ("int8", "uint8")],
    *[add(eight(t, 3, 5), eight(u, 3, 5), p) for t, u in (("int8", "uint8"), ("uint8", "int8")) for p in CALIBRATED],
    add(values([-128, -128, 127, 127], "int8"), values([-128, 127, -128, 127], "int8")),
    sum_of_mixed(eight("int8", 3, 5), eight("uint8", 3, 5)),
    sum_of_mixed(eight("uint8", 7), eight("int8", 7), left=(0, 2.3), right=(-0.7, 0.1)),
    add(eight("int8", 3), eight("int8", 1), refused=True),
    add(eight("int8", 2, 3), eight("int8", 3, 2), refused=True),
    add(eight("int8", 3), integers(-9, 9, 3, dtype="int32"), refused=True),
    add(normal(3), normal(3), refused=True),
]


def multiply(lhs, rhs, params=None, **more):
    return binary("_contrib_quantized_elemwise_mul", lhs, rhs, params, **more)


MULTIPLY = [
    *[multiply(eight("int8", 3, 5), eight("int8", 3, 5, seed=1), p) for p in ({}, {"min_calib_range": -2}, {"enable_float_output": True})],
    multiply(eight("int8", 4, 5), eight("int8", 4, 5, seed=1), {"enable_float_output": True, **CALIBRATED[0]}, left=(-0.37, 0.11), right=(0.2, 7.3)),
    multiply(eight("int8", 2, 3, 4), eight("int8", 2, 3, 4, seed=1), left=(-0.37, 0.11), right=(0.2, 7.3)),
    *[multiply(eight("int8", 40, 5), eight("int8", 40, 5, seed=1), {"min_calib_range": -m, "max_calib_range": m / 2}) for m in (6.1, 9)],
    multiply(
        values([-128, 127, 127, 3], "int8"), values([127, 127, -128, 5], "int8"), {"min_calib_range": -1, "max_calib_range": 2},
        expect={"output0": np.array([-128, 127, -128, 0], "int8")}, why="the reference wraps around beyond the range",
    ),
    multiply(eight("uint8", 3), eight("uint8", 3), refused=True),
    multiply(eight("int8", 3), eight("uint8", 3), refused=True),
    multiply(eight("int8", 2, 3), eight("int8", 3, 2), refused=True),
    multiply(eight("int8", 3), eight("int8", 1), refused=True),
]  # fmt: skip

CASES = [*ACT, *ADD, *MULTIPLY]
