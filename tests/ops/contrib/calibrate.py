"""Cases of _contrib_calibrate_entropy."""

import numpy as np

from tests.ops.case import Case, Make, integers, values

__all__ = ["CASES"]

OP = "_contrib_calibrate_entropy"


def bell(count, height, width):
    """Count a bell-shaped distribution, in whole numbers; over empty bins, rounding would decide between equal thresholds."""
    places = np.linspace(-1, 1, count)
    return Make(
        f"bell over noise{(count, height, width)}",
        lambda random: np.floor(height * np.exp(-((places / width) ** 2)) + random.randint(1, 9, count)).astype("float32"),
    )


def edges(count):
    return Make(f"edges({count})", lambda random: np.linspace(-1, 1, count + 1).astype("float32"))


def calibrated(hist, few):
    count = len(hist.array())
    loose = {"rtol": 5e-3, "why": "the divergence is a small difference of large sums, in float32 there"}
    return Case(OP, {"hist": hist, "hist_edges": edges(count)}, {"num_quantized_bins": few}, gradient=False, **loose)


def refused(dtype="float32", bins=9, edges=10, **params):
    inputs = {"hist": integers(0, 5, bins, dtype=dtype), "hist_edges": integers(0, 5, edges, dtype=dtype)}
    return Case(OP, inputs, params, refused=True)


CASES = [
    *[calibrated(integers(0, 9, 41, seed=seed), few) for seed in range(3) for few in (1, 3, 4, 5, 15)],
    *[calibrated(bell(101, 1000, width), few) for width in (0.05, 0.2, 0.6) for few in (7, 31)],
    calibrated(bell(601, 1000, 0.2), 255),
    calibrated(integers(0, 40, 15), 15),
    calibrated(values([0.0] * 10 + [3, 1, 4, 1, 5, 9, 2, 6, 5] + [0] * 10), 5),
    calibrated(values([1.0] * 21), 7),
    calibrated(values([0.5, 1.5, 2.5, 3.5, 2.5, 1.5, 0.5]), 3),
    calibrated(values([0.0] * 9), 3),
    refused("float64", num_quantized_bins=3),
]
