"""Pooling of every kind over one, two or three axes, and the forms that resemble it."""

from tests.ops.case import Case
from tests.sweep.convolution import numbers
from tests.sweep.draw import FLOATS, INTEGERS, array, chance, drawn, one_of

LAYOUTS = {1: ("NCW", "NWC"), 2: ("NCHW", "NHWC"), 3: ("NCDHW", "NDHWC")}


def spoiled(rs, params, axes):
    """Put one wrong thing among the parameters."""
    wrong = [
        {"kernel": (9,) * axes},
        {"kernel": ()},
        {"kernel": (0,) * axes},
        {"kernel": (2,) * (axes + 1), "global_pool": False},
        {"stride": (0,) * axes},
        {"pool_type": "min"},
        {"pool_type": "lp"},
        {"p_value": 4},
        {"pooling_convention": "half"},
        {"layout": one_of(rs, ("NCW", "NHWC", "NCDHW", "CHWN"))},
        {"count_include_pad": "perhaps"},
        {"global_pool": 2},
        {"dilate": (1,) * axes},
    ]
    return {**params, **one_of(rs, wrong)}


def draw(rs):
    op = one_of(rs, ("Pooling", "Pooling", "Pooling", "Pooling_v1"))
    axes = one_of(rs, (1, 2, 2, 3)) if op == "Pooling" else 2
    size = [1 if chance(rs, 0.1) else int(rs.randint(2, 9 if axes == 1 else 7 if axes == 2 else 5)) for _ in range(axes)]
    kernel = tuple(int(rs.randint(1, min(n, 3) + 1)) for n in size)
    params = {"kernel": one_of(rs, (kernel, list(kernel), str(kernel)))}
    if chance(rs, 0.9):
        params["pool_type"] = one_of(rs, ("max", "avg", "sum", "lp") if op == "Pooling" else ("max", "avg", "sum"))
    if chance(rs, 0.6):
        params["stride"] = numbers(rs, axes, 1, 3)
    if chance(rs, 0.5):
        params["pad"] = tuple(int(rs.randint(0, n)) for n in kernel)
    if chance(rs, 0.4):
        params["pooling_convention"] = one_of(rs, ("valid", "full"))  # it has "same" too, but refuses it for every rank
    if chance(rs, 0.15):
        params["global_pool"] = True
        if chance(rs, 0.4):
            del params["kernel"]
    shape = (int(rs.randint(1, 3)), int(rs.randint(1, 3)), *size)
    if op == "Pooling":
        if params.get("pool_type") == "lp" or chance(rs, 0.05):
            params["p_value"] = one_of(rs, (1, 2, 3))
        if chance(rs, 0.4):
            params["count_include_pad"] = one_of(rs, (True, False, False, None, 0))
        if chance(rs, 0.3):
            params["layout"] = one_of(rs, LAYOUTS[axes])
            if params["layout"].endswith("C"):
                shape = (shape[0], *size, shape[1])
    dtype = one_of(rs, FLOATS) if chance(rs, 0.97) else one_of(rs, INTEGERS)
    if chance(rs, 0.05):
        params = spoiled(rs, params, axes)
    if params.get("pooling_convention") == "full" and (op == "Pooling_v1" or params.get("pool_type") == "avg"):
        params["stride"] = tuple(int(rs.randint(1, n + 1)) for n in kernel)  # a window of nothing is nan or -inf there
    if op == "Pooling_v1" and params.get("pool_type") == "avg":  # divided by a float32 number
        dtype = "float32"
    data = array(rs, shape, dtype)
    return Case(op, {"data": data}, params, onednn=chance(rs, 0.3), train=chance(rs, 0.3))


CASES = drawn(draw, 160)
