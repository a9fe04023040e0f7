"""Cases of quantized_fully_connected and quantized_conv.

The plain build of the reference refuses the former: oneDNN's is recorded. Convolution is oneDNN's in both builds.
"""

import numpy as np

from tests.ops.case import Case, integers, normal, values

LIMITS = {"data": (-2, 1.5), "weight": (-0.7, 1), "bias": (-0.5, 0.3)}


def eight(dtype, *shape, seed=0):
    """Draw integers of eight bits."""
    low, high = (-128, 128) if dtype == "int8" else (0, 256)
    return integers(low, high, *shape, dtype=dtype, seed=seed)


def dense(op, data, weight, bias, params, limits=LIMITS, **more):
    inputs = {"data": data, "weight": weight, "bias": bias}
    for slot in ("data", "weight", "bias"):
        inputs |= {f"min_{slot}": values([limits[slot][0]]), f"max_{slot}": values([limits[slot][1]])}
    if bias is None:
        inputs = {slot: value for slot, value in inputs.items() if "bias" not in slot}
    return Case(op, inputs, {"no_bias": bias is None, **params}, gradient=False, **more)


# ------------------------------------------------------------------------------------------------------- affine maps


def fully_connected(data, weight, bias=None, params=None, **more):
    count = weight.array().shape[0]
    return dense("_contrib_quantized_fully_connected", data, weight, bias, {"num_hidden": count, **(params or {})}, onednn=True, **more)


def limits_of(data, weight, bias):
    return {"data": (-data, data / 3), "weight": (0, weight), "bias": (-bias, 0)}


FULLY_CONNECTED = [
    *[fully_connected(eight(t, 3, 4), eight("int8", 2, 4), b) for t in ("int8", "uint8") for b in (None, eight("int8", 2))],
    *[fully_connected(eight(t, 2, 3, 4), eight("int8", 5, 12), eight("int8", 5)) for t in ("int8", "uint8")],
    *[fully_connected(eight("int8", 2, 3, 4), eight("int8", 5, 4), b, {"flatten": False}) for b in (None, eight("int8", 5))],
    *[fully_connected(eight(t, 2, 1300), eight("int8", 3, 1300), eight("int8", 3)) for t in ("int8", "uint8")],
    *[fully_connected(eight(t, 1, 512), eight("int8", 3, 512)) for t in ("int8", "uint8")],
    fully_connected(eight("int8", 2), eight("int8", 2, 1)),
    *[
        fully_connected(eight(t, 2, 3), eight("int8", 20, 3), eight("int8", 20), limits=limits_of(a, b, c))
        for t in ("int8", "uint8")
        for a, b, c in ((3.7, 0.21, 0.013), (0.3, 17.1, 2900), (127, 127, 127), (1.9, 0.23, 5.3))
    ],
    fully_connected(values([[255] * 1100] * 2, "uint8"), values([[127] * 1100, [-128] * 1100], "int8")),
    fully_connected(
        values([[0]], "int8"), values([[3], [-3]], "int8"), values([100, -3], "int8"), limits=limits_of(1, 1, 1e10),
        expect={"output0": np.array([[2**31 - 128, -(2**31)]], "int32")},
        why="beyond 32 bits, the reference's conversion of the bias is undefined; here it is the nearest number",
    ),
    fully_connected(
        values([[255] * 1100], "uint8"), values([[127] * 1100], "int8"), values([1], "int8"), limits=limits_of(255.5, 127.5, 127.5),
        expect={"output0": np.array([[255 * 127 * 1100 + 1]], "int32")},
        why="with a bias the reference rounds sums beyond 2 ** 24 to float32",
    ),
    fully_connected(eight("int8", 2, 3), eight("int8", 2, 4), refused=True),
    fully_connected(eight("int8", 2, 3), eight("int8", 2, 3), eight("int8", 3), refused=True),
    fully_connected(eight("int8", 2, 3), eight("int8", 2, 3), params={"num_hidden": 3}, refused=True),
    fully_connected(eight("int8", 2, 3), eight("uint8", 2, 3), refused=True),
    fully_connected(eight("int8", 2, 3), eight("int8", 2, 3), normal(2), refused=True),
    fully_connected(integers(-9, 9, 2, 3, dtype="int32"), eight("int8", 2, 3), refused=True),
    fully_connected(normal(2, 3), normal(2, 3), refused=True),
]  # fmt: skip

# ------------------------------------------------------------------------------------------------------- convolution


