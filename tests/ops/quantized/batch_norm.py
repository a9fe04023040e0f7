"""Cases of quantized_batch_norm; only oneDNN has it."""

from tests.ops.case import Case, integers, normal, positive, values

RANGE = {"min_calib_range": -2, "max_calib_range": 4.5}


def eight(dtype, *shape, seed=0):
    """Draw integers of eight bits."""
    low, high = (-128, 128) if dtype == "int8" else (0, 256)
    return integers(low, high, *shape, dtype=dtype, seed=seed)


def batch_norm(data, params=RANGE, channels=3, ends=(-2, 1.5), **more):
    inputs = {
        "data": data,
        "gamma": normal(channels),
        "beta": normal(channels, seed=1),
        "moving_mean": normal(channels, seed=2),
        "moving_var": positive(channels),
        "min_data": values([ends[0]]),
        "max_data": values([ends[1]]),
    }
    return Case("_contrib_quantized_batch_norm", inputs, params, onednn=True, gradient=False, **more)


CASES = [
    *[batch_norm(eight(t, *shape)) for t in ("int8", "uint8") for shape in ((4, 3), (2, 3, 5), (2, 3, 4, 4), (1, 3, 2, 2, 2))],
    *[batch_norm(eight(t, 2, 3, 4, 4), {**RANGE, "eps": eps}) for t in ("int8", "uint8") for eps in (1e-5, 0.5)],
    *[
        batch_norm(eight("int8", 2, 3, 4, 4), {**RANGE, word: value})
        for word, value in (("fix_gamma", False), ("use_global_stats", True), ("output_mean_var", True), ("momentum", 0.5))
    ],
    *[
        batch_norm(eight(t, 40, 17, 4, 4), {"min_calib_range": -7.1, "max_calib_range": 5.3}, 17, ends)
        for t in ("int8", "uint8")
        for ends in ((-0.37, 0.11), (0, 7.3))
    ],
    batch_norm(eight("int8", 2, 3, 5), train=True),
    batch_norm(eight("int8", 2, 3), {}, refused=True),
    batch_norm(eight("int8", 2, 3), {"min_calib_range": -1}, refused=True),
    batch_norm(integers(-9, 9, 2, 3, dtype="int32"), refused=True),
    batch_norm(normal(2, 3), refused=True),
    batch_norm(eight("int8", 2, 4), refused=True),
]
