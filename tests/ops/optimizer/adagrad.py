"""Cases of AdaGrad. The reference takes row-sparse arrays only; the numbers expected are those of its dense rows."""

import numpy as np

from tests.ops.case import values
from tests.ops.optimizer.steps import step

SLOTS = "weight grad history"
WHY = "the reference has it for row-sparse arrays only"
WEIGHT = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
GRAD = [[2.0, 4.0], [0.0, 0.0], [1.0, -3.0]]


def by_formula(op, params, *, shape=(3, 2), dtype="float32", rows=False):
    """Describe a step whose result is computed here, in float64."""
    inputs = {"history": step("", "history", shape=(shape[0], *[1] * (len(shape) - 1)) if rows else shape, dtype=dtype).inputs["history"]}
    case = step(op, "weight grad", params, shape=shape, dtype=dtype, inputs=inputs, why=WHY)
    weight, grad, history = (array.astype("float64") for array in case.arrays().values())
    g = grad * params.get("rescale_grad", 1.0)
    bound = params.get("clip_gradient", -1.0)
    g = np.clip(g, -bound, bound) if bound >= 0 else g
    squares = np.mean(g * g, axis=tuple(range(1, g.ndim)), keepdims=True) if rows else g * g
    history = history + squares
    output = weight - params["lr"] * g / np.sqrt(history + params.get("epsilon", 1e-5 if rows else 1e-7))
    case.expect = {"output0": output.astype(dtype), "state/history": history.astype(dtype)}
    return case


def by_record(op, params, history, output, new_history):
    """Describe a step whose result was seen in the reference, with row-sparse arrays."""
    return step(
        op,
        "weight grad",
        params,
        inputs={"weight": values(WEIGHT), "grad": values(GRAD), "history": values(history)},
        why=WHY,
        expect={"output0": np.array(output, "float32"), "state/history": np.array(new_history, "float32")},
    )


OPTIONS = [
    {"lr": 0.1},
    *[{"lr": 0.1, "clip_gradient": clip} for clip in (-1.0, 0.0, 0.25, 100.0)],
    {"lr": 0.1, "rescale_grad": 0.125},
    {"lr": 0.1, "rescale_grad": -2.0, "clip_gradient": 0.25},
    {"lr": 0.1, "epsilon": 0.5},  # under the root
]
ELEMENT, ROW = "_sparse_adagrad_update", "_contrib_group_adagrad_update"
BOUNDED = {"lr": 0.5, "epsilon": 0.5, "rescale_grad": 0.5, "clip_gradient": 1.25}

CASES = [
    by_record(
        ELEMENT,
        {"lr": 0.5},
        [[2.0, 2.0]] * 3,
        [[0.5917516946792603, 1.5285954475402832], [3.0, 4.0], [4.711324691772461, 6.452267169952393]],
        [[6.0, 18.0], [2.0, 2.0], [3.0, 11.0]],
    ),
    by_record(
        ELEMENT,
        BOUNDED,
        [[2.0, 2.0]] * 3,
        [[0.732738733291626, 1.6899131536483765], [3.0, 4.0], [4.849244117736816, 6.310086727142334]],
        [[3.0, 3.5625], [2.0, 2.0], [2.25, 3.5625]],
    ),
    by_record(
        ROW,
        {"lr": 0.5},
        [[1.0], [2.0], [3.0]],
        [[0.6984888315200806, 1.3969776630401611], [3.0, 4.0], [4.82322359085083, 6.530329704284668]],
        [[11.0], [2.0], [8.0]],
    ),
    by_record(
        ROW,
        BOUNDED,
        [[1.0], [2.0], [3.0]],
        [[0.7001873254776001, 1.6252341270446777], [3.0, 4.0], [4.88090181350708, 6.297745704650879]],
        [[2.28125], [2.0], [3.90625]],
    ),
    *[by_formula(ELEMENT, params) for params in OPTIONS],
    *[by_formula(ROW, params, rows=True) for params in OPTIONS],
    *[by_formula(ELEMENT, OPTIONS[-1], dtype=dtype) for dtype in ("float16", "float64")],
    *[by_formula(ROW, OPTIONS[-1], rows=True, dtype=dtype) for dtype in ("float16", "float64")],
    *[by_formula(ELEMENT, OPTIONS[-1], shape=shape) for shape in ((4,), (2, 1, 3))],
    *[by_formula(ROW, OPTIONS[-1], rows=True, shape=shape) for shape in ((4,), (2, 1, 3))],
    step(ELEMENT, SLOTS, {"lr": 0.5, "wd": 0.5}, refused=True),
    step(ELEMENT, SLOTS, {}, refused=True),
    step(ROW, SLOTS, {"lr": 0.5, "wd": 0.5}, refused=True),
    step(ROW, SLOTS, {"lr": 0.5}, refused=True),  # a sum for each element
]