def convolution(data, weight, bias=None, **params):
    more = {word: params.pop(word) for word in ("expect", "why", "refused") if word in params}
    count, kernel = weight.array().shape[0], weight.array().shape[2:]
    return dense("_contrib_quantized_conv", data, weight, bias, {"num_filter": count, "kernel": kernel, **params}, **more)


def convolved(data, weight, groups=1):
    """Sum the products of windows, one number of the window after the other."""
    data, weight = data.array().astype("int64"), weight.array().astype("int64")
    n, channels, *sizes = data.shape
    counts = [size - kernel + 1 for size, kernel in zip(sizes, weight.shape[2:])]  # noqa: B905 (the reference's Python is older)
    data = data.reshape(n, groups, channels // groups, *sizes)
    weight = weight.reshape(groups, len(weight) // groups, *weight.shape[1:])
    total = 0
    for tap in np.ndindex(*weight.shape[3:]):
        part = data[(..., *[slice(t, t + count) for t, count in zip(tap, counts)])]  # noqa: B905
        total = total + np.einsum("ngc...,goc->ngo...", part, weight[(..., *tap)])
    limit = np.float32(2) / np.float32(127) * (np.float32(1) / np.float32(127)) * np.float32(2**31)
    output = total.reshape(n, -1, *counts).astype("int32")
    return {"output0": output, "output1": np.array([-limit]), "output2": np.array([limit])}


def beyond(data, weight, why, **params):
    """State a case that the reference cannot do."""
    return convolution(data, weight, expect=convolved(data, weight, params.get("num_group", 1)), why=why, **params)


CONVOLUTION = [
    *[convolution(eight("uint8", 2, 3, 5, 5), eight("int8", 2, 3, 2, 2), b) for b in (None, eight("int8", 2))],
    convolution(eight("uint8", 1, 2, 5, 6), eight("int8", 3, 2, 3, 2), eight("int8", 3), stride=(2, 1), pad=(1, 0)),
    convolution(eight("uint8", 1, 2, 5, 6), eight("int8", 3, 2, 3, 2), dilate=(2, 3), pad=(1, 1)),
    convolution(eight("uint8", 1, 2, 3, 3), eight("int8", 3, 2, 1, 1), layout="NCHW"),
    convolution(eight("uint8", 1, 2, 3, 4, 3), eight("int8", 3, 2, 2, 2, 2), eight("int8", 3)),
    convolution(eight("uint8", 1, 2, 3, 4, 3), eight("int8", 3, 2, 2, 1, 2), stride=(1, 2, 1), pad=(1, 0, 0), layout="NCDHW"),
    convolution(eight("uint8", 1, 130, 4, 4), eight("int8", 3, 130, 3, 3), eight("int8", 3), pad=(1, 1)),
    beyond(eight("int8", 1, 2, 4, 4), eight("int8", 3, 2, 3, 3), "the reference takes no int8 data"),
    beyond(eight("uint8", 1, 4, 4, 4), eight("int8", 2, 2, 3, 3), "the reference takes no groups", num_group=2),
    beyond(eight("uint8", 1, 260, 3, 3), eight("int8", 2, 130, 2, 2), "the reference takes no groups", num_group=2),
    beyond(eight("uint8", 1, 2, 5), eight("int8", 3, 2, 3), "the reference takes no single axis"),
    beyond(eight("uint8", 1, 2, 9, 9, 9), eight("int8", 1, 2, 9, 8, 9), "the reference saturates sums of two products"),
    beyond(
        values([[[[255] * 3] * 3] * 64], "uint8"), values([[[[127, 127, 126]] * 3] * 64], "int8"),
        "the reference rounds sums beyond 2 ** 24 to float32",
    ),
    beyond(eight("uint8", 2, 4, 4, 4), eight("int8", 4, 4, 2, 2), "with four channels the reference saturates sums of two products"),
    convolution(eight("uint8", 1, 2, 3, 3), eight("int8", 2, 3, 2, 2), refused=True),
    convolution(eight("uint8", 1, 2, 3, 3), eight("int8", 2, 2, 5, 5), refused=True),
    convolution(eight("uint8", 1, 2, 3, 3), eight("uint8", 2, 2, 2, 2), refused=True),
    convolution(eight("uint8", 1, 2, 3, 3), eight("int8", 2, 2, 2, 2), normal(2), refused=True),
    convolution(normal(1, 2, 3, 3), eight("int8", 2, 2, 2, 2), refused=True),
]  # fmt: skip

CASES = [*FULLY_CONNECTED, *CONVOLUTION]
