"""Cases of GroupNorm; its scale and shift are one a group."""

import numpy as np

from tests.ops.case import Case, normal, positive, values

__all__ = ["CASES"]


def group_norm(shape, *, dtype="float32", data=None, options=None, **params):
    groups = params.get("num_groups", 1)
    inputs = {
        "data": data or normal(*shape, dtype=dtype),
        "gamma": positive(groups, dtype=dtype, seed=1),
        "beta": normal(groups, dtype=dtype, seed=2),
    }
    return Case("GroupNorm", inputs, params, **(options or {}))


HALF = {"rtol": 4e-3, "atol": 4e-3, "why": "the reference rounds between its steps"}
CLOSE = {"rtol": 1e-3, "atol": 1e-3, "why": "differences of nearly equal numbers are divided by sqrt(eps)", "finite": False}

CASES = [
    *[group_norm((2, 4, 3), num_groups=groups) for groups in (1, 2, 4)],
    *[group_norm(shape, num_groups=2) for shape in [(1, 2, 1), (2, 6, 2, 2), (2, 2, 2, 1, 3)]],
    group_norm((2, 3, 4)),
    *[group_norm((2, 4, 3), num_groups=2, eps=eps) for eps in (1e-12, 0.5)],
    group_norm((2, 4, 3), num_groups=2, output_mean_var=True),
    group_norm((2, 4, 2, 2), num_groups=4, output_mean_var=True, options={"heads": [0]}),
    group_norm((2, 4, 3), num_groups=2, dtype="float64", eps=0.125, output_mean_var=True),
    group_norm((2, 4, 3), num_groups=2, dtype="float16", options=HALF),
    group_norm((1, 2, 3), num_groups=2, data=values([[[2, 2, 2], [1, 2, 3]]]), options=CLOSE),
    group_norm((1, 2, 3), num_groups=2, data=values([[[2, np.nan, 2], [1, 2, 3]]]), options={"finite": False}),
    Case("GroupNorm", {"data": normal(2, 4, 3), "gamma": positive(3), "beta": normal(3)}, {"num_groups": 3}, refused=True),
    Case("GroupNorm", {"data": normal(2, 4), "gamma": positive(2), "beta": normal(2)}, {"num_groups": 2}, refused=True),
    Case("GroupNorm", {"data": normal(2, 4, 3), "gamma": positive(2, dtype="float64"), "beta": normal(2)}, {"num_groups": 2}, refused=True),
]
