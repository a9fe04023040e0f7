"""Cases of Activation and of hard_sigmoid."""

import numpy as np

from tests.ops.case import Case, normal, uniform, values

__all__ = ["CASES"]

KINDS = ("relu", "sigmoid", "softrelu", "softsign", "tanh")
FAR = [-100, -20, -15, -10, -3, -1, -0.5, -0.0, 0, 0.5, 1, 3, 10, 20, 100]
NOT_FINITE = [np.nan, np.inf, -np.inf]


def activation(kind, data, **options):
    return Case("Activation", {"data": data}, {"act_type": kind}, **options)


def hard_sigmoid(data, *, options=None, **params):
    return Case("hard_sigmoid", {"data": data}, params, **(options or {}))


CASES = [
    *[activation(kind, normal(3, 4)) for kind in KINDS],
    *[activation(kind, normal(2, 1, 3, 2, 2), gradient=False) for kind in KINDS],
    *[activation(kind, values(FAR), finite=False) for kind in KINDS],
    *[activation(kind, values(FAR, "float64"), finite=False) for kind in KINDS],
    *[activation(kind, normal(3, 4, dtype="float16"), rtol=3e-3, atol=2e-3, why="rounded between steps") for kind in KINDS],
    *[activation(kind, values(NOT_FINITE), gradient=False) for kind in KINDS],
    *[Case("Activation", {"data": normal(2)}, params, refused=True) for params in ({}, {"act_type": "swish"}, {"act_type": ""})],
    hard_sigmoid(uniform(-4, 4, 3, 4)),
    hard_sigmoid(uniform(-4, 4, 3, 4, dtype="float64"), alpha=0.25, beta=0.5),
    hard_sigmoid(uniform(-4, 4, 3, 4, dtype="float16"), alpha=0.25, beta=0.5),
    *[hard_sigmoid(uniform(-4, 4, 3, 4), **params) for params in ({"alpha": 0.5}, {"beta": -0.25}, {"alpha": -0.5}, {"alpha": 0.0})],
    hard_sigmoid(values([-2, -1, 0, 1, 2, 100, -100]), alpha=0.25, beta=0.5, options={"finite": False}),
    hard_sigmoid(values(NOT_FINITE), options={"finite": False}),
]
