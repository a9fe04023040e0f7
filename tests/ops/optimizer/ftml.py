"""Cases of follow the moving leader."""

from tests.ops.case import values
from tests.ops.optimizer.steps import GRADES, ROUNDED, flawed, step

SLOTS = "weight grad d v z"
EXACT = {"beta1": 0.625, "beta2": 0.96875, "epsilon": 2.0**-10}  # in float32, to which the reference rounds them
EVERYTHING = {"lr": 0.125, **EXACT, "wd": 0.25, "rescale_grad": 0.5, "clip_grad": 0.25, "t": 2}
BEGINNING = {slot: values([[0.0] * 3] * 2) for slot in ("d", "v", "z")}

CASES = [
    *[step("ftml_update", SLOTS, {"lr": 0.1, "t": t}, **ROUNDED) for t in (1, 2, 10, 100000)],
    *[step("ftml_update", SLOTS, {"lr": 0.1, "t": 3, "clip_grad": clip}) for clip in (-1.0, -0.5, 0.0, 0.25, 100.0)],
    *[
        step("ftml_update", SLOTS, {"lr": 0.1, "t": 3, **params})
        for params in (
            {"wd": 0.5},
            {"wd": -0.25},
            {"wd": 0.5, "clip_grad": 0.25, "rescale_grad": 2.0},  # the bound comes behind the decay
            {"wd": 0.5, "clip_grad": 0.0},
            {"rescale_grad": 0.125},
            {"rescale_grad": -2.0},
            {"beta1": 0.0},
            {"beta1": 0.9, "beta2": 0.5},
            {"epsilon": 0.5},
            {"epsilon": 0.0},
        )
    ],
    step("ftml_update", SLOTS, {"lr": 0.1, "t": 0}),  # no step has number 0: nan
    *[step("ftml_update", SLOTS, EVERYTHING, dtype=dtype) for dtype in GRADES],
    *[step("ftml_update", SLOTS, EVERYTHING, shape=shape) for shape in ((1,), (7,), (2, 1, 3))],
    step("ftml_update", SLOTS, {"lr": 0.1, "t": 1}, inputs=BEGINNING),
    step("ftml_update", SLOTS, {"lr": 0.5, "t": 3, "clip_grad": 1.0}, inputs={"grad": flawed()}),
    step("ftml_update", SLOTS, {"lr": 0.5}, refused=True),
    step("ftml_update", SLOTS, {"t": 1}, refused=True),
    step("ftml_update", SLOTS, {"lr": 0.5, "t": 1.5}, refused=True),
    step("ftml_update", SLOTS, {"lr": 0.5, "t": 1, "clip_gradient": 1.0}, refused=True),
    step("ftml_update", SLOTS, {"lr": 0.5, "t": 1}, inputs={"d": values([1, 2])}, refused=True),
]
