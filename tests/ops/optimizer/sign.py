"""Cases of signSGD and Signum."""

from tests.ops.case import values
from tests.ops.optimizer.steps import GRADES, step

SLOTS, MOMENTUM_SLOTS = "weight grad", "weight grad mom"
CLIPS = [{"clip_gradient": clip} for clip in (-1.0, 0.0, 0.25, 100.0)]
PLAIN = [{}, {"wd": 0.5}, {"wd": -0.25}, {"rescale_grad": -2.0}, {"rescale_grad": 0.0}, *CLIPS, {"wd": 0.5, "clip_gradient": 0.0}]
MOMENTUM = [
    *PLAIN,
    {"momentum": 0.875},
    {"momentum": 1.0},
    {"momentum": -0.5},
    {"wd_lh": 0.25},
    {"wd_lh": 0.25, "wd": 0.5, "momentum": 0.75, "clip_gradient": 0.25, "rescale_grad": 2.0},
]
ZEROS = {"grad": values([[0.0, -0.0, 1.0], [-1.0, 1e-30, -1e30]])}

CASES = [
    *[step("signsgd_update", SLOTS, {"lr": 0.1, **params}) for params in PLAIN],
    *[step("signum_update", MOMENTUM_SLOTS, {"lr": 0.1, **params}) for params in MOMENTUM],
    *[step("signsgd_update", SLOTS, {"lr": 0.125, "wd": 0.25}, dtype=dtype) for dtype in GRADES],
    *[step("signum_update", MOMENTUM_SLOTS, {"lr": 0.125, "wd": 0.25, "momentum": 0.75, "wd_lh": 0.5}, dtype=dtype) for dtype in GRADES],
    *[step("signsgd_update", SLOTS, {"lr": 0.5}, shape=shape) for shape in ((1,), (2, 1, 3))],
    *[step("signum_update", MOMENTUM_SLOTS, {"lr": 0.5, "momentum": 0.5}, shape=shape) for shape in ((1,), (2, 1, 3))],
    step("signsgd_update", SLOTS, {"lr": 0.5, "wd": 0.5}, inputs=ZEROS),
    step("signum_update", MOMENTUM_SLOTS, {"lr": 0.5}, inputs={**ZEROS, "mom": values([[0.0] * 3] * 2)}),
    step("signsgd_update", SLOTS, {}, refused=True),
    step("signsgd_update", SLOTS, {"lr": 0.5, "wd_lh": 0.5}, refused=True),
    step("signum_update", MOMENTUM_SLOTS, {"lr": 0.5}, inputs={"mom": values([1, 2])}, refused=True),
    step("signum_update", MOMENTUM_SLOTS, {"lr": 0.5}, dtype="int32", refused=True),
]
