"""Samplers, correlation, crops and windows laid out as columns.

float16 is left out where the reference computes in it; grids of a side of one, where it divides 0 by 0;
pairs of images of different sizes, where it reads beyond the smaller one.
"""

import numpy as np

from tests.ops.case import Case
from tests.sweep.draw import array, chance, drawn, one_of

SINGLE = ("float32", "float32", "float64")
LOOSE = {"rtol": 1e-4, "atol": 1e-5, "why": "sums in another order"}


def draw(rs):
    return one_of(rs, (sampler, sampler, grid, transformer, correlation, correlation, crop, crop, columns, columns))(rs)


def image(rs, n=None, channels=4, least=1, largest=7):
    return (n or int(rs.randint(1, 4)), int(rs.randint(1, channels + 1)), int(rs.randint(least, largest)), int(rs.randint(least, largest)))


def wrong(rs, size):
    """Change a shape, now and then."""
    if chance(rs, 0.97):
        return size
    place = rs.randint(len(size))
    return one_of(rs, (size[:place] + size[place + 1 :], (*size[:place], size[place] + 1, *size[place + 1 :]), (1, *size)))


def spelled(rs, value):
    """Write a tuple as MXNet's users do."""
    return one_of(rs, (value, value, list(value), str(value), str(list(value))))


def sampler(rs):
    dtype = one_of(rs, SINGLE)
    size = image(rs, channels=one_of(rs, (3, 20)))
    places = wrong(rs, (size[0], 2, int(rs.randint(1, 6)), int(rs.randint(1, 6))))
    reach = one_of(rs, (0.9, 1.5, 4.0))
    params = {"cudnn_off": chance(rs, 0.5)} if chance(rs, 0.2) else {}
    return Case("BilinearSampler", {"data": array(rs, size, dtype), "grid": array(rs, places, dtype, -reach, reach)}, params, **LOOSE)


def grid(rs):
    if chance(rs, 0.5):
        target = (int(rs.randint(2, 7)), int(rs.randint(2, 7)))
        data = array(rs, wrong(rs, (int(rs.randint(1, 4)), 6)))
        return Case("GridGenerator", {"data": data}, {"transform_type": "affine", "target_shape": spelled(rs, target)})
    size = (int(rs.randint(1, 4)), 2, int(rs.randint(2, 7)), int(rs.randint(2, 7)))
    return Case("GridGenerator", {"data": array(rs, wrong(rs, size))}, {"transform_type": "warp"})


def transformer(rs):
    size = image(rs)
    target = (int(rs.randint(2, 7)), int(rs.randint(2, 7)))
    params = {"transform_type": "affine", "sampler_type": "bilinear", "target_shape": spelled(rs, target)}
    dtype = one_of(rs, SINGLE)
    return Case(
        "SpatialTransformer",
        {"data": array(rs, wrong(rs, size), dtype), "loc": array(rs, wrong(rs, (size[0], 6)), dtype, -1, 1)},
        params,
        **LOOSE,
    )


def correlation(rs):
    size = image(rs, channels=one_of(rs, (3, 18)), least=3, largest=10)
    params = {
        "kernel_size": int(one_of(rs, (1, 1, 3, 3, 5, 2))) if chance(rs, 0.2) else int(one_of(rs, (1, 3))),
        "max_displacement": int(rs.randint(0, 4)),
        "stride1": int(rs.randint(1, 4)),
        "stride2": int(rs.randint(1, 4)),
        "pad_size": int(rs.randint(0, 6)),
        "is_multiply": one_of(rs, (True, False, "True", 0)),
    }
    params = {name: value for name, value in params.items() if chance(rs, 0.8)}
    dtype = one_of(rs, SINGLE)
    return Case("Correlation", {"data1": array(rs, size[chance(rs, 0.03) :], dtype), "data2": array(rs, size, dtype)}, params, **LOOSE)


def crop(rs):
    size, dtype = image(rs, least=3, largest=8), "float32"  # the only type the reference has
    height, width = (int(rs.randint(1, length + 1)) for length in size[2:])
    if chance(rs, 0.03):
        height += size[2]
    params = {}
    if chance(rs, 0.5):
        params["center_crop"] = one_of(rs, (True, "True", False))
    if chance(rs, 0.5):
        params["offset"] = spelled(
            rs, tuple(int(rs.randint(0, max(length - part, 0) + 1)) for length, part in zip(size[2:], (height, width), strict=True))
        )
    if chance(rs, 0.5):
        return Case("Crop", [array(rs, size, dtype)], {"num_args": 1, "h_w": spelled(rs, (height, width)), **params})
    return Case("Crop", [array(rs, size, dtype), array(rs, (*image(rs)[:2], height, width), dtype)], {"num_args": 2, **params})


def columns(rs):
    kernel = (int(rs.randint(1, 4)), int(rs.randint(1, 4)))
    geometry = {"stride": tuple(int(rs.randint(1, 4)) for _ in kernel), "dilate": tuple(int(rs.randint(1, 3)) for _ in kernel)}
    geometry["pad"] = tuple(int(rs.randint(0, 3)) for _ in kernel)
    geometry = {name: value for name, value in geometry.items() if chance(rs, 0.6)}
    size = image(rs, channels=3, largest=8)
    dtype = one_of(rs, (*SINGLE, "float16"))
    params = {"kernel": kernel, **{name: spelled(rs, value) for name, value in geometry.items()}}
    if chance(rs, 0.5):
        return Case("im2col", {"data": array(rs, wrong(rs, size), dtype)}, params)
    axes = zip(size[2:], kernel, geometry.get("stride", (1, 1)), geometry.get("dilate", (1, 1)), geometry.get("pad", (0, 0)), strict=True)
    count = int(np.prod([max((length + 2 * p - d * (k - 1) - 1) // s + 1, 1) for length, k, s, d, p in axes]))
    made = wrong(rs, (size[0], size[1] * kernel[0] * kernel[1], count))
    return Case("col2im", {"data": array(rs, made, dtype)}, {**params, "output_size": spelled(rs, size[2:])})


CASES = drawn(draw, 125)
