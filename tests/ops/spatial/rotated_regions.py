"""Cases of _contrib_RROIAlign."""

import numpy as np

from tests.ops.case import Case, Make, integers, normal, values

__all__ = ["CASES"]

OP = "_contrib_RROIAlign"


def rotated(count, n, reach, dtype="float32", seed=0):
    """Draw rotated regions around images of ``reach`` units."""

    def build(random):
        middle, size = random.uniform(-0.2, 1.2, (count, 2)) * reach, random.uniform(-0.1, 0.9, (count, 2)) * reach
        return np.concatenate([random.randint(0, n, (count, 1)), middle, size, random.uniform(-200, 200, (count, 1))], 1).astype(dtype)

    return Make(f"rotated{(count, n, reach, dtype, seed)}", build)


def pooled(shape, cells, scale=1.0, *, dtype="float32", rois=None, params=None, **how):
    rois = rois or rotated(6, shape[0], max(shape[2:]) / scale, dtype)
    params = {"pooled_size": cells, "spatial_scale": scale, **(params or {})}
    return Case(OP, {"data": normal(*shape, dtype=dtype), "rois": rois}, params, gradient=False, **how)


def refused(params, data=(2, 3, 5, 6), rois=(3, 6)):
    return Case(
        OP, {"data": normal(*data), "rois": integers(0, 2, *rois)}, {"pooled_size": (2, 3), "spatial_scale": 1.0, **params}, refused=True
    )


CASES = [
    *[
        pooled((2, 3, 7, 9), cells, scale, params={"sampling_ratio": ratio})
        for cells, scale in [((2, 3), 1.0), ((3, 3), 0.5), ((1, 1), 0.0625), ((7, 7), 0.25)]
        for ratio in (-1, 2)
    ],
    *[pooled((2, 3, 6, 5), (2, 2), params={"sampling_ratio": ratio}) for ratio in (0, -7, 1, 5)],
    pooled((1, 20, 4, 4), (3, 2)),
    pooled((1, 2, 5, 5), (2, 2), 0.0, rois=rotated(3, 1, 5)),
    # Upright, upside down, lying.
    pooled((1, 2, 6, 6), (2, 3), rois=values([[0, 3, 3, 4, 2, angle] for angle in (0, 30, -30, 180, 45)])),
    pooled((2, 3, 6, 5), (2, 2), dtype="float64"),
    pooled((2, 3, 6, 5), (2, 2), dtype="float16", rtol=5e-2, atol=5e-2, why="the reference computes in float16"),
    Case(
        OP,
        {"data": normal(1, 2, 3, 3), "rois": values([[-1, 1, 1, 2, 2, 0]])},
        {"pooled_size": (1, 2), "spatial_scale": 1.0},
        gradient=False,
        expect={"output0": np.zeros((1, 2, 1, 2), "float32")},
        why="the reference reads before the first image",
    ),
    *[refused({"pooled_size": size}) for size in ((2,), 2, (), (2, 2, 2), (0, 2))],
    *[refused({"spatial_scale": scale}) for scale in (-0.5, 1.5)],
    *[refused({}, rois=shape) for shape in ((3, 5), (2, 3, 6), (6,))],
    refused({}, data=(2, 3, 5)),
]
