"""Elements taken by number, and put by number."""

import numpy as np

from tests.ops.case import Case, Make
from tests.sweep import draw as draws
from tests.sweep.draw import FLOATS, INTEGERS, array, axis, chance, drawn, one_of

NUMBERS = ("float32", "float32", "int32", "int64", "float64", "uint8", "int8", "float16")


def shape(rs, low, high):
    """Draw a shape without empty axes: MXNet dies where there is no place to take."""
    return tuple(max(length, 1) for length in draws.shape(rs, low, high))


def slope(case, slot):
    """Compare the gradient of one slot; that of numbers of places is not to be had in MXNet, which also sums float16 in float16."""
    kind = case.inputs[slot].array().dtype
    case.gradient = [slot] if kind.kind == "f" else False
    if kind.itemsize == 2:
        case.rtol, case.atol, case.why = 0.02, 0.02, "MXNet rounds each sum to float16"
    return case


def dtype(rs):
    return one_of(rs, FLOATS if chance(rs, 0.8) else INTEGERS)


def places(rs, size, length, beyond=0.0, fractions=True):
    """Draw numbers of places on an axis."""
    low, high = (-length - 2, length + 2) if beyond else (0, length - 1)
    kind = one_of(rs, NUMBERS)
    if fractions and np.dtype(kind).kind == "f" and chance(rs, 0.2):
        high += 0.4
    return array(rs, size, kind, low, high)


def length_of(size, place):
    return size[place] if -len(size) <= place < len(size) else 3


def taken(rs):
    size = shape(rs, 1, 4)
    params = {}
    if chance(rs, 0.7):
        params["axis"] = axis(rs, len(size))
    mode = one_of(rs, ("clip", "wrap", "raise", None))
    if mode:
        params["mode"] = mode
    length = length_of(size, params.get("axis", 0))
    indices = places(rs, shape(rs, 1, 3), length, chance(rs, 0.6) and mode != "raise", fractions=mode != "raise")
    return slope(Case("take", {"a": array(rs, size, dtype(rs)), "indices": indices}, params), "a")


def embedded(rs):
    rows, columns = rs.randint(1, 6, 2).tolist()
    kind = dtype(rs)
    params = {"input_dim": rows, "output_dim": columns}
    if chance(rs, 0.4):
        params["dtype"] = kind
    if chance(rs, 0.02):
        params["input_dim"] += 1
    inputs = {"data": places(rs, shape(rs, 1, 3), rows, chance(rs, 0.2)), "weight": array(rs, (rows, columns), kind)}
    if chance(rs, 0.2):
        params.pop("dtype", None)
        return Case("_contrib_SparseEmbedding", inputs, params, gradient=False)  # MXNet has no kernel for it
    return slope(Case("Embedding", inputs, params), "weight")


def picked(rs):
    size = shape(rs, 1, 4)
    params = {}
    if chance(rs, 0.7):
        params["axis"] = axis(rs, len(size))
    if chance(rs, 0.4):
        params["keepdims"] = True
    mode = one_of(rs, ("clip", "wrap", None))
    if mode:
        params["mode"] = mode
    place = params.get("axis", -1)
    place = place % len(size) if -len(size) <= place < len(size) else 0
    rest = size[:place] + ((1,) if chance(rs, 0.3) else ()) + size[place + 1 :]
    indices = places(rs, rest or (1,), size[place], chance(rs, 0.6))
    return Case(one_of(rs, ("pick", "pick", "choose_element_0index")), {"data": array(rs, size, dtype(rs)), "index": indices}, params)


def by_row(rs):
    size = shape(rs, 2, 2)
    return Case(
        "batch_take", {"a": array(rs, size, dtype(rs)), "indices": array(rs, size[:1], "int32", 0, size[1] - 1)}, {}, gradient=False
    )


def marked(rs):
    depth = int(rs.randint(1, 6))
    params = {"depth": depth}
    if chance(rs, 0.4):
        params.update(on_value=one_of(rs, (2, -1.5, "3.5")), off_value=one_of(rs, (0.25, -1)))
    if chance(rs, 0.5):
        params["dtype"] = dtype(rs)
    return Case("one_hot", {"indices": places(rs, shape(rs, 0 if chance(rs, 0.05) else 1, 3), depth, chance(rs, 0.4))}, params)


def columns(rs, size):
    """Draw numbers on the first axes, a column for each place; say too where the places stand, and which axes are left."""
    count = rs.randint(1, len(size) + 1)
    where = shape(rs, 1, 2)
    seed = int(rs.randint(1 << 30))
    state = np.random.RandomState(seed)
    kind = one_of(rs, ("float32", "int32", "int64"))
    numbers = np.stack([state.randint(0, length, where) for length in size[:count]]).astype(kind)
    return numbers, where, size[count:]


def made(numbers):
    return Make(f"values({numbers.tolist()!r}, {numbers.dtype.name!r}, {numbers.shape!r})", lambda rs: numbers.copy())


def gathered(rs):
    size = shape(rs, 1, 4)
    numbers, where, _ = columns(rs, size)
    if chance(rs, 0.15):
        numbers = (numbers - np.array(size[: len(numbers)]).reshape(-1, *(1,) * len(where))).astype(numbers.dtype)
        # MXNet writes the gradient out of bounds
        return Case("gather_nd", {"data": array(rs, size, dtype(rs)), "indices": made(numbers)}, {}, gradient=False)
    return Case("gather_nd", {"data": array(rs, size, dtype(rs)), "indices": made(numbers)}, {})


def scattered(rs):
    size = shape(rs, 1, 4)
    numbers, where, rest = columns(rs, size)
    return Case("scatter_nd", {"data": array(rs, where + rest, dtype(rs)), "indices": made(numbers)}, {"shape": size})


def copied(rs):
    size = shape(rs, 1, 4)
    rows = rs.permutation(size[0])[: rs.randint(1, size[0] + 1)].astype("int32" if chance(rs, 0.5) else "int64")
    kind = one_of(rs, FLOATS)
    new = (len(rows), *size[1:]) if chance(rs, 0.97) else (len(rows), *size[1:], 2)
    inputs = {"old_tensor": array(rs, size, kind), "index_vector": made(rows), "new_tensor": array(rs, new, kind)}
    return Case("_contrib_index_copy", inputs, {})


def filled(rs):
    rows, length = rs.randint(1, 6, 2).tolist()
    kind = "float32"  # and no other
    inputs = {"lhs": array(rs, (rows, length), kind), "mhs": array(rs, (rows,), kind), "rhs": array(rs, (rows,), kind, 0, length - 1)}
    return Case("fill_element_0index", inputs, {}, eager=True)  # its graph kills MXNet


def draw(rs):
    return one_of(rs, (taken, taken, embedded, picked, picked, by_row, marked, gathered, scattered, copied, filled))(rs)


CASES = drawn(draw, 180)
