"""Cases of LARS's rates and of sums of squares."""

import functools

import numpy as np

from tests.ops.case import Case, normal, positive, values

make = functools.partial(Case, eager=True, gradient=False)

LAYERS = {
    "lrs": values([1.0, 0.5, 2.0, 1.0, 1.0, 0.25, 0.25]),
    "weights_sum_sq": values([4.0, 0.0, 4.0, 4.0, np.nan, 9.0, -1.0]),
    "grads_sum_sq": values([9.0, 9.0, 0.0, 1.0, 1.0, np.inf, 1.0]),
    "wds": values([0.0, 0.5, 0.5, 0.5, 0.0, 0.25, 0.25]),
}
PLAIN = {"lrs": positive(5, seed=1), "weights_sum_sq": positive(5, seed=2), "grads_sum_sq": positive(5, seed=3), "wds": positive(5, seed=4)}
SQUARE = {slot: positive(2, 3, seed=place) for place, slot in enumerate(PLAIN)}

CASES = [
    *[
        make("multi_lars", layers, {"eta": 0.5, "eps": 0.125, **params})
        for layers in (LAYERS, PLAIN, SQUARE)
        for params in ({}, {"rescale_grad": 2.0}, {"rescale_grad": -2.0, "eps": 0.0}, {"rescale_grad": 0.0}, {"eta": 0.001, "eps": 1e-9})
    ],
    make("multi_lars", LAYERS, {"eps": 0.5}, refused=True),
    make("multi_lars", LAYERS, {"eta": 0.5}, refused=True),
    make("multi_lars", {**LAYERS, "wds": values([0.0])}, {"eta": 0.5, "eps": 0.5}, refused=True),
    make("multi_sum_sq", [normal(2, 3)], {"num_arrays": 1}),
    make("multi_sum_sq", [normal(2, 3), normal(4), normal(1, 2, 2)], {"num_arrays": 3}),
    make("multi_sum_sq", [values([np.nan, 1]), values([np.inf]), values([1e30]), values([1e-30])], {"num_arrays": 4}),
    make("multi_sum_sq", [normal(2, 3, dtype="float64"), normal(4, dtype="float64")], {"num_arrays": 2}),  # float32 comes out
    make("multi_sum_sq", [values([1, 2, 3], "float16"), values([0.5], "float16")], {"num_arrays": 2}),
    make(
        "multi_sum_sq",
        [values([300, 400], "float16")],
        {"num_arrays": 1},
        expect={"output0": np.array([250000], "float32")},
        why="the reference squares in float16, to infinity",
    ),
    make("multi_sum_sq", [values([3.0]), values([4.0], "float16")], {"num_arrays": 2}, refused=True),
    make("multi_sum_sq", [values([3], "int32")], {"num_arrays": 1}, refused=True),
    make("multi_sum_sq", [normal(2), normal(3)], {"num_arrays": 1}, refused=True),
]
