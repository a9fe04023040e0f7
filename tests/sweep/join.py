"""Arrays put together, and taken apart."""

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, INTEGERS, array, axis, chance, drawn, one_of, shape


def dtype(rs):
    return one_of(rs, FLOATS if chance(rs, 0.8) else INTEGERS)


def joined(rs):
    size = shape(rs, 1, 4)
    dim = axis(rs, len(size))
    kind = dtype(rs)
    members = []
    for _ in range(rs.randint(1, 5)):
        length = list(size)
        if -len(size) <= dim < len(size):
            length[dim] = int(rs.randint(0 if 0 in size else 1, 4))
        if chance(rs, 0.02):
            length[0] += 1
        members.append(array(rs, tuple(length), kind))
    params = {} if dim == 1 and chance(rs, 0.5) else {"dim": dim}
    if chance(rs, 0.2):
        params["num_args"] = len(members)
    return Case(one_of(rs, ("Concat", "concat", "Concat", "_rnn_param_concat")), members, params)


def stacked(rs):
    size = shape(rs, 1, 3)
    kind = dtype(rs)
    members = [array(rs, size, kind) for _ in range(rs.randint(1, 5))]
    if chance(rs, 0.03):
        members.append(array(rs, (*size[:-1], size[-1] + 1), kind))
    place = axis(rs, len(size) + 1)
    return Case("stack", members, {} if place == 0 else {"axis": place})


def apart(rs):
    size = list(shape(rs, 1, 4))
    place = axis(rs, len(size))
    pieces = int(rs.randint(1, 5))
    squeezed = chance(rs, 0.3)
    if -len(size) <= place < len(size) and chance(rs, 0.95):
        size[place] = pieces * (1 if squeezed else int(rs.randint(1, 4)))
    params = {"num_outputs": pieces, "axis": place}
    if squeezed or chance(rs, 0.1):
        params["squeeze_axis"] = one_of(rs, (True, True, 1, "True")) if squeezed else False
    return Case(one_of(rs, ("SliceChannel", "split")), {"data": array(rs, tuple(size), dtype(rs))}, params, np_shape=squeezed)


def anywhere(rs):
    size = list(shape(rs, 1, 4, 7))
    place = axis(rs, len(size), 0.02)
    length = size[place] if -len(size) <= place < len(size) else 3
    params = {"axis": place}
    if chance(rs, 0.4):
        params.update(indices=(0,) if chance(rs, 0.5) else (), sections=int(rs.randint(1, 5)))
        if chance(rs, 0.2) and -len(size) <= place < len(size):
            size[place] = params["sections"]
            params["squeeze_axis"] = True
    else:
        params["indices"] = (0, *sorted(rs.randint(0, length + 1, rs.randint(0, 4)).tolist()))
        if chance(rs, 0.05):
            params["indices"] = params["indices"][::-1]
        if chance(rs, 0.15) and -len(size) <= place < len(size):
            size[place] = len(params["indices"])
            params.update(indices=tuple(range(size[place])), squeeze_axis=True)
    # pieces may be empty, or numbers
    return Case("_split_v2", {"data": array(rs, tuple(size), dtype(rs))}, params, np_shape=True)


def draw(rs):
    return one_of(rs, (joined, stacked, apart, anywhere))(rs)


CASES = drawn(draw, 120)
