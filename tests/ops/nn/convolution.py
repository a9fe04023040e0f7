"""Cases of Convolution."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

__all__ = ["CASES", "by_definition"]


def by_definition(data, weight, head, stride, dilate, pad, groups=1):
    """Convolve tap by tap, in float64: output, and the gradients of data and weight for the gradient ``head`` of the output."""
    data, weight, head = (array.astype("float64") for array in (data, weight, head))
    padded = np.pad(data, [(0, 0), (0, 0), *[(p, p) for p in pad]])
    output, d_padded, d_weight = np.zeros(head.shape), np.zeros(padded.shape), np.zeros(weight.shape)
    for tap in np.ndindex(*weight.shape[2:]):
        reads = [slice(t * d, t * d + (n - 1) * s + 1, s) for t, d, n, s in zip(tap, dilate, head.shape[2:], stride, strict=True)]
        for group in range(groups):
            o = slice(group * len(weight) // groups, (group + 1) * len(weight) // groups)
            c = slice(group * weight.shape[1], (group + 1) * weight.shape[1])
            read, factor = padded[(slice(None), c, *reads)], weight[(o, slice(None), *tap)]
            output[:, o] += np.einsum("nc...,oc->no...", read, factor)
            d_padded[(slice(None), c, *reads)] += np.einsum("no...,oc->nc...", head[:, o], factor)
            d_weight[(o, slice(None), *tap)] = np.einsum("nox,ncx->oc", flat(head[:, o]), flat(read))
    return output, d_padded[(..., *[slice(p, p + size) for p, size in zip(pad, data.shape[2:], strict=True)])], d_weight


def flat(images):
    """Join the spatial axes."""
    return images.reshape(*images.shape[:2], int(np.prod(images.shape[2:])))


def convolution(sizes, kernel, *, batch=2, channels=2, filters=2, dtype="float32", bias=True, params=None, **options):
    """Make a case with weights that fit ``batch`` images of ``sizes``."""
    params = {"kernel": kernel, "num_filter": filters, **(params or {})}
    inputs = {
        "data": normal(batch, channels, *sizes, dtype=dtype),
        "weight": normal(filters, channels // params.get("num_group", 1), *kernel, dtype=dtype, seed=1),
    }
    if bias:
        inputs["bias"] = normal(filters, dtype=dtype, seed=2)
    else:
        params["no_bias"] = True
    return Case("Convolution", inputs, params, **options)


def stated(case, why):
    """State output and gradients by the definition, where the reference computes none."""
    arrays, params = case.arrays(), case.params
    is_last = params.get("layout", "").endswith("C")
    data, weight = (np.moveaxis(arrays[slot], -1, 1) if is_last else arrays[slot] for slot in ("data", "weight"))
    axes = len(params["kernel"])
    stride, dilate, pad = params.get("stride", (1,) * axes), params.get("dilate", (1,) * axes), params.get("pad", (0,) * axes)
    geometry = zip(data.shape[2:], params["kernel"], stride, dilate, pad, strict=True)
    counts = [(size + 2 * p - d * (k - 1) - 1) // s + 1 for size, k, s, d, p in geometry]
    shape = (len(data), *counts, len(weight)) if is_last else (len(data), len(weight), *counts)
    head = case.head_gradient(0, shape, data.dtype)
    head = np.moveaxis(head, -1, 1) if is_last else head
    output, d_data, d_weight = by_definition(data, weight, head, stride, dilate, pad, params.get("num_group", 1))
    output = output + arrays["bias"].reshape(-1, *[1] * axes) if "bias" in arrays else output
    found = {"output0": output, "grad/data": d_data, "grad/weight": d_weight}
    if is_last:
        found = {entry: np.moveaxis(array, 1, -1) for entry, array in found.items()}
    if "bias" in arrays:
        found["grad/bias"] = head.astype("float64").sum(axis=(0, *range(2, head.ndim)))
    expect = {entry: array.astype(data.dtype) for entry, array in found.items()}
    return Case(case.op, case.inputs, case.params, expect=expect, why=why)


def refused(params, data=(1, 2, 4, 4), weight=(2, 2, 3, 3), bias=2):
    inputs = {"data": normal(*data), "weight": normal(*weight), "bias": normal(bias)}
    return Case("Convolution", inputs, {"kernel": (3, 3), "num_filter": 2, **params}, refused=True)


NO_HALF = "the reference has no float16 on the CPU"
NO_LAST = "the reference has no channels behind the spatial axes on the CPU"
NO_ZERO = "the recording knows no empty shapes"

CASES = [
    # One, two and three axes.
    convolution((6,), (3,)),
    convolution((5, 4), (3, 2)),
    convolution((3, 4, 3), (2, 3, 2)),
    convolution((5, 4), (3, 2), bias=False),
    convolution((5,), (2,), bias=False, batch=1),
    convolution((4, 4), (4, 4)),
    convolution((1, 1), (1, 1), channels=5, filters=3),
    # Each parameter, alone and with others.
    convolution((7, 6), (3, 2), params={"stride": (2, 3)}),
    convolution((5, 4), (3, 3), params={"pad": (1, 2)}),
    convolution((7, 6), (3, 2), params={"dilate": (2, 4)}),
    convolution((7, 6), (3, 3), params={"stride": (2, 1), "pad": (2, 1), "dilate": (2, 1)}),
    convolution((7,), (2,), params={"stride": (3,), "pad": (1,)}),
    convolution((6,), (3,), params={"dilate": (3,), "pad": (2,)}),
    convolution((3, 4, 3), (2, 1, 3), params={"stride": (1, 2, 1), "pad": (1, 0, 1)}),
    convolution((4, 3, 3), (2, 2, 1), params={"dilate": (3, 1, 2)}),
    convolution((3, 3), (2, 2), params={"pad": (3, 3)}),  # windows that hold nothing but padding
    convolution((2, 2), (1, 1), params={"pad": (2, 1)}),
    convolution((2, 2), (3, 3), params={"pad": (1, 1)}),
    convolution((4, 5), (1, 1), channels=3, params={"stride": (2, 2)}),  # windows that skip elements
    convolution((7, 7), (2, 2), params={"stride": (4, 5)}),
    # A window of one element: no patches.
    convolution((3, 4), (1, 1), channels=3, filters=4),
    convolution((5,), (1,), channels=4, filters=3, params={"num_group": 1}),
    convolution((3, 2), (1, 1), channels=4, filters=6, params={"num_group": 2}),
    # Groups.
    convolution((4, 4), (3, 3), channels=4, filters=6, batch=1, params={"num_group": 2}),
    convolution((4, 4), (2, 3), channels=3, filters=3, params={"num_group": 3, "pad": (1, 1)}),
    convolution((5, 4), (2, 2), channels=3, filters=6, params={"num_group": 3, "stride": (2, 1)}),
    convolution((5,), (3,), channels=4, filters=4, params={"num_group": 4, "dilate": (2,)}),
    convolution((3, 3, 2), (2, 2, 2), channels=2, filters=4, params={"num_group": 2}),
    # Layouts by their names; what only other machines read.
    convolution((5,), (2,), params={"layout": "NCW"}),
    convolution((3, 3), (2, 2), params={"layout": "NCHW"}),
    convolution((3, 3, 2), (2, 2, 1), params={"layout": "NCDHW"}),
    convolution((3, 3), (2, 2), params={"workspace": 10, "cudnn_tune": "fastest", "cudnn_off": True}),
    # More positions than go into one product.
    convolution((17, 16), (3, 3), channels=1, batch=3, params={"pad": (1, 1)}),
    # Types, and inputs that need no gradient.
    convolution((5, 4), (3, 2), dtype="float64"),
    convolution((4, 4), (3, 3), dtype="float64", channels=4, params={"num_group": 2, "pad": (1, 1), "stride": (2, 2)}),
    convolution((4, 4), (3, 3), gradient=["weight"]),
    convolution((4, 4), (3, 3), gradient=["data"]),
    convolution((4, 4), (3, 3), gradient=["bias"]),
    *[stated(convolution((5,), (3,), dtype="float16", params=params), NO_HALF) for params in ({}, {"pad": (1,), "stride": (2,)})],
    stated(convolution((3, 4), (1, 1), channels=4, dtype="float16", params={"num_group": 2}), NO_HALF),
    stated(convolution((4, 4), (3, 3), channels=4, filters=4, dtype="float16", params={"num_group": 4, "pad": (1, 1)}), NO_HALF),
    # Nothing to do.
    stated(convolution((4, 4), (3, 3), batch=0), NO_ZERO),
    stated(convolution((4, 4), (1, 1), batch=0, bias=False), NO_ZERO),
    # Channels last.
    *[
        stated(
            Case(
                "Convolution",
                {"data": normal(2, *sizes, 4), "weight": normal(6, *kernel, 4 // groups, seed=1), "bias": normal(6, seed=2)},
                {"kernel": kernel, "num_filter": 6, "num_group": groups, "layout": layout, "pad": (1,) * len(kernel)},
            ),
            NO_LAST,
        )
        for layout, sizes, kernel, groups in [("NHWC", (4, 3), (3, 2), 1), ("NHWC", (3, 3), (2, 2), 2), ("NDHWC", (2, 3, 2), (2, 2, 1), 1)]
    ],
    # Values that are not numbers stay in the windows that see them.
    Case(
        "Convolution",
        {"data": values([[[1, np.nan, 2, 3, np.inf, 4]]]), "weight": values([[[1, 2]]]), "bias": values([0.5])},
        {"kernel": (2,), "num_filter": 1},
        gradient=False,
    ),
    Case(
        "Convolution",
        {"data": integers(-9, 9, 1, 1, 5), "weight": integers(-9, 9, 1, 1, 2)},
        {"kernel": (2,), "num_filter": 1, "no_bias": True},
    ),
    # Refused.
    refused({"kernel": (5, 3)}, weight=(2, 2, 5, 3)),
    refused({"dilate": (2, 1)}),
    refused({"num_group": 2, "num_filter": 3}, weight=(3, 1, 3, 3), bias=3),
    refused({"num_group": 2}, data=(1, 3, 4, 4), weight=(2, 1, 3, 3)),
    refused({"num_filter": 0}),
    refused({"stride": (0, 1)}),
    refused({"stride": (1,)}),
    refused({"pad": (1,)}),
    refused({"dilate": (1, 1, 1)}),
    refused({"kernel": (0, 3)}, weight=(2, 2, 0, 3)),
    refused({"layout": "NCW"}),
    refused({"layout": "NWC"}),
    refused({"kernel": (3, 3, 3, 3)}, data=(1, 2, 4, 4, 4, 4), weight=(2, 2, 3, 3, 3, 3)),
    refused({}, data=(1, 2, 4)),
    refused({}, weight=(2, 1, 3, 3)),
    refused({}, bias=3),
    refused({"no_bias": True}),
    # The form of files before 0.9.
    Case(
        "Convolution_v1",
        {"data": normal(2, 4, 5, 6), "weight": normal(6, 2, 3, 2), "bias": normal(6)},
        {"kernel": (3, 2), "stride": (2, 1), "pad": (1, 0), "num_filter": 6, "num_group": 2},
    ),
    Case(
        "Convolution_v1",
        {"data": normal(1, 2, 5, 5), "weight": normal(3, 2, 3, 3)},
        {"kernel": (3, 3), "dilate": (2, 2), "num_filter": 3, "no_bias": True},
    ),
    Case(
        "Convolution_v1",
        {"data": normal(1, 2, 2, 2), "weight": normal(3, 2, 3, 3)},
        {"kernel": (3, 3), "num_filter": 3, "no_bias": True},
        refused=True,
    ),
]
