"""Cases of RMSProp, plain and centred."""

from tests.ops.case import values
from tests.ops.optimizer.steps import GRADES, flawed, step

SLOTS, CENTRED_SLOTS = "weight grad n", "weight grad n g delta"
CLIPS = {"clip_gradient": 0.25, "clip_weights": 0.5}
EVERYTHING = {"lr": 0.125, "gamma1": 0.875, "epsilon": 2.0**-10, "wd": 0.25, "rescale_grad": 0.5, **CLIPS}
CENTRED = {**EVERYTHING, "gamma2": 0.75}
OPTIONS = [
    {},
    *[{"clip_gradient": clip} for clip in (-1.0, -0.5, 0.0, 0.25, 100.0)],
    *[{"clip_weights": clip} for clip in (-1.0, 0.0, 0.25, 100.0)],
    {"wd": 0.5},
    {"wd": -0.25},
    {"rescale_grad": 0.125},
    {"rescale_grad": -2.0},
    {"wd": 0.5, "clip_gradient": 0.25, "rescale_grad": 2.0},  # the bound comes behind the decay
    {"wd": 0.5, "clip_gradient": 0.0},
    {"gamma1": 0.5},
    {"gamma1": 0.0, "epsilon": 0.5},
    {"gamma1": 1.0},
    {"epsilon": 0.5},  # under the root
    {"epsilon": 0.0},
]
NOTHING = values([[0.0] * 3] * 2)

CASES = [
    *[step("rmsprop_update", SLOTS, {"lr": 0.1, **params}) for params in OPTIONS],
    *[step("rmspropalex_update", CENTRED_SLOTS, {"lr": 0.1, **params}) for params in OPTIONS],
    *[step("rmspropalex_update", CENTRED_SLOTS, {"lr": 0.1, "gamma2": gamma2}) for gamma2 in (0.0, 0.5, 1.0)],
    *[step("rmsprop_update", SLOTS, EVERYTHING, dtype=dtype) for dtype in GRADES],
    *[step("rmspropalex_update", CENTRED_SLOTS, CENTRED, dtype=dtype) for dtype in GRADES],
    *[step("rmsprop_update", SLOTS, EVERYTHING, shape=shape) for shape in ((1,), (7,), (2, 1, 3), (2, 1, 2, 2))],
    *[step("rmspropalex_update", CENTRED_SLOTS, CENTRED, shape=shape) for shape in ((1,), (2, 1, 3))],
    step("rmsprop_update", SLOTS, {"lr": 0.1}, inputs={"n": NOTHING}),
    step("rmsprop_update", SLOTS, {"lr": 0.1}, inputs={"n": NOTHING, "grad": NOTHING}),
    step("rmspropalex_update", CENTRED_SLOTS, {"lr": 0.1}, inputs={"n": NOTHING, "g": NOTHING, "delta": NOTHING}),
    step("rmsprop_update", SLOTS, {"lr": 0.5}, inputs={"grad": flawed()}),
    step("rmsprop_update", SLOTS, {"lr": 0.5, "clip_gradient": 1.0, "clip_weights": 1.0}, inputs={"grad": flawed()}),
    step("rmspropalex_update", CENTRED_SLOTS, {"lr": 0.5}, inputs={"g": values([[2.0] * 3] * 2)}),  # no root: nan
    step("rmsprop_update", SLOTS, {}, refused=True),
    step("rmsprop_update", SLOTS, {"lr": 0.5, "gamma2": 0.5}, refused=True),
    step("rmsprop_update", SLOTS, {"lr": 0.5}, inputs={"n": values([1, 2])}, refused=True),
    step("rmspropalex_update", CENTRED_SLOTS, {"lr": 0.5}, inputs={"delta": values([1, 2])}, refused=True),
    step("rmsprop_update", SLOTS, {"lr": 0.5}, dtype="int32", refused=True),
]
