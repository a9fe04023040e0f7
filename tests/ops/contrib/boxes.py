"""Cases of box_iou, box_nms and bipartite_matching.

Coordinates and scores are often eighths: sums and ratios of them tie exactly, and the order of equals shows.
"""

import numpy as np

from tests.ops.case import Case, Make, integers, normal, uniform, values

CASES = []


def on_grid(*shape, dtype="float32", seed=0):
    """Draw boxes ``(*shape, 4)`` with corners on a grid of eighths."""

    def build(random):
        first = random.randint(0, 6, (*shape, 2)) / 8
        return np.concatenate([first, first + random.randint(1, 5, (*shape, 2)) / 8], -1).astype(dtype)

    return Make(f"on_grid{(shape, dtype, seed)}", build)


def scored(*shape, dtype="float32", seed=0, kinds=3, grid=True):
    """Draw rows of kind, score and corners."""

    def build(random):
        kind = random.randint(-1, kinds, (*shape, 1))
        score = random.randint(0, 8, (*shape, 1)) / 8 if grid else random.uniform(0, 1, (*shape, 1))
        first = random.randint(0, 6, (*shape, 2)) / 8 if grid else random.uniform(0, 1, (*shape, 2))
        size = random.randint(1, 5, (*shape, 2)) / 8 if grid else random.uniform(0.1, 0.5, (*shape, 2))
        return np.concatenate([kind, score, first, first + size], -1).astype(dtype)

    return Make(f"scored{(shape, dtype, seed, kinds, grid)}", build)


# ---------------------------------------------------------------------------------------------------- box_iou

IOU = "_contrib_box_iou"
ODD = values([[0, 0, 1, 1], [0.5, 0.5, 1.5, 2], [2, 2, 1, 1], [0, 0, 0, 0], [-1, -1, 0.5, 0.25], [1, 0, 2, 1]])
for form in ("corner", "center"):
    for dtype in ("float32", "float64", "float16"):
        CASES += [
            Case(IOU, {"lhs": on_grid(4, dtype=dtype), "rhs": on_grid(3, dtype=dtype, seed=1)}, {"format": form}, finite=False),
            Case(
                IOU,
                {"lhs": uniform(0, 1, 2, 3, 4, dtype=dtype), "rhs": uniform(0, 1, 3, 4, dtype=dtype, seed=1)},
                {"format": form},
                gradient=False,
                **({"rtol": 5e-3, "why": "the reference rounds to float16 at every step"} if dtype == "float16" else {}),
            ),
        ]
    CASES += [
        Case(IOU, {"lhs": on_grid(2, 2), "rhs": on_grid(3, 2, 1, seed=1)}, {"format": form}, gradient=False),
        Case(IOU, {"lhs": on_grid(1, 1), "rhs": on_grid(1)}, {"format": form}, gradient=False),
        Case(IOU, {"lhs": ODD, "rhs": ODD}, {"format": form}, gradient=False),
        Case(IOU, {"lhs": values([[0, 0, 1, 1], [0, 0, np.inf, 1]]), "rhs": on_grid(2)}, {"format": form}, gradient=False),
    ]
CASES += [
    Case(IOU, {"lhs": on_grid(2), "rhs": on_grid(3)}),
    Case(IOU, {"lhs": on_grid(), "rhs": on_grid(3)}, refused=True),
    Case(IOU, {"lhs": normal(2, 3), "rhs": on_grid(3)}, refused=True),
    Case(IOU, {"lhs": normal(2, 4), "rhs": normal(3, 5)}, refused=True),
    Case(IOU, {"lhs": on_grid(2), "rhs": on_grid(3)}, {"format": "middle"}, refused=True),
    Case(IOU, {"lhs": integers(0, 9, 2, 4, dtype="int32"), "rhs": integers(0, 9, 3, 4, dtype="int32")}, refused=True),
    Case(IOU, {"lhs": on_grid(2), "rhs": on_grid(3, dtype="float64")}, refused=True),
]

# ---------------------------------------------------------------------------------------------------- box_nms

NMS = "_contrib_box_nms"
DOC = values([[0, 0.5, 0.1, 0.1, 0.2, 0.2], [1, 0.4, 0.1, 0.1, 0.2, 0.2], [0, 0.3, 0.1, 0.1, 0.14, 0.14], [2, 0.6, 0.5, 0.5, 0.7, 0.8]])
BY_KIND = {"id_index": 0}
CASES += [
    Case(NMS, {"data": DOC}, params, finite=False)
    for params in (
        {},
        BY_KIND,
        {**BY_KIND, "force_suppress": True, "overlap_thresh": 0.1},
        {**BY_KIND, "overlap_thresh": 0.1, "background_id": 0},
        {"overlap_thresh": 0.0},
        {"overlap_thresh": 1.0},
        {"overlap_thresh": -1.0},
        {"valid_thresh": 0.4},
        {"valid_thresh": 0.9},
        {"topk": 1},
        {"topk": 2},
        {"topk": 9},
        {"topk": 0},
        {"topk": -5},
        {"background_id": 0},
    )
]
for seed in range(6):
    for params in ({}, {**BY_KIND, "topk": 5}, {**BY_KIND, "background_id": 1, "valid_thresh": 0.25}):
        params = {"overlap_thresh": 0.25, **params}
        CASES.append(Case(NMS, {"data": scored(2, 9, seed=seed)}, params, finite=False))
