"""Softmax and what is made of it."""

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, INTEGERS, array, axis, chance, drawn, one_of, shape

HALF = {"rtol": 4e-3, "atol": 2e-3, "why": "the reference computes in float16"}
SINGLE = {"rtol": 1e-5, "atol": 1e-6, "why": "the reference computes in the narrower type"}


def draw(rs):
    op = one_of(rs, ("softmax", "softmax", "log_softmax", "softmin", "SoftmaxActivation", "softmax_cross_entropy"))
    dtype = one_of(rs, FLOATS)
    wrong = chance(rs, 0.03)
    if op == "SoftmaxActivation":  # above two axes the reference's gradient of "instance" is another axis's, and it has one type
        dtype = "float32"
        mode = one_of(rs, ("instance", "channel"))
        data = shape(rs, 2, 2) if mode == "instance" else shape(rs, 2 if wrong else 3, 4)
        params = {} if mode == "instance" and chance(rs, 0.5) else {"mode": "batch" if wrong and chance(rs, 0.5) else mode}
        inputs = {"data": array(rs, data, dtype)}
    elif op == "softmax_cross_entropy":
        n, k = shape(rs, 2, 2)
        params = {}
        inputs = {"data": array(rs, (n, k), dtype), "label": array(rs, (n + wrong,), dtype, 0, max(k - 0.01, 0))}
        return Case(op, inputs, params, gradient=["data"], **(HALF if dtype == "float16" else {}))
    else:
        data = shape(rs, 1, 4)
        if op == "log_softmax" and 0 in data:  # here its formula takes a maximum, which nothing has
            return draw(rs)
        place = axis(rs, len(data))
        params = {"axis": place} if chance(rs, 0.7) else {}
        place = params.get("axis", -1)
        if chance(rs, 0.4):
            params["temperature"] = one_of(rs, (2.0, 0.5, 1, "4", None, -1.5, 10))
        if chance(rs, 0.3):
            params["dtype"] = one_of(rs, ("float16", "float32", "float64", None)) if not wrong else one_of(rs, ("int32", "bool"))
        if chance(rs, 0.03) and 0 not in data:
            dtype = one_of(rs, INTEGERS)
        inputs = {"data": array(rs, data, dtype, -4, 4)}
        if op == "softmax" and chance(rs, 0.35):
            place = place % len(data) if -len(data) <= place < len(data) else 0
            params["axis"] = one_of(rs, (place, -1)) if place == len(data) - 1 else place  # others from behind are read wrongly there
            rest = data[:place] + data[place + 1 :] or (1,)
            inputs["length"] = array(rs, rest, one_of(rs, ("int32", "int64", "float32" if wrong else "int32")), 0, data[place])
            params["use_length"] = True
    types = {dtype, params.get("dtype") or dtype}
    bounds = HALF if "float16" in types else SINGLE if len(types) > 1 or "temperature" in params else {}
    return Case(op, inputs, params, train=chance(rs, 0.3), **bounds)


CASES = drawn(draw, 160)
