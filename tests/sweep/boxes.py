"""Boxes: overlaps, suppression, matching, coding, default boxes and proposals.

Corners and scores are often eighths, so that equals show their order. float16 is left out: the reference rounds to it at each
step. So are matches outside the true boxes, gradients that it does not write, and mining for more background than there is, of
which it complains in the middle of a run.
"""

import numpy as np

from tests.ops.case import Case, normal, values
from tests.ops.contrib.box_coding import boxes
from tests.ops.contrib.boxes import on_grid, scored
from tests.ops.contrib.multibox import around, probabilities, truths
from tests.ops.spatial.proposal import pictures, scores
from tests.sweep.draw import array, chance, drawn, one_of, shape

SINGLE = ("float32", "float32", "float64")
LOOSE = {"rtol": 1e-4, "atol": 1e-5, "why": "logarithms, exponentials and roots of float32"}


def draw(rs):
    return one_of(rs, (iou, nms, nms, nms, nms, matching, encode, decode, prior, target, target, detection, detection, proposal))(rs)


def seed(rs):
    return int(rs.randint(1 << 30))


def spelled(rs, value):
    return one_of(rs, (value, value, list(value), str(value)))


def some(rs, *size, dtype="float32"):
    return (on_grid if chance(rs, 0.5) else boxes)(*size, dtype=dtype, seed=seed(rs))


def iou(rs):
    dtype = one_of(rs, SINGLE)
    params = {"format": one_of(rs, ("corner", "center"))} if chance(rs, 0.7) else {}
    lhs, rhs = (some(rs, *shape(rs, 1, 3, 4), dtype=dtype) for _ in range(2))
    if chance(rs, 0.04):
        rhs = array(rs, (3, int(one_of(rs, (3, 5)))), dtype)
    return Case("_contrib_box_iou", {"lhs": lhs, "rhs": rhs}, params, finite=False)


def nms(rs):
    dtype, grid = one_of(rs, SINGLE), chance(rs, 0.6)
    stack = shape(rs, 0, 2, 3)
    rows = int(rs.randint(1, 14))
    choices = {
        "overlap_thresh": float(one_of(rs, (0.0, 0.25, 0.5, 0.7, 1.0, -1.0))),
        "valid_thresh": float(one_of(rs, (0.0, 0.25, 0.5, 0.9, -1.0))),
        "topk": int(one_of(rs, (-1, 0, 1, 2, 3, 5, 40))),
        "id_index": int(one_of(rs, (0, 0, 0, -1))),
        "background_id": int(one_of(rs, (-1, 0, 1))),
        "force_suppress": one_of(rs, (True, False, "True", 1)),
        "in_format": one_of(rs, ("corner", "center")),
        "out_format": one_of(rs, ("corner", "center")),
    }
    params = {name: value for name, value in choices.items() if chance(rs, 0.5)}
    if chance(rs, 0.04):
        params.update(one_of(rs, ({"coord_start": 3}, {"score_index": 6}, {"id_index": 7}, {"in_format": "middle"}, {"topk": 1.5})))
    data = scored(*stack, rows, dtype=dtype, seed=seed(rs), grid=grid)
    if chance(rs, 0.15):
        start = int(rs.randint(0, 5))
        rest = [place for place in range(8) if not start <= place < start + 4 or chance(rs, 0.03)]
        score, kind = (int(place) for place in rs.permutation(rest)[:2])
        params.update(coord_start=start, score_index=score, id_index=one_of(rs, (kind, kind, -1, -2)))
        data = array(rs, (*stack, rows, 8), dtype, 0.1, 1.0)
    return Case("_contrib_box_nms", {"data": data}, params, finite=False)


