"""Cases of _contrib_AdaptiveAvgPooling2D and _contrib_BilinearResize2D."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

__all__ = ["CASES"]


def adaptive(shape, size=None, dtype="float32"):
    params = {} if size is None else {"output_size": size}
    return Case("_contrib_AdaptiveAvgPooling2D", {"data": normal(*shape, dtype=dtype)}, params)


def resized(shape, dtype="float32", loose=1, **params):
    """Make a case that may differ ``loose`` times as much as others of float32: the reference rounds places to float32."""
    why = "places are computed in float32 there" if loose > 1 or dtype == "float64" else ""
    bounds = {"rtol": loose * 1e-5, "atol": loose * 1e-6, "why": why} if why else {}
    return Case("_contrib_BilinearResize2D", {"data": normal(*shape, dtype=dtype)}, params, **bounds)


def like(shape, other, dtype="float32", **params):
    inputs = {"data": normal(*shape, dtype=dtype), "like": normal(*other, dtype=dtype, seed=1)}
    return Case("_contrib_BilinearResize2D", inputs, {"mode": "like", **params})


def refused(op, shape, **params):
    return Case(op, {"data": normal(*shape)}, params, refused=True)


def empty(op, **params):
    """State what the recording cannot show: nothing in, nothing out."""
    expect = {"output0": np.zeros((0, 1, 2, 2), "float32"), "grad/data": np.zeros((0, 1, 3, 3), "float32")}
    return Case(op, {"data": normal(0, 1, 3, 3)}, params, expect=expect, why="the recording knows no empty shapes")


ADAPTIVE, RESIZE = "_contrib_AdaptiveAvgPooling2D", "_contrib_BilinearResize2D"

CASES = [
    # Means over the cells of a grid: whole, overlapping, smaller than a pixel.
    *[adaptive((2, 2, 4, 6), size) for size in (None, (), (1,), 1, (2,), (2, 3), (4, 6), (1, 4), (4, 1))],
    *[adaptive((1, 2, 5, 7), size) for size in (2, (3, 4), (5, 3), (7, 9), (1, 10))],
    adaptive((1, 2, 5, 7), (2, 2, 3)),  # three numbers mean nothing: (1, 1)
    *[adaptive((1, 2, 5, 4), size, dtype) for size in (None, (2, 3)) for dtype in ("float64", "float16")],
    Case(ADAPTIVE, {"data": values([[[[np.nan, 1, 2, np.inf], [1, 2, 3, 4]]]])}, {"output_size": (2, 4)}, gradient=False),
    Case(ADAPTIVE, {"data": values([[[[1, 2, np.nan, 4, 5, 6, 7, 8]]]])}, {"output_size": (1, 4)}, gradient=False),
    empty(ADAPTIVE, output_size=(2, 2)),
    refused(ADAPTIVE, (2, 3, 4)),
    refused(ADAPTIVE, (2, 2, 3, 3, 3)),
    # Interpolation to a size, between corners or between centres.
    *[
        resized(shape, height=height, width=width, align_corners=align)
        for align in (True, False)
        for shape, height, width in [
            ((2, 2, 3, 4), 5, 7),
            ((2, 2, 5, 4), 2, 3),
            ((1, 2, 3, 4), 6, 8),
            ((1, 1, 4, 6), 2, 3),
            ((1, 2, 3, 4), 3, 4),
            ((1, 2, 3, 4), 3, 9),
            ((1, 2, 3, 4), 1, 1),
            ((1, 2, 3, 4), 1, 5),
            ((1, 2, 1, 1), 2, 3),
            ((1, 1, 2, 9), 7, 2),
        ]
    ],
    resized((1, 2, 3, 4)),
    resized((1, 2, 3, 4), height=2),
    # Sizes from scales (the product is rounded to float32 before it is cut), and from the parity of the data's.
    resized((1, 2, 3, 5), scale_height=2, scale_width=0.5),
    resized((1, 1, 10, 3), scale_height=0.7, scale_width=1.4, align_corners=False),
    resized((1, 1, 100, 1), scale_height=0.29, scale_width=1, loose=20),
    resized((1, 2, 3, 5), scale_height=2, scale_width=1.5, height=9, width=9),
    *[resized((1, 1, *sizes), mode="odd_scale", scale_height=2, scale_width=1.5) for sizes in ((3, 5), (4, 6))],
    resized((1, 1, 3, 5), mode="odd_scale", scale_height=0.5, scale_width=0.5),
    *[
        resized((1, 1, *sizes), mode=mode)
        for mode in ("to_even_down", "to_even_up", "to_odd_down", "to_odd_up")
        for sizes in ((3, 4), (4, 5))
    ],
    resized((1, 1, 3, 5), mode="to_even_up", scale_height=3, scale_width=3),
    like((2, 2, 3, 4), (2, 2, 5, 2)),
    like((1, 2, 3, 4), (3, 1, 2, 6), align_corners=False),
    like((1, 2, 3, 4), (1, 2, 2, 2), height=9, width=9),
    *[resized((1, 2, 3, 4), dtype, height=5, width=3, align_corners=align) for dtype in ("float64", "float16") for align in (True, False)],
    Case(RESIZE, {"data": integers(-9, 9, 1, 2, 4, 4)}, {"height": 7, "width": 7}),
    Case(
        RESIZE,
        {"data": values([[[[1, np.nan, 3], [4, 5, np.inf]]]])},
        {"height": 2, "width": 3},
        gradient=False,
    ),
    empty(RESIZE, height=2, width=2),
    refused(RESIZE, (2, 3, 4), height=2, width=2),
    refused(RESIZE, (1, 1, 3, 3), height=0, width=2),
    refused(RESIZE, (1, 1, 3, 3), scale_height=2),
    refused(RESIZE, (1, 1, 3, 3), mode="odd_scale", scale_width=2),
    refused(RESIZE, (1, 1, 3, 3), mode="odd_scale"),
    refused(RESIZE, (1, 1, 3, 3), scale_height=0.1, scale_width=1),
    refused(RESIZE, (1, 1, 3, 3), mode="double"),
    refused(RESIZE, (1, 1, 1, 3), mode="to_even_down"),
]
