"""Cases of _contrib_box_encode and _contrib_box_decode."""

import numpy as np

from tests.ops.case import Case, Make, integers, normal, values

__all__ = ["CASES"]

ENCODE, DECODE = "_contrib_box_encode", "_contrib_box_decode"
NARROW = {"rtol": 1e-2, "atol": 1e-2, "why": "rounded to float16 at each step there"}


def boxes(*shape, dtype="float32", seed=0):
    """Draw corners."""

    def build(random):
        first = random.uniform(0, 1, (*shape, 2))
        return np.concatenate([first, first + random.uniform(0.1, 1, (*shape, 2))], -1).astype(dtype)

    return Make(f"boxes{(shape, dtype, seed)}", build)


def encoded(n, k, m, dtype="float32", samples=None, matches=None, **how):
    inputs = {
        "samples": samples or integers(-1, 2, n, k, dtype=dtype),
        "matches": matches or integers(0, m, n, k, dtype=dtype),
        "anchors": boxes(n, k, dtype=dtype),
        "refs": boxes(n, m, dtype=dtype, seed=1),
        "means": values([0.1, -0.2, 0.3, 0], dtype),
        "stds": values([0.5, 1, 0.25, 2], dtype),
    }
    return Case(ENCODE, inputs, finite=False, **how)


def decoded(n, k, dtype="float32", params=None, **how):
    inputs = {"data": normal(n, k, 4, dtype=dtype), "anchors": boxes(1, k, dtype=dtype)}
    return Case(DECODE, inputs, params, finite=False, **how)


def refused(op, **shapes):
    encode = {"samples": (2, 5), "matches": (2, 5), "anchors": (2, 5, 4), "refs": (2, 3, 4), "means": (4,), "stds": (4,)}
    shapes = {**(encode if op == ENCODE else {"data": (2, 5, 4), "anchors": (1, 5, 4)}), **shapes}
    return Case(op, {slot: integers(0, 2, *shape) for slot, shape in shapes.items()}, refused=True)


STDS = {"std0": 0.1, "std1": 0.2, "std2": 0.3, "std3": 0.4}

CASES = [
    *[encoded(*sizes) for sizes in [(2, 5, 3), (1, 1, 1), (3, 2, 4)]],
    encoded(2, 3, 2, "float64"),
    encoded(2, 3, 2, "float16", **NARROW),
    encoded(1, 4, 2, samples=values([[0.5, 0.51, 2, -1]])),
    encoded(1, 3, 3, samples=values([[1, 1, 1]]), matches=values([[1.7, 2.9, 0.2]])),
    *[
        decoded(2, 5, params={**params, "format": form})
        for form in ("corner", "center")
        for params in [{}, STDS, {**STDS, "clip": 0.3}, {"clip": 0}]
    ],
    decoded(1, 1),
    decoded(2, 3, "float64", STDS, rtol=1e-6, why="factors are float32 there"),
    decoded(2, 3, "float16", STDS, **NARROW),
    refused(ENCODE, means=(3,)),
    refused(ENCODE, samples=(5,)),
    refused(ENCODE, anchors=(2, 5, 3)),
    refused(DECODE, data=(5, 4)),
    refused(DECODE, data=(2, 5, 3)),
    refused(DECODE, anchors=(2, 5, 4)),
    Case(DECODE, {"data": normal(2, 5, 4), "anchors": boxes(1, 5)}, {"format": "edge"}, refused=True),
    *[Case(DECODE, {"data": integers(0, 3, 1, 2, 4, dtype="int32"), "anchors": integers(0, 3, 1, 2, 4, dtype="int32")}, refused=True)],
    Case(ENCODE, {**encoded(1, 2, 2).inputs, "matches": integers(0, 2, 1, 2, dtype="int32")}, refused=True),
]
