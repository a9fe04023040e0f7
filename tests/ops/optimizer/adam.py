"""Cases of Adam."""

from tests.ops.case import values
from tests.ops.optimizer.steps import GRADES, ROUNDED, flawed, step

SLOTS = "weight grad mean var"
EXACT = {"beta1": 0.875, "beta2": 0.96875, "epsilon": 2.0**-10}  # in float32, to which the reference rounds them
EVERYTHING = {"lr": 0.125, **EXACT, "wd": 0.25, "rescale_grad": 0.5, "clip_gradient": 0.25}
BEGINNING = {"mean": values([[0.0] * 3] * 2), "var": values([[0.0] * 3] * 2)}

CASES = [
    *[step("adam_update", SLOTS, {"lr": 0.1, "clip_gradient": clip}) for clip in (-1.0, -0.5, 0.0, 0.25, 100.0)],
    *[
        step("adam_update", SLOTS, {"lr": 0.1, **params})
        for params in (
            {},
            {"wd": 0.5},
            {"wd": -0.25},
            {"rescale_grad": 0.125},
            {"rescale_grad": -2.0},
            {"wd": 0.5, "clip_gradient": 0.25, "rescale_grad": 2.0},  # the bound comes behind the decay
            {"wd": 0.5, "clip_gradient": 0.0},
            {"beta1": 0.5},
            {"beta1": 0.0, "beta2": 0.0},
            {"beta1": 1.0, "beta2": 1.0},
            {"epsilon": 0.5},  # outside the root
            {"epsilon": 0.0},
            {"lazy_update": False},
            {"lazy_update": True, "wd": 0.5},
        )
    ],
    *[step("adam_update", SLOTS, EVERYTHING, dtype=dtype) for dtype in GRADES],
    *[step("adam_update", SLOTS, EVERYTHING, shape=shape) for shape in ((1,), (7,), (2, 1, 3), (2, 1, 2, 2))],
    step("adam_update", SLOTS, {"lr": 0.1, **EXACT}, inputs=BEGINNING),
    step("adam_update", SLOTS, {"lr": 0.1}, inputs=BEGINNING, **ROUNDED),
    step("adam_update", SLOTS, {"lr": 0.1}, inputs={**BEGINNING, "grad": values([[0.0, -0.0, 0.0], [1e-20, -1e-20, 1.0]])}),
    step("adam_update", SLOTS, {"lr": 0.5}, inputs={"grad": flawed()}),
    step("adam_update", SLOTS, {"lr": 0.5, "clip_gradient": 1.0}, inputs={"grad": flawed()}),
    step("adam_update", SLOTS, {"beta1": 0.5}, refused=True),
    step("adam_update", SLOTS, {"lr": 0.5, "eps": 0.5}, refused=True),
    step("adam_update", SLOTS, {"lr": 0.5}, inputs={"var": values([1, 2, 3])}, refused=True),
    step("adam_update", SLOTS, {"lr": 0.5}, inputs={"mean": values([[0.0] * 3] * 2, "float64")}, refused=True),
    step("adam_update", SLOTS, {"lr": 0.5}, dtype="int32", refused=True),
]
