"""Cases of BatchNorm and of BatchNorm_v1, its first version.

The moving statistics are recorded after the backward pass of a case with ``train=True``: there the reference writes them.
"""

import numpy as np

from tests.ops.case import Case, normal, positive, values

__all__ = ["CASES"]


def inputs(shape, axis=1, dtype="float32", data=None):
    """Make inputs for data of ``shape``; under float16 the parameters are float32."""
    channels, wide = shape[axis], "float32" if dtype == "float16" else dtype
    return {
        "data": data or normal(*shape, dtype=dtype),
        "gamma": positive(channels, dtype=wide, seed=1),
        "beta": normal(channels, dtype=wide, seed=2),
        "moving_mean": normal(channels, dtype=wide, seed=3),
        "moving_var": positive(channels, dtype=wide, seed=4),
    }


def batch_norm(shape, *, op="BatchNorm", train=True, dtype="float32", data=None, options=None, **params):
    return Case(op, inputs(shape, params.get("axis", 1), dtype, data), params, train=train, **(options or {}))


def refused(shape, parameters, **params):
    return Case("BatchNorm", {**inputs(shape), **parameters}, params, refused=True)


FREE = {"fix_gamma": False}
HALF = {"rtol": 2e-3, "atol": 2e-3, "why": "one rounding to float16; the reference rounds sums of float16 gradients, too"}
FAR = {"rtol": 1e-3, "atol": 1e-3, "why": "a mean of 1,000 deviations leaves four digits of a float32", "finite": False}

MODES = [
    {},
    FREE,
    {"use_global_stats": True},
    {"use_global_stats": True, **FREE},
    {"output_mean_var": True, **FREE},
    {"output_mean_var": True, "use_global_stats": True},
]

CASES = [
    *[batch_norm((4, 3), train=train, **mode) for train in (True, False) for mode in MODES],
    *[batch_norm(shape, **FREE) for shape in [(2, 3, 4), (2, 3, 4, 5), (2, 3, 2, 3, 2), (3, 2, 1, 2, 1, 2), (1, 3, 2, 2)]],
    *[batch_norm((2, 3, 4, 2), train=False, **mode) for mode in ({}, FREE)],
    *[batch_norm((2, 3, 4), axis=axis, **FREE) for axis in (0, 2, -1, -2, -3)],
    *[batch_norm((2, 3, 2, 4), axis=axis, train=train, **FREE) for axis in (3, -1) for train in (True, False)],
    batch_norm((5,), axis=0, **FREE),
    *[batch_norm((4, 3), momentum=momentum, **FREE) for momentum in (0, 0.5, 1, 1.5)],
    *[batch_norm((4, 3), eps=eps, **FREE) for eps in (1e-5, 0.5, "0.25")],
    batch_norm((4, 3), cudnn_off=True, min_calib_range=-1.0, max_calib_range=1.0),
    *[batch_norm((4, 3), dtype="float64", momentum=0.75, eps=0.125, train=train, **FREE) for train in (True, False)],
    batch_norm((2, 3, 2, 2), dtype="float64", momentum=0.75, eps=0.125, output_mean_var=True),
    *[batch_norm((4, 3), dtype="float16", train=train, options=HALF, **mode) for train in (True, False) for mode in ({}, FREE)],
    batch_norm((2, 3, 2, 2), dtype="float16", output_mean_var=True, options={**HALF, "gradient": False}),
    batch_norm((2, 3, 2, 2), options={"gradient": ["gamma", "beta"]}, **FREE),
    batch_norm((2, 3, 2, 2), options={"gradient": ["data"]}),
    batch_norm((2, 3, 2, 2), options={"gradient": False}),
    batch_norm((1, 3), options={"finite": False}, **FREE),  # a batch of one has no spread
    batch_norm((3, 2), data=values([[2, 1], [2, 1], [2, 1]]), options={"finite": False}, **FREE),
    batch_norm((3, 2), data=values([[1, 1], [np.nan, 2], [0, 3]]), options={"finite": False}, **FREE),
    batch_norm((3, 2), data=values([[1, 1], [np.nan, 2], [np.inf, 3]]), train=False, options={"gradient": False}, **FREE),
    batch_norm((4, 1), data=values([[1000], [1001], [1002], [1003]]), options=FAR, **FREE),
    batch_norm((4, 16, 5, 5), options={"onednn": True, "rtol": 1e-4, "atol": 1e-5, "why": "oneDNN sums in another order"}, **FREE),
    *[batch_norm((4, 3), op="BatchNorm_v1", train=train, **mode) for train in (True, False) for mode in MODES],
    *[batch_norm((2, 3, 2, 2), op="BatchNorm_v1", train=train, momentum=0.5, eps=0.25, **FREE) for train in (True, False)],
    refused((4, 3), {}, axis=2),
    refused((4, 3), {}, axis=-3),
    refused((4, 3), {"gamma": positive(3, dtype="float64")}),
    refused((4, 3), {}, momentum="much"),
    Case("BatchNorm_v1", inputs((4, 3)), {"axis": 1}, refused=True),
]
