"""Cases of MultiBoxPrior, MultiBoxTarget and MultiBoxDetection.

Corners and scores are often eighths: overlaps tie exactly, and the order of equals shows. The reference computes float32
only, on one device ignores ``background_id`` and ``minimum_negative_samples``, and writes no gradient but that of the
predictions, which is zero.
"""

import numpy as np

from tests.ops.case import Case, Make, integers, normal, uniform, values
from tests.ops.contrib.boxes import on_grid

CASES = []
NONE = [-1] * 5

# ---------------------------------------------------------------------------------------------- MultiBoxPrior

PRIOR = "_contrib_MultiBoxPrior"
PRIOR_PARAMS = (
    {},
    {"sizes": (0.5, 0.2)},
    {"ratios": (1, 2, 0.5)},
    {"sizes": (0.5, 0.2), "ratios": (2, 1, 0.5)},
    {"sizes": (1.5,), "clip": True},
    {"steps": (0.3, 0.2)},
    {"steps": (0.3, 0)},
    {"steps": (0, 0)},
    {"steps": (-1, -2)},
    {"offsets": (0, 0.25)},
    {"sizes": (0,)},
    {"sizes": (0.75, 0.25), "ratios": (1, 3), "clip": True, "steps": (0.25, 0.5), "offsets": (0.25, 0.75)},
)
CASES += [Case(PRIOR, {"data": normal(1, 2, *size)}, params, finite=False) for size in ((2, 3), (3, 1)) for params in PRIOR_PARAMS]
CASES += [
    Case(PRIOR, {"data": normal(2, 1, 1, 1)}, finite=False),
    Case(PRIOR, {"data": normal(1, 1, 2, 2)}, {"sizes": (-1,)}, finite=False),
    Case(PRIOR, {"data": normal(1, 1, 2, 2)}, {"ratios": (-1,)}, finite=False),
    Case(PRIOR, {"data": normal(2, 3, 2)}, refused=True),
    Case(PRIOR, {"data": normal(1, 2, 3, 2)}, {"sizes": ()}, refused=True),
    Case(PRIOR, {"data": normal(1, 2, 3, 2)}, {"ratios": ()}, refused=True),
    Case(PRIOR, {"data": normal(1, 2, 3, 2)}, {"steps": (0.1,)}, refused=True),
    Case(PRIOR, {"data": normal(1, 2, 3, 2)}, {"steps": (0.1, -1)}, refused=True),
    Case(PRIOR, {"data": normal(1, 2, 3, 2)}, {"offsets": (0.1,)}, refused=True),
    Case(PRIOR, {"data": normal(1, 2, 3, 2, dtype="float64")}, refused=True),
]

# --------------------------------------------------------------------------------------------- MultiBoxTarget

TARGET = "_contrib_MultiBoxTarget"
ANCHORS = values([[[0.1, 0.1, 0.4, 0.4], [0.3, 0.3, 0.6, 0.6], [0.5, 0.5, 0.9, 0.9], [0, 0, 1, 1], [0.12, 0.1, 0.42, 0.42]]])
LABELS = values([[[1, 0.1, 0.1, 0.4, 0.45], [0, 0.5, 0.5, 0.8, 0.8], NONE], [NONE] * 3])


def truths(*counts, rows=4, classes=2, width=5, grid=True):
    """Draw for each picture that many true boxes, and rows of -1 to the end."""

    def build(random):
        shape = (len(counts), rows)
        first = random.randint(0, 6, (*shape, 2)) / 8 if grid else random.uniform(0, 0.6, (*shape, 2))
        size = random.randint(1, 5, (*shape, 2)) / 8 if grid else random.uniform(0.1, 0.4, (*shape, 2))
        more = random.uniform(0, 1, (*shape, width - 5))
        labels = np.concatenate([random.randint(0, classes, (*shape, 1)), first, first + size, more], -1)
        for picture, count in enumerate(counts):
            labels[picture, count:] = -1
        return labels.astype("float32")

    return Make(f"truths{(counts, rows, classes, width, grid)}", build)


def around(*shape):
    """Draw boxes ``(*shape, 4)`` of all sizes."""

    def build(random):
        first = random.uniform(0, 0.6, (*shape, 2))
        return np.concatenate([first, first + random.uniform(0.1, 0.4, (*shape, 2))], -1).astype("float32")

    return Make(f"around{shape}", build)


def target(labels=LABELS, anchors=ANCHORS, predictions=None, **params):
    """Make a case of a batch of two."""
    predictions = predictions or normal(2, 3, anchors.array().shape[1])
    inputs = {"anchor": anchors, "label": labels, "cls_pred": predictions}
    return Case(TARGET, inputs, params, gradient=["cls_pred"], finite=False)


