"""Cases of BilinearSampler, GridGenerator and SpatialTransformer."""

import numpy as np

from tests.ops.case import Case, normal, uniform, values

__all__ = ["CASES"]

SAMPLER, GRID, TRANSFORMER = "BilinearSampler", "GridGenerator", "SpatialTransformer"
LINEAR = {"transform_type": "affine", "sampler_type": "bilinear"}
NARROW = {"rtol": 2e-2, "atol": 2e-2, "why": "the reference computes in float16"}


def sampled(shape, places, dtype="float32", reach=1.5, **how):
    grid = uniform(-reach, reach, shape[0], 2, *places, dtype=dtype, seed=1)
    return Case(SAMPLER, {"data": normal(*shape, dtype=dtype), "grid": grid}, **how)


def at(x, y, **how):
    """Sample an image of 3 rows and 5 columns at some places."""
    return Case(SAMPLER, {"data": normal(1, 2, 3, 5), "grid": values([[[x], [y]]])}, **how)


def empty(*shape, places=(2, 2)):
    """State what the recording cannot show: nothing to sample, or nothing to be sampled."""
    grid = (shape[0], 2, *places)
    expect = {
        "output0": np.zeros((*shape[:2], *places), "float32"),
        "grad/data": np.zeros(shape, "float32"),
        "grad/grid": np.zeros(grid, "float32"),
    }
    return Case(SAMPLER, {"data": normal(*shape), "grid": uniform(-1, 1, *grid)}, expect=expect, why="the recording knows no empty shapes")


def grid(shape, **params):
    return Case(GRID, {"data": normal(*shape)}, params)


def exact_grid(dtype):
    """State what the reference, which knows float32 only, cannot show: the identity, and no shift."""
    identity = {"data": values([[1, 0, 0, 0, 1, 0]], dtype)}
    still = {"data": values(np.zeros((1, 2, 2, 3)).tolist(), dtype)}
    expect = {"output0": np.array([[[[-1, 0, 1], [-1, 0, 1]], [[-1, -1, -1], [1, 1, 1]]]], dtype)}
    how = {"expect": expect, "why": "the reference knows float32 only", "gradient": False}
    return [
        Case(GRID, identity, {"transform_type": "affine", "target_shape": (2, 3)}, **how),
        Case(GRID, still, {"transform_type": "warp"}, **how),
    ]


def transformed(shape, target, dtype="float32", **how):
    matrix = normal(shape[0], 6, dtype=dtype, seed=1, scale=0.7)
    return Case(TRANSFORMER, {"data": normal(*shape, dtype=dtype), "loc": matrix}, {**LINEAR, "target_shape": target}, **how)


def refused(op, shapes, **params):
    return Case(op, {slot: normal(*shape) for slot, shape in shapes.items()}, params, refused=True)