def matching(rs):
    dtype = one_of(rs, SINGLE)
    size = (*shape(rs, 0, 2, 3), int(rs.randint(1, 7)), int(rs.randint(1, 7))) if chance(rs, 0.97) else (4,)
    params = {"threshold": float(one_of(rs, (0.1, 0.25, 0.5, 0.9, -0.5)))}
    if chance(rs, 0.5):
        params["is_ascend"] = one_of(rs, (True, False, "True"))
    if chance(rs, 0.4):
        params["topk"] = int(one_of(rs, (-1, 0, 1, 2, 30)))
    random = np.random.RandomState(seed(rs))
    data = values((random.randint(0, 8, size) / 8).tolist(), dtype) if chance(rs, 0.4) else array(rs, size, dtype, 0.0, 1.0)
    return Case("_contrib_bipartite_matching", {"data": data}, params, finite=False)


def encode(rs):
    n, k, m = (int(rs.randint(1, 5)) for _ in range(3))
    dtype = one_of(rs, SINGLE)
    samples, matches = array(rs, (n, k), "int32", -1, 1), array(rs, (n, k), "int32", 0, m - 1)
    inputs = {
        "samples": values(samples.array().tolist(), dtype),
        "matches": values(matches.array().tolist(), dtype),
        "anchors": some(rs, n, k, dtype=dtype),
        "refs": some(rs, n, m, dtype=dtype),
        "means": array(rs, (4,), dtype, -0.5, 0.5),
        "stds": array(rs, (4 - chance(rs, 0.03),), dtype, 0.1, 1.0),
    }
    return Case("_contrib_box_encode", inputs, finite=False, **LOOSE)


def decode(rs):
    n, k = int(rs.randint(1, 4)), int(rs.randint(1, 6))
    dtype = one_of(rs, SINGLE)
    params = {f"std{place}": float(one_of(rs, (0.125, 0.25, 0.5, 2.0))) for place in range(4) if chance(rs, 0.5)}
    if chance(rs, 0.4):
        params["clip"] = float(one_of(rs, (-1.0, 0.0, 0.25, 4.0)))
    if chance(rs, 0.6):
        params["format"] = one_of(rs, ("corner", "center"))
    inputs = {"data": array(rs, (n, k, 4), dtype), "anchors": some(rs, 1 + chance(rs, 0.03), k, dtype=dtype)}
    return Case("_contrib_box_decode", inputs, params, finite=False, **LOOSE)


def prior(rs):
    size = (int(rs.randint(1, 3)), int(rs.randint(1, 4)), int(rs.randint(1, 6)), int(rs.randint(1, 6)))
    choices = {
        "sizes": tuple(float(one_of(rs, (0.25, 0.5, 0.75, 1.0, 1.5))) for _ in range(rs.randint(1, 4))),
        "ratios": tuple(float(one_of(rs, (0.5, 1.0, 2.0, 3.0))) for _ in range(rs.randint(1, 4))),
        "clip": one_of(rs, (True, False, "True")),
        "steps": one_of(rs, ((0.25, 0.5), (-1.0, -1.0), (0.125, 0.125), (0.25,))),
        "offsets": (float(one_of(rs, (0.0, 0.25, 0.5))), float(one_of(rs, (0.5, 0.75)))),
    }
    params = {name: spelled(rs, value) if isinstance(value, tuple) else value for name, value in choices.items() if chance(rs, 0.6)}
    return Case("_contrib_MultiBoxPrior", {"data": array(rs, size[chance(rs, 0.03) :])}, params, finite=False)


def variances(rs):
    return spelled(rs, one_of(rs, ((0.1, 0.1, 0.2, 0.2), (1.0, 1.0, 1.0, 1.0), (0.125, 0.25, 0.5, 1.0))))


