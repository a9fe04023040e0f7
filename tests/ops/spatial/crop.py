"""Cases of Crop."""

from tests.ops.case import Case, normal

__all__ = ["CASES"]


def cropped(*shapes, dtype="float32", **params):
    return Case("Crop", [normal(*shape, dtype=dtype, seed=seed) for seed, shape in enumerate(shapes)], {"num_args": len(shapes), **params})


def refused(*shapes, **params):
    return Case("Crop", [normal(*shape) for shape in shapes], {"num_args": len(shapes), **params}, refused=True)


IMAGE = (2, 2, 5, 6)

CASES = [
    *[
        cropped(IMAGE, (2, 3, 3, 2), **params)
        for params in [{}, {"offset": (1, 2)}, {"center_crop": True}, {"offset": (1, 2), "center_crop": True}, {"offset": (2, 4)}, {"h_w": (1, 1)},
                       {"offset": (1, 2, 3)}]
    ],
    cropped(IMAGE, (1, 1, 5, 6)),
    cropped(IMAGE, (1, 1, 4, 3), center_crop=True),
    *[
        cropped(IMAGE, h_w=shape, **params)
        for shape, params in [((3, 2), {}), ((3, 2), {"offset": (2, 3)}), ((3, 2), {"center_crop": True}), ((2, 3), {"center_crop": True}), ((5, 6), {}),
                              ((1, 1), {"offset": (4, 5)})]
    ],
    *[refused(IMAGE, **params) for params in [{}, {"h_w": (6, 2)}, {"h_w": (3, 2), "offset": (3, 0)}, {"h_w": (0, 2)}, {"h_w": (2, 7)},
                                              {"h_w": (3, 2), "offset": (-1, 0)}]],
    refused(IMAGE, (2, 2, 6, 2)),
    refused(IMAGE, (3, 2)),
    refused(IMAGE, (1, 1, 3, 2), offset=(3, 0)),
    refused(IMAGE, (1, 1, 3, 2), offset=(1,)),
    refused(IMAGE, (1, 1, 3, 2), (1, 1, 3, 2)),
    refused((2, 5, 6), (2, 3, 2)),
]  # fmt: skip
