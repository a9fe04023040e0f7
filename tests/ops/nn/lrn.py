"""Cases of LRN."""

import numpy as np

from tests.ops.case import Case, integers, normal

__all__ = ["CASES"]


def lrn(nsize, *, shape=(2, 5, 2, 3), dtype="float32", **params):
    return Case("LRN", {"data": normal(*shape, dtype=dtype, scale=3)}, {"nsize": nsize, **params})


def stated(case, why="the reference computes in float32 only"):
    """State the formula, in float64."""
    data, params = case.arrays()["data"], case.params
    alpha, beta, knorm = params.get("alpha", 1e-4), params.get("beta", 0.75), params.get("knorm", 2)
    head = case.head_gradient(0, data.shape, data.dtype).astype("float64")
    x = data.astype("float64")
    norm = knorm + alpha / params["nsize"] * around(x**2, params["nsize"])
    d_data = head * norm**-beta - 2 * alpha * beta / params["nsize"] * x * around(head * x * norm ** (-beta - 1), params["nsize"])
    expect = {"output0": (x * norm**-beta).astype(data.dtype), "grad/data": d_data.astype(data.dtype)}
    return Case(case.op, case.inputs, case.params, expect=expect, why=why)


def around(values, nsize):
    """Sum over neighbouring channels."""
    channels = np.arange(values.shape[1])
    near = np.abs(channels[:, None] - channels) <= nsize // 2
    return np.einsum("cd,nd...->nc...", near, values)


CASES = [
    *[lrn(nsize, alpha=0.5) for nsize in (1, 3, 5)],
    lrn(5),
    lrn(3, alpha=0.5, beta=0.6, knorm=1.5),
    lrn(3, alpha=2, beta=1, knorm=0.5),
    lrn(3, alpha=0.5, beta=0.5),
    lrn(3, alpha=0.5, beta=0),
    lrn(3, alpha=0, knorm=4),
    lrn(3, shape=(1, 3, 1, 1), alpha=1),
    lrn(1, shape=(2, 1, 2, 2), alpha=1),
    Case("LRN", {"data": integers(-2, 3, 2, 4, 2, 2)}, {"nsize": 3, "alpha": 1, "knorm": 1}),
    *[stated(lrn(3, dtype=dtype, alpha=0.5, **others)) for dtype in ("float64", "float16") for others in ({}, {"beta": 0.6})],
    stated(lrn(3, shape=(0, 3, 2, 2)), why="the recording knows no empty shapes"),
    Case("LRN", {"data": normal(1, 3, 2, 2)}, {"nsize": 2}, refused=True),
    Case("LRN", {"data": normal(1, 3, 2, 2)}, {"nsize": -1}, refused=True),
    Case("LRN", {"data": normal(1, 3, 2, 2)}, {}, refused=True),
]
