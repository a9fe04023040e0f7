"""Cases of _image_normalize, _image_adjust_lighting and, with bounds that leave no choice, the random changes of colour."""

import numpy as np

from tests.ops.case import Case, integers, normal, uniform

__all__ = ["CASES"]

NORMALIZE, LIGHTING = "_image_normalize", "_image_adjust_lighting"
CHANGES = ("brightness", "contrast", "saturation", "hue")
GREY = np.array([0.299, 0.587, 0.114])


def normalized(*shape, dtype="float32", **params):
    return Case(NORMALIZE, {"data": integers(-9, 99, *shape, dtype=dtype)}, params)


def changed(kind, factor, *shape, dtype="float32", **how):
    """Change by a known factor; the gradient passes as it is."""
    data = integers(0, 256, *shape, dtype=dtype) if np.dtype(dtype).kind in "iu" else uniform(0, 255, *shape, dtype=dtype)
    return Case(f"_image_random_{kind}", {"data": data}, {"min_factor": factor, "max_factor": factor}, **how)


def saturated(factor, *shape, dtype="float32"):
    """State what is right: the reference takes 0.114 times blue for grey."""
    case = changed("saturation", factor, *shape, dtype=dtype)
    data = case.arrays()["data"].astype("float64")
    factor = np.float32(factor).astype("float64")
    result = data * factor + (data @ GREY)[..., None] * (1 - factor)
    expect = {"output0": (result.clip(0, 255) if dtype == "uint8" else result).astype(dtype)}
    return Case(case.op, case.inputs, case.params, expect=expect, why="the grey is that of the last channel alone there")


def lit(*alpha, shape=(3, 4, 3), dtype="float32"):
    data = integers(60, 180, *shape, dtype=dtype) if np.dtype(dtype).kind in "iu" else uniform(0, 255, *shape, dtype=dtype)
    how = {"rtol": 1e-6, "why": "components are float32 there"} if dtype == "float64" else {}
    return Case(LIGHTING, {"data": data}, {"alpha": alpha}, **how)


def refused(op, *shape, **params):
    return Case(op, {"data": normal(*shape)}, params, refused=True)


HUE = {"atol": 1e-3, "why": "errors are those of numbers up to 255"}
FLOAT32 = {"rtol": 1e-5, "why": "computed in float32 there"}

CASES = [
    *[normalized(*shape, mean=mean, std=std) for shape in [(3, 4, 5), (2, 3, 2, 2)]
      for mean, std in [(0.5, 2), ((0.25, 0.5, 1), (1, 2, 4)), ((0.25, 0.5, 1), 2), (3, (1, 2, 4))]],
    normalized(1, 4, 5, mean=0.5, std=2),
    normalized(2, 1, 2, 2, mean=(0.5,), std=(2,)),
    normalized(3, 2, 2, mean=0, std=0),
    *[normalized(3, 4, 5, dtype=dtype, mean=(0, 1, 2), std=(1, 2, 4)) for dtype in ("float64", "float16", "int32")],
    Case(NORMALIZE, {"data": integers(9, 200, 3, 4, 5, dtype="uint8")}, {"mean": (0, 1, 2), "std": (1, 2, 4)}),
    *[refused(NORMALIZE, 3, 4, 5, **params) for params in [{}, {"mean": 0}, {"mean": (), "std": 1}, {"mean": (1, 2), "std": 1}, {"mean": 0, "std": (1, 2)}]],
    *[refused(NORMALIZE, *shape, mean=0, std=1) for shape in [(2, 4, 5), (4, 5), (1, 1, 3, 4, 5)]],
    refused(NORMALIZE, 1, 4, 5, mean=(1, 2, 3), std=1),
    *[changed("brightness", factor, 3, 4, channels) for factor in (0, 0.5, 1.75) for channels in (1, 3)],
    *[changed("brightness", 0.5, 3, 4, 3, dtype=dtype) for dtype in ("float16", "uint8", "int32", "int64")],
    changed("brightness", 0.5, 3, 4, 3, dtype="float64", **FLOAT32),
    changed("brightness", 2, 3, 4, 3, dtype="uint8"),  # bounded
    Case("_image_random_brightness", {"data": integers(-90, 90, 3, 4, 3, dtype="int8")}, {"min_factor": 2, "max_factor": 2}),  # goes round
    *[changed("contrast", factor, 3, 4, channels) for factor in (0, 0.5, 1.75) for channels in (1, 3)],
    *[changed("contrast", 0.7, 3, 4, 3, dtype=dtype) for dtype in ("float16", "uint8", "int32")],
    changed("contrast", 0.7, 3, 4, 3, dtype="float64", **FLOAT32),
    *[saturated(factor, 3, 4, 3) for factor in (0, 0.5, 1.75)],
    saturated(0.7, 3, 4, 3, dtype="uint8"),
    changed("saturation", 0.5, 3, 4, 1),
    *[changed("hue", factor, 4, 5, 3, **HUE) for factor in (0, 0.1, 0.3, 0.5, 0.9, 1.2)],
    Case("_image_random_hue", {"data": integers(0, 4, 5, 6, 3)}, {"min_factor": 0.25, "max_factor": 0.25}, **HUE),  # ties
    *[Case("_image_random_color_jitter", {"data": uniform(0, 255, 3, 4, channels)}, dict.fromkeys(CHANGES, 0),
           expect={"output0": uniform(0, 255, 3, 4, channels).array()}, why="the reference leaves the output unwritten") for channels in (1, 3)],
    Case("_image_random_lighting", {"data": uniform(0, 255, 3, 4, 3)}, {"alpha_std": 0}),
    *[lit(*alpha) for alpha in [(0.1, 0.2, 0.3), (0, 0, 0), (-1, 0.5, 0), (0.1, 0.2, 0.3, 0.4)]],
    *[lit(0.1, -0.2, 0.3, dtype=dtype) for dtype in ("float64", "float16", "uint8", "int32")],
    *[refused(LIGHTING, 3, 4, 3, alpha=alpha) for alpha in [(1, 2), 1]],
    *[refused(f"_image_random_{kind}", *shape, min_factor=1, max_factor=1) for kind in CHANGES for shape in [(2, 3, 4, 3), (3, 4), (3, 4, 4)]],
    *[refused(f"_image_random_{kind}", 3, 4, 3, min_factor=-1, max_factor=1) for kind in CHANGES],
    refused("_image_random_brightness", 3, 4, 3, min_factor=1),
    refused("_image_random_color_jitter", 3, 4, 3, brightness=1, contrast=1, saturation=1),
    refused(LIGHTING, 3, 4, 4, alpha=(0, 0, 0)),
]  # fmt: skip
