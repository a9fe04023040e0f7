"""A part of an image, by size."""

import numpy as np

from executors.numpy.table import kernel


def part_of(op, image, part):
    """Index the part of an array ``(n, c, h, w)`` that has the size of another."""
    begins = op.begins(image.shape[2:], part.shape[2:])
    return (..., *[slice(begin, begin + length) for begin, length in zip(begins, part.shape[2:], strict=True)])


@kernel("Crop")
def crop(op, data, output):
    np.copyto(output, data[0][part_of(op, data[0], output)])


@kernel("_backward_Crop")
def crop_gradient(op, d_output, d_data):
    for target in d_data:
        if target is not None:
            target.fill(0)
    if d_data[0] is not None:
        d_data[0][part_of(op, d_data[0], d_output)] = d_output
