"""Cases of stochastic gradient descent: one weight, mixed precision, many weights."""

import numpy as np

from tests.ops.case import Case, values
from tests.ops.optimizer.steps import GRADES, flawed, many, step

# Bounds below, at and above zero: only a negative one means none.
CLIPS = [{"clip_gradient": clip} for clip in (-1.0, -0.5, 0.0, 0.25, 100.0)]

PLAIN = [
    {},
    {"wd": 0.5},
    {"wd": -0.25},
    {"rescale_grad": 0.125},
    {"rescale_grad": -2.0},
    {"rescale_grad": 0.0, "wd": 0.5},
    *CLIPS,
    {"wd": 0.5, "clip_gradient": 0.25, "rescale_grad": 2.0},  # the decay is added behind the bound
    {"wd": 0.5, "clip_gradient": 0.0},
]
EVERYTHING = {"lr": 0.125, "wd": 0.25, "rescale_grad": 0.5, "clip_gradient": 0.25}
MOMENTUM = [*PLAIN, {"momentum": 0.875}, {"momentum": 1.0, "wd": 0.25}, {"momentum": -0.5}, {**EVERYTHING, "momentum": 0.5}]
WITH_MOMENTUM = {**EVERYTHING, "momentum": 0.75}

PLAIN_SLOTS, MOMENTUM_SLOTS = "weight grad", "weight grad mom"
MP_PLAIN_SLOTS, MP_MOMENTUM_SLOTS = "weight grad weight32", "weight grad mom weight32"

one_weight = [
    *[step("sgd_update", PLAIN_SLOTS, {"lr": 0.1, **params}) for params in PLAIN],
    *[step("sgd_mom_update", MOMENTUM_SLOTS, {"lr": 0.1, **params}) for params in MOMENTUM],
    *[step("sgd_update", PLAIN_SLOTS, EVERYTHING, dtype=dtype) for dtype in GRADES],
    *[step("sgd_mom_update", MOMENTUM_SLOTS, WITH_MOMENTUM, dtype=dtype) for dtype in GRADES],
    *[step("sgd_update", PLAIN_SLOTS, EVERYTHING, shape=shape) for shape in ((1,), (7,), (2, 1, 3), (2, 1, 2, 2))],
    *[step("sgd_update", PLAIN_SLOTS, {"lr": lr}) for lr in (0.0, -0.5, 1000.0, "0.5")],
    *[step("sgd_mom_update", MOMENTUM_SLOTS, {"lr": 0.5, "momentum": 0.5, "lazy_update": lazy}) for lazy in (True, False)],
    step("sgd_update", PLAIN_SLOTS, {"lr": 0.5, "wd": 0.5, "lazy_update": False}),
    step("sgd_update", PLAIN_SLOTS, {"lr": 0.5}, inputs={"grad": flawed()}),
    step("sgd_update", PLAIN_SLOTS, {"lr": 0.5, "clip_gradient": 1.0}, inputs={"grad": flawed()}),
    step("sgd_mom_update", MOMENTUM_SLOTS, {"lr": 0.5, "clip_gradient": 1.0, "momentum": 0.5}, inputs={"grad": flawed()}),
    step(
        "sgd_update",
        PLAIN_SLOTS,
        {"lr": 0.5, "clip_gradient": 0.5},
        dtype="float16",
        shape=(2,),
        inputs={"grad": values([60000, -60000], "float16")},
    ),
]

mixed = [
    *[step("mp_sgd_update", MP_PLAIN_SLOTS, {"lr": 0.1, **params}, mixed=True) for params in PLAIN],
    *[step("mp_sgd_mom_update", MP_MOMENTUM_SLOTS, {"lr": 0.1, **params}, mixed=True) for params in MOMENTUM],
    step("mp_sgd_update", MP_PLAIN_SLOTS, EVERYTHING),  # float32 all over: the master is written too
    step("mp_sgd_mom_update", MP_MOMENTUM_SLOTS, WITH_MOMENTUM),
    step("mp_sgd_mom_update", MP_MOMENTUM_SLOTS, {**WITH_MOMENTUM, "lazy_update": False}, mixed=True, shape=(2, 1, 3)),
    # a step too small for float16 stays in the master
    step(
        "mp_sgd_update",
        MP_PLAIN_SLOTS,
        {"lr": 2.0**-20},
        mixed=True,
        shape=(2,),
        inputs={"weight": values([1, -1], "float16"), "grad": values([1, 1], "float16"), "weight32": values([1, -1])},
    ),
]

refused = [
    step("sgd_update", PLAIN_SLOTS, {}, refused=True),
    step("sgd_update", PLAIN_SLOTS, {"lr": 0.5, "momentum": 0.5}, refused=True),
    step("sgd_update", PLAIN_SLOTS, {"lr": "fast"}, refused=True),
    step("sgd_update", PLAIN_SLOTS, {"lr": 0.5}, inputs={"grad": values([1, 2, 3])}, refused=True),
    step("sgd_update", PLAIN_SLOTS, {"lr": 0.5}, inputs={"grad": values([[1, 2, 3], [4, 5, 6]], "float16")}, refused=True),
    step("sgd_update", PLAIN_SLOTS, {"lr": 0.5}, dtype="int32", refused=True),
    step("sgd_mom_update", MOMENTUM_SLOTS, {"lr": 0.5}, inputs={"mom": values([1])}, refused=True),
    step("mp_sgd_update", MP_PLAIN_SLOTS, {"lr": 0.5}, dtype="float16", refused=True),  # the master must be float32
]

