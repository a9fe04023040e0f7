"""Cases of Correlation."""

from tests.ops.case import Case, integers, normal

__all__ = ["CASES"]


def correlated(shape, dtype="float32", whole=False, **params):
    inputs = {slot: integers(0, 3, *shape, dtype=dtype, seed=seed) if whole else normal(*shape, dtype=dtype, seed=seed)
              for seed, slot in enumerate(("data1", "data2"))}  # fmt: skip
    return Case("Correlation", inputs, params)


def refused(first, second=None, **params):
    return Case("Correlation", {"data1": normal(*first), "data2": normal(*(second or first))}, params, refused=True)


CASES = [
    *[
        correlated((2, 3, 8, 9), is_multiply=is_multiply, **params)
        for is_multiply in (True, False)
        for params in [
            {}, {"kernel_size": 3, "max_displacement": 2, "pad_size": 3}, {"max_displacement": 4, "stride1": 2, "stride2": 2, "pad_size": 4},
            {"kernel_size": 3, "max_displacement": 3, "stride2": 2, "pad_size": 4}, {"kernel_size": 5, "pad_size": 2},
            {"kernel_size": 3, "max_displacement": 0, "stride1": 2, "pad_size": 1}, {"max_displacement": 3, "stride1": 3, "stride2": 2},
            {"stride2": 3}, {"max_displacement": 0}, {"kernel_size": 3, "max_displacement": 2, "stride1": 3, "stride2": 2, "pad_size": 5},
        ]
    ],
    correlated((1, 1, 3, 3)),
    correlated((1, 20, 4, 5), pad_size=1),
    # Equal elements.
    correlated((2, 2, 5, 5), whole=True, is_multiply=False),
    *[correlated((1, 2, 5, 6), dtype, is_multiply=is_multiply, pad_size=1) for dtype in ("float64", "float16") for is_multiply in (True, False)],
    *[
        refused((1, 2, 6, 6), **params)
        for params in [{"kernel_size": 2}, {"kernel_size": 0}, {"kernel_size": 4, "pad_size": 2}, {"stride1": 0}, {"kernel_size": 7}, {"max_displacement": 3},
                       {"kernel_size": 3, "max_displacement": 2}]
    ],
    refused((2, 6, 6)),
    Case("Correlation", {"data1": normal(1, 1, 3, 3), "data2": normal(1, 1, 3, 3, dtype="float64")}, refused=True),
]  # fmt: skip
