"""Draw cases: those with empty or scalar inputs are asked under ``np_shape``. Read under MXNet's own Python too: NumPy 1.23 and nothing else."""

import os

import numpy as np

from tests.ops.case import Make

__all__ = ["FLOATS", "INTEGERS", "array", "axes", "axis", "broadcastable", "chance", "drawn", "one_of", "shape"]

FLOATS = ("float32", "float32", "float32", "float64", "float16")
INTEGERS = ("int32", "int64", "int8", "uint8")


def drawn(draw, count):
    """Draw ``count`` different cases; ``SWEEP=seed:count`` in the environment asks for others."""
    seed, count = map(int, os.environ.get("SWEEP", f"1:{count}").split(":"))
    cases = {}
    place = 0
    while len(cases) < count and place < 20 * count:
        case = draw(np.random.RandomState([seed, place]))
        case.refused = None  # the reference decides
        case.np_shape = case.np_shape or any(0 in shape or not shape for shape in case.shapes())
        cases.setdefault(case.key, case)
        place += 1
    return list(cases.values())


def chance(rs, probability):
    """Tell whether an event of this probability happens."""
    return bool(rs.rand() < probability)


def one_of(rs, choices):
    """Choose one."""
    return choices[rs.randint(len(choices))]


def shape(rs, low=1, high=4, largest=5):
    """Draw a shape of ``low`` to ``high`` axes; one axis in six has length 1, one in fifty is empty."""
    return tuple(int(one_of(rs, (1, *rs.randint(1, largest + 1, 5)))) if chance(rs, 0.98) else 0 for _ in range(rs.randint(low, high + 1)))


def broadcastable(rs, whole):
    """Draw a shape that stretches to ``whole``, of as many axes."""
    return tuple(1 if chance(rs, 0.3) else size for size in whole)


def axis(rs, ndim, outside=0.03):
    """Draw an axis, often counted from behind, now and then one that is not there."""
    if chance(rs, outside):
        return int(one_of(rs, (ndim, -ndim - 1, ndim + 3)))
    return int(rs.randint(-ndim, ndim)) if ndim else 0


def axes(rs, ndim, outside=0.03):
    """Draw some axes in any order, or ``None`` for all, or one as a number."""
    if chance(rs, 0.15):
        return None
    if chance(rs, 0.3):
        return axis(rs, ndim, outside)
    chosen = rs.permutation(ndim)[: rs.randint(0, ndim + 1)]
    found = tuple(int(place - ndim if chance(rs, 0.4) else place) for place in chosen)
    return (*found, ndim) if chance(rs, outside) else found


def array(rs, shape, dtype="float32", low=-2.0, high=2.0):
    """Describe an input: even draws between ``low`` and ``high``, whole numbers for types of integers."""
    seed = int(rs.randint(1 << 30))
    whole = np.dtype(dtype).kind in "iub"

    def build(state):
        state = np.random.RandomState(seed)
        if whole:
            first = max(int(low), 0) if np.dtype(dtype).kind == "u" else int(low)
            return state.randint(first, max(int(high), first) + 1, size=shape).astype(dtype)
        return np.asarray(state.uniform(low, high, shape)).astype(dtype)

    return Make(f"drawn{(tuple(shape), dtype, low, high, seed)}", build, tuple(shape))
