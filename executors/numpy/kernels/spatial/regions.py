"""Regions of images, brought to one size.

The cells of an upright region form a grid: what a cell takes from an image is a share of its rows times a share of its columns.
So a region is pooled by two small matrices, ``output = rows @ image @ columns.T``, and the gradient by their transposes. Only
rotated regions, and cells that are shifted one by one, are sampled place by place.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from executors.numpy.kernels.elemwise.unary import round_away
from executors.numpy.kernels.nn.steps import computing_dtype
from executors.numpy.kernels.spatial.interpolation import neighbours
from executors.numpy.table import kernel

NOWHERE = np.iinfo(np.int32).max


def wide(array):
    """Take float16 in float32."""
    return array.astype(computing_dtype(array.dtype), copy=False)


def images_of(rois, count):
    """Read the number of each region's image: an array with -1 for none.

    Raises
    ------
    IndexError
        If there is no such image.
    """
    numbers = rois[:, 0].astype(np.intp)
    if numbers.size and numbers.max() >= count:
        raise IndexError(f"a region is in image {numbers.max()}, there are {count}")
    return np.maximum(numbers, -1)


def channels_last(data):
    """Copy images ``(n, c, h, w)`` as ``(n, h, w, c)``: sums and maxima over rows then run over all channels at once."""
    return np.ascontiguousarray(wide(data).transpose(0, 2, 3, 1))


# -- largest elements -----------------------------------------------------------------------------------------------------


def whole_cells(start, end, count, size):
    """Divide ``start`` to ``end``, whole numbers ``(r,)`` both included, into ``count`` cells, rounded outwards.

    Returns
    -------
    first, behind : array (r, count)
        The elements of each cell, within an axis of ``size``.
    """
    each = np.maximum(end - start + 1, 1).astype(start.dtype)[:, None] / start.dtype.type(count)
    place = np.arange(count + 1, dtype=start.dtype) * each
    first, behind = np.floor(place[:, :-1]) + start[:, None], np.ceil(place[:, 1:]) + start[:, None]
    return np.clip(first, 0, size).astype(np.intp), np.clip(behind, 0, size).astype(np.intp)


@kernel("ROIPooling")
def roi_pooling(op, data, rois, output, maxidx):
    rois, numbers = wide(rois), images_of(rois, len(data))
    corners = round_away(rois[:, 1:] * rois.dtype.type(op.spatial_scale))
    rows = whole_cells(corners[:, 1], corners[:, 3], op.pooled_size[0], data.shape[2])
    columns = whole_cells(corners[:, 0], corners[:, 2], op.pooled_size[1], data.shape[3])
    pictures = channels_last(data)
    output.fill(0)
    if maxidx is not None:
        maxidx.fill(-1)
    for region in np.flatnonzero((numbers >= 0) & (columns[0] < columns[1]).any(1)):
        cells = [tuple(side[region] for side in axis) for axis in (rows, columns)]
        largest(pictures[numbers[region]], *cells, output[region], None if maxidx is None else maxidx[region])


def largest(picture, rows, columns, output, place):
    """Find the largest elements of the cells of one region, first along its rows, then along its columns.

    Parameters
    ----------
    picture : array (h, w, c)
    rows, columns : pair of arrays (cells,)
        First element and the one behind the last, of each cell.
    output, place : array (c, rows, columns)
        ``place`` may be None. Cells without elements are not written to.
    """
    width, (first, behind) = picture.shape[1], columns
    left, right = first.min(), behind.max()
    filled = np.flatnonzero(first < behind)
    reach = np.arange((behind - first).max())
    reads = np.minimum(first[filled, None] + reach, behind[filled, None] - 1) - left  # short cells repeat their last column
    for i, (top, bottom) in enumerate(zip(*rows, strict=True)):
        if top >= bottom:
            continue
        strip = picture[top:bottom, left:right]
        high = strip.max(0)
        cells = high[reads]
        highest = cells.max(1)
        output[:, i, filled] = highest.T
        if place is None:
            continue
        # Of equal ones, the least row counts, then the least column; nan equals nothing.
        at_row = np.where(strip == high, np.arange(top, bottom)[:, None, None], NOWHERE).min(0)
        at = np.where(cells == highest[:, None], at_row[reads] * width + reads[..., None] + left, NOWHERE).min(1)
        place[:, i, filled] = np.where(at < NOWHERE, at, -1).T


@kernel("_backward_ROIPooling")
def roi_pooling_gradient(rois, maxidx, d_output, d_data, d_rois):
    if d_rois is not None:
        d_rois.fill(0)
    if d_data is None:
        return
    n, channels, *shape = d_data.shape
    size = shape[0] * shape[1]
    planes = images_of(rois, n)[:, None] * channels + np.arange(channels)
    places = planes[:, :, None, None] * size + maxidx
    is_there = maxidx >= 0
    sums = np.bincount(places[is_there], d_output[is_there], d_data.size)
    np.copyto(d_data, sums.reshape(d_data.shape), casting="same_kind")


# -- means over grids -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grids:
    """How the cells of each region take from an image.

    Attributes
    ----------
    numbers : array (r,)
        Their images; negative for none.
    rows : array (r, cells, h)
        Shares of the rows.
    columns : array (r, cells, w)
        Shares of the columns.
    """

    numbers: np.ndarray
    rows: np.ndarray
    columns: np.ndarray

    def each(self):
        """List the regions that see something: number, image, and the matrices cut to the slices of an image that they read."""
        spans = [span(shares) for shares in (self.rows, self.columns)]
        seen = (self.numbers >= 0) & (spans[0][1] > 0) & (spans[1][1] > 0)
        for region in np.flatnonzero(seen):
            y, x = (slice(first[region], behind[region]) for first, behind in spans)
            yield region, (self.numbers[region], y, x), self.rows[region][:, y], self.columns[region][:, x]


def span(shares):
    """Find the first element with a share, and the one behind the last, for each region; 0 and 0 if there is none."""
    used = shares.any(1)
    return used.argmax(1), np.where(used.any(1), used.shape[1] - used[:, ::-1].argmax(1), 0)


def averaged(grids, data, output):
    """Pool regions of all channels alike."""
    pictures = channels_last(data)
    output.fill(0)
    for region, part, rows, columns in grids.each():
        picture = pictures[part]  # (y, x, c)
        strips = rows @ picture.reshape(len(picture), -1)
        cells = columns @ strips.reshape(len(rows), *picture.shape[1:])
        output[region] = cells.transpose(2, 0, 1)


def averaged_gradient(grids, d_output, d_data):
    sums = np.zeros([d_data.shape[axis] for axis in (0, 2, 3, 1)], computing_dtype(d_data.dtype))
    for region, part, rows, columns in grids.each():
        strips = columns.T @ wide(d_output[region]).transpose(1, 2, 0)  # (rows, x, c)
        sums[part] += (rows.T @ strips.reshape(len(strips), -1)).reshape(sums[part].shape)
    np.copyto(d_data, sums.transpose(0, 3, 1, 2), casting="same_kind")


@dataclass(frozen=True)
class Groups:
    """Channels that belong to groups of cells: a coarser grid.

    Attributes
    ----------
    down, right : arrays of integers
        The row of the coarser grid that each row of cells lies in; likewise columns.
    shape : tuple
        ``(n, channels, rows of the coarser grid, its columns, h, w)``: how the first channels of images are divided.
    """

    down: np.ndarray
    right: np.ndarray
    shape: tuple[int, ...]

    def channels(self):
        return prod(self.shape[1:4])

    def index(self, down, right):
        """Index rows and columns of the coarser grid in ``(channels, rows, columns, ...)``; slices, if that is all, copy nothing."""
        if np.array_equal(down, np.arange(self.shape[2])) and np.array_equal(right, np.arange(self.shape[3])):
            return (slice(None),) * 3
        return slice(None), down[:, None], right


def averaged_apart(grids, groups, data, output):
    """Pool regions whose cells have channels of their own."""
    data = data[:, : groups.channels()].reshape(groups.shape)
    index = groups.index(groups.down, groups.right)
    output.fill(0)
    for region, (number, y, x), rows, columns in grids.each():
        cells = wide(data[number][(*index, y, x)])
        output[region] = np.einsum("cijy,iy->cij", np.einsum("cijyx,jx->cijy", cells, columns), rows)


def added_up(cells, first, axis):
    """Add up neighbours along an axis, from each of ``first`` to the next."""
    return cells if len(first) == cells.shape[axis] else np.add.reduceat(cells, first, axis)


def averaged_apart_gradient(grids, groups, d_output, d_data):
    sums = np.zeros(groups.shape, computing_dtype(d_data.dtype))
    (down, first_row), (right, first_column) = (np.unique(group, return_index=True) for group in (groups.down, groups.right))
    index = groups.index(down, right)
    for region, (number, y, x), rows, columns in grids.each():
        cells = (wide(d_output[region])[..., None] * rows[:, None])[..., None] * columns[:, None]
        sums[number][(*index, y, x)] += added_up(added_up(cells, first_row, 1), first_column, 2)
    d_data[:, groups.channels() :] = 0
    d_data[:, : groups.channels()] = sums.reshape(len(sums), -1, *groups.shape[4:])


def sampled_shares(start, each, samples, cells, size):
    """Average ``samples`` evenly spread samples in each cell of an axis.

    Parameters
    ----------
    start, each : array (r,)
        Where the first cell begins, and the length of a cell.
    samples : array (r,) of integers
        Samples in a cell; none below one.

    Returns
    -------
    array (r, cells, size)
        Shares of the elements.
    """
    samples = np.maximum(samples, 0)
    region = np.repeat(np.arange(len(start)), samples)
    number = (np.arange(len(region)) - np.repeat(np.cumsum(samples) - samples, samples)).astype(each.dtype)
    length, count = each[region][:, None], samples[region][:, None].astype(each.dtype)
    cell = np.arange(cells)
    place = start[region][:, None] + cell.astype(each.dtype) * length + (number[:, None] + each.dtype.type(0.5)) * length / count
    index, share = neighbours(place, size, "align")
    to = ((region[:, None] * cells + cell) * size + index).reshape(-1)
    shares = np.bincount(to, (share / count).reshape(-1), len(start) * cells * size)
    return shares[: len(start) * cells * size].reshape(len(start), cells, size).astype(each.dtype)


def aligned_grids(op, rois, shape):
    """Set up the grids of ROIAlign."""
    rois = wide(rois)
    number = rois.dtype.type
    corners = rois[:, 1:] * number(op.spatial_scale) - number(0.5 if op.aligned else 0)
    shares = []
    for axis, cells, size in ((1, op.pooled_size[0], shape[2]), (0, op.pooled_size[1], shape[3])):
        length = corners[:, axis + 2] - corners[:, axis]
        length = length if op.aligned else np.maximum(length, 1)
        each = length / number(cells)
        samples = np.full(len(rois), op.sample_ratio) if op.sample_ratio > 0 else np.ceil(each).astype(np.intp)
        shares.append(sampled_shares(corners[:, axis], each, samples, cells, size))
    return Grids(images_of(rois, shape[0]), *shares)


def by_cell(op, shape):
    """Give each cell channels of its own."""
    n, channels, *sizes = shape
    rows, columns = op.pooled_size
    return Groups(np.arange(rows), np.arange(columns), (n, channels // (rows * columns), rows, columns, *sizes))


@kernel("_contrib_ROIAlign")
def roi_align(op, data, rois, output):
    grids = aligned_grids(op, rois, data.shape)
    if op.position_sensitive:
        averaged_apart(grids, by_cell(op, data.shape), data, output)
    else:
        averaged(grids, data, output)


@kernel("_backward__contrib_ROIAlign")
def roi_align_gradient(op, rois, d_output, d_data, d_rois):
    if d_rois is not None:
        d_rois.fill(0)
    if d_data is None:
        return
    grids = aligned_grids(op, rois, d_data.shape)
    if op.position_sensitive:
        averaged_apart_gradient(grids, by_cell(op, d_data.shape), d_output, d_data)
    else:
        averaged_gradient(grids, d_output, d_data)


def whole_shares(start, end, cells, size):
    """Average over the elements of each cell of an axis, rounded outwards: shares ``(r, cells, size)``."""
    each = (np.maximum(end - start, start.dtype.type(0.1)) / start.dtype.type(cells))[:, None]
    cell = np.arange(cells, dtype=start.dtype)
    first = np.clip(np.floor(cell * each + start[:, None]), 0, size)[..., None]
    behind = np.clip(np.ceil((cell + 1) * each + start[:, None]), 0, size)[..., None]
    place = np.arange(size)
    return ((first <= place) & (place < behind)) / np.maximum(behind - first, 1)


def by_group(op, shape):
    """Give each group of cells channels of its own."""
    n, _, *sizes = shape
    groups = op.group_size or op.pooled_size
    group = np.arange(op.pooled_size) * groups // op.pooled_size
    return Groups(group, group, (n, op.output_dim, groups, groups, *sizes))


def outer_corners(op, rois, shift=0.0):
    """Round corners to whole units, the last one included, and scale them: left, top, right, bottom."""
    scale, shift = rois.dtype.type(op.spatial_scale), rois.dtype.type(shift)
    left, top, right, bottom = round_away(rois[:, 1:]).T
    return left * scale - shift, top * scale - shift, (right + 1) * scale - shift, (bottom + 1) * scale - shift


def whole_grids(op, rois, shape):
    """Set up the grids of PSROIPooling."""
    rois = wide(rois)
    left, top, right, bottom = outer_corners(op, rois)
    rows = whole_shares(top, bottom, op.pooled_size, shape[2])
    return Grids(images_of(rois, shape[0]), rows, whole_shares(left, right, op.pooled_size, shape[3]))


@kernel("_contrib_PSROIPooling")
def position_sensitive_pooling(op, data, rois, output):
    averaged_apart(whole_grids(op, rois, data.shape), by_group(op, data.shape), data, output)


@kernel("_backward__contrib_PSROIPooling")
def position_sensitive_pooling_gradient(op, rois, d_output, d_data, d_rois):
    if d_rois is not None:
        d_rois.fill(0)
    if d_data is not None:
        averaged_apart_gradient(whole_grids(op, rois, d_data.shape), by_group(op, d_data.shape), d_output, d_data)
