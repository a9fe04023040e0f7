"""Cases of LAMB: its two phases, mixed precision, many weights."""

import numpy as np

from tests.ops.case import values
from tests.ops.optimizer.steps import GRADES, ROUNDED, flawed, many, scalar, step

ONE, MP_ONE = "weight grad mean var", "weight grad mean var weight32"
TWO, MP_TWO = "weight g", "weight g weight32"
EXACT = {"beta1": 0.875, "beta2": 0.96875, "epsilon": 2.0**-10}  # in float32, to which the reference rounds them
EVERYTHING = {**EXACT, "wd": 0.25, "rescale_grad": 0.5, "clip_gradient": 0.25, "t": 2}
NOTHING = values([[0.0] * 3] * 2)
OPTIONS = [
    {},
    *[{"t": t} for t in (1, 2, 10, 100000)],
    {"bias_correction": False},
    {"bias_correction": False, "t": 1},
    *[{"clip_gradient": clip} for clip in (-1.0, -0.5, 0.0, 0.25, 100.0)],
    {"wd": 0.0},
    {"wd": -0.5},
    {"wd": 0.5, "clip_gradient": 0.25, "rescale_grad": 2.0},  # the decay is no part of the gradient
    {"rescale_grad": -2.0},
    {"beta1": 0.0, "beta2": 0.5},
    {"epsilon": 0.5},  # outside the root
    {"epsilon": 0.0},
]

first = [
    *[step("lamb_update_phase1", ONE, {"wd": 0.1, "t": 3, **params}, **ROUNDED) for params in OPTIONS],
    *[step("mp_lamb_update_phase1", MP_ONE, {"wd": 0.1, "t": 3, **params}, mixed=True, **ROUNDED) for params in OPTIONS],
    step("lamb_update_phase1", ONE, {"wd": 0.1, "t": 0}),  # no step has number 0: nan
    step("lamb_update_phase1", ONE, {"wd": 0.1, "t": 1}, inputs={"mean": NOTHING, "var": NOTHING}),
    *[step("lamb_update_phase1", ONE, EVERYTHING, dtype=dtype) for dtype in GRADES],
    *[step("lamb_update_phase1", ONE, EVERYTHING, shape=shape) for shape in ((1,), (7,), (2, 1, 3))],
    step("lamb_update_phase1", ONE, {"wd": 0.5, "t": 3, "clip_gradient": 1.0}, inputs={"grad": flawed()}),
    step("lamb_update_phase1", ONE, {"t": 1}, refused=True),
    step("lamb_update_phase1", ONE, {"wd": 0.5}, refused=True),
    step("lamb_update_phase1", ONE, {"wd": 0.5, "t": 1, "lr": 0.5}, refused=True),
    step("lamb_update_phase1", ONE, {"wd": 0.5, "t": 1}, inputs={"mean": values([1, 2])}, refused=True),
]

LENGTHS = [(1, 2), (2.5, 0.5), (0, 2), (1, 0), (0, 0), (-1, 2), (np.inf, 1), (2, np.inf), (np.nan, 1)]
BOUNDS = [
    {"lower_bound": 0.0},
    {"lower_bound": 2.0},
    {"upper_bound": 0.5},
    {"upper_bound": 0.0},
    {"lower_bound": 2.0, "upper_bound": 0.5},  # the upper one is last
    {"lower_bound": 0.5, "upper_bound": 2.0},
    {"lower_bound": -1.0, "upper_bound": -1.0},
    {"lower_bound": -0.5, "upper_bound": -0.5},
]


def second(op, slots, params, r1=1.0, r2=4.0, dtype="float32", **how):
    """Describe a second phase."""
    lengths = {"r1": scalar(r1, dtype), "r2": scalar(r2, dtype)}
    return step(op, slots, {"lr": 0.125, **params}, dtype=dtype, inputs=lengths, **how)


