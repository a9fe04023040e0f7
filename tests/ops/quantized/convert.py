"""Cases of quantize, quantize_v2, quantize_asym, requantize and dequantize.

Plain and oneDNN builds of the reference compute the same here: both round through oneDNN.
"""

import numpy as np

from tests.ops.case import Case, integers, normal, uniform, values

HALVES = [-128.6, -127.5, -127, -126.5, -2.5, -1.5, -0.5, -0.0, 0, 0.5, 1.5, 2.5, 126.4, 127, 127.6, 254.5, 255, 300]
UNUSUAL = [np.nan, np.inf, -np.inf, 1e30, -1e30]
SIGNED, UNSIGNED = values([-128, -127, -1, 0, 1, 100, 127], "int8"), values([0, 1, 100, 127, 128, 255], "uint8")


def number(x):
    return values([x])


def case(op, inputs, params=None, **more):
    return Case(op, inputs, params, gradient=False, **more)


def quantize(data, low, high, out_type, **more):
    return case("_contrib_quantize", {"data": data, "min_range": number(low), "max_range": number(high)}, {"out_type": out_type}, **more)


QUANTIZE = [
    *[quantize(normal(3, 4), low, high, t) for t in ("uint8", "int8") for low, high in ((-1, 1), (0, 2), (-2, 1), (0.5, 3), (2, -3))],
    quantize(values(HALVES), -127, 127, "int8"),
    quantize(values(HALVES), 0, 255, "uint8"),
    *[quantize(values(UNUSUAL), -1, high, t) for t in ("uint8", "int8") for high in (1, 255)],
    *[quantize(values([0, 0.0, 1]), 0, 0, t) for t in ("uint8", "int8")],
    quantize(uniform(-3, 3, 40, 500), -2.7, 2.9, "int8"),
    case("_contrib_quantize", {"data": uniform(0, 3, 2, 1, 3), "min_range": number(0), "max_range": number(2)}),
    quantize(normal(3, dtype="float64"), -1, 1, "int8", refused=True),
    quantize(normal(3, dtype="float16"), -1, 1, "int8", refused=True),
    quantize(normal(3), -1, 1, "auto", refused=True),
    quantize(normal(3), -1, 1, "int32", refused=True),
    case("_contrib_quantize", {"data": normal(3), "min_range": values([0, 1]), "max_range": number(2)}, refused=True),
]

RANGES = [
    {},
    {"out_type": "uint8"},
    {"out_type": "auto"},
    {"min_calib_range": -1, "max_calib_range": 1.5},
    {"min_calib_range": -0.1, "max_calib_range": 0.3},
    {"min_calib_range": 1.0},
    {"out_type": "auto", "min_calib_range": 0, "max_calib_range": 1.5},
    {"out_type": "auto", "min_calib_range": 0.5, "max_calib_range": 1.5},
    {"out_type": "auto", "min_calib_range": -0.1, "max_calib_range": 1.5},
    {"out_type": "uint8", "min_calib_range": -1, "max_calib_range": 1.5},
    {"min_calib_range": 3, "max_calib_range": -1},
]


def quantize_v2(data, params=None, **more):
    return case("_contrib_quantize_v2", {"data": data}, params, **more)


QUANTIZE_V2 = [
    *[quantize_v2(normal(2, 3, 2), params) for params in RANGES],
    *[quantize_v2(uniform(low, low + 2, 2, 7), params) for low in (0.5, -4) for params in RANGES[:3]],
    quantize_v2(values([half * 127 / 127.5 for half in HALVES[2:14]])),
    quantize_v2(values([half * 127 / 127.5 for half in HALVES]), {"min_calib_range": -127, "max_calib_range": 127}),
    quantize_v2(values(HALVES), {"min_calib_range": -127.5, "max_calib_range": 127.5}),
    quantize_v2(values(HALVES), {"out_type": "uint8", "min_calib_range": 0, "max_calib_range": 255.5}),
    *[quantize_v2(values(UNUSUAL), {"out_type": t, "min_calib_range": -1, "max_calib_range": 2}) for t in ("uint8", "int8")],
    *[quantize_v2(values([1, np.inf, -2]), {"out_type": t}) for t in ("uint8", "int8")],
    *[quantize_v2(values([0.0, 0]), {"out_type": t}) for t in ("uint8", "int8")],
    *[quantize_v2(values([0.0, 1]), {"out_type": t, "min_calib_range": 0, "max_calib_range": 0}) for t in ("uint8", "int8")],
    *[quantize_v2(data, params) for data in (SIGNED, UNSIGNED) for params in RANGES[:4]],
    quantize_v2(uniform(-3, 3, 40, 500)),
    quantize_v2(normal(3, dtype="float16"), refused=True),
    quantize_v2(normal(3, dtype="float64"), refused=True),
    quantize_v2(integers(0, 9, 3, dtype="int32"), refused=True),
    quantize_v2(normal(3), {"out_type": "int32"}, refused=True),
]


