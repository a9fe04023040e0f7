"""The elements of an axis by size. No two are equal where the order of equal ones would show: MXNet leaves that open."""

import numpy as np

from tests.ops.case import Case, Make
from tests.sweep.draw import INTEGERS, chance, drawn, one_of
from tests.sweep.draw import axis as any_axis
from tests.sweep.draw import shape as any_shape

FLOATS = ("float32", "float32", "float64")  # MXNet sorts no float16


def distinct(rs, size, dtype):
    """Describe an input of different elements."""
    seed = int(rs.randint(1 << 30))

    def build(_):
        state = np.random.RandomState(seed)
        count = int(np.prod(size))
        numbers = state.permutation(max(count, 1))[:count].reshape(size)
        if np.dtype(dtype).kind == "u":
            return numbers.astype(dtype)
        return (numbers - count // 2).astype(dtype) if np.dtype(dtype).kind == "i" else (numbers * 0.25 - 3).astype(dtype)

    return Make(f"distinct{(size, dtype, seed)}", build)


def shape(rs):
    """Draw a shape of at most 250 elements, so that they differ in every type, and of none that is empty."""
    while True:
        size = tuple(max(length, 1) for length in any_shape(rs, 1, 4))
        if np.prod(size) < 120:
            return size


def dtype(rs):
    return one_of(rs, FLOATS if chance(rs, 0.75) else INTEGERS)


def common(rs, size):
    params = {}
    if chance(rs, 0.75):
        params["axis"] = None if chance(rs, 0.2) else any_axis(rs, len(size))
    if chance(rs, 0.6):
        params["is_ascend"] = one_of(rs, (True, False, 1, 0, "True"))
    return params


def best(rs):
    size = shape(rs)
    params = common(rs, size)
    place = params.get("axis", -1)
    length = int(np.prod(size)) if place is None else size[place] if -len(size) <= place < len(size) else 3
    if chance(rs, 0.85):
        params["k"] = int(rs.randint(0, length + 1)) + (length if chance(rs, 0.02) else 0)
    if chance(rs, 0.85):
        params["ret_typ"] = one_of(rs, ("indices", "value", "both", "mask"))
    if chance(rs, 0.4):
        params["dtype"] = one_of(rs, ("float32", "float64", "int32", "int64", "uint8", "float16"))
    return Case("topk", {"data": distinct(rs, size, dtype(rs))}, params)


def ordered(rs):
    size = shape(rs)
    params = common(rs, size)
    return Case("sort", {"data": distinct(rs, size, dtype(rs))}, params, gradient="axis" in params)  # MXNet fails without


def places(rs):
    size = shape(rs)
    params = common(rs, size)
    if chance(rs, 0.4):
        params["dtype"] = one_of(rs, ("float32", "float64", "int32", "int64", "uint8", "float16"))
    return Case("argsort", {"data": distinct(rs, size, dtype(rs))}, params)


def draw(rs):
    return one_of(rs, (best, best, ordered, places))(rs)


CASES = drawn(draw, 150)
