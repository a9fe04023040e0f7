"""Choices by condition, numbers of places, counts of elements."""

import numpy as np

from tests.ops.case import Case, Make
from tests.sweep.draw import FLOATS, INTEGERS, array, axis, chance, drawn, one_of, shape

NUMBERS = ("float32", "float32", "int32", "int64", "float64", "uint8", "int8", "float16")


def dtype(rs):
    return one_of(rs, FLOATS if chance(rs, 0.8) else INTEGERS)


def chosen(rs):
    size = tuple(max(length, 1) for length in shape(rs, 1, 4))
    kind = dtype(rs)
    condition = size if chance(rs, 0.7) else size[:1]
    if chance(rs, 0.04):
        condition = (size[0] + 1,)
    flags = array(rs, condition, one_of(rs, NUMBERS), 0, 1) if chance(rs, 0.5) else array(rs, condition, one_of(rs, NUMBERS), -1, 1)
    return Case("where", {"condition": flags, "x": array(rs, size, kind), "y": array(rs, size, kind)}, {})


def masked(rs):
    size = tuple(max(length, 1) for length in shape(rs, 1, 4))
    params = {"axis": 0} if chance(rs, 0.3) else {}  # MXNet has no other axis
    flags = rs.randint(0, 2, size[0])
    flags[rs.randint(size[0])] = 1
    kind = one_of(rs, NUMBERS)
    index = Make(f"values({flags.tolist()!r}, {kind!r}, {flags.shape!r})", lambda _: flags.astype(kind))
    return Case("_contrib_boolean_mask", {"data": array(rs, size, dtype(rs)), "index": index}, params)


def raveled(rs):
    size = tuple(max(length, 1) for length in shape(rs, 1, 4))
    count = int(rs.randint(1, 6))
    kind = one_of(rs, ("float32", "float64", "int32", "int64"))
    numbers = np.stack([rs.randint(0, length, count) for length in size]).astype(kind)
    data = Make(f"values({numbers.tolist()!r}, {kind!r}, {numbers.shape!r})", lambda _: numbers.copy())
    return Case(one_of(rs, ("_ravel_multi_index", "ravel_multi_index")), {"data": data}, {"shape": opened(rs, size)})


def opened(rs, size):
    return (-1, *size[1:]) if chance(rs, 0.2) else size


def unraveled(rs):
    size = tuple(max(length, 1) for length in shape(rs, 1, 4))
    kind = one_of(rs, ("float32", "float64", "int32", "int64"))
    data = array(rs, (int(rs.randint(1, 6)),), kind, 0, int(np.prod(size)) - 1)  # garbage in MXNet for more axes
    numbers = np.floor(data.array()).astype(kind)
    data = Make(f"values({numbers.tolist()!r}, {kind!r}, {numbers.shape!r})", lambda _: numbers.copy())
    return Case(one_of(rs, ("_unravel_index", "unravel_index")), {"data": data}, {"shape": opened(rs, size)})


def counted(rs):
    size = shape(rs, 1, 4)
    params = {"start": one_of(rs, (0, 2, -1.5)), "step": one_of(rs, (1, 0.5, -2))}
    if chance(rs, 0.3):
        params["repeat"] = int(rs.randint(1, 4))
    if chance(rs, 0.5):
        params["axis"] = axis(rs, len(size))
    return Case("_contrib_arange_like", {"data": array(rs, size, one_of(rs, ("float32", "float64")))}, params)  # drops fractions in float16


def histogram(rs):
    size = shape(rs, 1, 3)
    kind = one_of(rs, ("float32", "float64"))  # MXNet miscounts integers
    if chance(rs, 0.5):
        low = float(rs.randint(-3, 1))
        params = {"bin_cnt": int(rs.randint(1, 7)), "range": (low, low + float(rs.randint(1, 5)))}
        return Case("_histogram", {"data": array(rs, size, kind)}, params, gradient=False)
    edges = np.sort(rs.uniform(-2, 2, rs.randint(2, 6))).round(2).astype(kind)
    bins = Make(f"values({edges.tolist()!r}, {kind!r}, {edges.shape!r})", lambda _: edges.copy())
    return Case("_histogram", {"data": array(rs, size, kind), "bins": bins}, {}, gradient=False)


def extreme(rs):
    size = shape(rs, 1 if chance(rs, 0.1) else 2, 4)
    return Case("argmax_channel", {"data": array(rs, size, one_of(rs, FLOATS))}, {}, gradient=False)


def draw(rs):
    return one_of(rs, (chosen, chosen, masked, raveled, unraveled, counted, histogram, extreme))(rs)


CASES = drawn(draw, 140)
