"""Cases of the watch over gradients, and of setting arrays to zero."""

import functools

import numpy as np

from tests.ops.case import Case, normal, values

make = functools.partial(Case, eager=True, gradient=False)

FLAWS = (np.nan, np.inf, -np.inf)

CASES = [
    make("all_finite", {"data": normal(2, 3)}),
    make("all_finite", {"data": values([1.0])}),
    make("all_finite", {"data": values([[0.0, -0.0], [3e38, -3e38], [1e-45, 1.0]])}),
    *[make("all_finite", {"data": values([[1.0, 2.0], [flaw, 4.0]])}) for flaw in FLAWS],
    *[make("all_finite", {"data": values([65504.0, -65504.0, flaw], "float16")}) for flaw in (1.0, *FLAWS)],
    *[make("all_finite", {"data": values([1e30, -1e30, flaw], "float64")}) for flaw in (1.0, *FLAWS)],
    make(
        "all_finite",
        {"data": values([1e300, -1e300], "float64")},
        expect={"output0": np.array([1], "float32")},
        why="the reference converts to float32 first, to infinity",
    ),
    make("all_finite", {"data": values([1, 2], "int32")}, refused=True),
    make("multi_all_finite", [normal(2, 3)], {"num_arrays": 1}),
    make("multi_all_finite", [normal(2, 3)], {}),  # one is the default
    make("multi_all_finite", [normal(2, 3), normal(4), normal(1, 2, 2)], {"num_arrays": 3}),
    *[make("multi_all_finite", [normal(2, 3), values([flaw]), normal(2)], {"num_arrays": 3}) for flaw in FLAWS],
    make("multi_all_finite", [values([1.0, np.nan]), values([np.inf])], {"num_arrays": 2}),
    *[make("multi_all_finite", [values([1.0], kind), values([2.0, 3.0], kind)], {"num_arrays": 2}) for kind in ("float16", "float64")],
    make("multi_all_finite", [values([1.0], "float16"), values([np.inf], "float16")], {"num_arrays": 2}),
    make("multi_all_finite", [normal(2), normal(3)], {"num_arrays": 1}, refused=True),
    make("reset_arrays", [values([1.0, np.nan]), normal(2, 3), values([np.inf])], {"num_arrays": 3}),
    make("reset_arrays", [values([1.0, 2.0], "float16")], {"num_arrays": 1}),
    make("reset_arrays", [values([1.0, 2.0], "float64"), values([3.0], "float32")], {"num_arrays": 2}),
    make("reset_arrays", [normal(2), normal(3)], {"num_arrays": 1}, refused=True),
]