def target(rs):
    batch, classes, anchors, rows = (int(rs.randint(1, high)) for high in (4, 4, 14, 5))
    grid = chance(rs, 0.5)
    labels = truths(
        *[int(rs.randint(0, rows + 1)) for _ in range(batch)], rows=rows, classes=classes, width=5 + int(rs.randint(0, 2)), grid=grid
    )
    choices = {
        "overlap_threshold": float(one_of(rs, (0.0, 0.25, 0.5, 0.75, -1.0))),
        "ignore_label": float(one_of(rs, (-1.0, -7.0))),
        "negative_mining_ratio": float(one_of(rs, (-1.0, 0.5, 1.0, 3.0))),
        "negative_mining_thresh": float(one_of(rs, (1.5, 2.0))),
        "minimum_negative_samples": int(rs.randint(0, 4)),
        "variances": variances(rs),
    }
    params = {name: value for name, value in choices.items() if chance(rs, 0.5)}
    if "negative_mining_ratio" in params:
        params["negative_mining_thresh"] = choices["negative_mining_thresh"]
    anchor = on_grid(1, anchors, seed=seed(rs)) if grid else boxes(1, anchors, seed=seed(rs))
    predictions = array(rs, (batch, classes + 1, anchors + chance(rs, 0.03)))
    inputs = {"anchor": anchor, "label": labels, "cls_pred": predictions}
    return Case("_contrib_MultiBoxTarget", inputs, params, gradient=["cls_pred"], finite=False, **LOOSE)


def detection(rs):
    batch, classes, anchors = int(rs.randint(1, 4)), int(rs.randint(1, 4)), int(rs.randint(1, 14))
    choices = {
        "clip": one_of(rs, (True, False, "True")),
        "threshold": float(one_of(rs, (0.0, 0.01, 0.25, 0.5))),
        "nms_threshold": float(one_of(rs, (0.25, 0.5, 0.75, 1.0, 0.0, -1.0))),
        "force_suppress": one_of(rs, (True, False)),
        "variances": variances(rs),
        "nms_topk": int(one_of(rs, (-1, 0, 1, 3, 40))),
    }
    params = {name: value for name, value in choices.items() if chance(rs, 0.5)}
    inputs = {
        "cls_prob": probabilities(batch, classes, anchors, seed=seed(rs), grid=chance(rs, 0.5)),
        "loc_pred": array(rs, (batch, 4 * anchors + chance(rs, 0.03)), "float32", -1, 1),
        "anchor": around(1, anchors) if chance(rs, 0.3) else some(rs, 1, anchors),
    }
    return Case("_contrib_MultiBoxDetection", inputs, params, gradient=False, **LOOSE)


def proposal(rs):
    op = one_of(rs, ("_contrib_Proposal", "_contrib_MultiProposal"))
    count = 1 if op.endswith("_Proposal") else int(rs.randint(1, 4))
    rows, columns = int(rs.randint(2, 6)), int(rs.randint(2, 6))
    scales = one_of(rs, ((1, 4), (2,), (1, 2, 4)))
    params = {
        "scales": spelled(rs, scales),
        "ratios": one_of(rs, ((0.5, 1, 2), (1,))),
        "feature_stride": int(one_of(rs, (4, 8, 16))),
        "rpn_post_nms_top_n": int(rs.randint(1, 12)),
        "rpn_pre_nms_top_n": int(rs.randint(4, 60)),
        "rpn_min_size": int(one_of(rs, (0, 4, 8))),
        "threshold": float(one_of(rs, (0.3, 0.5, 0.7))),
        "output_score": chance(rs, 0.5),
    }
    if chance(rs, 0.2):
        params["iou_loss"] = True
    anchors = len(scales) * len(params["ratios"])
    size = (count, 2 * anchors, rows, columns)
    inputs = {
        "cls_prob": scores(*size, seed=seed(rs)) if chance(rs, 0.5) else array(rs, size, "float32", 0, 1),
        "bbox_pred": normal(count, 4 * anchors, rows, columns, seed=seed(rs), scale=0.3),
        "im_info": pictures(count, rows, columns, params["feature_stride"], seed(rs)),
    }
    return Case(op, inputs, params, gradient=False, **LOOSE)


CASES = drawn(draw, 200)
