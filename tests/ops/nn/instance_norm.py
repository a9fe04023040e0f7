"""Cases of InstanceNorm."""

import numpy as np

from tests.ops.case import Case, normal, positive, values

__all__ = ["CASES"]


def inputs(shape, dtype="float32", data=None):
    return {
        "data": data or normal(*shape, dtype=dtype),
        "gamma": positive(shape[1], dtype=dtype, seed=1),
        "beta": normal(shape[1], dtype=dtype, seed=2),
    }


def instance_norm(shape, *, data=None, options=None, **params):
    return Case("InstanceNorm", inputs(shape, data=data), params, **(options or {}))


def in_other_type(shape, dtype, eps):
    """State what other types give: the reference has float32 alone."""
    case = Case("InstanceNorm", inputs(shape, dtype), {"eps": eps})
    data, gamma, beta = (array.astype("float64") for array in case.arrays().values())
    axes = tuple(range(2, len(shape)))
    gamma, beta = (array.reshape(-1, *[1] * len(axes)) for array in (gamma, beta))
    std = np.sqrt(data.var(axis=axes, keepdims=True) + eps)
    x = (data - data.mean(axis=axes, keepdims=True)) / std
    head = case.head_gradient(0, data.shape, dtype).astype("float64")
    scaled = head * gamma
    mean, slope = (array.mean(axis=axes, keepdims=True) for array in (scaled, scaled * x))
    expect = {
        "output0": x * gamma + beta,
        "grad/data": (scaled - mean - x * slope) / std,
        "grad/gamma": (head * x).sum(axis=(0, *axes)),
        "grad/beta": head.sum(axis=(0, *axes)),
    }
    expect = {entry: array.astype(dtype) for entry, array in expect.items()}
    return Case(case.op, case.inputs, case.params, expect=expect, why="the reference has float32 alone")


CLOSE = {"rtol": 1e-3, "atol": 1e-3, "why": "differences of nearly equal numbers are divided by sqrt(eps)", "finite": False}

CASES = [
    *[instance_norm(shape) for shape in [(2, 3, 4), (1, 1, 2), (2, 3, 2, 3), (2, 2, 2, 1, 3)]],
    *[instance_norm((2, 3, 4), eps=eps) for eps in (1e-12, 0.5)],
    instance_norm((2, 3, 4), options={"gradient": ["beta"]}),
    in_other_type((2, 3, 4), "float64", 0.125),
    in_other_type((2, 2, 2, 3), "float16", 0.125),
    instance_norm((1, 2, 3), data=values([[[2, 2, 2], [1, 2, 3]]]), options=CLOSE),
    instance_norm((1, 2, 3), data=values([[[2, np.nan, 2], [1, 2, 3]]]), options={"finite": False}),
    instance_norm((1, 1, 4), data=values([[[1000, 1001, 1002, 1003]]]), options=CLOSE),
    Case("InstanceNorm", {"data": normal(4), "gamma": positive(4), "beta": normal(4)}, refused=True),
]
