"""Cases of _contrib_DeformableConvolution and _contrib_ModulatedDeformableConvolution."""

import numpy as np

from tests.ops.case import Case, integers, normal, uniform, values

__all__ = ["CASES"]

PLAIN, MODULATED = "_contrib_DeformableConvolution", "_contrib_ModulatedDeformableConvolution"


def deformable(op, sizes, kernel, *, batch=2, channels=2, filters=2, dtype="float32", reach=1.5, whole=False, params=None, **how):
    """Make a case whose offsets fit, evenly spread up to ``reach``, or whole numbers."""
    params = {"kernel": kernel, "num_filter": filters, **(params or {})}
    inputs = shaped(op, params, (batch, channels, *sizes), dtype)
    shape = (batch, *offsets(params, sizes))
    inputs["offset"] = integers(-2, 3, *shape, dtype=dtype) if whole else uniform(-reach, reach, *shape, dtype=dtype)
    return Case(op, inputs, params, **how)


def shaped(op, params, shape, dtype):
    """Make all inputs but the offsets."""
    kernel, filters = params["kernel"], params["num_filter"]
    taps, *positions = offsets(params, shape[2:])
    inputs = {
        "data": normal(*shape, dtype=dtype),
        "offset": None,
        "mask": uniform(0, 1, shape[0], taps // 2, *positions, dtype=dtype, seed=3),
        "weight": normal(filters, shape[1] // params.get("num_group", 1), *kernel, dtype=dtype, seed=1),
        "bias": normal(filters, dtype=dtype, seed=2),
    }
    absent = [slot for slot, there in (("mask", op == MODULATED), ("bias", not params.get("no_bias"))) if not there]
    return {slot: made for slot, made in inputs.items() if slot not in absent}


def geometry(params):
    """Complete the parameters of the window: kernel, stride, dilation, padding of each axis."""
    ones = (1, 1)
    return list(zip(params["kernel"], params.get("stride", ones), params.get("dilate", ones), params.get("pad", (0, 0)), strict=True))


def offsets(params, sizes):
    """Find the shape of the offsets of an example."""
    counts = [(size + 2 * p - d * (k - 1) - 1) // s + 1 for size, (k, s, d, p) in zip(sizes, geometry(params), strict=True)]
    return (2 * int(np.prod(params["kernel"])) * params.get("num_deformable_group", 1), *counts)


def by_definition(params, data, offset, mask, weight, bias=0.0):
    """Read tap by tap, element by element, with zeros around the image."""
    (kh, sh, dh, ph), (kw, sw, dw, pw) = geometry(params)
    groups, deformed = params.get("num_group", 1), params.get("num_deformable_group", 1)
    n, channels, height, width = data.shape
    rows, columns = offset.shape[2:]
    padded = np.pad(data, [(0, 0), (0, 0), (1, 1), (1, 1)])
    output = np.zeros((n, len(weight), rows, columns)) + np.reshape(bias, (-1, 1, 1))
    for b, c, i, j, y, x in np.ndindex(n, channels, kh, kw, rows, columns):
        tap = (c * deformed // channels) * kh * kw + i * kw + j
        at_y = y * sh + i * dh - ph + offset[b, 2 * tap, y, x]
        at_x = x * sw + j * dw - pw + offset[b, 2 * tap + 1, y, x]
        if not (-1 < at_y < height and -1 < at_x < width):
            continue
        low_y, low_x = int(np.floor(at_y)), int(np.floor(at_x))
        t, u = at_y - low_y, at_x - low_x
        near = padded[b, c, low_y + 1 : low_y + 3, low_x + 1 : low_x + 3]
        value = mask[b, tap, y, x] * (near * np.outer([1 - t, t], [1 - u, u])).sum()
        group = c * groups // channels
        filters = slice(group * len(weight) // groups, (group + 1) * len(weight) // groups)
        output[b, filters, y, x] += weight[filters, c % weight.shape[1], i, j] * value
    return output


def stated(*args, **options):
    """State a modulated case's output, and its gradients by central differences: the reference has these on GPUs only."""
    case = deformable(MODULATED, *args, **options)
    arrays = {slot: array.astype("float64") for slot, array in case.arrays().items()}
    output = by_definition(case.params, **arrays)
    head = case.head_gradient(0, output.shape, np.float32)
    expect = {"output0": output.astype("float32")}
    for slot, array in arrays.items():
        slopes = np.zeros(array.shape)
        for place in np.ndindex(*array.shape):
            before, after = ({**arrays, slot: array.copy()} for _ in range(2))
            before[slot][place] -= 1e-6
            after[slot][place] += 1e-6
            slopes[place] = (head * (by_definition(case.params, **after) - by_definition(case.params, **before))).sum() / 2e-6
        expect["grad/" + slot] = slopes.astype("float32")
    how = {"expect": expect, "why": "the reference has this gradient on GPUs only", "rtol": 1e-4, "atol": 1e-5}
    return Case(MODULATED, case.inputs, case.params, **how)


def refused(op, params, **shapes):
    shapes = {"data": (2, 4, 5, 5), "offset": (2, 18, 3, 3), "mask": (2, 9, 3, 3), "weight": (4, 4, 3, 3), "bias": (4,), **shapes}
    if op == PLAIN:
        del shapes["mask"]
    return Case(op, {slot: normal(*shape) for slot, shape in shapes.items()}, {"kernel": (3, 3), "num_filter": 4, **params}, refused=True)


GEOMETRIES = [
    ((5, 6), (3, 3), {}),
    ((5, 6), (2, 3), {"stride": (2, 1), "pad": (1, 2)}),
    ((6, 5), (1, 1), {}),
    ((6, 7), (3, 2), {"dilate": (2, 3)}),
    ((4, 4), (3, 3), {"stride": (2, 3), "dilate": (1, 2), "pad": (2, 2), "no_bias": True}),
    ((3, 3), (3, 3), {"layout": "NCHW", "workspace": 9}),
]
GROUPS = [
    {"num_group": 2},
    {"num_deformable_group": 2},
    {"num_group": 2, "num_deformable_group": 4},
    {"num_group": 4, "num_deformable_group": 2},
]

CASES = [
    *[deformable(PLAIN, sizes, kernel, params=params) for sizes, kernel, params in GEOMETRIES],
    *[deformable(PLAIN, (4, 4), (2, 2), channels=4, filters=4, params=params) for params in GROUPS],
    *[deformable(MODULATED, sizes, kernel, params=params, gradient=False) for sizes, kernel, params in GEOMETRIES],
    *[deformable(MODULATED, (4, 4), (2, 2), channels=4, filters=4, params=params, gradient=False) for params in GROUPS],
    deformable(MODULATED, (4, 4), (2, 2), batch=3, params={"im2col_step": 1}, gradient=False),
    # Far outside; on elements, where a slope is the one behind them; more channels than are read one by one.
    *[deformable(op, (4, 5), (3, 3), reach=6, gradient=op == PLAIN) for op in (PLAIN, MODULATED)],
    *[deformable(op, (4, 5), (2, 3), whole=True, gradient=op == PLAIN) for op in (PLAIN, MODULATED)],
    deformable(PLAIN, (3, 4), (2, 2), batch=1, channels=20),
    *[deformable(op, (4, 4), (3, 2), dtype="float64", gradient=op == PLAIN) for op in (PLAIN, MODULATED)],
    # Two examples, one shifted by nothing.
    Case(
        PLAIN,
        {"data": normal(1, 2, 4, 4), "offset": values(np.zeros((1, 18, 2, 2)).tolist()), "weight": normal(3, 2, 3, 3, seed=1)},
        {"kernel": (3, 3), "num_filter": 3, "no_bias": True},
    ),
    stated((3, 3), (2, 2), batch=1),
    stated(
        (3, 4),
        (2, 1),
        channels=4,
        batch=1,
        params={"num_group": 2, "num_deformable_group": 2, "stride": (1, 2), "pad": (1, 0), "no_bias": True},
    ),
    stated((2, 3), (1, 2), channels=2, batch=2, reach=2.5, params={"dilate": (1, 2), "pad": (0, 1)}),
    *[
        refused(op, params, **shapes)
        for op in (PLAIN, MODULATED)
        for params, shapes in [
            ({"num_deformable_group": 2}, {}),
            ({"num_deformable_group": 3}, {}),
            ({"num_group": 3}, {}),
            ({"num_filter": 3}, {}),
            ({"num_filter": 0}, {}),
            ({"kernel": (3,)}, {}),
            ({"kernel": (3, 3, 3)}, {}),
            ({"kernel": (7, 7)}, {}),
            ({"stride": (0, 1)}, {}),
            ({"layout": "NCW"}, {}),
            ({"layout": "NHWC"}, {}),
            ({}, {"offset": (2, 18, 4, 3)}),
            ({}, {"offset": (2, 9, 3, 3)}),
            ({}, {"data": (2, 4, 5)}),
            ({}, {"weight": (4, 2, 3, 3)}),
            ({}, {"bias": (3,)}),
        ]
    ],
    refused(MODULATED, {}, mask=(2, 18, 3, 3)),
    refused(
        MODULATED,
        {"num_deformable_group": 2, "num_filter": 3},
        offset=(2, 36, 3, 3),
        mask=(2, 18, 3, 3),
        weight=(3, 4, 3, 3),
        bias=(3,),
    ),
    Case(
        PLAIN,
        {"data": normal(1, 1, 3, 3), "offset": normal(1, 2, 3, 3, dtype="float64"), "weight": normal(1, 1, 1, 1)},
        {"kernel": (1, 1), "num_filter": 1, "no_bias": True},
        refused=True,
    ),
]