def quantized_asymmetrically(data, low=None, high=None):
    """Follow the reference's documentation, in float32."""
    data = data.array()
    low, high = (np.float32(end) for end in ((data.min(), data.max()) if low is None else (low, high)))
    scale = np.float32(255) / (high - low)
    shift = np.float32(255) - high * scale
    places = np.floor(data * scale + shift + np.float32(0.5)).clip(0, 255)
    return {"output0": places.astype("uint8"), "output1": np.array([scale]), "output2": np.array([shift])}


def quantize_asym(data, low=None, high=None):
    params = {} if low is None else {"min_calib_range": low, "max_calib_range": high}
    why = "the reference crashes"
    return case("_contrib_quantize_asym", {"data": data}, params, expect=quantized_asymmetrically(data, low, high), why=why)


QUANTIZE_ASYM = [
    quantize_asym(normal(3, 4)),
    quantize_asym(uniform(2, 3, 2, 5)),
    quantize_asym(uniform(-3, -2, 7)),
    quantize_asym(normal(3, 4), -1, 1.5),
    quantize_asym(normal(2, 1, 3), 0, 0.7),
    case("_contrib_quantize_asym", {"data": normal(3, dtype="float64")}, refused=True),
    case("_contrib_quantize_asym", {"data": integers(-9, 9, 3, dtype="int8")}, refused=True),
]


def requantize(data, low, high, params=None, **more):
    return case("_contrib_requantize", {"data": data, "min_range": number(low), "max_range": number(high)}, params, **more)


def with_the_greatest(out_type):
    unit = np.float32(3) / np.float32(2**31)
    data = values([2**31 - 1, 2**30, -(2**30), 5], "int32")
    numbers = {"int8": [127, 64, -64, 0], "uint8": [255, 128, 0, 0]}[out_type]
    ends = [np.array([-unit * 2**31 if out_type == "int8" else 0], "float32"), np.array([unit * 2**31], "float32")]
    expect = {"output0": np.array(numbers, out_type), "output1": ends[0], "output2": ends[1]}
    why = "the reference's range is negative where float32 rounds the greatest integer to 2 ** 31"
    return requantize(data, -2, 3, {"out_type": out_type}, expect=expect, why=why)


REQUANTIZE = [
    *[requantize(integers(-(10**6), 10**6, 2, 3, 2, dtype="int32"), -200, 150.5, params) for params in RANGES[:3]],
    *[requantize(integers(-(2**30), 2**30, 3, 5, dtype="int32"), -2, 3, params) for params in RANGES],
    *[requantize(integers(0, 2**30, 3, 5, dtype="int32"), low, 3, params) for low in (0, 1) for params in RANGES[:3]],
    *[requantize(values([0, 0], "int32"), -1, 2, {"out_type": t}) for t in ("uint8", "int8")],
    requantize(values([-(2**31), 2**31 - 1, 0, 3], "int32"), -1, 2, {"min_calib_range": -1, "max_calib_range": 1.5}),
    requantize(integers(-(2**24), 2**24, 40, 500, dtype="int32"), -7, 7),
    *[with_the_greatest(t) for t in ("int8", "uint8")],
    requantize(integers(-9, 9, 3, dtype="int8"), -1, 1, refused=True),
    requantize(normal(3), -1, 1, refused=True),
]


def dequantize(data, low, high, params=None, **more):
    return case("_contrib_dequantize", {"data": data, "min_range": number(low), "max_range": number(high)}, params, **more)


DEQUANTIZE = [
    *[dequantize(data, low, high) for data in (SIGNED, UNSIGNED) for low, high in ((-2, 1.5), (0, 1.5), (-0.1, 0.3), (0, 0))],
    dequantize(integers(-128, 128, 2, 3, 4, dtype="int8"), -1, 2, {"out_type": "float32"}),
    dequantize(integers(-9, 9, 3, dtype="int32"), -1, 1, refused=True),
    dequantize(normal(3), -1, 1, refused=True),
    dequantize(SIGNED, -1, 1, {"out_type": "float64"}, refused=True),
]

CASES = [*QUANTIZE, *QUANTIZE_V2, *QUANTIZE_ASYM, *REQUANTIZE, *DEQUANTIZE]
