"""Cases of L2Normalization."""

import numpy as np

from tests.ops.case import Case, normal, values

__all__ = ["CASES"]


def l2_normalization(shape, *, dtype="float32", data=None, options=None, **params):
    return Case("L2Normalization", {"data": data or normal(*shape, dtype=dtype)}, params, **(options or {}))


HALF = {"rtol": 2e-3, "atol": 2e-3, "why": "the reference rounds between its steps"}
LARGE = np.full((2, 3), 300, "float16")

CASES = [
    *[l2_normalization(shape, mode="instance") for shape in [(3, 4), (2, 3, 4), (2, 3, 2, 2), (2, 1, 2, 2, 2), (4,)]],
    *[l2_normalization(shape, mode=mode) for mode in ("channel", "spatial") for shape in [(2, 3, 4), (2, 3, 2, 2), (2, 2, 2, 1, 3)]],
    l2_normalization((3, 4)),
    *[l2_normalization((2, 3, 4), mode=mode, eps=0.5) for mode in ("instance", "channel", "spatial")],
    *[l2_normalization((2, 3, 4), mode=mode, eps=0.125, dtype="float64") for mode in ("instance", "channel", "spatial")],
    *[l2_normalization((2, 3, 4), mode=mode, eps=0.125, dtype="float16", options=HALF) for mode in ("instance", "channel", "spatial")],
    l2_normalization((2, 3), data=values([[0, 0, 0], [3, 0, 4]]), options={"finite": False}),
    l2_normalization((2, 3), data=values([[0, np.nan, 0], [3, 0, 4]]), options={"finite": False}),
    l2_normalization((1, 3), data=values([[0, 3, 4]]), eps=0.0),
    Case(
        "L2Normalization",
        {"data": values(LARGE.tolist(), "float16")},
        gradient=False,
        expect={"output0": (LARGE / np.sqrt(270000)).astype("float16")},
        why="the sum of squares overflows float16 there",
    ),
    Case("L2Normalization", {"data": normal(2, 3)}, {"mode": "channel"}, refused=True),
    Case("L2Normalization", {"data": normal(2, 3)}, {"mode": "spatial"}, refused=True),
    Case("L2Normalization", {"data": normal(2, 3)}, {"mode": "batch"}, refused=True),
]
