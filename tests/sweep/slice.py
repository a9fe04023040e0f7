"""Parts of arrays, and arrays with a part replaced."""

import numpy as np

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, INTEGERS, array, axes, axis, chance, drawn, one_of, shape


def dtype(rs):
    return one_of(rs, FLOATS if chance(rs, 0.8) else INTEGERS)


def bound(rs, size, outside=0.1):
    if chance(rs, 0.25):
        return None
    if chance(rs, outside):
        return int(rs.randint(-size - 3, size + 4))
    return int(rs.randint(-size, size + 1))


def part(rs, size):
    """Draw begin, end and step for some of the first axes."""
    count = rs.randint(1, len(size) + 1)
    begin, end, step = [], [], []
    for length in size[:count]:
        stride = one_of(rs, (None, 1, 1, 2, -1, -2, 3))
        ends = sorted(rs.randint(0, length + 1, 2).tolist())
        if stride is not None and stride < 0:
            ends = ends[::-1]
        if chance(rs, 0.3) and ends[0] < length:
            ends[0] -= length
        if chance(rs, 0.3) and ends[1] < length:
            ends[1] -= length
        begin.append(None if chance(rs, 0.2) else ends[0] if chance(rs, 0.95) else bound(rs, length))
        end.append(None if chance(rs, 0.2) else ends[1] if chance(rs, 0.95) else bound(rs, length))
        step.append(stride)
    params = {"begin": tuple(begin), "end": tuple(end)}
    if any(stride not in (None, 1) for stride in step) or chance(rs, 0.2):
        params["step"] = tuple(step)
    return params


def taken(rs):
    size = shape(rs, 1, 4, 6)
    params = part(rs, size)
    return Case(one_of(rs, ("slice", "slice", "crop")), {"data": array(rs, size, dtype(rs))}, params, np_shape=0 in remaining(size, params))


def remaining(size, params):
    """Count what a slice leaves on each axis."""
    steps = params.get("step", (None,) * len(params["begin"]))
    return np.empty(size)[tuple(map(slice, params["begin"], params["end"], steps))].shape


def on_axis(rs):
    size = shape(rs, 1, 4, 6)
    place = axis(rs, len(size))
    length = size[place] if -len(size) <= place < len(size) else 3
    begin, end = sorted(rs.randint(0, length + 1, 2).tolist())
    begin = begin if chance(rs, 0.6) else begin - length
    end = None if chance(rs, 0.2) else end if chance(rs, 0.6) else end - length if end < length else end
    if chance(rs, 0.05):
        begin, end = bound(rs, length, 1.0) or 0, bound(rs, length, 1.0)
    return Case("slice_axis", {"data": array(rs, size, dtype(rs))}, {"axis": place, "begin": begin, "end": end})


def like(rs):
    size = shape(rs, 1, 4, 6)
    chosen = axes(rs, len(size))
    smaller = tuple(int(rs.randint(1, length + 1)) if length and chance(rs, 0.97) else length + 1 for length in size)
    params = {}
    if chosen is not None and chosen != ():
        params["axes"] = chosen
        if isinstance(chosen, tuple) and chance(rs, 0.3) and min(chosen) >= 0:
            smaller = (*smaller[: max(chosen) + 1], *shape(rs, 0, 2))
    return Case("slice_like", {"data": array(rs, size, dtype(rs)), "shape_like": array(rs, smaller, dtype(rs))}, params)


def assigned(rs):
    size = shape(rs, 1, 4, 6)
    params = part(rs, size)
    smaller = remaining(size, params)
    if chance(rs, 0.03):
        smaller = (*smaller[:-1], smaller[-1] + 1)
    kind = dtype(rs)
    if chance(rs, 0.4):
        params["scalar"] = float(one_of(rs, (0.0, 1.5, -2.0, 3.0)))
        return Case(one_of(rs, ("_slice_assign_scalar", "_crop_assign_scalar")), {"data": array(rs, size, kind)}, params, gradient=False)
    inputs = {"lhs": array(rs, size, kind), "rhs": array(rs, smaller, kind)}
    return Case(one_of(rs, ("_slice_assign", "_crop_assign")), inputs, params, gradient=False)  # MXNet has no gradient


def draw(rs):
    return one_of(rs, (taken, taken, on_axis, like, assigned))(rs)


CASES = drawn(draw, 130)
