"""Update operators of many weights, and what watches over many arrays."""

from tests.ops.case import Case
from tests.ops.optimizer.steps import many, scalar
from tests.sweep.draw import array, chance, drawn, one_of, shape
from tests.sweep.optimizer import BETAS, BOUNDS, MOMENTUM, SHARED

PLAIN, MOVING, MEANS = "weight grad", "weight grad mom", "weight grad mean var"

# Operator -> slots of a weight, the plurals that it has, parameters that it may have, how it counts.
MANY = {
    "multi_sgd_update": (PLAIN, ("lrs", "wds"), SHARED, "num_weights"),
    "multi_sgd_mom_update": (MOVING, ("lrs", "wds"), {**SHARED, **MOMENTUM}, "num_weights"),
    "multi_mp_sgd_update": (f"{PLAIN} weight32", ("lrs", "wds"), SHARED, "num_weights"),
    "multi_mp_sgd_mom_update": (f"{MOVING} weight32", ("lrs", "wds"), {**SHARED, **MOMENTUM}, "num_weights"),
    "preloaded_multi_sgd_update": (PLAIN, (), SHARED, "num_weights"),
    "preloaded_multi_sgd_mom_update": (MOVING, (), {**SHARED, **MOMENTUM}, "num_weights"),
    "preloaded_multi_mp_sgd_update": (f"{PLAIN} weight32", (), SHARED, "num_weights"),
    "preloaded_multi_mp_sgd_mom_update": (f"{MOVING} weight32", (), {**SHARED, **MOMENTUM}, "num_weights"),
    "_multi_adamw_update": (MEANS, ("lrs", "wds", "etas"), {**BETAS, "clip_gradient": (0.25, 0.0)}, "num_weights"),
    "_multi_mp_adamw_update": (f"{MEANS} weight32", ("lrs", "wds", "etas"), {**BETAS, "clip_gradient": (0.25, 0.0)}, "num_weights"),
    "_multi_lamb_update": (MEANS, ("learning_rates", "wds", "step_count"), {**SHARED, **BETAS, **BOUNDS}, "num_tensors"),
    "_multi_mp_lamb_update": (f"{MEANS} weight32", ("learning_rates", "wds", "step_count"), {**SHARED, **BETAS, **BOUNDS}, "num_tensors"),
}
CHOICES = {"lrs": (0.125, 0.5, 1.0), "learning_rates": (0.125, 0.5), "wds": (0.0, 0.25), "etas": (0.5, 1.0), "step_count": (1, 2, 5)}
NEAR = {"rtol": 1e-4, "atol": 1e-5, "why": "means of float32 that begin far from each other"}
MIXED = {"rtol": 2e-3, "atol": 1e-4, "why": "weights of float16: float32 sums in another order round to the other neighbour"}
LENGTH = {"rtol": 2e-3, "atol": 1e-3, "why": "the reference squares float16 weights in float16 when it takes their length"}


def update(rs, op):
    slots, plurals, possible, counted = MANY[op]
    count = int(rs.randint(1, 4))
    params = {word: tuple(one_of(rs, CHOICES[word]) for _ in range(count)) for word in plurals}
    params.update({word: one_of(rs, choices) for word, choices in possible.items() if chance(rs, 0.3)})
    shared = [scalar(one_of(rs, (1.0, 0.5, 2.0)))] if "adamw" in op else []
    if op.startswith("preloaded"):
        shared = [array(rs, (count,), "float32", 0, 1) for _ in range(2)]
    shapes = [shape(rs, 1, 3) for _ in range(count)]
    if chance(rs, 0.04) and plurals:
        params[plurals[0]] = params[plurals[0]] * 2
    mixed = "_mp_" in op
    bounds = LENGTH if op == "_multi_mp_lamb_update" else MIXED if mixed else NEAR
    return many(
        op,
        slots,
        {**params, counted: count},
        shapes=[(*one, 1) if 0 in one else one for one in shapes],
        mixed=mixed,
        shared=shared,
        **bounds,
    )


def watch(rs, op):
    arrays = [array(rs, shape(rs, 1, 3), "float32") for _ in range(rs.randint(1, 4))]
    more = op != "reset_arrays" and chance(rs, 0.04)  # without outputs there is nothing to bind
    return Case(op, arrays, {"num_arrays": len(arrays) + more}, eager=True, gradient=False)


def lars(rs, op):
    count = int(rs.randint(1, 5))
    slots = ("lrs", "weights_sum_sq", "grads_sum_sq", "wds")
    params = {"eta": one_of(rs, (0.5, 0.001, 1)), "eps": one_of(rs, (0.125, 1e-8))}
    if chance(rs, 0.5):
        params["rescale_grad"] = one_of(rs, (0.5, 2.0))
    return Case(op, {slot: array(rs, (count,), "float32", 0, 2) for slot in slots}, params, eager=True, gradient=False)


def draw(rs):
    op = one_of(rs, (*MANY, "multi_sum_sq", "multi_all_finite", "reset_arrays", "multi_lars"))
    return (lars if op == "multi_lars" else watch if op not in MANY else update)(rs, op)


CASES = drawn(draw, 120)