for source in ("corner", "center"):
    for target in ("corner", "center"):
        params = {**BY_KIND, "in_format": source, "out_format": target, "overlap_thresh": 0.25}
        CASES += [
            Case(NMS, {"data": scored(2, 8, seed=7)}, params, finite=False),
            Case(NMS, {"data": scored(8, seed=8, grid=False)}, params, finite=False),
            Case(NMS, {"data": scored(5, seed=9)}, {**params, "topk": 0}, finite=False),
            # What begins below zero is padding, and is not converted.
            Case(NMS, {"data": values([[0, 0.5, -0.25, 0.25, 0.5, 0.5], [0, 0.75, 0.5, -0.5, 1, 0.5], [-1] * 6])}, params, finite=False),
        ]
for dtype in ("float64", "float16"):
    CASES += [
        Case(NMS, {"data": scored(2, 8, dtype=dtype)}, BY_KIND, finite=False),
        Case(NMS, {"data": scored(2, 8, dtype=dtype, seed=1)}, {"overlap_thresh": 0.25, "topk": 4}, finite=False),
    ]
CASES += [
    # More boxes than are settled in one go.
    Case(NMS, {"data": scored(150, grid=False)}, {"overlap_thresh": 0.5}, gradient=False),
    Case(NMS, {"data": scored(150)}, {**BY_KIND, "overlap_thresh": 0.25}, gradient=False),
    Case(NMS, {"data": scored(1, 2, 6)}, BY_KIND, finite=False),
    Case(NMS, {"data": scored(1)}, finite=False),
    # All scores equal, all boxes equal.
    Case(NMS, {"data": values([[0, 0.5, 0, 0, 1, 1]] * 4)}, finite=False),
    Case(NMS, {"data": values([[k, 0.5, 0, 0, 1, 1] for k in (0, 1, 0, 1)])}, BY_KIND, finite=False),
    Case(NMS, {"data": values([[0, 0.5, 0, 0, 0, 0]] * 3)}, finite=False),
    Case(NMS, {"data": values([[0, np.nan, 0, 0, 1, 1], [0, 0.5, 0, 0, 1, 1]])}, gradient=False),
    # Kinds are compared without their fractions, with the background as they are; two boxes of no size do not overlap.
    *[
        Case(
            NMS,
            {"data": values([[kind, score, 0, 0, 1, 1] for kind, score in ((0.25, 0.9), (0.75, 0.8), (1, 0.7), (-0.5, 0.6))])},
            params,
            finite=False,
        )
        for params in (BY_KIND, {**BY_KIND, "background_id": 0}, {**BY_KIND, "background_id": 1})
    ],
    Case(NMS, {"data": values([[0, 0.5, 1, 1, 0, 0]] * 2)}, {"overlap_thresh": -1.0}, finite=False),
    Case(NMS, {"data": DOC}, {**BY_KIND, "id_index": -2}, finite=False),
    *[
        Case(NMS, {"data": uniform(0.1, 1, 6, 7)}, params, refused=True)
        for params in ({"score_index": 3}, {"id_index": 5}, {"id_index": 1}, {"coord_start": 0, "score_index": 0})
    ],
    # Columns elsewhere, more of them, or fewer.
    Case(NMS, {"data": uniform(0.1, 1, 6, 7)}, {"coord_start": 0, "score_index": 6, "id_index": 5}, finite=False),
    Case(NMS, {"data": uniform(0.1, 1, 6, 5)}, {"coord_start": 1, "score_index": 0}, finite=False),
    Case(NMS, {"data": DOC}, {"coord_start": 3}, refused=True),
    Case(NMS, {"data": DOC}, {"coord_start": -4}, refused=True),
    Case(NMS, {"data": DOC}, {"score_index": 6}, refused=True),
    Case(NMS, {"data": DOC}, {"score_index": -1}, refused=True),
    Case(NMS, {"data": DOC}, {"id_index": 6}, refused=True),
    Case(NMS, {"data": DOC}, {"in_format": "middle"}, refused=True),
    Case(NMS, {"data": normal(6)}, refused=True),
    Case(NMS, {"data": integers(0, 9, 3, 6, dtype="int32")}, refused=True),
]

# ------------------------------------------------------------------------------------------ bipartite_matching

MATCH = "_contrib_bipartite_matching"
for shape in ((3, 2), (2, 3), (4, 4), (2, 3, 4), (2, 1, 4, 3), (1, 5), (5, 1)):
    for params in ({"threshold": 0.25}, {"threshold": 0.75, "is_ascend": True}, {"threshold": 0.1, "topk": 1}):
        ties = values(np.random.RandomState(len(shape)).randint(0, 8, shape) / 8)
        CASES += [Case(MATCH, {"data": data}, params, finite=False) for data in (uniform(0, 1, *shape), ties)]
for dtype in ("float64", "float16"):
    CASES.append(Case(MATCH, {"data": uniform(0, 1, 3, 4, dtype=dtype)}, {"threshold": 0.1}, finite=False))
CASES += [
    Case(MATCH, {"data": values([[1] * 4] * 3)}, {"threshold": 0.5}, finite=False),
    Case(MATCH, {"data": values([[1] * 3] * 4)}, {"threshold": 2.0, "is_ascend": True}, finite=False),
    Case(MATCH, {"data": normal(4, 3)}, {"threshold": -0.5}, finite=False),
    Case(MATCH, {"data": normal(4, 3)}, {"threshold": 9.0}, finite=False),
    Case(MATCH, {"data": normal(4, 5)}, {"threshold": -9.0, "topk": 0}, finite=False),
    Case(MATCH, {"data": normal(4, 5)}, {"threshold": -9.0, "topk": 2}, finite=False),
    Case(MATCH, {"data": normal(4, 5)}, {"threshold": -9.0, "topk": 20}, finite=False),
    Case(MATCH, {"data": normal(4)}, {"threshold": 0.5}, refused=True),
    Case(MATCH, {"data": normal(4, 3)}, refused=True),
    Case(MATCH, {"data": integers(0, 9, 3, 4, dtype="int32")}, {"threshold": 0.5}, refused=True),
]
