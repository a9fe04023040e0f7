"""Output heads, losses and what stops a gradient."""

from tests.ops.case import Case, Make
from tests.sweep.draw import FLOATS, array, chance, drawn, one_of, shape

HALF = {"rtol": 5e-3, "atol": 4e-3, "why": "the reference rounds to float16 at each step"}
SINGLE = {"rtol": 1e-6, "atol": 1e-6, "why": "the reference divides in float32"}
MODES = ("null", "batch", "valid")


def classes(rs, shape, count, dtype):
    """Draw classes, now and then -1 for none."""
    low = -1 if chance(rs, 0.3) else 0
    whole = array(rs, shape, "int32", low, max(count - 1, 0))
    return Make(f"classes({whole}, {dtype!r})", lambda state: whole.array().astype(dtype))


def softmax_output(rs, op, dtype, wrong):
    params = {"normalization": one_of(rs, MODES)} if chance(rs, 0.5) else {}
    for word, choices in (("grad_scale", (2.5, 0.5, "0.25", -1)), ("smooth_alpha", (0.25, 0.1, 1, 0)), ("ignore_label", (1, 0, -1, 2))):
        if chance(rs, 0.3):
            params[word] = one_of(rs, choices)
    if chance(rs, 0.4):
        params["use_ignore"] = one_of(rs, (True, False, 1))
    kind = one_of(rs, ("plain", "multi", "preserve"))
    data = shape(rs, 2, 2) if kind == "plain" else shape(rs, 3 if kind == "multi" else 2, 4)
    if kind == "multi":
        params["multi_output"] = True
        n, k, *places = data
        label = one_of(rs, ((n, *places), (n, 1, *places))) if not wrong else (n + 1, *places)
    else:
        if kind == "preserve":
            params["preserve_shape"] = True
        k, label = data[-1], data[:-1] if not wrong else (*data[:-1], data[-1] + 1)
    if k == 1:  # a share for the other classes, of which there are none
        params.pop("smooth_alpha", None)
    if chance(rs, 0.15):
        return {"data": array(rs, data, dtype), "label": array(rs, data, dtype, 0, 1)}, params
    return {"data": array(rs, data, dtype), "label": classes(rs, label, k, dtype)}, params


def regression(rs, op, dtype, wrong):
    data = shape(rs)
    label = data[:1] if len(data) == 2 and data[1] == 1 and chance(rs, 0.5) else data
    if wrong:
        label = one_of(rs, ((*data[:-1], data[-1] + 1), data[:1], data[::-1]))
    params = {"grad_scale": one_of(rs, (2.5, 0.5, "0.25", 0, -1))} if chance(rs, 0.5) else {}
    return {"data": array(rs, data, dtype), "label": array(rs, label, dtype)}, params


def svm_output(rs, op, dtype, wrong):
    data = shape(rs, 2, 2)
    params = {}
    for word, choices in (("margin", (0.5, 2, "1")), ("regularization_coefficient", (0.5, 2)), ("use_linear", (True, False, 1))):
        if chance(rs, 0.5):
            params[word] = one_of(rs, choices)
    return {"data": array(rs, data, dtype), "label": classes(rs, (data[0] + wrong,), data[1], dtype)}, params


def make_loss(rs, op, dtype, wrong):
    params = {}
    if op == "MakeLoss":
        if chance(rs, 0.6):
            params["normalization"] = one_of(rs, MODES) if not wrong else "mean"
        if chance(rs, 0.4):
            params["valid_thresh"] = one_of(rs, (0.5, -0.5, 1))
        if chance(rs, 0.4):
            params["grad_scale"] = one_of(rs, (2.5, "0.5", -1, 0))
    return {"data": array(rs, shape(rs), dtype)}, params


def sparse_regularisation(rs, op, dtype, wrong):
    data = shape(rs, 2, 2)
    choices = {"sparseness_target": (0.1, 0.3, 0.9), "penalty": (1e-3, 0.5), "momentum": (0.9, 0.5, 0)}
    params = {word: one_of(rs, given) for word, given in choices.items() if chance(rs, 0.5)}
    if wrong:
        params["momentum"] = one_of(rs, (1.5, -0.5))
    return {"data": array(rs, data, "float32", 0.1, 0.9), "moving_avg": array(rs, data[1:], "float32", 0.2, 0.6)}, params


def smooth_l1(rs, op, dtype, wrong):
    return {"data": array(rs, shape(rs), dtype)}, {"scalar": one_of(rs, (1.0, 2, 0.5, "3"))} if chance(rs, 0.7) else {}


DRAWS = {
    "SoftmaxOutput": softmax_output,
    "LinearRegressionOutput": regression,
    "LogisticRegressionOutput": regression,
    "MAERegressionOutput": regression,
    "SVMOutput": svm_output,
    "MakeLoss": make_loss,
    "make_loss": make_loss,
    "BlockGrad": make_loss,
    "IdentityAttachKLSparseReg": sparse_regularisation,
    "smooth_l1": smooth_l1,
}


def draw(rs):
    op = one_of(rs, ("SoftmaxOutput", "SoftmaxOutput", *DRAWS))
    inputs, params = DRAWS[op](rs, op, one_of(rs, FLOATS), chance(rs, 0.04))
    bounds = {"float16": HALF, "float64": SINGLE}.get(inputs["data"].array().dtype.name, {})
    return Case(op, inputs, params, gradient=["data"], train=chance(rs, 0.4), onednn=chance(rs, 0.3), **bounds)


CASES = drawn(draw, 160)
