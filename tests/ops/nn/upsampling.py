"""Cases of UpSampling."""

import numpy as np

from tests.ops.case import Case, normal, values
from tests.ops.nn.convolution import by_definition

__all__ = ["CASES"]


def nearest(shapes, scale, *, dtype="float32", **params):
    """Make a case of repeated pixels, one input for each shape."""
    inputs = [normal(*shape, dtype=dtype, seed=seed) for seed, shape in enumerate(shapes)]
    return Case("UpSampling", inputs, {"scale": scale, "sample_type": "nearest", "num_args": len(shapes), **params})


def bilinear(scale, *, channels=2, sizes=(3, 2), batch=2, dtype="float32", **params):
    """Make a case of interpolation with windows that fit ``scale``."""
    length = 2 * scale - scale % 2
    inputs = [normal(batch, channels, *sizes, dtype=dtype), normal(channels, 1, length, length, dtype=dtype, seed=1)]
    return Case("UpSampling", inputs, {"scale": scale, "sample_type": "bilinear", "num_filter": channels, "num_args": 2, **params})


def in_half(case):
    """State what float16 gives: the transpose of a convolution of each channel."""
    data, weight = case.arrays().values()
    scale, channels = case.params["scale"], data.shape[1]
    head = case.head_gradient(0, (*data.shape[:2], *[scale * size for size in data.shape[2:]]), data.dtype)
    d_data, output, d_weight = by_definition(head, weight, data, (scale, scale), (1, 1), (scale // 2, scale // 2), channels)
    expect = {"output0": output, "grad/0": d_data, "grad/1": d_weight}
    expect = {entry: array.astype("float16") for entry, array in expect.items()}
    return Case(case.op, case.inputs, case.params, expect=expect, why="the reference has no float16 on the CPU")


def refused(shapes, **params):
    inputs = [normal(*shape) for shape in shapes]
    return Case("UpSampling", inputs, {"scale": 2, "sample_type": "nearest", "num_args": len(shapes), **params}, refused=True)


CASES = [
    # Repeated pixels.
    *[nearest([(2, 2, 2, 3)], scale) for scale in (1, 2, 3, 5)],
    nearest([(1, 1, 1, 1)], 4),
    nearest([(2, 2, 2, 3)], 2, num_filter=7, workspace=3),
    *[nearest([(2, 2, 2, 3)], 2, dtype=dtype) for dtype in ("float64", "float16")],
    Case("UpSampling", [values([[[[1, np.nan], [np.inf, 2]]]])], {"scale": 2, "sample_type": "nearest", "num_args": 1}, finite=False),
    # Several images, brought to the size of the first one's result.
    *[
        nearest([(2, 2, 2, 4), (2, 2, 1, 2), (2, 2, 4, 8)], 2, multi_input_mode=mode, dtype=dtype)
        for mode in ("concat", "sum")
        for dtype in ("float32", "float64")
    ],
    nearest([(1, 2, 2, 2), (1, 1, 2, 2)], 3),
    nearest([(1, 1, 1, 2), (1, 3, 3, 6), (1, 2, 1, 2)], 3, multi_input_mode="concat"),
    nearest([(2, 1, 4, 4), (2, 1, 1, 1)], 1, multi_input_mode="sum"),
    nearest([(2, 1, 2, 2)], 2, multi_input_mode="sum"),
    # A deconvolution with one window for each channel.
    *[bilinear(scale) for scale in (1, 2, 3, 4)],
    bilinear(2, channels=1, batch=1, sizes=(1, 1)),
    bilinear(2, channels=3, multi_input_mode="sum", workspace=9),
    bilinear(2, dtype="float64"),
    in_half(bilinear(2, dtype="float16")),
    # Refused.
    refused([(2, 2, 2)]),
    refused([(2, 2, 2, 2, 2)]),
    refused([(2, 2, 4, 4), (2, 2, 3, 3)]),
    refused([(2, 2, 4, 4), (2, 2, 16, 16)]),
    refused([(2, 2, 4, 4), (1, 2, 2, 2)]),
    refused([(2, 2, 4, 4), (2, 1, 2, 2)], multi_input_mode="sum"),
    refused([(2, 2, 2, 2)], scale=0),
    refused([(2, 2, 2, 2)], scale=(2, 3)),
    refused([(2, 2, 2, 2)], sample_type="cubic"),
    refused([(2, 2, 2, 2), (2, 1, 3, 3)], sample_type="bilinear", num_filter=2),
]
