"""Cases of follow the regularized leader."""

from tests.ops.case import values
from tests.ops.optimizer.steps import HALF, flawed, step

SLOTS = "weight grad z n"
EVERYTHING = {"lr": 0.125, "lamda1": 0.25, "beta": 0.5, "wd": 0.25, "rescale_grad": 0.5, "clip_gradient": 0.25}
NOTHING = values([[0.0] * 3] * 2)
STILL = {"weight": NOTHING, "grad": NOTHING, "n": values([[1.0] * 3] * 2)}

CASES = [
    *[step("ftrl_update", SLOTS, {"lr": 0.1, "clip_gradient": clip}) for clip in (-1.0, -0.5, 0.0, 0.25, 100.0)],
    *[
        step("ftrl_update", SLOTS, {"lr": 0.1, **params})
        for params in (
            {},
            {"wd": 0.5},  # in the denominator only
            {"wd": 0.5, "clip_gradient": 0.25, "rescale_grad": 2.0},
            {"rescale_grad": 0.125},
            {"rescale_grad": -2.0},
            {"lamda1": 0.0},
            {"lamda1": 1.0},
            {"lamda1": 1000.0},
            {"lamda1": -0.5},
            {"beta": 0.0},
            {"beta": 10.0},
        )
    ],
    *[step("ftrl_update", SLOTS, {"lr": lr}) for lr in (0.5, -0.5, 100.0)],
    *[step("ftrl_update", SLOTS, EVERYTHING, dtype=dtype) for dtype in ("float32", "float64")],
    step("ftrl_update", SLOTS, EVERYTHING, dtype="float16", rtol=1e-2, atol=1e-2, why=HALF["why"]),
    *[step("ftrl_update", SLOTS, EVERYTHING, shape=shape) for shape in ((1,), (7,), (2, 1, 3), (2, 1, 2, 2))],
    step("ftrl_update", SLOTS, {"lr": 0.5}, inputs={"weight": NOTHING, "z": NOTHING, "n": NOTHING}),
    # exactly at the threshold the weight is zero
    step("ftrl_update", SLOTS, {"lr": 0.5, "lamda1": 0.5}, inputs={**STILL, "z": values([[0.5, -0.5, 0.625], [-0.625, 0.0, -0.0]])}),
    step("ftrl_update", SLOTS, {"lr": 0.5}, inputs={"grad": flawed()}),
    step("ftrl_update", SLOTS, {"lr": 0.5, "clip_gradient": 1.0}, inputs={"grad": flawed()}),
    step("ftrl_update", SLOTS, {}, refused=True),
    step("ftrl_update", SLOTS, {"lr": 0.5, "lambda1": 0.5}, refused=True),
    step("ftrl_update", SLOTS, {"lr": 0.5}, inputs={"z": values([1, 2])}, refused=True),
    step("ftrl_update", SLOTS, {"lr": 0.5}, dtype="int32", refused=True),
]
