"""Cases of FullyConnected."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

__all__ = ["CASES"]


def fully_connected(data_shape, num_hidden, *, flatten=True, bias=True, dtype="float32", **options):
    """Make a case with weights that fit ``data_shape``."""
    features = int(np.prod(data_shape[1:])) if flatten else data_shape[-1]
    inputs = {"data": normal(*data_shape, dtype=dtype), "weight": normal(num_hidden, features, dtype=dtype, seed=1)}
    params = {"num_hidden": num_hidden}
    if bias:
        inputs["bias"] = normal(num_hidden, dtype=dtype, seed=2)
    else:
        params["no_bias"] = True
    if not flatten:
        params["flatten"] = False
    return Case("FullyConnected", inputs, params, **options)


def in_half(case):
    """State what float16 gives: the reference has none on the CPU."""
    arrays = {slot: array.astype("float64") for slot, array in case.arrays().items()}
    data = arrays["data"].reshape(len(arrays["data"]), -1)
    output = data @ arrays["weight"].T + arrays.get("bias", 0)
    head = case.head_gradient(0, output.shape, "float16").astype("float64")
    expect = {
        "output0": output,
        "grad/data": (head @ arrays["weight"]).reshape(arrays["data"].shape),
        "grad/weight": head.T @ data,
        "grad/bias": head.sum(axis=0),
    }
    expect = {entry: array.astype("float16") for entry, array in expect.items() if entry.replace("grad/", "") in ("output0", *arrays)}
    return Case(case.op, case.inputs, case.params, expect=expect, why="the reference has no float16 on the CPU")


def refused(inputs, params):
    return Case("FullyConnected", inputs, params, refused=True)


DATA, WEIGHT = normal(2, 6), normal(3, 6, seed=1)

CASES = [
    *[fully_connected(shape, 3) for shape in [(4, 5), (1, 1), (2, 3, 4), (2, 3, 2, 2), (2, 1, 2, 1, 3), (5,)]],
    *[fully_connected(shape, 3, bias=False) for shape in [(4, 5), (2, 3, 4)]],
    *[fully_connected(shape, 3, flatten=False) for shape in [(4, 5), (2, 3, 4), (2, 3, 2, 2), (4,)]],
    fully_connected((2, 3, 4), 2, flatten=False, bias=False),
    fully_connected((4, 5), 1),
    fully_connected((4, 5), 3, dtype="float64"),
    fully_connected((2, 3, 4), 2, flatten=False, dtype="float64"),
    fully_connected((7, 11), 13),
    fully_connected((4, 5), 3, gradient=["weight"]),
    fully_connected((4, 5), 3, gradient=["data", "bias"]),
    in_half(fully_connected((4, 5), 3, dtype="float16")),
    in_half(fully_connected((2, 3, 2), 3, bias=False, dtype="float16")),
    Case("FullyConnected", {"data": values([[0, 0], [0, 0]]), "weight": normal(2, 2), "bias": normal(2)}, {"num_hidden": 2}),
    Case(
        "FullyConnected",
        {"data": values([[1, np.nan], [np.inf, 2]]), "weight": values([[1, 1], [0, 2]]), "bias": values([0, 1])},
        {"num_hidden": 2},
        finite=False,
    ),
    Case("FullyConnected", {"data": integers(-3, 4, 3, 4), "weight": integers(-3, 4, 2, 4, seed=1)}, {"num_hidden": "2", "no_bias": "1"}),
    refused({"data": DATA, "weight": WEIGHT}, {"no_bias": True}),  # num_hidden is required
    refused({"data": DATA, "weight": WEIGHT}, {"num_hidden": 0, "no_bias": True}),
    refused({"data": DATA, "weight": WEIGHT}, {"num_hidden": 4, "no_bias": True}),
    refused({"data": DATA, "weight": normal(3, 5)}, {"num_hidden": 3, "no_bias": True}),
    refused({"data": normal(2, 3, 2), "weight": WEIGHT}, {"num_hidden": 3, "no_bias": True, "flatten": False}),
    refused({"data": DATA, "weight": WEIGHT, "bias": normal(2)}, {"num_hidden": 3}),
    refused({"data": DATA, "weight": WEIGHT, "bias": normal(3)}, {"num_hidden": 3, "no_bias": True}),
    refused({"data": DATA, "weight": normal(3, 6, dtype="float64")}, {"num_hidden": 3, "no_bias": True}),
]
