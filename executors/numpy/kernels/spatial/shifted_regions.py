"""Regions of images whose cells are shifted one by one, sampled place by place."""

from dataclasses import dataclass
from math import prod

import numpy as np

from executors.numpy.kernels.spatial.interpolation import PIECE, blended, neighbours
from executors.numpy.kernels.spatial.regions import by_group, images_of, outer_corners, wide
from executors.numpy.table import kernel


@dataclass(frozen=True)
class Samples:
    """The samples of all cells of all regions, for the output channels that are shifted alike.

    Elements are numbered through all images and groups of cells: ``((image * rows + row) * columns + column) * size + place``.

    Attributes
    ----------
    places : array (k, r * cells)
        The elements that the samples of a cell read.
    rows, columns : arrays (value or slope, samples, 2, r, cells, cells)
        Shares along the rows, and along the columns.
    counts : array (r, cells, cells)
        Samples that count.
    """

    places: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    counts: np.ndarray

    def shares(self, slope_y=False, slope_x=False):
        """Multiply shares along both axes, and divide by the number of samples: ``(k, r * cells)``."""
        both = self.rows[int(slope_y)][:, :, None, None] * self.columns[int(slope_x)]
        return (both / np.maximum(self.counts, 1)).reshape(self.places.shape)


def samples_of(op, rois, trans, kind, groups):
    """Place the samples of the output channels with shifts number ``kind``."""
    rois, number = wide(rois), wide(rois).dtype.type
    left, top, right, bottom = (side[:, None, None] for side in outer_corners(op, rois, 0.5))
    width, height = np.maximum(right - left, number(0.1)), np.maximum(bottom - top, number(0.1))
    shift_x, shift_y = (number(0), number(0)) if trans is None else shifts(op, trans, kind)
    n, _, *coarse, rows, columns = groups.shape
    y, row_shares, row_counts = along_cells(op, top, height, shift_y, rows, 1)
    x, column_shares, column_counts = along_cells(op, left, width, shift_x, columns, 2)
    image = images_of(rois, n)
    first = (np.maximum(image, 0)[:, None, None] * coarse[0] + groups.down[:, None]) * coarse[1] + groups.right
    places = first * (rows * columns) + y[:, :, None, None] * columns + x
    is_there = (image >= 0)[:, None, None]
    places = places.reshape(prod(places.shape[:4]), first.size)
    return Samples(places, row_shares * is_there, column_shares, row_counts * column_counts * is_there)


def part_of(op, cells):
    """Find the row of ``trans`` that each row of cells is shifted by."""
    return np.arange(cells) * (op.part_size or cells) // cells


def shifts(op, trans, kind):
    """Look up the shift in x and in y of each cell ``(r, cells, cells)``, as a part of the size of the region."""
    part = part_of(op, op.pooled_size)
    return wide(trans[:, 2 * kind : 2 * kind + 2][:, :, part[:, None], part]).swapaxes(0, 1) * trans.dtype.type(op.trans_std)


def along_cells(op, start, length, shift, size, axis):
    """Place the samples of each cell along one axis, from ``start`` on, shifted by a part of ``length``.

    Returns
    -------
    index : array (samples, 2, r, cells, cells)
    shares : array (2, samples, 2, r, cells, cells)
        In the value, and in the slope.
    counts : array (r, cells, cells)
        Samples that count.
    """
    number = start.dtype.type
    each = length / number(op.pooled_size)
    cell = np.arange(op.pooled_size, dtype=start.dtype).reshape((-1, 1) if axis == 1 else (1, -1))
    sample = np.arange(op.sample_per_part, dtype=start.dtype)[:, None, None, None]
    place = cell * each + start + shift * length + sample * (each / number(max(op.sample_per_part, 1)))
    index, share = neighbours(place, size, "half")
    _, slope = neighbours(place, size, "half", slope=True)
    return index.swapaxes(0, 1), np.stack([share, slope]).swapaxes(1, 2), share.sum((0, 1))


def kinds_of(op, trans):
    """List the numbers of shifts, with the output channels that each of them moves."""
    count = 1 if trans is None else trans.shape[1] // 2
    each = op.output_dim // count
    return [(kind, slice(kind * each, (kind + 1) * each)) for kind in range(count)]


