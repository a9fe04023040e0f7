"""Cases of Dropout where nothing is left to chance; how often and what it drops is tested apart."""

import numpy as np

from tests.ops.case import Case, normal, values

__all__ = ["CASES"]


def all_dropped(**params):
    """State that ``p=1`` leaves zeros, not the reference's nan."""
    zeros = np.zeros((2, 3), "float32")
    expect = {"output0": zeros, "grad/data": zeros}
    return Case("Dropout", {"data": normal(2, 3)}, {"p": 1, **params}, train=True, expect=expect, why="0 / 0 there", finite=False)


DATA = normal(2, 3, 2)

CASES = [
    *[Case("Dropout", {"data": DATA}, params, gradient=False) for params in ({}, {"p": 0.9}, {"p": 1}, {"axes": (1,)})],
    Case("Dropout", {"data": DATA}, {"cudnn_off": True}, gradient=False),
    *[Case("Dropout", {"data": DATA}, {"p": 0, **params}, train=True) for params in ({}, {"mode": "always"}, {"axes": (0, 2)})],
    *[Case("Dropout", {"data": normal(3, dtype=dtype)}, gradient=False) for dtype in ("float16", "float64")],
    *[Case("Dropout", {"data": normal(3, dtype=dtype)}, {"p": 0.0}, train=True) for dtype in ("float16", "float64")],
    Case("Dropout", {"data": values([np.nan, np.inf, 1])}, gradient=False),
    all_dropped(),
    all_dropped(axes=(0,)),
    all_dropped(mode="always"),
    *[Case("Dropout", {"data": DATA}, {"p": p}, refused=True) for p in (-0.1, 1.5, "half")],
    Case("Dropout", {"data": DATA}, {"mode": "sometimes"}, refused=True),
    Case("Dropout", {"data": DATA}, {"axes": (3,)}, refused=True),
]
