"""Cases of _contrib_hawkesll."""

from tests.ops.case import Case, Make, integers, positive, uniform, values

__all__ = ["CASES"]

OP = "_contrib_hawkesll"


def lags(n, t, dtype):
    return Make(f"lags{(n, t, dtype)}", lambda random: random.exponential(1, (n, t)).astype(dtype))


def sequences(n, kinds, t, lengths=None, dtype="float32", **how):
    return Case(OP, inputs(n, kinds, t, lengths, dtype), gradient=["lda", "alpha", "beta"], rtol=2e-5, why="sums in float32 there", **how)


def inputs(n, kinds, t, lengths=None, dtype="float32"):
    return {
        "lda": positive(n, kinds, dtype=dtype),
        "alpha": uniform(0.1, 0.9, kinds, dtype=dtype),
        "beta": positive(kinds, dtype=dtype, seed=1),
        "state": uniform(0, 1, n, kinds, dtype=dtype),
        "lags": lags(n, t, dtype),
        "marks": integers(0, kinds, n, t, dtype="int32"),
        "valid_length": values(lengths or [t] * n, dtype),
        "max_time": values([4.0 * t + i for i in range(n)], dtype),
    }


def refused(**others):
    return Case(OP, {**inputs(2, 3, 4), **others}, refused=True)


CASES = [
    sequences(3, 4, 6),
    sequences(3, 4, 6, [6, 3, 0]),
    sequences(1, 1, 5),
    sequences(2, 3, 1),
    sequences(4, 2, 8, [8, 1, 4, 2]),
    sequences(2, 3, 5, [2.5, 4]),
    sequences(2, 3, 4, dtype="float64"),
    Case(OP, inputs(2, 3, 4, dtype="float16"), gradient=False, rtol=1e-2, atol=5e-2, why="computed in float16 there"),
    refused(lda=positive(2, 4)),
    refused(alpha=positive(4)),
    refused(marks=integers(0, 3, 2, 5, dtype="int32")),
    refused(marks=integers(0, 3, 2, 4)),
    refused(max_time=values([9.0, 9, 9])),
    refused(state=positive(3)),
    refused(beta=positive(3, dtype="float64")),
]
