"""Cases of softmax, softmin, log_softmax and SoftmaxActivation."""

import numpy as np

from tests.ops.case import Case, normal, values

__all__ = ["CASES"]

KINDS = ("softmax", "softmin", "log_softmax")


def softmax(kind, data, *, options=None, **params):
    return Case(kind, {"data": data}, params, **(options or {}))


def with_length(data, length, *, dtype="int32", options=None, **params):
    return Case("softmax", {"data": data, "length": values(length, dtype)}, {"use_length": True, **params}, **(options or {}))


def too_long():
    """State that a length behind the end means the end; the reference reads on in memory."""
    case = with_length(normal(2, 4), [9, 4])
    exponentials = np.exp(case.arrays()["data"])
    output = exponentials / exponentials.sum(axis=1, keepdims=True)
    return with_length(normal(2, 4), [9, 4], options={"expect": {"output0": output}, "gradient": False, "why": "reads behind the row"})


def activation_by_hand(shape):
    """State the gradient for the axis that the forward pass uses, the last; the reference takes another."""
    case = Case("SoftmaxActivation", {"data": normal(*shape)}, {"mode": "instance"})
    exponentials = np.exp(case.arrays()["data"].astype("float64"))
    output = exponentials / exponentials.sum(axis=-1, keepdims=True)
    head = case.head_gradient(0, shape, "float32")
    gradient = output * (head - (head * output).sum(axis=-1, keepdims=True))
    expect = {"grad/data": gradient.astype("float32")}
    return Case(case.op, case.inputs, case.params, expect=expect, why="forward and backward disagree above two dimensions there")


HALF = {"rtol": 4e-3, "atol": 2e-3, "why": "the reference computes in float16"}
SINGLE = {"rtol": 1e-6, "atol": 1e-6, "why": "the reference computes in the narrower type"}
FAR = [[1000, 0, -1000], [-1000, -1000, -1000], [0, 100, 200], [-0.0, 0, 1e-3]]
NOT_FINITE = [[1, np.nan, 2], [np.inf, 1, 2], [-np.inf, 1, 2], [-np.inf, -np.inf, -np.inf], [np.inf, np.inf, 1]]

CASES = [
    *[softmax(kind, normal(3, 4)) for kind in KINDS],
    *[softmax(kind, normal(2, 3, 4), axis=axis) for kind in KINDS for axis in (0, 1, 2, -1, -2, -3)],
    *[softmax(kind, normal(*shape)) for kind in KINDS for shape in [(5,), (2, 1), (1, 3), (2, 2, 1, 3, 2)]],
    *[softmax(kind, normal(3, 4), temperature=temperature) for kind in KINDS for temperature in (2.0, 0.5, 1, -1.5, "None")],
    *[softmax(kind, normal(3, 4, dtype="float64"), axis=0) for kind in KINDS],
    *[softmax(kind, normal(3, 4, dtype="float16"), options=HALF) for kind in KINDS],
    *[softmax(kind, normal(2, 3), dtype="float64", options=SINGLE) for kind in KINDS],
    *[softmax(kind, normal(2, 3), dtype="float16", options=HALF) for kind in KINDS],
    *[softmax(kind, normal(2, 3, dtype="float64"), dtype="float32", options=SINGLE) for kind in KINDS],
    *[softmax(kind, normal(2, 3, dtype="float16"), dtype="float32", options=HALF) for kind in KINDS],
    *[softmax(kind, values(FAR), options={"finite": False}) for kind in KINDS],
    *[softmax(kind, values(NOT_FINITE), options={"finite": False}) for kind in KINDS],
    *[softmax(kind, normal(2, 70)) for kind in KINDS],
    *[softmax(kind, normal(1, 33, 2), axis=1) for kind in KINDS],
    softmax("softmax", values([[1, 2], [3, 3]]), temperature=0, options={"gradient": False}),
    with_length(normal(3, 4), [0, 1, 4]),
    with_length(normal(3, 4), [-1, 2, 3]),
    with_length(normal(3, 4), [1, 2, 3, 0], axis=0),
    with_length(normal(2, 3, 2), [[1, 2], [3, 0]], axis=1),
    with_length(normal(2, 3, 2), [[1, 2, 0], [2, 2, 1]], dtype="int64"),
    with_length(normal(2, 3, 2), [[1, 2], [2, 0], [1, 1]], dtype="int64", axis=0),
    with_length(normal(3, 4), [2, 3, 4], temperature=2.0),
    with_length(normal(3, 4), [2, 3, 4], temperature=-2.0),
    with_length(normal(4), [3]),
    with_length(normal(3, 40), [2, 39, 40]),
    with_length(normal(3, 4, dtype="float64"), [2, 3, 4]),
    with_length(normal(3, 4, dtype="float16"), [2, 3, 4], options=HALF),
    with_length(values([[1, 2, np.nan], [1, np.inf, 2]]), [2, 1], options={"finite": False}),
    too_long(),
    *[Case("SoftmaxActivation", {"data": normal(*shape)}, {"mode": "channel"}) for shape in [(2, 3, 4), (2, 3, 2, 2)]],
    Case("SoftmaxActivation", {"data": normal(3, 4)}),
    Case("SoftmaxActivation", {"data": normal(3, 4)}, {"mode": "instance"}),
    *[activation_by_hand(shape) for shape in [(2, 3, 4), (2, 3, 2, 2)]],
    *[softmax(kind, normal(2, 3), axis=axis, options={"refused": True}) for kind in KINDS for axis in (2, -3)],
    softmax("softmax", normal(2, 3), dtype="int32", options={"refused": True}),
    softmax("softmax", normal(2, 3), axis=0.5, options={"refused": True}),
    softmax("softmax", normal(2, 3), temperature="hot", options={"refused": True}),
    with_length(normal(2, 3), [1, 2, 3], options={"refused": True}),
    with_length(normal(2, 3), [[1], [2]], options={"refused": True}),
    with_length(normal(2, 3), [1, 2], dtype="float32", options={"refused": True}),
    Case("softmax", {"data": normal(2, 3), "length": values([1, 2], "int32")}, refused=True),
    Case("SoftmaxActivation", {"data": normal(2, 3)}, {"mode": "channel"}, refused=True),
    Case("SoftmaxActivation", {"data": normal(2, 3)}, {"mode": "batch"}, refused=True),
]
