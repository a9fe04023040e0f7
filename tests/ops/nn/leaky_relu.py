"""Cases of LeakyReLU. Its random kind, rrelu, is compared where nothing is drawn: in inference, and between equal bounds."""

import numpy as np

from tests.ops.case import Case, normal, positive, uniform, values

__all__ = ["CASES"]

FAR = [-100, -20, -3, -1, -1e-3, -0.0, 0, 1e-3, 0.5, 1, 3, 10, 20, 100]
NOT_FINITE = [np.nan, np.inf, -np.inf]


def leaky_relu(data, *, options=None, **params):
    return Case("LeakyReLU", {"data": data}, params, **(options or {}))


def prelu(data, gamma, **options):
    return Case("LeakyReLU", {"data": data, "gamma": gamma}, {"act_type": "prelu"}, **options)


def selu(data):
    """State the gradient, too: ``lambda`` above zero, ``output + lambda alpha`` at or below (Klambauer et al. 2017)."""
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    case = leaky_relu(data, act_type="selu")
    x = case.arrays()["data"]
    head = case.head_gradient(0, x.shape, x.dtype)
    gradient = head * scale * np.where(x > 0, 1, alpha * np.exp(np.minimum(x.astype("float64"), 0)))
    options = {"expect": {"grad/data": gradient.astype(x.dtype)}, "why": "the reference returns another function", "finite": False}
    single = {"rtol": 1e-5, "atol": 1e-5, "why": "another function's gradient, and constants in float32"}
    return leaky_relu(data, act_type="selu", options={**options, **(single if x.dtype == np.float64 else {})})


def falling(data):
    """State the slope of a line that falls; the reference takes the sign of the output for that of the data."""
    case = leaky_relu(data, slope=-0.5)
    x = case.arrays()["data"]
    gradient = case.head_gradient(0, x.shape, x.dtype) * np.where(x > 0, 1, -0.5).astype(x.dtype)
    return leaky_relu(data, slope=-0.5, options={"expect": {"grad/data": gradient}, "why": "its sign is taken from the output there"})


def random_slope(data, lower, upper, train):
    """State what a fixed slope gives: the reference crashes in training, and writes neither mask nor gradient in inference."""
    params = {"act_type": "rrelu", "lower_bound": lower, "upper_bound": upper}
    case = leaky_relu(data, options={"train": train, "heads": [0], "gradient": train}, **params)
    x, slope = case.arrays()["data"], (lower + upper) / 2
    expect = {"output0": np.where(x > 0, x, x * slope).astype(x.dtype), "output1": np.full(x.shape, slope, x.dtype)}
    if train:
        expect["grad/data"] = (case.head_gradient(0, x.shape, x.dtype) * np.where(x > 0, 1, slope)).astype(x.dtype)
    options = {"train": train, "heads": [0], "gradient": train, "expect": expect, "why": "the reference fails", "finite": False}
    return leaky_relu(data, options=options, **params)


SINGLE = {"rtol": 1e-6, "atol": 1e-6, "why": "the reference computes with constants and slopes in float32"}
HALF = {"rtol": 3e-3, "atol": 2e-3, "why": "rounded between steps"}
KINDS = ("leaky", "elu", "gelu")

CASES = [
    leaky_relu(normal(3, 4)),
    *[leaky_relu(normal(3, 4), act_type=kind) for kind in KINDS],
    *[leaky_relu(normal(2, 1, 3, 2), act_type=kind, options={"gradient": False}) for kind in (*KINDS, "selu")],
    *[leaky_relu(values(FAR), act_type=kind, options={"finite": False}) for kind in KINDS],
    *[leaky_relu(values(FAR, "float64"), act_type=kind, options={"finite": False}) for kind in ("leaky", "elu")],
    leaky_relu(values(FAR, "float64"), act_type="gelu", options={**SINGLE, "finite": False}),
    *[leaky_relu(normal(3, 4, dtype="float16"), act_type=kind, options=HALF) for kind in KINDS],
    *[leaky_relu(values(NOT_FINITE), act_type=kind, options={"gradient": False}) for kind in (*KINDS, "selu")],
    *[leaky_relu(normal(3, 4), act_type=kind, slope=slope) for kind in ("leaky", "elu") for slope in (0.5, 1, 2, 0)],
    falling(normal(3, 4)),
    leaky_relu(values([-3, -0.0, 0, 3, np.inf, -np.inf]), slope=0, options={"gradient": False}),
    *[selu(data) for data in (normal(3, 4), values(FAR, "float64"))],
    leaky_relu(values(FAR), act_type="selu", options={"gradient": False}),
    leaky_relu(normal(3, 4, dtype="float16"), act_type="selu", options={**HALF, "gradient": False}),
    prelu(normal(4, 3), positive(3)),
    prelu(normal(2, 3, 4), positive(3)),
    prelu(normal(2, 3, 2, 2), positive(3)),
    prelu(normal(2, 3, 3), positive(3)),
    *[prelu(normal(*shape), positive(1)) for shape in [(4,), (4, 3), (2, 3, 4), (2, 3, 2, 2)]],
    prelu(normal(4), positive(4)),
    *[prelu(normal(2, 3, 2), positive(*shape)) for shape in [(1, 3), (2, 3), (1, 1)]],
    prelu(values([[-2, 0, 2], [0, -0.0, 1]]), values([0.5, -1, 2]), finite=False),
    prelu(values([[np.nan, -np.inf, np.inf]]), values([0.5]), gradient=False),
    prelu(normal(4, 3, dtype="float64"), positive(3, dtype="float64"), **SINGLE),
    prelu(normal(4, 3, dtype="float16"), uniform(0.1, 0.5, 3, dtype="float16"), **HALF),
    prelu(normal(4, 3), positive(3), gradient=["gamma"]),
    random_slope(normal(3, 4), 0.125, 0.375, train=False),
    random_slope(values([-3, -0.0, 0, 2], "float64"), 0.25, 0.25, train=True),
    random_slope(normal(2, 3, 2), 0.5, 0.5, train=True),
    Case("LeakyReLU", {"data": normal(2)}, {"act_type": "relu6"}, refused=True),
    Case("LeakyReLU", {"data": normal(2, 3), "gamma": positive(3)}, {"act_type": "leaky"}, refused=True),
    prelu(normal(2, 3, 4), positive(4), refused=True),
    prelu(normal(2, 3, 4), positive(3, 4), refused=True),
    prelu(normal(2, 3), positive(3, dtype="float64"), refused=True),
]