TWO = {"lrs": (0.125, 0.5), "wds": (0.25, 0.0), "num_weights": 2}
THREE = {"lrs": (0.125, 0.5, 1.0), "wds": (0.25, 0.0, -0.5), "num_weights": 3}
LISTED = [{}, {"rescale_grad": 0.5}, *CLIPS[2:4], {"rescale_grad": -2.0, "clip_gradient": 0.25}]
THREE_SHAPES = ((2, 3), (4,), (1, 2, 2))

together = [
    *[many("multi_sgd_update", PLAIN_SLOTS, {**TWO, **params}) for params in LISTED],
    *[many("multi_sgd_mom_update", MOMENTUM_SLOTS, {**TWO, "momentum": 0.75, **params}) for params in LISTED],
    *[many("multi_mp_sgd_update", MP_PLAIN_SLOTS, {**TWO, **params}, mixed=True) for params in LISTED],
    *[many("multi_mp_sgd_mom_update", MP_MOMENTUM_SLOTS, {**TWO, "momentum": 0.75, **params}, mixed=True) for params in LISTED],
    many("multi_sgd_update", PLAIN_SLOTS, THREE, shapes=THREE_SHAPES),
    many("multi_sgd_mom_update", MOMENTUM_SLOTS, THREE, shapes=THREE_SHAPES),
    many("multi_mp_sgd_update", MP_PLAIN_SLOTS, THREE, shapes=THREE_SHAPES, mixed=True),
    many("multi_mp_sgd_mom_update", MP_MOMENTUM_SLOTS, THREE, shapes=THREE_SHAPES, mixed=True),
    Case(
        "multi_sgd_update",
        [values([2, -4, 8]), values([1, 1, -2])],
        {"lrs": (0.5,), "wds": (0.25,)},
        eager=True,
        gradient=False,
        expect={"output0": np.array([1.25, -4, 8], "float32")},
        why="one weight is the default; the recording needs the number",
    ),
    Case(
        "multi_mp_sgd_mom_update",
        [values([2, 4]), values([1, -1]), values([3, 5]), values([8, 16])],
        {"lrs": (0.5,), "wds": (0.25,), "momentum": 0.5, "num_weights": 1},
        eager=True,
        gradient=False,
        expect={name: np.array(value, "float32") for name, value in {"output0": [8, 17], "state/2": [0, 1], "state/3": [8, 17]}.items()},
        why="with float32 weights the reference steps from the weight and leaves the master as it was; mp_sgd_mom_update does not",
    ),
    many("multi_sgd_update", PLAIN_SLOTS, {"lrs": 0.5, "wds": 0.25, "num_weights": 1}, shapes=((3,),)),
    *[many("multi_sgd_update", PLAIN_SLOTS, TWO, dtype=dtype) for dtype in ("float16", "float64")],
    *[many("multi_sgd_mom_update", MOMENTUM_SLOTS, {**TWO, "momentum": 0.5}, dtype=dtype) for dtype in ("float16", "float64")],
    many("multi_sgd_update", PLAIN_SLOTS, {**TWO, "lrs": (0.5,)}, refused=True),
    many("multi_sgd_update", PLAIN_SLOTS, {**TWO, "wds": (0.5, 0.5, 0.5)}, refused=True),
    many("multi_sgd_update", PLAIN_SLOTS, {**TWO, "num_weights": 1}, refused=True),
    many("multi_sgd_update", PLAIN_SLOTS, {"num_weights": 2}, refused=True),
    many("multi_sgd_mom_update", PLAIN_SLOTS, TWO, refused=True),
]

RATES = [values([0.125, 0.5]), values([0.25, 0.0])]
THREE_RATES = [values([0.125, 0.5, 1.0]), values([0.25, 0.0, -0.5])]
PAIR, MOVING = {"num_weights": 2}, {"num_weights": 2, "momentum": 0.75}

preloaded = [
    *[many("preloaded_multi_sgd_update", PLAIN_SLOTS, {**PAIR, **params}, shared=RATES) for params in LISTED],
    *[many("preloaded_multi_sgd_mom_update", MOMENTUM_SLOTS, {**MOVING, **params}, shared=RATES) for params in LISTED],
    *[many("preloaded_multi_mp_sgd_update", MP_PLAIN_SLOTS, {**PAIR, **params}, shared=RATES, mixed=True) for params in LISTED],
    *[many("preloaded_multi_mp_sgd_mom_update", MP_MOMENTUM_SLOTS, {**MOVING, **params}, shared=RATES, mixed=True) for params in LISTED],
    many("preloaded_multi_sgd_update", PLAIN_SLOTS, {"num_weights": 3}, shapes=THREE_SHAPES, shared=THREE_RATES),
    many("preloaded_multi_mp_sgd_mom_update", MP_MOMENTUM_SLOTS, {"num_weights": 3}, shapes=THREE_SHAPES, shared=THREE_RATES, mixed=True),
    Case(
        "preloaded_multi_sgd_update",
        [values([2, -4, 8]), values([1, 1, -2]), values([0.5]), values([0.25])],
        eager=True,
        gradient=False,
        expect={"output0": np.array([1.25, -4, 8], "float32")},
        why="one weight is the default; the recording needs the number",
    ),
    *[many("preloaded_multi_sgd_update", PLAIN_SLOTS, {"num_weights": 2}, shared=RATES, dtype=dtype) for dtype in ("float16", "float64")],
    many("preloaded_multi_sgd_update", PLAIN_SLOTS, {"num_weights": 2}, shared=[values([0.5]), values([0.25])], refused=True),
    many("preloaded_multi_sgd_update", PLAIN_SLOTS, {"num_weights": 2}, refused=True),
]

CASES = [*one_weight, *mixed, *refused, *together, *preloaded]
