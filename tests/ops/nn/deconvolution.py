"""Cases of Deconvolution."""

from tests.ops.case import Case, normal
from tests.ops.nn.convolution import by_definition

__all__ = ["CASES"]


def deconvolution(sizes, kernel, *, batch=2, channels=2, filters=2, dtype="float32", bias=False, params=None, **options):
    """Make a case with weights that fit ``batch`` images of ``sizes``."""
    params = {"kernel": kernel, "num_filter": filters, **(params or {})}
    inputs = {
        "data": normal(batch, channels, *sizes, dtype=dtype),
        "weight": normal(channels, filters // params.get("num_group", 1), *kernel, dtype=dtype, seed=1),
    }
    if bias:
        inputs["bias"] = normal(filters, dtype=dtype, seed=2)
        params["no_bias"] = False
    return Case("Deconvolution", inputs, params, **options)


def stated(case, why):
    """State output and gradients by the definition: the convolution that this transposes, from output to data."""
    arrays, params = case.arrays(), case.params
    data, weight = arrays["data"], arrays["weight"]
    axes, groups = len(params["kernel"]), params.get("num_group", 1)
    stride, dilate, pad = params.get("stride", (1,) * axes), params.get("dilate", (1,) * axes), params.get("pad", (0,) * axes)
    adj = params.get("adj", (0,) * axes)
    geometry = zip(data.shape[2:], params["kernel"], stride, dilate, pad, adj, strict=True)
    lengths = [s * (size - 1) + d * (k - 1) + 1 + a - 2 * p for size, k, s, d, p, a in geometry]
    head = case.head_gradient(0, (len(data), params["num_filter"], *lengths), data.dtype)
    d_data, output, d_weight = by_definition(head, weight, data, stride, dilate, pad, groups)
    found = {"output0": output, "grad/data": d_data, "grad/weight": d_weight}
    if "bias" in arrays:
        found["output0"] = output + arrays["bias"].reshape(-1, *[1] * axes)
        found["grad/bias"] = head.astype("float64").sum(axis=(0, *range(2, head.ndim)))
    expect = {entry: array.astype(data.dtype) for entry, array in found.items()}
    return Case(case.op, case.inputs, case.params, expect=expect, why=why)


def refused(params, data=(1, 2, 3, 3), weight=(2, 2, 3, 3)):
    inputs = {"data": normal(*data), "weight": normal(*weight)}
    return Case("Deconvolution", inputs, {"kernel": (3, 3), "num_filter": 2, **params}, refused=True)


NO_HALF = "the reference has no float16 on the CPU"
WRONG = "the reference's own kernel is wrong for dilation with a stride"
ABSENT = "the reference has none on the CPU"
NO_ZERO = "the recording knows no empty shapes"

CASES = [
    # One and two axes.
    deconvolution((4,), (3,)),
    deconvolution((3, 4), (3, 2)),
    deconvolution((3, 4), (3, 2), bias=True),
    deconvolution((4,), (3,), bias=True, batch=1),
    deconvolution((1, 1), (3, 3)),
    # Each parameter, alone and with others.
    deconvolution((3, 2), (3, 2), params={"stride": (2, 3)}),
    deconvolution((3, 4), (3, 3), params={"pad": (1, 2)}),
    deconvolution((3, 2), (3, 3), params={"stride": (2, 3), "pad": (1, 1), "adj": (1, 2)}),
    deconvolution((3, 2), (3, 3), params={"stride": (2, 3), "adj": (1, 0)}, bias=True),
    deconvolution((3,), (2,), params={"stride": (4,)}),  # elements that nothing reaches
    deconvolution((3,), (2,), params={"stride": (4,), "adj": (3,)}),
    deconvolution((3, 3), (4, 4), params={"stride": (2, 2), "pad": (1, 1)}),
    deconvolution((2, 2), (3, 3), params={"dilate": (2, 2)}),
    # A target shape decides the padding, and makes `pad` and `adj` void.
    deconvolution((3, 3), (3, 3), params={"stride": (2, 2), "target_shape": (7, 6)}),
    deconvolution((3, 3), (3, 3), params={"stride": (2, 3), "target_shape": (5, 8)}, bias=True),
    deconvolution((3, 3), (3, 3), params={"stride": (2, 2), "target_shape": (4, 2)}),
    deconvolution((3, 3), (3, 3), params={"stride": (2, 2), "target_shape": (6, 5), "pad": (2, 2), "adj": (1, 1)}),
    deconvolution((3, 3), (3, 3), params={"stride": (2, 2), "target_shape": (0, 0)}),
    deconvolution((4,), (4,), params={"stride": (2,), "target_shape": (8,)}),
    deconvolution((3, 3), (3, 3), params={"target_shape": (3, 3)}),
    # A window of one element.
    deconvolution((3, 4), (1, 1), channels=3, filters=4, bias=True),
    deconvolution((3, 4), (1, 1), channels=4, params={"num_group": 2}),
    deconvolution((3, 2), (1, 1), params={"stride": (2, 2), "adj": (1, 1)}),
    # Groups.
    deconvolution((3, 3), (3, 3), channels=4, filters=6, batch=1, params={"num_group": 2}),
    deconvolution((3, 3), (4, 4), channels=3, filters=3, params={"num_group": 3, "stride": (2, 2), "pad": (1, 1)}),
    deconvolution((3,), (2,), channels=2, filters=4, params={"num_group": 2, "stride": (2,)}, bias=True),
    # Layouts by their names; what only other machines read.
    deconvolution((4,), (2,), params={"layout": "NCW"}),
    deconvolution((3, 3), (2, 2), params={"layout": "NCHW", "workspace": 10, "cudnn_tune": "off", "cudnn_off": True}),
    # Types.
    deconvolution((3, 4), (3, 2), dtype="float64", bias=True, params={"stride": (2, 1)}),
    deconvolution((3, 4), (3, 2), gradient=["weight"]),
    deconvolution((3, 4), (3, 2), gradient=["data"]),
    *[stated(deconvolution((4,), (3,), dtype="float16", bias=bias, params={"stride": (2,)}), NO_HALF) for bias in (False, True)],
    stated(deconvolution((2, 2), (2, 2), channels=2, dtype="float16", params={"num_group": 2, "pad": (1, 0)}), NO_HALF),
    stated(deconvolution((3, 3), (3, 3), batch=0, bias=True), NO_ZERO),
    # Dilation and three axes: right only in oneDNN.
    deconvolution((3,), (3,), params={"stride": (2,), "dilate": (2,), "pad": (1,), "adj": (1,)}, onednn=True),
    deconvolution((3, 2), (3, 2), params={"stride": (2, 3), "dilate": (2, 2), "pad": (1, 1)}, onednn=True, bias=True),
    deconvolution((2, 3, 2), (2, 2, 3), params={"stride": (2, 1, 2), "pad": (1, 0, 1), "adj": (1, 0, 1)}, onednn=True),
    deconvolution((2, 2, 2), (2, 2, 2), params={"layout": "NCDHW"}, onednn=True, bias=True),
    stated(deconvolution((3, 2), (3, 2), dtype="float64", params={"stride": (2, 2), "dilate": (2, 3)}), WRONG),
    stated(deconvolution((2, 2, 2), (2, 2, 2), dtype="float64", params={"stride": (1, 2, 1), "dilate": (2, 1, 2)}), ABSENT),
    # Refused.
    refused({"adj": (1, 1)}),
    refused({"stride": (2, 2), "adj": (2, 0)}),
    refused({"stride": (2, 2), "target_shape": (8, 7)}),
    refused({"target_shape": (4, 4)}),
    refused({"pad": (4, 4)}),
    refused({"num_group": 2, "num_filter": 3}, weight=(2, 1, 3, 3)),
    refused({"num_group": 2}, data=(1, 3, 3, 3), weight=(3, 1, 3, 3)),
    refused({"num_filter": 0}),
    refused({"stride": (0, 1)}),
    refused({"stride": (2,)}),
    refused({"pad": (1,)}),
    refused({"adj": (1,), "stride": (2, 2)}),
    refused({"target_shape": (7,), "stride": (2, 2)}),
    refused({"layout": "NCW"}),
    refused({}, data=(1, 2, 3)),
    refused({}, weight=(3, 2, 3, 3)),
]
