"""Cases of quantized_pooling; both builds of the reference compute it by oneDNN."""

import numpy as np

from tests.ops.case import Case, integers, normal, values


def eight(dtype, *shape, seed=0):
    """Draw integers of eight bits."""
    low, high = (-128, 128) if dtype == "int8" else (0, 256)
    return integers(low, high, *shape, dtype=dtype, seed=seed)


def pooling(data, kernel=(2, 2), **params):
    more = {word: params.pop(word) for word in ("expect", "why", "refused") if word in params}
    inputs = {"data": data, "min_data": values([-2]), "max_data": values([1.5])}
    return Case("_contrib_quantized_pooling", inputs, {"kernel": kernel, **params}, gradient=False, **more)


PADDED = {"kernel": (3, 2), "stride": (2, 1), "pad": (1, 1)}

CASES = [
    *[
        pooling(eight(dtype, 2, 3, 6, 7), pool_type=kind, **params)
        for dtype in ("int8", "uint8")
        for kind in ("max", "avg")
        for params in (
            {},
            {"stride": (2, 2)},
            PADDED,
            {"global_pool": True},
            {"kernel": (2, 3), "stride": (3, 2), "pooling_convention": "full"},
            {"kernel": (3, 3), "stride": (2, 2), "pad": (1, 1), "pooling_convention": "full"},
            {"kernel": (1, 1), "stride": (3, 3), "pooling_convention": "full"},
            {"pooling_convention": "same"},
            {"layout": "NCHW"},
        )
    ],
    *[
        pooling(eight(dtype, 1, 2, 6, 7), pool_type="avg", count_include_pad=counts, **params)
        for dtype in ("int8", "uint8")
        for counts in (True, False)
        for params in (PADDED, {"global_pool": True}, {"kernel": (3, 3), "stride": (2, 3), "pad": (1, 1), "pooling_convention": "full"})
    ],
    *[pooling(eight("int8", 1, 16, 8, 8, seed=n), (n, 2), pool_type="avg", count_include_pad=n == 3, pad=(1, 1)) for n in (2, 3, 4, 5)],
    *[pooling(eight("int8", 1, 2, 3, 4, 3), (2, 2, 2), pool_type=kind) for kind in ("max", "avg")],
    pooling(eight("uint8", 1, 2, 3, 4, 3), (2, 2, 2), pool_type="avg", stride=(1, 2, 1), pad=(1, 0, 1), layout="NCDHW"),
    pooling(values([[[[-128] * 3] * 3]], "int8"), (3, 3), pad=(1, 1)),
    pooling(
        values([[[3, -7, 5, 1]]], "int8"), (2,),
        expect={
            "output0": np.array([[[3, 5, 5]]], "int8"),
            "output1": np.array([-2], "float32"),
            "output2": np.array([1.5], "float32"),
        },
        why="the reference takes no single axis",
    ),
    *[pooling(eight("int8", 1, 1, 4, 4), pool_type=kind, p_value=2, refused=True) for kind in ("sum", "lp")],
    pooling(eight("int8", 1, 1, 4, 4), (5, 5), refused=True),
    pooling(eight("int8", 1, 1, 4, 4), (), refused=True),
    pooling(integers(-9, 9, 1, 1, 4, 4, dtype="int32"), refused=True),
    pooling(normal(1, 1, 4, 4), refused=True),
]  # fmt: skip
