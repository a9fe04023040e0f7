"""Cases of update operators: one step from weights, gradients and states that are described by their slot."""

import numpy as np

from tests.ops.case import Case, Make, normal, uniform, values

__all__ = ["GRADES", "HALF", "ROUNDED", "flawed", "many", "scalar", "step", "widened"]

# Running means of squares lie well above the square of a running mean (slot ``g``), so that roots exist.
BOUNDS = {"n": (1, 2), "var": (0.25, 1), "v": (0.25, 1), "d": (4, 8), "history": (0.5, 2), "g": (-0.5, 0.5)}
NARROW = ("weight", "grad")  # float16 in mixed precision; the rest is float32

# Types of elements. Other than with float32, give parameters that float32 holds exactly: the reference rounds them to it.
GRADES = ("float16", "float32", "float64")
HALF = {"rtol": 4e-3, "atol": 4e-3, "why": "the reference rounds to float16 after each operation, we do once"}
# For steps that begin with means of zero, where the error of 1 - beta2 is not hidden by what was there.
ROUNDED = {"rtol": 2e-5, "atol": 4e-6, "why": "the reference rounds parameters to float32: 1 - 0.999 is 0.000999987 there"}


def make(slot, shape, dtype, seed):
    """Describe the value of a slot."""
    if slot in BOUNDS:
        return uniform(*BOUNDS[slot], *shape, dtype=dtype, seed=seed)
    return normal(*shape, dtype=dtype, seed=seed)


def widened(weight):
    """Describe the float32 copy of a narrower weight."""
    return Make(f"widened({weight})", lambda rs: weight.array().astype("float32"))


def step(op, slots, params=None, *, shape=(2, 3), dtype="float32", mixed=False, inputs=None, **how):
    """Describe one step of one weight.

    Parameters
    ----------
    slots : str
        The inputs, separated by spaces.
    mixed : bool
        Weight and gradient are float16, the rest is float32. The float32 copy of the weight differs from it.
    inputs : dict, optional
        Slots whose value is not the usual one.
    """
    made = {}
    for place, slot in enumerate(slots.split()):
        kind = ("float16" if slot in NARROW else "float32") if mixed else dtype
        made[slot] = make(slot, shape, kind, place)
    made.update(inputs or {})
    if dtype == "float16":
        how = {**HALF, **how}
    return Case(op, made, params, eager=True, gradient=False, **how)


def many(op, slots, params, *, shapes=((2, 3), (4,)), dtype="float32", mixed=False, shared=(), **how):
    """Describe one step of several weights: their slots in turn, then what they share.

    In mixed precision, the float32 copy of a weight is equal to it.
    """
    made = []
    for number, shape in enumerate(shapes):
        first = len(made)
        for place, slot in enumerate(slots.split()):
            kind = ("float16" if slot in NARROW else "float32") if mixed else dtype
            made.append(widened(made[first]) if slot == "weight32" else make(slot, shape, kind, 10 * number + place))
    if dtype == "float16":
        how = {**HALF, **how}
    return Case(op, [*made, *shared], params, eager=True, gradient=False, **how)


def scalar(number, dtype="float32"):
    """Describe an array of one element."""
    return values([number], dtype)


def flawed(dtype="float32"):
    """Describe a gradient with everything that a bound has to cope with; six elements."""
    return values([[np.nan, np.inf, -np.inf], [0.0, -0.0, 1e30]], dtype)
