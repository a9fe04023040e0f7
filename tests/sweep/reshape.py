"""The same elements under another shape: codes, axes that come and go, shapes borrowed from another array."""

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, INTEGERS, array, axis, chance, drawn, one_of, shape


def factors(rs, size):
    """Split a size in two."""
    first = int(one_of(rs, [number for number in range(1, size + 1) if size % number == 0] or [1]))
    return first, size // first


def codes(rs, size):
    """Write a shape of as many elements as ``size`` has, in sizes and codes that read its axes from the left."""
    found, place, may_open = [], 0, chance(rs, 0.6)
    while place < len(size):
        kind = one_of(rs, (0, 0, "size", -3, -4, -1, -2))
        if kind == -2:
            return [*found, -2]
        if kind == -3 and place + 1 < len(size):
            found.append(-3)
            place += 2
            continue
        if kind == -4 and size[place]:
            first, second = factors(rs, size[place])
            found += [-4, *one_of(rs, ((first, second), (-1, second), (first, -1)))]
        elif kind == -1 and may_open and -4 not in found:  # MXNet fills in another axis behind -4
            may_open = False
            found.append(-1)
        elif kind == 0:
            found.append(0)
        else:
            found.append(size[place] or 0)
        place += 1
    return found


def reshaped(rs):
    size = shape(rs, 1, 5)
    reverse = chance(rs, 0.3)
    kind = rs.randint(6)
    if kind < 4:
        wanted = codes(rs, size[::-1] if reverse else size)[:: -1 if reverse else 1]
    elif kind == 4:  # whatever comes
        wanted = [int(code) for code in rs.randint(-4, 7, rs.randint(1, 4))]
    else:
        count = 1
        for length in size:
            count *= length
        first, second = factors(rs, count) if count else (0, 1)
        wanted = list(one_of(rs, ((first, second), (-1, second), (second, -1, 1), (-1,), (1, -1))))
    params = {"shape": tuple(wanted)}
    if reverse:
        params["reverse"] = True
    return Case("Reshape", {"data": array(rs, size, dtype(rs))}, params)


def older(rs):
    size = shape(rs, 1, 4)
    count = 1
    for length in size:
        count *= length
    first, second = factors(rs, count) if count else (0, 1)
    params = {"target_shape": one_of(rs, ((first, second), (0, second), (first, 0), (0,), (size[0], 0)))}
    if 0 in size:
        params = {"target_shape": size}
    if chance(rs, 0.5):
        params["keep_highest"] = True
    return Case("Reshape", {"data": array(rs, size)}, params)


def dtype(rs):
    return one_of(rs, FLOATS if chance(rs, 0.8) else INTEGERS)


def flattened(rs):
    return Case(one_of(rs, ("Flatten", "flatten")), {"data": array(rs, shape(rs, 1, 5), dtype(rs))}, {})


def expanded(rs):
    size = shape(rs, 1, 4)
    return Case("expand_dims", {"data": array(rs, size, dtype(rs))}, {"axis": axis(rs, len(size) + 1)})


def squeezed(rs):
    size = tuple(1 if chance(rs, 0.4) else length for length in shape(rs, 1, 5))
    ones = [place for place, length in enumerate(size) if length == 1]
    if chance(rs, 0.3):
        wanted = None
    elif chance(rs, 0.3):
        wanted = axis(rs, len(size))
    else:
        wanted = tuple(int(place - len(size) * chance(rs, 0.4)) for place in rs.permutation(ones or [0])[: rs.randint(1, 4)])
    return Case("squeeze", {"data": array(rs, size, dtype(rs))}, {} if wanted is None and chance(rs, 0.5) else {"axis": wanted})


def borrowed(rs):
    size = shape(rs, 1, 4)
    op = "reshape_like"
    if chance(rs, 0.4):
        other = tuple(int(length) for length in rs.permutation(size))
        if chance(rs, 0.3):
            other = (*factors(rs, other[0]), *other[1:]) if other[0] else other
        return Case(op, {"lhs": array(rs, size, dtype(rs)), "rhs": array(rs, other, dtype(rs))}, {})
    first = rs.randint(len(size))
    last = rs.randint(first + 1, len(size) + 1)
    before = shape(rs, 0, 2) if chance(rs, 0.9) else ()
    behind = shape(rs, 0, 2)
    middle = tuple(int(length) for length in rs.permutation(size[first:last]))
    if middle[0] and chance(rs, 0.4):
        middle = (*factors(rs, middle[0]), *middle[1:])
    other = (*before, *middle, *behind)
    params = {"lhs_begin": int(first), "lhs_end": int(last), "rhs_begin": len(before), "rhs_end": len(before) + len(middle)}
    for word, rank in (("lhs_begin", len(size)), ("lhs_end", len(size)), ("rhs_begin", len(other)), ("rhs_end", len(other))):
        if chance(rs, 0.3):
            if params[word] < rank:
                params[word] -= rank
            elif word.endswith("end"):
                params[word] = None
        elif chance(rs, 0.03):
            params[word] = int(rs.randint(-6, 6))
    return Case(op, {"lhs": array(rs, size, dtype(rs)), "rhs": array(rs, other, dtype(rs))}, params)


def draw(rs):
    return one_of(rs, (reshaped, reshaped, reshaped, older, flattened, expanded, squeezed, borrowed, borrowed))(rs)


CASES = drawn(draw, 180)
