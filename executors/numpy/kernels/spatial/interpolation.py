"""Bilinear interpolation as a sparse linear map: each sample is a sum of a few elements, each with its share.

``target[c, p] = sum over k of shares[k, p] * source[c, places[k, p]]``: a source has one row for each channel and one column
for each element of an image. The gradient is the transposed map.
"""

import numpy as np

FEW = 16  # channels from which on all of an element are moved together
PIECE = 1 << 17  # numbers of a piece that stays in the cache

# Between which places, counted in elements from the first and from the last one, something is read.
REACH = {"edge": (0, 1), "align": (-1, 1), "half": (-0.5, 0.5)}


def neighbours(place, size, border, slope=False):
    """Find the two elements around each place on an axis, and their shares.

    Parameters
    ----------
    place : array (*p)
    size : int
        Elements on the axis.
    border : str
        ``zero``: there are zeros around the elements. Else the outer elements go on as far as `REACH` says; what lies
        further out, and ``edge`` at its far end, counts as zero.
    slope : bool
        The shares in the slope, not in the value. On an element it is the slope behind it; with ``half`` it is 0.

    Returns
    -------
    index : array (2, *p) of integers
    share : array (2, *p)
    """
    if border == "zero":
        low = np.floor(place)
        near = np.stack([low, low + 1])
        is_out = (near < 0) | (near > size - 1)
    else:
        before, behind = REACH[border]
        last = size - 1 + behind
        is_out = (place < before) | ((place >= last) if border == "edge" else (place > last))
        place = np.clip(place, 0, size - 1)
        low = np.floor(place)
        near = np.stack([low, np.ceil(place) if border == "half" else low + 1])
    part = place - low
    share = np.stack([np.full_like(part, -1), np.ones_like(part)] if slope else [1 - part, part])
    share *= ~is_out  # nan is not out: it goes through
    return near.astype(np.intp).clip(0, max(size - 1, 0)), share


def corners(y, x, shape, border, slope_y=False, slope_x=False):
    """Find the four elements around each place in an image, and their shares: two arrays ``(4, *p)``."""
    rows, row_shares = neighbours(y, shape[0], border, slope_y)
    columns, column_shares = neighbours(x, shape[1], border, slope_x)
    places = rows[:, None] * shape[1] + columns
    shares = row_shares[:, None] * column_shares
    return places.reshape(4, *y.shape), shares.reshape(4, *y.shape)


def blend(source, places, shares, target):
    """Write the samples of a batch of images: ``source (n, c, s)``, ``places`` and ``shares`` ``(k, n, p)``, ``target (n, c, p)``."""
    n, channels, size = source.shape
    if not source.size:
        target.fill(0)
        return
    places = places + np.arange(n)[:, None] * size
    if channels < FEW:
        for channel in range(channels):
            plane = np.ascontiguousarray(source[:, channel]).reshape(-1)
            terms = (plane.take(place, mode="clip") * share for place, share in zip(places, shares, strict=True))
            target[:, channel] = sum(terms)
        return
    elements = np.ascontiguousarray(source.transpose(0, 2, 1)).reshape(n * size, channels)
    together, step = pieces(n, places.shape[2], len(places) * channels)
    for image in range(0, n, together):
        for point in range(0, places.shape[2], step):
            part = (slice(image, image + together), slice(point, point + step))
            samples = blended(elements, places[:, *part], shares[:, *part])
            target[part[0], :, part[1]] = samples.transpose(0, 2, 1)


def blended(elements, places, shares):
    """Sum elements ``(s, c)`` in their shares: ``places`` and ``shares`` ``(k, *p)`` give samples ``(*p, c)``."""
    near = elements.take(np.moveaxis(places, 0, -1), 0, mode="clip")  # (*p, k, c)
    return np.matmul(np.moveaxis(shares, 0, -1)[..., None, :].astype(elements.dtype, copy=False), near)[..., 0, :]


def pieces(count, length, each):
    """Choose how many rows, and how many of their ``length`` members of ``each`` numbers, are worked on at a time."""
    step = max(1, PIECE // each)
    return (max(1, step // max(length, 1)), max(length, 1)) if step >= length else (1, step)


def spread(values, places, shares, target):
    """Do the transpose of `blend`: write to ``target (n, c, s)`` the sums of ``values (n, c, p)`` over what they were read from."""
    n, channels, size = target.shape
    if not target.size:
        return
    places = (places + np.arange(n)[:, None] * size).reshape(-1)
    for channel in range(channels):
        terms = shares * values[:, channel]
        target[:, channel] = np.bincount(places, terms.reshape(-1), n * size).reshape(n, size)
