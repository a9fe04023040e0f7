"""Pooling over regions, and convolution whose taps are shifted.

float16 is left out: the reference computes in it. So are regions outside the batch, where it reads elsewhere.
"""

import numpy as np

from tests.ops.case import Case, values
from tests.ops.spatial.regions import regions
from tests.sweep.draw import array, chance, drawn, one_of

SINGLE = ("float32", "float32", "float64")
LOOSE = {"rtol": 1e-4, "atol": 1e-5, "why": "sums in another order"}


def draw(rs):
    return one_of(rs, (pooling, align, apart, shifted, deformed, modulated, rotated))(rs)


def image(rs, channels, least=2, largest=9):
    return (int(rs.randint(1, 4)), channels, int(rs.randint(least, largest)), int(rs.randint(least, largest)))


def some(rs, size, dtype, scale):
    return regions(int(rs.randint(1, 7)), size[0], max(size[2:]) / scale, dtype, int(rs.randint(1 << 30)))


def spelled(rs, value):
    return one_of(rs, (value, value, list(value), str(value)))


def cells(rs):
    if chance(rs, 0.03):
        return one_of(rs, ((2,), (0, 2), (2, 2, 2), 3))
    return spelled(rs, (int(rs.randint(1, 8)), int(rs.randint(1, 8))))


def scale_of(rs):
    return float(one_of(rs, (1.0, 1.0, 0.5, 0.25, 0.0625, 0.375)))


def pooling(rs):
    dtype = one_of(rs, SINGLE)
    size, scale = image(rs, int(rs.randint(1, 5))), scale_of(rs)
    return Case(
        "ROIPooling",
        {"data": array(rs, size, dtype), "rois": some(rs, size, dtype, scale)},
        {"pooled_size": cells(rs), "spatial_scale": scale},
    )


def align(rs):
    dtype = one_of(rs, SINGLE)
    size, scale, pooled = image(rs, int(rs.randint(1, 5))), scale_of(rs), cells(rs)
    params = {"pooled_size": pooled, "spatial_scale": scale}
    if chance(rs, 0.5):
        params["sample_ratio"] = int(one_of(rs, (-1, 0, 1, 2, 3)))
    if chance(rs, 0.5):
        params["aligned"] = one_of(rs, (True, False, "True"))
    if chance(rs, 0.25) and isinstance(pooled, tuple) and len(pooled) == 2:
        params["position_sensitive"] = True
        size = (size[0], size[1] * max(int(np.prod(pooled)), 1) + (1 if chance(rs, 0.04) else 0), *size[2:])
    return Case("_contrib_ROIAlign", {"data": array(rs, size, dtype), "rois": some(rs, size, dtype, scale)}, params, **LOOSE)


def rotated(rs):
    size, scale = image(rs, int(rs.randint(1, 5))), scale_of(rs)
    seed, count = int(rs.randint(1 << 30)), int(rs.randint(1, 6))
    reach = max(size[2:]) / scale
    random = np.random.RandomState(seed)
    rois = np.concatenate(
        [random.randint(0, size[0], (count, 1)), random.uniform(0, 1, (count, 2)) * reach, random.uniform(0.1, 1, (count, 2)) * reach,
         random.uniform(-180, 180, (count, 1))], 1
    )  # fmt: skip
    params = {"pooled_size": cells(rs), "spatial_scale": scale}
    if chance(rs, 0.5):
        params["sampling_ratio"] = int(one_of(rs, (-1, 0, 1, 2, 3)))
    return Case("_contrib_RROIAlign", {"data": array(rs, size), "rois": values(rois.tolist())}, params, gradient=False, **LOOSE)


def apart(rs):
    dtype = one_of(rs, SINGLE)
    pooled, groups, made = int(rs.randint(1, 6)), int(rs.randint(0, 4)), int(rs.randint(1, 4))
    size, scale = image(rs, made * (groups or pooled) ** 2), scale_of(rs)
    params = {"pooled_size": pooled, "spatial_scale": scale, "output_dim": made}
    if groups or chance(rs, 0.5):
        params["group_size"] = groups
    return Case("_contrib_PSROIPooling", {"data": array(rs, size, dtype), "rois": some(rs, size, dtype, scale)}, params, **LOOSE)


def shifted(rs):
    dtype = one_of(rs, SINGLE)
    pooled, groups, made = int(rs.randint(1, 5)), int(rs.randint(1, 4)), int(rs.randint(1, 4))
    size, scale = image(rs, made * groups**2), scale_of(rs)
    params = {
        "pooled_size": pooled,
        "spatial_scale": scale,
        "output_dim": made,
        "group_size": groups,
        "sample_per_part": int(rs.randint(1, 4)),
    }
    parts = int(rs.randint(0, 4))
    if parts or chance(rs, 0.5):
        params["part_size"] = parts
    rois = some(rs, size, dtype, scale)
    inputs = {"data": array(rs, size, dtype), "rois": rois}
    if chance(rs, 0.3):
        params["no_trans"] = True
    else:
        params["trans_std"] = float(one_of(rs, (0.0, 0.1, 0.3)))
        kinds = int(one_of(rs, [count for count in range(1, made + 1) if made % count == 0]))
        inputs["trans"] = array(rs, (len(rois.array()), 2 * kinds, parts or pooled, parts or pooled), dtype)
    return Case("_contrib_DeformablePSROIPooling", inputs, params, heads=[0], **LOOSE)


def window(rs, size):
    kernel = tuple(int(rs.randint(1, 4)) for _ in range(2))
    params = {"kernel": kernel, "stride": (1, 1), "dilate": (1, 1), "pad": (0, 0)}
    for name, low, high in (("stride", 1, 3), ("dilate", 1, 3), ("pad", 0, 3)):
        if chance(rs, 0.5):
            params[name] = (int(rs.randint(low, high)), int(rs.randint(low, high)))
    axes = zip(size[2:], *params.values(), strict=True)
    counts = [(length + 2 * p - d * (k - 1) - 1) // s + 1 for length, k, s, d, p in axes]
    return params, counts


def deformed(rs, op="_contrib_DeformableConvolution"):
    dtype = one_of(rs, SINGLE)
    groups, offsets = int(rs.randint(1, 3)), int(rs.randint(1, 3))
    channels = groups * offsets * int(rs.randint(1, 3)) + (1 if chance(rs, 0.03) else 0)
    filters = groups * int(rs.randint(1, 4))
    size = image(rs, channels, least=5)  # any window fits; for some that do not the reference counts a position
    params, counts = window(rs, size)
    kernel = params["kernel"]
    params = {name: value for name, value in params.items() if name == "kernel" or chance(rs, 0.9) or value not in ((1, 1), (0, 0))}
    params.update(num_filter=filters, num_group=groups, num_deformable_group=offsets)
    taps = kernel[0] * kernel[1] * offsets
    inputs = {"data": array(rs, size, dtype), "offset": array(rs, (size[0], 2 * taps, *counts), dtype, -1.5, 1.5)}
    if op.startswith("_contrib_Mod"):
        inputs["mask"] = array(rs, (size[0], taps, *counts), dtype, 0.0, 1.0)
    inputs["weight"] = array(rs, (filters, max(channels // groups, 1), *kernel), dtype, -1, 1)
    if chance(rs, 0.4):
        params["no_bias"] = True
    else:
        inputs["bias"] = array(rs, (filters,), dtype)
    return Case(op, inputs, params, gradient=op == "_contrib_DeformableConvolution", **LOOSE)


def modulated(rs):
    return deformed(rs, "_contrib_ModulatedDeformableConvolution")  # the reference has its gradients on GPUs only


CASES = drawn(draw, 120)
