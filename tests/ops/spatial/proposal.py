"""Cases of _contrib_Proposal and _contrib_MultiProposal."""

import numpy as np

from tests.ops.case import Case, Make, normal, uniform

__all__ = ["CASES"]

ONE, MANY = "_contrib_Proposal", "_contrib_MultiProposal"


def pictures(count, rows, columns, stride, seed=0):
    """Draw heights, widths and scales; the last places may lie outside."""

    def build(random):
        sizes = random.uniform(0.6, 1.1, (count, 2)) * [rows * stride, columns * stride]
        return np.concatenate([sizes, random.uniform(0.3, 1.5, (count, 1))], 1).astype("float32")

    return Make(f"pictures{(count, rows, columns, stride, seed)}", build)


def scores(*shape, seed=0):
    """Draw quarters: many are equal, and their order shows."""
    return Make(f"scores{(shape, seed)}", lambda random: (random.randint(0, 5, shape) / 4).astype("float32"))


def proposed(op, rows, columns, *, count=1, seed=0, ties=False, gradient=False, params=None, **how):
    params = {"scales": (1, 4), "ratios": (0.5, 1, 2), "feature_stride": 8, "rpn_post_nms_top_n": 6, "rpn_min_size": 4, **(params or {})}
    anchors = len(params["scales"]) * len(params["ratios"])
    shape = (count, 2 * anchors, rows, columns)
    inputs = {
        "cls_prob": scores(*shape, seed=seed) if ties else uniform(0, 1, *shape, seed=seed),
        "bbox_pred": normal(count, 4 * anchors, rows, columns, seed=seed, scale=0.3),
        "im_info": pictures(count, rows, columns, params["feature_stride"], seed),
    }
    return Case(op, inputs, params, gradient=gradient, **how)


def refused(op, params, **shapes):
    shapes = {"cls_prob": (1, 12, 3, 4), "bbox_pred": (1, 24, 3, 4), "im_info": (1, 3), **shapes}
    return Case(op, {slot: uniform(0, 1, *shape) for slot, shape in shapes.items()}, {"scales": (1, 4), **params}, refused=True)


CHOICES = [
    {}, {"output_score": True}, {"threshold": 0.3}, {"threshold": 0.95}, {"threshold": 0.0}, {"rpn_pre_nms_top_n": 5}, {"rpn_pre_nms_top_n": 3},
    {"rpn_pre_nms_top_n": 0, "threshold": 0.5}, {"rpn_pre_nms_top_n": -1, "rpn_post_nms_top_n": 40}, {"iou_loss": True, "output_score": True},
    {"rpn_min_size": 16, "output_score": True}, {"rpn_min_size": 0}, {"rpn_min_size": 60, "output_score": True}, {"scales": (3,), "ratios": (0.3,)},
    {"scales": (0.5, 2.5, 7), "ratios": (1, 3)}, {"feature_stride": 16}, {"feature_stride": 5}, {"rpn_post_nms_top_n": 1},
]  # fmt: skip

CASES = [
    *[proposed(op, 4, 5, params=params, seed=seed) for op in (ONE, MANY) for seed, params in enumerate(CHOICES)],
    *[proposed(MANY, 3, 6, count=3, params={"output_score": True, **params}) for params in CHOICES[1:6]],
    *[proposed(op, 4, 4, ties=True, seed=seed, params={"output_score": True, "threshold": 0.6}) for op in (ONE, MANY) for seed in range(3)],
    *[proposed(op, 1, 1, params={"output_score": True}) for op in (ONE, MANY)],
    *[proposed(op, 2, 3, gradient=True, params={"output_score": score}) for op in (ONE, MANY) for score in (False, True)],
    # As they are used.
    proposed(ONE, 6, 7, params={"scales": (8, 16, 32), "ratios": (0.5, 1, 2), "feature_stride": 16, "rpn_post_nms_top_n": 20}),
    proposed(MANY, 3, 3, params={"scales": (4, 8, 16, 32), "ratios": (0.5, 1, 2), "feature_stride": 16, "rpn_post_nms_top_n": 12}),
    refused(ONE, {}, cls_prob=(2, 12, 3, 4), bbox_pred=(2, 24, 3, 4), im_info=(2, 3)),
    *[
        refused(op, params, **shapes)
        for op in (ONE, MANY)
        for params, shapes in [
            ({"scales": (1,)}, {}), ({"scales": ()}, {}), ({"ratios": (1, 2)}, {}), ({"rpn_post_nms_top_n": -1}, {}), ({}, {"bbox_pred": (1, 20, 3, 4)}),
            ({}, {"bbox_pred": (1, 24, 3, 5)}), ({}, {"im_info": (1, 4)}), ({}, {"cls_prob": (1, 12, 3)}), ({"threshold": "high"}, {}),
        ]
    ],
    *[Case(op, {"cls_prob": uniform(0, 1, 1, 2, 2, 2, dtype=dtype), "bbox_pred": normal(1, 4, 2, 2, dtype=dtype), "im_info": normal(1, 3, dtype=dtype)},
           {"scales": (1,), "ratios": (1,)}, refused=True) for op in (ONE, MANY) for dtype in ("float64", "float16", "int32")],
]  # fmt: skip
