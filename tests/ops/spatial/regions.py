"""Cases of ROIPooling, _contrib_ROIAlign and _contrib_PSROIPooling."""

import numpy as np

from tests.ops.case import Case, Make, integers, normal, values

__all__ = ["CASES", "regions"]

POOLING, ALIGN, APART = "ROIPooling", "_contrib_ROIAlign", "_contrib_PSROIPooling"


def regions(count, n, reach, dtype="float32", seed=0, least=0.25):
    """Draw regions around images of ``reach`` units, some of them partly outside."""

    def build(random):
        first = random.uniform(-0.25, 0.9, (count, 2)) * reach
        size = least + random.uniform(0, 0.8, (count, 2)) * reach
        return np.concatenate([random.randint(0, n, (count, 1)), first, first + size], 1).astype(dtype)

    return Make(f"regions{(count, n, reach, dtype, seed, least)}", build)


def pooled(op, shape, cells, scale=1.0, *, count=6, dtype="float32", rois=None, params=None, **how):
    rois = rois or regions(count, shape[0], max(shape[2:]) / (scale or 1), dtype)
    params = {"pooled_size": cells, "spatial_scale": scale, **(params or {})}
    return Case(op, {"data": normal(*shape, dtype=dtype), "rois": rois}, params, **how)


def refused(op, params, data=(2, 12, 5, 6), rois=(3, 5)):
    params = {"pooled_size": 2 if op == APART else (2, 3), "spatial_scale": 1.0, **params}
    return Case(op, {"data": normal(*data), "rois": integers(0, 2, *rois)}, params, refused=True)


# Whole numbers, halves that are rounded, nothing of the image in it, a corner before the other, an image below zero.
ODD = values([
    [0, 0, 0, 4, 3], [1, 1, 1, 1, 1], [0, 0.5, 1.5, 2.5, 3.5], [0, -0.5, -1.5, 2, 2], [1, 9, 9, 12, 12], [0, -9, -9, -7, -7], [1, 3, 3, 1, 1],
    [0, 4, 3, 9, 9],
])  # fmt: skip
NO_IMAGE = values([[-1, 0, 0, 3, 3], [0, 1, 1, 4, 4], [-2, 0, 0, 3, 3]])
SMALL = (2, 3, 6, 5)
BOTH = [((2, 3), 1.0), ((3, 3), 0.5), ((1, 1), 0.0625), ((7, 7), 0.25), ((2, 2), 0.0)]


def empty(op, **params):
    """State what the recording cannot show: no region, nothing out."""
    expect = {
        "output0": np.zeros((0, 2, 2, 2), "float32"),
        "grad/data": np.zeros((1, 2, 3, 3), "float32"),
        "grad/rois": np.zeros((0, 5), "float32"),
    }
    inputs = {"data": normal(1, 2, 3, 3), "rois": normal(0, 5)}
    return Case(
        op, inputs, {"pooled_size": (2, 2), "spatial_scale": 1.0, **params}, expect=expect, why="the recording knows no empty shapes"
    )


CASES = [
    *[pooled(POOLING, (2, 3, 7, 9), cells, scale) for cells, scale in BOTH],
    pooled(POOLING, SMALL, (2, 3), rois=ODD),
    pooled(POOLING, SMALL, (7, 6), rois=ODD),
    pooled(POOLING, SMALL, (2, 2), rois=NO_IMAGE),
    pooled(POOLING, (1, 20, 4, 4), (3, 2)),
    # Ties: the first in row-major order gets the gradient.
    Case(POOLING, {"data": integers(0, 3, 2, 2, 6, 6), "rois": regions(6, 2, 6)}, {"pooled_size": (2, 2), "spatial_scale": 1.0}),
    Case(
        POOLING,
        {"data": values(np.zeros((1, 1, 4, 4)).tolist()), "rois": values([[0, 0, 0, 3, 3]])},
        {"pooled_size": (2, 2), "spatial_scale": 1.0},
    ),
    *[pooled(POOLING, SMALL, (2, 2), dtype=dtype) for dtype in ("float64", "float16")],
    empty(POOLING),
    *[
        pooled(ALIGN, (2, 3, 7, 9), cells, scale, params={"sample_ratio": ratio, "aligned": aligned})
        for cells, scale in BOTH[:4]
        for ratio in (-1, 2)
        for aligned in (False, True)
    ],
    pooled(ALIGN, (2, 3, 7, 9), (2, 2), 0.0),
    *[pooled(ALIGN, SMALL, (2, 2), params={"sample_ratio": ratio}) for ratio in (0, -7, 1, 5)],
    pooled(ALIGN, SMALL, (2, 3), rois=ODD),
    pooled(ALIGN, (1, 20, 4, 4), (3, 2)),
    *[
        pooled(ALIGN, (2, 12, 5, 6), cells, params={"position_sensitive": True, **params})
        for cells, params in [
            ((2, 3), {}),
            ((3, 2), {"sample_ratio": 2, "aligned": True}),
            ((1, 1), {"aligned": True}),
            ((2, 2), {"sample_ratio": 1}),
        ]
    ],
    pooled(ALIGN, SMALL, (2, 2), dtype="float64"),
    pooled(ALIGN, SMALL, (2, 2), dtype="float16", rtol=2e-2, atol=2e-2, why="the reference computes in float16"),
    empty(ALIGN),
    *[
        pooled(APART, (2, 2 * (group or cells) ** 2, 7, 6), cells, scale, params={"output_dim": 2, "group_size": group})
        for cells, group in [(2, 0), (3, 3), (3, 2), (2, 3), (4, 1), (7, 3)]
        for scale in (1.0, 0.25)
    ],
    pooled(APART, (2, 8, 6, 5), 2, rois=ODD, params={"output_dim": 2}),
    pooled(APART, (2, 12, 6, 5), 2, params={"output_dim": 2}),  # channels too many
    pooled(APART, (2, 9, 6, 5), 3, 0.0, params={"output_dim": 1}),
    pooled(APART, (2, 8, 6, 5), 2, dtype="float64", params={"output_dim": 2}),
    pooled(
        APART, (2, 8, 6, 5), 2, dtype="float16", params={"output_dim": 2}, rtol=2e-2, atol=2e-2, why="the reference computes in float16"
    ),
    *[
        refused(op, params)
        for op in (POOLING, ALIGN)
        for params in [{"pooled_size": size} for size in ((2,), 2, (), (2, 2, 2), (0, 2), (-1, 2))]
        + [{"spatial_scale": scale} for scale in (-0.5, 1.5)]
    ],
    *[refused(APART, {"output_dim": 3, **params}) for params in [{"spatial_scale": 1.5}, {"spatial_scale": -1}]],
    refused(APART, {}),
    *[
        refused(op, {"output_dim": 3} if op == APART else {}, rois=shape)
        for op in (POOLING, ALIGN, APART)
        for shape in ((3, 4), (2, 3, 5), (5,))
    ],
    *[refused(op, {"output_dim": 3} if op == APART else {}, data=(2, 12, 5)) for op in (POOLING, ALIGN, APART)],
    refused(ALIGN, {"position_sensitive": True}, data=(2, 13, 5, 6)),
    *[
        Case(
            op,
            {"data": normal(1, 4, 3, 3), "rois": normal(1, 5, dtype="float64")},
            {"pooled_size": (2, 2), "spatial_scale": 1.0},
            refused=True,
        )
        for op in (POOLING, ALIGN)
    ],
]
