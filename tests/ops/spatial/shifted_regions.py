"""Cases of _contrib_DeformablePSROIPooling."""

from tests.ops.case import Case, integers, normal, values
from tests.ops.spatial.regions import regions

__all__ = ["CASES"]

OP = "_contrib_DeformablePSROIPooling"


def shifted(cells, group, *, scale=1.0, kinds=1, channels=2, part=None, dtype="float32", reach=0.5, rois=None, count=5, params=None, **how):
    params = {
        "spatial_scale": scale,
        "output_dim": channels,
        "group_size": group,
        "pooled_size": cells,
        "trans_std": reach,
        **(params or {}),
    }
    if part is not None:
        params["part_size"] = part
    inputs = {
        "data": normal(2, channels * group**2, 7, 6, dtype=dtype),
        "rois": rois or regions(count, 2, 7 / scale, dtype),
        "trans": normal(count, 2 * kinds, part or cells, part or cells, dtype=dtype, seed=1, scale=0.5),
    }
    if params.get("no_trans"):
        del inputs["trans"]
    return Case(OP, inputs, params, **how)


def refused(params, **shapes):
    shapes = {"data": (2, 12, 5, 6), "rois": (3, 5), "trans": (3, 2, 2, 2), **shapes}
    inputs = {slot: (integers(0, 2, *shape) if slot == "rois" else normal(*shape)) for slot, shape in shapes.items() if shape}
    return Case(OP, inputs, {"spatial_scale": 1.0, "output_dim": 3, "group_size": 2, "pooled_size": 2, **params}, refused=True)


ODD = values([[0, 0, 0, 4, 3], [1, 1, 1, 1, 1], [0, 0.5, 1.5, 2.5, 3.5], [0, -9, -9, -7, -7], [1, 3, 3, 1, 1]])

CASES = [
    *[
        shifted(cells, group, scale=scale, params={"sample_per_part": samples, "no_trans": still})
        for cells, group in [(2, 2), (3, 2), (2, 3)]
        for scale, samples in [(1.0, 2), (0.25, 3)]
        for still in (False, True)
    ],
    shifted(3, 1, part=2, params={"sample_per_part": 2}),
    shifted(2, 2, part=3, params={"sample_per_part": 1}),
    shifted(4, 2, part=4, kinds=2, channels=4, params={"sample_per_part": 2}),
    shifted(3, 1, kinds=4, channels=4),
    shifted(2, 1, channels=20, count=2, params={"sample_per_part": 2}),
    shifted(2, 2, reach=1.0, params={"sample_per_part": 4}),
    shifted(2, 2, reach=0.0, params={"sample_per_part": 2}),
    shifted(2, 2, params={"sample_per_part": 0}),
    shifted(2, 2, rois=ODD, params={"sample_per_part": 2}),
    # Samples on elements, where the slope is zero.
    shifted(
        2,
        2,
        rois=values([[0, 1, 1, 4, 4], [1, 0, 0, 3, 3], [1, 2, 2, 3, 3], [0, 0, 0, 5, 5], [0, 0, 0, 6, 6]]),
        reach=0.0,
        params={"sample_per_part": 4},
    ),
    shifted(2, 2, dtype="float64", params={"sample_per_part": 2}),
    shifted(
        2, 2, dtype="float16", params={"sample_per_part": 2}, gradient=False, rtol=5e-2, atol=5e-2, why="the reference computes in float16"
    ),
    *[
        refused({**params, "no_trans": True}, trans=None)
        for params in [{"spatial_scale": 1.5}, {"spatial_scale": -1}, {"trans_std": 1.5}, {"trans_std": -0.1}]
    ],
    refused({"no_trans": True}),
    *[refused({}, rois=shape) for shape in ((3, 4), (2, 3, 5), (5,))],
    refused({}, data=(2, 12, 5)),
    refused({}, trans=(3, 2, 2)),
]