CASES = [
    # Inside and outside, larger and smaller than the image; many channels, where another way is taken; one element.
    *[
        sampled(shape, places)
        for shape, places in [
            ((2, 3, 4, 5), (3, 6)),
            ((1, 1, 7, 3), (8, 9)),
            ((2, 2, 1, 4), (2, 3)),
            ((1, 2, 4, 1), (2, 3)),
            ((2, 1, 1, 1), (2, 2)),
            ((2, 17, 3, 4), (2, 5)),
            ((3, 20, 2, 2), (4, 4)),
            ((1, 1, 5, 5), (1, 1)),
        ]
    ],
    sampled((2, 3, 4, 5), (3, 6), reach=5),
    sampled((2, 3, 4, 5), (3, 6), dtype="float64"),
    sampled((1, 2, 3, 4), (2, 3), dtype="float16", **NARROW),
    Case(SAMPLER, {"data": normal(1, 2, 3, 4), "grid": uniform(-1, 1, 1, 2, 2, 2)}, {"cudnn_off": True}),
    # On elements, on the rim, just off it, one element off it; far away.
    at([-1, -0.5, 0, 0.5, 1], [-1, 0, 1, 0, 1]),
    at([-1.5, 1.5, 0, 0, -1.25], [0, 0, -2, 2, 1.5]),
    at([1e30, -1e30, 3, 0, 0], [0, 0, 0, 40, -40]),
    at([np.nan, 0, np.nan], [0, np.nan, np.nan], gradient=False),
    *[empty(0, 2, 3, 4), empty(1, 0, 3, 4), empty(1, 2, 0, 4), empty(1, 20, 0, 4), empty(1, 2, 3, 4, places=(0, 2))],
    refused(SAMPLER, {"data": (2, 1, 3, 4), "grid": (1, 2, 2, 2)}),
    refused(SAMPLER, {"data": (1, 1, 3, 4), "grid": (1, 3, 2, 2)}),
    refused(SAMPLER, {"data": (1, 3, 4), "grid": (1, 2, 2, 2)}),
    refused(SAMPLER, {"data": (1, 1, 3, 4), "grid": (1, 2, 2)}),
    Case(SAMPLER, {"data": values([[[[1, 2]]]], "int32"), "grid": values([[[[0]], [[0]]]], "int32")}, refused=True),
    # Affine grids.
    *[grid((2, 6), transform_type="affine", target_shape=shape) for shape in [(3, 4), (2, 2), (5, 2), (2, 7), (2, 3, 4)]],
    *[
        Case(
            GRID,
            {"data": values([[1, 2, 3, 4, 5, 6]])},
            {"transform_type": "affine", "target_shape": shape},
            gradient=False,
            expect={"output0": np.array(expect, "float32")},
            why="the reference divides 0 by 0",
        )
        for shape, expect in [((1, 1), [[[[3]], [[6]]]]), ((1, 2), [[[[2, 4]], [[2, 10]]]]), ((2, 1), [[[[1], [5]], [[1], [11]]]])]
    ],
    *exact_grid("float64"),
    *exact_grid("float16"),
    # Shifts.
    *[grid(shape, transform_type="warp") for shape in [(2, 2, 3, 4), (1, 2, 2, 2), (3, 2, 5, 2), (1, 2, 1, 4), (1, 2, 3, 1)]],
    grid((2, 2, 3, 4), transform_type="warp", target_shape=(7, 8)),
    *[
        refused(GRID, {"data": (2, 6)}, transform_type="affine", **params)
        for params in ({}, {"target_shape": (0, 4)}, {"target_shape": (3,)})
    ],
    *[refused(GRID, {"data": shape}, transform_type="affine", target_shape=(2, 2)) for shape in ((2, 7), (6,), (2, 2, 3), (2, 6, 1))],
    *[refused(GRID, {"data": shape}, transform_type="warp") for shape in ((2, 3, 3, 4), (2, 2, 3), (2, 6))],
    refused(GRID, {"data": (2, 6)}, transform_type="other", target_shape=(2, 2)),
    refused(GRID, {"data": (2, 6)}, target_shape=(2, 2)),
    # Both together.
    *[
        transformed(shape, target)
        for shape, target in [
            ((2, 3, 4, 5), (3, 4)),
            ((1, 1, 6, 6), (6, 6)),
            ((2, 18, 3, 3), (2, 3)),
            ((1, 2, 3, 4), (5, 2)),
            ((2, 1, 1, 3), (2, 2)),
        ]
    ],
    transformed((2, 2, 4, 5), (3, 4, 7)),
    transformed((2, 3, 4, 5), (3, 4), "float64"),
    Case(
        TRANSFORMER,
        {"data": normal(1, 2, 3, 4), "loc": values([[1, 0, 0, 0, 1, 0]])},
        {**LINEAR, "target_shape": (3, 4), "cudnn_off": False},
    ),
    *[
        refused(TRANSFORMER, {"data": (2, 3, 4, 5), "loc": (2, 6)}, **LINEAR, **p)
        for p in ({}, {"target_shape": (0, 0)}, {"target_shape": (3,)})
    ],
    refused(TRANSFORMER, {"data": (2, 3, 4, 5), "loc": (3, 6)}, **LINEAR, target_shape=(2, 2)),
    refused(TRANSFORMER, {"data": (2, 3, 4, 5), "loc": (2, 7)}, **LINEAR, target_shape=(2, 2)),
    refused(TRANSFORMER, {"data": (2, 3, 4), "loc": (2, 6)}, **LINEAR, target_shape=(2, 2)),
    refused(TRANSFORMER, {"data": (2, 3, 4, 5), "loc": (2, 6)}, transform_type="warp", sampler_type="bilinear", target_shape=(2, 2)),
    refused(TRANSFORMER, {"data": (2, 3, 4, 5), "loc": (2, 6)}, transform_type="affine", sampler_type="nearest", target_shape=(2, 2)),
]
