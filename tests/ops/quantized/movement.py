"""Cases of quantized_flatten, quantized_concat and quantized_embedding.

Only oneDNN has the concatenation, and flattens more than eight bits.
"""

import numpy as np

from tests.ops.case import Case, integers, normal, values


def eight(dtype, *shape, seed=0):
    """Draw integers of eight bits."""
    low, high = (-128, 128) if dtype == "int8" else (0, 256)
    return integers(low, high, *shape, dtype=dtype, seed=seed)


def flatten(data, **more):
    inputs = {"data": data, "min_data": values([-2]), "max_data": values([1.5])}
    return Case("_contrib_quantized_flatten", inputs, gradient=False, **more)


FLATTEN = [
    *[flatten(eight(t, *shape)) for t in ("int8", "uint8") for shape in ((4,), (2, 3), (2, 3, 1, 4))],
    flatten(integers(-(10**6), 10**6, 2, 3, 2, dtype="int32"), onednn=True),
    flatten(normal(2, 3, 2), onednn=True),
]


def concat(arrays, ranges, dim=1, **more):
    ends = [values([end]) for pair in ranges for end in pair]
    params = {"num_args": len(arrays), "dim": dim}
    return Case("_contrib_quantized_concat", [*arrays, *ends], params, onednn=True, gradient=False, **more)


def joined(arrays, limits, dim):
    """Join arrays of int8 in the widest of their ranges, which all begin at zero."""
    scales = [np.float32(limit) / np.float32(max(limits)) for limit in limits]
    parts = [np.rint(array.array() * scale) for array, scale in zip(arrays, scales)]  # noqa: B905 (the reference's Python is older)
    ends = {"output1": np.array([0], "float32"), "output2": np.array([max(limits)], "float32")}
    return {"output0": np.concatenate(parts, dim).astype("int8"), **ends}


NEGATIVE_AXIS = [eight("int8", 2, 3), eight("int8", 2, 2)]

CONCAT = [
    *[
        concat([eight(t, 2, 3, 2) for t in kinds], [(-2, 1.5), (-3, 4), (-0.1, 0.3)][: len(kinds)], dim)
        for kinds in (("int8",), ("uint8",), ("int8", "int8"), ("uint8", "uint8"), ("int8", "uint8"), ("uint8", "int8", "uint8"))
        for dim in (0, 1, 2)
    ],
    *[concat([eight(t, 2, n, 4) for n in (1, 5, 2)], [(0.5, 1.5), (1, 4), (2, 3)]) for t in ("int8", "uint8")],
    concat([eight("int8", 2, 3), eight("int8", 2, 3, seed=1)], [(-3, -2), (-1, -0.5)]),
    concat([eight("int8", 2, 3), eight("int8", 2, 3, seed=1)], [(-3, 2), (-3, 2)]),
    *[concat([eight(t, 3, 90, 70), eight("uint8", 3, 20, 70)], [(-3.1, 2.3), (0, 1.7)]) for t in ("int8", "uint8")],
    concat(NEGATIVE_AXIS, [(0, 1.5), (0, 2)], -1, expect=joined(NEGATIVE_AXIS, [1.5, 2], -1), why="the reference takes no negative axis"),
    concat([normal(2, 3), normal(2, 3)], [(-1, 1), (-1, 1)], refused=True),
    concat([eight("int8", 2, 3), eight("int8", 3, 2)], [(-1, 1), (-1, 1)], refused=True),
    concat([eight("int8", 2, 3), eight("int8", 2, 2)], [(-1, 1), (-1, 1)], 2, refused=True),
]


def embedding(data, weight, params=None, **more):
    rows, length = weight.array().shape
    inputs = {"data": data, "weight": weight, "min_weight": values([-2]), "max_weight": values([1.5])}
    params = {"input_dim": rows, "output_dim": length, **(params or {})}
    return Case("_contrib_quantized_embedding", inputs, params, gradient=False, **more)


EMBEDDING = [
    embedding(values([0, 2, 1, 5, -1]), eight("int8", 3, 2)),
    embedding(values([[0, 2], [1, 1]]), eight("int8", 3, 4), {"dtype": "int8"}),
    *[
        embedding(integers(0, 3, 2, 2, 3, dtype=t), eight("int8", 3, 2), {"sparse_grad": True})
        for t in ("int32", "int64", "uint8", "float64")
    ],
    embedding(values([0, 1]), eight("uint8", 3, 2), refused=True),
    embedding(values([0, 1]), normal(3, 2), {"dtype": "float32"}, refused=True),
    embedding(values([0, 1]), eight("int8", 3, 2), {"input_dim": 4}, refused=True),
]

CASES = [*FLATTEN, *CONCAT, *EMBEDDING]
