"""Cases of Pooling."""

import numpy as np

from tests.ops.case import Case, Make, integers, normal, positive, values

__all__ = ["CASES"]

SIZES = {1: (7,), 2: (5, 6), 3: (4, 3, 5)}


def distinct(*shape, dtype="float32"):
    """Draw numbers no two of which are close: where a maximum is, is no question of rounding."""
    size = int(np.prod(shape))
    return Make(f"distinct{(shape, dtype)}", lambda rs: ((rs.permutation(size) - size // 2) / 8).reshape(shape).astype(dtype))


def inputs(kind, shape, dtype="float32"):
    """Draw data that suit a kind of pooling: a power mean of positive numbers is smooth."""
    return {"data": {"max": distinct, "lp": positive}.get(kind, normal)(*shape, dtype=dtype)}


def pooling(kind, sizes, params, *, batch=2, channels=1, dtype="float32", **options):
    """Make a case of one kind of pooling; ``lp2`` is the power mean of exponent 2."""
    params = {"pool_type": kind[:2], "p_value": int(kind[2]), **params} if kind[:2] == "lp" else {"pool_type": kind, **params}
    return Case("Pooling", inputs(params["pool_type"], (batch, channels, *sizes), dtype), params, **options)


def on_all_axes(axes, kernel, stride=None, pad=None, **others):
    """Repeat the parameters of one axis."""
    params = {"kernel": kernel, "stride": stride, "pad": pad}
    return {**{name: (value,) * axes for name, value in params.items() if value is not None}, **others}


def on(data, params, **options):
    return Case("Pooling", {"data": values(data)}, params, **options)


def refused(params, shape=(1, 2, 4, 4)):
    return Case("Pooling", {"data": normal(*shape)}, params, refused=True)


def empty_batch(kind):
    """State what the recording cannot show: nothing in, nothing out."""
    case = pooling(kind, (4, 4), {"kernel": (2, 2)}, batch=0)
    expect = {"output0": np.zeros((0, 1, 3, 3), "float32"), "grad/data": np.zeros((0, 1, 4, 4), "float32")}
    return Case(case.op, case.inputs, case.params, expect=expect, why="the recording knows no empty shapes")


KINDS = ("max", "avg", "sum", "lp1", "lp2", "lp3")
INF = float("inf")
NAN = float("nan")

CASES = [
    # Each kind on one, two and three axes; the last windows of "full" reach over the edge.
    *[pooling(kind, SIZES[axes], on_all_axes(axes, 2)) for kind in KINDS for axes in SIZES],
    *[pooling(kind, SIZES[axes], on_all_axes(axes, 3, 2, 1)) for kind in KINDS for axes in (1, 2)],
    *[
        pooling(kind, SIZES[axes], on_all_axes(axes, 3, 2, 1, pooling_convention="full"))
        for kind in ("max", "avg", "sum", "lp2")
        for axes in SIZES
    ],
    *[pooling(kind, SIZES[2], on_all_axes(2, 2, 2, pooling_convention="full")) for kind in KINDS],
    *[pooling(kind, (5, 6), {"kernel": (3, 2), "stride": (1, 2), "pad": (2, 0)}) for kind in ("max", "avg", "lp3")],
    # Whether padding counts; strides that skip elements; windows that hold nothing but padding, or nothing at all.
    *[
        pooling("avg", SIZES[2], on_all_axes(2, 3, 2, 1, pooling_convention=convention, count_include_pad=counts))
        for convention in ("valid", "full")
        for counts in (True, False, None)
    ],
    pooling("sum", SIZES[1], on_all_axes(1, 3, 2, 1, count_include_pad=False)),
    *[pooling(kind, (8,), on_all_axes(1, 2, 3)) for kind in ("max", "avg")],
    *[
        pooling(kind, (8,), on_all_axes(1, 2, 5, 1, pooling_convention="full"), finite=kind != "max")
        for kind in ("max", "avg", "sum", "lp2")
    ],
    *[pooling(kind, (8,), on_all_axes(1, 1, 4, pooling_convention="full"), finite=kind != "max") for kind in ("max", "avg", "sum")],
    pooling("max", (3, 3), on_all_axes(2, 2, 1, 3), finite=False),
    *[pooling("avg", (3, 3), on_all_axes(2, 2, 1, 3, count_include_pad=counts)) for counts in (True, False)],
    # The convention "same": windows begin at multiples of the stride. The reference needs three pads to take it.
    *[
        pooling(kind, (8,), {"kernel": (3,), "stride": (2,), "pad": (0, 0, 0), "pooling_convention": "same", **others})
        for kind, others in (("max", {}), ("avg", {}), ("avg", {"count_include_pad": False}), ("sum", {}), ("lp2", {}))
    ],
    # Windows of one element, and of all.
    *[pooling(kind, (3, 2), {"kernel": (1, 1)}) for kind in KINDS],
    *[pooling(kind, (3, 5), {"kernel": (1, 1), "stride": (2, 2)}) for kind in ("max", "avg")],
    *[pooling(kind, (3, 2), {"kernel": (1, 1), "stride": (2, 1), "pad": (1, 0)}) for kind in ("sum", "lp2")],
    *[pooling(kind, (3, 4), {"kernel": (3, 4)}) for kind in ("max", "avg")],
    *[pooling(kind, SIZES[axes], {"global_pool": True}, channels=2) for kind in KINDS for axes in SIZES],
    pooling("avg", (3, 4), {"global_pool": True, "kernel": (9, 9), "stride": (2, 2), "pad": (1, 1), "count_include_pad": False}),
    pooling("max", (3, 4), {"global_pool": True, "kernel": (2, 2), "pooling_convention": "full"}),
    # Longer strides and pads than kernels.
    pooling("max", (8,), {"kernel": (3,), "stride": (2, 5), "pad": (1, 0, 0)}),
    Case("Pooling", {"data": distinct(1, 2, 4, 4)}, {"kernel": (2, 2)}),
    Case("Pooling", {"data": distinct(1, 2, 4, 4)}, {"kernel": (2, 2), "cudnn_off": True, "layout": "NCHW"}),
    # Channels last.
    *[
        pooling(kind, shape, {"kernel": (2,) * len(layout[1:-1]), "layout": layout, **others}, channels=4)
        for kind in ("max", "avg", "lp2")
        for layout, shape in (("NWC", (3,)), ("NHWC", (3, 3)), ("NDHWC", (3, 2, 3)))
        for others in ({}, {"global_pool": True})
    ],
    *[
        pooling(kind, (6, 3), {**on_all_axes(2, 3, 2, 1), "layout": "NHWC", "pooling_convention": "full"}, channels=5)
        for kind in ("max", "avg", "sum")
    ],
    pooling("max", (6,), {"kernel": (2,), "layout": "NCW"}),
    # Ties: the first of the greatest in memory order.
    on([[[2, 2, 1, 2, 2, 2]]], {"kernel": (3,)}, finite=False),
    Case("Pooling", {"data": integers(0, 2, 2, 1, 5, 6)}, on_all_axes(2, 3, 2, 1), finite=False),
    Case("Pooling", {"data": integers(-1, 1, 2, 2, 5, 6)}, on_all_axes(2, 2, 2), finite=False),
    Case("Pooling", {"data": integers(0, 2, 2, 1, 4, 3, 4)}, on_all_axes(3, 2), finite=False),
    Case("Pooling", {"data": integers(0, 2, 2, 5, 6, 3)}, {**on_all_axes(2, 3, 1, 1), "layout": "NHWC"}, finite=False),
    Case("Pooling", {"data": integers(0, 2, 2, 3, 4, 3)}, {"global_pool": True}, finite=False),
    # A norm of zero has no slope; the sign of odd powers stays.
    on([[[0, 0, 3, -4, 0, 1, -1]]], {"kernel": (2,), "pool_type": "lp", "p_value": 2}, finite=False),
    on([[[0, 0, 3, -4, 0, 1, -1]]], {"kernel": (2,), "pool_type": "lp", "p_value": 3}, finite=False),
    on([[[0, 0, 3, -4, 0, 1, -1]]], {"kernel": (2,), "pool_type": "lp", "p_value": 1}),
    # Values that are not numbers.
    on([[[1, NAN, 1, 2, INF, -INF, 3]]], {"kernel": (2,), "pool_type": "avg"}, finite=False),
    on([[[1, NAN, 1, 2, INF, -INF, 3]]], {"kernel": (2,), "pool_type": "sum"}, finite=False),
    on(
        [[[1, NAN, 1, 2, INF, -INF, -INF]]],
        {"kernel": (2,)},
        gradient=False,
        expect={"output0": np.array([[[NAN, NAN, 2, INF, INF, -INF]]], "float32")},
        why="the greatest of numbers and nan is nan, as in NumPy; the reference skips nan, and has no less than -3.4e38",
    ),
    on([[[NAN, 1, 2]]], {"global_pool": True}, gradient=False, expect={"output0": np.array([[[NAN]]], "float32")}, why="as above"),
    # Types.
    *[pooling(kind, SIZES[2], on_all_axes(2, 3, 2, 1), dtype="float64") for kind in KINDS],
    *[
        Case("Pooling", {"data": integers(-8, 8, 2, 1, 5, 6, dtype="float16")}, on_all_axes(2, 2, 2, pool_type=kind), finite=False)
        for kind in ("max", "avg", "sum")
    ],
    pooling("lp2", (5,), {"kernel": (2,)}, dtype="float16"),
    Case("Pooling", {"data": integers(-8, 8, 2, 1, 2, 4, dtype="float16")}, {"global_pool": True, "pool_type": "avg"}),
    Case("Pooling", {"data": distinct(2, 1, 5, dtype="float16")}, on_all_axes(1, 2, 5, 1, pooling_convention="full"), finite=False),
    *[empty_batch(kind) for kind in ("max", "avg", "lp2")],
    # Refused.
    refused({"kernel": (5, 2)}),
    refused({"kernel": (5, 2), "pooling_convention": "full"}),
    refused({"kernel": (7, 2), "pad": (1, 0)}),
    refused({"kernel": (2,)}),
    refused({"kernel": (2, 2)}, (1, 2, 4)),
    refused({}),
    refused({"kernel": (2, 2, 2, 2)}, (1, 1, 2, 2, 2, 2)),
    refused({"kernel": (0, 2)}),
    refused({"kernel": (2, 2), "stride": (0, 1)}),
    refused({"kernel": (2, 2), "stride": (1,)}),
    refused({"kernel": (2, 2), "pad": (1,)}),
    refused({"kernel": (2, 2), "pool_type": "lp"}),
    refused({"kernel": (2, 2), "pool_type": "lp", "p_value": 4}),
    refused({"kernel": (2, 2), "pool_type": "mean"}),
    refused({"kernel": (2,), "pad": (1, 0, 0), "pooling_convention": "same"}, (1, 2, 4)),
    refused({"kernel": (2, 2), "layout": "NCW"}),
    refused({"kernel": (2, 2), "layout": "NWHC"}),
    refused({"global_pool": True}, (2, 3)),
    # The form of files before 0.9: means divide by the whole window.
    *[
        Case(
            "Pooling_v1",
            inputs(kind, (2, 2, 5, 6)),
            {"pool_type": kind, "kernel": (3, 2), "stride": (2, 2), "pad": pad, "pooling_convention": convention},
        )
        for kind in ("max", "avg", "sum")
        for pad in ((0, 0), (1, 1))
        for convention in ("valid", "full")
    ],
    *[
        Case("Pooling_v1", inputs(kind, (2, 2, 3, 4)), {"pool_type": kind, "kernel": (2, 2), "global_pool": True})
        for kind in ("max", "avg", "sum")
    ],
    Case("Pooling_v1", inputs("max", (2, 2, 3, 4)), {"kernel": (5, 2)}, refused=True),
]
