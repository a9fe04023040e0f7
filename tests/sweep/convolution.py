"""Convolution and its transpose: windows of any geometry over one, two or three axes."""

from tests.ops.case import Case
from tests.sweep.draw import array, chance, drawn, one_of

LAYOUTS = {1: ("NCW",), 2: ("NCHW",), 3: ("NCDHW",)}
WRONG_LAYOUTS = ("NCW", "NWC", "NCHW", "NCDHW", "CHWN", "")


def numbers(rs, count, low, high):
    """Draw a number for each axis, as a tuple, a list or a text."""
    found = tuple(int(rs.randint(low, high + 1)) for _ in range(count))
    return one_of(rs, (found, found, list(found), str(found)))


def window(rs, axes):
    """Draw kernel and, each by chance, stride, dilation and padding."""
    kernel = tuple(int(rs.randint(1, 4 if axes < 3 else 3)) for _ in range(axes))
    found = {"kernel": kernel}
    for word, low, high in (("stride", 1, 3), ("dilate", 1, 2), ("pad", 0, 2)):
        if chance(rs, 0.4):
            found[word] = numbers(rs, axes, low, high)
    return found


def spoiled(rs, params, axes):
    """Put one wrong thing among the parameters."""
    wrong = [
        {"kernel": tuple(9 for _ in range(axes))},
        {"kernel": ()},
        {"kernel": (0,) * axes},
        {"kernel": (1,) * (axes + 1)},
        {"stride": (1,) * (axes + 1)},
        {"stride": (0,) * axes},
        {"pad": (-1,) * axes},
        {"pad": (1,) * (axes + 2)},
        {"dilate": (0,) * axes},
        {"num_group": 0},
        {"num_group": 5},
        {"num_filter": 0},
        {"num_filter": -1},
        {"num_filter": "two"},
        {"layout": one_of(rs, WRONG_LAYOUTS)},
        {"no_bias": "maybe"},
        {"bias": 1},
        {"cudnn_tune": "slow"},
    ]
    return {**params, **one_of(rs, wrong)}


def draw(rs):
    op = one_of(rs, ("Convolution", "Convolution", "Deconvolution", "Deconvolution", "Convolution_v1"))
    axes = one_of(rs, (1, 2, 2, 2, 3)) if op == "Convolution" else one_of(rs, (1, 2, 2)) if op == "Deconvolution" else 2
    group = one_of(rs, (1, 1, 1, 2, 3))
    channels, filters = group * int(rs.randint(1, 3)), group * int(rs.randint(1, 3))
    params = {**window(rs, axes), "num_filter": filters}
    if group > 1 or chance(rs, 0.1):
        params["num_group"] = group
    transposed = op == "Deconvolution"
    if transposed:
        if chance(rs, 0.3):
            params["adj"] = numbers(rs, axes, 0, 1)
        if chance(rs, 0.2):
            params["target_shape"] = numbers(rs, axes, 1, 8)
    if op == "Convolution_v1" and "dilate" in params:  # as is its gradient in this one
        params = {word: value for word, value in params.items() if word not in ("stride", "pad")}
    least = [1 if transposed else n for n in params["kernel"]]
    size = [1 if chance(rs, 0.05) else int(rs.randint(0, 5 if axes < 3 else 3)) + n for n in least]
    if chance(rs, 0.2):
        params["no_bias"] = chance(rs, 0.5)
    if chance(rs, 0.15) and op != "Convolution_v1":
        params["layout"] = LAYOUTS[axes][0]
    if chance(rs, 0.1):
        params["workspace"] = one_of(rs, (0, 10, -1, 9000))
    kernel = params["kernel"]
    wrong = chance(rs, 0.05) and op != "Convolution_v1"  # that one reads what it can
    if wrong:
        params = spoiled(rs, params, axes)
    dtype = one_of(rs, ("float32", "float32", "float32", "float64")) if op != "Convolution_v1" else "float32"
    shape = (channels, filters // group, *kernel) if transposed else (filters, channels // group, *kernel)
    inputs = {"data": array(rs, (int(rs.randint(1, 3)), channels, *size), dtype, -1, 1), "weight": array(rs, shape, dtype, -1, 1)}
    if not params.get("no_bias", transposed):
        inputs["bias"] = array(rs, (filters,), dtype, -1, 1)
    if chance(rs, 0.02):
        slot = one_of(rs, list(inputs))
        inputs[slot] = array(rs, (2,) * rs.randint(1, 6), dtype)
    # Only oneDNN refuses padding below zero; only the other kernels cut to a target shape by more than the stride.
    onednn = wrong or (chance(rs, 0.5) and "target_shape" not in params)
    if transposed and "dilate" in params:  # which is right in oneDNN's kernel only, of float32 and two axes
        onednn = dtype == "float32" and axes == 2 and "target_shape" not in params
        params = params if onednn else {word: value for word, value in params.items() if word != "dilate"}
    return Case(op, inputs, params, onednn=onednn, train=chance(rs, 0.3), atol=5e-6, why="sums in another order")


CASES = drawn(draw, 120)
