"""Cases of _image_resize."""

from tests.ops.case import Case, integers, normal, uniform

__all__ = ["CASES"]

OP = "_image_resize"


def resized(shape, size, dtype="uint8", **params):
    """Make a case without gradient: the reference's is of the wrong shape."""
    data = integers(0, 256, *shape, dtype=dtype) if dtype == "uint8" else uniform(0, 255, *shape, dtype=dtype)
    how = {"rtol": 1e-6, "why": "shares are float32 there"} if dtype == "float64" else {}
    return Case(OP, {"data": data}, {"size": size, **params}, gradient=False, **how)


def refused(shape, **params):
    return Case(OP, {"data": normal(*shape)}, params, refused=True)


SIZES = [
    ((5, 7, 3), (4, 3)),
    ((5, 7, 3), (9, 11)),
    ((4, 6, 1), (3, 2)),
    ((6, 6, 2), (2, 3)),
    ((3, 4, 3), (8, 2)),
    ((2, 9, 1), (4, 5)),
    ((1, 1, 3), (3, 2)),
]

CASES = [
    *[resized(shape, size, dtype, interp=way) for way in range(6) for shape, size in SIZES for dtype in ("uint8", "float32")],
    *[resized((5, 6, 3), (4, 8), "float64", interp=way) for way in (0, 1, 2, 3)],
    *[resized((4, 6, 3), size) for size in (5, (3,), 4)],
    *[resized((2, 4, 6, 3), (5, 3), dtype) for dtype in ("uint8", "float32")],
    *[resized(shape, size, keep_ratio=True) for shape in [(4, 6, 3), (6, 4, 3), (7, 11, 3), (2, 11, 7, 1), (5, 5, 3)] for size in (2, 7)],
    resized((4, 6, 3), (3, 2), keep_ratio=True),
    *[refused((4, 6, 3), **params) for params in [{}, {"size": (3, 2, 1)}, {"size": 0}, {"size": (-1, 2)}, {"size": 3, "interp": -1},
                                                  {"size": 3, "interp": 9}]],
    refused((4, 6), size=3),
    refused((2, 2, 4, 6, 3), size=3),
    Case(OP, {"data": integers(0, 9, 4, 6, 3, dtype="int32")}, {"size": 3}, refused=True),
]  # fmt: skip