def elements_of(data, groups, channels):
    """Copy some channels as rows ``(elements, channels)``, elements numbered as in `Samples`."""
    split = data[:, : groups.channels()].reshape(groups.shape)[:, channels]
    return wide(np.ascontiguousarray(np.moveaxis(split, 1, -1)).reshape(-1, split.shape[1]))


def by_pieces(samples, channels):
    """Cut the cells into slices that stay in the cache."""
    step = max(1, PIECE // max(1, len(samples.places) * channels))
    return [slice(start, start + step) for start in range(0, samples.places.shape[1], step)]


@kernel("_contrib_DeformablePSROIPooling")
def shifted_pooling(op, data, rois, trans, output, top_count):
    groups = by_group(op, data.shape)
    for kind, channels in kinds_of(op, trans):
        samples = samples_of(op, rois, trans, kind, groups)
        shares, elements = samples.shares(), elements_of(data, groups, channels)
        means = np.empty((samples.places.shape[1], elements.shape[1]), elements.dtype)
        for part in by_pieces(samples, elements.shape[1]):
            means[part] = blended(elements, samples.places[:, part], shares[:, part])
        output[:, channels] = np.moveaxis(means.reshape(*samples.counts.shape, -1), -1, 1)
        if top_count is not None:
            top_count[:, channels] = samples.counts[:, None]


@kernel("_backward__contrib_DeformablePSROIPooling")
def shifted_pooling_gradient(op, data, rois, trans, d_output, d_data, d_rois, d_trans):
    if d_rois is not None:
        d_rois.fill(0)
    if d_trans is not None:
        d_trans.fill(0)
    groups = by_group(op, data.shape)
    if d_data is not None:
        d_data[:, groups.channels() :] = 0
    for kind, channels in kinds_of(op, trans):
        samples = samples_of(op, rois, trans, kind, groups)
        heads = wide(d_output[:, channels])
        if d_data is not None:
            give_back(samples, heads, d_data, groups, channels)
        if d_trans is not None:
            elements = elements_of(data, groups, channels)
            slopes = [slope_of(samples, elements, heads, slope_y=axis == 1, slope_x=axis == 0) for axis in (0, 1)]
            move_back(op, rois, slopes, d_trans[:, 2 * kind : 2 * kind + 2])


def give_back(samples, heads, d_data, groups, channels):
    """Give each element its shares of the gradients, channel by channel."""
    n, each, *rest = groups.shape
    shares = samples.shares()
    for channel, head in zip(range(*channels.indices(each)), heads.swapaxes(0, 1), strict=True):
        sums = np.bincount(samples.places.reshape(-1), (shares * head.reshape(-1)).reshape(-1), n * prod(rest))
        first = channel * prod(rest[:2])
        d_data[:, first : first + prod(rest[:2])] = sums.reshape(n, prod(rest[:2]), *rest[2:])


def slope_of(samples, elements, heads, **axis):
    """Sum, over the channels, gradients times slopes of the means ``(r, cells, cells)`` as the cells move along an axis."""
    shares, heads = samples.shares(**axis), np.moveaxis(heads, 1, -1).reshape(-1, elements.shape[1])
    slopes = np.empty(len(heads), elements.dtype)
    for part in by_pieces(samples, elements.shape[1]):
        slopes[part] = np.einsum("pc,pc->p", blended(elements, samples.places[:, part], shares[:, part]), heads[part])
    return slopes.reshape(samples.counts.shape)


def move_back(op, rois, slopes, d_trans):
    """Add the slopes in x and y to the shifts ``(r, 2, parts, parts)`` that moved the cells."""
    left, top, right, bottom = outer_corners(op, wide(rois))
    part = part_of(op, op.pooled_size)
    for axis, (slope, length) in enumerate(zip(slopes, (right - left, bottom - top), strict=True)):
        reach = np.maximum(length, length.dtype.type(0.1)) * length.dtype.type(op.trans_std)
        sums = np.zeros(d_trans[:, axis].shape, slope.dtype)
        np.add.at(sums, (slice(None), part[:, None], part), slope * reach[:, None, None])
        d_trans[:, axis] = sums