TARGET_PARAMS = (
    {},
    {"overlap_threshold": 0.0},
    {"overlap_threshold": -1.0},
    {"overlap_threshold": 0.25},
    {"ignore_label": -7},
    {"variances": (1, 1, 1, 1)},
    {"variances": (0.1, 0.2, 0.3, 0.4)},
    {"negative_mining_ratio": 1, "ignore_label": -7},
    {"negative_mining_ratio": 0.5},
    {"negative_mining_ratio": 3, "negative_mining_thresh": 0.75},
    {"negative_mining_ratio": 1, "overlap_threshold": 0, "negative_mining_thresh": 0.9},
    {"minimum_negative_samples": 2},
    {"negative_mining_ratio": 0.5, "minimum_negative_samples": 2},
)
CASES += [target(**params) for params in TARGET_PARAMS]
CASES += [target(truths(3, 1), on_grid(1, 12), **params) for params in TARGET_PARAMS]
CASES += [target(truths(2, 4, grid=False), around(1, 12), **params) for params in TARGET_PARAMS]
CASES += [
    target(truths(4, 4), on_grid(1, 2)),  # more true boxes than default ones
    target(truths(0, 0)),
    target(truths(2, 3, rows=3, width=6)),  # a wider row: what follows the corners is not read
    target(truths(2, 2), on_grid(1, 9), integers(-1, 2, 2, 3, 9), negative_mining_ratio=2),  # equal predictions
    target(truths(1, 1, rows=1), values([[[0.5, 0.5, 0.5, 0.5], [0, 0, 0.125, 0.125]]])),  # no overlap, no size
    target(values([[[0, 0, 0, 1, 1], [1, 0, 0, 1, 1]]] * 2), values([[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]]])),  # all the same
    Case(
        TARGET,
        {"anchor": ANCHORS, "label": LABELS, "cls_pred": normal(2, 3, 5)},
        finite=False,
        why="the reference does not write them",
        expect={"grad/anchor": np.zeros((1, 5, 4), "float32"), "grad/label": np.zeros((2, 3, 5), "float32")},
    ),
]
WRONG = {"anchor": ANCHORS, "label": LABELS, "cls_pred": normal(2, 3, 5)}
CASES += [
    Case(TARGET, {**WRONG, "anchor": around(2, 5)}, refused=True),
    Case(TARGET, {**WRONG, "anchor": uniform(0, 1, 1, 5, 5)}, refused=True),
    Case(TARGET, {**WRONG, "label": uniform(0, 1, 2, 3, 4)}, refused=True),
    Case(TARGET, {**WRONG, "label": uniform(0, 1, 3, 5)}, refused=True),
    Case(TARGET, {**WRONG, "cls_pred": normal(2, 3, 4)}, refused=True),
    Case(TARGET, {**WRONG, "cls_pred": normal(2, 15)}, refused=True),
    Case(TARGET, WRONG, {"variances": (1, 1)}, refused=True),
    Case(TARGET, WRONG, {"negative_mining_ratio": 1, "negative_mining_thresh": 0}, refused=True),
    Case(TARGET, {slot: normal(*make.array().shape, dtype="float64") for slot, make in WRONG.items()}, refused=True),
]

# ------------------------------------------------------------------------------------------ MultiBoxDetection

DETECTION = "_contrib_MultiBoxDetection"


def probabilities(batch, classes, anchors, seed=0, grid=True):
    """Draw probabilities of classes, that of the background first."""

    def build(random):
        array = random.uniform(0, 1, (batch, classes, anchors))
        array /= array.sum(1, keepdims=True)
        return (np.round(array * 8) / 8 if grid else array).astype("float32")

    return Make(f"probabilities{(batch, classes, anchors, seed, grid)}", build)


def detection(batch, classes, anchors, grid=True, scale=0.0, seed=0, **params):
    """Make a case whose boxes are the default ones, but for shifts by ``scale``."""
    inputs = {
        "cls_prob": probabilities(batch, classes, anchors, seed, grid),
        "loc_pred": normal(batch, 4 * anchors, scale=scale),
        "anchor": on_grid(1, anchors, seed=seed) if grid else around(1, anchors),
    }
    return Case(DETECTION, inputs, params, finite=False)


DETECTION_PARAMS = (
    {},
    {"clip": False},
    {"threshold": 0.5},
    {"threshold": 2.0},
    {"threshold": -1.0},
    {"background_id": 1},
    {"nms_threshold": 0.25},
    {"nms_threshold": 0.0},
    {"nms_threshold": 1.0},
    {"nms_threshold": 1.5},
    {"nms_threshold": -1.0},
    {"force_suppress": True},
    {"nms_topk": 0},
    {"nms_topk": 1},
    {"nms_topk": 4},
    {"nms_topk": 99},
    {"variances": (1, 1, 1, 1)},
    {"variances": (0.1, 0.2, 0.3, 0.4)},
    {"threshold": 0.25, "nms_threshold": 0.25, "force_suppress": True, "nms_topk": 5, "clip": False},
)
for params in DETECTION_PARAMS:
    CASES += [detection(2, 3, 8, **params), detection(1, 4, 10, grid=False, scale=1.0, **params)]
CASES += [
    *(detection(3, 2, 9, nms_threshold=0.25, seed=seed) for seed in range(1, 5)),
    detection(1, 3, 1),
    detection(1, 2, 150, grid=False, threshold=0.1),  # more boxes than are settled in one go
    detection(1, 3, 150, nms_threshold=0.25, force_suppress=True, nms_topk=140),
]
WRONG = {"cls_prob": probabilities(2, 3, 5), "loc_pred": normal(2, 20), "anchor": ANCHORS}
CASES += [
    Case(DETECTION, {**WRONG, "cls_prob": normal(2, 15)}, refused=True),
    Case(DETECTION, {**WRONG, "loc_pred": normal(2, 16)}, refused=True),
    Case(DETECTION, {**WRONG, "loc_pred": normal(2, 5, 4)}, refused=True),
    Case(DETECTION, {**WRONG, "anchor": around(1, 4)}, refused=True),
    Case(DETECTION, {**WRONG, "anchor": around(5)}, refused=True),
    Case(DETECTION, WRONG, {"variances": (1, 1)}, refused=True),
    Case(DETECTION, {slot: normal(*make.array().shape, dtype="float64") for slot, make in WRONG.items()}, refused=True),
]
