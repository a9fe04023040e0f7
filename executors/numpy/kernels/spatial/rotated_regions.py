"""Rotated regions of images, sampled place by place."""

import numpy as np

from executors.numpy.kernels.spatial.interpolation import PIECE, blended, corners
from executors.numpy.kernels.spatial.regions import channels_last, images_of, wide
from executors.numpy.table import kernel


@kernel("_contrib_RROIAlign")
def rotated_align(op, data, rois, output):
    rois, numbers = wide(rois), images_of(rois, len(data))
    pictures = channels_last(data)
    output.fill(0)
    for region in np.flatnonzero(numbers >= 0):
        picture = pictures[numbers[region]]
        y, x = grid(op, *rois[region, 1:])
        places, shares = corners(y, x, picture.shape[:2], "align")  # (4, cells, samples)
        places, shares = (np.moveaxis(array, 0, 1).reshape(len(y), -1).T for array in (places, shares / y.shape[1]))
        elements = picture.reshape(-1, picture.shape[2])
        result = output[region].reshape(output.shape[1], -1)
        step = max(1, PIECE // max(1, len(places) * output.shape[1]))
        for cell in range(0, len(y), step):
            part = slice(cell, cell + step)
            result[:, part] = blended(elements, places[:, part], shares[:, part]).T


def grid(op, x, y, width, height, angle):
    """Spread samples over the cells of one region: rows and columns of the places, each ``(cells, samples)``."""
    number = type(x)
    scale, turn = number(op.spatial_scale), angle * number(np.pi / 180)
    down = along_side(max(height * scale, number(1)), op.pooled_size[0], op.sampling_ratio)[:, None, :, None]
    right = along_side(max(width * scale, number(1)), op.pooled_size[1], op.sampling_ratio)[None, :, None, :]
    places = y * scale + down * np.cos(turn) - right * np.sin(turn), x * scale + right * np.cos(turn) + down * np.sin(turn)
    return tuple(np.ascontiguousarray(place).reshape(down.shape[0] * right.shape[1], -1) for place in places)


def along_side(length, cells, samples):
    """Spread samples along a side, counted from its middle: ``(cells, samples)``; about one for each element by default."""
    each = length / type(length)(cells)
    samples = samples if samples > 0 else int(np.ceil(each))
    cell, sample = np.arange(cells, dtype=each.dtype)[:, None], np.arange(samples, dtype=each.dtype)
    return -length / 2 + cell * each + (sample + each.dtype.type(0.5)) * each / each.dtype.type(samples)
