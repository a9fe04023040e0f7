"""Cases of LayerNorm."""

import numpy as np

from tests.ops.case import Case, normal, positive, values

__all__ = ["CASES"]


def layer_norm(shape, *, dtype="float32", data=None, options=None, **params):
    features = shape[params.get("axis", -1)]
    inputs = {
        "data": data or normal(*shape, dtype=dtype),
        "gamma": positive(features, dtype=dtype, seed=1),
        "beta": normal(features, dtype=dtype, seed=2),
    }
    return Case("LayerNorm", inputs, params, **(options or {}))


def refused(parameters, **params):
    inputs = {"data": normal(2, 4, 3), "gamma": positive(3), "beta": normal(3)}
    return Case("LayerNorm", {**inputs, **parameters}, params, refused=True)


HALF = {"rtol": 4e-3, "atol": 4e-3, "why": "the reference rounds between its steps"}
CLOSE = {"rtol": 1e-3, "atol": 1e-3, "why": "differences of nearly equal numbers are divided by sqrt(eps)"}

CASES = [
    *[layer_norm(shape) for shape in [(4, 5), (3, 1), (2, 3, 4), (2, 3, 2, 2), (2, 2, 1, 2, 3), (5,)]],
    *[layer_norm((2, 4, 3), axis=axis) for axis in (0, 1, 2, -1, -2, -3)],
    *[layer_norm((3, 4), eps=eps) for eps in (1e-12, 0.5)],
    *[layer_norm((2, 4, 3), axis=axis, output_mean_var=True) for axis in (1, -1)],
    layer_norm((2, 4, 3), output_mean_var=True, options={"heads": [0]}),
    layer_norm((3, 4), dtype="float64", eps=0.125),
    layer_norm((2, 3, 4), dtype="float64", eps=0.125, output_mean_var=True, axis=1),
    layer_norm((3, 4), dtype="float16", options=HALF),
    layer_norm((2, 3, 2), dtype="float16", axis=1, output_mean_var=True, options=HALF),
    layer_norm((3, 4), options={"gradient": ["gamma"]}),
    layer_norm((2, 3), data=values([[2, 2, 2], [1, 2, 3]]), options={**CLOSE, "finite": False}),
    layer_norm((2, 3), data=values([[2, np.nan, 2], [1, 2, 3]]), options={"finite": False}),
    layer_norm((2, 3), data=values([[2, np.inf, 2], [1, 2, 3]]), options={"gradient": False}),
    layer_norm((1, 4), data=values([[10000, 10001, 10002, 10003]]), options={**CLOSE, "finite": False}),
    layer_norm((2, 300)),
    refused({}, axis=3),
    refused({}, axis=-4),
    refused({"gamma": positive(4)}),
    refused({"beta": normal(2)}),
    refused({"gamma": positive(1, 3)}),
    refused({"gamma": positive(3, dtype="float64")}),
]
