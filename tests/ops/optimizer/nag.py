"""Cases of Nesterov's accelerated gradient."""

import numpy as np

from tests.ops.case import values
from tests.ops.optimizer.steps import GRADES, flawed, step

SLOTS, MP_SLOTS = "weight grad mom", "weight grad mom weight32"
EVERYTHING = {"lr": 0.125, "momentum": 0.75, "wd": 0.25, "rescale_grad": 0.5, "clip_gradient": 0.25}
CLIPS = [{"clip_gradient": clip} for clip in (-1.0, 0.0, 0.25, 100.0)]
UNDECAYED = [
    {},
    {"momentum": 0.875},
    {"momentum": 1.0},
    {"momentum": -0.5},
    {"rescale_grad": 0.125},
    {"rescale_grad": -2.0, "momentum": 0.5},
    *[{**clip, "momentum": 0.5} for clip in CLIPS],
]
DECAYED = [
    {"wd": 0.5},
    {"wd": -0.25, "momentum": 0.5},
    {"wd": 0.5, "clip_gradient": 0.0},
    {"wd": 0.5, "clip_gradient": 0.25, "momentum": 0.875},
]

# One step by hand: g = clip(rescale_grad * grad) + wd * weight = 1 + 0.5 * 2.5, mom = 0.5 * 1 - 0.5 * g, weight + 0.5 * mom - 0.5 * g
BY_HAND = {
    "weight": values([2.5, -3, 1], "float16"),
    "grad": values([10, -0.5, 1], "float16"),
    "mom": values([1, 0, 1]),
    "weight32": values([2.5, -3, 1]),
}

CASES = [
    *[step("nag_mom_update", SLOTS, {"lr": 0.1, **params}) for params in (*UNDECAYED, *DECAYED)],
    *[step("nag_mom_update", SLOTS, EVERYTHING, dtype=dtype) for dtype in GRADES],
    *[step("nag_mom_update", SLOTS, EVERYTHING, shape=shape) for shape in ((1,), (7,), (2, 1, 3))],
    step("nag_mom_update", SLOTS, {"lr": 0.5, "momentum": 0.5, "clip_gradient": 1.0}, inputs={"grad": flawed()}),
    *[step("mp_nag_mom_update", MP_SLOTS, {"lr": 0.1, **params}, mixed=True) for params in UNDECAYED],
    step("mp_nag_mom_update", MP_SLOTS, {"lr": 0.1, "momentum": 0.5}),
    step(
        "mp_nag_mom_update",
        MP_SLOTS,
        {"lr": 0.5, "momentum": 0.5, "wd": 0.5, "clip_gradient": 1.0},
        inputs=BY_HAND,
        expect={"state/mom": np.array([-0.625, 1.0, -0.25], "float32")},
        why="the reference has overwritten the weight when it computes the decay that goes into mom; nag_mom_update has not",
    ),
    step("nag_mom_update", SLOTS, {"momentum": 0.5}, refused=True),
    step("nag_mom_update", SLOTS, {"lr": 0.5, "lazy_update": True}, refused=True),
    step("nag_mom_update", "weight grad", {"lr": 0.5}, inputs={"mom": values([1, 2])}, refused=True),
    step("mp_nag_mom_update", MP_SLOTS, {"lr": 0.5}, dtype="float64", refused=True),
]
