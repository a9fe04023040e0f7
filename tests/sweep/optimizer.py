"""Update operators of one weight: a step, and the states after it."""

from tests.ops.case import Case
from tests.ops.optimizer.steps import HALF, scalar, step
from tests.sweep.draw import chance, drawn, one_of, shape

CLIPS = (-1.0, 0.25, 0.5, 0.0, 100.0, "0.25")
SHARED = {"rescale_grad": (0.5, 2.0, -1, "0.25"), "clip_gradient": CLIPS}
DECAY = {"wd": (0.5, 0.25, -0.25, 0.0)}
BETAS = {"beta1": (0.875, 0.5, 0.0), "beta2": (0.96875, 0.5), "epsilon": (2.0**-10, 0.5)}
MEANS = {"gamma1": (0.875, 0.5), "epsilon": (2.0**-10, 0.5), "clip_weights": CLIPS}
MOMENTUM = {"momentum": (0.5, 0.875, 0.0)}
BOUNDS = {"lower_bound": (0.5, 2.0, -1.0), "upper_bound": (0.5, 4.0, -1.0)}
LAZY = {"lazy_update": (True, False)}

# Operator -> its slots, the parameters that it must have, those that it may have.
STEPS = {
    "sgd_update": ("weight grad", {}, {**SHARED, **DECAY, **LAZY}),
    "sgd_mom_update": ("weight grad mom", {}, {**SHARED, **DECAY, **MOMENTUM, **LAZY}),
    "nag_mom_update": ("weight grad mom", {}, {**SHARED, **DECAY, **MOMENTUM}),
    "adam_update": ("weight grad mean var", {}, {**SHARED, **DECAY, **BETAS, **LAZY}),
    "signsgd_update": ("weight grad", {}, {**SHARED, **DECAY}),
    "signum_update": ("weight grad mom", {}, {**SHARED, **DECAY, **MOMENTUM, "wd_lh": (0.5, 0.0)}),
    "rmsprop_update": ("weight grad n", {}, {**SHARED, **DECAY, **MEANS}),
    "rmspropalex_update": ("weight grad n g delta", {}, {**SHARED, **DECAY, **MEANS, "gamma2": (0.5, 0.875)}),
    "ftrl_update": ("weight grad z n", {}, {**SHARED, **DECAY, "lamda1": (0.5, 0.25), "beta": (0.5, 2.0)}),
    "ftml_update": ("weight grad d v z", {"t": (1, 2, 10)}, {**DECAY, **BETAS, "rescale_grad": (0.5, 2.0), "clip_grad": CLIPS}),
    "lamb_update_phase1": ("weight grad mean var", {"t": (1, 3), "wd": (0.5, 0.0)}, {**SHARED, **BETAS, "bias_correction": (True, False)}),
    "lamb_update_phase2": ("weight g r1 r2", {}, BOUNDS),
    "_mp_adamw_update": ("weight grad mean var weight32 rescale_grad", {"eta": (0.5, 1.0)}, {**DECAY, **BETAS, "clip_gradient": CLIPS}),
    "mp_sgd_update": ("weight grad weight32", {}, {**SHARED, **DECAY, **LAZY}),
    "mp_sgd_mom_update": ("weight grad mom weight32", {}, {**SHARED, **DECAY, **MOMENTUM, **LAZY}),
    "mp_nag_mom_update": ("weight grad mom weight32", {}, {**SHARED, **MOMENTUM}),  # whose decay is that of another weight
    "mp_lamb_update_phase1": (
        "weight grad mean var weight32",
        {"t": (1, 3), "wd": (0.5, 0.0)},
        {**SHARED, **BETAS, "bias_correction": (True, False)},
    ),
}
NEAR = {"rtol": 1e-4, "atol": 5e-5, "why": "differences of float32 numbers"}
ROUNDED = {"rtol": 1e-4, "atol": 1e-5, "why": "the reference rounds parameters to float32, 0.999 for one"}


def spoiled(rs, params, inputs):
    """Put one wrong thing among parameters and inputs."""
    if chance(rs, 0.5):
        return {**params, **one_of(rs, ({"lr": "fast"}, {"speed": 1}, {"lr": None}, {"clip_gradient": "much"}))}, inputs
    return params, {**inputs, "weight": step("", "weight", shape=(7, 3)).inputs["weight"]}


def draw(rs):
    op = one_of(rs, list(STEPS))
    slots, needed, possible = STEPS[op]
    params = {"lr": one_of(rs, (0.125, 0.5, 1, "0.25"))} if not op.endswith("phase1") else {}
    params.update({word: one_of(rs, choices) for word, choices in needed.items()})
    params.update({word: one_of(rs, choices) for word, choices in possible.items() if chance(rs, 0.35)})
    mixed = op.startswith(("mp_", "_mp_"))
    rough = op in ("ftml_update", "ftrl_update", "lamb_update_phase1")  # there in float16
    kinds = ("float32", "float32", "float64") if rough else ("float32", "float32", "float64", "float16")
    dtype = "float32" if mixed else one_of(rs, kinds)
    if op.startswith("nag") and "wd" in params:  # where it writes in place, its decay is that of the new weight
        del params["wd"]
    numbers = {slot: scalar(one_of(rs, (1.0, 2.0, 0.5)), dtype) for slot in ("r1", "r2", "rescale_grad") if slot in slots.split()}
    case = step(op, slots, params, shape=shape(rs), dtype=dtype, mixed=mixed and (op.endswith("phase1") or chance(rs, 0.8)), inputs=numbers)
    params, inputs = spoiled(rs, params, case.inputs) if chance(rs, 0.03) else (params, case.inputs)
    bounds = {"float16": HALF, "float32": NEAR, "float64": ROUNDED}[dtype]
    return Case(op, inputs, params, eager=True, gradient=False, **bounds)


CASES = drawn(draw, 200)
