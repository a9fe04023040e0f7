"""Cases of _image_to_tensor, _image_crop and _image_flip_*."""

import numpy as np

from tests.ops.case import Case, integers, normal

__all__ = ["CASES"]

TENSOR, CROP = "_image_to_tensor", "_image_crop"
FLIPS = {"_image_flip_left_right": 1, "_image_flip_top_bottom": 0}


def to_tensor(*shape, dtype="uint8"):
    """Make a case; the gradient is stated, as the reference hands it on in the order it lies in, unscaled."""
    case = Case(TENSOR, {"data": integers(-99 if dtype == "int8" else 0, 120, *shape, dtype=dtype)}, gradient=False)
    if np.dtype(dtype).kind != "f":
        return case
    turned = (2, 0, 1) if len(shape) == 3 else (0, 3, 1, 2)
    data = case.arrays()["data"]
    case = Case(TENSOR, case.inputs, gradient=["data"])
    head = case.head_gradient(0, data.transpose(turned).shape, np.float32)
    expect = {"grad/data": (head / 255).transpose(np.argsort(turned)).astype(dtype)}
    rtol = {"rtol": 1e-3} if dtype == "float16" else {}
    why = "the reference passes the gradient as it is, and rounds float16"
    return Case(TENSOR, case.inputs, gradient=["data"], expect=expect, why=why, **rtol)


def cropped(*shape, dtype="float32", **params):
    return Case(CROP, {"data": integers(-99, 99, *shape, dtype=dtype)}, params)


def flipped(op, *shape, dtype="float32"):
    """Make a case; what the reference does wrong is stated."""
    case = Case(op, {"data": integers(-99, 99, *shape, dtype=dtype)})
    data, expect = case.arrays()["data"], {}
    if shape[FLIPS[op]] % 2:
        expect["output0"] = np.flip(data, FLIPS[op])
    if data.dtype.kind == "f":
        expect["grad/data"] = np.flip(case.head_gradient(0, shape, data.dtype), FLIPS[op])
    why = "the reference leaves the middle line unwritten, and passes the gradient as it is"
    return Case(op, case.inputs, expect=expect, why=why) if expect else case


def refused(op, *shape, **params):
    return Case(op, {"data": normal(*shape)}, params, refused=True)


CASES = [
    *[to_tensor(*shape) for shape in [(4, 5, 3), (2, 4, 5, 3), (3, 2, 1), (1, 1, 7), (2, 3, 4, 1)]],
    *[to_tensor(4, 5, 3, dtype=dtype) for dtype in ("float32", "float64", "float16", "int32", "int64", "int8")],
    to_tensor(2, 3, 4, 3, dtype="float32"),
    refused(TENSOR, 4, 5),
    refused(TENSOR, 2, 2, 4, 5, 3),
    *[cropped(*shape, x=1, y=2, width=3, height=2) for shape in [(5, 6, 3), (2, 5, 6, 3), (4, 4, 1), (1, 7, 5, 3)]],
    cropped(5, 6, 3, x=0, y=0, width=6, height=5),
    cropped(5, 6, 3, x=5, y=4, width=1, height=1),
    *[cropped(4, 5, 3, dtype=dtype, x=1, y=2, width=3, height=2) for dtype in ("float64", "float16", "uint8", "int32", "int64", "int8")],
    *[refused(CROP, 5, 6, 3, **{"x": 0, "y": 0, "width": 3, "height": 2, **params})
      for params in [{"x": 4}, {"y": 4}, {"width": 0}, {"height": -1}]],
    refused(CROP, 1, 7, 5, 4, x=1, y=2, width=3, height=2),
    refused(CROP, 5, 6, 3, x=0, y=0, width=2),
    refused(CROP, 5, 6, x=0, y=0, width=3, height=2),
    *[flipped(op, *shape) for op in FLIPS for shape in [(4, 6, 3), (2, 2, 1), (5, 7, 3), (1, 1, 3)]],
    *[flipped(op, 4, 6, 3, dtype=dtype) for op in FLIPS for dtype in ("float64", "float16", "uint8", "int32", "int64", "int8")],
    *[refused(op, *shape) for op in FLIPS for shape in [(2, 4, 5, 3), (4, 5), (4, 5, 7)]],
]  # fmt: skip
