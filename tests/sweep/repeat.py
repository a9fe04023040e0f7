"""The same elements several times, and elements added around."""

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, INTEGERS, array, axis, broadcastable, chance, drawn, one_of, shape


def dtype(rs):
    return one_of(rs, FLOATS if chance(rs, 0.8) else INTEGERS)


def tiled(rs):
    """Draw few copies: MXNet writes garbage where more than five axes come about."""
    size = shape(rs, 1, 3, 4)
    reps = [1] * rs.randint(1, 5)
    for place in rs.permutation(len(reps))[:2]:
        reps[place] = int(rs.randint(1, 4)) if chance(rs, 0.97) else 0
    return Case("tile", {"data": array(rs, size, dtype(rs))}, {"reps": reps[0] if len(reps) == 1 else tuple(reps)}, np_shape=0 in reps)


def repeated(rs):
    size = shape(rs, 1, 4, 4)
    params = {"repeats": int(rs.randint(0 if chance(rs, 0.05) else 1, 4))}
    if chance(rs, 0.8):
        params["axis"] = None if chance(rs, 0.1) else axis(rs, len(size))
    return Case(
        one_of(rs, ("repeat", "repeat", "_np_repeat")), {"data": array(rs, size, dtype(rs))}, params, np_shape=not params["repeats"]
    )


def stretched_to(rs):
    whole = shape(rs, 1, 5)
    size = broadcastable(rs, whole)
    wanted = tuple(0 if length == part and chance(rs, 0.3) else length for length, part in zip(whole, size, strict=True))
    if chance(rs, 0.03):
        wanted = (*wanted[:-1], wanted[-1] + 1)
    if chance(rs, 0.03):
        wanted = wanted[1:] or (7, 7)
    if chance(rs, 0.03):
        size = size[1:] or size
    return Case("broadcast_to", {"data": array(rs, size, dtype(rs))}, {"shape": wanted})


def stretched_axis(rs):
    whole = shape(rs, 1, 5)
    chosen = rs.permutation(len(whole))[: rs.randint(1, len(whole) + 1)]
    size = tuple(1 if place in chosen and chance(rs, 0.99) else length for place, length in enumerate(whole))
    # MXNet takes no axis from the end here
    params = {"axis": tuple(int(place) for place in chosen), "size": tuple(whole[place] for place in chosen)}
    if len(chosen) == 1 and chance(rs, 0.6):
        params = {word: value[0] for word, value in params.items()}
    elif chance(rs, 0.02):
        params["size"] = params["size"][1:]
    return Case(one_of(rs, ("broadcast_axis", "broadcast_axes")), {"data": array(rs, size, dtype(rs))}, params, np_shape=0 in whole)


def stretched_like(rs):
    whole = shape(rs, 1, 5)
    size = broadcastable(rs, whole)
    if chance(rs, 0.5):
        if chance(rs, 0.1):
            size = (*size[:-1], size[-1] + 1)
        return Case("broadcast_like", {"lhs": array(rs, size, dtype(rs)), "rhs": array(rs, whole, dtype(rs))}, {})
    other = shape(rs, 1, 4)
    count = rs.randint(1, min(len(size), len(other)) + 1)
    here, there = rs.permutation(len(size))[:count], rs.permutation(len(other))[:count]
    size = tuple(1 if place in here and chance(rs, 0.98) else length for place, length in enumerate(size))
    params = {
        "lhs_axes": tuple(int(place - len(size) * chance(rs, 0.3)) for place in here),
        "rhs_axes": tuple(int(place - len(other) * chance(rs, 0.3)) for place in there),
    }
    if chance(rs, 0.03):
        params.pop(one_of(rs, ("lhs_axes", "rhs_axes")))
    return Case("broadcast_like", {"lhs": array(rs, size, dtype(rs)), "rhs": array(rs, other, dtype(rs))}, params)


def padded(rs):
    size = tuple(max(length, 1) for length in shape(rs, 4, 5, 4))  # MXNet has kernels for these only, and none for the first two axes
    mode = one_of(rs, ("constant", "edge", "reflect"))
    widths = [0, 0, 0, 0]
    for length in size[2:]:
        most = max(length - 1, 0) if mode == "reflect" and chance(rs, 0.97) else 3
        widths += rs.randint(0, most + 1, 2).tolist()
    if chance(rs, 0.02):
        widths.pop()
    params = {"mode": mode, "pad_width": tuple(widths)}
    if mode == "constant" and chance(rs, 0.6):
        params["constant_value"] = one_of(rs, (1, -2.5, 0.25, "3"))
    case = Case(one_of(rs, ("Pad", "pad")), {"data": array(rs, size, one_of(rs, FLOATS))}, params)
    if "float16" in repr(case):
        case.rtol, case.atol, case.why = 0.01, 0.01, "MXNet rounds each sum to float16"
    return case


def draw(rs):
    return one_of(rs, (tiled, repeated, stretched_to, stretched_axis, stretched_like, padded))(rs)


CASES = drawn(draw, 130)
