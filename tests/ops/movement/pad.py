"""Cases of Pad."""

import numpy as np

from tests.ops.case import Case, integers, normal

__all__ = ["CASES"]

MODES = ("constant", "edge", "reflect")


def pad(mode, shape, width, dtype="float32", **params):
    is_finite = np.isfinite(params.get("constant_value", 0))
    return Case("Pad", {"data": normal(*shape, dtype=dtype)}, {"mode": mode, "pad_width": width, **params}, finite=bool(is_finite))


def stated(data, mode, width, **params):
    """State what NumPy's own function gives, where the reference has nothing."""
    case = Case("Pad", {"data": data}, {"mode": mode, "pad_width": width, **params}, gradient=False)
    options = {"constant_values": params.get("constant_value", 0)} if mode == "constant" else {}
    expect = {"output0": np.pad(data.array(), list(zip(width[::2], width[1::2], strict=True)), mode, **options)}
    return Case(case.op, case.inputs, case.params, gradient=False, expect=expect, why="the reference has only floats of 4 or 5 axes")


def refused(shape, params):
    return Case("Pad", {"data": normal(*shape)}, params, refused=True)


CASES = [
    *[
        pad(mode, (2, 2, 3, 4), (0, 0, 0, 0, *width))
        for mode in MODES
        for width in [(1, 2, 2, 1), (2, 0, 0, 3), (0, 0, 1, 1), (0, 0, 0, 0), (1, 1, 0, 0)]
    ],
    pad("constant", (2, 1, 3, 4), (0, 0, 0, 0, 4, 7, 5, 9), constant_value=1.5),
    pad("edge", (1, 1, 3, 2), (0, 0, 0, 0, 4, 5, 3, 2)),
    pad("reflect", (1, 2, 3, 4), (0, 0, 0, 0, 2, 2, 3, 3)),
    pad("edge", (1, 2, 1, 1), (0, 0, 0, 0, 1, 2, 2, 1)),
    *[pad(mode, (1, 2, 3, 2, 3), (0, 0, 0, 0, 1, 2, 0, 1, 1, 0)) for mode in MODES],
    *[pad(mode, (1, 2, 3, 2), (0, 0, 0, 0, 1, 2, 1, 1), dtype) for mode in MODES for dtype in ("float64", "float16")],
    pad("edge", (1, 1, 2, 2), (0, 0, 0, 0, 1, 1, 1, 1), constant_value=7),
    *[pad("constant", (1, 1, 2, 2), (0, 0, 0, 0, 1, 0, 0, 0), constant_value=value) for value in (-2.5, float("inf"), float("nan"))],
    # Types and axes that the reference does not take.
    *[stated(integers(-9, 9, 1, 2, 3, 2, dtype=dtype), mode, (0, 0, 0, 0, 1, 1, 1, 1)) for mode in MODES for dtype in ("int32", "int8")],
    stated(integers(-9, 9, 1, 1, 2, 2, dtype="int64"), "constant", (0, 0, 0, 0, 1, 1, 0, 1), constant_value=3),
    *[stated(normal(3, 4), mode, (1, 2, 3, 1)) for mode in MODES],
    *[stated(normal(2, 3, 2, 3), mode, (1, 0, 2, 1, 0, 1, 2, 0)) for mode in MODES],
    # Refused.
    refused((1, 1, 3, 4), {"mode": "reflect", "pad_width": (0, 0, 0, 0, 3, 0, 0, 0)}),
    refused((1, 1, 3, 4), {"mode": "reflect", "pad_width": (0, 0, 0, 0, 0, 0, 0, 4)}),
    refused((1, 1, 3, 4), {"mode": "constant", "pad_width": (0, 0, 0, 0, 1, 1, 1)}),
    refused((1, 1, 3, 4), {"mode": "constant", "pad_width": (0, 0, 0, 0, 1, 1)}),
    refused((1, 1, 3, 4), {"mode": "constant", "pad_width": ()}),
    refused((1, 1, 3, 4), {"mode": "constant"}),
    refused((1, 1, 3, 4), {"pad_width": (0, 0, 0, 0, 1, 1, 1, 1)}),
    refused((1, 1, 3, 4), {"mode": "wrap", "pad_width": (0, 0, 0, 0, 1, 1, 1, 1)}),
]
