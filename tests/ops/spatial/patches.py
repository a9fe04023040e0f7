"""Cases of im2col and col2im."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

__all__ = ["CASES"]

COLUMNS, BACK = "im2col", "col2im"


def laid_out(shape, kernel, dtype="float32", **params):
    return Case(COLUMNS, {"data": normal(*shape, dtype=dtype)}, {"kernel": kernel, **params})


def added_back(batch, channels, sizes, kernel, dtype="float32", **params):
    """Make columns that fit images of ``sizes``."""
    ones = (1,) * len(kernel)
    axes = zip(sizes, kernel, params.get("stride", ones), params.get("dilate", ones), params.get("pad", (0,) * len(ones)), strict=True)
    count = int(np.prod([(size + 2 * p - d * (k - 1) - 1) // s + 1 for size, k, s, d, p in axes]))
    data = normal(batch, channels * int(np.prod(kernel)), count, dtype=dtype)
    return Case(BACK, {"data": data}, {"output_size": sizes, "kernel": kernel, **params})


def stated(op, data, output, head_to, **params):
    """State what the reference has for two axes only; ``head_to`` maps the gradient of the output to that of the data."""
    case = Case(op, {"data": values(data)}, params)
    output = np.array(output, "float32")
    expect = {"output0": output, "grad/data": head_to(case.head_gradient(0, output.shape, np.float32))}
    return Case(op, case.inputs, params, expect=expect, why="the reference has two axes only")


def refused(op, shape, **params):
    return Case(op, {"data": normal(*shape)}, params, refused=True)


# Of (1, 1, 4) with windows of two.
ROW, PAIRS = [[[1, 2, 3, 4]]], [[[1, 2, 3], [2, 3, 4]]]


def fold(pairs):
    return np.stack([pairs[0, 0, 0], pairs[0, 0, 1] + pairs[0, 1, 0], pairs[0, 0, 2] + pairs[0, 1, 1], pairs[0, 1, 2]]).reshape(1, 1, 4)


def unfold(row):
    return np.stack([row[0, 0, :3], row[0, 0, 1:]])[None]


GEOMETRIES = [
    ((5, 6), (2, 3), {}), ((5, 6), (1, 1), {}), ((5, 6), (5, 6), {}), ((5, 6), (2, 3), {"stride": (2, 1), "pad": (1, 2)}),
    ((6, 5), (3, 2), {"dilate": (2, 3)}), ((4, 7), (3, 3), {"stride": (3, 2), "dilate": (1, 2), "pad": (2, 1)}), ((2, 2), (3, 4), {"pad": (1, 1)}),
    ((5, 5), (2, 2), {"stride": (3, 3)}),
]  # fmt: skip

CASES = [
    *[laid_out((2, 3, *sizes), kernel, **params) for sizes, kernel, params in GEOMETRIES],
    *[laid_out((1, 2, 4, 4), (2, 3), dtype, pad=(1, 0)) for dtype in ("float64", "float16")],
    *[added_back(2, 3, sizes, kernel, **params) for sizes, kernel, params in GEOMETRIES],
    *[added_back(1, 2, (4, 4), (2, 3), dtype, pad=(1, 0)) for dtype in ("float64", "float16")],
    stated(COLUMNS, ROW, PAIRS, fold, kernel=(2,)),
    stated(BACK, PAIRS, [[[1, 4, 6, 4]]], unfold, kernel=(2,), output_size=(4,)),
    *[
        refused(COLUMNS, (2, 3, 5, 6), **params)
        for params in [
            {"kernel": (2, 3), "stride": (2,)}, {"kernel": (6, 7)}, {"kernel": (2, 2), "pad": (1,)}, {"kernel": (0, 2)}, {"kernel": (2, 2), "stride": (0, 1)},
            {"kernel": (2, 2), "dilate": (1, 1, 1)}, {"kernel": ()}, {},
        ]
    ],
    refused(COLUMNS, (2, 3, 7), kernel=(3, 1)),
    *[
        refused(BACK, (2, 18, 16), **{"output_size": (5, 6), "kernel": (2, 3), **params})
        for params in [{"output_size": (5,)}, {"output_size": (5, 7)}, {"kernel": (3, 2)}, {"kernel": (2, 2)}, {"output_size": (0, 6)}, {"stride": (2, 1)}]
    ],
    refused(BACK, (2, 18, 16), kernel=(2, 3)),
    *[Case(COLUMNS, {"data": integers(0, 9, 1, 1, 3, 3, dtype=dtype)}, {"kernel": (2, 2)}, refused=True) for dtype in ("int32", "uint8")],
]  # fmt: skip