def second_mixed(params, r1=1.0, r2=4.0, **how):
    """Describe a second phase in mixed precision, and what becomes of the float32 copy."""
    case = second("mp_lamb_update_phase2", MP_TWO, params, r1, r2, **how)
    arrays = {slot: array.astype("float64") for slot, array in case.arrays().items()}
    options = {"lr": 0.125, "lower_bound": -1.0, "upper_bound": -1.0, **params}
    r1 = max(r1, options["lower_bound"]) if options["lower_bound"] >= 0 else r1
    r1 = min(r1, options["upper_bound"]) if options["upper_bound"] >= 0 else r1
    ratio = r1 / r2 if r1 and r2 else 1.0
    case.expect = {"state/weight32": (arrays["weight32"] - options["lr"] * ratio * arrays["g"]).astype("float32")}
    case.why = "the reference never writes weight32, so that every step begins at the first weight"
    return case


then = [
    *[second("lamb_update_phase2", TWO, {}, *lengths) for lengths in LENGTHS],
    *[second("lamb_update_phase2", TWO, params) for params in BOUNDS],
    *[second("lamb_update_phase2", TWO, params, r1=0.0) for params in BOUNDS[:3]],
    *[second("lamb_update_phase2", TWO, params, r2=0.0) for params in BOUNDS[1:2]],
    *[second("lamb_update_phase2", TWO, {"lr": 0.5, "upper_bound": 2.0}, 3.0, dtype=dtype) for dtype in GRADES],
    *[second("lamb_update_phase2", TWO, {"lr": 0.1}, shape=shape) for shape in ((1,), (7,), (2, 1, 3))],
    *[second_mixed({}, *lengths, mixed=True) for lengths in LENGTHS[:5]],
    *[second_mixed(params, mixed=True) for params in BOUNDS],
    second_mixed({}),
    step("lamb_update_phase2", TWO, {"lr": 0.5}, inputs={"r1": values([1, 2]), "r2": values([1, 2])}, refused=True),
    step("lamb_update_phase2", TWO, {}, inputs={"r1": scalar(1), "r2": scalar(1)}, refused=True),
]

PAIR = {"learning_rates": (0.125, 0.5), "wds": (0.25, 0.0), "step_count": (1, 3), "num_tensors": 2}
LISTED = [
    {},
    EXACT,
    {"rescale_grad": 0.5},
    {"clip_gradient": 0.25},
    {"clip_gradient": 0.0},
    {"bias_correction": False},
    {"lower_bound": 3.0},
    {"upper_bound": 1.0},
    {"lower_bound": 3.0, "upper_bound": 1.0},
    {"upper_bound": 0.0},
    {"epsilon": 0.5, "rescale_grad": -2.0, "clip_gradient": 0.25},
]
TRIPLE = {"learning_rates": (0.125, 0.5, 1.0), "wds": (0.25, 0.0, -0.5), "step_count": (1, 3, 2), "num_tensors": 3}
THREE_SHAPES = ((2, 3), (4,), (1, 2, 2))
LENGTH = {"rtol": 1e-3, "atol": 1e-4, "why": "the reference squares float16 weights in float16 when it takes their length"}

together = [
    *[many("_multi_lamb_update", ONE, {**PAIR, **params}) for params in LISTED],
    *[many("_multi_mp_lamb_update", MP_ONE, {**PAIR, **params}, mixed=True, **LENGTH) for params in LISTED],
    many("_multi_lamb_update", ONE, TRIPLE, shapes=THREE_SHAPES),
    many("_multi_mp_lamb_update", MP_ONE, TRIPLE, shapes=THREE_SHAPES, mixed=True, **LENGTH),
    many("_multi_lamb_update", ONE, {**PAIR, **EXACT}, dtype="float16"),
    many("_multi_lamb_update", ONE, {**PAIR, **EXACT}, dtype="float64", rtol=1e-6, atol=1e-7, why="the reference takes lengths in float32"),
    many("_multi_lamb_update", ONE, {**PAIR, "step_count": (1,)}, refused=True),
    many("_multi_lamb_update", ONE, {**PAIR, "learning_rates": (0.5,)}, refused=True),
    many("_multi_lamb_update", ONE, {**PAIR, "num_tensors": 1}, refused=True),
    many("_multi_lamb_update", ONE, {"learning_rates": (0.5, 0.5), "wds": (0.0, 0.0), "num_tensors": 2}, refused=True),
]

CASES = [*first, *then, *together]
