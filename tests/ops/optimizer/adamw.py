"""Cases of Adam with decoupled weight decay."""

import numpy as np

from tests.ops.optimizer.steps import GRADES, flawed, many, scalar, step

SLOTS, MP_SLOTS = "weight grad mean var", "weight grad mean var weight32"
EXACT = {"beta1": 0.875, "beta2": 0.96875, "epsilon": 2.0**-10}  # in float32, to which the reference rounds them
EVERYTHING = {"lr": 0.125, "eta": 0.5, **EXACT, "wd": 0.25, "clip_gradient": 0.25}
OPTIONS = [
    {},
    {"eta": 0.25},
    {"eta": -1.0},
    {"wd": 0.5},
    {"wd": -0.25, "eta": 0.5},
    {"beta1": 0.5},
    {"beta1": 0.0, "beta2": 0.0},
    {"epsilon": 0.5},  # outside the root
    *[{"clip_gradient": clip} for clip in (-1.0, -0.5, 0.0, 0.25, 100.0)],
    {"wd": 0.5, "clip_gradient": 0.25},
]
UNUSABLE = (0.0, -0.0, np.nan, np.inf, -np.inf)


def one(params, scale=1.0, op="_adamw_update", slots=SLOTS, inputs=None, expect=None, why="", **how):
    """Describe one step; the reference writes the scaled and bounded gradient into ``grad``, which is ours to leave alone."""
    case = step(op, slots, params, inputs={**(inputs or {}), "rescale_grad": scalar(scale)}, **how)
    untouched = {"state/grad": case.arrays()["grad"]} if op == "_adamw_update" else {}
    case.expect = {**untouched, **(expect(case.arrays()) if expect else {})} or None
    case.why = "; ".join(text for text in (case.why, "the reference overwrites grad" if untouched else "", why) if text)
    return case


def skipped(op, slots, scale, **how):
    """Describe a step that is not taken; the reference leaves its output unwritten."""
    params = {"lr": 0.5, "eta": 0.5, "wd": 0.25}
    return one(params, scale, op, slots, expect=lambda arrays: {"output0": arrays["weight"]}, why="and leaves the output unwritten", **how)


single = [
    *[one({"lr": 0.1, "eta": 1.0, **params}) for params in OPTIONS],
    *[one({"lr": 0.1, "eta": 0.5, "clip_gradient": 0.25}, scale) for scale in (0.125, 4.0, -1.0)],
    *[one(EVERYTHING, 0.5, dtype=dtype) for dtype in GRADES],
    *[one(EVERYTHING, 0.5, shape=shape) for shape in ((1,), (7,), (2, 1, 3))],
    one({"lr": 0.5, "eta": 1.0, "clip_gradient": 1.0}, inputs={"grad": flawed()}),
    *[skipped("_adamw_update", SLOTS, scale) for scale in UNUSABLE],
    skipped("_adamw_update", SLOTS, np.nan, inputs={"grad": flawed()}),
    one({"lr": 0.5}, refused=True),
    one({"eta": 0.5}, refused=True),
    step("_adamw_update", SLOTS, {"lr": 0.5, "eta": 0.5}, refused=True),
]

mixed = [
    *[one({"lr": 0.1, "eta": 1.0, **params}, op="_mp_adamw_update", slots=MP_SLOTS, mixed=True) for params in OPTIONS],
    *[one(EVERYTHING, scale, "_mp_adamw_update", MP_SLOTS, mixed=True) for scale in (0.125, 4.0, -1.0)],
    one(EVERYTHING, 0.5, "_mp_adamw_update", MP_SLOTS),  # float32 all over: the master is written too
]

TWO = {"lrs": (0.125, 0.5), "wds": (0.25, 0.0), "etas": (1.0, 0.5), "num_weights": 2}
LISTED = [{}, EXACT, {"clip_gradient": 0.25}, {"clip_gradient": 0.0}]


def together(op, slots, params, scale=1.0, **how):
    """Describe one step of several weights."""
    return many(op, slots, params, shared=[scalar(scale)], **how)


def exact(dtype):
    """Describe a step of one weight of ``dtype``, computed here."""
    rates = {"lrs": (0.125,), "wds": (0.25,), "etas": (0.5,)}
    case = together("_multi_adamw_update", SLOTS, {**EXACT, **rates}, 2.0, shapes=((2, 3),), dtype=dtype)
    weight, grad, mean, var = (case.inputs[place].array().astype("float64") for place in range(4))
    mean = 0.875 * mean + 0.125 * 2 * grad
    var = 0.96875 * var + 0.03125 * (2 * grad) ** 2
    output = weight - 0.5 * (0.125 * mean / (np.sqrt(var) + 2.0**-10) + 0.25 * weight)
    case.expect = {name: value.astype(dtype) for name, value in (("output0", output), ("state/2", mean), ("state/3", var))}
    case.why = "the reference takes no float32 scale here, and with one of another type reads wrong rates"
    return case


several = [
    *[exact(dtype) for dtype in ("float16", "float64")],
    *[together("_multi_adamw_update", SLOTS, {**TWO, **params}) for params in LISTED],
    *[together("_multi_mp_adamw_update", MP_SLOTS, {**TWO, **params}, mixed=True) for params in LISTED],
    *[together("_multi_adamw_update", SLOTS, {**TWO, "clip_gradient": 0.25}, scale) for scale in (0.125, 4.0, -1.0)],
    *[together("_multi_mp_adamw_update", MP_SLOTS, {**TWO, "clip_gradient": 0.25}, scale, mixed=True) for scale in (0.125, 4.0, -1.0)],
    *[together("_multi_adamw_update", SLOTS, TWO, scale) for scale in UNUSABLE],  # recorded into copies of the weights
    *[together("_multi_mp_adamw_update", MP_SLOTS, TWO, scale, mixed=True) for scale in UNUSABLE],
    together("_multi_adamw_update", SLOTS, {**TWO, "lrs": (0.5,)}, refused=True),
    together("_multi_adamw_update", SLOTS, {**TWO, "etas": (0.5,)}, refused=True),
    together("_multi_adamw_update", SLOTS, {"lrs": (0.5, 0.5), "wds": (0.0, 0.0), "num_weights": 2}, refused=True),
    many("_multi_adamw_update", SLOTS, TWO, refused=True),
]

CASES = [*single, *mixed, *several]
